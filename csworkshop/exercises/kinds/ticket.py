"""The ticket desk: a ticket through its whole life, on a desk whose clock runs fast.

The answer is the log of what was done and when; `csworkshop.practice.desk` replays it, so the same log always comes
to the same marks. How the parts are marked stands in `csworkshop.exercises.desk_marks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Literal, get_args

from pydantic import Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, marks
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.desk_marks import Choice, Marking, Opening, Slip, lines_of
from csworkshop.exercises.desk_messages import LONGEST, Telling
from csworkshop.exercises.ideas import Idea, said
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Marks
from csworkshop.exercises.scene import scene
from csworkshop.practice.clock import minutes_of, shown
from csworkshop.practice.desk import Action, Day, Desk, Hears, Need, Survey, run
from csworkshop.techniques.checker import Level, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.scenario import Scenario

LONGEST_LOG = 60


class Ticket(Activity):
    """One case through one shift. `model` is a log that does it well; `trap` says what the case tempts to do wrong."""

    kind: Literal["ticket"]
    scenario: Scenario
    desk: Desk
    opening: Opening
    ends: Literal["close", "keep"] = "close"
    must_look: tuple[str, ...] = Field(min_length=1)
    tell: tuple[Telling, ...] = ()
    slips: tuple[Slip, ...] = ()
    least: int = Field(default=4, ge=2, le=12)  # messages that the case takes at least
    trap: Text
    model: tuple[Action, ...] = Field(min_length=4)

    @model_validator(mode="after")
    def _whole(self) -> Ticket:
        places = {p.id for p in self.desk.places}
        for n, place in enumerate(self.must_look):
            if place not in places:
                raise ValueError(f"must_look[{n}]: {place!r} is no place; allowed: {', '.join(sorted(places))}")
        if not any(d.right for d in self.desk.departments) and self.desk.departments:
            raise ValueError("departments: one must be right, or there must be none")
        return self


class _Drafts(AnswerForm):
    say: str = Field(default="", max_length=2000)
    hand: str = Field(default="", max_length=2000)
    department: str = Field(default="", max_length=40)


class _Answer(AnswerForm):
    log: tuple[Action, ...] = Field(default=(), max_length=LONGEST_LOG)
    now: float = Field(default=0, allow_inf_nan=False)
    drafts: _Drafts = _Drafts()


def _answer(value: Value, exercise: Ticket) -> Value:
    answer = checked(_Answer, value)
    for n, action in enumerate(answer.log):
        if problem := _unknown(action, exercise):
            raise ValueError(f"log[{n}].{problem}")
    clean = answer.model_dump(exclude_defaults=True)
    if clean.get("log"):
        clean["log"] = [a.model_dump(exclude_defaults=True) | {"do": a.do} for a in answer.log]
        for row in clean["log"]:
            if "evidence" in row:
                row["evidence"] = list(row["evidence"])
    return clean


def _unknown(action: Action, exercise: Ticket) -> str:
    """What in the action isn't there; "" if all is."""
    opening = exercise.opening
    named: dict[str, tuple[tuple[str, ...], set[str]]] = {
        "place": ((action.place,), {p.id for p in exercise.desk.places}),
        "department": ((action.department,), {d.id for d in exercise.desk.departments}),
        "type": ((action.type,), {o.id for o in opening.types}),
        "priority": ((action.priority,), {o.id for o in opening.priorities}),
        "evidence": (action.evidence, {o.id for o in opening.evidence}),
    }
    for key, (given, known) in named.items():
        if any(one and one not in known for one in given):
            return f"{key}: there is none like that"
    wanted = {"look": action.place, "hand": action.department and action.text.strip(), "say": action.text.strip()}
    return "do: something is missing" if not wanted.get(action.do, "-") else ""


def _replayed(log: tuple[Action, ...], now: float, exercise: Ticket) -> Day:
    scenario = exercise.scenario
    return run(exercise.desk, log, now, Hears(_holds, lambda text: _asks_result(text, scenario)))


def _holds(note: str, need: Need) -> bool:
    return credible(note) and bool(said(note, Idea(says=need.says, words=need.words, look=need.look)))


@lru_cache(maxsize=256)
def _asks_result(text: str, scenario: Scenario) -> bool:
    return check(text, scenario)["check_resolved"].present


def _mark(value: Value, exercise: Ticket, level: Level) -> Marks:
    answer = _Answer.model_validate(value)
    day = _replayed(answer.log, answer.now, exercise)
    how = Marking(exercise.opening, exercise.ends, exercise.must_look, exercise.tell, exercise.slips, exercise.least)
    return marks(exercise, lines_of(day, exercise.scenario, how, level))


def _screen(exercise: Ticket) -> Value:
    desk, opening = exercise.desk, exercise.opening

    def options(found: tuple[Choice, ...], shuffled: str = "") -> list[dict[str, str]]:
        order = Random(f"{exercise.id}.{shuffled}").sample(found, len(found)) if shuffled else found
        return [{"id": o.id, "text": o.text} for o in order]

    return {
        "scene": scene(exercise.scenario),
        "start": minutes_of(desk.start),
        "length": desk.length,
        "every": desk.every,
        "types": options(opening.types, "types"),
        "priorities": options(opening.priorities),
        "evidence": options(opening.evidence, "evidence"),
        "places": [{"id": p.id, "text": p.name} for p in desk.places],
        "departments": [{"id": d.id, "text": d.name} for d in desk.departments],
        "surveys": list(get_args(Survey)),
        "longest": LONGEST,
        "most": LONGEST_LOG,
    }


def _respond(exercise: Ticket, value: Value, name: str, data: Mapping[str, object]) -> Value:
    """`desk`: how the desk stands at the minute `now`, after the log. Both come with the question, since the newest
    may not be saved yet. Of what is to come only the minutes are told."""
    try:
        given = {"log": data.get("log", []), "now": data.get("now", 0)}
        answer = _Answer.model_validate(_answer(given, exercise))
    except ValueError:
        answer = _Answer()
    day = _replayed(answer.log, answer.now, exercise)
    start = minutes_of(exercise.desk.start)
    feed = [
        {"at": shown(start + e.at), "who": e.who, "text": e.text, "number": e.number, "kind": e.kind} for e in day.feed
    ]
    return {
        "steps": len(answer.log),
        "clock": day.clock,
        "feed": feed,
        "wake": day.wake,
        "next": day.next,
        "ended": day.ended,
        "opened": any(a.do == "open" for _, a in day.done),
    }


def _right(exercise: Ticket) -> Value:
    log = [a.model_dump(exclude_defaults=True) | {"do": a.do} for a in exercise.model]
    for row in log:
        if "evidence" in row:
            row["evidence"] = list(row["evidence"])
    return {"log": log, "now": exercise.desk.length}


def _poor(exercise: Ticket) -> list[Value]:
    """Nothing at all; opened and left; closed at once; everything attached and no word between the first and the
    last; the same word every hour; key words instead of words; asking for stars."""
    whole = _right(exercise)
    log, length = whole["log"], exercise.desk.length
    opened = [a for a in log if a["do"] == "open"]
    says = [a for a in log if a["do"] == "say"]
    every = [{**a, "evidence": [o.id for o in exercise.opening.evidence]} for a in opened]
    quiet = [a for a in log if a["do"] not in ("say", "open")]
    early = [*opened, says[0], {"at": says[0].get("at", 0) + 5, "do": "close", "survey": "stars"}]
    same = [{"at": at, "do": "say", "text": says[0]["text"]} for at in range(10, length, 55)]
    pile = "抱歉 理解 工单 已升级 24小时内 跟进 回访 满意度 方案"
    piled = [{**a, "text": pile} if a["do"] in ("say", "hand") else a for a in log]
    return [
        {"now": length},
        {"log": opened, "now": length},
        {"log": early, "now": length},
        {"log": sorted([*every, *quiet, says[0], says[-1]], key=lambda a: a.get("at", 0)), "now": length},
        {"log": [*opened, *same][:LONGEST_LOG], "now": length},
        {"log": piled, "now": length},
    ]


KIND = Kind("ticket", Ticket, _mark, _answer, _screen, _right, _poor, respond=_respond, scripts=("desk_parts.js",))
