"""The customer's likely reaction to a marked reply: a written line by what stood out in it and by their emotion.

The lines are data (`reactions.toml`), a teaching aid beside the marks and never part of them. Groups stand in order
of weight: an insult is heard before a vague promise, and what is missing only where nothing grates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.marking import Marks
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.scenario import Emotion
from csworkshop.text.datafile import DataFileError, read_as

Mood = Literal["worse", "same", "better"]
FILE = Path(__file__).with_name("reactions.toml")


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    when: Literal["refused", "present", "missing", "passed", "always"]
    items: tuple[str, ...] = ()
    mood: Mood
    lines: dict[Emotion, Bilingual]

    @model_validator(mode="after")
    def _complete(self) -> _Group:
        lacking = [e for e in get_args(Emotion) if e not in self.lines]
        if lacking:
            raise ValueError(f"lines: {', '.join(lacking)} has no line")
        kind = {"present": "fault", "missing": "technique"}.get(self.when)
        for item in self.items:
            if kind is None or item not in catalogue().items or catalogue().items[item].type != kind:
                raise ValueError(f"items: {item!r} is no {kind or 'item here'}")
        return self


class _Reactions(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    group: tuple[_Group, ...]


@dataclass(frozen=True)
class Reaction:
    """What the customer would say, where it leaves them, and the items that bring it about."""

    line: Bilingual
    mood: Mood
    items: tuple[str, ...] = ()


def reaction(marks: Marks, exercise: Exercise) -> Reaction | None:
    """The likely reaction to a reply with these marks; None where the words are the model answer's, not a reply."""
    if marks.refusal == "copied":
        return None
    states = {line.item: line.state for line in marks.lines}
    for group in _groups():
        found = tuple(i for i in group.items if _applies(group.when, states.get(i, "")))
        refused = marks.refusal not in ("", "unchanged", "insult")  # an insult is heard as one
        whole = {"refused": refused, "passed": marks.passed, "always": True}
        if group.when == "missing" and marks.passed:
            continue
        if found or whole.get(group.when, False):
            return Reaction(group.lines[exercise.scenario.emotion], group.mood, found)
    raise AssertionError("the last group applies always")


def _applies(when: str, state: str) -> bool:
    return state in {"present": ("fault", "critical"), "missing": ("missing",)}.get(when, ())


@lru_cache(maxsize=1)
def _groups() -> tuple[_Group, ...]:
    groups = read_as(FILE, _Reactions).group
    if not groups or groups[-1].when != "always":
        raise DataFileError(FILE, "group", 'the last group must be for when = "always"')
    return groups
