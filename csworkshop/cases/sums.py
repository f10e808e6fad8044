"""Measures of any number of tickets in bounded memory: sums and histograms that can be added up.

Shares, means and ratios need sums; medians and the 90th percentile need a histogram, whose bins are 1 % wide on the
logarithm (after HdrHistogram): their figures are right to half a per cent. The values per ticket come from
`per_ticket`, so every measure has one definition, however large the desk. Added-up parts are the whole, in any order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from csworkshop.cases.intervals import NOTHING, Interval, wilson, z_of
from csworkshop.cases.measures import DUE, Measure, measures

BIN = math.log(1.01)
LEAST = 1 / 3600  # smaller values (a second of an hour) share the first bin
SUMS = ("n", "num", "den", "num2", "cross", "den2")


class Sums:
    """What is known of each group: sums per measure, histograms per value that quantiles are taken of."""

    def __init__(self, by: Sequence[str], names: Iterable[str]) -> None:
        self.by = list(by)
        self.names = list(names)
        self._sums: dict[str, pd.DataFrame] = {}
        self._bins: dict[str, pd.Series] = {}

    def add(self, values: pd.DataFrame) -> None:
        """Count in a part of the tickets, as `per_ticket` makes it."""
        keys = [values[g] for g in self.by] or [pd.Series("", index=values.index)]
        done: set[str] = set()
        ranked = {measures()[n].of for n in self.names if measures()[n].kind in ("median", "p90")}
        for m in (measures()[n] for n in self.names):
            if m.of in done or m.of not in values:
                continue
            done.add(m.of)
            part = values[m.of].to_numpy(float)
            known = ~np.isnan(part)
            den = np.where(known, values[m.of + DUE].to_numpy(float) if m.kind == "ratio" else 1.0, 0.0)
            num = np.where(known, part, 0.0)
            columns = dict(zip(SUMS, (known.astype(float), num, den, num**2, num * den, den**2), strict=True))
            self._plus(m.of, pd.DataFrame(columns, index=values.index).groupby(keys).sum())
            if m.of in ranked:
                place = np.floor(np.log(np.maximum(num, LEAST)) / BIN).astype(int)
                told = [k[known] for k in keys]
                counts = pd.Series(place[known], index=values.index[known]).groupby([*told, place[known]]).size()
                self._count(m.of, counts.astype(float))

    def plus(self, other: Sums) -> None:
        """Count in what another one has counted."""
        for of, table in other._sums.items():
            self._plus(of, table)
        for of, counts in other._bins.items():
            self._count(of, counts)

    def _plus(self, of: str, table: pd.DataFrame) -> None:
        self._sums[of] = self._sums[of].add(table, fill_value=0.0) if of in self._sums else table

    def _count(self, of: str, counts: pd.Series) -> None:
        self._bins[of] = self._bins[of].add(counts, fill_value=0.0) if of in self._bins else counts

    def figures(self) -> pd.DataFrame:
        """A row per group and measure: the columns of `by`, measure, value, low, high, n."""
        rows = []
        for name in self.names:
            m = measures()[name]
            for key, row in self._sums.get(m.of, pd.DataFrame()).iterrows():
                found = self._quantile(m, key) if m.kind in ("median", "p90") else _figure(m, row)
                groups = (key if isinstance(key, tuple) else (key,)) if self.by else ()
                rows.append((*groups, name, *found))
        return pd.DataFrame(rows, columns=[*self.by, "measure", "value", "low", "high", "n"])

    def _quantile(self, m: Measure, key: object) -> Interval:
        if m.of not in self._bins:
            return NOTHING
        try:
            counts = self._bins[m.of].loc[key].sort_index()
        except KeyError:
            return NOTHING
        n, q = float(counts.sum()), 0.5 if m.kind == "median" else 0.9
        until = np.cumsum(counts.to_numpy())  # how many values lie up to each bin's end
        middle = np.exp((counts.index.to_numpy(float) + 0.5) * BIN)

        def at(rank: float) -> float:
            """The value of a rank, counted from 0; between two of them in proportion, as np.quantile has it."""
            rank = min(max(rank, 0.0), n - 1)
            low, high = (middle[np.searchsorted(until, whole, side="right")] for whole in (rank // 1, -(-rank // 1)))
            return float(low + (rank % 1) * (high - low))

        half = z_of() * math.sqrt(q * (1 - q) * n)
        return Interval(at(q * (n - 1)), at(q * n - half), at(q * n + half), int(n))


def _figure(m: Measure, row: pd.Series) -> Interval:
    if m.kind == "count":
        return Interval(row.n, math.nan, math.nan, int(row.n))
    if row.den <= 0:
        return NOTHING
    value = row.num / row.den
    if m.kind == "share":
        return wilson(row.num, row.n)
    spread = max(0.0, row.num2 - 2 * value * row.cross + value**2 * row.den2) / row.den**2
    if m.kind == "ratio":
        plain = value * (1 - value) / row.den
        worth = row.den * min(1.0, plain / spread) if spread > 0 and plain > 0 else row.den
        return wilson(value * worth, worth)._replace(n=round(row.den))
    half = z_of() * math.sqrt(spread)
    return Interval(value, value - half, value + half, int(row.n))
