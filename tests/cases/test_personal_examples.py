"""Every example of a kind of personal data is a test: its id names the kind and the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.cases.kinds import Kind, kinds, load, marked
from csworkshop.cases.personal import personal_data
from csworkshop.text.datafile import DataFileError

GOOD = """
id = "bean"
label = "豆"
name = { zh = "豆", en = "bean" }
shows = ["一颗⟦豆1⟧"]
lacks = ["没有"]

[[rules]]
view = "text"
pattern = '豆\\d'
"""


def _named(what: str) -> list[object]:
    return [pytest.param(k, line, id=f"{k.id}-{line[:24]}") for k in kinds().values() for line in getattr(k, what)]


@pytest.mark.parametrize(("kind", "line"), _named("shows"))
def test_shows(kind: Kind, line: str) -> None:
    text, spans = marked(line)
    found = personal_data(text, {*kinds()} if kind.on_request else None)
    assert [(f.start, f.end) for f in found if f.kind == kind.id] == spans, [text[f.start : f.end] for f in found]


@pytest.mark.parametrize(("kind", "line"), _named("lacks"))
def test_lacks(kind: Kind, line: str) -> None:
    found = [line[f.start : f.end] for f in personal_data(line, {*kinds()}) if f.kind == kind.id]
    assert not found


def test_company_names_only_on_request() -> None:
    text = "抬头是杭州启明星网络科技有限公司"
    assert not personal_data(text)
    assert [text[f.start : f.end] for f in personal_data(text, {"company"})] == ["杭州启明星网络科技有限公司"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "bean"', 'id = "pea"', "bean.toml: id: 'pea' must be the file's own name, 'bean'"),
        ("'豆\\d'", "'豆('", "bean.toml: rules[0].pattern: is no regular expression"),
        ("⟦豆1⟧", "豆1", "bean.toml: shows needs ⟦ ⟧ around what is found"),
        ('view = "text"', 'view = "text"\ncheck = "luhm"', "bean.toml: rules[0].check: is no check; allowed: luhn"),
        ('view = "text"', 'view = "text"\nbefor = "x"', "bean.toml: rules[0].befor: no such key is known here"),
    ],
)
def test_a_wrong_file_is_told_by_file_and_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / "bean.toml").write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(DataFileError) as error:
        load(tmp_path)
    assert told in str(error.value)


def test_a_right_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "bean.toml").write_text(GOOD, "utf-8")
    assert load(tmp_path)["bean"].rules[0].find.search("豆7")
