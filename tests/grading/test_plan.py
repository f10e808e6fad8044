"""The plan: read from cells with ast, an author's slip said before anything is graded."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.grading import course as commands
from csworkshop.grading.course import CourseError
from csworkshop.grading.plan import GradedCall, PlanError, graded_call, graded_exercise

from .conftest import EXERCISES, graded_cell, write_source


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ('from csworkshop import studio\nstudio("a-b", points=10)', GradedCall("a-b", 10.0)),
        ("import csworkshop\ncsworkshop.studio('a-b')", GradedCall("a-b", None)),
        ('# studio("no")\nstudio("a", points=n)', GradedCall("a", None)),
        ('result("m7-a", rates, points=5)', GradedCall("m7-a", 5.0, "rates")),
        ('result("m7-a", rates + 1)', None),
        ('result("m7-a")', None),
        ('studio("a"); result("b", c)', None),
        ('studio("a"); studio("b")', None),
        ("studio(name)", None),
        ("studio()", None),
        ('studio(f"a{1}")', None),
        ('print("studio")', None),
        ("studio(", None),
    ],
)
def test_reading_a_cell(source: str, call: GradedCall | None) -> None:
    assert graded_call(source) == call


def test_a_cell_that_could_not_be_marked_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"m2/m2.ipynb: the graded cell 'q1' must be a code cell with one call studio"):
        graded_exercise("m2/m2.ipynb", "q1", "markdown", "explain yourself", tmp_path)
    with pytest.raises(PlanError, match=r"cell 'q1': there is no exercise 'm2-nonsense'; did you mean"):
        graded_exercise("m2/m2.ipynb", "q1", "code", 'studio("m2-nonsense")', tmp_path)
    with pytest.raises(PlanError, match=r"there is no code exercise 'm7-x' in .* \(there: none\)"):
        graded_exercise("m7/m7.ipynb", "q1", "code", 'result("m7-x", x)', tmp_path)


def test_release_refuses_points_that_differ_from_what_the_studio_shows(tmp_path: Path) -> None:
    cell = graded_cell(EXERCISES[0], 10)
    cell.metadata["nbgrader"]["points"] = 5
    write_source(tmp_path, [cell])
    with pytest.raises(CourseError, match=r"worth 5 points in nbgrader and 10 in its call"):
        commands.release("m2", tmp_path, exchange=tmp_path / "exchange")
    assert not (tmp_path / "release").exists()


def test_release_refuses_a_cell_that_only_a_person_could_mark(tmp_path: Path) -> None:
    cell = graded_cell(EXERCISES[0])
    cell.metadata["nbgrader"]["solution"] = True
    write_source(tmp_path, [cell])
    with pytest.raises(CourseError, match="could only be marked by a person"):
        commands.release("m2", tmp_path, exchange=tmp_path / "exchange")


def test_grading_what_was_never_released(tmp_path: Path) -> None:
    write_source(tmp_path, [graded_cell(EXERCISES[0])])
    with pytest.raises(CourseError, match="has no assignment 'm2'; make it with `csworkshop release m2`"):
        commands.grade("m2", tmp_path)


def test_what_the_author_typed_stays_out_of_the_release(tmp_path: Path) -> None:
    folder = write_source(tmp_path, [graded_cell(EXERCISES[0])])
    for name in ("answers.json", ".answers.json.lock", "answers.unreadable-20261121-100000.json", "picture.png"):
        (folder / name).write_text("the author's")
    commands.release("m2", tmp_path, exchange=tmp_path / "exchange")
    for released in (tmp_path / "release" / "m2", tmp_path / "exchange" / "csworkshop" / "outbound" / "m2"):
        assert sorted(p.name for p in released.iterdir()) == ["m2.ipynb", "picture.png"]
