"""Whoever answers honestly and well passes, in whatever words: answers of other trainers to the shipped exercises."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark
from csworkshop.text.datafile import read_toml

FILES = sorted((Path(__file__).parent / "good_answers").glob("*.toml"))
ANSWERS = [(name, answer) for file in FILES for name, entry in read_toml(file).items() for answer in entry["answers"]]


@pytest.mark.parametrize(("name", "answer"), ANSWERS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(ANSWERS)])
def test_other_words_pass(name: str, answer: str) -> None:
    exercise = load_any(name)
    assert isinstance(exercise, Exercise)
    marks = mark(answer, exercise)
    lost = [(x.item, x.state, [e.text for e in x.evidence]) for x in marks.lines if x.state not in ("earned", "clean")]
    assert marks.passed, (marks.refusal, lost)
