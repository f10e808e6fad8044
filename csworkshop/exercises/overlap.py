"""Where marked words meet the words they should have met: not too few of them, and not half the page besides.

All spans are code-point offsets into one text, end exclusive. Blanks count for nothing; punctuation counts, since it
may be the fault itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span, clauses

LEAST = 0.34  # share of the words that a mark must have, unless it lies inside them
LEAST_INSIDE = 3  # characters of a mark that lies inside the words
SLACK = 6  # characters that a mark may take in outside the clauses of the words
TOO_WIDE = 2.5  # times the length of these clauses; a longer mark points at nothing


@dataclass(frozen=True)
class Area:
    """Words of a text, and the clauses they stand in: marking the whole clause is as good."""

    text: str
    words: Span
    around: Span

    def fit(self, start: int, end: int) -> float:
        """1 where the mark hits the words, 0.5 where it is too wide for it, 0 where it doesn't mean them."""
        mark = _letters(self.text, (start, end))
        core, near = _letters(self.text, self.words), _letters(self.text, self.around)
        hit = len(mark & core)
        inside = mark <= core and hit >= min(LEAST_INSIDE, len(core))
        if not hit or (hit < LEAST * len(core) and not inside) or len(mark) > max(TOO_WIDE * len(near), SLACK):
            return 0.0
        return 1.0 if len(mark - near) <= SLACK else 0.5


def places(text: str, words: Sequence[str]) -> list[Span]:
    """Where each of the words stands; each stands there once."""
    return [(at, at + len(w)) for w in words for at in (text.index(w),)]


def areas(text: str, words: Sequence[str]) -> list[Area]:
    """The area of each of the words, and one of all where they stand side by side: they may be marked at one go."""
    found = [area(text, span) for span in places(text, words)]
    row = sorted(found, key=lambda a: a.words)
    if len(row) > 1 and all(a.around[1] >= b.around[0] for a, b in pairwise(row)):
        found.append(area(text, (row[0].words[0], row[-1].words[1])))
    return found


def area(text: str, words: Span) -> Area:
    """The words with the clauses that they touch, closing marks included."""
    start, end = words
    for a, b in phrases(text):
        if a < end and start < b:
            start, end = min(start, a), max(end, b)
    return Area(text, words, (start, end))


def phrases(text: str) -> list[Span]:
    """The clauses of a text as typed, each with its closing marks: together they are the whole text."""
    folded = fold(text)
    starts = [folded.span(a, b)[0] for a, b in clauses(folded.text)]
    cuts = [len(text[:start].rstrip("“‘（《【(")) for start in starts[1:]]  # what opens a clause goes with it
    return list(zip([0, *cuts], [*cuts, len(text)], strict=True))


def _letters(text: str, span: Span) -> frozenset[int]:
    return frozenset(i for i in range(max(span[0], 0), min(span[1], len(text))) if not text[i].isspace())
