"""Intervals agree with published figures and with brute force, and chance is not told as news."""

from __future__ import annotations

import math

import numpy as np
import pytest

from csworkshop.cases.intervals import (
    Interval,
    clustered,
    difference,
    discoveries,
    mean,
    p_of,
    quantile,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_published_bounds(hits: int, n: int, low: float, high: float) -> None:
    """The examples of R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I."""
    found = wilson(hits, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_newcombes_difference_of_shares() -> None:
    """56/70 against 48/80: 0.2 (0.0524 to 0.3339), method 10 of Newcombe's paper on differences (1998), table II."""
    found = difference(wilson(48, 80), wilson(56, 70))
    assert [round(x, 4) for x in found[:3]] == [0.2, 0.0524, 0.3339]


def test_the_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    shares = [wilson(rng.binomial(25, 0.9), 25) for _ in range(600)]
    medians = [quantile(rng.exponential(1, 60), 0.5, seed) for seed in range(600)]
    means = [mean(rng.exponential(1, 80), seed) for seed in range(300)]
    for found, truth in ((shares, 0.9), (medians, math.log(2)), (means, 1.0)):
        assert 0.91 <= np.mean([i.low <= truth <= i.high for i in found]) <= 0.98


def test_the_quantiles_bootstrap_is_what_resampling_gives() -> None:
    rng = np.random.default_rng(2)
    values = rng.lognormal(0, 1, 151)
    drawn = np.median(values[rng.integers(0, 151, (20_000, 151))], axis=1)
    found = quantile(values, 0.5, seed=3)
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.value == np.median(values)
    assert found.low == pytest.approx(low, rel=0.06) and found.high == pytest.approx(high, rel=0.06)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.arange(50.0)
    assert mean(values, 7) == mean(values, 7) and quantile(values, 0.9, 7) == quantile(values, 0.9, 7)
    assert mean(values, 7) != mean(values, 8)


def test_cases_in_bundles_say_less_than_as_many_single_ones() -> None:
    bundled = clustered(np.array([5.0, 0.0] * 20), np.full(40, 5.0))
    single = wilson(100, 200)
    assert bundled.value == single.value == 0.5 and bundled.n == single.n == 200
    assert bundled.high - bundled.low > 2 * (single.high - single.low)
    assert clustered(np.array([1.0, 0.0, 1.0]), np.ones(3)) == pytest.approx(wilson(2, 3))


def test_nothing_is_said_of_no_cases() -> None:
    for found in (
        wilson(0, 0),
        mean(np.array([])),
        quantile(np.array([]), 0.5),
        difference(wilson(0, 0), wilson(1, 2)),
    ):
        assert found.n == 0 and math.isnan(found.value)


def test_benjamini_hochbergs_own_example() -> None:
    """The fifteen p-values of the paper of 1995: four are discoveries at 0.05, where Bonferroni has three."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590]
    shuffled = [1.0, *reversed(p), math.nan]
    assert discoveries(shuffled) == [x <= 0.0095 if not math.isnan(x) else False for x in shuffled]


def test_p_of_z() -> None:
    assert p_of(1.959964) == pytest.approx(0.05, abs=1e-6) and p_of(-1.959964) == p_of(1.959964)
    assert Interval(1, 0, 2, 3).n == 3
