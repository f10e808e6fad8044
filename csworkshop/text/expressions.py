"""Regular expressions that remember what they found, and a sieve that says which of many could match a text at all.

A reply is read by more than a thousand expressions, nearly all of which find nothing. Each needs certain words:
`退款|退[给回]您` can match only where 退款, 给您 or 回您 stands. `needs` reads such words off the expression, cut
down to characters and pairs of them, so that one walk over the pairs of a text tells which expressions may match.
Russ Cox describes the idea in "Regular Expression Matching with a Trigram Index" (2012).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from csworkshop.text.segment import Span

ALWAYS = 1  # the bit that every mask has
MEMORY = 256  # pieces of text that each expression remembers: more than somebody types at once
MOST_WORDS = 400  # an expression part that stands for more words than these is not spelt out
# How often a word of one of these sorts is met in replies; only the ratios matter.
COMMON, CHARACTER, PAIR = 100, 10, 1
_COMMON = frozenset("您的我一不了给们是到有天这个在就上来会可好你以下先请要能把都后里也没说时点出前打今单明查看理家么")
# Where these stand, the case of Latin letters is no matter of a-z and A-Z alone: re.IGNORECASE takes ſ for s.
_ODD_CASE = re.compile("[\u0130\u0131\u017f\u212a]")
_DIGIT = re.compile(r"\d")


class Expression:
    """A compiled expression that remembers what it found: while somebody types, only one clause is new.

    The memory is the object's own; one keyed by the compiled pattern would walk the whole pattern to hash it.
    """

    def __init__(self, source: str) -> None:
        self.compiled = re.compile(source, re.IGNORECASE)
        self._known: dict[str, Span | None] = {}

    def search(self, piece: str) -> Span | None:
        """Span of the first match in `piece`, or None."""
        try:
            return self._known[piece]
        except KeyError:
            if len(self._known) >= MEMORY:
                self._known.clear()
            m = self.compiled.search(piece)
            self._known[piece] = span = m.span() if m else None
            return span


@lru_cache(maxsize=4096)
def join(patterns: tuple[str, ...]) -> Expression:
    """One expression that matches where any of `patterns` does."""
    return Expression("|".join(f"(?:{p})" for p in patterns))


class Sieve:
    """Of many groups of expressions, those that could match a piece of text; every expression is one bit of a mask."""

    def __init__(self, groups: Iterable[tuple[str, ...]]) -> None:
        self.groups: dict[tuple[str, ...], int] = {}  # the bits of a group's expressions, in the order of the group
        self._sources = [""]  # the bit that they share is their place here
        for group in dict.fromkeys(groups):
            first = len(self._sources)
            self._sources += group
            self.groups[group] = (1 << len(self._sources)) - (1 << first)
        self._expressions: list[Expression | None] = [None] * len(self._sources)  # compiled when first needed
        # What a character or a pair speaks for: in the lower half of the bits the expressions that need it or its
        # like, in the upper half those for which it is the second such need.
        self._half = len(self._sources)
        self._words: dict[str, int] = {}
        self._always = ALWAYS | ALWAYS << self._half
        for n, source in enumerate(self._sources):
            for bit, words in zip((1 << n, 1 << n + self._half), needs(source), strict=True):
                self._always |= 0 if words else bit
                for word in words:
                    self._words[word] = self._words.get(word, 0) | bit

    def sift(self, text: str) -> Callable[[int, int], int]:
        """A function that tells of the piece [start, end) of `text` which expressions could match in it, as bits."""
        every, half = (1 << self._half) - 1, self._half
        text = _plain(text)
        if not text:
            return lambda start, end: every
        bits = self._words.get
        single = [bits(c, 0) for c in text]
        pairs = [bits(a + b, 0) for a, b in pairwise(text)]

        def mask(start: int, end: int) -> int:
            both = reduce(or_, single[start:end], reduce(or_, pairs[start : max(start, end - 1)], self._always))
            return both & both >> half & every

        return mask

    def search(self, bits: int, piece: str) -> Span | None:
        """What `join(group).search(piece)` finds, if `bits` are those of the group that are left in the sieve."""
        best: Span | None = None
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            span = self._expression(lowest.bit_length() - 1).search(piece)
            if span and (best is None or span[0] < best[0]):
                best = span
        return best

    def _expression(self, number: int) -> Expression:
        expression = self._expressions[number]
        if expression is None:
            expression = self._expressions[number] = join((self._sources[number],))
        return expression


# --- the words that an expression needs -------------------------------------------------------------------------


def needs(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Two sets of characters and pairs, `_plain`: whatever `source` matches holds one of each.

    An empty set asks for nothing. What look-arounds ask for is left out.
    """
    _, factors = _read(parser.parse(source, re.IGNORECASE))
    first, second, *_ = [*sorted(factors, key=_weight), frozenset[str](), frozenset[str]()]
    return first, second


def _read(sequence: Iterable[tuple[Any, Any]]) -> tuple[frozenset[str] | None, list[frozenset[str]]]:
    """All words that a parsed expression stands for, if it can be spelt out, and sets of which it needs one each."""
    factors: list[frozenset[str]] = []
    spelt = True
    run = frozenset([""])  # what has been spelt out since the last part that could not be
    for code, value in sequence:
        words, inner = _part(code, value)
        factors += inner
        if words is not None and len(run) * len(words) <= MOST_WORDS:
            run = frozenset(a + b for a in run for b in words)
            continue
        spelt = False
        factors += _factor(run)
        run = frozenset([""]) if words is None else words
    factors += _factor(run)
    return run if spelt else None, factors


def _part(code: Any, value: Any) -> tuple[frozenset[str] | None, list[frozenset[str]]]:
    """The same for one part of a parsed expression."""
    read: tuple[frozenset[str] | None, list[frozenset[str]]] = (None, [])
    if code is op.LITERAL:
        read = _letters([(code, value)]), []
    elif code is op.IN:
        read = _letters(value), []
    elif code in (op.AT, op.ASSERT, op.ASSERT_NOT):
        read = frozenset([""]), []
    elif code is op.SUBPATTERN:
        read = _read(value[-1])
    elif code is op.BRANCH:
        read = _branches([_read(branch) for branch in value[1]])
    elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, repeated = value
        words, factors = _read(repeated)
        if words is not None and most == 1:
            read = words if least else words | {""}, []
        else:
            read = None, factors if least else []
    return read


def _branches(
    read: Sequence[tuple[frozenset[str] | None, list[frozenset[str]]]],
) -> tuple[frozenset[str] | None, list[frozenset[str]]]:
    spelt = [words for words, _ in read if words is not None]
    together = frozenset[str]().union(*spelt)
    if len(spelt) == len(read) and len(together) <= MOST_WORDS:
        return together, []
    if not all(factors for _, factors in read):
        return None, []
    return None, [frozenset[str]().union(*(min(factors, key=_weight) for _, factors in read))]


def _plain(text: str) -> str:
    """`text` as needs are told: Latin letters in lower case, every digit a 0; "" where that is no simple matter."""
    return "" if _ODD_CASE.search(text) else _DIGIT.sub("0", text.lower())


def _letter(code: int) -> frozenset[str] | None:
    c = chr(code)
    return frozenset([_plain(c)]) if c.isascii() or c.lower() == c.upper() else None


def _letters(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for code, value in members:
        if code is op.LITERAL:
            few: Iterable[int] = [value]
        elif code is op.RANGE and value[1] - value[0] < MOST_WORDS:
            few = range(value[0], value[1] + 1)
        elif code is op.CATEGORY and value is op.CATEGORY_DIGIT:
            few = [ord("0")]
        else:
            return None
        for letter in map(_letter, few):
            if letter is None:
                return None
            found |= letter
    return found


def _factor(words: frozenset[str]) -> list[frozenset[str]]:
    """One character or pair out of each word: from its end, and from its beginning."""
    if "" in words or not words:
        return []
    last, first = frozenset(word[-2:] for word in words), frozenset(word[:2] for word in words)
    return [last] if first == last else [last, first]


def _weight(factor: frozenset[str]) -> int:
    """How often one of these words will be met, roughly."""
    return sum(PAIR if len(word) > 1 else COMMON if word in _COMMON else CHARACTER for word in factor)
