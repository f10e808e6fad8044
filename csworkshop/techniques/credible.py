"""Is this a reply that somebody could send, or a pile of words made to please a checker?

Bought marks come from piles: key words in a row, labels with one word behind each ("时限:24小时。方案:有。"), the same
phrase again and again. People write clauses: words tied together by the small words of grammar. The limits below let
through all but 2 in 1,000 of the labelled replies that show any technique (tests/techniques/test_credible.py).
"""

from __future__ import annotations

import re

from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses

# Small words that tie others together; a pile of key words has next to none.
_TIES = frozenset(
    "的了是我您你们咱他它在给到就都也会能要不没有这那把和跟与还先再又才吗呢吧啊让叫被为从对向往上下来去过着得地"
    "请可以如若但而且所因并将之于其此该已需按由至时后前内中里等多少几个一两么什怎"
)
# A label in brackets or before a colon, with a word or two behind it.
_LABEL = re.compile(
    r"(?:^|[。；，、\s【\[])[【\[]?[\u4e00-\u9fff]{2,4}[】\]]?[：】\]]"
    r"(?=[^：，。；]{1,12}(?:[。；，、\s]|$))"
)
MIN_WORDS = 16  # shorter texts are judged by what they say


def credible(reply: str) -> bool:
    """False for a pile of key words, of labels or of repetitions; True for anything that reads as clauses."""
    text = fold(reply).text
    pieces = [[c for c in text[a:b] if c.isalnum()] for a, b in clauses(text)]
    words = [c for piece in pieces for c in piece]
    if len(words) < MIN_WORDS:
        return True
    return not (_labels(text) or _crumbs(pieces) or _untied(pieces) or _repeats("".join(words)))


def _labels(text: str) -> bool:
    return len(_LABEL.findall(text)) >= 3


def _crumbs(pieces: list[list[str]]) -> bool:
    """Many clauses of a word or two each, with nothing that ties them."""
    short = sum(len(p) <= 5 for p in pieces)
    return len(pieces) >= 6 and short >= 0.75 * len(pieces) and _ties([c for p in pieces for c in p]) < 0.36


def _untied(pieces: list[list[str]]) -> bool:
    """Mostly clauses longer than people write, without the small words that would make them so."""
    hanzi = [[c for c in p if not c.isascii()] for p in pieces]  # a clause with part numbers and dates is no pile
    untied = sum(len(p) for p in hanzi if len(p) >= 20 and _ties(p) < 0.2)
    return untied > 0.5 * sum(map(len, pieces))


def _repeats(words: str) -> bool:
    runs = [words[i : i + 4] for i in range(len(words) - 3)]
    return len(words) >= 40 and len(set(runs)) < 0.7 * len(runs)


def _ties(words: list[str]) -> float:
    return sum(c in _TIES for c in words) / len(words)
