"""Read figures however they are written: full width, circled, spaced, dashed, spoken, in Hanzi, with look-alikes.

`plain` gives a text in two views of one length, both with the way back to what was typed: `text` with widths, marks,
look-alike letters and traditional characters folded, and `figures`, in which Hanzi that stand for a digit are digits.
`runs` gives the chains of digits that people break up: 138-0013-8000, 一三八 零零一三 然后八零零零, 1 3 8 0 0 …
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from csworkshop.text.datafile import DataFileError, read_toml
from csworkshop.text.normalise import fold

LOOK_ALIKES = Path(__file__).parent / "look_alikes.toml"
READ_OUT = 8  # digits in a group when a number is read out with words and commas between its groups
RUN_TOGETHER = 22  # digits from which on a group may be several numbers
LONGEST = 24  # digits; nothing that is looked for has more
_KEYCAP = "\ufe0f\u20e3"  # what turns 1 into 1️⃣
# What may stand between two groups of one number: marks and blanks, or what somebody says while reading it out.
_TIGHT = re.compile(r"[ \-_.·/*—–]{1,3}| ?[(（]|[)）] ?|[-—–]{2}")
_LOOSE = re.compile(
    r"[\s\-_.·/*—–、，。；;：:（）()…~～]{0,3}"
    r"(?:(?:然后|接着|后面|后边|中间|前面|最后|下面|再来|剩下)?(?:再|就|再就)?(?:的?是)?|[嗯呃啊哦哈那个空格杠点]{1,2}|横杠|再)"
    r"[\s\-_.·/*—–、，。；;：:（）()…~～]{0,3}"
)


@lru_cache(maxsize=1)
def look_alikes() -> dict[str, dict[str, str]]:
    """The tables of `look_alikes.toml`: name -> character -> what it is read as."""
    found = {}
    for name, pair in read_toml(LOOK_ALIKES).items():
        if len(pair["from"]) != len(pair["to"]):
            raise DataFileError(LOOK_ALIKES, name, "from and to must be equally long")
        found[name] = dict(zip(pair["from"], pair["to"], strict=True))
    return found


@dataclass(frozen=True)
class Plain:
    """Two views of one length; `origin[i]` is the offset in `typed` of character i, with the end as last entry."""

    typed: str
    text: str
    figures: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the typed text for the span [start, end) of a view."""
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=64)
def plain(typed: str) -> Plain:
    """The two views of `typed`."""
    tables = look_alikes()
    latin, marks, traditional, digits = (tables[n] for n in ("latin", "marks", "traditional", "digits"))
    folded = fold(typed)
    chars: list[str] = []
    figures: list[str] = []
    origin: list[int] = []
    for i, c in zip(folded.origin, folded.text, strict=False):
        read = c
        if c >= "\x80":
            if c in _KEYCAP:
                continue
            read = latin.get(c) or marks.get(c) or traditional.get(c) or _digit(c) or c
        chars.append(read)
        figures.append(read)
        origin.append(i)
    return Plain(typed, "".join(chars), _read_inside(_spoken("".join(figures), digits)), (*origin, len(typed)))


def _digit(c: str) -> str:
    """① and ١ as 1; a Hanzi stays, it is a digit in one view only."""
    value = unicodedata.digit(c, None)
    return str(value) if value is not None and value < 10 else ""


def _spoken(text: str, digits: dict[str, str]) -> str:
    """Hanzi digits as digits; not one that begins or ends another word, as 一 in 13800138000一直."""
    if not any(d in text for d in digits):
        return text

    def read(m: re.Match[str]) -> str:
        start, end = m.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if end - start == 1 and (before.isascii() and before.isdigit()) != (after.isascii() and after.isdigit()):
            beside = after if before.isdigit() else before
            if "\u3400" <= beside <= "\u9fff":
                return m.group()
        return "".join(digits[c] for c in m.group())

    return re.sub("[" + "".join(digits) + "]+", read, text)


def _read_inside(text: str) -> str:
    """Characters that stand for a digit only beside others: O in 13O, 洞 in 幺洞拐."""
    inside = look_alikes()["inside"]
    if not any(c in inside for c in text):
        return text
    chars = list(text)
    letters = "".join(map(re.escape, inside))
    for m in re.finditer(rf"(?<![A-Za-z])(?=[\d{letters}]*\d)[\d{letters}]{{3,}}(?![A-Za-z])", text):
        if sum(c.isdigit() for c in m.group()) >= max(3, len(m.group()) / 3):
            chars[m.start() : m.end()] = [inside.get(c, c) for c in m.group()]
    return "".join(chars)


@dataclass(frozen=True)
class Group:
    """Digits that stand together: their span in the views, and what stands between them and the group before."""

    start: int
    end: int
    digits: str
    gap: str  # "" for the first of a run; joined, tight for marks and blanks, loose for words and commas


_GROUP = re.compile(r"\d+(?:[ -]?[Xx×](?![A-Za-z\d×*]| ?\d))?")
# 打13800138000一直没人接: the last 一 belongs to the next word.
_NEXT_WORD = re.compile(r"[直会下个些样定般起点天号月次楼层位块元家套边面旦概]")


def runs(view: Plain) -> Iterator[list[Group]]:
    """Chains of digit groups that may be one number; a change from 0-9 to Hanzi begins a new group."""
    chain: list[Group] = []
    last = 0
    for start, end in _groups(view):
        gap = ("joined" if start == last else _gap(view.figures[last:start])) if chain else ""
        if chain and not gap:
            yield chain
            chain = []
        digits = re.sub("[ -]", "", view.figures[start:end].upper().replace("×", "X"))
        chain.append(Group(start, end, digits, gap if chain else ""))
        last = end
    if chain:
        yield chain


def _groups(view: Plain) -> Iterator[tuple[int, int]]:
    for m in _GROUP.finditer(view.figures):
        start, end = m.span()
        if end - start > 4 and _NEXT_WORD.match(view.figures, end) and view.text[end - 1] in "一两":
            end -= 1
        cut = start
        for i in range(start + 1, end):
            if view.figures[i].isdigit() and (view.text[i] > "\x80") != (view.text[i - 1] > "\x80"):
                yield cut, i
                cut = i
        yield cut, end


def _gap(between: str) -> str:
    if len(between) > 9:
        return ""
    return "tight" if _TIGHT.fullmatch(between) else "loose" if _LOOSE.fullmatch(between) else ""


def numbers(chain: list[Group]) -> Iterator[tuple[int, int, str, bool]]:
    """Every number that whole neighbouring groups may form: start, end, digits, whether a loose gap is inside."""
    for i, first in enumerate(chain):
        if len(first.digits) >= RUN_TOGETHER:
            yield from _pieces(first)
        digits, loose = "", False
        for j in range(i, len(chain)):
            group = chain[j]
            digits += group.digits
            loose = loose or (j > i and group.gap == "loose")
            if len(digits) > LONGEST or (loose and len(group.digits) > READ_OUT):
                break
            yield first.start, group.end, digits, loose


def _pieces(group: Group) -> Iterator[tuple[int, int, str, bool]]:
    """Numbers of people that stand together without anything between them: an ID card and a phone, two phones."""
    size = len(group.digits)
    if group.end - group.start != size:
        return
    for length in (18, 11):
        for start in (0, size - length):
            yield group.start + start, group.start + start + length, group.digits[start : start + length], False
