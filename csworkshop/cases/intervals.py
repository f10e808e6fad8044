"""How sure a figure is: Wilson's interval for shares, bootstrap for means and quantiles, and which differences count.

A figure from few tickets moves by chance; every measure of this room carries the interval in which its true value lies
with 95 % confidence. Seeds are arguments: the same tickets and seed give the same interval.

Wilson: E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927). Its bounds stay
inside 0..1 and are honest for small numbers, which p ± 2 s is not. Bootstrap: B. Efron (1979). False discoveries:
Y. Benjamini, Y. Hochberg (1995).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

LEVEL = 0.95
TIMES = 1000  # bootstrap draws
MANY = 2000  # from this many values on the mean's bootstrap is the normal interval for all purposes
_NORMAL = NormalDist()


class Interval(NamedTuple):
    """A figure, the bounds of its interval, and the number of cases behind it. NaN where there are none."""

    value: float
    low: float
    high: float
    n: int


NOTHING = Interval(math.nan, math.nan, math.nan, 0)


def z_of(level: float = LEVEL) -> float:
    """1.96 for 0.95."""
    return _NORMAL.inv_cdf(0.5 + level / 2)


def p_of(z: float) -> float:
    """How often chance alone brings a standardised difference at least as large as z, in either direction."""
    return math.erfc(abs(z) / math.sqrt(2))


def wilson(hits: float, n: float, level: float = LEVEL) -> Interval:
    """Share `hits / n` with Wilson's score interval. `n` may be an effective number, see `clustered`."""
    if n <= 0:
        return NOTHING
    z, p = z_of(level), hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, min(p, max(0.0, middle - half)), max(p, min(1.0, middle + half)), round(n))


def clustered(num: np.ndarray, den: np.ndarray, level: float = LEVEL) -> Interval:
    """A share whose cases come in bundles: `num[i]` of `den[i]` cases of ticket i, the cases of one ticket being alike.

    The variance between tickets (Kish's design effect) says how many independent cases the bundles are worth; Wilson's
    interval is taken for that number. `n` is the number of cases, `den` summed.
    """
    total = float(den.sum())
    if total <= 0:
        return NOTHING
    p = float(num.sum()) / total
    spread = float(np.square(num - p * den).sum()) / total**2
    plain = p * (1 - p) / total
    effective = total * min(1.0, plain / spread) if spread > 0 and plain > 0 else total
    return wilson(p * effective, effective, level)._replace(n=round(total))


def mean(values: np.ndarray, seed: int = 0, level: float = LEVEL) -> Interval:
    """The mean with its bootstrap interval (percentiles); from 2,000 values on the normal one, which is the same."""
    n = len(values)
    if n == 0:
        return NOTHING
    value = float(values.mean())
    if n >= MANY:
        half = z_of(level) * float(values.std(ddof=1)) / math.sqrt(n)
        return Interval(value, value - half, value + half, n)
    drawn = np.random.default_rng(seed).integers(0, n, (TIMES, n))
    low, high = np.quantile(values[drawn].mean(axis=1), _tails(level))
    return Interval(value, float(low), float(high), n)


def quantile(values: np.ndarray, q: float, seed: int = 0, level: float = LEVEL) -> Interval:
    """The q-quantile (0.5: median) with its bootstrap interval.

    The rank that a resample's quantile has among the n values follows Beta(k, n + 1 - k) with k = q (n - 1) + 1, so
    the ranks are drawn instead of the resamples: exact for an order statistic, and quick for millions of values
    (A. Hutson, M. Ernst, "The exact bootstrap mean and variance of an L-estimator", 2000).
    """
    n = len(values)
    if n == 0:
        return NOTHING
    ranked = np.sort(values)
    k = q * (n - 1) + 1
    at = np.random.default_rng(seed).beta(k, n + 1 - k, TIMES)
    drawn = ranked[np.minimum(np.ceil(at * n).astype(int), n) - 1]
    low, high = np.quantile(drawn, _tails(level))
    value = float(np.quantile(ranked, q))
    return Interval(value, min(value, float(low)), max(value, float(high)), n)


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def difference(a: Interval, b: Interval) -> Interval:
    """b - a with the interval that follows from the two (R. G. Newcombe's method 10, 1998), of shares or means."""
    if not a.n or not b.n:
        return NOTHING
    value = b.value - a.value
    low = value - math.hypot(b.value - b.low, a.high - a.value)
    high = value + math.hypot(b.high - b.value, a.value - a.low)
    return Interval(value, low, high, a.n + b.n)


def discoveries(p: Sequence[float], rate: float = 0.05) -> list[bool]:
    """Which of many tests count, so that at most `rate` of those that count are expected to be chance.

    Benjamini and Hochberg: the largest k with p(k) <= k / m * rate; all up to it count. NaN is a test not made.
    """
    made = sorted((x, n) for n, x in enumerate(p) if not math.isnan(x))
    last = max((k for k, (x, _) in enumerate(made, 1) if x <= k / len(made) * rate), default=0)
    counted = {n for _, n in made[:last]}
    return [n in counted for n in range(len(p))]
