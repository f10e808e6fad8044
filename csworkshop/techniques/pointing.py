"""The words that the learned reader points at, as evidence in what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from csworkshop.techniques.encoder import Reading
from csworkshop.text.normalise import Folded
from csworkshop.text.segment import Span, clauses

GAP = 3  # characters between two marked runs that are one for the eye
SHORTEST = 2
_EDGE = re.compile(r"^[\s，。；：、！？!?;:,.】【·—-]+|[\s，。；：、;:,.【—-]+$")


@dataclass(frozen=True)
class Evidence:
    """Words of a text as typed: code-point offsets, end exclusive, and the words themselves."""

    start: int
    end: int
    text: str


class ReadsBeside(Protocol):
    """Whatever can read a text beside a context: the encoder, or a reading that was kept."""

    def read_beside(self, text: str, context: str) -> Reading:
        """Read a folded text beside a context."""


@dataclass(frozen=True)
class Kept:
    """A reading that was kept, in the place of the encoder."""

    reading: Reading

    def read_beside(self, text: str, context: str) -> Reading:
        return self.reading


def pointed(read: Reading, column: int, text: str, least: float) -> list[Span]:
    """Runs of pieces whose probability is `least` or more; if there is none, the clause that is likeliest."""
    runs: list[Span] = []
    for (start, end), p in zip(read.spans, read.pieces[:, column], strict=True):
        if p < least:
            continue
        if runs and start - runs[-1][1] <= GAP and "\n" not in text[runs[-1][1] : start]:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    runs = [run for run in (_trim(text, *run) for run in runs) if run[1] - run[0] >= SHORTEST]
    return runs or _likeliest(read, column, text)


def _likeliest(read: Reading, column: int, text: str) -> list[Span]:
    best: tuple[float, Span] | None = None
    for start, end in clauses(text):
        inside = [read.pieces[n, column] for n, (a, b) in enumerate(read.spans) if a < end and start < b]
        weight = float(sum(sorted(inside)[-3:])) if inside else 0.0
        if best is None or weight > best[0]:
            best = weight, (start, end)
    return [best[1]] if best else []


def _trim(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    head = _EDGE.match(words)
    if head:
        start += head.end()
    tail = re.search(r"[\s，。；：、;:,.【—-]+$", text[start:end])
    return start, start + tail.start() if tail else end


def as_typed(spans: Iterable[Span], folded: Folded) -> tuple[Evidence, ...]:
    """Spans of the folded text as words of the typed one, in order, overlapping ones joined."""
    joined: list[Span] = []
    for start, end in sorted(folded.span(a, b) for a, b in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Evidence(start, end, folded.typed[start:end]) for start, end in joined)
