"""How figures are written for people: units, intervals, differences, names, in both languages."""

from __future__ import annotations

import math

import pandas as pd

from csworkshop.cases.intervals import Interval
from csworkshop.cases.measures import measures
from csworkshop.cases.schema import column_name, value_name
from csworkshop.text.language import say

DAY, LONG = 24.0, 120.0  # hours from which on days are told; minutes from which on hours are
PLACES = {"agent_id", "team", "channel", "category", "product"}


def number(value: float, measure: str, lang: str) -> str:
    """A figure with its unit: 82.4%, 12.5 分钟, 3.1 h; a dash for nothing."""
    if value is None or math.isnan(value):
        return "–"
    unit = measures()[measure].unit
    if unit == "%":
        return f"{100 * value:.1f}%"
    if unit == "minutes" and abs(value) >= LONG:
        return say("measure.hours", lang, number=f"{value / 60:.1f}")
    if unit == "hours" and abs(value) >= 3 * DAY:
        return say("measure.days", lang, number=f"{value / DAY:.1f}")
    digits = {"points": 2, "times": 2, "tickets": 0}.get(unit, 1)
    return say(f"measure.{unit}", lang, number=f"{value:,.{digits}f}")


def between(found: Interval | pd.Series, measure: str, lang: str) -> str:
    """The interval: 80.1%–84.6%; nothing where there is none."""
    if math.isnan(found.low):
        return ""
    return f"{number(found.low, measure, lang)}–{number(found.high, measure, lang)}"


def gap(value: float, measure: str, lang: str, unit: bool = True) -> str:
    """A difference: +8.2 points (without its unit where asked), ×1.35 for times."""
    if math.isnan(value):
        return "–"
    m = measures()[measure]
    if m.kind in ("median", "p90"):
        return f"×{value:.2f}"
    if m.unit == "%":
        if not unit:
            return f"{100 * value:+.1f}"
        return say("measure.gap", lang, number=f"{100 * value:+.1f}")
    return f"{value:+.2f}"


def label(column: str, value: object, lang: str) -> str:
    """A group's name for people: chat is 在线聊天; a week and a month as dates."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m}" if column == "month" else f"{value:%Y-%m-%d}"
    if pd.isna(value):
        return "—"
    return value_name("tickets", column, str(value), lang) if column in PLACES else str(value)


def heading(column: str, lang: str) -> str:
    """A grouping's name."""
    return column_name("tickets", column, lang) if column in PLACES else say(f"measure.{column}", lang)


def day(at: pd.Timestamp, lang: str) -> str:
    """9 月 16 日, 16 Sep."""
    return f"{at.month}月{at.day}日" if lang == "zh" else f"{at:%d %b}".lstrip("0")


def days(at: pd.Timestamp, until: pd.Timestamp, lang: str) -> str:
    """A period with its year."""
    if lang == "zh":
        return f"{at.year}年{day(at, lang)}—{day(until, lang)}" if at != until else f"{at.year}年{day(at, lang)}"
    return f"{day(at, lang)} – {day(until, lang)} {until.year}" if at != until else f"{day(at, lang)} {at.year}"
