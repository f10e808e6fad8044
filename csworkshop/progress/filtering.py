"""The mastery model: knowledge tracing on a grid, filtered exactly. One trainee or ten thousand: the same arrays.

A trainee's skill in a topic is one of S = 9 steps of log-odds to succeed at an exercise of level 2 without help
(Bayesian knowledge tracing, Corbett and Anderson 1994, has two: known and unknown; nine tell a shaky start from a
routine, and make room for level and hints as in item response models). Per attempt at topic k

    p(success | step s, level l, helps h) = 1 - (1 - sigmoid(GRID[s] - level[k] * (l - 2))) * help ** h
    p(outcome | success or failure)       = said[k]          the checker's own errors; `unsure` is one of the outcomes
    one step up with probability learn[k] after each attempt, one down with forget[k] per day without practice

so the belief after any history is known exactly: a distribution over the steps, from which come the estimate (mean
probability of success), its uncertainty (deviation, interval) and the probability that the topic is *mastered*,
success at level 2 without help at least `MASTERY`. An edge of the grid lies exactly there.

Shapes: N trainees, K topics, J topics of one attempt, S steps. Beliefs are (N, K, S) and change in place.
"""

from __future__ import annotations

from functools import cached_property
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from csworkshop.progress.topics import Parameters

MASTERY = 0.8
STEP = 0.8  # log-odds
_EDGE = float(np.log(MASTERY / (1 - MASTERY)))
GRID = _EDGE + STEP * (np.arange(9) - 5.5)  # centres; the last three are mastered
MASTERED = GRID > _EDGE
SUCCESS = 1 / (1 + np.exp(-GRID))
MOST_HELP = 5
LONGEST_PAUSE = 365  # days; after a year nothing more is forgotten

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


class Tracer:
    """The model with its parameters, ready to filter. Objects don't change; beliefs are the caller's."""

    def __init__(self, parameters: Parameters, dtype: type[np.floating] = np.float64) -> None:
        self.parameters = parameters
        self.dtype = dtype

    def begin(self, trainees: int = 1) -> Floats:
        """Beliefs (trainees, K, S) about people of whom nothing is known."""
        return np.repeat(self.prior[None], trainees, axis=0)

    @cached_property
    def prior(self) -> Floats:
        """(K, S): a normal distribution's mass around each step; the outermost have what lies beyond."""
        p = self.parameters
        edges = (GRID[:-1] + STEP / 2 - p.start[:, None]) / p.spread[:, None]
        below = _normal(edges)
        full = np.concatenate([np.zeros((len(p.ids), 1)), below, np.ones((len(p.ids), 1))], axis=1)
        return np.diff(full, axis=1).astype(self.dtype)

    @cached_property
    def _likelihood(self) -> Floats:
        """(K, 3 levels, 2 solution, 1 + MOST_HELP, 3 outcomes, S)."""
        p = self.parameters
        shift = p.level[:, None] * (np.arange(3) - 1)
        fail = 1 / (1 + np.exp(GRID - shift[:, :, None]))  # (K, 3, S)
        helped = p.help ** np.arange(1 + MOST_HELP) * np.array([1.0, p.solution_help])[:, None]  # (2, helps)
        fail = fail[:, :, None, None, None, :] * helped[None, None, :, :, None, None]
        failed, succeeded = (p.said[:, side][:, None, None, None, :, None] for side in (0, 1))
        return np.asarray(failed * fail + succeeded * (1 - fail), dtype=self.dtype)

    @cached_property
    def _days(self) -> Floats:
        """(K, 1 + LONGEST_PAUSE, S, S): what a pause of that many days does to a belief, from row to column."""
        day = np.zeros((len(self.parameters.ids), len(GRID), len(GRID)))
        steps = np.arange(len(GRID))
        day[:, steps, steps] = 1 - self.parameters.forget[:, None]
        day[:, steps[1:], steps[:-1]] = self.parameters.forget[:, None]
        day[:, 0, 0] = 1
        powers = [np.broadcast_to(np.eye(len(GRID)), day.shape)]
        for _ in range(LONGEST_PAUSE):
            powers.append(powers[-1] @ day)
        return np.stack(powers, axis=1).astype(self.dtype)

    def pause(self, belief: Floats, days: Ints) -> Floats:
        """The beliefs (N, K, S) after `days` (N,) whole days without practice."""
        days = np.clip(days, 0, LONGEST_PAUSE)
        after = np.empty_like(belief)
        for n in np.unique(days):  # few different numbers, however many trainees
            after[days == n] = np.matmul(belief[days == n][:, :, None, :], self._days[:, n])[:, :, 0]
        return after

    def predict(self, belief: Floats, topics: Ints, outcome: Ints, level: Ints, helps: Ints, solution: Ints) -> Floats:
        """Probability (N, J) of these outcomes before they are seen; `belief` (N, J, S) is of those topics."""
        return np.einsum("njs,njs->nj", belief, self._evidence(topics, outcome, level, helps, solution))

    def _evidence(self, topics: Ints, outcome: Ints, level: Ints, helps: Ints, solution: Ints) -> Floats:
        one = (slice(None), None)
        found: Floats = self._likelihood[
            topics, np.clip(level, 1, 3)[one] - 1, solution[one], np.clip(helps, 0, MOST_HELP)[one], outcome
        ]
        return found

    def observe(self, belief: Floats, topics: Ints, outcome: Ints, level: Ints, helps: Ints, solution: Ints) -> Floats:
        """Beliefs (N, J, S) of these topics after an attempt, from those before it; the attempt teaches, too.

        topics, outcome (N, J); level, helps, solution (N,). An outcome below 0: the topic wasn't judged; no change.
        """
        judged = outcome >= 0
        new = belief * self._evidence(topics, np.maximum(outcome, 0), level, helps, solution)
        new /= new.sum(-1, keepdims=True)
        learn = self.parameters.learn.astype(self.dtype)[topics][..., None]
        risen = new * (1 - learn)
        risen[..., 1:] += new[..., :-1] * learn
        risen[..., -1] += new[..., -1] * learn[..., 0]
        return np.where(judged[..., None], risen, belief)


def success(belief: Floats) -> Floats:
    """Expected probability of success at level 2 without help."""
    return belief @ SUCCESS.astype(belief.dtype)


def deviation(belief: Floats) -> Floats:
    """Standard deviation of that probability."""
    mean = success(belief)
    return np.sqrt(np.maximum(belief @ (SUCCESS**2).astype(belief.dtype) - mean**2, 0))


def mastered(belief: Floats) -> Floats:
    """Probability that the topic is mastered."""
    return belief @ MASTERED.astype(belief.dtype)


def interval(belief: Floats, mass: float = 0.9) -> tuple[Floats, Floats]:
    """Lower and upper probability of success between which `mass` lies, interpolated within the grid's steps."""
    edges = 1 / (1 + np.exp(-np.concatenate([[GRID[0] - STEP / 2], GRID + STEP / 2])))
    shape = belief.shape[:-1]
    below = np.concatenate([np.zeros((*shape, 1)), np.cumsum(belief, -1)], -1).reshape(-1, len(edges))
    ends = [np.array([np.interp(q, row, edges) for row in below]) for q in ((1 - mass) / 2, (1 + mass) / 2)]
    return ends[0].reshape(shape), ends[1].reshape(shape)


def _normal(z: Floats) -> Floats:
    """The standard normal distribution function."""
    return np.vectorize(lambda x: 0.5 * (1 + erf(x / sqrt(2))), otypes=[float])(z)
