"""Fit the judge: per item, how much a rule and how much the reader's log-odds count (`judge.json`).

Penalised logistic regression by Newton's method on replies of writers whom neither the rules' authors nor the reader
had read. Items whose rules ask for other items ("defend_first") come second, when those are weighed. The threshold
that serves F1 best is folded into the bias, so that present means 0.5 or more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import check
from csworkshop.techniques.encoder import Reading
from csworkshop.techniques.judge import CLIP, Weight
from csworkshop.techniques.rules import PRESENT
from csworkshop.techniques.scenario import Scenario
from csworkshop.training import TrainingError
from csworkshop.training.figures import calibration_error, f1, macro_f1
from csworkshop.training.labelled import Labelled, natural

BORDER = 0.3  # weight of a reply for an item on which the inspectors differ
PENALTY = (2.0, 0.5, 1.0, 1e-3)  # on odds, rule, hint, bias
THRESHOLDS = np.linspace(0.28, 0.62, 18)
USUAL, PULL = 0.44, 0.25  # a threshold away from the usual one must earn this much F1 per unit
FIXED = {"punctuation": Weight(0, 7, 0, -3.5)}  # a matter of characters: its rule knows, the reader need not be asked
NEUTRAL = Weight(0.8, 2.0, 0.5, -1.0)  # before the first fit


@dataclass(frozen=True)
class Figures:
    """How judges do on the half of the writers that they were not fitted on (border cases left out of F1)."""

    items: dict[str, tuple[float, float, int]]  # F1, calibration error, replies that show the item
    macro: float
    macro_all: float  # border cases by the first inspector's word


@dataclass
class Evidence:
    """The replies to fit on: `truth` and `border` of shape (replies, items), and the reader's log-odds."""

    replies: Sequence[Labelled]
    readings: Mapping[str, Reading]
    items: tuple[str, ...] = field(init=False)
    truth: np.ndarray = field(init=False)
    border: np.ndarray = field(init=False)
    odds: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        missing = [r.id for r in self.replies if r.id not in self.readings]
        if missing or not self.replies:
            raise TrainingError(
                f"the readings lack {len(missing)} of the replies, {missing[:1]} for one; make them anew"
            )
        self.replies = sorted(self.replies, key=lambda r: r.id)
        columns = self.readings[self.replies[0].id].columns
        self.items = tuple(sorted(catalogue().items))
        if not set(self.items) <= set(columns):
            raise TrainingError("the readings are of other items than the catalogue has; make them anew")
        self.truth = np.array([[float(i in r.labels) for i in self.items] for r in self.replies])
        self.border = np.array([[r.border(i) for i in self.items] for r in self.replies])
        chosen = [columns.index(i) for i in self.items]
        self.odds = np.array([self.readings[r.id].odds[chosen] for r in self.replies])

    @cached_property
    def alone(self) -> np.ndarray:
        """The rules' scores for items whose rules ask for no other item: no weights have a part in them."""
        return _rule_scores(self, dict.fromkeys(self.items, NEUTRAL))

    @property
    def writers(self) -> list[str]:
        return sorted({r.writer for r in self.replies}, key=natural)


def fit(evidence: Evidence, rows: np.ndarray | None = None) -> tuple[dict[str, Weight], np.ndarray]:
    """Weights per item from the replies chosen by `rows` (bool), and every reply's probabilities (replies, items)."""
    chosen = np.ones(len(evidence.replies), bool) if rows is None else rows
    late = {i for i, item in catalogue().items.items() if any(rule.turn == 2 for rule in item.rules)}
    weights = dict.fromkeys(evidence.items, NEUTRAL)
    for group in (set(evidence.items) - late, late):
        rules = evidence.alone if group != late else _rule_scores(evidence, weights)
        for column, item in enumerate(evidence.items):
            if item in group:
                weights[item] = FIXED.get(item) or _weight(evidence, column, rules[:, column], chosen)
    probability = np.zeros_like(evidence.truth)
    for column, item in enumerate(evidence.items):
        for n in range(len(evidence.replies)):
            odds = float(evidence.odds[n, column])
            probability[n, column] = weights[item].probability(float(rules[n, column]), odds)
    return weights, probability


def overlaps(evidence: Evidence, weights: Mapping[str, Weight]) -> dict[str, float]:
    """Per item the mean overlap (Dice, in characters) of shown and marked words, where both see the item."""
    found: dict[str, list[float]] = {item: [] for item in evidence.items}
    for r in evidence.replies:
        report = check(r.reply, r.scenario, reader=_Kept(evidence.readings[r.id]), judge=weights)
        for item, quotes in r.labels.items():
            if report[item].present:
                shown = {n for e in report[item].evidence for n in range(e.start, e.end)}
                starts = [(r.reply.find(q), len(q)) for q in quotes]
                marked = {n for start, length in starts if start >= 0 for n in range(start, start + length)}
                found[item].append(2 * len(shown & marked) / max(len(shown) + len(marked), 1))
    return {item: float(np.mean(values)) if values else 0.0 for item, values in found.items()}


def pointing(evidence: Evidence, weights: Mapping[str, Weight]) -> dict[str, Weight]:
    """The weights with `point` set for items where the reader's words overlap more with the inspectors'."""
    of_rules, of_reader = (
        overlaps(evidence, {item: replace(w, point=point) for item, w in weights.items()}) for point in (False, True)
    )
    return {item: replace(w, point=of_reader[item] > of_rules[item]) for item, w in weights.items()}


def two_fold(evidence: Evidence) -> Figures:
    """Fit on half of the writers, judge the other half, both ways."""
    writers, half = evidence.writers, len(evidence.writers) // 2
    if not half:
        raise TrainingError(f"two-fold figures need two writers at least; the readings are of {writers[0]} only")
    of = np.array([r.writer for r in evidence.replies])
    probability = np.zeros_like(evidence.truth)
    for left_out in (writers[:half], writers[half:]):
        test = np.isin(of, left_out)
        probability[test] = fit(evidence, ~test)[1][test]
    present, sure = (probability >= PRESENT).astype(float), (~evidence.border).astype(float)
    truth = evidence.truth
    rows = {
        item: (
            f1(truth[:, j], present[:, j], sure[:, j]),
            calibration_error(truth[:, j], probability[:, j]),
            int(truth[:, j].sum()),
        )
        for j, item in enumerate(evidence.items)
    }
    return Figures(rows, macro_f1(truth, present, sure), macro_f1(truth, present))


def distance(a: Weight, b: Weight) -> float:
    """The largest difference between two weights' numbers."""
    return max(abs(float(value) - float(getattr(b, name))) for name, value in vars(a).items())


def write(path: Path, levels: Mapping[str, Mapping[str, Weight]]) -> None:
    """Write `judge.json`: weights by level and item."""
    rounded = {
        level: {item: {name: round(value, 4) for name, value in vars(w).items()} for item, w in weights.items()}
        for level, weights in levels.items()
    }
    path.write_text(json.dumps(rounded, indent=1), "utf-8", newline="\n")


def _weight(evidence: Evidence, column: int, rule: np.ndarray, rows: np.ndarray) -> Weight:
    truth, doubt = evidence.truth[rows, column], np.where(evidence.border[rows, column], BORDER, 1.0)
    odds = np.clip(evidence.odds[rows, column].astype(float), -CLIP, CLIP)
    sure, hint = rule[rows] >= PRESENT, (rule[rows] > 0) & (rule[rows] < PRESENT)
    x = np.column_stack([odds, sure, hint, np.ones(len(odds))]).astype(float)
    b = _logistic(x, truth, doubt)
    p = 1 / (1 + np.exp(-x @ b))
    best = max(THRESHOLDS, key=lambda t: f1(truth, (p >= t) * 1.0, doubt) - PULL * abs(t - USUAL))
    return Weight(float(b[0]), float(b[1]), float(b[2]), float(b[3] - math.log(best / (1 - best))))


def _logistic(x: np.ndarray, y: np.ndarray, weights: np.ndarray, steps: int = 80) -> np.ndarray:
    """Coefficients of a logistic regression with penalty, by Newton's method."""
    penalty, b = np.diag(PENALTY), np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ b))
        slope = x.T @ ((p - y) * weights) + penalty @ b
        b = b - np.linalg.solve((x * (p * (1 - p) * weights)[:, None]).T @ x + penalty, slope)
    return b


@dataclass(frozen=True)
class _Noting(Weight):
    """A weight that notes the rule's score that it is asked about."""

    noted: list[float] = field(default_factory=list, compare=False)

    def probability(self, rule: float, odds: float) -> float:
        self.noted.append(rule)
        return super().probability(rule, odds)


@dataclass(frozen=True)
class _Kept:
    """Reads as the reader did when the reply's writer was unread."""

    reading: Reading

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        return self.reading


def _rule_scores(evidence: Evidence, weights: Mapping[str, Weight]) -> np.ndarray:
    """The best rule's score for every reply and item, 0 where no rule spoke; shape (replies, items)."""
    scores = np.zeros((len(evidence.replies), len(evidence.items)))
    noting = {item: _Noting(**vars(w)) for item, w in weights.items()}
    for n, r in enumerate(evidence.replies):
        check(r.reply, r.scenario, reader=_Kept(evidence.readings[r.id]), judge=noting)
        for column, item in enumerate(evidence.items):
            noted = noting[item].noted
            scores[n, column] = noted[-1] if noted else 0.0
            noted.clear()
    return scores
