"""What the kinds of activity share: an answer as JSON text, lines of a scorecard, and the sum of them.

The answer file knows texts only. An activity's answer is a JSON object written as text, so that saving, versions,
drafts, collecting and the grader's checks are the same for every kind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from csworkshop.exercises.definition import Activity, Exercise, Scorecard
from csworkshop.exercises.kinds import Kind, Value, kind_of
from csworkshop.exercises.marking import About, Line, Marks, State, mark
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Evidence, Level, Report
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import one_line

LONGEST_ANSWER = 20_000  # characters of JSON; see csworkshop.exercises.answers.MAX_CHARACTERS
NO_REPLY = Report("", {})  # an activity's answer is no single reply that the checker could report on
AnswerT = TypeVar("AnswerT", bound="AnswerForm")


class AnswerForm(BaseModel):
    """Base of the forms of answers. Everything has a default: an answer grows while the trainee works."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def checked(form: type[AnswerT], value: Value) -> AnswerT:
    """`value` as the form; ValueError in one sentence where it isn't."""
    try:
        return form.model_validate(value)
    except ValidationError as error:
        raise ValueError(one_line(error)) from None


def dump(value: Value) -> str:
    """An answer's object as the text that is saved: the same object always makes the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if value else ""


def load(text: str, exercise: Activity) -> Value:
    """The object that a saved text holds, in the kind's form; ValueError if it is none. No text: no answer yet."""
    if not text.strip():
        return {}
    if len(text) > LONGEST_ANSWER:
        raise ValueError(f"the answer has {len(text)} characters; at most {LONGEST_ANSWER} are read")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the answer is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("the answer is no JSON object")
    return kind_of(exercise).answer(value, exercise)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number")


def mark_activity(text: str, exercise: Activity, level: Level = "full") -> Marks:
    """Mark a saved answer. A text that is no answer of this kind earns nothing, whatever is in it."""
    try:
        value = load(text, exercise)
    except ValueError:
        return Marks(exercise.id, 0.0, False, "unreadable", (), NO_REPLY)
    if not value:
        return Marks(exercise.id, 0.0, False, "empty", (), NO_REPLY)
    return kind_of(exercise).mark(value, exercise, level)


def line(
    item: str,
    name: Bilingual,
    share: float,
    possible: float,
    reason: Bilingual,
    *,
    quotes: Sequence[str] = (),
    fault: bool = False,
    state: State | None = None,
    right: Sequence[str] = (),
    wrong: Sequence[str] = (),
) -> Line:
    """A line of an activity's scorecard.

    `item` is its id within the exercise (it may stand in file names and tables, so: letters, digits, dots, dashes),
    `share` in 0..1 how much of it was done (of a fault: how much of it there is), `possible` percent of the full mark
    that it earns or costs. `reason` says what was right or wrong and what to do; `quotes` are the trainee's own words,
    `right` and `wrong` the ids of what they ticked.
    """
    share = min(max(share, 0.0), 1.0)
    if state is None and fault:
        state = "clean" if share == 0 else "fault"
    elif state is None:
        state = "missing" if share == 0 else "earned" if share >= 0.999 else "partly"
    points = round(possible * share, 4) + 0.0
    evidence = tuple(Evidence(0, 0, quote) for quote in quotes)
    about = About(name, "fault" if fault else "technique", reason, reason)
    points = -points if fault else points
    said = (reason.zh, reason.en, about)
    return Line(item, state, points, possible, evidence, *said, tuple(right), tuple(wrong))


def marks(exercise: Activity, lines: Sequence[Line], *, failed: bool = False) -> Marks:
    """Marks from the lines: what was earned out of all that can be, less what faults cost, never below nothing.

    The techniques' `possible` are made to sum up to 100. `failed` says that something critical happened: the mark is
    capped and doesn't pass.
    """
    whole = sum(x.possible for x in lines if x.about.type == "technique") or 1.0
    scaled = [x.rescaled(100 / whole) if x.about.type == "technique" else x for x in lines]
    score = max(0.0, sum(x.points for x in scaled)) / 100
    if failed or any(x.state == "critical" for x in scaled):
        score, failed = min(score, 0.3), True
    score = round(min(score, 1.0), 4)
    passed = not failed and score * 100 >= exercise.pass_mark - 1e-9
    return Marks(exercise.id, score, passed, "", tuple(scaled), NO_REPLY)


def reply_marks(text: str, scenario: Scenario, card: Scorecard, exercise: Activity, level: Level) -> Marks:
    """A free reply inside an activity, marked by the one marking function with a scorecard of its own."""
    inner = Exercise(
        schema=1,
        id=exercise.id,
        kind="rewrite",
        module=exercise.module,
        level=exercise.level,
        title=exercise.title,
        task=exercise.task,
        hints=exercise.hints,
        scenario=scenario,
        flawed_reply="—",
        model_answer="—",
        scorecard=card,
    )
    return mark(text, inner, level)


def faults_of(exercise: Activity) -> list[str]:
    """What is wrong with an activity's file as its own answers show: the model answer must pass, poor ones must not."""
    kind: Kind = kind_of(exercise)
    found = []
    model = _try(kind, kind.model_answer(exercise), exercise)
    if isinstance(model, str):
        found.append(f"the model answer is refused: {model}")
    elif not model.passed:
        lost = ", ".join(f"{x.item} ({x.state})" for x in model.lines if x.state not in ("earned", "clean"))
        found.append(f"the model answer must pass, but is marked {model.points(100):g} of 100: {lost}")
    for n, poor in enumerate(kind.poor_answers(exercise)):
        marked = _try(kind, poor, exercise)
        if isinstance(marked, str):
            found.append(f"poor answer {n} is refused: {marked}")
        elif marked.passed:
            found.append(f"poor answer {n} must not pass, but is marked {marked.points(100):g} of 100")
    return found


def _try(kind: Kind, value: dict[str, Any], exercise: Activity) -> Marks | str:
    try:
        return kind.mark(kind.answer(value, exercise), exercise, "full")
    except ValueError as error:
        return str(error)
