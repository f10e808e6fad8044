"""Labelled texts and the catalogue's own examples as numbers to learn from.

A row is what the encoder reads at run time (`csworkshop.techniques.encoder`): a context (begin, what stands beside the
text, end) and the text with its end. Its answers are per column (how many of the inspectors saw it) and per piece
(whether somebody marked it as evidence). A column without weight has no part in a row: a reply says nothing about
emotions of messages, an example of the catalogue tells about its own item only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.encoder import (
    EMOTION,
    EMOTIONS,
    MAX_TEXT,
    MESSAGE,
    NOTE,
    PART,
    PARTS,
    Pieces,
    context_of,
)
from csworkshop.text.datafile import read_toml
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span
from csworkshop.training.labelled import Labelled, Note

SPOILT = Path(__file__).parent / "spoilt.toml"
RUDE = "rude"
BORDER = 0.4  # weight of an item on which the two inspectors differ; its answer is then one half
ITEMS = 28  # of a reply; what the losses are shared by
SPOIL = 3  # of so many replies one is spoilt
EXAMPLE = 6.0  # weight of the one item that an example of the catalogue tells about; the other 27 weigh nothing


@dataclass(frozen=True, eq=False)
class Row:
    """One text to learn from, folded, and what stands beside it.

    `ids`: pieces, of which `start` .. `start` + len(spans) are the text's. `answers` and `weights` have shape
    (columns,), `evidence` (len(ids), columns). `spans` are the offsets of the text's pieces in the folded text.
    """

    id: str
    text: str
    context: str
    ids: list[int]
    start: int
    spans: list[Span]
    answers: np.ndarray
    weights: np.ndarray
    evidence: np.ndarray


@lru_cache(maxsize=1)
def columns() -> tuple[str, ...]:
    """What the reader answers: items of replies, emotions of messages, parts of notes."""
    return (*sorted(catalogue().items), *(EMOTION + e for e in EMOTIONS), *(PART + p for p in PARTS))


def reply_row(labelled: Labelled, pieces: Pieces) -> Row:
    """A labelled reply as a row. Evidence of either inspector counts."""
    row = _Row(labelled.id, labelled.reply, context_of(labelled.scenario), pieces)
    seen = [labelled.labels] if labelled.second is None else [labelled.labels, labelled.second]
    for item in catalogue().items:
        quotes = [quote for labels in seen for quote in labels.get(item, [])]
        answer = sum(item in labels for labels in seen) / len(seen)
        row.tell(item, answer, BORDER if labelled.border(item) else 1.0, _found(labelled.reply, quotes))
    return row.done()


def spoilt_rows(replies: Sequence[Labelled], pieces: Pieces, seed: int) -> list[Row]:
    """One reply in SPOIL with an insult or a harmless sentence added; each tells only whether it is rude."""
    draw, added = random.Random(seed), read_toml(SPOILT)
    return [
        _spoilt(labelled, draw.choice(added["insults" if n % 2 == 0 else "harmless"]), n % 2 == 0, draw, pieces)
        for n, labelled in enumerate(replies[::SPOIL])
    ]


def _spoilt(labelled: Labelled, words: str, rude: bool, draw: random.Random, pieces: Pieces) -> Row:
    """The reply with `words` before a sentence or at its end."""
    sentences = re.findall(r"[^。！？!?]*[。！？!?]+|[^。！？!?]+$", labelled.reply) or [labelled.reply]
    at = draw.choice([0, len(sentences), len(sentences), draw.randrange(len(sentences) + 1)])
    reply = "".join([*sentences[:at], words, *sentences[at:]])
    row = _Row(f"{labelled.id}-spoilt", reply, context_of(labelled.scenario), pieces)
    before = sum(map(len, sentences[:at]))
    quotes = [q for labels in (labelled.labels, labelled.second or {}) for q in labels.get(RUDE, [])]
    already = bool(quotes)
    marked = [*_found(reply, quotes), *([(before, before + len(words))] if rude else [])]
    row.tell(RUDE, float(rude or already), 1.0, marked)
    return row.done()


def note_row(note: Note, pieces: Pieces) -> Row:
    """A customer's message or a hand-over note as a row."""
    mark, prefix = (MESSAGE, EMOTION) if note.kind == "message" else (NOTE, PART)
    row = _Row(note.id, note.text, mark, pieces)
    for column in columns():
        if column.startswith(prefix):
            quotes = note.labels.get(column.removeprefix(prefix))
            row.tell(column, float(quotes is not None), 1.0, _found(note.text, quotes or []))
    return row.done()


def example_rows(pieces: Pieces) -> list[Row]:
    """The catalogue's `shows` and `lacks` examples as rows; each tells about its own item only."""
    rows = []
    for item, known in catalogue().items.items():
        for kind, examples in (("shows", known.shows), ("lacks", known.lacks)):
            for n, example in enumerate(examples):
                # An example that names no customer is read as a reply without a scenario is.
                scenario = example.scenario if example.customer or example.emotion != "calm" else None
                row = _Row(f"{item}-{kind}-{n}", example.reply, context_of(scenario), pieces)
                row.tell(item, float(kind == "shows"), EXAMPLE, example.evidence)
                rows.append(row.done())
    return rows


def _found(text: str, quotes: Iterable[str]) -> list[Span]:
    """Where the quotes stand in the text; a second inspector's that doesn't is left out."""
    starts = [(text.find(quote), len(quote)) for quote in quotes]
    return [(start, start + length) for start, length in starts if start >= 0]


class _Row:
    """A row in the making; the text is folded, as at run time."""

    def __init__(self, id_: str, text: str, context: str, pieces: Pieces) -> None:
        self.id, self.folded, self.context = id_, fold(text), context
        cut, spans = pieces.cut(self.folded.text)
        self.spans = spans[:MAX_TEXT]
        before = pieces.context(context)
        self.ids, self.start = [*before, *cut[:MAX_TEXT], pieces.end], len(before)
        self.answers, self.weights = np.zeros(len(columns()), np.float32), np.zeros(len(columns()), np.float32)
        self.evidence = np.zeros((len(self.ids), len(columns())), np.float32)

    def tell(self, column: str, answer: float, weight: float, marked: Sequence[Span]) -> None:
        """Set a column's answer; `marked` are offsets of evidence into the text as typed."""
        at = columns().index(column)
        self.answers[at], self.weights[at] = answer, weight
        for n, (a, b) in enumerate(self.spans, start=self.start):
            start, stop = self.folded.span(a, b)
            if any(start < z and x < stop for x, z in marked):
                self.evidence[n, at] = 1

    def done(self) -> Row:
        return Row(
            self.id,
            self.folded.text,
            self.context,
            self.ids,
            self.start,
            self.spans,
            self.answers,
            self.weights,
            self.evidence,
        )
