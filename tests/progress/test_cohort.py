"""The cohort simulation runs the real plan, treats all orders alike, and the plan wins on it."""

from __future__ import annotations

import numpy as np
import pytest

from csworkshop.bench import cohort
from csworkshop.bench.cohort import ORDERS, Setting, Truth, compare, course_order, simulate

SMALL = Setting(trainees=120, weeks=12)


def test_the_plan_needs_a_fifth_fewer_attempts() -> None:
    runs = compare(SMALL, seeds=(1, 3, 4))
    for other in ("fixed", "random"):
        saved = [1 - p.needed() / o.needed() for p, o in zip(runs["plan"], runs[other], strict=True)]
        assert np.mean(saved) > 0.2, (other, saved)
        assert all(p.share.mean() > o.share.mean() for p, o in zip(runs["plan"], runs[other], strict=True))


def test_orders_differ_in_nothing_but_the_order() -> None:
    shelf, setting = course_order(), Setting(trainees=40, weeks=3)
    runs = [simulate(shelf, Truth(shelf, setting, 5), order, 5) for order in ORDERS]
    assert all((r.attempts == runs[0].attempts).all() for r in runs)
    assert runs[0].attempts.mean() > 10


def test_the_same_seed_gives_the_same_run() -> None:
    shelf, setting = course_order(), Setting(trainees=30, weeks=4)
    first, second = (simulate(shelf, Truth(shelf, setting, 2), "plan", 2) for _ in range(2))
    assert np.array_equal(first.share, second.share)
    assert np.array_equal(first.most, second.most, equal_nan=True)


def test_the_plan_hears_outcomes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a checker that says the same whatever trainees do, the plan can't tell them apart: the truth is hidden."""
    shelf, setting = course_order(), Setting(trainees=40, weeks=3)
    truth = Truth(shelf, setting, 7)
    truth.said[:] = np.array([0.0, 0.0, 1.0])  # everything is found earned
    served: list[np.ndarray] = []
    original = cohort._Planned.next

    def spy(self: cohort._Planned, rows: np.ndarray, day: np.ndarray) -> np.ndarray:
        found = original(self, rows, day)
        if not served:
            served.append(found)
        return found

    monkeypatch.setattr(cohort._Planned, "next", spy)
    run = simulate(shelf, truth, "plan", 7)
    assert len(set(served[0].tolist())) == 1  # the first exercise is everybody's
    assert np.isfinite(run.share).all()


def test_who_never_gets_there_is_counted_with_all_attempts() -> None:
    run = cohort.Run("plan", np.array([10.0, np.nan]), np.array([np.nan, np.nan]), np.array([30.0, 50.0]), np.ones(2))
    assert run.needed() == 30
    assert run.needed("all") == 40
    assert run.reached() == 0.5
