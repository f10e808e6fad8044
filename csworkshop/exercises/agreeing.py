"""Do the figures of a text agree with the case it is about? A wrong digit in a number sends a colleague nowhere.

Looked at are codes (MH-20871), dates (3月5日), times (14:30, 下午2点半) and other numbers written in digits. A figure
agrees if the case has it, if it is part of a longer code of the case (尾号0871), or if two figures of the case make it
(from 9:10 to 11:40 are 150 minutes). Single digits and what the writer counts out are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from csworkshop.techniques.echo import numerals
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span, clauses

TAIL = 3  # digits of the shortest part of a code that stands for it
LONGEST_SUM = 6  # digits of the longest number that is reckoned with
COUNTED = 10  # below this a number may be the writer's own count

_DATE = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?")
_DAY = re.compile(r"(?<![\d月第])(\d{1,2})[日号](?![线楼店门院机码窗仓口柜键位车房船桌])")
_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|早|上午|中午|下午|傍晚|晚上|今晚|明晚|晚)?\s?"
    r"(?<![\d:])(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})(?![\d:])|点(?P<half>半)?(?:(?P<m>\d{1,2})分?)?)"
)
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9._-]*\d)[A-Za-z]+[A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*(?![A-Za-z0-9])")
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])\d+(?:[.,]\d+)*(?![A-Za-z0-9])")
_OWN_TIME = re.compile(r"请|麻烦|劳烦|希望|需要?|最[晚迟]|给我|回我|我会|我来|赶在|之?前")  # the writer sets the time
_NEXT_DAY = re.compile(r"明[天早晚]|次日|后天")  # counted on from today
_LATE = ("下午", "傍晚", "晚上", "今晚", "明晚", "晚")


@dataclass(frozen=True)
class Figures:
    """What a text has of each sort: codes in lower case without joints, dates as (month, day), days of a month,
    minutes of the day, numbers as they are written."""

    codes: frozenset[str]
    dates: frozenset[tuple[int, int]]
    days: frozenset[int]
    minutes: frozenset[int]
    numbers: frozenset[str]


def strange(text: str, case: Iterable[str]) -> list[Span]:
    """Where figures stand in `text`, as typed, that the texts of the case don't have; in their order."""
    known, folded = figures("\n".join(case)), fold(text)
    pieces = clauses(folded.text)
    found = []
    for sort, start, end, value in _read(folded.text):
        clause = next((folded.text[a:b] for a, b in pieces if a <= start < b), "")
        own = {"clock": _OWN_TIME, "day": _NEXT_DAY, "date": _NEXT_DAY}.get(sort)
        if _agrees(sort, value, known) or _list_number(folded.text, start, end) or (own and own.search(clause)):
            continue
        found.append((start, end))
    return [folded.span(a, b) for a, b in sorted(found)]


@lru_cache(maxsize=64)
def figures(text: str) -> Figures:
    """The figures of a case's texts, numerals written in Hanzi included."""
    rows = list(_read(numerals(fold(text).text)))
    of = {sort: {value for s, _, _, value in rows if s == sort} for sort in ("code", "date", "day", "clock", "number")}
    minutes = {t for _, hour, minute in of["clock"] for t in (hour * 60 + minute, (hour + 12) % 24 * 60 + minute)}
    return Figures(
        frozenset(of["code"]),
        frozenset(of["date"]),
        frozenset(of["day"]) | frozenset(d for _, d in of["date"]),
        frozenset(minutes),
        frozenset(of["number"]),
    )


def _read(text: str) -> Iterable[tuple[str, int, int, Any]]:
    """Sort, place and value of every figure in folded text; each character belongs to one figure."""
    taken: list[Span] = []
    for sort, pattern in (("date", _DATE), ("clock", _CLOCK), ("code", _CODE), ("day", _DAY), ("number", _NUMBER)):
        for m in pattern.finditer(text):
            start, end = m.span()
            if all(end <= a or b <= start for a, b in taken):
                taken.append((start, end))
                yield sort, start, end, _value(sort, m)


def _value(sort: str, m: re.Match[str]) -> Any:
    if sort == "date":
        return int(m[1]), int(m[2])
    if sort == "day":
        return int(m[1])
    if sort == "code":
        return re.sub(r"[^a-z0-9]", "", m[0].lower())
    if sort == "clock":
        hour = int(m["hour"])
        late = m["part"] in _LATE and hour < 12
        return m["part"] or "", hour + 12 * late, int(m["minute"] or m["m"] or (30 if m["half"] else 0))
    return m[0].replace(",", "")


def _agrees(sort: str, value: Any, known: Figures) -> bool:
    if sort == "date":
        return value in known.dates or not known.dates
    if sort == "day":
        return value in known.days or not known.days
    if sort == "code":
        digits = re.sub(r"[^0-9]", "", value)
        if len(digits) < TAIL and any(n.startswith(digits) for n in known.numbers):
            return True  # App5.2.1, iOS17
        return any(value in code or code in value for code in known.codes)
    if sort == "clock":
        return value[1] * 60 + value[2] in known.minutes
    return value in known.numbers or _part_of(value, known) or _counted(value, known)


def _part_of(number: str, known: Figures) -> bool:
    return len(number) >= TAIL and any(number in whole for whole in (*known.codes, *known.numbers))


def _counted(number: str, known: Figures) -> bool:
    """Small enough to count, the sum or the difference of two numbers of the case, or the time between two times."""
    if number.count(".") > 1:
        return False  # a version
    value = float(number)
    small = [float(n) for n in known.numbers if len(n) <= LONGEST_SUM and n.count(".") <= 1]
    spans = {abs(a - b) for a in known.minutes for b in known.minutes}
    made = (made for a in small for b in small for made in (abs(a - b), a + b))
    return value < COUNTED or value in spans or value * 60 in spans or any(abs(m - value) < 0.01 for m in made)


def _list_number(text: str, start: int, end: int) -> bool:
    """1. 2、 (3) at the head of a line."""
    head = text[text.rfind("\n", 0, start) + 1 : start].strip("（( ")
    return not head and text[end : end + 1] in ("、", ".", "）", "．")
