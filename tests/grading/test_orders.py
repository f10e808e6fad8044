"""nbgrader's own commands before, between and after ours on one course folder: each finds what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from csworkshop.grading import course as commands
from csworkshop.grading.export import export_course
from csworkshop.grading.kept import NAME as KEPT
from csworkshop.grading.opening import open_course
from csworkshop.grading.status import course_status

from .conftest import EXERCISES, HONEST, Class, expected
from .test_changed import NOW

STUDENTS = {"alice": {EXERCISES[0]: HONEST}, "bob": {EXERCISES[0]: "好的,尽快。", EXERCISES[1]: HONEST}, "carol": {}}
MARKS = {(s, e): expected(texts.get(e, ""), e) for s, texts in STUDENTS.items() for e in EXERCISES}


def _nbgrader(course: Class, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=course.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def _stock_grades(course: Class) -> None:
    _nbgrader(course, "autograde", "m2")


def _stock_grades_again(course: Class) -> None:
    _nbgrader(course, "autograde", "m2", "--force")


def _we_grade(course: Class) -> None:
    assert course.grade().status == 0


def _check(course: Class) -> None:
    """Gradebook, files and both exports say the same."""
    assert {(s, c): points for s, c, points, _ in course.gradebook()} == MARKS
    assert not any(needs for *_, needs in course.gradebook())
    for student, answers in STUDENTS.items():
        folder = course.root / "autograded" / student
        assert [p.name for p in folder.iterdir()] == ["m2"]
        have = {p.name for p in (folder / "m2").iterdir()} - {KEPT, "answers.json"}
        assert have == {"m2.ipynb", "timestamp.txt", "submission_secret.txt"}
        assert (folder / "m2" / "answers.json").exists() == bool(answers)
    _nbgrader(course, "export", "--to", "grades.csv")
    theirs = pd.read_csv(course.root / "grades.csv").set_index("student_id")
    export_course(open_course(course.root), course.root / "export", formats=["moodle"])
    ours = pd.read_csv(course.root / "export" / "moodle.csv").set_index("username")
    for student in STUDENTS:
        score = sum(points for (s, _), points in MARKS.items() if s == student)
        assert theirs.loc[student, "score"] == pytest.approx(score) and ours.loc[student, "m2"] == pytest.approx(score)
    (status,) = course_status(open_course(course.root), ["m2"], now=NOW)
    assert (status.graded, status.waiting) == (3, {})


@pytest.mark.parametrize(
    "steps",
    [
        (_we_grade, _stock_grades, _stock_grades_again, _we_grade),
        (_stock_grades, _we_grade, _stock_grades, _we_grade),
    ],
    ids=["ours first", "theirs first"],
)
def test_both_orders_of_grading(steps: tuple[object, ...], course: Class) -> None:
    for student, answers in STUDENTS.items():
        course.submit(student, answers)
    for step in steps:
        step(course)  # type: ignore[operator]
        _check(course)
    assert not any(r.fresh for r in course.grade().results)


def test_their_feedback_after_our_grading_and_ours_after_theirs(course: Class, tmp_path: Path) -> None:
    for student, answers in STUDENTS.items():
        course.submit(student, answers)
    course.grade()
    for write in (
        lambda: _nbgrader(course, "generate_feedback", "m2", "--force"),
        lambda: commands.feedback("m2", course.root, hand_back=False),
        lambda: _nbgrader(course, "generate_feedback", "m2", "--force"),
    ):
        write()
        pages = {p.parts[-3]: p.read_text("utf-8") for p in (course.root / "feedback").rglob("*.html")}
        assert set(pages) == set(STUDENTS)
        assert f"{expected():g} / 10" in pages["alice"]
        assert not list((course.root / "feedback").rglob(KEPT))
    assert not any(r.fresh for r in course.grade().results)


def test_their_list_release_and_collect_around_ours(course: Class, tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    settings = course.root / "course_settings.py"
    settings.write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n")
    commands.release("m2", course.root)
    assert "m2" in _nbgrader(course, "list")
    handed = exchange / "csworkshop" / "inbound" / "alice+m2+2026-11-21 10:00:00.0 UTC+abc"
    handed.mkdir()
    (handed / "answers.json").write_text('{"schema": 1, "answers": {}}')
    assert "alice" in _nbgrader(course, "list", "--inbound")
    _nbgrader(course, "collect", "m2")
    assert course.grade()["alice"].status == "graded"
    commands.collect("m2", course.root)
    assert not course.grade()["alice"].fresh
    _nbgrader(course, "release_assignment", "m2", "--force")
    assert not course.grade()["alice"].fresh
    assert "alice" in _nbgrader(course, "list", "--inbound")
