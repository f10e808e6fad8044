"""Fit what tells a reply to this customer from a reply to another (`techniques/weights/relevance.json`).

    python -m csworkshop.training.relevance_fit        prints the figures and writes the weights

Logistic regression: labelled replies and model answers beside their own case against the same beside other cases.
The thresholds are set by false alarms among good replies and model answers, each measured by weights that were fitted
without their writer.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from csworkshop.techniques.relevance import WEIGHTS, shared
from csworkshop.techniques.scenario import Scenario
from csworkshop.training.labelled import labelled_folder
from csworkshop.training.ratings import Rated, read_rated
from csworkshop.training.rows import TEMPLATES

CASES = 25  # that each template is set beside
OTHERS = 3  # other cases that each reply is set beside
PENALTY = 1.0
FALSE_ALARMS = {"alone": 0.02, "together": 0.08}  # shares of good replies below the thresholds


@dataclass(frozen=True)
class Pair:
    """A reply beside a case. `good` is true for replies that deserve to pass."""

    writer: str
    good: bool
    own: bool
    numbers: tuple[float, ...]


def pairs(rated: list[Rated], seed: int = 7) -> Iterator[Pair]:
    """Every reply and model answer beside its own case and beside OTHERS drawn from the rest."""
    scenarios = {r.scenario.id: r.scenario for r in rated}
    chance = random.Random(seed)
    texts = [(r.writer, r.good, r.reply, r.scenario) for r in rated]
    texts += [(i.split("-")[0], True, s.exemplar, s) for i, s in scenarios.items()]
    for writer, good, text, scenario in texts:
        beside: list[tuple[Scenario, bool]] = [(scenario, True)]
        beside += [(s, False) for s in chance.sample(list(scenarios.values()), OTHERS) if s.id != scenario.id]
        for s, own in beside:
            numbers = shared(text, s)
            if numbers:
                yield Pair(writer, good, own, numbers)
    for text in TEMPLATES.read_text("utf-8").splitlines():
        for s in chance.sample(list(scenarios.values()), CASES):
            numbers = shared(text, s)
            if numbers:
                yield Pair("template", True, False, numbers)


def fit(chosen: list[Pair]) -> np.ndarray:
    """Coefficients, the bias last."""
    x = np.array([[*p.numbers, 1.0] for p in chosen])
    y = np.array([float(p.own) for p in chosen])
    penalty, b = np.diag([PENALTY] * (x.shape[1] - 1) + [1e-3]), np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ b))
        b = b - np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, x.T @ (p - y) + penalty @ b)
    return b


def main(out: Path = WEIGHTS) -> None:
    known = list(pairs(read_rated(labelled_folder())))
    odds = np.zeros(len(known))
    of = np.array([p.writer for p in known])
    for writer in sorted(set(of)):
        b = fit([p for p in known if p.writer != writer])
        rows = of == writer
        odds[rows] = np.array([[*p.numbers, 1.0] for p in known if p.writer == writer]) @ b
    good = np.array([p.good for p in known])
    own = np.array([p.own for p in known])
    template = of == "template"
    thresholds = {name: float(np.quantile(odds[good & own], share)) for name, share in FALSE_ALARMS.items()}
    for name, threshold in thresholds.items():
        slips, general = (odds[good & ~own & ~template] >= threshold).mean(), (odds[template] >= threshold).mean()
        print(f"{name} {threshold:.2f}: good replies to other cases above it {slips:.3f}, general ones {general:.3f}")
    *coefficients, bias = (round(float(v), 4) for v in fit(known))
    rounded = {name: round(value, 2) for name, value in thresholds.items()}
    out.write_text(json.dumps({"coefficients": coefficients, "bias": bias, **rounded}, indent=1), "utf-8", newline="\n")
    print(f"wrote {out}")


if __name__ == "__main__":
    main()
