"""The widget's JavaScript and CSS as files: one module that loads, small enough to read, every string there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from csworkshop.exercises.kinds import kind_named, kind_names
from csworkshop.text.language import LANGUAGES, strings
from csworkshop.widgets import activity, studio
from csworkshop.widgets.esm import STATIC, joined, style

FILES = sorted(STATIC.glob("*.js"))
WIDGETS = {"rewrite": studio.SCRIPTS, **{kind: activity.scripts(kind) for kind in kind_names()}}
SHEETS = {*studio.STYLES, *(name for kind in kind_names() for name in activity.styles(kind))}
BOARD = "./kind_choice.js"  # stands in activity.js for the board of any kind
each_widget = pytest.mark.parametrize("names", WIDGETS.values(), ids=WIDGETS)


def test_every_file_is_used() -> None:
    assert {p.name for p in FILES} == {name for names in WIDGETS.values() for name in names}
    assert {p.name for p in STATIC.glob("*.css")} == SHEETS


@each_widget
def test_joined_script_has_no_imports_and_one_export(names: list[str]) -> None:
    script = joined(*names)
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert re.findall(r"^export .*", script, re.MULTILINE) == ["export default { render };"]


@each_widget
def test_names_at_the_top_of_the_files_differ(names: list[str]) -> None:
    tops = re.findall(r"^(?:export )?(?:const|let|function|class) (\w+)", joined(*names), re.MULTILINE)
    assert [name for name, count in Counter(tops).items() if count > 1] == []


@each_widget
def test_files_import_only_what_stands_before_them(names: list[str]) -> None:
    for n, name in enumerate(names):
        wanted = re.findall(r'from "(\./\w+\.js)"', (STATIC / name).read_text("utf-8"))
        assert {w[2:] for w in wanted if w != BOARD} <= set(names[:n]), name


@pytest.mark.parametrize("path", [*FILES, *sorted(STATIC.glob("*.css"))], ids=lambda p: p.name)
def test_a_file_fits_in_one_reading(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 300
    assert lines[0].startswith(("//", "/*")), "the first line says what the file is about"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_string_that_is_asked_for_exists(path: Path) -> None:
    asked = set(re.findall(r'(?<!model\.)\b(?:say|note|set|pressable)\((?:voice, )?"(\w+)"', path.read_text("utf-8")))
    kinds = [path.stem, *(f"kind_{kind}" for kind in kind_names() if path.name in kind_named(kind).scripts)]
    known = {*strings()["studio"], *(key for group in kinds for key in strings().get(group, {}))}
    assert asked <= known, asked - known


@pytest.mark.parametrize("group", ["studio", *(g for k in kind_names() if (g := f"kind_{k}") in strings())])
def test_every_string_is_used_and_full_width_in_chinese(group: str) -> None:
    python = "".join((STATIC.parent / f"{name}.py").read_text("utf-8") for name in ("saved", "studio", "activity"))
    code = "".join(path.read_text("utf-8") for path in FILES) + python
    for key, both in strings()[group].items():
        assert set(both) == set(LANGUAGES)
        stem = re.sub(r"(?<=^channel|persona|emotion)_.*|(?<=^legend)_.*|(?<=^failed)_.*|(?<=^card)_.*", "_", key)
        assert key in code or stem in code or f"{key.rsplit('_', 1)[0]}_${{" in code, f"{key} is used nowhere"
        plain = re.sub(r"\{\w+\}", "", both["zh"])
        assert not re.search(r"[\u4e00-\u9fff][,:;!?()]|[,:;!?()][\u4e00-\u9fff]", plain), both["zh"]


def test_text_goes_into_the_page_as_text() -> None:
    """Only the ring, which is made of numbers, is written as markup."""
    for path in FILES:
        markup = re.findall(r".*(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write).*", path.read_text("utf-8"))
        assert markup == (["  holder.innerHTML ="] if path.name == "dial.js" else []), path.name


@pytest.mark.skipif(not shutil.which("node"), reason="no node here; the browser tests load the script, too")
@each_widget
def test_the_script_is_a_module(names: list[str], tmp_path: Path) -> None:
    script = tmp_path / "widget.mjs"
    script.write_text(joined(*names), "utf-8")
    done = subprocess.run(["node", "--check", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_textarea_and_backdrop_share_what_sets_a_lines_width() -> None:
    """Whatever one has and the other lacks would let marks slip away from their words."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style(*studio.STYLES))
    alone = "".join(
        body for names, body in rules if names.strip().split("\n")[-1].endswith((".cs-area", ".cs-backdrop"))
    )
    shared = next(
        body for names, body in rules if ".cs-backdrop" in names and ".cs-area" in names and "grid-area" in body
    )
    own = alone.replace(shared, "")
    for name in ("font", "padding", "border", "letter-spacing", "line-height", "white-space", "width", "tab-size"):
        assert f"{name}:" in shared or name == "line-height"
        assert not re.search(rf"(?<![\w-]){name}:", own), f"{name} is set for one of the two only"
