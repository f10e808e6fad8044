"""Conditions of a role-play case: on what has happened in the talk, on the customer's mood, on time.

What happens in a talk is kept as flags and how often each came: `empathy` (an item of the checker's catalogue was
heard), `told:arrival`, `asked:noise`, `offered:swap`, `accepted` … `docs` of the case format lists them all
(`data/roleplay/README.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field

Feeling = Literal["anger", "anxiety", "disappointment", "trust"]
Tone = Literal["angry", "anxious", "let_down", "calm", "warm"]
Stage = Literal["greeting", "emotion", "problem", "solution", "close"]
FEELINGS: tuple[Feeling, ...] = get_args(Feeling)
TONES: tuple[Tone, ...] = get_args(Tone)
STAGES: tuple[Stage, ...] = get_args(Stage)
Degree = float


class Standing(Protocol):
    """What a condition is asked of: the talk as it stands."""

    @property
    def counts(self) -> Mapping[str, int]: ...

    @property
    def levels(self) -> Mapping[Feeling, float]: ...

    @property
    def stage(self) -> Stage: ...

    @property
    def turn(self) -> int: ...

    @property
    def since_accepted(self) -> int: ...


class When(BaseModel):
    """All that is named must hold; an empty condition always holds.

    did             flags that have all come
    any             flags of which one at least has come
    never           flags of which none has come
    count           flag = how often at least
    at_least        feeling = lowest level, 0 to 100
    at_most         feeling = highest level
    stages          the customer is in one of these stages
    turns           the trainee has answered at least so often
    since_accepted  so many answers have come since the customer accepted an option
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    did: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    count: dict[str, int] = {}
    at_least: dict[Feeling, float] = {}
    at_most: dict[Feeling, float] = {}
    stages: tuple[Stage, ...] = ()
    turns: int = Field(default=0, ge=0)
    since_accepted: int = Field(default=0, ge=0)

    @property
    def flags(self) -> tuple[str, ...]:
        """Every flag that the condition names."""
        return (*self.did, *self.any, *self.never, *self.count)

    def holds(self, now: Standing) -> bool:
        """Whether the talk as it stands meets the condition."""
        had, levels = now.counts, now.levels
        return (
            all(had.get(f, 0) for f in self.did)
            and (not self.any or any(had.get(f, 0) for f in self.any))
            and not any(had.get(f, 0) for f in self.never)
            and all(had.get(f, 0) >= n for f, n in self.count.items())
            and all(levels[f] >= n for f, n in self.at_least.items())
            and all(levels[f] <= n for f, n in self.at_most.items())
            and (not self.stages or now.stage in self.stages)
            and now.turn >= self.turns
            and now.since_accepted >= self.since_accepted
        )
