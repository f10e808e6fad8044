"""The rules that tie patterns in the figures to weaknesses and training: `diagnosis.toml`, read and checked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.cases.measures import measures
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.text.datafile import read_as

FILE = Path(__file__).parent / "diagnosis.toml"
MODULES = ("m1", "m2", "m3", "m4", "m5", "m6", "m7")
Level = Literal["agent", "team", "channel"]
LEVELS: dict[Level, str] = {"agent": "agent_id", "team": "team", "channel": "channel"}
Is = Literal["lower", "higher", "rather_lower", "rather_higher", "not_lower", "not_higher", "below", "above"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_measures(names: tuple[str, ...]) -> None:
    for name in names:
        if name not in measures():
            raise ValueError(f"{name!r} is no measure; see measures.toml")


class Condition(_Part):
    """What one measure must look like; see the head of `diagnosis.toml`."""

    measure: str
    is_: Is = Field(alias="is")
    by: float | None = Field(default=None, ge=0)
    than: float | None = None

    @model_validator(mode="after")
    def _complete(self) -> Condition:
        _known_measures((self.measure,))
        goal = self.is_ in ("below", "above")
        if goal and (self.than is None or self.by is not None):
            raise ValueError(f"is = {self.is_!r} needs than, the goal, and no by")
        if not goal and (self.by is None or self.than is not None):
            raise ValueError(f"is = {self.is_!r} needs by, the difference that matters, and no than")
        return self

    @property
    def sure(self) -> bool:
        """Whether it must be a discovery."""
        return self.is_ in ("lower", "higher")

    @property
    def low(self) -> bool:
        """Whether it looks to the low side."""
        return self.is_.endswith("lower") or self.is_ == "below"


class Words(_Part):
    """What a finding is called and means, and what follows from it."""

    name: Bilingual
    means: Bilingual
    advice: Bilingual
    train: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Words:
        for module in self.train:
            if module not in MODULES:
                raise ValueError(f"train: {module!r} is no module; there are: {', '.join(MODULES)}")
        for item in self.techniques:
            if item not in catalogue().items:
                raise ValueError(f"techniques: {item!r} is not in the catalogue")
        return self


class Rule(Words):
    """One pattern and the weakness that it points to."""

    level: tuple[Level, ...] = Field(min_length=1)
    when: tuple[Condition, ...] = Field(min_length=1)
    either: tuple[Condition, ...] = ()
    instead_of: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.when + self.either

    @model_validator(mode="after")
    def _proven(self) -> Rule:
        def proof(c: Condition) -> bool:
            return c.sure or c.than is not None

        if not any(map(proof, self.when)) and not (self.either and all(map(proof, self.either))):
            raise ValueError("when: at least one condition must be sure (lower, higher) or a goal, or all of either")
        return self


class Missing(Words):
    """Techniques that an agent lacks."""

    by: float = Field(ge=0)


class Chosen(Words):
    """A comparison of given measures."""

    measures: tuple[str, ...] = Field(min_length=1)
    by: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _of_measures(self) -> Chosen:
        _known_measures(self.measures)
        return self


class Diagnosis(_Part):
    """The whole file."""

    rate: float = Field(gt=0, lt=1)
    rules: dict[str, Rule]
    missing_techniques: Missing
    misleading_mix: Chosen
    event: Words
    training: Chosen

    @model_validator(mode="after")
    def _named(self) -> Diagnosis:
        for name, rule in self.rules.items():
            for other in rule.instead_of:
                if other not in self.rules:
                    raise ValueError(
                        f"rules.{name}.instead_of: {other!r} is no rule; there are: {', '.join(self.rules)}"
                    )
        return self

    def words(self, kind: str) -> Words:
        """What a finding of this kind is called."""
        return self.rules[kind] if kind in self.rules else getattr(self, kind)


@lru_cache(maxsize=4)
def read_diagnosis(path: Path = FILE) -> Diagnosis:
    """The rules of a file; DataFileError names file, key and what is allowed."""
    return read_as(path, Diagnosis)
