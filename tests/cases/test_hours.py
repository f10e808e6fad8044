"""The desk's clock: opening hours, public holidays, make-up weekends, and years whose holidays nobody knows yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csworkshop.cases.hours import FILE, guessed, read_desk, workday
from csworkshop.text.datafile import DataFileError


def hours(calendar: str, start: str, end: str) -> float:
    clock = read_desk().clock(calendar)
    return round(
        float(clock.seconds(pd.Series(pd.to_datetime([start])), pd.Series(pd.to_datetime([end])))[0]) / 3600, 4
    )


@pytest.mark.parametrize(
    ("calendar", "start", "end", "expected"),
    [
        ("always", "2026-03-06 17:50", "2026-03-09 09:10", 63.3333),
        ("office", "2026-03-06 17:50", "2026-03-09 09:10", 0.3333),  # Friday to Monday
        ("office", "2026-03-07 11:00", "2026-03-08 12:00", 0.0),  # a weekend
        ("office", "2026-02-13 17:00", "2026-02-14 10:00", 2.0),  # that Saturday makes up for the Spring Festival
        ("office", "2026-02-14 17:00", "2026-02-24 10:00", 2.0),  # the nine days of the festival are free
        ("office", "2026-09-30 17:00", "2026-10-08 10:00", 2.0),  # National Day
        ("daily", "2026-03-07 20:30", "2026-03-08 09:45", 1.25),
        ("daily", "2026-03-07 06:00", "2026-03-07 07:00", 0.0),
        ("office", "2026-03-09 10:00", "2026-03-09 09:00", -1.0),  # an end before its start
    ],
)
def test_open_hours(calendar: str, start: str, end: str, expected: float) -> None:
    assert hours(calendar, start, end) == expected


def test_minute_by_minute_the_clock_counts_the_same() -> None:
    clock, rng = read_desk().clock("office"), np.random.default_rng(4)
    first = pd.Timestamp("2026-02-10")
    minutes = pd.date_range(first, periods=21 * 1440, freq="min")
    is_open = np.array([clock.is_open(t.date()) and 9 <= t.hour < 18 for t in minutes])
    ends = np.sort(rng.integers(0, 21 * 1440, (50, 2)))
    found = clock.seconds(pd.Series(minutes[ends[:, 0]]), pd.Series(minutes[ends[:, 1]])) / 60
    assert found.tolist() == [is_open[a:b].sum() for a, b in ends]


def test_a_missing_time_stays_missing() -> None:
    clock = read_desk().clock("daily")
    start, end = pd.Series(pd.to_datetime(["2026-03-02", None])), pd.Series(pd.to_datetime([None, "2026-03-02"]))
    assert np.isnan(clock.seconds(start, end)).all()


def test_years_that_are_not_announced_are_told() -> None:
    assert workday(date(2026, 2, 14)) and not workday(date(2026, 2, 16))
    assert workday(date(2099, 1, 1)) and not workday(date(2099, 1, 3))  # a Thursday, a Saturday
    assert guessed(pd.Series(pd.to_datetime(["2026-01-01", "2099-05-01"]))) == [2099]


def test_a_desk_adds_days_of_its_own(tmp_path: Path) -> None:
    text = (
        FILE.read_text("utf-8").replace("rest = []", "rest = [2099-01-01]").replace("work = []", "work = [2099-01-03]")
    )
    (tmp_path / "desk.toml").write_text(text, "utf-8")
    clock = read_desk(tmp_path / "desk.toml").clock("office")
    assert not clock.is_open(date(2099, 1, 1)) and clock.is_open(date(2099, 1, 3))


def test_a_faulty_desk_is_told(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(FILE.read_text("utf-8").replace('"office"', '"offices"', 1), "utf-8")
    with pytest.raises(DataFileError, match="'offices' is no calendar; there are: always, daily, office"):
        read_desk(tmp_path / "desk.toml")
