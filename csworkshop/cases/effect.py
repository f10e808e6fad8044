"""What a training did: the change of those trained, less the change of the others in the same months.

Before against after alone would credit the training with the season, and with luck: those who are sent are often those
who had a bad month, and the next month is better by itself. So each agent's change is taken first, on tickets compared
with the same category and channel; then the mean change of the trained is compared with that of colleagues who were not
trained in that time (difference in differences). Agents are the cases, not tickets: thirteen agents are thirteen,
however many tickets they have.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from csworkshop.cases.compare import STRATA, parts
from csworkshop.cases.intervals import discoveries, p_of, z_of
from csworkshop.cases.measures import measures

LEAST = 10  # tickets that an agent needs before and after
FEWEST = 4  # agents that each side needs
# Two-sided 95 % points of Student's t, for few agents; by degrees of freedom, the next lower one counts.
T95 = {3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 10: 2.23, 12: 2.18, 15: 2.13, 20: 2.09, 30: 2.04, 60: 2.0}


@dataclass(frozen=True)
class Effect:
    """What changed in one measure with the training of a day. For times all four are factors, else differences.

    `trained` and `others` are mean changes, `effect` their difference with low and high; `counts` says whether it is a
    discovery among the measures asked.
    """

    measure: str
    at: pd.Timestamp
    trained: float
    others: float
    effect: float
    low: float
    high: float
    agents: tuple[int, int]
    p: float
    counts: bool = False


def effects(
    values: pd.DataFrame, agents: pd.DataFrame, names: Iterable[str], days: int | None = None, rate: float = 0.05
) -> list[Effect]:
    """The effect of every training day on every measure; `days` limits how far before and after is looked."""
    found = []
    known = agents.set_index("agent_id").training_at
    for at in sorted(known.dropna().unique()):
        for name in names:
            if measures()[name].of in values:
                one = effect(values, known, name, pd.Timestamp(at), days)
                if one is not None:
                    found.append(one)
    counted = discoveries([e.p for e in found], rate)
    return [replace(e, counts=c) for e, c in zip(found, counted, strict=True)]


def effect(
    values: pd.DataFrame, training: pd.Series, name: str, at: pd.Timestamp, days: int | None = None
) -> Effect | None:
    """The effect of the training of one day on one measure; None if too few agents have tickets before and after."""
    m = measures()[name]
    change = changes(values, name, at, days)
    day = training.reindex(change.index)
    near = pd.Timedelta(days=days or 3650)
    trained = change[day == at]
    others = change[day.isna() | ((day - at).abs() > near)]
    if min(len(trained), len(others)) < FEWEST:
        return None
    gap = float(trained.mean() - others.mean())
    spread = [float(x.var(ddof=1)) / len(x) for x in (trained, others)]
    se = math.sqrt(sum(spread)) or 1e-12
    free = se**4 / max(sum(v**2 / (len(x) - 1) for v, x in zip(spread, (trained, others), strict=True)), 1e-60)
    half = _t95(free) * se
    scale = math.exp if m.kind in ("median", "p90") else float
    return Effect(
        measure=name,
        at=at,
        trained=scale(float(trained.mean())),
        others=scale(float(others.mean())),
        effect=scale(gap),
        low=scale(gap - half),
        high=scale(gap + half),
        agents=(len(trained), len(others)),
        p=p_of(gap / se * z_of() / _t95(free)),
    )


def changes(values: pd.DataFrame, name: str, at: pd.Timestamp, days: int | None = None) -> pd.Series:
    """Per agent: the mean after less the mean before (of logarithms for times), each ticket less its stratum's mean."""
    if days is not None:
        near = pd.Timedelta(days=days)
        values = values[(values.opened_at >= at - near) & (values.opened_at < at + near)]
    found = parts(values, measures()[name])
    kept = values.iloc[found.rows]
    stratum = kept.groupby(list(STRATA), sort=False).ngroup().to_numpy()
    usual = np.bincount(stratum, found.num) / np.bincount(stratum, found.den)
    frame = pd.DataFrame(
        {
            "agent": kept.agent_id.to_numpy(),
            "after": (kept.opened_at >= at).to_numpy(),
            "left": found.num - usual[stratum] * found.den,
            "den": found.den,
        }
    )
    sums = frame.groupby(["agent", "after"]).agg(left=("left", "sum"), den=("den", "sum"), n=("den", "size"))
    mean = (sums.left / sums.den)[sums.n >= LEAST].unstack()
    if mean.shape[1] < 2:
        return pd.Series(dtype=float)
    return (mean[True] - mean[False]).dropna()


def _t95(free: float) -> float:
    return T95[max((k for k in T95 if k <= free), default=3)]
