"""Control charts: which points of a series are news, and which are ordinary wiggle.

p-chart for shares, XmR (individuals and moving range) for all other figures: W. Shewhart (1931), D. Wheeler,
"Understanding Variation" (1993). The p-chart's limits are widened by what weeks vary beyond chance (Laney's p', 2002);
with hundreds of tickets a week the plain ones would call every week a signal. Signals are a point beyond the limits,
and eight in a row on one side of the middle (Western Electric).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

RUN = 8
D2 = 1.128  # mean moving range of two values in standard deviations
D4 = 3.268  # upper limit of a moving range of two, in mean ranges
FEWEST = 8  # points from which on limits are computed


@dataclass(frozen=True)
class Chart:
    """`points` by time: value, low, high (limits) and signal. For XmR also the moving ranges and their limit."""

    kind: str
    middle: float
    points: pd.DataFrame
    ranges: np.ndarray
    range_limit: float

    @property
    def signals(self) -> list[object]:
        """The times of all signals."""
        return list(self.points.index[self.points.signal])


def xmr(values: pd.Series) -> Chart:
    """Individuals and moving range: limits are the mean and 2.66 mean moving ranges to either side."""
    x = values.to_numpy(float)
    ranges = np.abs(np.diff(x))
    middle, wide = float(x.mean()), 3 / D2 * float(ranges.mean()) if len(ranges) else 0.0
    points = pd.DataFrame({"value": x, "low": middle - wide, "high": middle + wide}, index=values.index)
    if x.min(initial=0) >= 0:
        points["low"] = points.low.clip(lower=0)
    return _told("XmR", middle, points, ranges, D4 * float(ranges.mean()) if len(ranges) else 0.0)


def p_chart(hits: pd.Series, n: pd.Series) -> Chart:
    """Shares with limits that follow each point's number of cases; Laney's sigma widens (never narrows) them."""
    known = n > 0
    hits, n = hits[known].to_numpy(float), n[known]
    count = n.to_numpy(float)
    middle = float(hits.sum() / count.sum()) if count.sum() else 0.0
    sigma = np.sqrt(max(middle * (1 - middle), 1e-12) / count)
    share = hits / count
    z = (share - middle) / sigma
    wider = max(1.0, float(np.abs(np.diff(z)).mean()) / D2) if len(z) > 1 else 1.0
    low, high = middle - 3 * wider * sigma, middle + 3 * wider * sigma
    points = pd.DataFrame({"value": share, "low": np.maximum(low, 0), "high": np.minimum(high, 1)}, index=n.index)
    return _told("p", middle, points, np.abs(np.diff(share)), np.nan)


def _told(kind: str, middle: float, points: pd.DataFrame, ranges: np.ndarray, limit: float) -> Chart:
    beyond = ((points.value < points.low) | (points.value > points.high)).to_numpy()
    side = np.sign(points.value.to_numpy() - middle)
    long = np.zeros(len(points), bool)
    start = 0
    for n in range(1, len(points) + 1):
        if n == len(points) or side[n] != side[start] or side[start] == 0:
            if n - start >= RUN and side[start] != 0:
                long[start:n] = True
            start = n
    points["signal"] = (beyond | long) if len(points) >= FEWEST else False
    return Chart(kind, middle, points, ranges, limit)
