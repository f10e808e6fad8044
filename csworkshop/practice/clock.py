"""The clock in a talk: what a promised time means in minutes from now, and replies that only let time pass."""

from __future__ import annotations

import re
from functools import lru_cache

from csworkshop.techniques.echo import plain
from csworkshop.text.normalise import fold
from csworkshop.text.times import promises

DAY = 24 * 60
END_OF_WORK = 18 * 60  # 明天 without an hour: by the end of work
_WAIT = re.compile(r"\s*/\s*(?:等|wait)\s*(\d{1,4})?\s*(分钟?|小时|h|min)?\s*", re.IGNORECASE)
_SPAN = re.compile(
    r"(?P<half>半个?)(?P<unit1>小时|钟头|天)|(?P<low>\d+(?:\.\d+)?)(?:[-~～—到至](?P<high>\d+(?:\.\d+)?))?"
    r"(?P<unit>个?(?P<andhalf>半)?(?:小时|钟头)|分钟?|刻钟|个?工作日|天|周|个?月)"
)
_CLOCK = re.compile(
    r"(?P<part>凌晨|半夜|夜里|早上|上午|中午|下午|傍晚|晚上|今晚|明晚|晚)?(?P<hour>\d{1,2})(?:[:：](?P<minute>\d{2})|点(?P<half>半)?(?:(?P<m>\d{1,2})分?)?)"
)
_EVENING = ("晚上", "今晚", "明晚", "晚", "夜里", "半夜")
# 剩下的两个月退给您, 三个月的会费, 退3个月: what is given back is as long as that; no time at which it comes.
_GIVEN = re.compile(
    r"(?:剩(?:下|余)?|余下|没用(?:到|完)?|未用(?:到|完)?|多出来?|后面|停[了掉]?|顺延|延长?|延后|免收?|减免|[赠补送退扣留])"
    r"(?:还|给|了|掉|您|你|的|这|那)*$"
)
_DAYS = (("大后天", 3), ("后天", 2), ("明", 1), ("次日", 1), ("第2天", 1), ("下周", 7))
_UNITS = {
    "分": 1,
    "分钟": 1,
    "刻钟": 15,
    "小时": 60,
    "钟头": 60,
    "天": DAY,
    "工作日": DAY,
    "周": 7 * DAY,
    "月": 30 * DAY,
}
_WORDLESS = {"小时": 60, "min": 1, "h": 60}


def minutes_of(clock: str) -> int:
    """`14:20` as minutes of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def shown(minutes: int) -> str:
    """Minutes of the day, running on over midnight, as `14:20`."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def waited(reply: str) -> int | None:
    """The minutes of a reply that only lets time pass (`/等 30`, `/等 2小时`, `/wait 30`); None for any other reply."""
    m = _WAIT.fullmatch(reply)
    if m is None:
        return None
    return int(m[1] or 10) * _WORDLESS.get((m[2] or "").lower(), 1)


@lru_cache(maxsize=512)
def promised(reply: str, now: int) -> tuple[tuple[str, int], ...]:
    """Each definite promise in `reply` with the minutes from now at which it comes due; `now` in minutes of the day."""
    text = fold(reply).text
    found = []
    for start, end in promises(text):
        due = due_in(text[start:end], now)
        if due is not None:
            found.append((text[start:end], due))
    return tuple(found)


def due_in(words: str, now: int) -> int | None:
    """Minutes from `now` (of the day, or running on over midnight) at which what `words` promise is due at the
    latest; None where they name no time."""
    text, now = plain(words), now % DAY
    days = next((n for word, n in _DAYS if word in text), 0)
    clock = _CLOCK.search(text)
    if clock:
        at = _minutes(clock)
        if not days and at < now and at < 12 * 60:
            afternoon = not clock["part"] and at + 12 * 60 > now and at >= 60
            at += 12 * 60 if afternoon else DAY  # 3点前, said at two in the afternoon; 凌晨1点, said in the evening
        return max(days * DAY + at - now, 1)
    span = next((m for m in _SPAN.finditer(text) if not _given(m, text)), None)
    if span and not days:
        return max(_minutes_of_span(span), 1)
    if days or "今天" in text or "当天" in text or "下班" in text:
        return max(days * DAY + END_OF_WORK - now, 1)
    return None


def _given(span: re.Match[str], text: str) -> bool:
    """Whether a span of days or months says how much is given, not when."""
    unit = (span["unit"] or span["unit1"] or "").removeprefix("个")
    inside = re.match(r"[之以]?[内后前]|左右|到账", text[span.end() :])
    if unit not in ("天", "周", "月") or inside:
        return False
    of = re.match(r"的(?!时间|话)|[^，。]{0,3}\d+(?:\.\d+)?[元块]", text[span.end() :])
    return bool(of or _GIVEN.search(text[: span.start()]))


def _minutes(m: re.Match[str]) -> int:
    hour = int(m["hour"])
    if m["part"] in _EVENING and (hour == 12 or hour < 5):  # 今晚12点, 夜里1点: after midnight
        hour = 24 if hour == 12 else hour + 24
    elif (m["part"] in ("下午", "傍晚", *_EVENING) and hour < 12) or (m["part"] == "中午" and hour < 6):
        hour += 12
    minute = int(m["minute"] or m["m"] or (30 if m["half"] else 0))
    return hour * 60 + min(minute, 59)


def _minutes_of_span(m: re.Match[str]) -> int:
    if m["half"]:
        return {"小时": 30, "钟头": 30, "天": DAY // 2}[m["unit1"]]
    number = float(m["high"] or m["low"])
    unit = m["unit"].removeprefix("个").removeprefix("半")
    return int((number + (0.5 if m["andhalf"] else 0)) * _UNITS[unit])
