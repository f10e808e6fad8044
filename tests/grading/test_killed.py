"""`grade` and `feedback` killed at random moments: after the last re-run all is as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from csworkshop.bench.made_class import replies

from .conftest import EXERCISES, Class

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
SUBMISSIONS, MOMENTS = 48, 10
TABLES = {  # nbgrader's, with rows named by what they are about instead of by random ids
    "student": "select id, first_name, last_name, email from student",
    "submission": "select a.name, s.student_id, s.timestamp, s.extension from submitted_assignment s"
    " join assignment a on s.assignment_id = a.id",
    "notebook": "select s.student_id, n.name, m.flagged, m.late_submission_penalty from submitted_notebook m"
    " join notebook n on m.notebook_id = n.id join submitted_assignment s on m.assignment_id = s.id",
    "grade": "select s.student_id, n.name, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade"
    " from grade g join base_cell c on g.cell_id = c.id join submitted_notebook m on g.notebook_id = m.id"
    " join notebook n on m.notebook_id = n.id join submitted_assignment s on m.assignment_id = s.id",
    "comment": "select s.student_id, c.name, o.auto_comment, o.manual_comment from comment o"
    " join base_cell c on o.cell_id = c.id join submitted_notebook m on o.notebook_id = m.id"
    " join submitted_assignment s on m.assignment_id = s.id",
    "cells": "select n.name, c.name, c.type, g.max_score from base_cell c join notebook n on c.notebook_id = n.id"
    " join grade_cells g on g.id = c.id",
}


def _command(root: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "csworkshop", arguments[0], "m2", "--course", str(root), *arguments[1:]]


def _book(root: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(root / "gradebook.db")) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        return {name: sorted(map(repr, db.execute(query).fetchall())) for name, query in TABLES.items()}


def _files(root: Path, step: str) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted((root / step).rglob("*")) if p.is_file()}


def _kill(command: list[str], lines: int, seconds: float) -> bool:
    """Start a command, kill it that long after it printed so many lines; True if it was still at work."""
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    assert started.stdout is not None
    for _ in range(lines):
        started.stdout.readline()
    time.sleep(seconds)
    at_work = started.poll() is None
    if at_work:
        os.killpg(started.pid, signal.SIGKILL)
    started.communicate()
    return at_work


def _hand_in(course: Class) -> None:
    rng, texts = random.Random(4), replies()
    for n in range(SUBMISSIONS):
        folder = course.submit(f"s{n:02d}", {})
        answers = {e: {"revision": 1, "text": rng.choice(texts), "saved_at": ""} for e in EXERCISES}
        (folder / "answers.json").write_text(json.dumps({"schema": 1, "answers": answers}), "utf-8")
    (course.root / "submitted" / "s07" / "m2" / "answers.json").write_text("{")


def test_ten_kills_and_the_gradebook_is_that_of_an_undisturbed_run(course: Class, tmp_path: Path) -> None:
    _hand_in(course)
    other = tmp_path / "undisturbed"
    shutil.copytree(course.root, other)
    subprocess.run(_command(other, "grade"), check=True, capture_output=True)
    rng, hits = random.Random(20261121), 0
    for _ in range(MOMENTS):
        # --all, so that each of the ten has the whole work before it and may be hit anywhere in it
        hits += _kill(_command(course.root, "grade", "--all"), rng.randrange(SUBMISSIONS), rng.uniform(0, 0.7))
        book = _book(course.root)
        assert all("None, None, None, 1" not in row for row in book["grade"]), "a row without its mark"
    done = subprocess.run(_command(course.root, "grade"), check=True, capture_output=True, text=True)
    assert f"评了 {SUBMISSIONS} 份" in done.stdout
    assert _book(course.root) == _book(other)
    assert _files(course.root, "autograded") == _files(other, "autograded")
    assert not list((course.root / "autograded").glob("*/.*"))
    assert hits >= MOMENTS / 2, "most of the kills came after the work"

    (tmp_path / "exchange" / "csworkshop").mkdir(parents=True)
    through = ("feedback", "--exchange", str(tmp_path / "exchange"))
    for root in (course.root, other):
        subprocess.run(_command(root, *through), check=True, capture_output=True)
    assert _files(course.root, "feedback").keys() == _files(other, "feedback").keys()
    pages = _files(other, "feedback")
    for _ in range(3):
        _kill(_command(course.root, *through), 0, rng.uniform(1, 4))
    subprocess.run(_command(course.root, *through), check=True, capture_output=True)
    assert _files(course.root, "feedback") == pages


def test_the_next_run_goes_on_where_the_killed_one_stopped(course: Class) -> None:
    _hand_in(course)
    course.killed_while_grading(20)
    fresh = [r.student for r in course.grade().results if r.fresh]
    assert fresh == [f"s{n:02d}" for n in range(32, SUBMISSIONS)]


@pytest.mark.parametrize("moment", ["old aside", "old and new aside", "new aside"])
def test_folders_that_a_killed_run_left_are_put_right(course: Class, moment: str) -> None:
    course.submit("alice")
    course.grade()
    folder = course.root / "autograded" / "alice"
    before = _files(course.root, "autograded")
    if moment != "new aside":
        (folder / "m2").rename(folder / ".m2-abcdefgh.old")
    if moment != "old aside":
        (folder / ".m2-abcdefgh").mkdir()
        (folder / ".m2-abcdefgh" / "m2.ipynb").write_text("half")
    (folder / ".m2-x-abcdefgh").mkdir()  # of another assignment
    assert not course.grade()["alice"].fresh
    assert _files(course.root, "autograded") == before
    assert sorted(p.name for p in folder.iterdir()) == [".m2-x-abcdefgh", "m2"]
