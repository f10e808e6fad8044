"""Diagnosis in three layers: ask who, which version and in which situation; test common causes; solve or escalate.

The answer holds the checks in the order in which they were made; the system and the customer are simulated
(`csworkshop.practice.system`), so marking replays the log (`csworkshop.exercises.diagnose_marks`). Right is who asks
in order, asks for nothing that doesn't help, names the cause with its evidence, and tells the customer what happens
until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, marks
from csworkshop.exercises.definition import Activity, Scorecard, Text
from csworkshop.exercises.diagnose_marks import LONGEST, lines_of
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Marks
from csworkshop.exercises.scene import scene
from csworkshop.practice.system import LAYERS, System, run, search
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario

LONGEST_LOG = 40


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Strict):
    """A cause or an action to choose from; `why` is told to whoever chose it."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,24}$")
    text: Text
    right: bool = False
    why: Text


OptionT = TypeVar("OptionT", bound=Option)


class Action(Option):
    way: Literal["solve", "escalate"]


class Diagnose(Activity):
    """A customer with a trouble, a simulated system, causes and ways out."""

    kind: Literal["diagnose"]
    scenario: Scenario
    system: System
    needed: tuple[str, ...] = Field(min_length=4)
    proof: tuple[str, ...] = Field(min_length=1)
    needless: dict[str, Text] = Field(default={})  # check -> why it doesn't help here; others just weren't needed
    fine: tuple[str, ...] = ()  # neither needed nor in vain
    causes: tuple[Option, ...] = Field(min_length=3, max_length=7)
    actions: tuple[Action, ...] = Field(min_length=3, max_length=7)
    card: Scorecard
    model: tuple[str, ...] = ()  # the model's checks, in order; default: those needed, layer by layer
    message: Text

    @model_validator(mode="after")
    def _whole(self) -> Diagnose:
        named: tuple[tuple[str, Iterable[str]], ...] = (
            ("needed", self.needed),
            ("needless", self.needless),
            ("proof", self.proof),
            ("fine", self.fine),
        )
        for key, ids in named:
            unknown = [i for i in ids if i not in self.system]
            if unknown:
                raise ValueError(f"{key}: there is no check {unknown[0]!r} in the system")
        if more := set(self.proof) - set(self.needed):
            raise ValueError(f"proof: {min(more)!r} must be needed, too")
        if both := set(self.needed) & {*self.needless, *self.fine}:
            raise ValueError(f"needless, fine: {min(both)!r} is needed")
        for key, options in (("causes", self.causes), ("actions", self.actions)):
            if sum(o.right for o in options) != 1 or len({o.id for o in options}) != len(options):
                raise ValueError(f"{key}: exactly one must be right, and each must have its own id")
        if set(self.needed) - set(run(self.system, self.path).made):
            raise ValueError("model: these checks don't reach all that is needed before the customer hangs up")
        return self

    @property
    def path(self) -> tuple[str, ...]:
        """The checks of the model answer."""
        order = {layer: n for n, layer in enumerate(LAYERS)}
        return self.model or tuple(sorted(self.needed, key=lambda i: order[self.system[i].layer]))


class _Answer(AnswerForm):
    log: tuple[str, ...] = Field(default=(), max_length=LONGEST_LOG)
    cause: str = ""
    action: str = ""
    evidence: tuple[str, ...] = Field(default=(), max_length=24)
    message: str = Field(default="", max_length=2000)


def _answer(value: Value, exercise: Diagnose) -> Value:
    said = checked(_Answer, value)
    for key, ids in (("log", said.log), ("evidence", said.evidence)):
        for n, check in enumerate(ids):
            if check not in exercise.system:
                raise ValueError(f"{key}[{n}]: there is no check {check[:24]!r}")
    for key, chosen, options in (("cause", said.cause, exercise.causes), ("action", said.action, exercise.actions)):
        if chosen and chosen not in {o.id for o in options}:
            raise ValueError(f"{key}: there is none {chosen[:24]!r}")
    return {k: list(v) if isinstance(v, tuple) else v for k, v in said.model_dump(exclude_defaults=True).items()}


def _mark(value: Value, exercise: Diagnose, level: Level) -> Marks:
    said = _Answer.model_validate(value)
    chosen = said.model_dump(exclude={"log"})
    return marks(exercise, lines_of(run(exercise.system, said.log), exercise, level, **chosen))


def _screen(exercise: Diagnose) -> Value:
    menu = [_shown(exercise, c.id) for c in exercise.system.checks if not c.hidden]
    return {
        "scene": scene(exercise.scenario),
        "layers": list(LAYERS),
        "menu": menu,
        "patience": exercise.system.patience,
        "causes": [{"id": o.id, "text": o.text} for o in _mixed(exercise.id, exercise.causes)],
        "actions": [{"id": o.id, "text": o.text, "way": o.way} for o in _mixed(exercise.id, exercise.actions)],
        "most": LONGEST_LOG,
        "longest": LONGEST,
    }


def _mixed(seed: str, options: tuple[OptionT, ...]) -> list[OptionT]:
    """In an order that tells nothing: authors write the right one first."""
    return Random(seed).sample(options, len(options))


def _shown(exercise: Diagnose, check: str) -> Value:
    found = exercise.system[check]
    return {"id": found.id, "layer": found.layer, "who": found.who, "name": found.name, "minutes": found.minutes}


def _respond(exercise: Diagnose, value: Value, name: str, data: Mapping[str, object]) -> Value:
    """`run`: what the checks of a log showed; `search`: checks that some words lead to. The log comes with the
    question, since the newest may not be saved yet."""
    if name == "search":
        found = search(exercise.system, str(data.get("query", "")))
        return {"query": str(data.get("query", "")), "found": [_shown(exercise, c.id) for c in found]}
    log = data.get("log")
    ids = [i for i in log if isinstance(i, str) and i in exercise.system] if isinstance(log, list) else []
    done = run(exercise.system, ids[:LONGEST_LOG])
    rows = [
        {**_shown(exercise, r.check.id), "text": r.text, "at": r.minute, "again": r.again, "gone": r.gone}
        for r in done.rows
    ]
    return {"log": ids, "rows": rows, "minutes": done.minutes, "patience": done.patience, "hung_up": done.hung_up}


def _right(exercise: Diagnose) -> Value:
    return {
        "log": list(exercise.path),
        "cause": next(o.id for o in exercise.causes if o.right),
        "action": next(o.id for o in exercise.actions if o.right),
        "evidence": list(exercise.proof),
        "message": exercise.message,
    }


def _poor(exercise: Diagnose) -> list[Value]:
    """A lucky guess with a fine message; every check there is, all as evidence; the causes first; the wrong ways."""
    right = _right(exercise)
    every = [c.id for c in exercise.system.checks]
    backward = list(reversed(right["log"]))
    wrong = {
        "cause": next(o.id for o in exercise.causes if not o.right),
        "action": next(o.id for o in exercise.actions if not o.right),
    }
    pile = "抱歉 理解 已查明原因 24小时内解决 方案 跟进 回访 分机 提醒"
    return [
        {**right, "log": [], "evidence": []},
        {**right, "log": every, "evidence": every},
        {**right, **wrong},
        {"log": right["log"], "message": pile, "evidence": every},
        {"log": backward, **wrong, "message": exercise.scenario.customer},
    ]


KIND = Kind("diagnose", Diagnose, _mark, _answer, _screen, _right, _poor, respond=_respond)
