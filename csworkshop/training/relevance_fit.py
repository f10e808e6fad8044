"""Fit what tells a reply to this customer from a reply to another (`techniques/weights/relevance.json`).

    csworkshop train relevance        prints the figures and writes the weights

Logistic regression: labelled replies and model answers beside their own case, against the same beside other cases and
general replies beside any. The thresholds are set by false alarms, each measured by weights that were fitted without
the reply's writer. (A learned reader's word on whether a reply fits was tried beside it and added nothing.)
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from csworkshop.techniques.relevance import WEIGHTS, shared
from csworkshop.techniques.scenario import Scenario
from csworkshop.training.ratings import Rated, read_rated

TEMPLATES = Path(__file__).parent / "templates.txt"  # replies that fit any case, one a line
CASES = 25  # that each general reply is set beside
OTHERS = 3  # other cases that each reply is set beside
PENALTY = 1.0
GENERAL = "general"
# Shares of replies to their own customer below the thresholds: of good ones, which pass, and of all, which may fail.
PASSING, FAILING = 0.02, 0.001


@dataclass(frozen=True)
class Pair:
    """A reply beside a case. `good` is true for replies that deserve to pass."""

    writer: str
    good: bool
    own: bool
    numbers: tuple[float, ...]


def pairs(rated: Sequence[Rated], seed: int = 7) -> Iterator[Pair]:
    """Every reply and model answer beside its own case and beside OTHERS drawn from the rest; and general ones."""
    scenarios = {r.scenario.id: r.scenario for r in rated}
    chance = random.Random(seed)
    texts = [(r.writer, r.good, r.reply, r.scenario) for r in rated]
    texts += [(i.split("-")[0], True, s.exemplar, s) for i, s in scenarios.items()]
    for writer, good, text, scenario in texts:
        beside: list[tuple[Scenario, bool]] = [(scenario, True)]
        beside += [(s, False) for s in chance.sample(list(scenarios.values()), OTHERS) if s.id != scenario.id]
        for s, own in beside:
            if numbers := shared(text, s):
                yield Pair(writer, good, own, numbers)
    for text in TEMPLATES.read_text("utf-8").splitlines():
        for s in chance.sample(list(scenarios.values()), CASES):
            if numbers := shared(text, s):
                yield Pair(GENERAL, True, False, numbers)


def fit(chosen: list[Pair]) -> np.ndarray:
    """Coefficients, the bias last."""
    x = np.array([[*p.numbers, 1.0] for p in chosen])
    y = np.array([float(p.own) for p in chosen])
    penalty, b = np.diag([PENALTY] * (x.shape[1] - 1) + [1e-3]), np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ b))
        b = b - np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, x.T @ (p - y) + penalty @ b)
    return b


def unread_odds(known: list[Pair]) -> np.ndarray:
    """Each pair's log-odds by weights that were fitted without its writer."""
    odds, of = np.zeros(len(known)), np.array([p.writer for p in known])
    for writer in sorted(set(of)):
        b = fit([p for p in known if p.writer != writer])
        odds[of == writer] = np.array([[*p.numbers, 1.0] for p in known if p.writer == writer]) @ b
    return odds


def fit_relevance(folder: Path, out: Path = WEIGHTS) -> None:
    """Fit from the labelled replies in `folder` and write `out`; prints what gets through."""
    known = list(pairs(read_rated(folder)))
    odds = unread_odds(known)
    good, own = np.array([p.good for p in known]), np.array([p.own for p in known])
    general = np.array([p.writer == GENERAL for p in known])
    passing = float(np.quantile(odds[good & own], PASSING))
    failing = min(passing, float(np.quantile(odds[own], FAILING)))
    slips, vague = (odds[good & ~own & ~general] >= passing).mean(), (odds[general] >= passing).mean()
    print(f"thresholds {passing:.2f} and {failing:.2f}; of good replies to other cases {slips:.3f} get through, "
          f"of general ones {vague:.3f}")  # fmt: skip
    *coefficients, bias = (round(float(v), 4) for v in fit(known))
    found = {"coefficients": coefficients, "bias": bias, "passing": round(passing, 2), "failing": round(failing, 2)}
    out.write_text(json.dumps(found, indent=1) + "\n", "utf-8", newline="\n")
