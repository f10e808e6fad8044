"""Figures in a text as values that can be compared: times of day, days, spans, sums, shares, counts.

`今晚8点`, `20:00` and `晚上八点` are one value; so are `1至3个工作日` and `1-3个工作日`, `半小时` and `30分钟`, `一天`
and `24小时`. A working day is no day, a month no 30 days. The promise grammar (`text.times`) tells whether our side
commits itself to a time; here is asked which figure stands there, whoever it binds. A weekday is the next one from the
day on, or this week's if it is still to come; a bare day of the month lies in the month of that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span

_N = r"(?:\d+(?:,\d{3})*(?:\.\d+)?万?|[零〇一二两三四五六七八九十百千万]+)"
_JOIN = r"(?:至|到|-|–|~|～|—)"
_PART = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|今晚|明晚|当晚|明早|今早|晚|早)"
# Units of spans in minutes; working days, months and years have no fixed length, so they stay units of their own.
_SPANS = {"分钟": 1, "小时": 60, "钟头": 60, "天": 1440, "日": 1440, "周": 10080, "星期": 10080, "礼拜": 10080}
_OWN_SPANS = {"工作日": "workday", "月": "month", "年": "year", "秒": "second", "采暖季": "season"}
_SPAN_UNIT = r"工作日|分钟|小时|钟头|天|日(?![期常])|(?:周|星期|礼拜)(?![一二三四五六日天末])|秒"
_COUNTS = "次|张|件|个人|人|台|节|行|公斤|公里|度|片|桶|份|桩|条|倍|分|组|席|岁|米|升|个"
_UNIT_SAME = {"个人": "人", "块钱": "元", "块": "元", "圆": "元", "万元": "元"}

_CLOCK = re.compile(
    rf"(?P<part>{_PART})?的?(?:(?P<h>[01]?\d|2[0-4])[:：](?P<m>[0-5]\d)"
    rf"|(?P<hn>[01]?\d|2[0-4]|二十[一二三四]?|十[一二]?|[零一二两三四五六七八九])(?:点(?!击|开|心|数)|时(?!间|候|效|长|段))"
    r"(?:钟|整|(?P<half>半)|(?P<quarter>[一三])刻|零?(?P<mn>[0-5]?\d|[二三四五]?十[一二三四五六七八九]?)分?)?)"
)
_DATE = re.compile(
    rf"(?:(?P<y>20\d\d)[年-])?(?:(?P<mo>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月)(?P<d>3[01]|[12]\d|0?[1-9]|{_N})[日号]"
    r"|(?:次|下个?)月(?P<nd>3[01]|[12]?\d)[日号]"
    r"|(?<![\d.月])(?P<od>3[01]|[12]?\d)(?:号(?!线|楼|机|柜|窗|门|店|碱?电池)|日(?![期常前后内]))"
)
_NEAR = {
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今早": 0,
    "当天": 0,
    "当日": 0,
    "当晚": 0,
    "明天": 1,
    "明日": 1,
    "明晚": 1,
    "明早": 1,
}
_NEAR |= {"次日": 1, "第二天": 1, "隔天": 1, "后天": 2, "大后天": 3}
_NEAR_WORD = re.compile("大后天|" + "|".join(_NEAR))
_WEEKDAY = re.compile(r"(?P<next>下)?(?P<this>这|本)?个?(?:周|星期|礼拜)(?P<d>[一二三四五六日天])")
_MONEY = re.compile(rf"[¥￥](?P<a>{_N})|(?P<lo>{_N})(?:{_JOIN}(?P<hi>{_N}))?(?P<u>万元|元|块钱|块|圆)")
_SHARE = re.compile(
    rf"(?P<p>\d+(?:\.\d+)?)%|百分之(?P<c>{_N})|(?P<z>[一二三四五六七八九])成|(?P<k>{_N})折|(?P<half>一半)"
)
_SPAN = re.compile(
    rf"(?P<half>半)(?:个)?(?P<hu>小时|钟头|天|月|年)|(?<!第)(?P<lo>{_N})(?:{_JOIN}(?P<hi>{_N}))?个?(?P<more>半)?(?P<u>{_SPAN_UNIT}|月(?!\d|[一二三四五六七八九十\d]+[日号])|年(?!\d|级|前))"
)
_COUNT = re.compile(rf"(?P<lo>{_N})(?:{_JOIN}(?P<hi>{_N}))?(?P<u>{_COUNTS}|[A-Za-z]{{1,3}}(?![A-Za-z]))")
_BARE = re.compile(
    r"(?<![\d.A-Za-z])\d{2,}(?:\.\d+)?(?![\d.A-Za-z%日号月])|[一二两三四五六七八九][百千万][零一二三四五六七八九百千十]*"
)
_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10000}


@dataclass(frozen=True)
class Figure:
    """A value: what it measures (`kind`), its bounds (equal unless it is a range) and where it stands in the text."""

    kind: str
    low: float
    high: float
    span: Span

    @property
    def value(self) -> tuple[str, float, float]:
        """What is compared."""
        return (self.kind, self.low, self.high)


def same(wanted: Figure, found: Figure) -> bool:
    """`found` says what `wanted` does; for a range its longer end may stand alone ("3个工作日内"), for a sum its
    unit may be left out ("退您4800")."""
    if wanted.kind == "元" and found.kind == "bare":
        return wanted.low == wanted.high == found.high
    if wanted.kind != found.kind or wanted.high != found.high:
        return False
    return found.low in (wanted.low, wanted.high) or wanted.low == wanted.high


def number(text: str) -> float:
    """The number that digits or Chinese numerals write, up to 万."""
    text = text.replace(",", "")
    if text[0].isdigit():
        return float(text.rstrip("万")) * (10000 if text.endswith("万") else 1)
    total, digit = 0.0, 0
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif c == "万":
            total, digit = (total + digit) * 10000, 0
        else:
            total, digit = total + (digit or 1) * _SCALE[c], 0
    return total + digit


@lru_cache(maxsize=2048)
def figures(text: str, on: date) -> tuple[Figure, ...]:
    """All figures of `text` as it was typed, in order; days are counted from `on`."""
    folded = fold(text)
    taken = [False] * len(folded.text)
    found: list[Figure] = []
    for reader in (_dates, _clocks, _shares, _sums, _spans, _counts, _bare):
        for kind, low, high, (start, end) in reader(folded.text, on):
            if any(taken[start:end]):
                continue
            if reader is not _dates or folded.text[start:end] not in _NEAR:  # 今晚 is a day and part of a time of day
                taken[start:end] = [True] * (end - start)
            found.append(Figure(kind, low, high, folded.span(start, end)))
    return tuple(sorted(found, key=lambda f: f.span))


_Read = Iterator[tuple[str, float, float, Span]]


def _dates(text: str, on: date) -> _Read:
    for m in _DATE.finditer(text):
        year, month = int(m["y"] or on.year), int(number(m["mo"])) if m["mo"] else on.month
        if m["nd"]:  # 次月1日
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        try:
            day = date(year, month, int(number(m["d"] or m["nd"] or m["od"])))
        except ValueError:  # 2月30日 names no day
            continue
        yield "day", day.toordinal(), day.toordinal(), m.span()
    for m in _NEAR_WORD.finditer(text):
        if not re.match(r"的?(?:情况|的号)", text[m.end() :]):
            day = on + timedelta(days=_NEAR[m[0]])
            yield "day", day.toordinal(), day.toordinal(), m.span()
    for m in _WEEKDAY.finditer(text):
        wanted = "一二三四五六日".index(m["d"].replace("天", "日"))
        monday = on - timedelta(days=on.weekday())
        day = monday + timedelta(days=wanted + (7 if m["next"] else 0))
        if day < on and not m["this"]:
            day += timedelta(days=7)
        yield "day", day.toordinal(), day.toordinal(), m.span()


def _clocks(text: str, on: date) -> _Read:
    for m in _CLOCK.finditer(text):
        hour = int(number(m["h"] or m["hn"]))
        minute = int(number(m["m"] or m["mn"] or "0"))
        minute = 30 if m["half"] else {"一": 15, "三": 45}.get(m["quarter"] or "", minute)
        part = m["part"] or ""
        afternoon = part in ("下午", "傍晚") or "晚" in part or "夜" in part
        if (afternoon and hour < 12) or (part == "中午" and hour < 11):
            hour += 12
        value = hour * 60 + minute
        yield "clock", value, value, m.span()


def _shares(text: str, on: date) -> _Read:
    for m in _SHARE.finditer(text):
        if m["k"]:
            rate = number(m["k"])
            rate = rate * 10 if rate < 10 else rate
            yield "rate", rate, rate, m.span()
            continue
        share = 50.0 if m["half"] else number(m["z"]) * 10 if m["z"] else number(m["p"] or m["c"])
        yield "share", share, share, m.span()


def _sums(text: str, on: date) -> _Read:
    for m in _MONEY.finditer(text):
        times = 10000 if m["u"] == "万元" else 1
        low = number(m["a"] or m["lo"]) * times
        yield "元", low, number(m["hi"]) * times if m["hi"] else low, m.span()


def _spans(text: str, on: date) -> _Read:
    for m in _SPAN.finditer(text):
        unit = m["hu"] or m["u"]
        if unit == "日" and text[m.start() - 1 : m.start()] == "月":  # a date that no calendar has
            continue
        low = 0.5 if m["half"] else number(m["lo"]) + (0.5 if m["more"] else 0)
        high = number(m["hi"]) if m["hi"] else low
        if m["half"] and unit in ("月", "年"):
            months = 0.5 if unit == "月" else 6.0
            yield "month", months, months, m.span()
        elif unit == "年":
            yield "month", low * 12, high * 12, m.span()
        elif unit in _OWN_SPANS:
            yield _OWN_SPANS[unit], low, high, m.span()
        else:
            yield "minute", low * _SPANS[unit], high * _SPANS[unit], m.span()


def _counts(text: str, on: date) -> _Read:
    for m in _COUNT.finditer(text):
        low = number(m["lo"])
        unit = _UNIT_SAME.get(m["u"], m["u"]).lower()
        yield unit, low, number(m["hi"]) if m["hi"] else low, m.span()


def _bare(text: str, on: date) -> _Read:
    """Numbers with no unit that is known."""
    for m in _BARE.finditer(text):
        yield "bare", number(m[0]), number(m[0]), m.span()
