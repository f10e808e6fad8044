"""Cells of exports as values: times in many dresses, spans, numbers, yes and no. No message holds the cell itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from math import isfinite, isnan
from typing import Any
from zoneinfo import ZoneInfo

from csworkshop.cases.imports.mapping import Plain, plain
from csworkshop.cases.schema import Column

CHINA = timezone(timedelta(hours=8))  # Asia/Shanghai; no summer time since 1991
LARGEST = 2**31 - 1
YEARS = range(2000, 2101)
SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86_400.0}
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:：时点](\d{1,2})(?:[:：分](\d{1,2})(?:[.,]\d+)?)?[分秒]?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d+):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?$")
_SPANS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(天|日|d(?:ays?)?|小时|时|h(?:ours?|rs?)?|分钟?|m(?:in(?:ute)?s?)?|秒钟?|s(?:ec(?:ond)?s?)?)"
)
_SPAN_UNITS = dict.fromkeys("天日d", 86_400) | dict.fromkeys("小时h", 3600) | dict.fromkeys("分m", 60)
_SPAN_UNITS |= dict.fromkeys("秒s", 1)
_YES = {"true", "yes", "y", "1", "是", "已解决", "对", "t", "有"}
_NO = {"false", "no", "n", "0", "否", "未解决", "不", "f", "无", "没有"}
LONGEST_EMPTY = 12
_EMPTY = {"", "-", "--", "—", "null", "none", "n/a", "na", "nan", "无数据"}


class BadCell(ValueError):
    """A cell that can't be used; the message says what is asked, never what stood there."""


def empty(value: Any) -> bool:
    """True for a cell that holds nothing."""
    if isinstance(value, float):
        return isnan(value)
    if isinstance(value, str):
        return (len(value) <= LONGEST_EMPTY and plain(value) in _EMPTY) or value.isspace()
    return value is None


def mapped(value: Any, values: dict[str, Plain], other: Plain | None) -> Any:
    """The value that a mapping gives for the cell; the cell itself where it says nothing."""
    if not values and other is None:
        return value
    key = plain(_whole(value))
    if key in values:
        return values[key]
    return value if other is None else other


def convert(value: Any, column: Column, zone: ZoneInfo, formats: tuple[str, ...]) -> Any:
    """The cell as a value of the column; None if it is empty and may be. BadCell otherwise."""
    if empty(value):
        if column.null:
            return None
        raise BadCell("is empty")
    found: Any
    if column.kind in ("timestamp", "date"):
        found = as_time(value, zone, formats)
    elif column.kind == "bool":
        found = as_bool(value)
    elif column.kind == "str":
        found = str(_whole(value)).strip()
        if column.allowed and found not in column.allowed:
            raise BadCell(f"is none of {', '.join(column.allowed)}, and the mapping has no value for it")
    else:
        found = as_number(value, column.kind == "int")
        if column.low is not None and found < column.low:
            raise BadCell(f"is below {column.low:g}")
        if column.high is not None and found > column.high:
            raise BadCell(f"is above {column.high:g}")
        if column.kind == "int" and abs(found) > LARGEST:
            raise BadCell("is too large")
    return found


def as_time(value: Any, zone: ZoneInfo, formats: tuple[str, ...]) -> datetime:
    """A time by the clocks of China, without a zone; `zone` is what a cell without one means."""
    found = _time(value, formats)
    if found.year not in YEARS:
        raise BadCell(f"is no time between {YEARS[0]} and {YEARS[-1]}")
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found.astimezone(CHINA).replace(tzinfo=None, microsecond=0)


def _time(value: Any, formats: tuple[str, ...]) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    text = str(_whole(value)).strip()
    if re.fullmatch(r"1\d{9}(\d{3})?", text):  # seconds or milliseconds since 1970
        return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)
    for form in formats:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    match = _TIME.match(text)
    if not match:
        raise BadCell("is no time that can be read; name its form in time_formats")
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        found = datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise BadCell("is no time that exists") from None
    return found.replace(tzinfo=_zone(match[7]))


def _zone(text: str | None) -> timezone | None:
    """Z, UTC, +0800 or +08:00 as a zone."""
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if text[0] == "-" else away)


def as_seconds(value: Any, unit: str) -> float:
    """A span: a number of the unit, 1:30:00, or words such as 1小时20分."""
    if isinstance(value, timedelta):
        found = value.total_seconds()
    else:
        text = plain(_whole(value))
        clock, spans = _CLOCK.match(text), _SPANS.findall(text)
        if clock:
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            found = hours * 3600.0 + minutes * 60 + seconds
        elif spans and not _SPANS.sub("", text).strip(" ,零"):
            found = sum(float(number) * _SPAN_UNITS[word[0]] for number, word in spans)
        else:
            found = as_number(value, False) * SECONDS[unit]
    if found < 0:
        raise BadCell("is a negative span")
    return found


def as_number(value: Any, whole: bool) -> float | int:
    """A number; currency signs, units and thousands' commas don't matter."""
    if isinstance(value, bool):
        raise BadCell("is no number")
    text = re.sub(r"[¥￥,，\s]|元$|次$|分$|%$", "", str(value))
    try:
        found = float(text)
    except ValueError:
        raise BadCell("is no number") from None
    if not isfinite(found):
        raise BadCell("is no number")
    if not whole:
        return found
    if found != int(found):
        raise BadCell("is no whole number")
    return int(found)


def as_bool(value: Any) -> bool:
    """Yes or no."""
    word = plain(_whole(value))
    if word in _YES or word in _NO:
        return word in _YES
    raise BadCell("is neither yes nor no")


def _whole(value: Any) -> Any:
    """A number as people write it: a workbook gives 1024.0 for 1024."""
    return int(value) if isinstance(value, float) and value == int(value) else value
