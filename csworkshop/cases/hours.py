"""Time as the desk counts it: opening hours, Chinese public holidays and the working weekends that make up for them.

A ticket of Friday 17:50 that is answered on Monday at 09:10 waited 63 hours for the customer and 20 minutes by the
desk's clock. Both are true; every duration of this room is told which one it is. Which calendar a channel has stands
in `desk.toml`.

Public holidays and make-up days come from chinesecalendar (MIT), which carries what the State Council has announced,
from 2004 to the current year; the next year's days are announced each November. For a year it doesn't know, Mondays to
Fridays count as working days, `guessed` names the year, and the commands say so. Days known earlier than the library
can be put into `rest` and `work` of the desk's file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import chinese_calendar
import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import read_as

FILE = Path(__file__).parent / "desk.toml"
Days = Literal["all", "weekdays", "working"]
DAY = 86_400.0


class Opening(BaseModel):
    """When a calendar's clock runs: from `opens` to `closes` (24:00 is written 00:00) on all, week or working days."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Bilingual
    days: Days
    opens: time = time(0)
    closes: time = time(0)

    @model_validator(mode="after")
    def _ends_later(self) -> Opening:
        if self.closes != time(0) and self.closes <= self.opens:
            raise ValueError("closes must be later than opens; midnight is 00:00")
        return self

    @property
    def seconds(self) -> tuple[float, float]:
        """Seconds after midnight at which it opens and closes."""
        start = self.opens.hour * 3600 + self.opens.minute * 60.0
        end = self.closes.hour * 3600 + self.closes.minute * 60.0
        return start, end or DAY


class Channel(BaseModel):
    """A channel's calendar, and the time in which the desk means to answer first, in minutes by that calendar."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    calendar: str
    first_response: float = Field(gt=0)


class Desk(BaseModel):
    """Calendars, channels with their promises, and days that the desk itself rests or works."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    mature_days: float = Field(gt=0)
    rest: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    calendars: dict[str, Opening]
    channels: dict[str, Channel]

    @model_validator(mode="after")
    def _known(self) -> Desk:
        for name, channel in self.channels.items():
            if channel.calendar not in self.calendars:
                raise ValueError(f"{name}: {channel.calendar!r} is no calendar; there are: {', '.join(self.calendars)}")
        both = set(self.rest) & set(self.work)
        if both:
            raise ValueError(f"{min(both)} stands in rest and in work")
        return self

    def clock(self, calendar: str) -> Clock:
        """The clock of one of its calendars."""
        return Clock(self.calendars[calendar], frozenset(self.rest), frozenset(self.work))


@lru_cache(maxsize=8)
def read_desk(path: Path = FILE) -> Desk:
    """A desk's file; DataFileError names file, key and what is allowed."""
    return read_as(path, Desk)


def workday(day: date) -> bool:
    """Whether people work on a day in China; by the weekday alone where the holidays are not announced yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that the library doesn't know
        return day.weekday() < 5


def guessed(days: pd.Series) -> list[int]:
    """The years of these times whose public holidays are not known, so that weekends alone count as free."""
    found = []
    for year in sorted({int(y) for y in pd.to_datetime(days).dropna().dt.year.unique()}):
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:
            found.append(year)
    return found


@dataclass(frozen=True)
class Clock:
    """Counts the time that a calendar is open."""

    opening: Opening
    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        """Whether the desk opens on that day at all."""
        if day in self.rest or day in self.work:
            return day in self.work
        if self.opening.days == "all":
            return True
        return day.weekday() < 5 if self.opening.days == "weekdays" else workday(day)

    def seconds(self, start: pd.Series, end: pd.Series) -> np.ndarray:
        """Open seconds from start to end, row by row; NaN where either is missing. An end before its start counts
        below zero."""
        start, end = pd.to_datetime(start), pd.to_datetime(end)
        known = (start.notna() & end.notna()).to_numpy()
        found = np.full(len(start), np.nan)
        if known.any():
            first = min(start[known].min(), end[known].min()).normalize()
            last = max(start[known].max(), end[known].max())
            days = (last - first).days + 1
            flags = np.array([self.is_open((first + timedelta(days=n)).date()) for n in range(days)], float)
            found[known] = self._run(end[known], first, flags) - self._run(start[known], first, flags)
        return found

    def _run(self, at: pd.Series, first: pd.Timestamp, flags: np.ndarray) -> np.ndarray:
        """Open seconds from midnight of `first` to each time."""
        opens, closes = self.opening.seconds
        passed = (at - first).dt.total_seconds().to_numpy()
        day = (passed // DAY).astype(int)
        before = np.concatenate([[0.0], np.cumsum(flags)])[day] * (closes - opens)
        return before + flags[day] * (np.clip(passed - day * DAY, opens, closes) - opens)
