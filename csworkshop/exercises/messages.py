"""Customers' messages to be decoded: the form of their file.

Each message says what its writer feels, in which words it shows, and which action it calls for; the words are picked
as whole clauses, so each must lie within one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.definition import Activity, Penalised, Scorecard, Text, Weighted
from csworkshop.exercises.overlap import phrases
from csworkshop.techniques.scenario import Channel, Emotion, Persona, Scenario
from csworkshop.text.segment import Span

AVOID = ("defend_first", "brush_off", "overacting", "vague", "punctuation", "off_register")
CRITICAL = ("blame", "rude", "privacy")


class Words(BaseModel):
    """Words of a message and what they say, or don't say, of its writer."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: Text
    why: Text


class Opening(BaseModel):
    """The first sentence of an answer: the techniques that it asks for, and one that is good."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    asks: tuple[str, ...] = Field(min_length=1, max_length=3)
    facts: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    model: Text

    @property
    def card(self) -> Scorecard:
        return Scorecard(
            techniques=tuple(Weighted(item=i, weight=1) for i in self.asks),
            faults=tuple(Penalised(item=i, penalty=20) for i in AVOID),
            critical=CRITICAL,
        )

    @model_validator(mode="after")
    def _known_techniques(self) -> Opening:
        _ = self.card
        return self


class Message(BaseModel):
    """One customer's message. `surface` is what it only looks like; `signs` are the words that show the emotion,
    `decoys` words that seem to, `open` words that could be argued for: they cost nothing and earn nothing. `look`
    leads there, `why` is told to whoever named the emotion. `action` is the emotion whose action it calls for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9]{1,12}$")
    domain: str = ""
    channel: Channel = "chat"
    persona: Persona = "adult"
    text: Text
    emotion: Emotion
    surface: Emotion | None = None
    action: Emotion | None = None
    signs: tuple[Words, ...] = Field(min_length=1, max_length=6)
    decoys: tuple[Words, ...] = ()
    open: tuple[Text, ...] = ()
    look: Text
    why: Text
    opening: Opening | None = None

    @property
    def calls_for(self) -> Emotion:
        return self.action or self.emotion

    @property
    def phrases(self) -> list[str]:
        return [self.text[a:b] for a, b in phrases(self.text)]

    @property
    def scenario(self) -> Scenario:
        about: dict[str, Any] = {"facts": self.opening.facts, "policy": self.opening.policy} if self.opening else {}
        return Scenario(
            domain=self.domain,
            channel=self.channel,
            persona=self.persona,
            emotion=self.emotion,
            customer=self.text,
            **about,
        )

    def numbers(self, words: Sequence[str]) -> dict[int, str]:
        """The phrase that each of the words lies in."""
        return {n: w for w in words for n, (a, b) in enumerate(phrases(self.text)) if _inside(self.text, w, (a, b))}

    @model_validator(mode="after")
    def _words_lie_in_phrases(self) -> Message:
        signs, decoys = [s.words for s in self.signs], [d.words for d in self.decoys]
        for w in (*signs, *decoys, *self.open):
            if self.text.count(w) != 1 or not self.numbers([w]):
                raise ValueError(f"message {self.id!r}: {w!r} must stand in its text once, within one clause")
        sure, arguable = set(self.numbers(signs)), set(self.numbers(self.open))
        if sure & {*self.numbers(decoys), *arguable} or set(self.numbers(decoys)) & arguable:
            raise ValueError(f"message {self.id!r}: signs, decoys and open must lie in different clauses")
        if len(self.phrases) - len(sure | arguable) < len(sure):
            raise ValueError(
                f"message {self.id!r}: half the clauses or more must be no signs, or ticking all would pay"
            )
        if self.surface == self.emotion:
            raise ValueError(f"message {self.id!r}: surface must differ from the emotion")
        return self


class Decode(Activity):
    """Customers' messages to be read for what their writers feel."""

    kind: Literal["decode"]
    messages: tuple[Message, ...] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def _own_ids(self) -> Decode:
        if len({m.id for m in self.messages}) != len(self.messages):
            raise ValueError("messages: two have the same id")
        return self


def _inside(text: str, words: str, span: Span) -> bool:
    at = text.index(words) if words in text else -1
    return span[0] <= at and at + len(words) <= span[1]
