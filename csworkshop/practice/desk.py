"""A ticket desk: one customer's case through one shift, as a fold over what was done and when.

Time is desk time, in minutes from the start of the shift. Every action takes its minutes; between actions the world
goes on by its script: departments answer, the customer writes, deadlines pass. A customer who hears nothing for too
long asks. Whether a hand-over says what the department needs, and whether a message asks the customer about the
result, is for the callers to judge (`Hears`), since they have the checker; nothing here looks at a real clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.practice.clock import minutes_of

SAYS, HANDS, OPENS, CLOSES = 4, 6, 3, 2  # minutes that writing and filing take
GRACE = 5  # minutes after which a late message is late
Who = Literal["customer", "department", "system", "you"]
Do = Literal["open", "look", "say", "hand", "close", "keep"]
Survey = Literal["open", "stars", "none"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class View(_Strict):
    """What a place of the system shows once all flags of `after` are set; the last that fits is shown."""

    text: str = Field(min_length=1)
    after: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


class Place(_Strict):
    """Something in the system to look into."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    name: str = Field(min_length=1)
    minutes: int = Field(default=3, ge=0, le=60)
    views: tuple[View, ...] = Field(min_length=1)


class Need(_Strict):
    """What a department must be told to be able to work; form and meaning as of an idea in `exercises.ideas`."""

    says: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)
    look: str = Field(min_length=1)


class Department(_Strict):
    """A department to hand over to. It answers `after` minutes later; without what it needs it asks back, and after
    its `cutoff` it answers `late` only, which sets nothing."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    name: str = Field(min_length=1)
    right: bool = False
    why: str = ""
    needs: tuple[Need, ...] = ()
    after: int = Field(default=30, ge=1, le=600)
    answer: str = Field(min_length=1)
    sets: tuple[str, ...] = ()
    lacking: str = ""
    cutoff: str = ""
    late: str = ""


class Event(_Strict):
    """Something that happens: at a time of day, or some minutes after a flag was set; not if one of `unless` is."""

    at: str = ""
    after: str = ""
    minutes: int = Field(default=0, ge=0, le=600)
    unless: tuple[str, ...] = ()
    who: Literal["customer", "department", "system"] = "customer"
    text: str = Field(min_length=1)
    sets: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Event:
        if bool(self.at) == bool(self.after):
            raise ValueError("an event comes either `at` a time of day or `after` a flag")
        return self


class Desk(_Strict):
    """One case and its shift. The flags `solved` and `confirmed` say how far the customer is helped."""

    start: str
    closes: str
    every: int = Field(default=120, ge=30, le=480)  # minutes within which the customer hears from us unasked
    places: tuple[Place, ...] = Field(min_length=1)
    departments: tuple[Department, ...] = ()
    events: tuple[Event, ...] = ()
    chasers: tuple[str, ...] = Field(min_length=1)
    works: str = Field(min_length=1)  # the customer's answer when asked about the result, once it is solved
    not_yet: str = Field(min_length=1)  # and before
    answers_after: int = Field(default=10, ge=1, le=240)

    @property
    def length(self) -> int:
        """Minutes of the shift."""
        return minutes_of(self.closes) - minutes_of(self.start)

    @model_validator(mode="after")
    def _whole(self) -> Desk:
        if self.length <= 0:
            raise ValueError("closes: must be later than start")
        known = {"opened", "confirmed"}
        for sets in ([e.sets for e in self.events], [d.sets for d in self.departments]):
            known |= {flag for flags in sets for flag in flags}
        known |= {s for p in self.places for v in p.views for s in v.sets}
        asked = [f for p in self.places for v in p.views for f in v.after]
        asked += [f for e in self.events for f in (e.after, *e.unless) if f]
        for flag in asked:
            if flag not in known:
                raise ValueError(f"the flag {flag!r} is asked for, but nothing sets it")
        for place in self.places:
            if place.views[0].after:
                raise ValueError(f"places: the first view of {place.id!r} must fit always")
        return self


class Action(_Strict):
    """One thing that was done. `at` comes from a browser: it is held between the last action and the shift's end."""

    at: float = Field(default=0, allow_inf_nan=False)
    do: Do
    place: str = ""
    department: str = ""
    text: str = Field(default="", max_length=1000)
    type: str = ""
    priority: str = ""
    evidence: tuple[str, ...] = Field(default=(), max_length=20)
    survey: Survey = "none"


@dataclass(frozen=True)
class Hears:
    """How texts are understood: does a note hold what is needed, does a message ask the customer about the result?"""

    holds: Callable[[str, Need], bool]
    asks_result: Callable[[str], bool]


@dataclass(frozen=True)
class Entry:
    """One line of the desk's feed. `number` is that of the action in the log, -1 for what came by itself."""

    at: int
    who: Who
    text: str
    number: int = -1
    kind: str = ""


@dataclass
class Day:
    """How the desk stands after the log: the feed, the flags with the minutes they were set at, and the clock."""

    desk: Desk
    hears: Hears
    clock: int = 0
    feed: list[Entry] = field(default_factory=list)
    flags: dict[str, int] = field(default_factory=dict)
    done: list[tuple[int, Action]] = field(default_factory=list)  # minute and action, of those that counted
    told: int = 0  # when the customer last heard from us
    chased: list[int] = field(default_factory=list)
    ended: str = ""  # close, keep, or over: the shift ended with the ticket open
    _coming: list[tuple[int, int, Event]] = field(default_factory=list)
    _number: int = 0

    @property
    def next(self) -> int | None:
        """The minute of the next thing that comes by itself and isn't a customer who lost patience."""
        return min((at for at, _, e in self._coming if not self._off(e)), default=None)

    @property
    def wake(self) -> int | None:
        """The minute of the next thing at all, before the end of the shift."""
        found = [self._chase(), *([self.next] if self.next is not None else [])]
        return None if self.ended else min([*found, self.desk.length])

    def _off(self, event: Event) -> bool:
        return any(flag in self.flags for flag in event.unless)

    def _chase(self) -> int:
        return max([self.told, *self.chased]) + self.desk.every + GRACE

    def _plan(self, at: int, event: Event) -> None:
        self._number += 1
        heapq.heappush(self._coming, (at, self._number, event))

    def _set(self, flags: Sequence[str]) -> None:
        for flag in flags:
            if flag in self.flags:
                continue
            self.flags[flag] = self.clock
            for event in self.desk.events:
                if event.after == flag:
                    self._plan(self.clock + event.minutes, event)

    def _advance(self, to: int) -> None:
        """Let time pass, with everything that happens meanwhile."""
        to = min(to, self.desk.length)
        while not self.ended:
            coming = self._coming[0][0] if self._coming else to + 1
            chase = self._chase() if "confirmed" not in self.flags else to + 1
            if min(coming, chase) > to:
                break
            if coming <= chase:
                at, _, event = heapq.heappop(self._coming)
                self.clock = max(self.clock, at)
                if not self._off(event):
                    self.feed.append(Entry(self.clock, event.who, event.text))
                    self._set(event.sets)
            else:
                self.clock = max(self.clock, chase)
                text = self.desk.chasers[min(len(self.chased), len(self.desk.chasers) - 1)]
                self.feed.append(Entry(self.clock, "customer", text, kind="chaser"))
                self.chased.append(self.clock)
        self.clock = max(self.clock, to)
        if self.clock >= self.desk.length and not self.ended:
            self.ended = "over"

    def _do(self, number: int, action: Action) -> None:
        takes: Mapping[str, int] = {"open": OPENS, "say": SAYS, "hand": HANDS, "close": CLOSES}
        place = next((p for p in self.desk.places if p.id == action.place), None)
        minutes = place.minutes if action.do == "look" and place else takes.get(action.do, 0)
        self._advance(self.clock + minutes)
        if self.ended:
            return
        self.done.append((self.clock, action))
        if action.do == "look" and place:
            view = [v for v in place.views if all(f in self.flags for f in v.after)][-1]
            self.feed.append(Entry(self.clock, "system", view.text, number, place.name))
            self._set(view.sets)
        elif action.do == "say":
            self.feed.append(Entry(self.clock, "you", action.text, number))
            self.told = self.clock
            if self.hears.asks_result(action.text):
                self._answer_about_result()
        elif action.do == "hand":
            self._hand(number, action)
        elif action.do in ("close", "keep"):
            self.ended = action.do
        elif action.do == "open":
            self._set(("opened",))

    def _answer_about_result(self) -> None:
        solved = "solved" in self.flags
        text, sets = (self.desk.works, ("confirmed",)) if solved else (self.desk.not_yet, ())
        self._plan(self.clock + self.desk.answers_after, Event(after="-", text=text, sets=sets))

    def _hand(self, number: int, action: Action) -> None:
        to = next((d for d in self.desk.departments if d.id == action.department), None)
        if to is None:
            return
        self.feed.append(Entry(self.clock, "you", action.text, number, to.name))
        lacks = to.right and not all(self.hears.holds(action.text, need) for need in to.needs)
        late = bool(to.cutoff) and self.clock > minutes_of(to.cutoff) - minutes_of(self.desk.start)
        text = to.lacking if lacks else to.late if late else to.answer
        sets = () if lacks or late else to.sets
        after = min(to.after, 30) if lacks or late else to.after
        self._plan(self.clock + after, Event(after="-", who="department", text=f"{to.name}：{text}", sets=sets))


def run(desk: Desk, log: Sequence[Action], now: float, hears: Hears) -> Day:
    """The desk after everything in `log`, at the minute `now` (untrusted: held within the shift)."""
    day = Day(desk, hears)
    for event in desk.events:
        if event.at:
            day._plan(minutes_of(event.at) - minutes_of(desk.start), event)
    day._advance(0)
    for number, action in enumerate(log):
        if day.ended:
            break
        day._advance(max(day.clock, int(min(max(action.at, 0), desk.length))))
        if not day.ended:
            day._do(number, action)
    if not day.ended:
        day._advance(max(day.clock, int(min(max(now, 0), desk.length))))
    return day
