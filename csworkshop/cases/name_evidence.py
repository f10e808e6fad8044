"""How much speaks for a name: characters, words around it, and how a word list would cut the text.

Points are natural logarithms of likelihood ratios, or set to be of their size (`names_cues.toml`): what the characters
of a name say is counted (`names_characters.toml`), what stands beside it is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from csworkshop.cases.words import Cut, commonness
from csworkshop.text.datafile import read_toml

CHARACTERS = Path(__file__).parent / "names_characters.toml"
CUES = Path(__file__).parent / "names_cues.toml"
ODDLY_GIVEN = -3.0
UNLISTED = -6.0  # points of a character that no given name is known with
MOST_GIVEN = 4.5  # one telling character is not enough for a name
WIDEST = 24  # characters beside a name that are read
# Tags of rjieba's word list that no part of a name has.
_GRAMMAR = ("t", "m", "r", "d", "p", "c", "u", "y", "q", "f", "e")


@dataclass(frozen=True)
class Evidence:
    """The tables, ready for use."""

    given: dict[str, float]
    surname: dict[str, float]
    compound: frozenset[str]
    left: tuple[tuple[float, re.Pattern[str]], ...]
    right: tuple[tuple[float, re.Pattern[str]], ...]
    cues: dict[str, Any]
    titles: re.Pattern[str]
    measure: re.Pattern[str]
    bias: float
    never_points: float
    stop: frozenset[str]
    jobs: frozenset[str]
    never: frozenset[str]
    never_behind: frozenset[str]


@lru_cache(maxsize=1)
def evidence() -> Evidence:
    """The tables that ship with the kit."""
    tables, cues = read_toml(CHARACTERS), read_toml(CUES)
    points = {n: {c: float(k) for k, cs in tables[n].items() for c in cs} for n in ("given", "surname")}

    def sided(name: str) -> tuple[tuple[float, re.Pattern[str]], ...]:
        return tuple((float(e["points"]), re.compile("|".join(f"(?:{p})" for p in e["any"]))) for e in cues[name])

    lately = dict.fromkeys(tables["given_lately"]["all"], 2.0)
    given = {c: min(p, MOST_GIVEN) for c, p in points["given"].items()}
    return Evidence(
        given={**lately, **{c: max(p, lately.get(c, p)) for c, p in given.items()}},
        surname=points["surname"],
        compound=frozenset(tables["compound_surname"]["all"].split()),
        left=sided("left"),
        right=sided("right"),
        cues=cues,
        titles=re.compile(cues["titles"]["any"]),
        measure=re.compile(cues["measure"]["after"]),
        bias=float(cues["bias"]),
        never_points=float(cues["never"]["points"]),
        jobs=frozenset(cues["titles"]["jobs"].split("|")),
        stop=frozenset(cues["stop"]["characters"]),
        never=frozenset(cues["never"]["words"].split()),
        never_behind=frozenset(cues["titles"]["never_behind"]),
    )


def cut_points(text: str, words: Cut, start: int, end: int, family: int) -> float:
    """What the cut says of a name [start, end) whose surname has `family` characters."""
    first, last = words.at[start], words.at[end - 1]
    whole = words.words[first]
    if whole[0] == start and whole[1] == end:  # one word of the list
        common = commonness(text[start:end])
        if whole[2].startswith("nr"):
            return 4.0 - 0.3 * common if end - start > 2 else 3.0 - 0.8 * common
        return -1.0 - common
    points = 0.0
    if whole[0] < start:
        points -= 1.0 if whole[2].startswith("nr") else 4.0
    if words.words[last][1] > end:
        points -= 1.0 if words.words[last][2].startswith("nr") else 3.5
    for n in range(first, last + 1):
        begin, stop, tag = words.words[n]
        if stop - begin == 1:
            points += 0.5
        elif begin >= start + family:  # 水生, 爱民: a given name that is a word, too
            points -= (0.2 if tag.startswith(("nr", "nz", "ns")) else 0.5) * commonness(text[begin:stop])
            points -= 1.5 * tag.startswith(_GRAMMAR)
        elif begin == start and family == 1 and stop <= end and not tag.startswith("nr"):
            points -= 3.0  # 高兴 + 国
    return points


def beside(text: str, start: int, end: int) -> tuple[float, float]:
    """What the words before and after [start, end) say: the strongest of each side that speaks for a name, and the
    strongest against."""
    return left_points(text[max(0, start - WIDEST) : start]), right_points(text[end : end + WIDEST])


@lru_cache(maxsize=4096)  # many candidates begin and end at the same places
def left_points(left: str) -> float:
    """What the words `left`, right before a name, say of it."""
    before = [p for p, pattern in evidence().left if pattern.search(left)]
    return max(0.0, *before, 0.0) + min(0.0, *before, 0.0) * (not any(p > 3 for p in before))


@lru_cache(maxsize=4096)
def right_points(right: str) -> float:
    """What the words `right`, right behind a name, say of it."""
    return max(0.0, *(p for p, pattern in evidence().right if pattern.search(right)), 0.0)


def characters(text: str, start: int, end: int, family: int) -> float:
    """What the characters of a name say; a compound surname says much."""
    e = evidence()
    said = 6.0 if family > 1 else e.surname.get(text[start], UNLISTED)
    given = [_given(c, e) for c in text[start + family : end]]
    # Parents choose both characters; two that fit weigh more than one, but less than twice as much.
    return said + (
        sum(given) if min(given, default=0) < 0 else max(given, default=0) + 0.5 * (sum(given) - max(given, default=0))
    )


def _given(c: str, e: Evidence) -> float:
    """Points of a character of a given name; 可 and 之 are in many names, and in more of what isn't one."""
    if c in e.stop:
        return ODDLY_GIVEN if e.given.get(c, UNLISTED) > 0 else UNLISTED
    return e.given.get(c, UNLISTED)


def measured(text: str, start: int) -> bool:
    """Whether the character is a measure word after a numeral: 一张, 几包."""
    e = evidence()
    return text[start] in e.cues["measure"]["surnames"] and bool(e.measure.search(text[max(0, start - 4) : start]))
