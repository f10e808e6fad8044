"""The measures of a desk, computed from tickets: one definition each, with the interval that its figure deserves.

`measures.toml` says what every measure is called, counts and hides. Here each ticket gets the values that the measures
are made from (`per_ticket`), and a table of values becomes a table of figures by any grouping (`figures`). Rates of
techniques per reply come from the checker and are added by `csworkshop.cases.spoken`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, RootModel

from csworkshop.cases import intervals
from csworkshop.cases.hours import Clock, Desk, read_desk
from csworkshop.cases.intervals import NOTHING, Interval
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.text.datafile import DataFileError, read_as

FILE = Path(__file__).parent / "measures.toml"
Kind = Literal["share", "mean", "median", "p90", "ratio", "count"]
Unit = Literal["%", "points", "minutes", "hours", "times", "yuan", "tickets"]
SPOKEN = "spoken."  # prefix of measures that count a technique or fault per reply
DUE = "_due"  # suffix of the column that a ratio's values are parts of
GROUPS = ("agent_id", "team", "channel", "category", "week", "month")


class Traps(BaseModel):
    """How a measure misleads, in sentences."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)

    def __getitem__(self, lang: str) -> tuple[str, ...]:
        return self.en if lang == "en" else self.zh


class Measure(BaseModel):
    """One measure; see the head of `measures.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    of: str
    kind: Kind
    unit: Unit
    better: Literal["high", "low", "none"]
    group: str
    after: bool = False
    name: Bilingual
    formula: Bilingual
    source: str = Field(min_length=1)
    traps: Traps

    @property
    def is_share(self) -> bool:
        return self.kind in ("share", "ratio")


class _File(RootModel[dict[str, Measure]]):
    """The whole file."""


@lru_cache(maxsize=4)
def measures(path: Path = FILE) -> dict[str, Measure]:
    """All measures by id, those of techniques and faults behind; DataFileError if the file cannot be used."""
    found = dict(read_as(path, _File).root)
    for name, m in found.items():
        if m.of not in COLUMNS:
            raise DataFileError(
                path, f"{name}.of", f"{m.of!r} is no value of a ticket; there are: {', '.join(COLUMNS)}"
            )
    return found | {SPOKEN + item: _spoken(item) for item in catalogue().items}


def _spoken(item: str) -> Measure:
    """The measure of a technique or fault: in which share of an agent's replies the checker finds it."""
    about = catalogue().items[item]
    return Measure(
        of=SPOKEN + item,
        kind="ratio",
        unit="%",
        better="high" if about.type == "technique" else "low",
        group=about.type,
        name=about.name,
        formula=Bilingual(
            zh=f"检查器认为出现“{about.name.zh}”的客服回复 ÷ 检查过的客服回复",
            en=f"agents' replies in which the checker finds “{about.name.en}” ÷ replies that were checked",
        ),
        source=f"codebook {about.why.source}",
        traps=Traps(
            zh=("检查器会看错：几个百分点的差别不要当真。", "不是每句都该用每一种技巧：只和处理同类问题的同事比。"),
            en=(
                "The checker errs: don't read much into a few points.",
                "Not every reply calls for every technique: compare with colleagues who handle the same problems.",
            ),
        ),
    )


# --- what each ticket contributes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _View:
    """Tickets with the moment of the report and the desk whose clocks count."""

    tickets: pd.DataFrame
    as_of: pd.Timestamp
    desk: Desk

    def hours(self, start: str, end: str) -> np.ndarray:
        return (self.tickets[end] - self.tickets[start]).dt.total_seconds().to_numpy(float) / 3600

    def open_hours(self, start: pd.Series, end: pd.Series) -> np.ndarray:
        """Hours by each channel's own calendar; a channel that the desk doesn't know counts around the clock."""
        found = (end - start).dt.total_seconds().to_numpy(float).copy()
        for name, channel in self.desk.channels.items():
            rows = (self.tickets.channel == name).to_numpy()
            clock: Clock = self.desk.clock(channel.calendar)
            if rows.any():
                found[rows] = clock.seconds(start[rows], end[rows])
        return found / 3600

    @property
    def closed(self) -> pd.Series:
        return self.tickets.closed_at.notna() & (self.tickets.closed_at <= self.as_of)

    @property
    def mature(self) -> pd.Series:
        return self.tickets.opened_at <= self.as_of - pd.Timedelta(days=self.desk.mature_days)


def _where(values: object, known: object) -> np.ndarray:
    """The values as floats, NaN where they aren't known."""
    return np.where(np.asarray(known, bool), np.asarray(values, float), np.nan)


def _flag(frame: pd.DataFrame, column: str) -> np.ndarray:
    return frame[column].astype(bool).to_numpy()


def _satisfied(v: _View) -> np.ndarray:
    score = v.tickets.csat.astype("Float64").to_numpy(float, na_value=np.nan)
    return _where(score >= 4, ~np.isnan(score))


def _satisfied_unpaid(v: _View) -> np.ndarray:
    return _where(_satisfied(v), (v.tickets.compensation == 0).to_numpy())


def _first_in_time(v: _View) -> np.ndarray:
    """1 answered within the channel's limit, 0 not; NaN while the limit hasn't passed, or where there is none."""
    limit = v.tickets.channel.map({name: c.first_response for name, c in v.desk.channels.items()}).to_numpy(float)
    answer = v.tickets.first_response_at
    answered = (answer.notna() & (answer <= v.as_of)).to_numpy()
    until = answer.where(answered, v.as_of)
    waited = v.open_hours(v.tickets.opened_at, until) * 60
    return _where(answered & (waited <= limit), (answered | (waited > limit)) & ~np.isnan(limit))


def _on_time(v: _View) -> np.ndarray:
    done = v.tickets.resolved_at.fillna(v.tickets.closed_at)
    promised = v.tickets.promised_at
    kept = done.notna() & (done <= promised)
    return _where(kept, promised.notna() & (kept | (promised <= v.as_of)))


def _backlog_age(v: _View) -> np.ndarray:
    age = (v.as_of - v.tickets.opened_at).dt.total_seconds() / 3600
    return _where(age, ~v.closed & (v.tickets.opened_at <= v.as_of))


def _no_repeat(v: _View) -> np.ndarray:
    return _flag(v.tickets, "first_contact_resolution") & (v.tickets.reopened == 0).to_numpy()


def _number(column: str) -> Callable[[_View], np.ndarray]:
    return lambda v: v.tickets[column].astype("Float64").to_numpy(float, na_value=np.nan)


COLUMNS: dict[str, Callable[[_View], np.ndarray]] = {
    "ticket": lambda v: np.ones(len(v.tickets)),
    "satisfied": _satisfied,
    "satisfied_unpaid": _satisfied_unpaid,
    "csat": _number("csat"),
    "answered": lambda v: _where(v.tickets.csat.notna(), v.closed),
    "first_response": lambda v: v.hours("opened_at", "first_response_at") * 60,
    "first_response_open": lambda v: v.open_hours(v.tickets.opened_at, v.tickets.first_response_at) * 60,
    "first_in_time": _first_in_time,
    "resolution": lambda v: _where(v.hours("opened_at", "resolved_at"), _flag(v.tickets, "resolved")),
    "resolution_open": lambda v: _where(
        v.open_hours(v.tickets.opened_at, v.tickets.resolved_at), _flag(v.tickets, "resolved")
    ),
    "resolved": lambda v: _where(_flag(v.tickets, "resolved"), v.mature),
    "first_contact": lambda v: _where(_no_repeat(v), v.mature),
    "reopened": lambda v: _where(v.tickets.reopened > 0, v.closed | (v.tickets.reopened > 0)),
    "transfers": _number("transfers"),
    "contacts": _number("contacts"),
    "escalated": lambda v: _flag(v.tickets, "escalated").astype(float),
    "backlog_age": _backlog_age,
    "on_time": _on_time,
    "promise_hours": lambda v: v.hours("opened_at", "promised_at"),
    "progress": lambda v: _where(v.tickets.progress_on_time, v.tickets.progress_due > 0),
    "progress" + DUE: lambda v: _where(v.tickets.progress_due, v.tickets.progress_due > 0),
    "compensation": _number("compensation"),
    "compensated": lambda v: (v.tickets.compensation > 0).to_numpy(float),
}


def per_ticket(tickets: pd.DataFrame, as_of: pd.Timestamp | None = None, desk: Desk | None = None) -> pd.DataFrame:
    """One row per ticket: what it is grouped by, and a column per value (NaN: says nothing about this ticket).

    Times are in minutes (first response) or hours; `as_of` is the moment of the report, by default the latest time in
    the tickets.
    """
    desk = desk or read_desk()
    view = _View(tickets, as_of if as_of is not None else latest(tickets), desk)
    kept = [c for c in ("ticket_id", "opened_at", "agent_id", "team", "channel", "category", "product") if c in tickets]
    values = tickets[kept].reset_index(drop=True).copy()
    values["week"] = week_of(values.opened_at)
    values["month"] = values.opened_at.dt.to_period("M").dt.start_time
    return values.assign(**{name: compute(view) for name, compute in COLUMNS.items()})


def latest(tickets: pd.DataFrame) -> pd.Timestamp:
    """The latest time at which anything is known to have happened."""
    times = ["opened_at", "first_response_at", "resolved_at", "closed_at"]
    return max(tickets[c].max() for c in times if tickets[c].notna().any())


def week_of(times: pd.Series) -> pd.Series:
    """The Monday that begins the week of each time."""
    return times.dt.normalize() - pd.to_timedelta(times.dt.weekday, unit="D")


# --- figures of groups -------------------------------------------------------------------------------------------


def figure(values: pd.DataFrame, name: str, seed: int = 0) -> Interval:
    """One measure over all rows of `values`, a table as `per_ticket` makes it."""
    return of_measure(values, measures()[name], seed)


def of_measure(values: pd.DataFrame, m: Measure, seed: int = 0) -> Interval:
    """The figure with its interval: Wilson for shares, bootstrap for means and quantiles, none for counts."""
    part = values[m.of].to_numpy(float)
    known = ~np.isnan(part)
    part = part[known]
    if m.kind == "count":
        return Interval(float(len(part)), math.nan, math.nan, len(part))
    if not len(part):
        return NOTHING
    if m.kind == "share":
        return intervals.wilson(float(part.sum()), len(part))
    if m.kind == "ratio":
        return intervals.clustered(part, values[m.of + DUE].to_numpy(float)[known])
    if m.kind == "mean":
        return intervals.mean(part, seed)
    return intervals.quantile(part, 0.5 if m.kind == "median" else 0.9, seed)


def figures(
    values: pd.DataFrame, by: Sequence[str] = (), names: Iterable[str] | None = None, seed: int = 0
) -> pd.DataFrame:
    """A row per group and measure: the columns of `by`, then measure, value, low, high, n.

    Without `by` one group, all tickets. Measures whose values the table lacks are passed over.
    """
    known = measures()
    wanted = [n for n in (names if names is not None else known) if known[n].of in values]
    rows = []
    groups = values.groupby(list(by), dropna=False, sort=True) if by else [((), values)]
    for key, part in groups:
        for name in wanted:
            rows.append((*key, name, *of_measure(part, known[name], seed)))
    return pd.DataFrame(rows, columns=[*by, "measure", "value", "low", "high", "n"])
