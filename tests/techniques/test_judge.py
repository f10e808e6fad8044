"""Where rules and the learned reader meet."""

from __future__ import annotations

import math

import pytest

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.judge import CLIP, Weight, weights
from csworkshop.techniques.rules import PRESENT

WEIGHT = Weight(odds=1.0, rule=3.0, hint=0.5, bias=-1.0)


@pytest.mark.parametrize("level", ["full", "fast"])
def test_every_item_has_weights(level: str) -> None:
    assert set(weights(level)) == set(catalogue().items)


def test_silence_leaves_the_reader_and_the_bias() -> None:
    assert WEIGHT.probability(0, 1.0) == pytest.approx(0.5)
    assert WEIGHT.probability(0, -2.0) == pytest.approx(1 / (1 + math.exp(3)))


def test_a_sure_rule_counts_more_than_a_doubtful_one() -> None:
    silent, doubtful, sure = (WEIGHT.probability(rule, 0.0) for rule in (0.0, PRESENT - 0.1, PRESENT))
    assert silent < doubtful < sure
    assert WEIGHT.probability(1.0, 0.0) == sure  # a rule is sure or not; how sure is the judge's business


def test_beyond_the_clip_the_reader_says_no_more() -> None:
    assert WEIGHT.probability(0, CLIP) == WEIGHT.probability(0, 50.0)
    assert WEIGHT.probability(0, -CLIP) == WEIGHT.probability(0, -50.0)


@pytest.mark.parametrize("item", sorted(catalogue().items))
def test_more_evidence_never_speaks_against(item: str) -> None:
    weight = weights()[item]
    said = [weight.probability(0.0, odds / 2) for odds in range(-16, 17)]
    assert said == sorted(said)
    assert all(0 <= weight.probability(rule, odds) <= 1 for rule in (0.0, 0.3, 1.0) for odds in (-99.0, 0.0, 99.0))
    assert weight.probability(1.0, 0.0) >= weight.probability(0.0, 0.0)
