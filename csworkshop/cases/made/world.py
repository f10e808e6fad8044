"""The invented company: its year, channels, categories, teams, as `world.toml` says."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.cases.hours import workday
from csworkshop.text.datafile import read_as

FILE = Path(__file__).parent / "world.toml"
HOUR = 3600.0
DAY = 24 * HOUR
OPENS, CLOSES = 9 * HOUR, 21 * HOUR  # the desk's day
OFFICE_CLOSES = 18 * HOUR
Share = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Agent = Annotated[str, Field(pattern=r"^A\d\d$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Channel(_Part):
    """One channel; minutes are by its clock (daily 9 to 21, office 9 to 18 on working days)."""

    share: Share
    respond: Positive
    spread: Positive
    survey: Annotated[float, Field(ge=0, le=1)]
    first_minutes: Positive
    clock: Annotated[str, Field(pattern="^(daily|office)$")]


class Category(_Part):
    """One reason for contact; see `world.toml`."""

    share: Share
    hours: Positive
    hard: float
    upset: float
    transfer: Share
    pays: Annotated[float, Field(gt=0, lt=1)]


class Team(_Part):
    """One team: number of agents, weight of each category."""

    agents: Annotated[int, Field(ge=1)]
    takes: dict[str, Share]


class Training(_Part):
    """The training day and who came."""

    at: date
    agents: tuple[Agent, ...]


class Season(_Part):
    """A span of days with more or fewer tickets; an event of the events table if it has a kind."""

    at: date
    until: date
    kind: str = ""
    note: str = ""
    note_en: str = ""
    more: dict[str, Share]


class World(_Part):
    """Everything that `world.toml` says."""

    start: date
    end: date
    growth: float
    weekdays: Annotated[tuple[Share, ...], Field(min_length=7, max_length=7)]
    channels: dict[str, Channel]
    channel_hours: dict[str, Annotated[tuple[Share, ...], Field(min_length=24, max_length=24)]]
    categories: dict[str, Category]
    products: dict[str, dict[str, Share]]
    teams: dict[str, Team]
    joined: dict[Agent, date]
    training: Training
    techniques: dict[str, Annotated[float, Field(gt=0, lt=1)]]
    provinces: dict[str, Share]
    ages: dict[str, Share]
    seasons: tuple[Season, ...]

    @model_validator(mode="after")
    def _fits(self) -> World:
        if set(self.channels) != set(self.channel_hours):
            raise ValueError("channels and channel_hours must name the same channels")
        known = set(self.categories)
        for where, names in (
            *((f"products.{p}", set(w)) for p, w in self.products.items()),
            *((f"teams.{t}.takes", set(x.takes)) for t, x in self.teams.items()),
            *((f"seasons {s.at}", set(s.more) - {"*"}) for s in self.seasons),
        ):
            if names - known:
                raise ValueError(f"{where}: {min(names - known)!r} is no category; there are: {', '.join(known)}")
        return self

    @property
    def days(self) -> int:
        """How many days the year has."""
        return (self.end - self.start).days + 1

    def day(self, when: date) -> int:
        """Days from the start."""
        return (when - self.start).days

    def volume(self) -> np.ndarray:
        """Expected tickets in proportion, days by categories."""
        index = np.arange(self.days)
        weekday = (index + self.start.weekday()) % 7
        level = np.array(self.weekdays)[weekday] * (1 + self.growth * index / self.days)
        found = level[:, None] * np.array([c.share for c in self.categories.values()])
        for season in self.seasons:
            first, last = max(self.day(season.at), 0), self.day(season.until) + 1
            for n, category in enumerate(self.categories):
                found[first:last, n] *= season.more.get("*", 1.0) * season.more.get(category, 1.0)
        return found


@lru_cache(maxsize=4)
def read_world(path: Path = FILE) -> World:
    """The company's file; DataFileError names file, key and what is allowed."""
    return read_as(path, World)


class OpenClock:
    """A desk's clock in seconds since the year's first midnight: `add` moves times along while the desk is open."""

    def __init__(self, world: World, office: bool) -> None:
        days = [n for n in range(world.days + 60) if not office or workday(world.start + timedelta(days=n))]
        self._days = np.array(days, float)
        self._length = (OFFICE_CLOSES if office else CLOSES) - OPENS

    def add(self, start: np.ndarray, wait: np.ndarray) -> np.ndarray:
        """When `wait` open seconds after `start` have passed; NaN stays NaN."""
        known = np.nan_to_num(start)
        day = np.floor(known / DAY)
        n = np.searchsorted(self._days, day)
        n = np.minimum(n, len(self._days) - 1)
        inside = np.where(self._days[n] == day, np.clip(known - day * DAY - OPENS, 0, self._length), 0)
        passed = n * self._length + inside + wait
        target = np.nan_to_num(passed) // self._length
        rest = passed - target * self._length
        late = target >= len(self._days)  # beyond the clock's days: after everything we show
        found = self._days[np.minimum(target, len(self._days) - 1).astype(int)] * DAY + OPENS + rest
        return np.where(np.isnan(start) | np.isnan(wait), np.nan, np.where(late, 1e12, found))
