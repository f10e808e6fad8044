"""Where rules and the learned reader meet: one calibrated probability per item.

Per item, log-odds of presence = odds * (the reader's log-odds) + rule (a rule is sure) + hint (a rule is doubtful)
+ bias, fitted by logistic regression on writers whom neither the rules' authors nor the reader had seen
(`csworkshop train judge`), once beside the reader and once beside the quick one. The threshold is folded into the
bias, so that present means 0.5 or more everywhere.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from csworkshop.techniques.rules import CERTAIN, PRESENT, SURE

WEIGHTS = Path(__file__).parent / "weights" / "judge.json"
OPEN = 0.42  # a probability that the trainee is told as unsure
CERTAINLY = 0.8  # the least probability where a rule needs no second witness: enough for an auto-fail
CLIP = 16.0  # beyond this the reader's log-odds say no more


@dataclass(frozen=True)
class Weight:
    """Weights of one item's sources; `point`: the reader's words are nearer to the inspectors' than the rule's."""

    odds: float
    rule: float
    hint: float
    bias: float
    point: bool = False

    def probability(self, rule: float, odds: float) -> float:
        """Probability of presence from the best rule's score (0: no rule spoke) and the reader's log-odds."""
        z = self.bias + self.odds * min(max(odds, -CLIP), CLIP)
        if rule >= PRESENT:
            z += self.rule
        elif rule > 0:
            z += self.hint
        probability = 1 / (1 + math.exp(-z))
        if rule >= CERTAIN:
            return max(probability, CERTAINLY)
        # A sure rule against a reader that hears nothing: two witnesses who contradict each other leave it open.
        return max(probability, OPEN) if rule >= SURE else probability


@lru_cache(maxsize=2)
def weights(level: str = "full") -> dict[str, Weight]:
    """The weights that ship with the kit, by item: beside the reader of level `full` or that of `fast`."""
    kept = json.loads(WEIGHTS.read_text("utf-8"))[level]
    return {item: Weight(**row) for item, row in kept.items()}
