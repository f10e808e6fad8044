"""Fair comparison: who differs from colleagues that had the same kind of tickets.

An agent who gets the broken accounts has unhappier customers than one who answers questions, whatever either does. So
every ticket is compared with what colleagues reach on tickets of its stratum, its category and channel:

- `against_peers`: own result minus what the peers would have reached on the group's own tickets (indirect
  standardisation). It uses every ticket once, holds for small groups, and asks: is this group better than others at
  *its* work? Two groups' differences belong to two different mixes.
- `standardised`: what the group would reach on the whole desk's mix (direct standardisation). Comparable between all
  groups, but a stratum that the group hardly had decides as much as it weighs in the desk; such strata are left out
  and `covered` says how much of the desk's mix is spoken for.

Times are compared on the logarithm and told as a ratio, because a few very long ones would decide a mean.

Where ten or more groups are compared, the natural spread between colleagues is added to the chance of single tickets
(D. Spiegelhalter, "Handling over-dispersion of performance indicators", 2005): somebody is told to differ only when
outside of what colleagues differ anyhow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkshop.cases.intervals import p_of, z_of
from csworkshop.cases.measures import DUE, Measure, measures

STRATA = ("category", "channel")
ENOUGH = 30  # tickets of a group from which on it is compared
PEERS = 10  # tickets of a stratum that the peers must have, and that a group must have to be standardised
COVERED = 0.5  # share of a group's tickets that must have peers
SPREAD_FROM = 10  # groups from which on their natural spread can be estimated
CLIPPED = 0.1  # share of groups on either side that don't count for the spread: they may be what is looked for


@dataclass(frozen=True)
class Parts:
    """A measure as sums: per ticket a part `num` of `den`; for times `num` is the logarithm and `log` is set."""

    num: np.ndarray
    den: np.ndarray
    log: bool
    rows: np.ndarray  # which rows of the table say something


def parts(values: pd.DataFrame, m: Measure) -> Parts:
    """What each ticket adds to a measure's numerator and denominator."""
    num = values[m.of].to_numpy(float)
    log = m.kind in ("median", "p90")
    den = values[m.of + DUE].to_numpy(float) if m.kind == "ratio" else np.ones(len(num))
    rows = np.flatnonzero(~np.isnan(num) & (den > 0))
    if log:
        num = np.log(np.maximum(num, 1 / 60))
    return Parts(num[rows], den[rows], log, rows)


def against_peers(
    values: pd.DataFrame, name: str, by: str = "agent_id", strata: Sequence[str] = STRATA, margin: float = 0.0
) -> pd.DataFrame:
    """A row per group: how it differs from its peers on the same strata.

    Columns: the group, measure, n (tickets), raw, expected (the peers on this group's tickets), difference with low and
    high, se, covered, p. For times raw and expected are geometric means, and difference, low and high are ratios. p is
    how often chance and the natural spread bring a difference beyond `margin` (in the measure's unit; for times a ratio
    such as 1.2). Groups with fewer than 30 tickets, or without peers for half of them, have NaN for p and bounds.
    """
    m = measures()[name]
    found = parts(values, m)
    kept = values.iloc[found.rows]
    group, names = pd.factorize(kept[by], sort=True)
    stratum = kept.groupby(list(strata), sort=False).ngroup().to_numpy() if strata else np.zeros(len(kept), int)
    known = group >= 0
    table = _sums(found, group[known], stratum[known], known, len(names))
    return _told(table, names, by, name, found.log, margin)


@dataclass(frozen=True)
class _Sums:
    """Per group: tickets, cases, sum of values, sum expected, covered cases, variance of the sum of differences."""

    n: np.ndarray
    den: np.ndarray
    num: np.ndarray
    all_den: np.ndarray
    all_num: np.ndarray
    expected: np.ndarray
    variance: np.ndarray


def _sums(found: Parts, group: np.ndarray, stratum: np.ndarray, known: np.ndarray, groups: int) -> _Sums:
    num, den = found.num[known], found.den[known]
    strata = int(stratum.max()) + 1 if len(stratum) else 0
    cell = group * strata + stratum

    def total(x: np.ndarray) -> np.ndarray:
        return np.bincount(cell, x, groups * strata).astype(float).reshape(groups, strata)

    n, d, s = total(np.ones(len(num))), total(den), total(num)
    n_peers, d_peers, s_peers = n.sum(0) - n, d.sum(0) - d, s.sum(0) - s
    has = n_peers >= PEERS
    rate = np.divide(s_peers, d_peers, out=np.zeros_like(s), where=has)
    left = num - rate.reshape(-1)[cell] * den  # what a ticket brought beyond its peers
    own = np.bincount(group, np.square(left) * has.reshape(-1)[cell], groups)
    overall = np.divide(s.sum(0), d.sum(0), out=np.zeros(strata), where=d.sum(0) > 0)
    spread = np.bincount(stratum, np.square(num - overall[stratum] * den), strata) / np.maximum(n.sum(0), 1)
    usual = (n * has * spread).sum(1)  # as the desk's tickets vary: all 1 or all 0 by luck is no certainty
    of_peers = np.where(has, np.square(d) * spread * n_peers / np.maximum(np.square(d_peers), 1e-9), 0).sum(1)
    return _Sums(
        n=n.sum(1),
        den=(d * has).sum(1),
        num=(s * has).sum(1),
        all_den=d.sum(1),
        all_num=s.sum(1),
        expected=(rate * d * has).sum(1),
        variance=np.maximum(own, usual) + of_peers,
    )


def _told(t: _Sums, names: pd.Index, by: str, measure: str, log: bool, margin: float) -> pd.DataFrame:
    with np.errstate(invalid="ignore", divide="ignore"):
        covered = t.den / t.all_den
        told = (t.n >= ENOUGH) & (covered >= COVERED)
        raw, expected = t.all_num / t.all_den, t.expected / t.den
        difference = np.where(told, (t.num - t.expected) / t.den, np.nan)
        se = np.where(told, np.sqrt(t.variance) / t.den, np.nan)
    natural = spread_between(difference, se)
    wide = np.sqrt(se**2 + natural)
    edge = math.log(max(margin, 1.0)) if log else margin
    beyond = np.maximum(np.abs(difference) - edge, 0) / np.where(wide > 0, wide, 1e-12)
    half = z_of() * wide
    scale = np.exp if log else np.array
    return pd.DataFrame(
        {
            by: names,
            "measure": measure,
            "n": t.n.astype(int),
            "raw": scale(raw),
            "expected": scale(expected),
            "difference": scale(difference),
            "low": scale(difference - half),
            "high": scale(difference + half),
            "se": wide,
            "covered": covered,
            "p": [p_of(z) if not math.isnan(z) else math.nan for z in beyond],
        }
    )


def spread_between(difference: np.ndarray, se: np.ndarray) -> float:
    """The variance between groups that chance doesn't explain, from the middle of them; 0 for fewer than ten.

    The standardised differences are pulled in to their 10 % and 90 % points, so that the ones who are looked for don't
    hide themselves (Spiegelhalter's winsorising); then the additive moment estimate of DerSimonian and Laird.
    """
    known = ~np.isnan(difference) & (se > 0)
    if known.sum() < SPREAD_FROM:
        return 0.0
    z = difference[known] / se[known]
    z = np.clip(z, *np.quantile(z, (CLIPPED, 1 - CLIPPED)))
    w = 1 / se[known] ** 2
    q = float(np.square(z).sum())
    return max(0.0, (q - (len(z) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def standardised(values: pd.DataFrame, name: str, by: str = "agent_id", strata: Sequence[str] = STRATA) -> pd.DataFrame:
    """A row per group: raw, adjusted (on the whole desk's mix) with low and high, n, covered (share of that mix)."""
    m = measures()[name]
    found = parts(values, m)
    kept = values.iloc[found.rows]
    frame = pd.DataFrame(
        {
            "group": kept[by].to_numpy(),
            "stratum": kept.groupby(list(strata), sort=False).ngroup().to_numpy(),
            "num": found.num,
            "den": found.den,
        }
    )
    weight = frame.groupby("stratum").den.sum() / frame.den.sum()
    rows = []
    for group, own in frame.groupby("group", sort=True):
        cells = own.groupby("stratum").agg(n=("num", "size"), num=("num", "sum"), den=("den", "sum"))
        cells["spread"] = (
            np.square(own.num - own.stratum.map(cells.num / cells.den) * own.den).groupby(own.stratum).sum()
        )
        enough = cells[cells.n >= PEERS]
        share = weight[enough.index]
        covered = float(share.sum())
        raw = own.num.sum() / own.den.sum()
        adjusted = float((share * enough.num / enough.den).sum() / covered) if covered else math.nan
        variance = float((np.square(share / covered / enough.den) * enough.spread).sum()) if covered else math.nan
        half = z_of() * math.sqrt(variance) if covered else math.nan
        ends = [raw, adjusted, adjusted - half, adjusted + half]
        rows.append((group, name, len(own), *(math.exp(x) if found.log else x for x in ends), covered))
    return pd.DataFrame(rows, columns=[by, "measure", "n", "raw", "adjusted", "low", "high", "covered"])
