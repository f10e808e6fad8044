"""Fit what reads customers' messages and hand-over notes: how much the reader and the declared signs count.

A small logistic regression per emotion and part, penalised for straying from what it is worth before any data
(`PRIOR_*`), since there are few texts. It is fitted on texts that the reader had not read: kept readings
(`csworkshop.training.readings`). The signs' author had read the texts of folds 0 to 2 (`Note.fold`), not those of 3
and 4, so figures are told for both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from csworkshop.techniques.emotions import CLIP, EmotionWeight, emotion, kinds
from csworkshop.techniques.encoder import EMOTION, EMOTIONS, PART, PARTS, Reading
from csworkshop.techniques.handover import PartWeight, Seen, handover, look
from csworkshop.techniques.pointing import Kept
from csworkshop.text.normalise import fold
from csworkshop.training import TrainingError
from csworkshop.training.figures import f1
from csworkshop.training.labelled import Note

READ_BY_AUTHORS = (0, 1, 2)  # folds whose texts the signs were written from
PRIOR_EMOTION = (0.6, 0.8, 2.5, 0.0)  # odds, sign, strong, bias
PRIOR_PART = (0.8, 1.5, 1.5, -3.0, 0.0)  # odds, sign, value, void, bias
PENALTY_EMOTION = (8.0, 8.0, 8.0, 4.0)
PENALTY_PART = (4.0, 4.0, 4.0, 4.0, 1.0)
SPLITS = 5  # of texts that are all of one fold, in the time before all five readers are there
W = TypeVar("W")
Weights = tuple[dict[str, EmotionWeight], dict[str, PartWeight]]


@dataclass
class Texts:
    """Labelled messages and notes with what the reader said of them, unread; those without a reading are left out."""

    notes: Sequence[Note]
    readings: Mapping[str, Reading]
    messages: list[Note] = field(init=False)
    handovers: list[Note] = field(init=False)

    def __post_init__(self) -> None:
        known = [n for n in self.notes if n.id in self.readings and n.fold is not None]
        self.messages = [n for n in known if n.kind == "message"]
        self.handovers = [n for n in known if n.kind == "note"]
        if not (self.messages and self.handovers):
            raise TrainingError("there are no readings of messages and notes; csworkshop train reader makes them")

    def kept(self, note: Note) -> Kept:
        return Kept(self.readings[note.id])


def fit(texts: Texts, messages: Sequence[Note] | None = None, handovers: Sequence[Note] | None = None) -> Weights:
    """Weights of emotions and parts, from some of the texts (default: all)."""
    return (
        fit_emotions(texts, texts.messages if messages is None else messages),
        fit_parts(texts, texts.handovers if handovers is None else handovers),
    )


def fit_emotions(texts: Texts, chosen: Sequence[Note]) -> dict[str, EmotionWeight]:
    """Multinomial logistic regression over the five emotions, by Newton's method on one emotion after the other."""
    x, truth = _emotion_numbers(texts, chosen)
    prior, penalty = np.tile(PRIOR_EMOTION, (len(EMOTIONS), 1)), np.array(PENALTY_EMOTION)
    b = prior.copy()

    def loss(b: np.ndarray) -> float:
        z = np.einsum("nek,ek->ne", x, b)
        most = z.max(1)
        told = np.log(np.exp(z - most[:, None]).sum(1)) + most - (z * truth).sum(1)
        return float(told.sum() + (penalty * (b - prior) ** 2).sum() / 2)

    for _ in range(40):
        for e in range(len(EMOTIONS)):
            z = np.einsum("nek,ek->ne", x, b)
            p = np.exp(z - z.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            slope = x[:, e].T @ (p[:, e] - truth[:, e]) + penalty * (b[e] - prior[e])
            spread = p[:, e] * (1 - p[:, e])
            step = np.zeros_like(b)
            step[e] = np.linalg.solve((x[:, e] * spread[:, None]).T @ x[:, e] + np.diag(penalty), slope)
            b = _downhill(loss, b, step)
    return {e: EmotionWeight(*map(float, b[n])) for n, e in enumerate(EMOTIONS)}


def fit_parts(texts: Texts, chosen: Sequence[Note]) -> dict[str, PartWeight]:
    """A logistic regression per part."""
    looked = [look(fold(n.text).text) for n in chosen]
    fitted = {}
    for part in PARTS:
        odds = [float(_odds(texts, n, PART + part)) for n in chosen]
        x = np.array([part_numbers(seen[part], o) for seen, o in zip(looked, odds, strict=True)])
        y = np.array([float(part in n.labels) for n in chosen])
        fitted[part] = PartWeight(*map(float, _logistic(x, y, np.array(PRIOR_PART), np.array(PENALTY_PART))))
    return fitted


def _logistic(x: np.ndarray, y: np.ndarray, prior: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Coefficients of a logistic regression, penalised for straying from `prior`."""

    def loss(b: np.ndarray) -> float:
        return float((np.logaddexp(0, x @ b) - y * (x @ b)).sum() + (penalty * (b - prior) ** 2).sum() / 2)

    b = prior.copy()
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ b))
        slope = x.T @ (p - y) + penalty * (b - prior)
        b = _downhill(loss, b, np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty), slope))
    return b


def _downhill(loss: Callable[[np.ndarray], float], b: np.ndarray, step: np.ndarray) -> np.ndarray:
    """`b` after Newton's step, halved while it would lead uphill."""
    here = loss(b)
    for halvings in range(20):
        there = b - step / 2**halvings
        if loss(there) <= here:
            return there
    return b


def part_numbers(seen: Seen, odds: float) -> list[float]:
    """What a part's probability is made of, in the order of `PartWeight`."""
    held = min(max(odds, -CLIP), CLIP)
    return [held, float(bool(seen.signs)), float(seen.value is not None), float(seen.void), 1.0]


def _emotion_numbers(texts: Texts, chosen: Sequence[Note]) -> tuple[np.ndarray, np.ndarray]:
    """What scores are made of, in the order of `EmotionWeight`, (texts, emotions, numbers); the truth beside it."""
    odds = np.array([[_odds(texts, n, EMOTION + e) for e in EMOTIONS] for n in chosen]).clip(-CLIP, CLIP)
    heard = np.array([[kinds()[e].heard(fold(n.text).text) for e in EMOTIONS] for n in chosen]).astype(float)
    truth = np.array([[float(e in n.labels) for e in EMOTIONS] for n in chosen])
    return np.concatenate([odds[..., None], heard, np.ones_like(odds)[..., None]], axis=2), truth


def _odds(texts: Texts, note: Note, column: str) -> float:
    read = texts.readings[note.id]
    return float(read.odds[read.columns.index(column)])


def splits(chosen: Sequence[Note]) -> list[tuple[list[Note], list[Note]]]:
    """(to fit on, to test on) for each fold; texts that are all of one fold are dealt out in turn."""
    folds = {n.unread for n in chosen}
    of: dict[str, int] = {n.id: (n.unread or 0) if len(folds) > 1 else k % SPLITS for k, n in enumerate(chosen)}
    return [
        ([n for n in chosen if of[n.id] != k], [n for n in chosen if of[n.id] == k]) for k in sorted(set(of.values()))
    ]


def distance(a: Weights, b: Weights) -> float:
    """The largest difference between two weights' numbers."""
    before = [*a[0].values(), *a[1].values()]
    after = [*(b[0][e] for e in a[0]), *(b[1][p] for p in a[1])]
    pairs = zip(before, after, strict=True)
    return max(abs(value - getattr(two, name)) for one, two in pairs for name, value in vars(one).items())


def write(path: Path, weights: Weights) -> None:
    """Write `notes.json`."""
    emotions, parts = (
        {name: {key: round(value, 4) for key, value in vars(w).items()} for name, w in group.items()}
        for group in weights
    )
    path.write_text(json.dumps({"emotions": emotions, "parts": parts}, indent=1) + "\n", "utf-8", newline="\n")


@dataclass(frozen=True)
class NoteFigures:
    """Cross-validated figures, of all texts and of those that nobody who wrote signs had read."""

    accuracy: float
    accuracy_unread: float
    parts: float
    parts_unread: float


def figures(texts: Texts) -> NoteFigures:
    """Emotion accuracy and macro-F1 over the parts, each text judged by weights that were fitted without it."""
    right = {
        n.id: emotion(n.text, reader=texts.kept(n), judge=w).emotion in n.labels
        for n, w in _each(texts.messages, lambda some: fit_emotions(texts, some))
    }
    found = {
        n.id: {p.part for p in handover(n.text, reader=texts.kept(n), judge=w).parts.values() if p.present}
        for n, w in _each(texts.handovers, lambda some: fit_parts(texts, some))
    }

    def accuracy(some: Sequence[Note]) -> float:
        return float(np.mean([right[n.id] for n in some])) if some else float("nan")

    def macro(some: Sequence[Note]) -> float:
        truth = np.array([[float(p in n.labels) for p in PARTS] for n in some])
        present = np.array([[float(p in found[n.id]) for p in PARTS] for n in some])
        return float(np.mean([f1(truth[:, k], present[:, k]) for k in range(len(PARTS))])) if some else float("nan")

    messages, handovers = texts.messages, texts.handovers
    return NoteFigures(accuracy(messages), accuracy(unread(messages)), macro(handovers), macro(unread(handovers)))


def unread(notes: Sequence[Note]) -> list[Note]:
    """Those that the signs' author had not read."""
    return [n for n in notes if n.fold not in READ_BY_AUTHORS]


def _each(chosen: Sequence[Note], fitting: Callable[[Sequence[Note]], W]) -> list[tuple[Note, W]]:
    """Every text with weights that were fitted without its fold."""
    found = []
    for rest, tested in splits(chosen):
        weights = fitting(rest)
        found += [(n, weights) for n in tested]
    return found
