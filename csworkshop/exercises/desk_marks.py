"""How a day at the ticket desk is marked: opened right, looked, handed over, kept its word, told unasked, closed well.

Everything is read from the replayed day (`csworkshop.practice.desk.Day`); what the customer hears is looked at in
`csworkshop.exercises.desk_messages`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import line
from csworkshop.exercises.definition import Text
from csworkshop.exercises.desk_messages import (
    Said,
    Telling,
    messages_of,
    pestered,
    progress,
    promises,
    quality,
    telling,
    told,
)
from csworkshop.exercises.ideas import Idea, said
from csworkshop.exercises.marking import Line
from csworkshop.practice.clock import minutes_of
from csworkshop.practice.desk import Day
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.credible import credible
from csworkshop.techniques.scenario import Scenario

TYPE, PRIORITY, EVIDENCE, LOOK, HAND, END = 6.0, 6.0, 10.0, 8.0, 16.0, 14.0
WRONG_DEPARTMENT, SLIP = 6.0, 12.0


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Strict):
    """Something to choose when the ticket is opened; `why` is told to whoever chose it."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    text: Text
    right: bool = False
    why: Text


class Opening(_Strict):
    """What a ticket is opened with."""

    types: tuple[Choice, ...] = Field(min_length=2, max_length=6)
    priorities: tuple[Choice, ...] = Field(min_length=2, max_length=5)
    evidence: tuple[Choice, ...] = Field(min_length=3, max_length=9)

    @model_validator(mode="after")
    def _right(self) -> Opening:
        for key in ("types", "priorities"):
            if sum(o.right for o in getattr(self, key)) != 1:
                raise ValueError(f"{key}: exactly one must be right")
        if not 0 < sum(o.right for o in self.evidence) < len(self.evidence):
            raise ValueError("evidence: some must be right, and some must not")
        return self


class Slip(_Strict):
    """What no message may say. `words` as in an idea; `until` a flag: before it, it isn't true yet."""

    words: tuple[Text, ...] = Field(min_length=1)
    why: Text
    until: str = ""


@dataclass(frozen=True)
class Marking:
    """What the author declares of how a day is marked."""

    opening: Opening
    ends: Literal["close", "keep"]
    must_look: tuple[str, ...]
    tell: tuple[Telling, ...]
    slips: tuple[Slip, ...]
    least: int


def lines_of(day: Day, scenario: Scenario, how: Marking, level: Level) -> list[Line]:
    """The scorecard of a day."""
    messages = messages_of(day, scenario, level)
    return [
        *_opened(day, how.opening),
        _looked(day, how.must_look),
        *_handed(day),
        progress(day, messages),
        promises(day, messages),
        quality(day, messages, how.least),
        *telling(day, messages, how.tell),
        _ended(day, messages, how.ends),
        *_slips(day, how.slips),
        *pestered(messages),
    ]


def _opened(day: Day, opening: Opening) -> Iterator[Line]:
    action = next((a for _, a in day.done if a.do == "open"), None)
    for key, worth, options in (("type", TYPE, opening.types), ("priority", PRIORITY, opening.priorities)):
        chosen = next((o for o in options if action and o.id == getattr(action, key)), None)
        if chosen is None:
            yield line(key, told(f"name_{key}"), 0, worth, told("no_open" if action is None else f"no_{key}"))
        else:
            words = f"“{chosen.text}”：{chosen.why}"
            yield line(key, told(f"name_{key}"), float(chosen.right), worth, Bilingual(zh=words, en=words))
    attached = [o for o in opening.evidence if action and o.id in action.evidence]
    right, wrong = [o for o in attached if o.right], [o for o in attached if not o.right]
    whole = sum(o.right for o in opening.evidence)
    left = whole - len(right)
    share = max(0.0, (len(right) - len(wrong)) / whole)
    reason = told("no_evidence")
    if attached:
        words = "".join(f"“{o.text}”：{o.why}" for o in wrong)
        reason = told("evidence_left", told=words, n=left) if left else told("evidence_told", told=words)
        reason = reason if wrong or left else told("evidence_right")
    yield line("evidence", told("name_evidence"), share, EVIDENCE, reason)


def _looked(day: Day, places: Sequence[str]) -> Line:
    seen = {a.place for _, a in day.done if a.do == "look"}
    left = [p.name for p in day.desk.places if p.id in places and p.id not in seen]
    reason = told("look_left", names="、".join(f"“{n}”" for n in left)) if left else told("look_right")
    return line("look", told("name_look"), 1 - len(left) / len(places), LOOK, reason)


def _handed(day: Day) -> Iterator[Line]:
    notes = [(at, a) for at, a in day.done if a.do == "hand"]
    right = [d for d in day.desk.departments if d.right]
    for to in right:
        own = [(at, a) for at, a in notes if a.department == to.id]
        name = told("name_hand", name=to.name)
        if not own:
            yield line(f"hand-{to.id}", name, 0, HAND / len(right), told("hand_missing", name=to.name))
            continue
        at, last = own[-1]
        whole = " ".join(a.text for _, a in own)
        lacks = [n for n in to.needs if not said(whole, Idea(says=n.says, words=n.words, look=n.look))]
        late = bool(to.cutoff) and at > minutes_of(to.cutoff) - minutes_of(day.desk.start)
        share = (1 - len(lacks) / max(len(to.needs), 1)) * (0.5 if late else 1)
        share = min(share, 0.9) if len(own) > 1 and not lacks else share  # the first note should have been enough
        if not credible(whole):
            share, reason = 0.0, told("hand_pile")
        elif lacks:
            what, look = "；".join(n.says for n in lacks), "".join(n.look for n in lacks)
            reason = told("hand_lacks", says=what, look=look)
        else:
            reason = told("hand_late", cutoff=to.cutoff) if late else told("hand_twice" if share < 1 else "hand_right")
        yield line(f"hand-{to.id}", name, share, HAND / len(right), reason, quotes=[last.text[:80]])
    wrong = {d.id: d for d in day.desk.departments if not d.right}
    for department in dict.fromkeys(a.department for _, a in notes if a.department in wrong):
        why = wrong[department].why or wrong[department].answer
        reason = Bilingual(zh=f"“{wrong[department].name}”：{why}", en=f"“{wrong[department].name}”: {why}")
        yield line(f"wrong-{department}", told("name_wrong"), 1, WRONG_DEPARTMENT, reason, fault=True)


def _ended(day: Day, messages: list[Said], ends: str) -> Line:
    name = told("name_end")
    survey = next((a.survey for _, a in reversed(day.done) if a.do == "close"), "none")
    solved, confirmed = "solved" in day.flags, "confirmed" in day.flags
    state = None
    if day.ended == "close" and ends == "keep":
        share, reason, state = 0.0, told("end_must_keep"), "critical"
    elif day.ended == "close" and not solved:
        share, reason, state = 0.0, told("end_early"), "critical"
    elif day.ended == "close" and not confirmed:
        share, reason = 0.2, told("end_unconfirmed")
    elif day.ended == "close":
        share = {"open": 1.0, "none": 0.7, "stars": 0.5}[survey]
        reason = told(f"end_survey_{survey}")
    elif day.ended == "keep" and ends == "keep":
        last = next((m for m in reversed(messages) if m.real), None)
        dated = last is not None and last.report["specific_time"].present
        share, reason = (1.0 if dated else 0.6), told("end_kept" if dated else "end_kept_no_time")
    elif day.ended == "keep":
        share, reason = (0.4, told("end_left_solved")) if solved else (0.2, told("end_left"))
    else:
        share, reason = 0.0, told("end_over" if day.ended == "over" else "end_open")
    return line("end", name, share, END, reason, state=state)  # type: ignore[arg-type]


def _slips(day: Day, slips: Sequence[Slip]) -> Iterator[Line]:
    texts = [(at, a) for at, a in day.done if a.do == "say"]
    for n, slip in enumerate(slips, 1):
        idea = Idea(says=slip.why, words=slip.words, look=slip.why)
        for at, action in texts:
            if slip.until and day.flags.get(slip.until, day.desk.length + 1) <= at:
                continue
            if words := said(action.text, idea):
                reason = Bilingual(zh=slip.why, en=slip.why)
                yield line(f"slip-{n}", told("name_slip"), 1, SLIP, reason, quotes=[words], fault=True)
                break
