"""Fit the quick reader (`quick.npz`): ridge regression over rows of characters, all items at once.

Rows of characters are weighted by how rare they are and by the length of their text. With more places than texts, the
regression is solved in its dual form: one weight per text, (K + penalty) a = answers with K the texts' likeness. Done
five times without a fold of writers, to know what it says of writers that it has not read, and once for shipping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from csworkshop.techniques.catalogue import Example, catalogue
from csworkshop.techniques.encoder import Reading, encoder
from csworkshop.techniques.quick import BITS, MOODS, Quick, moods, places
from csworkshop.text.normalise import fold
from csworkshop.training.labelled import FOLDS, Labelled

PENALTY = 0.3  # against the mean likeness of a text with itself, which is 1
EXAMPLE = 1.5  # what an example of the catalogue counts beside a reply
RARE = 0.5  # power of the weight for rareness
SEEN = 2  # a row that fewer texts have weighs nothing
MOOD, ALWAYS = 0.05, 0.1  # what the same mood adds to the likeness of two texts, and what every two have
LEVELS = 127  # of 8 bits, on either side of zero
CHUNK = 400  # texts compared with all others at once


@dataclass(frozen=True)
class Texts:
    """The replies, and behind them the catalogue's examples, as numbers.

    `rows` sparse (texts, places), `moods` (texts, moods), `answers` -1..1 (texts, items), `penalty` (texts,).
    """

    replies: Sequence[Labelled]
    items: tuple[str, ...]
    rareness: np.ndarray
    rows: torch.Tensor
    moods: np.ndarray
    answers: np.ndarray
    penalty: np.ndarray
    likeness: np.ndarray

    @property
    def everything(self) -> np.ndarray:
        return np.ones(len(self.answers), bool)

    def without(self, writers: Sequence[str]) -> np.ndarray:
        """Every text but the replies of `writers`, as a mask."""
        rest = self.everything
        rest[: len(self.replies)] = [r.writer not in writers for r in self.replies]
        return rest

    @classmethod
    def of(cls, replies: Sequence[Labelled]) -> Texts:
        items = tuple(sorted(catalogue().items))
        examples = [(item, kind, e) for item in items for kind, e in _examples(item)]
        scenarios = [r.scenario for r in replies] + [e.scenario for *_, e in examples]
        texts = [fold(r.reply).text for r in replies] + [fold(e.reply).text for *_, e in examples]
        answers = [[_answer(r, item) for item in items] for r in replies]
        answers += [_of_example(items, item, kind, e) for item, kind, e in examples]
        penalty = np.array([PENALTY] * len(replies) + [PENALTY / EXAMPLE] * len(examples), np.float32)
        rows, rareness = _rows([np.concatenate(places(text)) for text in texts])
        mood = np.zeros((len(texts), len(MOODS)), np.float32)
        for n, scenario in enumerate(scenarios):
            mood[n, moods(scenario)] = 1
        numbers = np.array(answers, np.float32)
        return cls(replies, items, rareness, rows, mood, numbers, penalty, _likeness(rows, mood))


def _examples(item: str) -> list[tuple[float, Example]]:
    known = catalogue().items[item]
    return [(1.0, e) for e in known.shows] + [(-1.0, e) for e in known.lacks]


def _of_example(items: Sequence[str], item: str, kind: float, example: Example) -> list[float]:
    """An example's answers: its own item's, and of the others, about which it tells nothing, what the encoder says."""
    reading = encoder().read(fold(example.reply).text, example.scenario)
    said = np.tanh(reading.odds / 2)
    return [kind if other == item else float(said[reading.columns.index(other)]) for other in items]


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
    inside = np.flatnonzero(chosen)
    likeness = texts.likeness[np.ix_(inside, inside)] + np.diag(texts.penalty[inside])
    duals = np.zeros_like(texts.answers)
    duals[inside] = np.linalg.solve(likeness, texts.answers[inside])
    table = torch.sparse.mm(texts.rows.t(), torch.from_numpy(duals)).numpy() * texts.rareness[:, None].astype(
        np.float32
    )
    return Quick(table, MOOD * texts.moods.T @ duals, ALWAYS * duals.sum(0), texts.items)


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


def _answer(r: Labelled, item: str) -> float:
    """1 where both inspectors saw the item, -1 where neither did, 0 between them."""
    seen = [r.labels] if r.second is None else [r.labels, r.second]
    return 2 * sum(item in labels for labels in seen) / len(seen) - 1


def _likeness(rows: torch.Tensor, mood: np.ndarray) -> np.ndarray:
    count = rows.shape[0]
    found = (MOOD * mood @ mood.T + ALWAYS).astype(np.float32)
    whole = rows.to_sparse_csr()
    for start in range(0, count, CHUNK):
        some = torch.arange(start, min(start + CHUNK, count))
        found[:, start : start + CHUNK] += torch.sparse.mm(whole, rows.index_select(0, some).to_dense().t()).numpy()
    return found
