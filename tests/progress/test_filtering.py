"""The filter is exact, takes weak evidence for weak, forgets, and is right about learners whose mastery is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from csworkshop.bench.mastery import bins, filtered, learners, measure
from csworkshop.progress.filtering import (
    GRID,
    MASTERED,
    MASTERY,
    SUCCESS,
    Tracer,
    deviation,
    interval,
    mastered,
    success,
)
from csworkshop.progress.topics import EARNED, MISSING, UNSURE, parameters, table

P = parameters(["empathy", "vague", "a-question"])
T = Tracer(P)
SAID = [np.array([[[0.6, 0.0, 0.4], [0.4, 0.0, 0.6]]]), np.array([[[0.99, 0.0, 0.01], [0.01, 0.0, 0.99]]])]


def after(*outcomes: int, level: int = 2, helps: int = 0, solution: int = 0, topic: int = 0) -> np.ndarray:
    """The belief (S,) about one topic after these outcomes."""
    belief = T.begin()[:, topic : topic + 1]
    how = (np.array([level]), np.array([helps]), np.array([solution]))
    for outcome in outcomes:
        belief = T.observe(belief, np.array([[topic]]), np.array([[outcome]]), *how)
    return np.asarray(belief[0, 0])


def test_the_grid_has_an_edge_at_mastery() -> None:
    assert (SUCCESS[MASTERED] > MASTERY).all()
    assert (SUCCESS[~MASTERED] < MASTERY).all()
    assert MASTERED.sum() == 3


def test_beliefs_are_exact() -> None:
    """Summing over every way through the steps gives what the filter gives."""
    outcomes, levels = (EARNED, MISSING, UNSURE), (1, 3, 2)
    said, learn = P.said[0], P.learn[0]
    exact = np.zeros(len(GRID))
    for start, rises in product(range(len(GRID)), product((0, 1), repeat=3)):
        step, chance = start, T.prior[0, start]
        for outcome, level, rise in zip(outcomes, levels, rises, strict=True):
            right = 1 / (1 + np.exp(P.level[0] * (level - 2) - GRID[step]))
            chance *= said[1, outcome] * right + said[0, outcome] * (1 - right)
            chance *= learn if rise else 1 - learn
            step = min(step + rise, len(GRID) - 1)
        exact[step] += chance
    belief = T.begin()[:, :1]
    zero = np.zeros(1, int)
    for outcome, level in zip(outcomes, levels, strict=True):
        belief = T.observe(belief, np.array([[0]]), np.array([[outcome]]), np.array([level]), zero, zero)
    assert np.allclose(belief[0, 0], exact / exact.sum())


def test_success_raises_and_a_miss_lowers_and_unsure_is_weak() -> None:
    none, good, bad, unsure = (mastered(after(*x)) for x in ((), (EARNED,), (MISSING,), (UNSURE,)))
    learnt = mastered(after(UNSURE, topic=2))  # an item whose checker is never unsure: learning alone
    assert good > unsure > bad
    assert abs(success(after(UNSURE)) - success(after())) < abs(success(after(EARNED)) - success(after()))
    assert good > none
    assert 0 < learnt < 1


def test_harder_and_unaided_success_says_more() -> None:
    assert success(after(EARNED, level=3)) > success(after(EARNED, level=2)) > success(after(EARNED, level=1))
    assert success(after(EARNED)) > success(after(EARNED, helps=1)) > success(after(EARNED, helps=3))
    assert success(after(EARNED, helps=1)) > success(after(EARNED, helps=1, solution=1))


def test_a_checker_that_errs_is_believed_less() -> None:
    both = [Tracer(replace(parameters(["empathy"]), said=said)) for said in SAID]
    one = (np.array([[0]]), np.array([[MISSING]]), np.array([2]), np.array([0]), np.array([0]))
    doubted, believed = (float(success(t.observe(t.begin(), *one))[0, 0]) for t in both)
    assert doubted > believed


def test_mastery_takes_several_successes_and_gets_certain() -> None:
    closed = [n for n in range(1, 20) if mastered(after(*[EARNED] * n)) >= 0.95]
    assert 5 <= closed[0] <= 10
    deviations = [float(deviation(after(*[EARNED] * n))) for n in range(1, 12)]
    assert deviations == sorted(deviations, reverse=True)


def test_a_pause_forgets_in_whole_days_and_additively() -> None:
    belief = T.begin()
    belief[:] = after(*[EARNED] * 10)
    month = T.pause(belief, np.array([30]))
    twice = T.pause(T.pause(belief, np.array([18])), np.array([12]))
    assert np.allclose(month, twice)
    assert (success(month) < success(belief)).all()
    assert np.allclose(T.pause(belief, np.array([0])), belief)
    assert np.allclose(month.sum(-1), 1)


def test_an_interval_holds_its_share() -> None:
    made = learners("grid", 600, np.random.default_rng(3))
    belief, _, _ = filtered(parameters(["empathy"]), made.data)
    low, high = interval(belief[:, ::4])
    inside = ((made.success[:, ::4] >= low - 0.03) & (made.success[:, ::4] <= high + 0.03)).mean()
    assert inside > 0.85


def test_ten_thousand_trainees_are_one_trainee_ten_thousand_times() -> None:
    rng = np.random.default_rng(0)
    many = T.begin(50)
    outcome, level = rng.integers(0, 3, (50, 3)), rng.integers(1, 4, 50)
    topics, zero = np.broadcast_to(np.arange(3), (50, 3)), np.zeros(50, int)
    together = T.observe(many, topics, outcome, level, zero, zero)
    for n in range(0, 50, 7):
        one = T.observe(T.begin(), topics[:1], outcome[n : n + 1], level[n : n + 1], zero[:1], zero[:1])
        assert np.allclose(together[n], one[0])


def test_better_than_per_cent_correct_over_five() -> None:
    """On learners by the model's law and by another: Brier score and calibration, for mastery and the next outcome."""
    scores = measure(700, seed=4)
    simple = {s.law: s for s in scores if s.name == "last five"}
    for s in scores:
        if s.name != "last five":
            assert s.mastery[0] < 0.9 * simple[s.law].mastery[0], s
            assert s.outcome[0] < 0.9 * simple[s.law].outcome[0], s
            assert s.mastery[1] < simple[s.law].mastery[1], s
            assert s.outcome[1] < 0.5 * simple[s.law].outcome[1], s


def test_probabilities_of_mastery_are_calibrated_where_the_law_is_the_models() -> None:
    made = learners("grid", 1500, np.random.default_rng(8))
    _, sure, _ = filtered(parameters(["empathy"]), made.data)
    for said, true, number in bins(sure, made.mastered):
        assert number < 300 or abs(said - true) < 0.06


def test_the_table_is_sound() -> None:
    for item, own in table().items.items():
        assert item in parameters([item]).ids
        assert own.gap in (None, "communication", "knowledge")
    assert np.allclose(P.said.sum(-1), 1)
    assert (P.said > 0).all()
    assert (P.said[:, 1, EARNED] > P.said[:, 0, EARNED]).all()  # success is more often seen as success
