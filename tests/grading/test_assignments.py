"""The shipped assignments, released and graded as an instructor does it: good answers pass, whatever the kind."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from csworkshop.exercises.activity import dump
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.library import content, load_any
from csworkshop.exercises.marking import mark
from csworkshop.grading import course as commands
from csworkshop.text.datafile import read_toml

GOOD = sorted((Path(__file__).parents[1] / "exercises" / "good_answers").glob("*.toml"))


def _good_answer(exercise_id: str) -> str:
    """Another trainer's reply, or an activity's own model answer."""
    exercise = load_any(exercise_id)
    if isinstance(exercise, Exercise):
        return str(next(f[exercise_id] for f in map(read_toml, GOOD) if exercise_id in f)["answers"][0])
    return dump(kind_of(exercise).model_answer(exercise))


def _graded(assignment: str) -> list[str]:
    """The exercises of a shipped assignment, in its order."""
    notebook = nbformat.read(content() / "exercises" / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if c.metadata.nbgrader.grade]


@pytest.mark.parametrize("assignment", ["m1", "m2", "m3", "m4", "m5", "m6"])
def test_an_assignment_of_several_kinds_is_graded_as_its_exercises_are_marked(assignment: str, tmp_path: Path) -> None:
    root = tmp_path / "课程"
    commands.course_init(root)
    commands.release(assignment, root)
    answers = {exercise_id: _good_answer(exercise_id) for exercise_id in _graded(assignment)}
    assert 3 <= len(answers) <= 7
    assert len({load_any(exercise_id).kind for exercise_id in answers}) >= 3
    for student in ("good", "nothing"):
        folder = root / "submitted" / student / assignment
        shutil.copytree(root / "release" / assignment, folder)
        (folder / "timestamp.txt").write_text("2026-11-22 10:00:00.000000 UTC", "utf-8")
        for exercise_id, text in answers.items() if student == "good" else ():
            AnswerFile(folder).save(exercise_id, text, 0)
    graded = commands.grade(assignment, root)
    for exercise_id, text in answers.items():
        marks = mark(text, load_any(exercise_id))
        assert marks.passed, exercise_id
        assert graded["good"].cells[exercise_id] == marks.points(10)
        assert graded["nothing"].cells[exercise_id] == 0
    commands.feedback(assignment, root, hand_back=False)
    page = (root / "feedback" / "good" / assignment / f"{assignment}.html").read_text("utf-8")
    assert all(load_any(exercise_id).title.zh in page for exercise_id in answers)
