"""How far a class has got: as a table, as JSON, per trainee, at every step of an assignment's life."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from csworkshop.cli import main
from csworkshop.cli.course_reports import _width, status_lines
from csworkshop.grading import course as commands
from csworkshop.grading.opening import CourseError, open_course
from csworkshop.grading.status import AssignmentStatus, course_status

from .conftest import EXERCISES, Class, graded_cell, write_source

NOW = datetime(2026, 11, 22, 12)


def _status(course: Class, exchange: Path | None = None, **options: Any) -> AssignmentStatus:
    (found,) = course_status(open_course(course.root, exchange), ["m2"], now=NOW, **options)
    return found


def _hand_in(exchange: Path, student: str, when: str) -> None:
    folder = exchange / "csworkshop" / "inbound" / f"{student}+m2+{when} UTC+abc"
    folder.mkdir(parents=True)
    (folder / "answers.json").write_text('{"schema": 1, "answers": {}}')


def test_an_assignment_from_release_to_feedback(course: Class, tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    commands.release("m2", course.root, exchange=exchange)
    first = _status(course, exchange)
    assert (first.released, first.in_exchange, first.submitted, first.collected) == (True, True, 0, 0)
    for student in ("alice", "bob"):
        _hand_in(exchange, student, "2026-11-21 10:00:00.0")
    handed = _status(course, exchange)
    assert (handed.submitted, handed.collected, handed.waiting) == (2, 0, {"not_collected": 2})
    commands.collect("m2", course.root, exchange=exchange)
    collected = _status(course, exchange)
    assert (collected.collected, collected.graded, collected.waiting) == (2, 0, {"not_graded": 2})
    commands.grade("m2", course.root)
    graded = _status(course, exchange)
    assert (graded.graded, graded.waiting, graded.feedback) == (2, {}, 0)
    commands.feedback("m2", course.root, exchange=exchange)
    assert _status(course, exchange).feedback == 2
    _hand_in(exchange, "alice", "2026-11-22 10:00:00.0")
    assert _status(course, exchange).waiting == {"not_collected": 1}
    commands.collect("m2", course.root, exchange=exchange)
    assert _status(course, exchange).waiting == {"handed_in": 1}
    commands.grade("m2", course.root)
    last = _status(course, exchange)
    assert (last.waiting, last.feedback, last.feedback_outdated) == ({}, 1, 1)


def test_due_dates(course: Class) -> None:
    course.submit("alice")
    course.submit("bob")
    (course.root / "submitted" / "bob" / "m2" / "timestamp.txt").write_text("2026-11-20 10:00:00.0 UTC")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        book.update_or_create_assignment("m2", duedate=datetime(2026, 11, 21))
        book.add_student("carol")
    status = _status(course)
    late = {t.student for t in status.trainees if t.late}
    assert (late, status.late, status.overdue, status.due) == ({"alice"}, 1, 1, "2026-11-21T00:00:00Z")
    course.grade()
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        book.grant_extension("m2", "alice", days=2)
    assert _status(course).late == 0


def test_what_a_person_has_to_do(course: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkshop.grading import sheet

    course.submit("alice")
    shutil.copytree(course.submit("bob"), course.root / "submitted" / "<b>" / "m2")

    def fails(*args: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(sheet, "mark", fails)
        course.grade(students=["alice"])
    waiting = {t.student: t.waiting for t in _status(course).trainees}
    assert waiting == {"alice": ("person",), "bob": ("not_graded",), "<b>": ("refused",)}


def test_an_assignment_that_cannot_be_graded_is_said_and_the_others_counted(course: Class) -> None:
    folder = write_source(course.root, [graded_cell(EXERCISES[0])])
    shutil.copytree(folder, course.root / "source" / "m9")
    course.submit("alice")
    found = {a.assignment: a for a in course_status(open_course(course.root), now=NOW)}
    assert set(found) == {"m2", "m9"}
    assert not found["m9"].released and "has no assignment 'm9'" in found["m9"].problem
    assert found["m2"].waiting == {"not_graded": 1}


def test_the_table_and_the_json(course: Class, capsys: pytest.CaptureFixture[str]) -> None:
    course.submit("小丽")
    course.submit("bob")
    course.grade(students=["bob"])
    assert main(["course", "status", "--course", str(course.root), "--trainees", "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["作业", "发布", "已交", "已收", "已评", "待处理", "反馈", "迟交", "逾期未交", "截止"]
    assert lines[1].split() == ["m2", "仅本机", "–", "2", "1", "1", "0", "0", "0", "–"]
    assert lines[2] == "m2：1 份还没评（csworkshop grade）"
    rows = [line for line in lines if line.startswith("m2  ")][1:]
    column = {_width(row[: row.index("2026")]) for row in rows}
    assert len(rows) == 2 and len(column) == 1, "columns stand below each other, Chinese names too"

    assert main(["course", "status", "m2", "--course", str(course.root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (m2,) = told["assignments"]
    assert told["course"] == "csworkshop" and "trainees" not in m2
    assert (m2["collected"], m2["graded"], m2["waiting"], m2["submitted"]) == (2, 1, {"not_graded": 1}, None)
    assert main(["course", "status", "--course", str(course.root), "--json", "--trainee", "小丽"]) == 0
    (m2,) = json.loads(capsys.readouterr().out)["assignments"]
    assert [(t["student"], t["graded"], t["waiting"]) for t in m2["trainees"]] == [("小丽", False, ["not_graded"])]


def test_errors_are_one_sentence(course: Class) -> None:
    with pytest.raises(CourseError, match="there is no assignment 'm9'; there are: m2"):
        course_status(open_course(course.root), ["m9"], now=NOW)
    with pytest.raises(CourseError, match="nobody called 'zoe'"):
        _status(course, student="zoe")
    assert status_lines([], False, "en") == ["There is no assignment yet."]


def test_progress_goes_to_stderr_and_only_when_asked_for(course: Class, capsys: pytest.CaptureFixture[str]) -> None:
    exchange = course.root.parent / "exchange"
    where = ["m2", "--course", str(course.root), "--exchange", str(exchange)]
    commands.release("m2", course.root, exchange=exchange)
    _hand_in(exchange, "alice", "2026-11-21 10:00:00.0")
    for command in ("release", "collect", "grade", "feedback"):
        assert main([command, *where]) == 0
        assert "%" not in capsys.readouterr().err
        assert main([command, *where, "--progress"]) == 0
        told = capsys.readouterr()
        assert f"{command} m2" in told.err and "%" in told.err and "%|" not in told.out
    assert main(["course", "export", "--course", str(course.root), "--progress"]) == 0
    assert "export: 100%" in capsys.readouterr().err
