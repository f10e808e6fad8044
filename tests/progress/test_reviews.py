"""Reviews over arrays are what fsrs says, card by card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import fsrs
import numpy as np

from csworkshop.progress.reviews import Memory, due_in, rating, recall, review
from csworkshop.progress.topics import EARNED, MISSING, UNSURE

CARDS, REVIEWS = 40, 12
START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def test_the_same_as_fsrs() -> None:
    rng = np.random.default_rng(1)
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    cards = [fsrs.Card(card_id=n) for n in range(CARDS)]
    memory = Memory.blank(CARDS)
    day = np.zeros(CARDS)
    for _ in range(REVIEWS):
        day = day + rng.choice([0.01, 0.4, 1.3, 4.0, 25.7], CARDS)
        rated = rng.integers(1, 5, CARDS)
        for n in range(CARDS):
            at = START + timedelta(days=float(day[n]))
            now = scheduler.get_card_retrievability(cards[n], at)
            if cards[n].last_review:
                assert np.isclose(recall(memory, day)[n], now)
            cards[n], _ = scheduler.review_card(cards[n], fsrs.Rating(int(rated[n])), at)
        memory = review(memory, rated, day)
        assert np.allclose(memory.stability, [c.stability for c in cards])
        assert np.allclose(memory.difficulty, [c.difficulty for c in cards])
        due = [(c.due - START) / timedelta(days=1) for c in cards]
        assert np.allclose(day + due_in(memory, day), due, atol=1e-6)


def test_no_review_changes_nothing_and_nothing_is_due_before_the_first() -> None:
    memory = review(Memory.blank(2), np.array([0, 3]), np.array([5.0, 5.0]))
    assert np.isnan(memory.stability[0])
    assert np.isnan(due_in(memory, np.array([9.0, 9.0]))[0])
    assert due_in(memory, np.array([5.0, 5.0]))[1] == 2


def test_ratings() -> None:
    outcome = np.array([[MISSING, UNSURE, EARNED, -1]] * 3)
    rated = rating(outcome, np.array([2, 2, 3]), np.array([False, True, False]))
    assert rated.tolist() == [[1, 0, 3, 0], [1, 0, 2, 0], [1, 0, 4, 0]]
