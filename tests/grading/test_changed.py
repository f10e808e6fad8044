"""What makes `grade` mark a submission again, and what does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime

import nbformat
import pytest
from nbgrader.api import Gradebook

from csworkshop.exercises.answers import AnswerFile
from csworkshop.grading import basis, decisions
from csworkshop.grading import course as commands
from csworkshop.grading.kept import NAME as KEPT
from csworkshop.grading.opening import open_course
from csworkshop.grading.status import course_status

from .conftest import EXERCISES, HONEST, Class, expected

NOW = datetime(2026, 11, 22, 12)


def _fresh(course: Class) -> list[str]:
    return [r.student for r in course.grade().results if r.fresh]


def _reasons(course: Class) -> dict[str, tuple[str, ...]]:
    (status,) = course_status(open_course(course.root), ["m2"], now=NOW)
    return {t.student: t.waiting for t in status.trainees if t.waiting}


def new_answer(course: Class) -> None:
    AnswerFile(course.root / "submitted" / "alice" / "m2").save(EXERCISES[1], HONEST, 0)


def new_time(course: Class) -> None:
    (course.root / "submitted" / "alice" / "m2" / "timestamp.txt").write_text("2026-11-21 11:00:00.0 UTC")


def by_hand(course: Class) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        book.find_grade(EXERCISES[0], "m2", "m2", "alice").manual_score = 3.0
        book.db.commit()


def overridden(course: Class) -> None:
    about = {"assignment": "m2", "student": "alice", "exercise": EXERCISES[0], "item": "total", "verdict": "points"}
    about |= {"points": 9.5, "comment": "好", "who": "讲师", "reply": decisions.reply_key(HONEST)}
    decisions.record_overrides(course.root, [about])


def marks_file_gone(course: Class) -> None:
    (course.root / "autograded" / "alice" / "m2" / KEPT).unlink()


def marks_file_damaged(course: Class) -> None:
    path = course.root / "autograded" / "alice" / "m2" / KEPT
    path.chmod(0o644)
    path.write_text('{"schema": 1, "cells": [{}]}')


def folder_gone(course: Class) -> None:
    shutil.rmtree(course.root / "autograded" / "alice")


ONE = {new_answer: "answers", new_time: "handed_in", by_hand: "gradebook", overridden: "overrides",
       marks_file_gone: None, marks_file_damaged: None, folder_gone: "unfinished"}  # fmt: skip


@pytest.mark.parametrize("change", ONE, ids=lambda c: c.__name__)
def test_a_change_to_one_submission_marks_that_one_again(change: Callable[[Class], None], course: Class) -> None:
    for student in ("alice", "bob"):
        course.submit(student)
    assert _fresh(course) == ["alice", "bob"]
    assert _fresh(course) == [] and _reasons(course) == {}
    change(course)
    why = ONE[change]
    assert _reasons(course) == ({"alice": (why,)} if why else {})
    assert _fresh(course) == ["alice"]
    assert _fresh(course) == [] and _reasons(course) == {}


def test_an_override_counts_at_the_next_grading(course: Class) -> None:
    course.submit("alice")
    course.grade()
    overridden(course)
    assert course.grade()["alice"].score == 9.5


def released_again(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    path = course.root / "source" / "m2" / "m2.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source += "\n\n新的说明"
    nbformat.write(notebook, path)
    commands.release("m2", course.root, exchange=course.root.parent / "exchange")


def another_picture(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    (course.root / "source" / "m2" / "picture.png").write_bytes(b"png")


def other_exercise(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkshop.grading import plan

    real = plan.load_any
    monkeypatch.setattr(plan, "load_any", lambda e, own: real(e, own).model_copy(update={"flawed_reply": "别的"}))


def other_checker(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basis, "checker_print", lambda: "another")


def other_due_date(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        book.update_or_create_assignment("m2", duedate=datetime(2026, 11, 20))


ALL = {released_again: "release", another_picture: "release", other_exercise: "exercises", other_checker: "checker",
       other_due_date: "late"}  # fmt: skip


@pytest.mark.parametrize("change", ALL, ids=lambda c: c.__name__)
def test_a_change_to_the_course_marks_everybody_again(
    change: Callable[[Class, pytest.MonkeyPatch], None], course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("alice", "bob"):
        course.submit(student)
    course.grade()
    change(course, monkeypatch)
    assert _reasons(course) == {s: (ALL[change],) for s in ("alice", "bob")}
    assert _fresh(course) == ["alice", "bob"]
    assert _fresh(course) == []


def test_the_language_of_the_page_counts_and_all_means_all(course: Class) -> None:
    course.submit("alice")
    course.grade(lang="zh")
    assert course.grade(lang="en")["alice"].fresh
    assert not course.grade(lang="en")["alice"].fresh
    assert course.grade(lang="en", everything=True)["alice"].fresh


def test_what_stands_is_told_as_it_was(course: Class) -> None:
    course.submit("alice")
    (course.submit("bob") / "answers.json").write_text("{")
    first = course.grade(lang="en")
    again = course.grade(lang="en")
    assert again == first and again["bob"].notes
    assert again["alice"].score == expected()
    assert again.summary("en").endswith("2 of them had not changed and stand as they were.")


def test_nothing_is_marked_for_what_has_not_changed(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkshop.grading import sheet

    course.submit("alice")
    course.grade()
    monkeypatch.setattr(sheet, "mark", lambda *a: pytest.fail("marked"))
    course.grade()
