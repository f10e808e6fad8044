"""Find names of persons: full names, field values, and the other forms in `name_forms.py`.

Every place where a name could stand is weighed: how telling its characters are, what stands beside it, how a word
list cuts the text. Names that were found surely are found again wherever they stand in the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from csworkshop.cases.name_evidence import beside, characters, cut_points, evidence, measured
from csworkshop.cases.name_forms import dotted, given_names, is_titled, kin, latin, nicknames, spaced, titled
from csworkshop.cases.name_peoples import branded, of_peoples
from csworkshop.cases.numerals import Plain
from csworkshop.cases.words import Cut, cut

Span = tuple[int, int]
Weighed = tuple[int, int, float]  # start, end, points
_HANZI = "\u3400-\u9fff"
_FIELD_POINTS = 9.0  # points of the left side that name a field
_MOST_IN_LINE = -9.0  # points with which something may still be a name in a list of names
_OPENS = re.compile(r"(?:^|[\s，,、；;：:/|（(。\u201c「【]|\d[.、．)）]?|\d[改换转或和])$")
_CLOSES = re.compile(r"[\s，,、；;/|）)。\n和与及]|\d[.、．]|\d{3}|$")
_BETWEEN = re.compile(r"[、/|；;和与及 ]{1,2}|[ ，,、；;]?\d{1,2}[.、．)）] ?")
_BEFORE_DATA = re.compile(r"[\s：:，,、；;（(/|]{0,2}")
_MOST_BESIDE = -15.0  # what stands beside a name cannot make up for less
_FIELD_VALUE = re.compile(rf"[{_HANZI}]{{2,4}}(?=[\s，。；、,.;:：（(）)“”\"！？\d~～—\-|]|$)")


def names(view: Plain, busy: list[Span]) -> Iterator[tuple[int, int, bool]]:
    """Names in the text view: start, end, whether it is sure. `busy` spans are known to be something else."""
    text = view.text
    words = cut(text)
    found = weighed(text)
    brands = branded(text)
    if brands:
        found = tuple(f for f in found if f[2] > 0 and not _is_brand(text, f, brands))
    taken = list(busy)
    chosen: list[Weighed] = []
    for begin, end, points in sorted((f for f in found if f[2] > 0), key=lambda f: (-f[2], f[0], -f[1])):
        if all(end <= s or e <= begin for s, e in taken):
            start = begin - _one_more(text, words, begin, end, taken)
            taken.append((start, end))
            chosen.append((start, end, points))
    sure = evidence().cues["sure"]
    for begin, end in _in_line(text, [f for f in found if _MOST_IN_LINE < f[2] <= 0], chosen, busy):
        if all(end <= s or e <= begin for s, e in taken):
            taken.append((begin, end))
            chosen.append((begin, end, sure - 1))
    known = {text[s:e] for s, e, points in chosen if (points >= sure and e - s > 1) or e - s > 2}
    for start, end in _again(text, known, taken):
        chosen.append((start, end, sure))
    for start, end, points in sorted(chosen):
        yield start, end, points >= sure


@lru_cache(maxsize=8)  # the rules weigh, and the tagger looks at the same
def weighed(text: str) -> tuple[Weighed, ...]:
    """Every place of `text` where a name could stand, with its points; those above 0 are names by the rules."""
    words = cut(text)
    return (
        *_by_surname(text, words), *_by_field(text, words), *dotted(text, words), *latin(text), *spaced(text),
        *given_names(text, words), *kin(text, words), *of_peoples(text, words),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _initials() -> re.Pattern[str]:
    e = evidence()
    return re.compile("|".join(e.compound) + "|[" + "".join(e.surname) + "小老阿大·]")


def _again(text: str, known: set[str], taken: list[Span]) -> Iterator[Span]:
    for name in known:
        for m in re.finditer(re.escape(name), text):
            if all(m.end() <= s or e <= m.start() for s, e in taken):
                yield m.span()


def _is_brand(text: str, found: Weighed, brands: list[Span]) -> bool:
    """Whether a find is a part of a brand's name, and no field says that it is a person's."""
    start, end, _ = found
    return any(s < end and start < e for s, e in brands) and beside(text, start, end)[0] < _FIELD_POINTS


def _in_line(text: str, weak: list[Weighed], chosen: list[Weighed], busy: list[Span]) -> Iterator[Span]:
    """What alone would be no name, but fills its place in a list of names or right before somebody's number."""
    alone = [(s, e) for s, e, _ in chosen if _OPENS.search(text[:s][-3:]) and _CLOSES.match(text, e)]
    never = evidence().never
    for start, end, _ in sorted(weak, key=lambda f: f[0] - f[1]):
        if text[start : start + 2] in never or not _OPENS.search(text[max(0, start - 3) : start]):
            continue
        number = any(_BEFORE_DATA.fullmatch(text, end, s) for s, _ in busy if 0 <= s - end <= 2)
        listed = _CLOSES.match(text, end) and any(
            _BETWEEN.fullmatch(text, e, start) if e <= start else _BETWEEN.fullmatch(text, end, s) for s, e in alone
        )
        if number or listed:
            yield start, end


def _one_more(text: str, words: Cut, start: int, end: int, taken: list[Span]) -> bool:
    """Whether 桂英 was found in 向桂英: two given names with a weak surname before them, where a name may begin."""
    e = evidence()
    if end - start != 2 or not start or text[start - 1] not in e.surname or not words.starts(start - 1):
        return False
    if min(e.given.get(c, -6.0) for c in text[start:end]) < 1 or any(s < start <= t for s, t in taken):
        return False
    return beside(text, start - 1, end)[0] >= 1.5


def _by_surname(text: str, words: Cut) -> Iterator[Weighed]:
    surnames = evidence().surname
    for m in _initials().finditer(text):
        i, family = m.start(), len(m.group())
        yield from nicknames(text, words, i)
        if family == 2 or text[i] in surnames:
            yield from titled(text, words, i, family)
            for given in (2, 1):
                yield from _full(text, words, i, family, given)


def _full(text: str, words: Cut, i: int, family: int, given: int) -> Iterator[Weighed]:
    e = evidence()
    end = i + family + given
    name = text[i:end]
    if len(name) < family + given or is_titled(name[family:]) or not _hanzi(name) or measured(text, i):
        return
    points = (
        e.bias
        + (1.0 if given == 2 else -0.5)
        + characters(text, i, end, family)
        + cut_points(text, words, i, end, family)
    )
    if text[end - given : end] == "家":
        return  # 韦家的
    points += e.never_points * (name in e.never or name[:2] in e.never)
    if points > _MOST_BESIDE:
        yield i, end, points + sum(beside(text, i, end))


def _by_field(text: str, words: Cut) -> Iterator[Weighed]:
    """Whatever stands after 姓名： and looks no word."""
    e = evidence()
    for m in _FIELD_VALUE.finditer(text):
        for start in range(m.start(), m.end() - 1):
            name = text[start : m.end()]
            left, right = beside(text, start, m.end())
            if left < _FIELD_POINTS or set(name) & e.stop or _is_word(words, start, m.end()):
                continue
            fits = sum(max(e.given.get(c, -6.0), e.surname.get(c, -6.0)) for c in name) / len(name)
            if fits > (-2.0 if text[start - 1] in "：: 是为叫“（" else 0.5):
                yield start, m.end(), left + e.bias + right + 0.5 * min(0.0, cut_points(text, words, start, m.end(), 0))


def _hanzi(name: str) -> bool:
    return all("\u3400" <= c <= "\u9fff" for c in name)


def _is_word(words: Cut, start: int, end: int) -> bool:
    """Whether the place is filled by words of the list that are no names: 姓名错误, 联系人电话."""
    inside = [w for w in words.words[words.at[start] : words.at[end - 1] + 1] if w[1] - w[0] > 1]
    return any(not w[2].startswith(("nr", "nz", "ns", "b", "a")) for w in inside)
