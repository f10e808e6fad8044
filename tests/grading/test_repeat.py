"""Grading again, after a kill, after a change, by hand: the gradebook stays one, and consistent."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from nbgrader.api import Gradebook

from csworkshop.exercises.answers import AnswerFile
from csworkshop.grading.course import CourseError
from csworkshop.grading.grade import LOCK

from .conftest import EXERCISES, HONEST, Class, expected

STUDENTS = ("alice", "bob", "carol", "dave")


def _files(course: Class) -> dict[str, bytes]:
    return {str(p.relative_to(course.root)): p.read_bytes() for p in course.root.glob("autograded/*/m2/*")}


def _class_of_four(course: Class) -> None:
    for n, student in enumerate(STUDENTS):
        course.submit(student, {EXERCISES[0]: HONEST[: 15 * (n + 1)]})


def test_twice_is_the_same_as_once(course: Class) -> None:
    _class_of_four(course)
    first = course.grade()
    book, files = course.gradebook(), _files(course)
    assert course.grade() == first
    assert course.gradebook() == book
    assert _files(course) == files
    assert len(book) == len(STUDENTS) * len(EXERCISES)
    assert not any(row[3] for row in book)


def test_a_newer_answer_replaces_the_mark(course: Class) -> None:
    folder = course.submit("alice", {EXERCISES[0]: "好的。"})
    before = course.grade()["alice"].score
    AnswerFile(folder).save(EXERCISES[0], HONEST, 1)
    after = course.grade(students=["alice", "nobody"])
    assert (before, after["alice"].score) == (expected("好的。"), expected())
    assert after["nobody"].status == "absent"
    assert {row[0] for row in course.gradebook()} == {"alice"}


@pytest.mark.parametrize("moment", ["after the gradebook", "while writing files", "while changing folders"])
def test_a_run_killed_halfway_is_mended_by_the_next(
    course: Class, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from csworkshop.grading import grade, record

    _class_of_four(course)
    undisturbed = [(s, expected(HONEST[: 15 * (n + 1)])) for n, s in enumerate(STUDENTS)]
    calls = 0

    def killed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    owner, name = {
        "after the gradebook": (grade, "write_autograded"),
        "while writing files": (record, "_set_permissions"),
        "while changing folders": (record.os, "replace"),
    }[moment]
    real = getattr(owner, name)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        with pytest.raises(KeyboardInterrupt):
            course.grade()
    course.grade()
    assert [(s, points) for s, cell, points, _ in course.gradebook() if cell == EXERCISES[0]] == undisturbed
    assert not any(row[3] for row in course.gradebook())
    for student in STUDENTS:
        assert sorted(p.name for p in (course.root / "autograded" / student).iterdir()) == ["m2"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_kill_9(course: Class) -> None:
    _class_of_four(course)
    course.killed_while_grading(2)
    assert len(course.gradebook()) % len(EXERCISES) == 0
    assert all(row[2] is not None for row in course.gradebook())
    results = course.grade()
    assert [r.status for r in results.results] == ["graded"] * 4
    assert len(course.gradebook()) == 4 * len(EXERCISES)


def test_two_runs_do_not_grade_at_once(course: Class) -> None:
    course.submit("alice")
    with FileLock(course.root / LOCK), pytest.raises(CourseError, match="is being graded by another run"):
        course.grade()


def test_what_an_instructor_gave_by_hand_stays(course: Class) -> None:
    folder = course.submit("alice")
    course.grade()
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        grade = book.find_grade(EXERCISES[0], "m2", "m2", "alice")
        grade.manual_score, grade.needs_manual_grade = 9.5, False
        book.db.commit()
    assert course.grade()["alice"].score == 9.5
    assert course.gradebook()[1][3] == 0, "nothing changed, so nobody need look again"
    AnswerFile(folder).save(EXERCISES[0], "好的。", 1)
    assert course.grade()["alice"].score == 9.5
    assert course.gradebook()[1][2:] == (expected("好的。"), 1)


def test_late_work_loses_what_the_course_says(course: Class) -> None:
    import datetime

    (course.root / "course_settings.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n"
        "class Half(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student, score, seconds): return score / 2\n"
        "c = get_config()\nc.AssignLatePenalties.plugin_class = Half\n"
    )
    course.submit("alice")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        book.update_or_create_assignment("m2", duedate=datetime.datetime(2026, 11, 20))
    result = course.grade()["alice"]
    assert result.cells[EXERCISES[0]] == expected()
    assert result.score == pytest.approx(expected() / 2)


def test_the_course_folder_stays_free_of_half_made_ones(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkshop.grading import record

    course.submit("alice")
    course.grade()
    before = _files(course)

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record, "_set_permissions", full)
    with pytest.raises(CourseError, match="No space left on device"):
        course.grade(everything=True)
    assert _files(course) == before
    assert os.listdir(course.root / "autograded" / "alice") == ["m2"]


def test_results_read_well(course: Class) -> None:
    course.submit("alice")
    folder = course.submit("bob")
    (folder / "answers.json").write_text("{")
    results = course.grade(lang="en")
    assert results["alice"].line("en") == f"alice: {expected():g} / 20"
    assert results["bob"].line("en").splitlines()[1].strip().startswith("The answer file is damaged; 0 points.")
    assert results.summary("en") == "m2: 2 graded, 1 of them with something to look at. No trainee's code was run."
    page = Path(course.root, "autograded", "bob", "m2", "m2.ipynb").read_text("utf-8")
    assert "The answer file is damaged" in page
