"""Figures of agreement: F1 and calibration error."""

from __future__ import annotations

import numpy as np


def f1(truth: np.ndarray, present: np.ndarray, weights: np.ndarray | float = 1.0) -> float:
    """F1 of `present` against `truth` (0 or 1 each, shape (replies,)); 0 where nothing is there to find."""
    hit = float((truth * present * weights).sum())
    wrong = float(((1 - truth) * present * weights).sum() + (truth * (1 - present) * weights).sum())
    return 2 * hit / max(2 * hit + wrong, 1)


def macro_f1(truth: np.ndarray, present: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean F1 over the columns of arrays of shape (replies, items)."""
    sure = np.ones_like(truth) if weights is None else weights
    return float(np.mean([f1(truth[:, j], present[:, j], sure[:, j]) for j in range(truth.shape[1])]))


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean distance of stated from true frequency over equal bins of probability."""
    where = np.minimum((probability * bins).astype(int), bins - 1)
    total = 0.0
    for n in range(bins):
        inside = where == n
        if inside.any():
            total += abs(float(probability[inside].mean()) - float(truth[inside].mean())) * float(inside.mean())
    return total
