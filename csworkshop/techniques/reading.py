"""A reply as the rules read it: folded, cut up, and sifted once for all of them."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

from csworkshop.techniques.echo import echoes
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.expressions import Sieve
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span, clauses, sentences

_QUOTED = re.compile(r"“[^”\n]{1,40}”|‘[^’\n]{1,40}’|《[^》\n]{1,40}》|\"[^\"\n]{1,40}\"")


class Piece(NamedTuple):
    """A span of the reply, its words, and the expressions that could match in it."""

    start: int
    end: int
    words: str
    mask: int


class Reading:
    """A folded reply beside its scenario, cut up once for all rules; `sieve` knows the rules' expressions."""

    def __init__(self, text: str, scenario: Scenario | None, sieve: Sieve) -> None:
        self.text = text
        self.scenario = scenario
        self.sieve = sieve
        self._mask = sieve.sift(text)
        self.mask = self._mask(0, len(text))  # the expressions that could match somewhere in the reply

    @cached_property
    def clauses(self) -> list[Span]:
        return clauses(self.text)

    @cached_property
    def sentences(self) -> list[Span]:
        return sentences(self.text)

    @cached_property
    def quoted(self) -> list[Span]:
        return [m.span() for m in _QUOTED.finditer(self.text)]

    @cached_property
    def echoed(self) -> list[tuple[Span, float]]:
        return echoes(self.text, self.clauses, self.customer)

    @cached_property
    def customer(self) -> str:
        return _customer(self.scenario.customer) if self.scenario else ""

    def sentence(self, at: int) -> str:
        """The sentence around an offset."""
        return next((self.text[s:e] for s, e in self.sentences if s <= at < e), "")

    def sentence_end(self, at: int, default: int) -> int:
        """Where the sentence around an offset ends."""
        return next((e for s, e in self.sentences if s <= at < e), default)

    def pieces(self, scope: str) -> list[Piece]:
        """The pieces of the given scope: clause, sentence, opening (first sentence) or reply."""
        if scope == "opening":
            return self._pieces["sentence"][:1]
        return self._pieces[scope]

    @cached_property
    def _pieces(self) -> dict[str, list[Piece]]:
        scopes = {"clause": self.clauses, "sentence": self.sentences}
        pieces = {scope: [self._piece(*span) for span in spans] for scope, spans in scopes.items()}
        return pieces | {"reply": [Piece(0, len(self.text), self.text, self.mask)] if self.text.strip() else []}

    def _piece(self, start: int, end: int) -> Piece:
        return Piece(start, end, self.text[start:end], self._mask(start, end))


@lru_cache(maxsize=256)  # replies to one customer come together, and `fold` has forgotten it by the next one
def _customer(message: str) -> str:
    return fold(message).text
