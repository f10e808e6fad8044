"""The stories hidden in made-up data: whom each concerns and what it does, as `stories.toml` says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from csworkshop.cases.made.world import Agent, World
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import DataFileError, read_as

FILE = Path(__file__).parent / "stories.toml"
FACTORS = ("response", "duration", "promise", "lag", "amount")
SHIFTS = (
    "resolved dropped first_contact reopened transfers compensation promised progress satisfaction"
).split()  # log odds, but for satisfaction
Factor = Annotated[float, Field(gt=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Where(_Part):
    """Whom a story concerns; every list that is given must fit."""

    agents: tuple[Agent, ...] = ()
    teams: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    trained: bool = False


class Effect(_Part):
    """What a story does; see the head of `stories.toml`."""

    volume: Factor = 1.0
    fade: Factor | None = None
    response: Factor = 1.0
    duration: Factor = 1.0
    promise: Factor = 1.0
    lag: Factor = 1.0
    amount: Factor = 1.0
    resolved: float = 0.0
    dropped: float = 0.0
    first_contact: float = 0.0
    reopened: float = 0.0
    transfers: float = 0.0
    compensation: float = 0.0
    promised: float = 0.0
    progress: float = 0.0
    satisfaction: float = 0.0
    ability: float = 0.0
    techniques: dict[str, float] = Field(default_factory=dict)
    takes: dict[str, Factor] = Field(default_factory=dict)


class Event(_Part):
    """What the events table says of it."""

    kind: str
    at: date
    until: date
    note: str
    note_en: str


class Story(_Part):
    """One story."""

    id: str
    title: Bilingual
    look: Bilingual
    where: Where
    effect: Effect
    event: Event | None = None


class _Stories(_Part):
    stories: tuple[Story, ...] = ()


@lru_cache(maxsize=8)
def read_stories(world: Path | None = None, path: Path = FILE) -> tuple[Story, ...]:
    """The stories of a file, checked against the company; DataFileError names file, key and what is allowed."""
    from csworkshop.cases.made.world import FILE as WORLD
    from csworkshop.cases.made.world import read_world

    found = read_as(path, _Stories).stories
    company = read_world(world or WORLD)
    allowed = {
        "teams": set(company.teams),
        "channels": set(company.channels),
        "categories": set(company.categories),
        "products": set(company.products),
    }
    for n, story in enumerate(found):
        for key, names in allowed.items():
            _refuse(path, f"stories[{n}].where.{key}", getattr(story.where, key), names)
        _refuse(path, f"stories[{n}].effect.techniques", story.effect.techniques, set(company.techniques))
        _refuse(path, f"stories[{n}].effect.takes", story.effect.takes, set(company.categories))
        if story.effect.volume != 1.0 and (story.where.agents or story.where.teams or story.where.channels):
            raise DataFileError(path, f"stories[{n}].effect.volume", "needs a where of categories, products or days")
    return found


def _refuse(path: Path, key: str, given: Any, allowed: set[str]) -> None:
    for name in given:
        if name not in allowed:
            raise DataFileError(path, key, f"{name!r} is unknown; allowed: {', '.join(sorted(allowed))}")


@dataclass(frozen=True)
class Touched:
    """Per ticket, what all stories together do: factors by name, shifts by name, shifts of techniques by name."""

    factor: dict[str, np.ndarray]
    shift: dict[str, np.ndarray]
    techniques: dict[str, np.ndarray]


def touch(
    stories: tuple[Story, ...], world: World, columns: dict[str, np.ndarray], day: np.ndarray, trained: np.ndarray
) -> Touched:
    """Work all stories out for tickets.

    `columns` holds agents, teams, channels, categories, products as names; `day` counts from the year's start;
    `trained` says whether the agent had had the training.
    """
    n = len(day)
    factor = {name: np.ones(n) for name in FACTORS}
    shift = {name: np.zeros(n) for name in SHIFTS}
    techniques = {name: np.zeros(n) for name in world.techniques}
    for story in stories:
        hit = concerned(story.where, world, columns, day)
        if story.where.trained:
            hit &= trained
        for name in FACTORS:
            factor[name][hit] *= getattr(story.effect, name)
        for name in SHIFTS:
            shift[name][hit] += getattr(story.effect, name)
        for name, value in story.effect.techniques.items():
            techniques[name][hit] += value
    return Touched(factor, shift, techniques)


def concerned(where: Where, world: World, columns: dict[str, np.ndarray], day: np.ndarray) -> np.ndarray:
    """Which tickets the lists and days of `where` fit."""
    hit = np.ones(len(day), bool)
    for key, values in columns.items():
        wanted = getattr(where, key)
        if wanted:
            hit &= np.isin(values, wanted)
    if where.since is not None:
        hit &= day >= world.day(where.since)
    if where.until is not None:
        hit &= day <= world.day(where.until)
    return hit


def surge(story: Story, world: World, day: np.ndarray) -> np.ndarray:
    """The factor that a story's volume has on each day of its span (its surplus fades)."""
    first = world.day(story.where.since) if story.where.since else 0
    passed = np.maximum(day - first, 0)
    left = np.exp(-passed * np.log(3) / story.effect.fade) if story.effect.fade else np.ones(len(day))
    return 1 + (story.effect.volume - 1) * left
