"""The parts of a role-play case file: person, back office, facts, options, stages, lines, ends.

`data/roleplay/README.md` explains every key to whoever writes one; `case.py` puts the parts together.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from csworkshop.practice.condition import Feeling, Tone, When
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.scenario import Persona

Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Level = Annotated[float, Field(ge=0, le=100)]

# What the customer's lines can be about besides the faults and techniques of the catalogue: [lines] of a case.
SITUATIONS = {
    "pile": "the reply is a pile of words, empty, or the customer's own words handed back",
    "not_for_me": "the reply is meant for somebody else, or turns the roles round",
    "template": "the reply would fit any customer",
    "same_again": "the trainee says nearly the same as before",
    "sorry_again": "comforted or apologised to once more, with nothing new in it",
    "ignored": "the customer's question went unanswered",
    "dont_know": "asked what this customer can't know",
    "unsure": "asked yes or no about what this customer can't know; general lines where the case has none",
    "already_said": "asked again what the customer has told",
    "confirmed": "the trainee's understanding is right",
    "misread": "the trainee's understanding, or a fact of the case, is wrong",
    "wish": "asked what the customer would like",
    "working": "asked whether it works now, after an option was accepted",
    "not_yet": "asked whether it is settled, before anything was",
    "promised": "a time was promised; {promise} stands for the words",
    "kept": "a promise was kept; {promise}",
    "broken": "a promised time has passed; {promise}",
    "caught": "something untrue came out; {claim} stands for the trainee's words",
    "corrected": "the trainee took something untrue back by themselves",
    "waiting": "time passed and the trainee said nothing",
    "denied": "the trainee ruled out what the customer wants",
    "too_upset": "an option was offered while the customer is too upset to choose",
}
REQUIRED_LINES = (
    "pile", "not_for_me", "same_again", "sorry_again", "ignored", "dont_know", "confirmed", "wish", "not_yet",
    "promised", "broken", "caught", "waiting", "too_upset", "empathy", "own", "blame", "rude", "vague", "excuse",
    "brush_off", "privacy",
)  # fmt: skip
PLACES = frozenset({"words", "promise", "claim", "now"})  # {words}: the trainee's words that brought the line about


class Part(BaseModel):
    """A part of a case file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(Part):
    """Something the customer says; `mood` names the tones it fits, none for any."""

    say: Text
    mood: tuple[Tone, ...] = ()

    @field_validator("say")
    @classmethod
    def _places(cls, text: str) -> str:
        for name in re.findall(r"\{(.*?)\}", text):
            if name not in PLACES:
                raise ValueError(f"{{{name}}} is no place to fill; allowed: {', '.join(sorted(PLACES))}")
        return text


def _lines(value: Any) -> Any:
    """A plain string stands for a line that fits any tone; a table with several `say` for one line each."""
    if isinstance(value, str | dict):
        value = [value]
    lines: list[Any] = []
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, str):
            lines.append({"say": row})
        elif isinstance(row, dict) and isinstance(row.get("say"), list):
            lines += [{**row, "say": text} for text in row["say"]]
        else:
            lines.append(row)
    return lines


Lines = Annotated[tuple[Line, ...], BeforeValidator(_lines)]


def _expressions(value: Any) -> Any:
    for pattern in [value] if isinstance(value, str) else value:
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    return [value] if isinstance(value, str) else value


Patterns = Annotated[tuple[Text, ...], BeforeValidator(_expressions)]


class Who(Part):
    """The customer as a person; `feels` multiplies what makes a feeling worse, `calms` what makes it better."""

    kind: Persona
    name: Text
    age: int = Field(ge=10, le=100)
    manner: Text
    stake: Text
    wish: Text
    hidden_need: Text
    patience: int = Field(ge=4, le=20)
    feels: dict[Feeling, float] = {}
    calms: dict[Feeling, float] = {}


class Settles(Part):
    """The highest levels at which the customer will choose an option."""

    anger: Level = 50
    anxiety: Level = 60
    disappointment: Level = 60


class Desk(Part):
    """A row of the back office: what the trainee can look up, how it is rightly told, and what is untrue of it."""

    id: Id
    table: Literal["order", "logistics", "account", "product", "policy", "stock"]
    label: Text
    value: Text
    true: Patterns = ()
    false: Patterns = ()
    about: Patterns = ()
    most: float | None = Field(default=None, gt=0)
    unit: str = ""
    check: int = Field(default=1, ge=1, le=4)
    caught: Lines = ()

    @model_validator(mode="after")
    def _limit(self) -> Desk:
        if (self.most is None) != (not self.unit) or (self.most is not None and not self.about):
            raise ValueError("most: a limit needs `most`, `unit` and `about` together")
        return self


class Knows(Part):
    """A fact that the customer can tell, when asked for it."""

    id: Id
    asked: Patterns = Field(min_length=1)
    says: Lines = Field(min_length=1)
    again: Lines = ()


class Asks(Part):
    """A question of the customer's own, until one of the flags in `until` has come."""

    id: Id
    until: tuple[str, ...] = Field(min_length=1)
    when: When = When()
    says: Lines = Field(min_length=2)
    glad: Lines = ()


class Option(Part):
    """A way out: how it is recognised when offered, how much this customer likes it, what they say to it."""

    id: Id
    title: Bilingual
    offers: Patterns = Field(min_length=1)
    unless: Patterns = ()
    allowed: bool = True
    likes: Level
    wants: tuple[str, ...] = ()
    accepts: Lines = Field(min_length=2)
    weighs: Lines = Field(min_length=1)
    declines: Lines = ()
    caught: Lines = ()


class Hidden(Part):
    """The need behind the words: when it comes out, and how it is met."""

    unlocked: tuple[When, ...] = Field(min_length=1)
    says: Lines = Field(min_length=2)
    met: Patterns = Field(min_length=1)
    glad: Lines = Field(min_length=2)


class Beat(Part):
    """Something the customer brings up of their own accord, once, when its condition holds; moves feelings."""

    id: Id
    when: When
    says: Lines = Field(min_length=1)
    moves: dict[Feeling, float] = {}


class Event(Part):
    """Something that happens when the clock gets there: `at` minutes from the start or `after` acceptance."""

    id: Id
    at: int | None = Field(default=None, ge=1)
    after: int | None = Field(default=None, ge=1)
    when: When = When()
    says: Lines = Field(min_length=1)
    moves: dict[Feeling, float] = {}

    @model_validator(mode="after")
    def _one_time(self) -> Event:
        if (self.at is None) == (self.after is None):
            raise ValueError("at: an event has either `at` or `after`")
        return self


class StageOf(Part):
    """How the customer leaves a stage, and what they press for while in it."""

    leave: tuple[When, ...] = ()
    push: Lines = Field(min_length=2)


class End(Part):
    """How a talk ends: one of the conditions in `when` holds."""

    when: tuple[When, ...] = Field(min_length=1)
    says: Lines = Field(min_length=2)
