"""What a reply states of a case and offers in it: true rows of the back office, untrue ones, options, denials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from csworkshop.practice.case import Case
from csworkshop.practice.parts import Desk, Option
from csworkshop.techniques.echo import plain
from csworkshop.techniques.relevance import case_of, contradicted
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses

_NEGATED = re.compile(
    r"(?:(?<!能)不能|(?<!可)不可以|不支持|没法|无法|没办法|不会|不给|不予|不得|不在|不能够|不是|没有|别(?!的)|办不了|不承诺|不敢)[^，。]{0,7}$"
)
_NEGATED_AFTER = re.compile(
    r"^[^，。]{0,4}(?:不了|不行|没法|不可以|不在|办不到|做不到|不支持|不现实|没有|不能|来不及|赶不上|不到)"
)
_NOT_GRANTED = re.compile(r"没(?:有?权限|法|办法|有)|无法|(?<!能)不(?:能|可以|支持|会|给|予|单独|在|行|了)")
ADMITS = re.compile(
    r"(?:刚才|之前|前面|上面|刚刚)[^。]{0,10}(?:说错|讲错|记错|看错|不对|不准|弄错|搞错|说得?太满)|更正|纠正一下|收回|我说错了|口误"
)
_MONEY = re.compile(r"(\d+(?:\.\d+)?)")
GRAVE_MONEY = 50


@dataclass(frozen=True)
class Said:
    """Something that the reply says of the case: the id it is about and the words."""

    id: str
    words: str


def match(patterns: Sequence[str], text: str) -> re.Match[str] | None:
    return next((m for p in patterns if (m := _compiled(p).search(text))), None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def statements(reply: str, case: Case, scenario: Scenario) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """Rows of the back office that the reply tells rightly, and those that it contradicts, with the words."""
    text = fold(reply).text
    told = tuple(d.id for d in case.desk if d.true and stated(d.true, text))
    false: dict[str, Said] = {}
    for desk in case.desk:
        words = stated(desk.false, text) or _over_limit(desk, text, case_of(scenario).numbers)
        if words:
            false[desk.id] = Said(desk.id, words)
    for figure in sorted(contradicted(reply, scenario)):
        number = _MONEY.search(figure)
        if figure[-1] in "元块" and number and float(number[1]) >= GRAVE_MONEY and not false:
            false["figure"] = Said("figure", figure)
    return told, tuple(false.values())


def stated(patterns: Sequence[str], text: str, *, granted: bool = False) -> str:
    """The words in which one of the patterns is stated; "" if it is only negated.

    `granted` says that a negation inside the words takes them back too (误工费我没有权限赔); otherwise the pattern's
    own negations are what it looks for.
    """
    for pattern in patterns:
        for m in _compiled(pattern).finditer(text):
            inside = granted and _NOT_GRANTED.search(m[0])
            if not inside and not _negated(text, m.start(), m.end()):
                return m[0]
    return ""


def _negated(text: str, start: int, end: int) -> bool:
    return bool(_NEGATED.search(text[max(0, start - 12) : start]) or _NEGATED_AFTER.search(text[end : end + 8]))


def _over_limit(desk: Desk, text: str, known: frozenset[str]) -> str:
    """Words that give more than the row allows: a figure with the row's unit in a clause that is about it."""
    if desk.most is None:
        return ""
    for a, b in clauses(text):
        piece = plain(text[a:b])
        if match(desk.about, piece) and not _negated(piece, len(piece), len(piece)):
            for m in re.finditer(rf"(\d+(?:\.\d+)?)\s*{desk.unit}", piece):
                if float(m[1]) > desk.most and m[1] not in known and not _negated(piece, m.start(), m.end()):
                    return text[a:b]
    return ""


def offers(reply: str, case: Case) -> tuple[tuple[Said, ...], tuple[str, ...]]:
    text = fold(reply).text
    offered, denied = [], []
    for option in case.options:
        words = _offer(option, text)
        if words:
            offered.append(Said(option.id, words))
        elif match(option.offers, text) and not match(option.unless, text):
            denied.append(option.id)
    return tuple(offered), tuple(denied)


def _offer(option: Option, text: str) -> str:
    if option.unless and match(option.unless, text):
        return ""
    return stated(option.offers, text, granted=True)
