"""The labelled replies with the second inspector's rating of each as service, from 1 (harmful) to 5 (a model)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from csworkshop.techniques.scenario import Scenario
from csworkshop.training.labelled import read_labelled

GOOD = 4
CRITICAL = ("rude", "privacy", "blame", "overpromise")


@dataclass(frozen=True)
class Rated:
    """A labelled reply with its rating; `labels` says of each item how many of the inspectors saw it, 0 to 1."""

    id: str
    writer: str
    reply: str
    scenario: Scenario
    rating: int
    labels: dict[str, float]

    @property
    def good(self) -> bool:
        """A reply that deserves to pass: rated 4 or 5, and no inspector saw a critical fault."""
        return self.rating >= GOOD and not any(self.labels.get(c) for c in CRITICAL)


def read_rated(folder: Path) -> list[Rated]:
    """All labelled replies that have a rating."""
    rating: dict[str, int] = {}
    for path in sorted(folder.glob("*.second.jsonl")):
        rating |= {r["id"]: r["rating"] for r in map(json.loads, path.read_text("utf-8").splitlines()) if "rating" in r}
    found = []
    for r in read_labelled(folder):
        if r.id in rating:
            seen = [r.labels] if r.second is None else [r.labels, r.second]
            labels = {i: sum(i in s for s in seen) / len(seen) for i in {*r.labels, *(r.second or {})}}
            found.append(Rated(r.id, r.writer, r.reply, r.scenario, rating[r.id], labels))
    return found


def spearman(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> float:
    """Spearman's rank correlation; equal values share their mean rank."""
    return float(np.corrcoef(_ranks(np.asarray(a)), _ranks(np.asarray(b)))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return np.asarray((ends - (count - 1) / 2)[place], float)
