"""Names that have no Chinese surname: 才让东智, 巴雅尔图, 阿依古丽, 田中美咲, 安德烈, and what only looks like one.

The parts that such names are made of stand in `names_peoples.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from csworkshop.cases.name_evidence import UNLISTED, beside, evidence
from csworkshop.cases.words import Cut
from csworkshop.text.datafile import read_toml

PEOPLES = Path(__file__).parent / "names_peoples.toml"
Weighed = tuple[int, int, float]
_PLACE = re.compile("[省市县区州旗盟镇乡村路街湾湖山河寺庙]|机场|草原|大道|牧场|火锅|餐厅|酒店|服饰|品牌|手机|系列")
_SLAVIC = re.compile(
    "[彼得罗伊万谢尔盖米特里亚历山大弗拉基阿列克安东诺尤帕维格奥瓦西波斯塔卡杰鲍布契普京季莫莱莎娜达]{1,5}"
    "(?:维奇|诺夫|洛夫|耶夫|夫斯基|斯基|诺娃|科娃|耶娃)"
)
_HANZI = "\u3400-\u9fff"


@dataclass(frozen=True)
class Peoples:
    """The tables, ready for use."""

    several: re.Pattern[str]
    one: re.Pattern[str]
    japanese: re.Pattern[str]
    western: re.Pattern[str]
    never: frozenset[str]
    brands: re.Pattern[str]


def _any(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


@lru_cache(maxsize=1)
def peoples() -> Peoples:
    """The tables that ship with the kit."""
    table = read_toml(PEOPLES)
    parts, ends = _any(table["parts"]), _any(table["ends"])
    return Peoples(
        several=re.compile(f"(?:{parts}){{2,3}}(?:{ends})?|(?:{parts})(?:{ends})"),
        one=re.compile(parts),
        japanese=re.compile(f"(?:{_any(table['japanese'])})(?=([{_HANZI}]{{1,3}}))"),
        western=re.compile(_any(table["western"])),
        never=frozenset(table["never"].split()),
        brands=re.compile(_any(evidence().cues["brands"]["words"])),
    )


def of_peoples(text: str, words: Cut) -> Iterator[Weighed]:
    """Names of parts, Japanese and Western ones, with their points."""
    tables = peoples()
    for pattern, base in ((tables.several, 3.5), (tables.one, -2.5)):
        for m in pattern.finditer(text):
            start, end = m.span()
            if m.group() in tables.never or _PLACE.match(text, end) or text[end : end + 1] == "·":
                continue
            if words.tag(start).startswith("ns") and words.word(start)[1] >= end:
                continue
            left, right = beside(text, start, end)
            short = 1.5 * (end - start < 4)
            yield start, end, base - short + left + min(right, 4.0)
    for m in tables.western.finditer(text):
        start, end = m.span()
        if "·" in (text[start - 1 : start], text[end : end + 1]) or _PLACE.match(text, end) or not words.starts(start):
            continue
        left, right = beside(text, start, end)
        yield start, end, left + min(right, 4.0) + (0.5 if end - start > 2 else -1.5) - 2.0
    for m in _SLAVIC.finditer(text):
        left, right = beside(text, *m.span())
        yield *m.span(), 4.0 + left + min(right, 4.0)
    yield from _japanese(text, words)


def _japanese(text: str, words: Cut) -> Iterator[Weighed]:
    given, stop = evidence().given, evidence().stop
    for m in peoples().japanese.finditer(text):
        if not words.starts(m.start()) or _PLACE.match(text, m.end()):
            continue
        place = words.tag(m.start()).startswith("ns")  # 山口, 千叶
        for length in range(1, len(m.group(1)) + 1):
            fits = [UNLISTED if c in stop else given.get(c, -1.0) for c in m.group(1)[:length]]
            if min(fits) < -1:
                break
            end = m.end() + length
            left, right = beside(text, m.start(), end)
            yield m.start(), end, sum(fits) / 2 + left + min(right, 4.0) - 3.0 - 3.0 * place + 0.5 * length


def branded(text: str) -> list[tuple[int, int]]:
    """Where brands and stars stand whose names look like anybody's."""
    return [m.span() for m in peoples().brands.finditer(text)]
