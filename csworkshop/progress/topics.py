"""Topics: what a trainee can master. A technique, a fault that is avoided, or an item of another kind of exercise.

`topics.toml` holds what is believed of each beforehand, `reliability.toml` how the checker errs on it; both become the
arrays of `Parameters`, whose K rows stand in the order of `ids`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError, explain, read_toml
from csworkshop.text.language import say

HERE = Path(__file__).parent
MISSING, UNSURE, EARNED = 0, 1, 2  # outcomes in terms of success: a fault avoided is earned
OUTCOMES = {
    "missing": MISSING,
    "fault": MISSING,
    "critical": MISSING,
    "unsure": UNSURE,
    "partly": UNSURE,  # half done tells as little of success as a judge who isn't sure
    "earned": EARNED,
    "clean": EARNED,
}
Gap = Literal["communication", "knowledge"]


class Prior(BaseModel):
    """Beliefs about one type of topic; see topics.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: float
    spread: float = Field(gt=0)
    learn: float = Field(gt=0, lt=1)
    forget: float = Field(ge=0, lt=0.2)
    level: float


class Own(BaseModel):
    """What differs for one item, which gap a weakness in it is, and the faults that show it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: float | None = None
    spread: float | None = Field(default=None, gt=0)
    learn: float | None = Field(default=None, gt=0, lt=1)
    forget: float | None = Field(default=None, ge=0, lt=0.2)
    level: float | None = None
    gap: Gap | None = None
    related: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class Kind(BaseModel):
    """A kind of exercise."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    gap: Gap = "communication"
    minutes: float = Field(default=4, gt=0)
    serves: tuple[str, ...] = ()
    help: int = Field(default=0, ge=0)


class Table(BaseModel):
    """topics.toml as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    help: float = Field(gt=0, le=1)
    solution_help: float = Field(gt=0, le=1)
    technique: Prior
    fault: Prior
    other: Prior
    items: dict[str, Own] = {}
    kinds: dict[str, Kind] = {}

    def kind(self, name: str) -> Kind:
        return self.kinds.get(name, Kind())

    def own(self, item: str) -> Own:
        return self.items.get(item, Own())

    def gap(self, item: str) -> Gap:
        """A weakness in an item of the catalogue is one of communication unless the table says otherwise."""
        return self.own(item).gap or ("communication" if item in catalogue().items else "knowledge")


@dataclass(frozen=True)
class Parameters:
    """What the mastery model knows of K topics; all arrays have K rows, see topics.toml for their meaning.

    `said` (K, 2, 3): probability of the outcomes missing, unsure, earned where the trainee failed ([:, 0]) and where
    they succeeded ([:, 1]): the checker's errors, so that they aren't taken for the trainee's.
    """

    ids: tuple[str, ...]
    start: np.ndarray
    spread: np.ndarray
    learn: np.ndarray
    forget: np.ndarray
    level: np.ndarray
    said: np.ndarray
    help: float
    solution_help: float

    def index(self, item: str) -> int:
        return self.ids.index(item)


@lru_cache(maxsize=1)
def table() -> Table:
    """topics.toml; DataFileError names what is wrong in it."""
    path = HERE / "topics.toml"
    try:
        found = Table.model_validate(read_toml(path))
    except ValidationError as error:
        raise explain(path, error) from None
    known = catalogue().items
    for item, own in found.items.items():
        for other in (item, *own.related):
            if other not in known:
                raise DataFileError(path, f"items.{item}", f"{other!r} is no item of the catalogue")
    return found


def type_of(item: str) -> Literal["technique", "fault", "other"]:
    """`other` for an item that the catalogue doesn't know."""
    return catalogue().items[item].type if item in catalogue().items else "other"


def name_of(item: str, lang: str | None = None) -> str:
    """The topic's name for people."""
    known = catalogue().items.get(item)
    if known is None:
        return item
    name = known.name[lang or "zh"]
    return name if known.type == "technique" else say("progress.avoid", lang, name=name[0].lower() + name[1:])


def parameters(items: Iterable[str]) -> Parameters:
    """The prior parameters of these topics, each once, in the order given."""
    ids = tuple(dict.fromkeys(items))
    rows = [_prior(i) for i in ids]
    said = [_said(i) for i in ids]
    columns = {key: np.array([getattr(r, key) for r in rows], float) for key in Prior.model_fields}
    fixed = np.array(said, float).reshape(len(ids), 2, 3)
    return Parameters(ids, **columns, said=fixed, help=table().help, solution_help=table().solution_help)


def _prior(item: str) -> Prior:
    common: Prior = getattr(table(), type_of(item))
    own = table().own(item).model_dump(exclude_none=True, exclude={"gap", "related", "words"})
    return common.model_copy(update=own)


@lru_cache(maxsize=1)
def _reliability() -> dict[str, dict[str, Sequence[float]]]:
    return read_toml(HERE / "reliability.toml")


def _said(item: str) -> list[list[float]]:
    rates = _reliability().get(item) or _reliability()["other"]
    there, absent = (_whole(*rates[key]) for key in ("shown", "not_shown"))
    if type_of(item) == "fault":  # success is that it isn't there
        there, absent = absent[::-1], there[::-1]
    return [absent, there]


def _whole(present: float, unsure: float) -> list[float]:
    """Probabilities of missing, unsure, earned; none is 0, so that no single outcome is proof."""
    found = np.clip([1 - present - unsure, unsure, present], 0.004, None)
    return [float(x) for x in found / found.sum()]
