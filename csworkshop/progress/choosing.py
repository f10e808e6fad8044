"""Which exercise comes next: one pure function over arrays, for one trainee as for a simulated cohort.

An exercise is worth the sum, over the topics that it trains, of

    need      how likely the topic is not yet mastered, more where it went wrong before; 0 once it is closed, but for a
              closed topic that is due for review, how far its recall has fallen
    scarcity  topics that few exercises train come first where they can be trained; the others come along anyway
    room      4 p (1 - p), at least 0.6: at this level the topic is neither sure to succeed nor hopeless
    rest      halved by each time that the topic was trained already in this sitting

times variety: less for a customer (persona and emotion) or a kind of exercise just met, for an exercise done lately,
and for one done often. The exercise that came last is never chosen. Chance (by seed) decides between equals only.

Shapes: N trainees, K topics, E exercises.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csworkshop.progress.reviews import RETENTION
from csworkshop.progress.shelf import Shelf

SURE = 0.95  # a topic is closed when it is mastered with this probability …
LITTLE = 0.08  # … and the deviation of its estimated probability of success is at most this
REOPEN = 0.80  # a closed topic opens again when its probability falls below
WEAKNESS = 2.0  # how much more a topic counts that went wrong than one that hasn't come yet
SCARCITY = 0.3  # exponent: 0 would ignore how many exercises train a topic
LEAST_ROOM = 0.6
REST = 0.5
REVIEW = 2.0  # a closed topic that is due, beside an open one of which nothing is known
RECENT = 8.0  # attempts after which an exercise is almost as good as new
NEW, WEAK, DUE, KEEP = range(4)  # why an exercise was chosen

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """What the choice depends on, for N trainees.

    (N, K): `success` at level 2, `mastered` probability, `closed`, `recall` (nan: never practised), `practised` times,
    `sitting` times in this sitting. (N, E): `since`, attempts since the exercise came (inf: never), `times` it came.
    (N,): `last` exercise (-1: none). (N, 2): `scenes` and `kinds` met last, newest first (-1: none).
    """

    success: Floats
    mastered: Floats
    closed: Truths
    recall: Floats
    practised: Ints
    sitting: Ints
    since: Floats
    times: Ints
    last: Ints
    scenes: Ints
    kinds: Ints


@dataclass(frozen=True)
class Choice:
    """Per trainee: the exercise (-1: none left), the topic that speaks most for it, and why (NEW, WEAK, DUE, KEEP)."""

    exercise: Ints
    topic: Ints
    why: Ints


def close(mastered: Floats, deviation: Floats, closed: Truths) -> Truths:
    """Which topics are closed now, given which were before."""
    return np.where(closed, mastered >= REOPEN, (mastered >= SURE) & (deviation <= LITTLE))


def need(standing: Standing) -> Floats:
    """(N, K): how much each topic asks for an attempt."""
    recall = np.nan_to_num(standing.recall, nan=1.0)
    review = np.clip((RETENTION - recall) / RETENTION, 0, 1) * REVIEW
    weak = 1 + WEAKNESS * (1 - standing.success) * (standing.practised > 0)
    return np.where(standing.closed, review, (1 - standing.mastered) * weak)


def worth(shelf: Shelf, standing: Standing) -> tuple[Floats, Floats]:
    """(N, E) what each exercise is worth, and (N, K) the need that it meets, by scarcity and rest."""
    wanted = need(standing) * shelf.supply**-SCARCITY * REST**standing.sitting
    odds = np.log(np.clip(standing.success, 0.01, 0.99) / np.clip(1 - standing.success, 0.01, 0.99))
    total = np.zeros((len(standing.last), len(shelf.ids)))
    for level in np.unique(shelf.level):
        p = 1 / (1 + np.exp(shelf.parameters.level * (level - 2) - odds))
        at = shelf.level == level
        total[:, at] = (wanted * np.maximum(4 * p * (1 - p), LEAST_ROOM)) @ shelf.share[at].T
    return total * _variety(shelf, standing), wanted


def _variety(shelf: Shelf, standing: Standing) -> Floats:
    fresh = (1 - 0.7 * np.exp(-standing.since / RECENT)) / (1 + 0.05 * standing.times)
    for n, weight in enumerate((0.12, 0.06)):
        fresh = fresh * (1 - weight * (shelf.scene == standing.scenes[:, n, None]))
        fresh = fresh * (1 - weight / 2 * (shelf.kind == standing.kinds[:, n, None]))
    return np.asarray(fresh)


def choose(shelf: Shelf, standing: Standing, chance: np.random.Generator, barred: Truths | None = None) -> Choice:
    """The next exercise for each trainee; `barred` (N, E) ones are left out, as is the one that came last."""
    total, wanted = worth(shelf, standing)
    total = (total + 1e-9) * (1 + 1e-6 * chance.random(total.shape, dtype=np.float32))
    total = np.where(np.arange(len(shelf.ids)) == standing.last[:, None], -1.0, total)
    if barred is not None:
        total = np.where(barred, -1.0, total)
    if not len(shelf.ids):
        return Choice(*(np.full(len(standing.last), v) for v in (-1, -1, KEEP)))
    best = total.argmax(1)
    rows = np.arange(len(best))
    topic = (wanted * shelf.share[best]).argmax(1)
    closed, fresh = standing.closed[rows, topic], standing.practised[rows, topic] == 0
    due = np.nan_to_num(standing.recall[rows, topic], nan=1.0) < RETENTION
    why = np.where(closed, np.where(due, DUE, KEEP), np.where(fresh, NEW, WEAK))
    return Choice(np.where(total[rows, best] < 0, -1, best), topic, why)
