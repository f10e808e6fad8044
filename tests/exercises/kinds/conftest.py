"""What the tests of all kinds ask of an exercise and of its marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from csworkshop.exercises.activity import dump, faults_of
from csworkshop.exercises.definition import Activity
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.library import load_any, read_any
from csworkshop.exercises.marking import Marks, mark

ActivityT = TypeVar("ActivityT", bound=Activity)


def loaded(exercise_id: str, model: type[ActivityT]) -> ActivityT:
    """The shipped exercise with this id, of that kind."""
    found = load_any(exercise_id)
    assert isinstance(found, model)
    return found


def sound(path: Path, model: type[ActivityT]) -> tuple[ActivityT, Marks]:
    """The exercise in a file, without faults and of that kind, and the marks of its model answer."""
    exercise = read_any(path)
    assert isinstance(exercise, model)
    assert faults_of(exercise) == []
    return exercise, mark(dump(kind_of(exercise).model_answer(exercise)), exercise)


def row(marks: Marks, item: str) -> Any:
    """The line about an item."""
    return next(x for x in marks.lines if x.item == item)


def unreadable(text: str, exercise: Activity) -> Marks:
    """The marks of a text that is no answer: it earns nothing."""
    marks = mark(text, exercise)
    assert (marks.score, marks.passed, marks.refusal) == (0.0, False, "unreadable"), text
    return marks
