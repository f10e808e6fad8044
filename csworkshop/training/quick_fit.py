"""Fit the quick reader (`quick.npz`): ridge regression over rows of characters, all items at once.

Rows of characters are weighted by how rare they are and by the length of their text. With more places than texts, the
regression is solved in its dual form: one weight per text, (K + penalty) a = answers with K the texts' likeness. Done
five times without a fold of writers, to know what it says of writers that it has not read, and once for shipping.

Beside the replies it learns from their sentences and halves, each with the items whose evidence stands in it: a row of
characters learns which sentence of a reply earned the item (1.2 points of macro-F1 on writers that it has not read).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from csworkshop.techniques.catalogue import Example, catalogue
from csworkshop.techniques.encoder import Reading, encoder
from csworkshop.techniques.quick import BITS, MOODS, Quick, moods, places
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold
from csworkshop.training.labelled import FOLDS, Labelled

PENALTY = 0.3  # against the mean likeness of a text with itself, which is 1
EXAMPLE, PIECE = 1.5, 0.6  # what an example of the catalogue and a part of a reply count beside a reply
INSIDE = 0.6  # share of an evidence that must stand in a part for the part to have the item
OF_THE_WHOLE = ("defend_first", "options", "brush_off", "off_register")  # a part of a reply doesn't tell
RARE = 0.5  # power of the weight for rareness
SEEN = 2  # a row that fewer texts have weighs nothing
MOOD, ALWAYS = 0.05, 0.1  # what the same mood adds to the likeness of two texts, and what every two have
LEVELS = 127  # of 8 bits, on either side of zero
CHUNK = 400  # texts compared with all others at once
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


@dataclass(frozen=True)
class Text:
    """A text to learn from: whose it is ("" for an example of the catalogue), its answers -1..1 (items,), and what it
    counts; `part` of a reply or whole."""

    words: str
    scenario: Scenario | None
    writer: str
    answers: Sequence[float]
    counts: float
    part: bool = False


@dataclass(frozen=True)
class Texts:
    """The replies, the catalogue's examples and the replies' parts, as numbers.

    `rows` sparse (texts, places), `moods` (texts, moods), `answers` -1..1 (texts, items), `penalty` (texts,), `part`
    (texts,).
    """

    replies: Sequence[Labelled]
    items: tuple[str, ...]
    writers: Sequence[str]
    rareness: np.ndarray
    rows: torch.Tensor
    moods: np.ndarray
    answers: np.ndarray
    penalty: np.ndarray
    part: np.ndarray
    likeness: np.ndarray

    @property
    def everything(self) -> np.ndarray:
        return np.ones(len(self.answers), bool)

    def without(self, writers: Sequence[str]) -> np.ndarray:
        """Every text but those of `writers`, as a mask."""
        return np.array([writer not in writers for writer in self.writers])

    @classmethod
    def of(cls, replies: Sequence[Labelled]) -> Texts:
        items = tuple(sorted(catalogue().items))
        texts = [Text(r.reply, r.scenario, r.writer, [_answer(r, i, r.reply) for i in items], 1.0) for r in replies]
        for item in items:
            texts += [_of_example(items, item, kind, example) for kind, example in _examples(item)]
        for r in replies:
            texts += [replace(t, answers=[_answer(r, i, t.words) for i in items]) for t in _parts(r)]
        rows, rareness = _rows([np.concatenate(places(fold(t.words).text)) for t in texts])
        mood = np.zeros((len(texts), len(MOODS)), np.float32)
        for n, text in enumerate(texts):
            if text.scenario:
                mood[n, moods(text.scenario)] = 1
        return cls(
            replies,
            items,
            [t.writer for t in texts],
            rareness,
            rows,
            mood,
            np.array([t.answers for t in texts], np.float32),
            np.array([PENALTY / t.counts for t in texts], np.float32),
            np.array([t.part for t in texts]),
            _likeness(rows, mood),
        )


def _parts(r: Labelled) -> list[Text]:
    """The sentences and the halves of a reply that has more than one sentence; their answers are still to be found."""
    starts = [m.start() for m in SENTENCE.finditer(r.reply)]
    if len(starts) < 2:
        return []
    middle, ends = starts[len(starts) // 2], [*starts[1:], len(r.reply)]
    spans = sorted({*zip(starts, ends, strict=True), (starts[0], middle), (middle, len(r.reply))})
    return [Text(r.reply[a:b], r.scenario, r.writer, (), PIECE, part=True) for a, b in spans]


def _examples(item: str) -> list[tuple[float, Example]]:
    known = catalogue().items[item]
    return [(1.0, e) for e in known.shows] + [(-1.0, e) for e in known.lacks]


def _of_example(items: Sequence[str], item: str, kind: float, example: Example) -> Text:
    """An example with its answers: its own item's, and of the others, about which it tells nothing, the encoder's."""
    reading = encoder().read(fold(example.reply).text, example.scenario)
    said = np.tanh(reading.odds / 2)
    answers = [kind if other == item else float(said[reading.columns.index(other)]) for other in items]
    return Text(example.reply, example.scenario, "", answers, EXAMPLE)


def _rows(found: Sequence[np.ndarray]) -> tuple[torch.Tensor, np.ndarray]:
    """The texts' places as a sparse matrix (texts, places), and the weight of every place."""
    seen = np.bincount(np.concatenate([np.unique(row) for row in found]), minlength=1 << BITS)
    rareness = np.where(seen >= SEEN, np.log((len(found) + 1) / (seen + 1)).clip(0) ** RARE, 0.0)
    where = np.repeat(np.arange(len(found)), [len(row) for row in found])
    values = np.concatenate([rareness[row] * len(row) ** -0.5 for row in found])
    at, size = np.stack([where, np.concatenate(found)]), (len(found), 1 << BITS)
    rows = torch.sparse_coo_tensor(at, torch.from_numpy(values.astype(np.float32)), size, check_invariants=False)
    rows = rows.coalesce()
    scale = float((rows.values() ** 2).sum() / len(found)) ** 0.5
    return rows / scale, rareness / scale


def fit(texts: Texts, chosen: np.ndarray) -> Quick:
    """The quick reader that learnt from the texts in `chosen` (bool)."""
    duals = _solved(texts, chosen)
    of_the_whole = [texts.items.index(item) for item in OF_THE_WHOLE]
    duals[:, of_the_whole] = _solved(texts, chosen & ~texts.part)[:, of_the_whole]
    table = torch.sparse.mm(texts.rows.t(), torch.from_numpy(duals)).numpy() * texts.rareness[:, None].astype(
        np.float32
    )
    return Quick(table, MOOD * texts.moods.T @ duals, ALWAYS * duals.sum(0), texts.items)


def _solved(texts: Texts, chosen: np.ndarray) -> np.ndarray:
    """One weight per text and item; none for texts that aren't `chosen`."""
    inside = np.flatnonzero(chosen)
    likeness = torch.from_numpy(texts.likeness[np.ix_(inside, inside)] + np.diag(texts.penalty[inside]))
    duals = np.zeros_like(texts.answers)
    answers = torch.from_numpy(texts.answers[inside])
    duals[inside] = torch.cholesky_solve(answers, torch.linalg.cholesky(likeness)).numpy()
    return duals


def unread(texts: Texts) -> dict[str, Reading]:
    """What quick readers say of the replies by writers that each had not read."""
    heard = {}
    for writers in FOLDS:
        reader = rounded(fit(texts, texts.without(writers)))
        for r in texts.replies:
            if r.writer in writers:
                odds = reader.odds(fold(r.reply).text, r.scenario)
                heard[r.id] = Reading(reader.columns, odds, np.zeros((0, len(reader.columns))), ())
    return heard


def rounded(reader: Quick) -> Quick:
    """The reader as it is kept, in 8 bits."""
    table, scale = _eight_bits(reader.table)
    return Quick(table * scale, reader.moods, reader.bias, reader.columns)


def save(path: Path, reader: Quick) -> None:
    """Write `quick.npz`."""
    table, scale = _eight_bits(reader.table)
    columns = np.array(reader.columns)
    np.savez_compressed(path, table=table, scale=scale, moods=reader.moods, bias=reader.bias, columns=columns)


def _eight_bits(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = np.maximum(np.abs(table).max(0) / LEVELS, 1e-9).astype(np.float32)
    return np.round(table / scale).astype(np.int8), scale


def _answer(r: Labelled, item: str, words: str) -> float:
    """1 where both inspectors saw the item in these words of the reply, -1 where neither did, 0 between them."""
    seen = [r.labels] if r.second is None else [r.labels, r.second]
    if words == r.reply:
        return 2 * sum(item in labels for labels in seen) / len(seen) - 1
    return 2 * sum(_stands(r.reply, words, labels.get(item, ())) for labels in seen) / len(seen) - 1


def _stands(reply: str, words: str, evidence: Sequence[str]) -> bool:
    """Whether enough of one of the evidences of `reply` stands in its part `words`."""
    start = reply.index(words)
    end = start + len(words)
    places = ((reply.find(e), len(e)) for e in evidence if e)
    return any(at >= 0 and min(end, at + size) - max(start, at) >= INSIDE * size for at, size in places)


def _likeness(rows: torch.Tensor, mood: np.ndarray) -> np.ndarray:
    count = rows.shape[0]
    found = (MOOD * mood @ mood.T + ALWAYS).astype(np.float32)
    whole = rows.to_sparse_csr()
    for start in range(0, count, CHUNK):
        some = torch.arange(start, min(start + CHUNK, count))
        found[:, start : start + CHUNK] += torch.sparse.mm(whole, rows.index_select(0, some).to_dense().t()).numpy()
    return found
