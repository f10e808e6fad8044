"""Every kind of exercise is met in a lesson, an assignment and a browser test; no exercise lies there for nobody."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from csworkshop.exercises.kinds import REWRITE, kind_names
from csworkshop.exercises.library import content, exercise_files, load_any
from csworkshop.progress.plan import practice

STUDIO = re.compile(r'studio\(\s*"([^"]+)"')
LESSONS = sorted((content() / "notebooks").glob("m?-*.ipynb"))
ASSIGNMENTS = sorted((content() / "exercises" / "source").rglob("*.ipynb"))
KINDS = {REWRITE, *kind_names()}


def _studios(paths: list[Path]) -> list[str]:
    cells = [c for path in paths for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    return [name for cell in cells for name in STUDIO.findall(cell.source)]


def test_every_kind_is_practised_in_a_lesson() -> None:
    assert KINDS - {load_any(name).kind for name in _studios(LESSONS)} == set()


def test_every_kind_is_asked_in_an_assignment() -> None:
    assert KINDS - {load_any(name).kind for name in _studios(ASSIGNMENTS)} == set()


def test_an_exercise_kept_for_assignments_is_in_one_and_every_other_may_be_planned() -> None:
    """What no lesson shows comes through the personal plan, which takes everything that isn't kept for assignments."""
    asked, planned = _studios(ASSIGNMENTS), {e.id for e in practice()}
    assert len(set(asked)) == len(asked)
    assert {p.stem for p in exercise_files()} == planned | set(asked)
    assert planned.isdisjoint(asked)


def test_a_lesson_whose_module_has_a_case_has_a_talk() -> None:
    """The case library isn't only the sixth lesson's."""
    cases = {p.stem[:2] for p in exercise_files(kind="roleplay")}
    talks = {path.name[:2] for path in LESSONS if any(load_any(n).kind == "roleplay" for n in _studios([path]))}
    assert cases == talks


def test_every_kind_is_driven_in_a_browser() -> None:
    driven = {p.stem.removeprefix("test_kind_") for p in (Path(__file__).parents[1] / "browser").glob("test_kind_*.py")}
    assert KINDS - {REWRITE} <= driven  # rewriting has tests of its own
