"""Find postal addresses: chains of neighbouring parts that together say where somebody lives.

A chain begins at a place name or at the noun before a suffix such as 路 or 小区, and goes on as long as a part of an
address follows. A province, city or district alone is none: one part must say more, and the parts together must earn
`ENOUGH` points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from csworkshop.cases.numerals import Plain
from csworkshop.cases.words import Cut, cut
from csworkshop.text.datafile import read_toml

PARTS = Path(__file__).parent / "addresses.toml"
PLACES = Path(__file__).parent / "places.toml"
ENOUGH, SURELY = 2.5, 3.0
LONGEST_NOUN = 10  # characters before a suffix
_GAP = re.compile(r"[ 　，,、·•\-—/|]{0,2}")
_NOUN = ("n", "j", "b", "f", "s", "g", "a", "v", "l", "i", "t", "z", "m", "q", "k", "h", "eng", "x")
_BEFORE_COMPANY = frozenset("是 叫 叫做 为 的 抬头 名称 甲方 乙方 我们 我司 客户 采购 供应商 厂家".split())
_GRAMMAR = ("r", "c", "y", "e", "o")  # tags of single characters that no noun has


@dataclass(frozen=True)
class Part:
    """A part of addresses; `detail` ones say more than a city or district."""

    id: str
    points: float
    detail: bool
    needs: frozenset[str]
    first: bool
    find: re.Pattern[str]


@dataclass(frozen=True)
class Grammar:
    """The tables, ready for use."""

    parts: tuple[Part, ...]
    suffix: re.Pattern[str]
    numbered: re.Pattern[str]
    cue: re.Pattern[str]
    coded: re.Pattern[str]
    cue_points: float
    stop: frozenset[str]


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """The tables that ship with the kit."""
    table = read_toml(PARTS)
    parts = tuple(
        Part(
            p["id"],
            float(p["points"]),
            bool(p.get("detail")),
            frozenset(p.get("needs", ())),
            bool(p.get("first")),
            re.compile(p["pattern"].replace("NUMBER", table["number"])),
        )
        for p in table["parts"]
    )
    numbered = "|".join(f"(?:{p.find.pattern})" for p in parts if p.id in ("building", "unit"))
    return Grammar(
        parts,
        re.compile(table["suffix"]),
        re.compile(numbered),
        re.compile(table["cue"]["left"]),
        re.compile(table["cue"]["coded"]),
        float(table["cue"]["points"]),
        frozenset(table["stop"]["words"].split()),
    )


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    """Names of places, without 市, 县 and 区, that the word list doesn't have as such."""
    return frozenset(read_toml(PLACES)["words"].split())


def is_place(word: str) -> bool:
    """Whether the word is a place that the word list doesn't have as one."""
    return word in _stems()


def _place_ending(text: str, end: int, limit: int) -> int:
    """Where a place of `_stems` begins that ends at `end`; `end` if none does."""
    for length in range(5, 1, -1):
        if end - length >= limit and text[end - length : end] in _stems():
            return end - length
    return end


def addresses(view: Plain, busy: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """Addresses in the text view: start, end, whether it is sure."""
    text, g = view.text, grammar()
    for m in g.coded.finditer(text):
        if g.cue.search(text[max(0, m.start() - 12) : m.start()]):
            yield m.start(), m.end(), False
    anchors = sorted({m.start() for m in g.suffix.finditer(text)} | {m.start() for m in g.numbered.finditer(text)})
    if not anchors:
        return
    words = cut(text)
    numbers = {m.start() for m in g.numbered.finditer(text)}
    limit = 0
    blocked = [False] * (len(text) + 1)
    for s, e in busy:
        blocked[s:e] = [True] * (e - s)
    for anchor in anchors:
        if anchor < limit:
            continue
        start = _noun(text, words, anchor, limit, blocked)
        start, (end, points, detail) = _best_chain(text, words, start, anchor, numbers, limit, blocked)
        if g.cue.search(text[max(0, start - 12) : start]):
            points += g.cue_points
        if detail and points >= ENOUGH and end - start >= 4:
            yield start, end, points >= SURELY
            limit = end


def noun_start(view: Plain, start: int, end: int) -> int:
    """Where the name of a company begins in a match [start, end) that may have begun with the words before it."""
    words, text, stop = cut(view.text), view.text, grammar().stop
    begin = start
    i = start
    while i < end:
        first, i, tag = words.word(i)
        word = text[first:i]
        leading = begin == first and (word in stop or tag.startswith(("r", "p", "c", "u")))
        if (leading or word in _BEFORE_COMPANY) and i < end - 2:
            begin = i
    return begin


def _best_chain(
    text: str, words: Cut, noun: int, anchor: int, numbers: set[int], limit: int, blocked: list[bool]
) -> tuple[int, tuple[int, float, bool]]:
    """The chain from the noun, or from a place name further left whose parts lead up to it."""
    start = _places_before(text, words, noun, limit, blocked)
    best = start, _chain(text, words, start, blocked)
    if anchor in numbers and best[1][0] <= anchor:  # 世纪公馆 in 世纪公馆3栋502: a name without a known suffix
        end, points, detail = _chain(text, words, anchor, blocked)
        best = (start if anchor - start > 1 else anchor), (end, points + 0.5 * (anchor - start > 1), detail)
    provinces = grammar().parts[0].find
    for m in provinces.finditer(text, max(limit, noun - 30), noun):
        if m.start() < best[0]:
            chain = _chain(text, words, m.start(), blocked)
            if chain[0] >= best[1][0]:
                return m.start(), chain
    return best


def _noun(text: str, words: Cut, end: int, limit: int, blocked: list[bool], longest: int = LONGEST_NOUN) -> int:
    """Walk left from a suffix over words that may be a part of its name."""
    stop = grammar().stop
    start = end
    i = words.word(end)[0] if end < len(words.at) else end
    if i < end:  # the suffix is the end of a word of the list: 建国路
        start = max(i, limit)
    while start > limit and end - start < longest and not blocked[start - 1]:
        begin, stop_at, tag = words.word(start - 1)
        word = text[begin:stop_at]
        lone = stop_at - begin == 1
        fits = (not tag.startswith(_GRAMMAR) if lone else tag.startswith(_NOUN)) and (word.isalnum() or word == "·")
        fits = fits or (word == "和" and (not begin or text[begin - 1] in _BEFORE_HE))  # 和兴路
        if word in stop - {"和"} or not fits or begin < limit or (word.isdigit() and len(word) > 3):
            break
        if stop_at - begin > 1 and tag.startswith(("v", "t")) and start < end:
            break  # 解放路 and 五一路 have a verb or a day beside the suffix, not further off
        start = begin
    return start


def _places_before(text: str, words: Cut, start: int, limit: int, blocked: list[bool]) -> int:
    """Provinces, cities and districts right before a part belong to it."""
    while start > limit:
        i = start
        while i > limit and text[i - 1] in " ，,、·-":
            i -= 1
        if i <= limit or blocked[i - 1] or start - i > 2:
            return start
        begin, end, tag = words.word(i - 1)
        place = tag.startswith("ns") and end == i and text[begin:end] not in grammar().stop
        if not place and (stem := _place_ending(text, i, limit)) < i:
            begin, place = stem, True
        if not place and text[i - 1] in "省市区县州镇乡旗":
            begin = _noun(text, words, i - 1, limit, blocked)
            place = begin < i - 1
        if not place or begin < limit:
            return start
        start = begin
    return start


def _chain(text: str, words: Cut, start: int, blocked: list[bool]) -> tuple[int, float, bool]:
    """How far parts follow each other from `start`, their points, and whether one is a detail."""
    end, points, detail = start, 0.0, False
    had: set[str] = set()
    while end < len(text):
        gap = _GAP.match(text, end)
        place = gap.end() if gap and had else end
        if blocked[min(place, len(text) - 1)]:
            break
        best: tuple[int, Part] | None = None
        for part in grammar().parts:
            if (part.needs and not part.needs & had) or (part.first and had):
                continue
            m = part.find.match(text, place)
            if not m or m.end() == place or any(blocked[place : m.end()]):
                continue
            # the nearest end wins among parts with a name, the farthest among numbers
            fits = _plausible(part, text, words, place, m.end())
            if fits and (best is None or _better(part, m.end(), best)):
                best = m.end(), part
        if best is None and not detail and (beyond := _past_place(text, words, place)):
            best = beyond, grammar().parts[1]  # 通州 in 北京通州: a place without 市 or 区
        if best is None:
            break
        end, part = best
        points += part.points if part.id not in had or part.id in ("house", "road") else 0.25
        detail = detail or part.detail
        had.add(part.id)
    return end, points, detail


def _past_place(text: str, words: Cut, i: int) -> int:
    """Where the place name ends that begins at `i`; 0 if none does."""
    if i >= len(words.at):
        return 0
    start, end, tag = words.word(i)
    if start == i and tag.startswith("ns") and end - i > 1:
        return end
    return next((i + n for n in range(5, 1, -1) if text[i : i + n] in _stems()), 0)


_BEFORE_HE = "省市区县镇乡道送到寄住在往至：: ，,"
_NAMED = frozenset({"city", "district", "town", "road", "village", "community", "named", "beside"})


def _better(part: Part, end: int, best: tuple[int, Part]) -> bool:
    if part.id in _NAMED and best[1].id in _NAMED:
        return end < best[0] or (end == best[0] and part.detail > best[1].detail)
    if part.id in _NAMED:
        return False  # a number or a province is read before a noun that begins with it
    return best[1].id in _NAMED or end > best[0]


def _plausible(part: Part, text: str, words: Cut, start: int, end: int) -> bool:
    """A named part must not swallow a sentence: no word in it that only stands before addresses, no particle."""
    if part.id not in _NAMED:
        return True
    after = text[end : end + 1]
    if after and (after in "村镇乡路街巷" or (after in "区县市" and part.id in ("road", "community"))):
        return False  # 红旗 in 红旗村, 北街 in 北街村, 禅城 in 禅城区
    if re.search(
        r"[的了吗呢吧啊我你您他她它在是到去给跟把被请就不没很也已别再寄]|[路街区县市镇村道店城园里][和与及跟]",
        text[start : end - 1],
    ):
        return False
    stop = grammar().stop
    i = start
    while i < end - 1:
        begin, i, _ = words.word(i)
        if i < end and i - begin > 1 and text[begin:i] in stop:
            return False
    return True
