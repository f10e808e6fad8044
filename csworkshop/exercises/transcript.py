"""A contact as its record has it, turn by turn, with what each turn was: the form of the cases that are reviewed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.definition import Text
from csworkshop.exercises.ideas import Idea

Way = Literal["better", "worse"]
Deed = Literal["good", "wrong"]


class Turn(BaseModel):
    """What was said or done at a time. `way` makes it a turning point, `deed` a decision that was right or wrong.

    `near` are numbers of turns (from 1) where the same turning point may be marked as well. `why` and `way_why` are
    told to whoever saw it; `look` leads whoever didn't. `open` turns can be argued about: marks there cost nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    at: Text
    who: Literal["customer", "agent", "other"]
    name: str = ""
    text: Text
    way: Way | None = None
    way_why: str = ""
    near: tuple[int, ...] = ()
    deed: Deed | None = None
    instead: str = ""
    why: str = ""
    look: str = ""
    open: bool = False

    @model_validator(mode="after")
    def _explained(self) -> Turn:
        if bool(self.way) != bool(self.way_why):
            raise ValueError("way and way_why: a turning point needs its reason, and only a turning point has one")
        if bool(self.deed) != bool(self.why) or bool(self.deed == "wrong") != bool(self.instead):
            raise ValueError('deed needs "why", a wrong one also "instead"; other turns have neither')
        if (self.way or self.deed) and not self.look:
            raise ValueError('"look" must lead whoever did not see it')
        if self.deed and self.who == "customer":
            raise ValueError("deed: a customer's turn is no decision of ours")
        return self


class Remedy(BaseModel):
    """What could have been done instead; listed for all wrong decisions together, with some that fit none."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    text: Text


class Written(BaseModel):
    """One of the two texts: the ideas that count, how many make it full, and a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ideas: tuple[Idea, ...] = Field(min_length=2, max_length=6)
    need: int = Field(ge=1, le=4)
    model: Text

    @model_validator(mode="after")
    def _enough(self) -> Written:
        if self.need > len(self.ideas):
            raise ValueError(f"need: {self.need} of {len(self.ideas)} ideas")
        return self
