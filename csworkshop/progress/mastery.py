"""How well each topic is mastered, by a trainee's attempts: estimate, interval, due date (`filtering`, `reviews`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from csworkshop.progress import reviews
from csworkshop.progress.filtering import deviation, interval, mastered, success
from csworkshop.progress.learner import Learners, learner
from csworkshop.progress.records import Attempt
from csworkshop.progress.shelf import Shelf
from csworkshop.techniques.catalogue import catalogue


@dataclass(frozen=True)
class Mastery:
    """What is believed of one topic at a moment.

    `estimate` is the probability of success at level 2 without help, `low` and `high` hold it with 90 %, `deviation` is
    its standard deviation; `mastered` is the probability that it is at least 0.8; `closed`: mastered, with little
    uncertainty (see `choosing.close`). `practised` counts judged attempts; `recall` and `due` are None before them.
    """

    item: str
    estimate: float
    low: float
    high: float
    deviation: float
    mastered: float
    closed: bool
    practised: int
    recall: float | None
    due: datetime | None


def mastery(shelf: Shelf, attempts: Sequence[Attempt], now: datetime) -> list[Mastery]:
    """Every topic of the shelf after these attempts, as of `now` (with its zone)."""
    return of_learner(learner(shelf, attempts), now)


def of_learner(known: Learners, now: datetime) -> list[Mastery]:
    """Every topic of the one trainee in `known`; lets the days until `now` go by there."""
    day = _day(known, now)
    row = np.zeros(1, int)
    known.rest(row, day)
    belief = known.belief[:, :-1]
    low, high = (x[0] for x in interval(belief))
    standing = known.standing(row, day)
    estimate, sd, sure = (f(belief)[0] for f in (success, deviation, mastered))
    due = reviews.due_in(known.memory, day[:, None])[0]
    found = []
    for k, item in enumerate(known.shelf.parameters.ids):
        seen = not np.isnan(due[k])
        found.append(
            Mastery(
                item=item,
                estimate=float(estimate[k]),
                low=float(low[k]),
                high=float(high[k]),
                deviation=float(sd[k]),
                mastered=float(sure[k]),
                closed=bool(standing.closed[0, k]),
                practised=int(standing.practised[0, k]),
                recall=float(standing.recall[0, k]) if seen else None,
                due=now + timedelta(days=float(due[k])) if seen else None,
            )
        )
    return found


def _day(known: Learners, now: datetime) -> np.ndarray:
    """`now` in days, but never before the last attempt (a clock that was put back)."""
    day = np.array([now.timestamp() / 86400])
    return np.where(np.isnan(known.day), day, np.maximum(day, known.day))


def known_items(attempts: Sequence[Attempt]) -> list[str]:
    """Items of the catalogue that the attempts tell something of."""
    return sorted({i for a in attempts for i in a.items if i in catalogue().items})
