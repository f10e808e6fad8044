"""The assignment of module 7 as an instructor gets it: made, released, worked on, marked, on this machine's sandbox."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from csworkshop.cases.files import read_table, shipped
from csworkshop.exercises.activity import dump
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.library import content, load_any
from csworkshop.grading import course as commands

STAMP = "2026-11-21 10:00:00.000000 UTC"
CODE = ("m7-a-unresolved", "m7-a-first-answer", "m7-a-promised")
ACTIVITIES = ("m7-a-monday-report", "m7-a-review-child-seat")
RIGHT = {
    "m7-write-1": "unresolved = tickets[~tickets['resolved']].groupby('channel').size()",
    "m7-write-2": "tickets['wait'] = (tickets.first_response_at - tickets.opened_at).dt.total_seconds() / 60\n"
    "first_answer = tickets.groupby('channel')['wait'].median()",
    "m7-write-3": "promised = tickets[tickets['promised_at'].notna()].copy()\n"
    "promised['ok'] = promised['closed_at'] <= promised['promised_at']\n"
    "kept = promised.groupby('team')['ok'].mean()",
}
# A beginner's slips: resolved for unresolved; hours for minutes; tickets without a promise counted as broken ones.
SLIPS = {
    "m7-write-1": "unresolved = tickets[tickets['resolved']].groupby('channel').size()",
    "m7-write-2": "minutes = (tickets['first_response_at'] - tickets['opened_at']).dt.total_seconds() / 3600\n"
    "first_answer = minutes.groupby(tickets['channel']).median()",
    "m7-write-3": "kept = (tickets['closed_at'] <= tickets['promised_at']).groupby(tickets['team']).mean()",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("m7") / "课程"
    commands.course_init(root)
    commands.release("m7", root)
    return root


def _hand_in(course: Path, student: str, codes: dict[str, str], done: bool = False) -> None:
    folder = course / "submitted" / student / "m7"
    shutil.copytree(course / "release" / "m7", folder)
    (folder / "timestamp.txt").write_text(STAMP, "utf-8")
    notebook = nbformat.read(folder / "m7.ipynb", 4)
    for cell in notebook.cells:
        cell.source = codes.get(cell.metadata.nbgrader.grade_id, cell.source)
    nbformat.write(notebook, folder / "m7.ipynb")
    for exercise in ACTIVITIES if done else ():
        found: Any = load_any(exercise)
        AnswerFile(folder).save(exercise, dump(kind_of(found).model_answer(found)), 0)


def test_a_new_course_has_the_code_exercises_and_hands_none_of_them_out(course: Path) -> None:
    assert sorted(p.name for p in (course / "code").iterdir()) == sorted(CODE)
    release = course / "release" / "m7"
    assert sorted(p.name for p in release.iterdir()) == ["m7.ipynb", "tickets.csv"]
    notebook = nbformat.read(release / "m7.ipynb", 4)
    text = "\n".join(c.source for c in notebook.cells)
    assert "BEGIN SOLUTION" not in text and '["resolved"]' not in text
    written = next(c for c in notebook.cells if c.metadata.nbgrader.grade_id == "m7-write-1")
    assert written.source == "unresolved = (\n    # 在这里写\n    ...\n)\nunresolved"


def test_the_released_notebook_runs_before_anything_is_written(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run all cells must reach the end: the stubs raise nothing."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    monkeypatch.chdir(course / "release" / "m7")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    notebook = nbformat.read("m7.ipynb", 4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and "studio(" not in cell.source:
            outcome = shell.run_cell(cell.source)
            assert outcome.success, cell.source
    InteractiveShell.clear_instance()


def test_right_solutions_get_full_marks_and_slips_their_part(course: Path) -> None:
    _hand_in(course, "right", RIGHT, done=True)
    _hand_in(course, "slips", SLIPS)
    _hand_in(course, "nothing", {})
    results = commands.grade("m7", course)
    assert {e: results["right"].cells[e] for e in (*CODE, *ACTIVITIES)} == dict.fromkeys((*CODE, *ACTIVITIES), 10.0)
    assert {e: results["slips"].cells[e] for e in CODE} == dict.fromkeys(CODE, 3.0)
    assert set(results["nothing"].cells.values()) == {0.0}
    commands.feedback("m7", course, hand_back=False)
    page = (course / "feedback" / "slips" / "m7" / "m7.html").read_text("utf-8")
    assert "resolved 等于 False 的行" in page and "除以 60 才是分钟" in page and "没有承诺的不算" in page


def test_numbers_seen_in_the_notebook_are_worth_only_the_form(course: Path) -> None:
    """What trainees see is another month: typing it in shows no way of working it out."""
    tickets = pd.read_csv(course / "release" / "m7" / "tickets.csv")
    seen = tickets[~tickets.resolved].groupby("channel").size()
    typed = f"unresolved = pd.Series({seen.to_list()}, index={seen.index.to_list()})"
    _hand_in(course, "typist", {"m7-write-1": typed})
    assert commands.grade("m7", course, ["typist"])["typist"].cells["m7-a-unresolved"] == 3.0


def test_the_data_are_slices_of_the_shipped_synthetic_year() -> None:
    year = read_table(shipped(), "tickets").set_index("ticket_id")
    given = content() / "exercises" / "source" / "m7" / "tickets.csv"
    marked = [content() / "exercises" / "code" / e / "tickets.csv" for e in CODE]
    assert len({p.read_bytes() for p in marked}) == 1
    months = set()
    for path in (given, marked[0]):
        part = pd.read_csv(path, parse_dates=["opened_at", "closed_at"]).set_index("ticket_id")
        same = year.loc[part.index]
        assert (same.opened_at.dt.floor("s") == part.opened_at).all()
        assert (same.resolved == part.resolved).all() and (same.team == part.team).all()
        assert set(part.columns) <= set(year.columns), "no column beyond the schema: no personal data"
        months.add(part.opened_at.dt.to_period("M").unique()[0])
    assert len(months) == 2
