"""Attempts to find people again: residue in the result, pseudonyms tried out, the report, linking two exports."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from csworkshop.cases.anonymise import anonymised
from csworkshop.cases.numerals import numbers, plain, runs
from csworkshop.cases.personal import personal_data
from csworkshop.cases.pseudonyms import TAG, Pseudonyms
from csworkshop.cli import main
from tests.cases.people import sample

LABELLED = Path(__file__).parents[2] / "data" / "labelled"
KEY = b"a key of the tests, long enough"
MADE = [m for family in ("first", "second", "third", "fourth") for m in sample(family, 250, seed=23)]
LONG_NUMBERS = re.compile(r"\d{10,}")


def _spelt(text: str) -> set[str]:
    view = plain(text)
    return {d for chain in runs(view) for _, _, d, _ in numbers(chain) if LONG_NUMBERS.fullmatch(d)}


def test_no_value_is_left_in_the_result() -> None:
    """Neither as it was written nor read as digits. Names count by themselves: one may be a word elsewhere."""
    left: dict[str, int] = {}
    there: dict[str, int] = {}
    for text, spans in MADE:
        new = TAG.sub("〇", anonymised(text, Pseudonyms(KEY)).text)
        digits = _spelt(new)
        for kind, start, end in spans:
            value = text[start:end]
            there[kind] = there.get(kind, 0) + 1
            if (len(value) > 1 and value in new) or (kind != "name" and _spelt(value) & digits):
                left[kind] = left.get(kind, 0) + 1
    assert all(left.get(k, 0) <= (0.05 if k in ("name", "address") else 0.02) * n for k, n in there.items()), left


def test_a_second_run_finds_nearly_nothing_more() -> None:
    first = [anonymised(text, Pseudonyms(KEY)) for text, _ in MADE]
    again = [f for a in first for f in personal_data(a.text)]
    assert len(again) <= 0.01 * sum(len(a.replaced) for a in first)
    assert all(not TAG.search(a.text[f.start : f.end]) for a in first for f in personal_data(a.text))


def test_everything_else_stays_to_the_letter() -> None:
    for text, _ in MADE:
        made = anonymised(text, Pseudonyms(KEY))
        kept, place = "", 0
        for r in made.replaced:
            kept += text[place : r.found.start]
            place = r.found.end
            assert TAG.match(made.text, r.at)
        assert TAG.sub("", made.text) == kept + text[place:]


def _command(folder: Path, name: str, *options: str) -> tuple[str, dict[str, Any]]:
    lines = "\n".join(json.dumps({"note": text, "city": "杭州"}, ensure_ascii=False) for text, _ in MADE[:150])
    (folder / "in.jsonl").write_text(lines, "utf-8")
    out = folder / name
    assert main(["cases", "anonymise", "--text", "note", *options, str(folder / "in.jsonl"), str(out)]) == 0
    return out.read_text("utf-8"), json.loads((folder / f"{name}.report.json").read_text("utf-8"))


def test_the_report_and_the_screen_hold_nothing_personal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = _command(tmp_path, "out.jsonl", "--lang", "zh")
    told = capsys.readouterr()
    written = json.dumps(report, ensure_ascii=False) + told.out + told.err
    values = [text[s:e] for text, spans in MADE[:150] for _, s, e in spans if e - s > 1]
    assert not [v for v in values if v in written] and not TAG.search(written)
    assert report["rows"] == 150 and report["found"]["mobile"]["all"] > 30
    for place in report["unsure_places"]:
        text = MADE[place["row"] - 1][0]
        assert (place["kind"], place["start"], place["end"]) in {
            (f.kind, f.start, f.end) for f in personal_data(text) if not f.sure
        }


def test_two_exports_can_be_linked_with_one_key_only(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    data = tmp_path / "data"
    data.mkdir()
    assert main(["cases", "anonymise", "--new-key", str(keys / "k")]) == 0
    with_key = ["--key-file", str(keys / "k")]
    tags = {}
    for name, options in {
        "a": with_key, "b": with_key, "scoped": [*with_key, "--scope", "march"], "c": [], "d": [],
    }.items():  # fmt: skip
        text, report = _command(data, f"{name}.jsonl", *options)
        tags[name] = set(TAG.findall(text))
        assert report["linkable_with_the_key"] == bool(options)
        assert (keys / "k").read_text().strip() not in text
    assert tags["a"] == tags["b"]
    for one, other in (("a", "scoped"), ("a", "c"), ("c", "d")):
        assert len(tags[one] & tags[other]) <= 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--text", "x"], "has no column 'x'; it has note, city"),
        ([], "needs --text, --columns, --quasi or --shift-dates"),
        (["--columns", "city=town"], "--columns 'city=town': COLUMN=KIND is needed"),
        (["--text", "note", "--kinds", "shoe"], "--kinds 'shoe': is no kind"),
        (["--text", "note", "--quasi", "note"], "--quasi note: is named by --text already"),
        (["--text", "note", "--person", "city"], "--person: says whose dates are moved"),
        (["--quasi", "city", "--k", "9"], "the table has 1 rows, fewer than k = 9"),
    ],
)
def test_what_cannot_work_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    (tmp_path / "in.csv").write_text("note,city\n我叫王建国,杭州\n", "utf-8")
    assert main(["cases", "anonymise", *options, str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]) == 2
    error = capsys.readouterr().err
    assert told in error and "王建国" not in error
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_the_techniques_are_found_as_before() -> None:
    """Labelled replies keep nearly all techniques and faults when names and numbers in them become pseudonyms."""
    from csworkshop.techniques.checker import check

    lines = (LABELLED / "d8.replies.jsonl").read_text("utf-8").splitlines()
    replies = [r for r in (json.loads(line)["reply"] for line in lines) if personal_data(r)][:30]
    kept = changed = 0
    for reply in replies:
        before = {f.item for f in check(reply).present}
        after = {f.item for f in check(anonymised(reply, Pseudonyms(KEY)).text).present}
        kept += len(before & after)
        changed += len(before ^ after)
    assert kept >= 60 and changed <= 0.1 * kept
