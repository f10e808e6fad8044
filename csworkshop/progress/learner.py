"""What is known of N trainees after their attempts: a fold, for the one trainee of a log or for a simulated cohort.

`Learners` holds the beliefs about mastery, the memory for reviews and what came when; `attempt` adds one attempt per
row, `rest` lets days go by. Neither reads a clock nor draws by chance, so the same attempts give the same state.

One more topic than there are (the last column) takes what pads attempts to the same number of topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from csworkshop.progress import reviews
from csworkshop.progress.choosing import Standing, close
from csworkshop.progress.filtering import Tracer, deviation, mastered, success
from csworkshop.progress.records import Attempt
from csworkshop.progress.reviews import Memory
from csworkshop.progress.shelf import Shelf
from csworkshop.progress.topics import OUTCOMES, table

SITTING_DAYS = 4 / 24  # after a longer pause a new sitting begins

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(eq=False)
class Learners:
    """See the module. (N, K + 1, S): `belief`; (N, K + 1): `closed`, `practised`, `sitting` and the memory's arrays;
    (N, E): `came` (number of the attempt that the exercise came in, -1: never), `times`; (N,): the rest."""

    shelf: Shelf
    tracer: Tracer
    number: int
    belief: Floats = field(init=False)
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        n, k, e = self.number, len(self.shelf.parameters.ids), len(self.shelf.ids)
        prior = self.tracer.begin(n)
        self.belief = np.concatenate([prior, np.full_like(prior[:, :1], 1 / prior.shape[-1])], axis=1)
        self.memory = Memory.blank(n, k + 1)
        self.closed = np.zeros((n, k + 1), bool)
        self.practised, self.sitting = np.zeros((2, n, k + 1), int)
        self.came, self.times = np.full((n, e), -1), np.zeros((n, e), int)
        self.last, self.attempts = np.full(n, -1), np.zeros(n, int)
        self.scenes, self.kinds = np.full((2, n, 2), -1)
        self.day = np.full(n, np.nan)  # of the last attempt
        self.counted = np.full(n, np.nan)  # until which forgetting is in the beliefs

    def rest(self, rows: Ints, day: Floats) -> None:
        """The days until `day` (rows,) go by: what isn't practised fades, and after some hours a new sitting begins."""
        before = np.where(np.isnan(self.counted[rows]), day, self.counted[rows])
        days = np.maximum(reviews.whole_days(day - before), 0).astype(int)
        if days.any():
            self.belief[rows, :-1] = self.tracer.pause(self.belief[rows, :-1], days)
            self._close(rows)
        self.counted[rows] = before + days
        new = ~(day - self.day[rows] < SITTING_DAYS)
        self.sitting[rows[new]] = 0

    def attempt(
        self,
        rows: Ints,
        exercise: Ints,
        topics: Ints,
        outcome: Ints,
        level: Ints,
        helps: Ints,
        solution: Ints,
        day: Floats,
    ) -> None:
        """One attempt for each of `rows` on `day`: exercise (rows,; -1: none on the shelf), topics and outcome
        (rows, J; outcome -1: not judged; pad with topic K), level 1..3, helps taken, solution seen 0 or 1."""
        self.rest(rows, day)
        at = (rows[:, None], topics)
        self.belief[at] = self.tracer_row(topics, outcome, level, helps, solution, self.belief[at])
        rated = reviews.rating(outcome, level, (helps + solution) > 0)
        old = Memory(self.memory.stability[at], self.memory.difficulty[at], self.memory.day[at])
        new = reviews.review(old, rated, np.asarray(day, float)[:, None] + np.zeros(topics.shape))
        self.memory.stability[at], self.memory.difficulty[at], self.memory.day[at] = (
            new.stability,
            new.difficulty,
            new.day,
        )
        self.practised[at] += outcome >= 0
        self.sitting[at] += outcome >= 0
        self._close(rows)
        self.attempts[rows] += 1
        self.day[rows] = day
        known = exercise >= 0
        self.last[rows] = exercise
        r, e = rows[known], exercise[known]
        self.came[r, e] = self.attempts[r]
        self.times[r, e] += 1
        for recent, of in ((self.scenes, self.shelf.scene), (self.kinds, self.shelf.kind)):
            recent[r, 1] = recent[r, 0]
            recent[r, 0] = of[e]

    def tracer_row(
        self, topics: Ints, outcome: Ints, level: Ints, helps: Ints, solution: Ints, belief: Floats
    ) -> Floats:
        pad = topics >= len(self.shelf.parameters.ids)
        return self.tracer.observe(belief, np.where(pad, 0, topics), np.where(pad, -1, outcome), level, helps, solution)

    def _close(self, rows: Ints) -> None:
        belief = self.belief[rows]
        self.closed[rows] = close(mastered(belief), deviation(belief), self.closed[rows])

    def standing(self, rows: Ints, day: Floats) -> Standing:
        """What the next choice depends on; call `rest` first."""
        known = slice(None, -1)
        belief = self.belief[rows, known]
        memory = Memory(
            self.memory.stability[rows, known], self.memory.difficulty[rows, known], self.memory.day[rows, known]
        )
        since = np.where(self.came[rows] < 0, np.inf, self.attempts[rows, None] - self.came[rows])
        return Standing(
            success=success(belief),
            mastered=mastered(belief),
            closed=self.closed[rows, known],
            recall=reviews.recall(memory, np.asarray(day, float)[:, None]),
            practised=self.practised[rows, known],
            sitting=self.sitting[rows, known],
            since=since,
            times=self.times[rows],
            last=self.last[rows],
            scenes=self.scenes[rows],
            kinds=self.kinds[rows],
        )


def day_of(attempt: Attempt) -> float:
    """Days since 1970, a fraction of a day included."""
    return attempt.at.timestamp() / 86400


def learner(shelf: Shelf, attempts: Sequence[Attempt], tracer: Tracer | None = None) -> Learners:
    """One trainee, after these attempts in their order. Refused texts came, but no item of them was judged."""
    known = Learners(shelf, tracer or Tracer(shelf.parameters), 1)
    row, place = np.zeros(1, int), {e: n for n, e in enumerate(shelf.ids)}
    ids = {item: n for n, item in enumerate(shelf.parameters.ids)}
    for a in attempts:
        judged = {ids[i]: OUTCOMES[o] for i, o in a.items.items() if i in ids}
        topics = np.array([list(judged) or [len(ids)]])
        outcome = np.array([list(judged.values()) or [-1]])
        level, helps, solution = (
            np.array([v]) for v in (a.level, a.hints + a.tries + table().kind(a.kind).help, int(a.solution))
        )
        exercise = np.array([place.get(a.exercise, -1)])
        known.attempt(row, exercise, topics, outcome, level, helps, solution, np.array([day_of(a)]))
    return known
