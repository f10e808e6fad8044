"""A talk as it is kept: every turn with what a debrief needs, and how the talk stands after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from csworkshop.practice.case import GOOD_ENDS, Case, Ending
from csworkshop.practice.clock import minutes_of, shown
from csworkshop.practice.condition import Feeling, Stage, Tone
from csworkshop.practice.hearing import Heard
from csworkshop.practice.joining import joined
from csworkshop.practice.mood import Change, Mood


@dataclass(frozen=True)
class Promise:
    """A time that the trainee promised: the words, the turn, and minutes from the talk's start when it comes due."""

    words: str
    turn: int
    made: int
    due: int
    fate: str = "open"  # open, kept, broken


@dataclass(frozen=True)
class Lie:
    """Something untrue that the trainee said: of which row or option, in which words, and when it comes out.

    `fate` is pending, caught or corrected (taken back by the trainee)."""

    id: str
    words: str
    turn: int
    out: int
    fate: str = "pending"


@dataclass(frozen=True)
class Part:
    """A piece of what the customer says: the key of its line in the case, and the text."""

    key: str
    text: str


@dataclass(frozen=True)
class State:
    """How the talk stands; what conditions are asked of (`condition.Standing`)."""

    mood: Mood
    stage: Stage
    minute: int = 0
    turn: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    asking: str = ""
    promises: tuple[Promise, ...] = ()
    lies: tuple[Lie, ...] = ()
    offered: tuple[str, ...] = ()
    leaning: str = ""
    accepted: str = ""
    accepted_turn: int = 0
    accepted_minute: int = 0

    @property
    def levels(self) -> Mapping[Feeling, float]:
        return self.mood.levels

    @property
    def since_accepted(self) -> int:
        return self.turn - self.accepted_turn if self.accepted else 0

    def had(self, flag: str) -> bool:
        return self.counts.get(flag, 0) > 0

    def believes(self, flags: Iterable[str]) -> bool:
        """Whether an untruth that hasn't come out yet stands for one of `flags` (told:…): it seems answered."""
        believed = {f"told:{x.id}" for x in self.lies if x.fate == "pending"}
        return any(f in believed for f in flags)


@dataclass(frozen=True)
class Turn:
    """One reply and the customer's answer, with everything that a debrief tells of it.

    `flags` are what this turn brought about (asked:…, told:…, offered:…, kept …). `missed` are techniques that this
    customer was waiting for at this stage and hadn't had yet.
    """

    number: int
    reply: str
    minute: int
    heard: Heard | None
    changes: tuple[Change, ...]
    mood: Mood
    tone: Tone
    stage: Stage
    flags: tuple[str, ...]
    missed: tuple[str, ...]
    promises: tuple[Promise, ...]
    lies: tuple[Lie, ...]
    parts: tuple[Part, ...]
    end: Ending | None = None

    @property
    def text(self) -> str:
        """What the customer says."""
        return joined([p.text for p in self.parts])


@dataclass(frozen=True)
class Talk:
    """A whole talk: a fold of the trainee's replies over a case and a seed."""

    case: Case = field(repr=False)
    seed: int
    opening: str
    state: State = field(repr=False)
    turns: tuple[Turn, ...] = ()

    @property
    def end(self) -> Ending | None:
        return self.turns[-1].end if self.turns else None

    @property
    def good(self) -> bool:
        return self.end in GOOD_ENDS

    @property
    def mood(self) -> Mood:
        return self.state.mood

    @property
    def stage(self) -> Stage:
        return self.state.stage

    @property
    def customer(self) -> str:
        """What the customer said last."""
        return self.turns[-1].text if self.turns else self.opening

    @property
    def replies(self) -> tuple[str, ...]:
        """The trainee's side: all that is needed to replay the talk, with the case's id and the seed."""
        return tuple(t.reply for t in self.turns)

    @property
    def words(self) -> tuple[str, ...]:
        """The customer's side, opening first."""
        return (self.opening, *(t.text for t in self.turns))

    @property
    def time(self) -> str:
        """The time of day in the talk, as `14:20`."""
        return shown(minutes_of(self.case.clock) + self.state.minute)
