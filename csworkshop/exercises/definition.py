"""An exercise is a TOML file. To rewrite: scenario, flawed reply, hints in steps, model answer and scorecard.

A file that can't be used is refused with one sentence that names the file, the key and what is allowed; it is the
author's error and never shown to a trainee as theirs.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.scenario import Persona, Scenario
from csworkshop.text.datafile import DataFileError, read_as, read_own

Module = Literal["m1", "m2", "m3", "m4", "m5", "m6", "m7"]
Text = Annotated[str, Field(min_length=1)]


class Weighted(BaseModel):
    """A technique that the scorecard asks for; weights are relative to each other."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str
    weight: float = Field(gt=0, le=10)


class Penalised(BaseModel):
    """A fault that costs marks; `penalty` is in percent of the full mark."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str
    penalty: float = Field(gt=0, le=100)


class Scorecard(BaseModel):
    """What a reply is marked by.

    `techniques` earn in proportion to their weights, `faults` cost, a `critical` fault fails the whole reply
    (auto-fail), and from `pass_mark` percent on the reply passes.

    A card that lists more than one reply can need says with `enough` how much weight makes the full mark (default:
    all), with `base` how many percent an honest reply starts from, and with `critical_penalty` how many a critical
    fault costs besides. On a `graded` card points follow the checker's probability instead of steps.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    pass_mark: int = Field(default=60, ge=1, le=100)
    techniques: tuple[Weighted, ...] = Field(min_length=1)
    faults: tuple[Penalised, ...] = ()
    critical: tuple[str, ...] = ()
    enough: float | None = Field(default=None, gt=0)
    base: float = Field(default=0, ge=0, lt=100)
    critical_penalty: float = Field(default=0, ge=0, le=100)
    graded: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        """The items on the card, in its order."""
        return (*(t.item for t in self.techniques), *(f.item for f in self.faults), *self.critical)

    @model_validator(mode="after")
    def _known_items(self) -> Scorecard:
        techniques = [i.id for i in catalogue().techniques]
        faults = [i.id for i in catalogue().faults]
        for key, named, allowed in (
            ("techniques", [t.item for t in self.techniques], techniques),
            ("faults", [f.item for f in self.faults], faults),
            ("critical", list(self.critical), faults),
        ):
            for n, item in enumerate(named):
                if item not in allowed:
                    raise ValueError(f"{key}[{n}]: {item!r} is not allowed here; allowed: {', '.join(allowed)}")
                if item in named[:n]:
                    raise ValueError(f"{key}[{n}]: {item!r} stands there twice")
        both = {f.item for f in self.faults} & set(self.critical)
        if both:
            raise ValueError(f"critical: {', '.join(sorted(both))} stands under faults too; name it once")
        return self


class Entry(BaseModel):
    """What every exercise of the library has. `level` is 1 (first steps) to 3 (demanding)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal[1] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    kind: str
    module: Module
    level: int = Field(ge=1, le=3)
    title: Bilingual
    task: Bilingual
    hints: tuple[Text, ...] = Field(min_length=2)


class Exercise(Entry):
    """One rewriting exercise."""

    kind: Literal["rewrite"]
    scenario: Scenario
    flawed_reply: Text
    model_answer: Text
    scorecard: Scorecard

    @property
    def items(self) -> tuple[str, ...]:
        """Techniques and faults that it trains."""
        return self.scorecard.items

    @property
    def pass_mark(self) -> int:
        """Percent of the full mark from which on a reply passes."""
        return self.scorecard.pass_mark


class Activity(Entry):
    """An exercise of another kind; each kind has a subclass in `csworkshop.exercises.kinds`.

    `trains` names the techniques and faults that it trains, for mastery and plan; `minutes` is how long it takes.
    """

    trains: tuple[str, ...] = ()
    minutes: int = Field(default=5, ge=1, le=60)
    pass_mark: int = Field(default=60, ge=1, le=100)

    @property
    def items(self) -> tuple[str, ...]:
        """Techniques and faults that it trains."""
        return self.trains

    @model_validator(mode="after")
    def _trains_known_items(self) -> Activity:
        for n, item in enumerate(self.trains):
            if item not in catalogue().items:
                raise ValueError(f"trains[{n}]: {item!r} is not allowed here; allowed: {', '.join(catalogue().items)}")
        return self


def read_exercise(path: Path) -> Exercise:
    """The rewriting exercise in `path`; DataFileError names file, key, what is wrong and what is allowed."""
    exercise = read_own(path, Exercise)
    for key in ("id", "flawed_reply", "exemplar"):
        if getattr(exercise.scenario, key):
            raise DataFileError(path, f"scenario.{key}", "belongs to the exercise itself, not to its scenario")
    return exercise


GENERAL = Path(__file__).parent / "general.toml"
UPSET = ("anger", "anxiety", "disappointment")


class General(BaseModel):
    """The house's general scorecard, all in percent of the full mark; see `general.toml`.

    `upset` and `calm` (calm or confused) say what counts more for such customers, `persona` what for a kind of person.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    pass_mark: int
    base: float
    critical: tuple[str, ...]
    critical_penalty: float
    techniques: dict[str, float]
    faults: dict[str, float]
    upset: dict[str, float] = {}
    calm: dict[str, float] = {}
    persona: dict[Persona, dict[str, float]] = {}

    def card(self, scenario: Scenario) -> Scorecard:
        """The scorecard for this customer."""
        more = Counter(self.upset if scenario.emotion in UPSET else self.calm)
        more.update(self.persona.get(scenario.persona, {}))
        return Scorecard(
            pass_mark=self.pass_mark,
            base=self.base,
            enough=10,  # ten percent a point; no reply needs everything
            techniques=tuple(Weighted(item=i, weight=(p + more[i]) / 10) for i, p in self.techniques.items()),
            faults=tuple(Penalised(item=i, penalty=p + more[i]) for i, p in self.faults.items()),
            critical=self.critical,
            critical_penalty=self.critical_penalty,
            graded=True,
        )


@lru_cache(maxsize=1)
def general() -> General:
    """The general scorecard that ships with the kit."""
    return read_as(GENERAL, General)


def from_scenario(scenario: Scenario, card: General | None = None) -> Exercise:
    """An exercise for a bare scenario, with the house's general scorecard for its emotion and persona."""
    return Exercise(
        schema=1,
        id="general",
        kind="rewrite",
        module="m2",
        level=2,
        title=Bilingual(zh="通用评分", en="General scorecard"),
        task=Bilingual(zh="回复这位客户。", en="Answer this customer."),
        scenario=scenario,
        flawed_reply=scenario.flawed_reply or "—",
        hints=("—", "—"),
        model_answer=scenario.exemplar or "—",
        scorecard=(card or general()).card(scenario),
    )
