"""`csworkshop bench cohort`: does the personal plan beat a fixed and a random order, in attempts to mastery?

Thousands of simulated trainees go through weeks of training with the shipped rewriting exercises. With the plan, each
exercise is chosen by `csworkshop.progress.choosing.choose` from what `csworkshop.progress.learner` has folded of the
trainee's attempts: the code that a real trainee's plan runs through. What the trainees are is drawn from other
distributions and other laws than the mastery model believes in; nothing of the truth reaches the plan but the
checker's outcomes.

Assumed of trainees (`Truth`); every figure is drawn anew for each seed:

- Skill is a real number per topic (log-odds), not a step. It starts at a common level of the topic (techniques -0.5 ±
  0.6, faults avoided 1.2 ± 0.7) + the trainee's general ability (± 0.7) + their own ups and downs (± 0.6). The model
  knows of no general ability and takes its starting points from topics.toml.
- An attempt at topic k of exercise e succeeds with guess + (1 - guess - slip) * sigmoid(skill - difficulty); slip and
  guess are each trainee's own (means 4 % and 5 %); difficulty is that of the level (0.3 to 1.3 log-odds per level,
  the same for all topics), of the exercise (± 0.4) and of the topic in it (± 0.3). The model knows of levels only.
- Trainees take hints: with probability up to 0.5, the likelier the harder the exercise is for them; a hint is worth 0.4
  to 1.0 log-odds. The plan sees that a hint was taken.
- An attempt with its feedback raises the skill by a rate of the trainee's own (lognormal, median 0.22, sigma 0.45)
  times one of the topic's (lognormal, sigma 0.25), less near the trainee's ceiling (2.4 to 4.0), and less where the
  exercise was far too easy or too hard: times (1 - Z) + Z * 4 p (1 - p), Z drawn from 0 to 0.6 per seed. Without
  that effect (`--flat`) Z is 0. The model knows steps with a fixed chance, whatever the difficulty.
- The same exercise teaches less when it comes again soon: times 1 - F * exp(-attempts since / 10), F drawn from 0.2 to
  0.8 per seed. (The fixed and the random order never suffer from it; the plan's own discount is another.)
- Transfer: 0 to 12 % of what is learnt spills over to the other topics of the same type. The model knows none.
- Forgetting: days without practice of a topic take the skill back towards its start, as (1 + days / h) ** -0.5 with h
  of the trainee's own (lognormal, median 60 days) and growing with practice. The model forgets at a fixed rate, and
  FSRS has parameters fitted to flash cards.
- The checker errs at rates of its own: those of reliability.toml, shifted per topic (± 0.4 log-odds).
- Trainees come 1 to 4 times a week, for 3 to 5 exercises, and miss one visit in eight. Each sees the same days in all
  orders, so that the orders differ in nothing else.

Orders: `plan`; `fixed`, the course's (module, level, id), over and over; `random`, the library shuffled for each
trainee, over and over (kinder than drawing blindly: nothing comes twice before all have come once).

A topic is truly mastered when the trainee's probability of success at level 2 without help is at least 0.8 (slips and
guesses aside). Attempts to mastery: how many it takes until nine tenths of the topics that the library trains are
mastered at the same time; who hasn't got there when the weeks are over is counted with all attempts that they had,
which favours the slower orders. Also told: all topics, and the share of topics mastered in the end. The plan must need
20 % fewer than either: the mean's 95 % interval over seeds (t distribution) must lie above.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from csworkshop.progress.choosing import choose
from csworkshop.progress.filtering import MASTERY, Tracer
from csworkshop.progress.learner import Learners
from csworkshop.progress.shelf import Shelf, exercises, shelf_of
from csworkshop.progress.topics import EARNED, MISSING, UNSURE, type_of

Order = Literal["plan", "fixed", "random"]
Goal = Literal["most", "all"]
GOALS: tuple[Goal, ...] = ("most", "all")
ORDERS: tuple[Order, ...] = ("plan", "fixed", "random")
MOST_TOPICS = 0.9
FLOAT = np.float32
Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Setting:
    """What is simulated. `flat`: learning doesn't depend on difficulty."""

    trainees: int = 10_000
    weeks: int = 12
    flat: bool = False


@dataclass(frozen=True)
class Run:
    """One order in one seed; (N,) per trainee, nan where it was never reached: attempts to nine tenths, to all."""

    order: Order
    most: Floats
    all: Floats
    attempts: Floats
    share: Floats  # of topics mastered at the end

    def needed(self, which: Goal = "most") -> float:
        """Mean attempts; who never got there is counted with all attempts that they had."""
        reached: Floats = getattr(self, which)
        return float(np.where(np.isnan(reached), self.attempts, reached).mean())

    def reached(self, which: Goal = "most") -> float:
        return float((~np.isnan(getattr(self, which))).mean())


class Truth:
    """The trainees as they are; see the module. Draws come from the seed alone, never from what an order does."""

    def __init__(self, shelf: Shelf, setting: Setting, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        n, k, e = setting.trainees, len(shelf.parameters.ids), len(shelf.ids)
        technique = np.array([type_of(i) != "fault" for i in shelf.parameters.ids])
        common = np.where(technique, rng.normal(-0.5, 0.6, k), rng.normal(1.2, 0.7, k))
        self.start = (common + rng.normal(0, 0.7, (n, 1)) + rng.normal(0, 0.6, (n, k))).astype(FLOAT)
        self.slip = rng.beta(2, 48, (n, 1)).astype(FLOAT)
        self.guess = rng.beta(2, 38, (n, 1)).astype(FLOAT)
        level = rng.uniform(0.3, 1.3)
        per_exercise = level * (shelf.level - 2) + rng.normal(0, 0.4, e)
        self.difficulty = (per_exercise[:, None] + rng.normal(0, 0.3, (e, k))).astype(FLOAT)
        self.hint = rng.uniform(0.4, 1.0)
        self.rate = (rng.lognormal(np.log(0.22), 0.45, (n, 1)) * rng.lognormal(0, 0.25, k)).astype(FLOAT)
        self.ceiling = rng.uniform(2.4, 4.0, (n, 1)).astype(FLOAT)
        self.zone = 0.0 if setting.flat else rng.uniform(0, 0.6)
        self.stale = rng.uniform(0.2, 0.8)
        self.transfer = rng.uniform(0, 0.12)
        same = (technique[:, None] == technique[None]).astype(FLOAT)
        np.fill_diagonal(same, 0)
        self.spill = same * FLOAT(self.transfer) / np.maximum(same.sum(1), 1)[:, None]
        self.half = rng.lognormal(np.log(60), 0.5, (n, 1)).astype(FLOAT)
        odds = np.log(np.clip(shelf.parameters.said, 1e-3, None)) + rng.normal(0, 0.4, (k, 2, 3))
        self.said = np.cumsum(np.exp(odds) / np.exp(odds).sum(-1, keepdims=True), -1).astype(FLOAT)
        visits = rng.uniform(1, 4, n) / 7
        days = setting.weeks * 7
        self.comes = (rng.random((days, n)) < visits) & (rng.random((days, n)) > 1 / 8)
        self.per_visit = rng.integers(3, 6, n)


def simulate(shelf: Shelf, truth: Truth, order: Order, seed: int) -> Run:
    """All weeks in one order of exercises."""
    rng = np.random.default_rng([seed, 2])
    chooser, world = _chooser(shelf, order, len(truth.start), rng), _World(shelf, truth, rng)
    for day, comes in enumerate(truth.comes):
        here = np.flatnonzero(comes)
        world.fade(here, day)
        for step in range(int(truth.per_visit.max())):
            rows = here[truth.per_visit[here] > step]
            if len(rows):
                when = np.full(len(rows), day + step * 0.003)
                exercise = chooser.next(rows, when)
                topics, outcome, hints = world.attempt(rows, exercise, day)
                chooser.tell(rows, exercise, topics, outcome, hints, when)
    share = world.mastered(np.arange(len(truth.start))) / world.trained.sum()
    return Run(order, world.first[0], world.first[1], world.attempts.astype(float), share)


class _World:
    """Trainees who learn and forget. Shapes: N trainees, K topics, J topics of an exercise, padded with topic K."""

    def __init__(self, shelf: Shelf, truth: Truth, rng: np.random.Generator) -> None:
        n, k = truth.start.shape
        self.truth, self.rng, self.topics = truth, rng, k
        lists = [np.flatnonzero(row) for row in shelf.card]
        self.card = np.full((len(lists), max(map(len, lists))), k)
        for e, found in enumerate(lists):
            self.card[e, : len(found)] = found
        self.trained = shelf.card.any(0)
        self.goals = (int(np.ceil(MOST_TOPICS * self.trained.sum())), int(self.trained.sum()))
        self.skill = truth.start.copy()
        self.since, self.practised = np.zeros((2, n, k), FLOAT)  # day of last practice, number of times
        self.attempts = np.zeros(n, int)
        self.came = np.full((n, len(shelf.ids)), -np.inf, FLOAT)
        self.first = np.full((2, n), np.nan)

    def mastered(self, rows: Ints) -> Ints:
        """How many topics each trainee has truly mastered."""
        return np.asarray(((self.skill[rows] > np.log(MASTERY / (1 - MASTERY))) & self.trained).sum(1))

    def fade(self, rows: Ints, day: int) -> None:
        """What was forgotten by `day`."""
        t = self.truth
        gap = np.maximum(FLOAT(day) - self.since[rows] - 1, 0)
        kept = (1 + gap / (t.half[rows] * (1 + 0.15 * self.practised[rows]))) ** FLOAT(-0.5)
        low = np.minimum(t.start[rows], self.skill[rows])
        self.skill[rows] = low + (self.skill[rows] - low) * kept
        self.since[rows] = np.maximum(self.since[rows], day - 1)  # lost is lost; from here on it's counted anew

    def attempt(self, rows: Ints, exercise: Ints, day: int) -> tuple[Ints, Ints, Ints]:
        """One attempt each: topics and the checker's outcomes (rows, J), hints taken (rows,)."""
        t, rng, topics = self.truth, self.rng, self.card[exercise]
        on = topics < self.topics
        safe = np.where(on, topics, 0)
        odds = self.skill[rows[:, None], safe] - t.difficulty[exercise[:, None], safe]
        plain = 1 / (1 + np.exp(-odds))
        hint = rng.random(len(rows), dtype=FLOAT) < 0.5 * (1 - (plain * on).sum(1) / on.sum(1))
        p = 1 / (1 + np.exp(-(odds + FLOAT(t.hint) * hint[:, None])))
        done = rng.random(p.shape, dtype=FLOAT) < t.guess[rows] + (1 - t.guess[rows] - t.slip[rows]) * p
        said, drawn = t.said[safe, done.astype(int)], rng.random(p.shape, dtype=FLOAT)
        outcome = np.where(drawn < said[..., 0], MISSING, np.where(drawn < said[..., 1], UNSURE, EARNED))
        self._learn(rows, exercise, topics, plain, day)
        return topics, np.where(on, outcome, -1), hint.astype(int)

    def _learn(self, rows: Ints, exercise: Ints, topics: Ints, plain: Floats, day: int) -> None:
        t, on = self.truth, topics < self.topics
        at = (rows[:, None], np.where(on, topics, 0))
        room = np.maximum(t.ceiling[rows] - self.skill[at], 0) / t.ceiling[rows]
        again = self.attempts[rows] - self.came[rows, exercise]
        gain = t.rate[at] * room * ((1 - t.zone) + t.zone * 4 * plain * (1 - plain)) * on
        gain = gain * (1 - t.stale * np.exp(-again / 10))[:, None]
        grown, was = np.zeros((len(rows), self.topics + 1), FLOAT), np.zeros((len(rows), self.topics + 1), bool)
        here = (np.arange(len(rows))[:, None], topics)
        grown[here], was[here] = gain, True
        self.skill[rows] += grown[:, :-1] + grown[:, :-1] @ t.spill
        self.practised[rows] += was[:, :-1]
        self.since[rows] = np.where(was[:, :-1], FLOAT(day), self.since[rows])
        self.came[rows, exercise] = self.attempts[rows]
        self.attempts[rows] += 1
        number = self.mastered(rows)
        for first, goal in zip(self.first, self.goals, strict=True):
            got = rows[(number >= goal) & np.isnan(first[rows])]
            first[got] = self.attempts[got]


class _Planned:
    """The personal plan, through the code that serves real trainees."""

    def __init__(self, shelf: Shelf, number: int, rng: np.random.Generator) -> None:
        self.shelf, self.rng = shelf, rng
        self.known = Learners(shelf, Tracer(shelf.parameters, FLOAT), number)

    def next(self, rows: Ints, day: Floats) -> Ints:
        self.known.rest(rows, day)
        return choose(self.shelf, self.known.standing(rows, day), self.rng).exercise

    def tell(self, rows: Ints, exercise: Ints, topics: Ints, outcome: Ints, hints: Ints, day: Floats) -> None:
        none = np.zeros(len(rows), int)
        self.known.attempt(rows, exercise, topics, outcome, self.shelf.level[exercise], hints, none, day)


class _Listed:
    """A list of exercises for each trainee, over and over."""

    def __init__(self, lists: Ints) -> None:
        self.lists, self.at = lists, np.zeros(len(lists), int)

    def next(self, rows: Ints, day: Floats) -> Ints:
        return np.asarray(self.lists[rows, self.at[rows] % self.lists.shape[1]])

    def tell(self, rows: Ints, *_: Any) -> None:
        self.at[rows] += 1


def _chooser(shelf: Shelf, order: Order, number: int, rng: np.random.Generator) -> Any:
    e = len(shelf.ids)
    if order == "plan":
        return _Planned(shelf, number, rng)
    if order == "fixed":
        return _Listed(np.broadcast_to(np.arange(e), (number, e)))
    return _Listed(rng.permuted(np.broadcast_to(np.arange(e), (number, e)).copy(), axis=1))


def course_order() -> Shelf:
    """The shipped rewriting exercises in the order of the course: module, level, id."""
    found = [x for x in exercises() if x.kind == "rewrite"]
    return shelf_of(sorted(found, key=lambda x: (x.module, x.level, x.id)))


def compare(
    setting: Setting, seeds: Sequence[int], on_progress: Callable[[int, int], None] | None = None
) -> dict[Order, list[Run]]:
    """All orders, for all seeds, with the same trainees."""
    shelf = course_order()
    found: dict[Order, list[Run]] = {order: [] for order in ORDERS}
    for n, seed in enumerate(seeds):
        truth = Truth(shelf, setting, seed)
        for m, order in enumerate(ORDERS):
            found[order].append(simulate(shelf, truth, order, seed))
            if on_progress:
                on_progress(n * len(ORDERS) + m + 1, len(seeds) * len(ORDERS))
    return found
