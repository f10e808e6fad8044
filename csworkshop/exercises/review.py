"""What is wrong with an exercise file, as an author wants to hear it: the file, the key, and what to do."""

from __future__ import annotations

from pathlib import Path

from csworkshop.exercises.activity import faults_of
from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.library import read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.text.datafile import DataFileError


def review(path: Path) -> list[DataFileError]:
    """All faults of one exercise file: it can't be read, its model answer doesn't pass, its flawed reply does."""
    try:
        exercise = read_any(path)
    except DataFileError as fault:
        return [fault]
    if isinstance(exercise, Activity):
        return [DataFileError(path, "", fault) for fault in faults_of(exercise)]
    faults = []
    model = mark_model_answer(exercise)
    if not model.passed:
        lost = ", ".join(f"{x.item} ({x.state})" for x in model.lines if x.state not in ("earned", "clean"))
        message = f"the model answer must pass its own scorecard, but is marked {model.points(100):g} of 100: {lost}"
        faults.append(DataFileError(path, "model_answer", message))
    flawed = mark(exercise.flawed_reply, exercise.model_copy(update={"flawed_reply": "—"}))
    if flawed.passed:
        message = f"the flawed reply must not pass, but is marked {flawed.points(100):g} of 100"
        faults.append(DataFileError(path, "flawed_reply", message))
    return faults


def mark_model_answer(exercise: Exercise) -> Marks:
    """The model answer marked as if a trainee had found it: as a text of its own, not as a copy."""
    return mark(exercise.model_answer, exercise.model_copy(update={"model_answer": "—"}))
