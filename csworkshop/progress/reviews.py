"""When a topic is due for review: FSRS-6, the free spaced repetition scheduler, over arrays of trainees and topics.

The formulas and parameters are those of the `fsrs` package; its scheduler works on one card at a time, which 10,000
trainees with 28 topics can't wait for, so they are written here for arrays once, for one trainee and a cohort alike,
and a test holds them against `fsrs.Scheduler`, card by card. No learning steps and no fuzz: an attempt at an exercise
is far apart from the next, and a plan must be repeatable.

An attempt rates the topic: missing 1 (again), earned with help 2 (hard), earned 3 (good), at level 3 4 (easy); an
unsure outcome is no review.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fsrs.scheduler import DEFAULT_PARAMETERS
from numpy.typing import NDArray

from csworkshop.progress.topics import EARNED, MISSING

RETENTION = 0.9  # a topic is due when its recall has fallen to this
W = DEFAULT_PARAMETERS
DECAY = -W[20]
FACTOR = 0.9 ** (1 / DECAY) - 1
SMALLEST, EASIEST, HARDEST = 0.001, 1.0, 10.0

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass
class Memory:
    """Arrays of one shape: stability in days (nan: never practised), difficulty 1..10, day of the last review."""

    stability: Floats
    difficulty: Floats
    day: Floats

    @classmethod
    def blank(cls, *shape: int) -> Memory:
        return cls(np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape))


def rating(outcome: Ints, level: Ints, helped: NDArray[np.bool_]) -> Ints:
    """Ratings 1..4 (N, J) of outcomes (N, J) at levels (N,); 0 is no review."""
    good = np.where(helped, 2, np.where(level >= 3, 4, 3))[:, None]
    return np.where(outcome == EARNED, good, np.where(outcome == MISSING, 1, 0))


def recall(memory: Memory, day: Floats) -> Floats:
    """Probability of recall on `day` (broadcast); nan where nothing was practised. Whole days count, as in fsrs."""
    elapsed = np.maximum(whole_days(day - memory.day), 0)
    return np.asarray((1 + FACTOR * elapsed / memory.stability) ** DECAY)


def whole_days(days: Floats) -> Floats:
    """Full days; a tenth of a second short of one is rounding."""
    return np.floor(days + 1e-6)


def due_in(memory: Memory, day: Floats) -> Floats:
    """Days until the topic is due, negative when overdue; nan where nothing was practised."""
    return memory.day + np.clip(np.round(memory.stability), 1, 36500) - day


def review(memory: Memory, rated: Ints, day: Floats) -> Memory:
    """The memory after reviews rated 1..4 on `day` (broadcast to its shape); 0 leaves it as it was."""
    s, d = memory.stability, memory.difficulty
    first = np.isnan(s)
    r = np.clip(rated, 1, 4)
    old_s, old_d = np.where(first, 1.0, s), np.where(first, 5.0, d)
    gone = Memory(old_s, old_d, memory.day)
    today = whole_days(day - memory.day) < 1
    remembered = recall(gone, day)
    later = np.where(r == 1, _lapsed(old_s, old_d, remembered), _kept(old_s, old_d, remembered, r))
    new_s = np.where(first, np.array(W[:4])[r - 1], np.where(today, _same_day(old_s, r), later))
    new_d = np.where(first, _first_difficulty(r), _next_difficulty(old_d, r))
    done = rated > 0
    return Memory(
        np.where(done, np.maximum(new_s, SMALLEST), s),
        np.where(done, np.clip(new_d, EASIEST, HARDEST), d),
        np.where(done, day, memory.day),
    )


def _first_difficulty(r: Ints) -> Floats:
    return np.asarray(W[4] - np.exp(W[5] * (r - 1)) + 1)


def _next_difficulty(d: Floats, r: Ints) -> Floats:
    damped = d + (10.0 - d) * -(W[6] * (r - 3)) / 9.0
    return np.asarray(W[7] * (W[4] - np.exp(W[5] * 3) + 1) + (1 - W[7]) * damped)


def _same_day(s: Floats, r: Ints) -> Floats:
    growth = np.exp(W[17] * (r - 3 + W[18])) * s ** -W[19]
    return np.asarray(s * np.where(r >= 2, np.maximum(growth, 1.0), growth))


def _kept(s: Floats, d: Floats, remembered: Floats, r: Ints) -> Floats:
    extra = np.where(r == 2, W[15], 1.0) * np.where(r == 4, W[16], 1.0)
    return np.asarray(s * (1 + np.exp(W[8]) * (11 - d) * s ** -W[9] * (np.exp((1 - remembered) * W[10]) - 1) * extra))


def _lapsed(s: Floats, d: Floats, remembered: Floats) -> Floats:
    long = W[11] * d ** -W[12] * ((s + 1) ** W[13] - 1) * np.exp((1 - remembered) * W[14])
    return np.asarray(np.minimum(long, s / np.exp(W[17] * W[18])))
