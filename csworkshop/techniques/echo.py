"""Which clauses of a reply take up concrete facts of the customer's message.

A fact is seen by what is rare: numbers with their unit, and pairs of characters that the customer used and that
ordinary service talk does not (a list of common pairs, made from replies to other customers, is left out).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from csworkshop.text.segment import Span

COMMON = Path(__file__).parent / "common_pairs.txt"
_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"两": "2", "〇": "0"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@lru_cache(maxsize=1)
def common_pairs() -> frozenset[str]:
    """Pairs of characters that say nothing about a customer's case, from `common_pairs.txt`."""
    return frozenset(COMMON.read_text("utf-8").split())


def numerals(text: str) -> str:
    """`text` with simple Chinese numerals (up to 99) as digits of their own, so that 第九天 and 第9天 are alike."""
    text = "".join(_DIGITS.get(c, c) for c in text)
    text = re.sub(r"(\d)十(\d)", r"\1\2", text)
    text = re.sub(r"(\d)十", r"\g<1>0", text)
    return re.sub(r"十(\d)", r"1\1", text).replace("十", "10")


@lru_cache(maxsize=4096)
def _features(text: str) -> frozenset[str]:
    plain = numerals(text)
    pairs = {plain[i : i + 2] for i in range(len(plain) - 1)}
    return frozenset(p for p in pairs if p.isalnum() and not p.isdigit()) - common_pairs()


def echoes(reply: str, clauses: list[Span], customer: str) -> list[tuple[Span, float]]:
    """Each clause with the weight of what it shares with `customer`: 1 per rare pair, 2 per number of two digits or
    with its unit."""
    if not customer:
        return []
    theirs = _features(customer)
    their_numbers = {n for n in _NUMBER.findall(numerals(customer)) if len(n) > 1}
    weighed = []
    for start, end in clauses:
        piece = reply[start:end]
        shared = _features(piece) & theirs
        numbers = set(_NUMBER.findall(numerals(piece))) & their_numbers
        weighed.append(((start, end), len(shared) + 2.0 * len(numbers)))
    return weighed
