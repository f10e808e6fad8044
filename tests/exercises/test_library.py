"""Every shipped exercise can be solved by its own model answer, and its flawed reply fails."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import pytest

from csworkshop.exercises.definition import Activity, Exercise, read_exercise
from csworkshop.exercises.kinds import kind_names, kind_of
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.techniques.scenario import Channel, Emotion, Persona

EXERCISES = [read_exercise(p) for p in exercise_files(kind="rewrite")]
ACTIVITIES = [e for p in exercise_files() if isinstance(e := read_any(p), Activity)]
MARGIN = 10  # points over the pass mark that a model answer must reach
LONGEST_REPLY = 280  # characters; a customer reads no more on a telephone
LONGEST_QUOTE = 11  # characters that a hint may share with the model answer before it gives the answer away


def _id(exercise: Exercise) -> str:
    return exercise.id


def _marked(text: str, exercise: Exercise) -> Marks:
    """Marks by the scorecard alone, without the refusals for given texts."""
    return mark(text, exercise.model_copy(update={"model_answer": "—", "flawed_reply": "—"}))


def _seen(exercise: Exercise) -> str:
    """All that the trainee can know about the case."""
    s = exercise.scenario
    return " ".join((s.customer, *s.facts, *s.policy))


@pytest.mark.parametrize("exercise", EXERCISES, ids=_id)
def test_model_answer_passes_well(exercise: Exercise) -> None:
    marks = _marked(exercise.model_answer, exercise)
    lost = [(x.item, x.state, [e.text for e in x.evidence]) for x in marks.lines if x.state not in ("earned", "clean")]
    assert marks.refusal == ""
    assert marks.passed, lost
    assert marks.score * 100 >= exercise.scorecard.pass_mark + MARGIN, lost
    assert not [x for x in lost if x[1] in ("fault", "critical")]


@pytest.mark.parametrize("exercise", EXERCISES, ids=_id)
def test_flawed_reply_fails(exercise: Exercise) -> None:
    marks = _marked(exercise.flawed_reply, exercise)
    assert not marks.passed
    assert marks.score <= 0.4
    assert mark(exercise.flawed_reply, exercise).refusal == "unchanged"


@pytest.mark.parametrize("exercise", EXERCISES, ids=_id)
def test_model_answer_copied_earns_nothing(exercise: Exercise) -> None:
    assert mark(exercise.model_answer, exercise).refusal == "copied"


@pytest.mark.parametrize("exercise", EXERCISES, ids=_id)
def test_model_answer_keeps_to_what_is_known(exercise: Exercise) -> None:
    """Sums of money and numbers of three digits and more must come from the customer, the facts or the policy."""
    known = set(re.findall(r"\d+", _seen(exercise).replace(",", "")))
    said = re.findall(r"\d+(?=元|块)|\d{3,}", exercise.model_answer.replace(",", ""))
    assert not set(said) - known
    assert len(exercise.model_answer) <= LONGEST_REPLY


@pytest.mark.parametrize("exercise", EXERCISES, ids=_id)
def test_hints_lead_without_giving_the_answer_away(exercise: Exercise) -> None:
    assert len(exercise.hints) >= 3
    for hint in exercise.hints:
        pieces = {hint[i : i + LONGEST_QUOTE + 1] for i in range(len(hint) - LONGEST_QUOTE)}
        assert not [p for p in pieces if p in exercise.model_answer]


@pytest.mark.parametrize("exercise", EXERCISES, ids=_id)
def test_texts_are_typeset_as_chinese(exercise: Exercise) -> None:
    s = exercise.scenario
    texts = (exercise.title.zh, exercise.task.zh, exercise.model_answer, *exercise.hints, *s.facts, *s.policy)
    for text in texts:
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]", text), "half-width punctuation"
    for text in (exercise.title.en, exercise.task.en):
        assert not re.search(r"[\u4e00-\u9fff，。]", text)


@pytest.mark.parametrize("path", exercise_files(), ids=lambda p: p.stem)
def test_file_lies_with_its_module(path) -> None:  # type: ignore[no-untyped-def]
    exercise = read_any(path)
    assert path.parent.name == exercise.module
    assert exercise.id.startswith(exercise.module + "-")


def test_every_module_and_kind_of_customer_has_its_exercises() -> None:
    modules = Counter(e.module for e in EXERCISES)
    assert all(modules[m] >= 2 for m in ("m1", "m3", "m4", "m5", "m6"))
    assert modules["m2"] >= 10
    assert {e.scenario.persona for e in EXERCISES} == set(get_args(Persona))
    assert {e.scenario.channel for e in EXERCISES} == set(get_args(Channel))
    assert {e.scenario.emotion for e in EXERCISES} == set(get_args(Emotion))
    assert len({e.scenario.domain for e in EXERCISES}) >= 12
    assert {e.level for e in EXERCISES} == {1, 2, 3}


def test_ids_are_unique() -> None:
    assert len({p.stem for p in exercise_files()}) == len(exercise_files())


# --- activities ---


def test_every_kind_is_there_several_times_and_once_for_an_assignment() -> None:
    assert len(EXERCISES) >= 70
    assert len(EXERCISES) + len(ACTIVITIES) >= 120
    for kind in set(kind_names()) - {"choice"}:
        own = [e.id for e in ACTIVITIES if e.kind == kind]
        assert len(own) >= 4, f"{kind} has {own}"
        assert any("-a-" in i for i in own), f"{kind} has none for an assignment"


@pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda a: a.id)
def test_activity_is_well_made(activity: Activity) -> None:
    kind = kind_of(activity)
    model = kind.mark(kind.answer(kind.model_answer(activity), activity), activity, "full")
    assert model.passed and model.score >= 0.9, [(x.item, x.state, x.points) for x in model.lines]
    for poor in kind.poor_answers(activity):
        assert not kind.mark(kind.answer(poor, activity), activity, "full").passed, poor
    for x in model.lines:
        assert re.fullmatch(r"[\w.~-]+", x.item), "an item stands in tables and file names"
        assert x.about.name.zh and x.about.name.en
