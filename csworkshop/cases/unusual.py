"""Days on which a category of tickets surges: a release that breaks something, parcels that pile up.

A p-chart by day: the category's share of the day's tickets against its share in the eight weeks around (their median,
which a surge of some days can't move). Shares and not numbers, because sales and holidays move all categories. The
limits are widened by what the shares vary anyhow (D. Laney's p' chart, 2002), so that not every wiggle is news. A
period is told if it counts among all days of all categories (Benjamini and Hochberg).

A surge that begins with or shortly after a sale or holiday of the events table is expected; it is told as such.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csworkshop.cases.intervals import discoveries, p_of
from csworkshop.cases.measures import figures

AROUND = 57  # days of the baseline
GAP = 2  # days without news inside a period
WINDOWS = (1, 3, 7)  # days that are looked at together: a weak surge of a week counts as well as a strong one of a day
RATE = 0.01  # of false discoveries among days that count
LONG, HIGH = 2, 6.0  # a period has at least this many days, or one day as far out as this
TIMES = 1.5  # and on the whole at least so many times the usual tickets
EXPECTED = ("promotion", "holiday")
AFTER = 12  # days that a sale or holiday still explains
BEFORE = 2  # days that a surge may begin before the event's first day
MOVED = ("fcr", "csat_top2", "resolution_median", "transfers")  # figures shown for a period


@dataclass(frozen=True)
class Unusual:
    """A period: first and last day, category, tickets and what was usual, the highest day's z, events that explain it.

    `figures` has a row per measure: value, low, high, n within the period and `usual`, the category's in other days.
    """

    category: str
    at: pd.Timestamp
    until: pd.Timestamp
    tickets: int
    usual: float
    z: float
    notes: tuple[str, ...]
    expected: bool
    figures: pd.DataFrame


def chart(values: pd.DataFrame, part: str, column: str = "category") -> pd.DataFrame:
    """Per day: tickets of the part, all tickets, share, usual (the baseline's share), low, high (limits), z1, z3, z7.

    z is how far the sum of 1, 3 or 7 days around lies from the usual, on the arc sine's scale, where small numbers of
    tickets behave (F. Anscombe, 1948).
    """
    day = values.opened_at.dt.normalize()
    days = pd.date_range(day.min(), day.max(), freq="D")
    every = day.value_counts().reindex(days, fill_value=0).astype(float)
    own = day[values[column] == part].value_counts().reindex(days, fill_value=0).astype(float)
    share = own / every.where(every > 0)
    usual = share.rolling(AROUND, center=True, min_periods=min(14, len(days))).median().clip(1e-4, 1 - 1e-4)
    frame = pd.DataFrame({"tickets": own, "all": every, "share": share, "usual": usual})
    plain = _distance(own, every, usual * every).dropna()
    wider = max(1.0, float((plain - plain.median()).abs().median()) * 1.4826) if len(plain) else 1.0
    chance = wider / (2 * np.sqrt(every.where(every > 0)))
    middle = np.arcsin(np.sqrt(usual))
    frame["low"], frame["high"] = (np.sin((middle + s * 3 * chance).clip(0, np.pi / 2)) ** 2 for s in (-1, 1))
    for window in WINDOWS:
        sums = (x.rolling(window, center=True, min_periods=1).sum() for x in (own, every, usual * every))
        frame[f"z{window}"] = _distance(*sums) / wider
    return frame


def _distance(own: pd.Series, every: pd.Series, expected: pd.Series) -> pd.Series:
    """How many standard deviations `own` of `every` lies beyond the expected number."""
    known = every.where(every > 0)
    found = np.arcsin(np.sqrt((own + 0.375) / (known + 0.75)))
    return 2 * np.sqrt(known + 0.5) * (found - np.arcsin(np.sqrt(((expected + 0.375) / (known + 0.75)).clip(0, 1))))


def unusual(values: pd.DataFrame, events: pd.DataFrame | None = None, lang: str = "zh") -> list[Unusual]:
    """All periods in which a category surged, the strongest first. `values` as `per_ticket` makes them."""
    charts = {str(c): chart(values, str(c)) for c in sorted(values.category.unique())}
    windows = [f"z{w}" for w in WINDOWS]
    z = pd.concat({name: days[windows].stack() for name, days in charts.items()})
    counted = pd.Series(discoveries([p_of(x) if x > 0 else 1.0 for x in z], RATE), index=z.index)
    found = []
    for category, days in charts.items():
        hits = counted[category].unstack().reindex(days.index, fill_value=False).any(axis=1) & (days.z1 > 1)
        for first, last in _runs(hits.to_numpy(bool)):
            inside = days.iloc[first : last + 1]
            usual = float((inside["usual"] * inside["all"]).sum())
            if inside.tickets.sum() >= TIMES * usual and (len(inside) >= LONG or inside.z1.max() >= HIGH):
                found.append(_period(values, category, inside, usual, events, lang))
    return sorted(found, key=lambda u: -u.z)


def _runs(hits: np.ndarray) -> list[tuple[int, int]]:
    """First and last place of each run of hits; short gaps are bridged."""
    places = np.flatnonzero(hits)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > GAP + 1)
    return list(zip(places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]], strict=True))


def _period(
    values: pd.DataFrame, category: str, inside: pd.DataFrame, usual: float, events: pd.DataFrame | None, lang: str
) -> Unusual:
    at, until = inside.index[0], inside.index[-1]
    near = near_events(events, at, until)
    note = "note_en" if lang == "en" and "note_en" in near else "note"
    own = values[values.category == category]
    during = (own.opened_at >= at) & (own.opened_at < until + pd.Timedelta(days=1))
    table = figures(own[during], names=MOVED).set_index("measure")
    table["usual"] = figures(own[~during], names=MOVED).set_index("measure").value
    return Unusual(
        category=category,
        at=at,
        until=until,
        tickets=int(inside.tickets.sum()),
        usual=usual,
        z=float(inside[[f"z{w}" for w in WINDOWS]].max().max()),
        notes=tuple(str(x) for x in near[note]) if len(near) else (),
        expected=bool(len(near)) and bool(near.kind.isin(EXPECTED).all()),
        figures=table,
    )


def near_events(events: pd.DataFrame | None, at: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """The events that may explain a period: those that run in it, and sales or holidays that ended shortly before."""
    if events is None or not len(events):
        return pd.DataFrame(columns=["at", "until", "kind", "note"])
    start, end = pd.to_datetime(events["at"]), pd.to_datetime(events["until"])
    late = pd.Timedelta(days=AFTER)
    running = (start <= until) & (end >= at) & (start <= at + pd.Timedelta(days=BEFORE) + (until - at) / 2)
    past = events.kind.isin(EXPECTED) & (end < at) & (end >= at - late)
    near = events[running | past]
    special = near[~near.kind.isin((*EXPECTED, "training"))]
    return special if len(special) else near[near.kind != "training"]
