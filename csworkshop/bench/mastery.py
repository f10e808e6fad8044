"""`csworkshop bench mastery`: is the mastery estimate right, beside per cent correct over the last five attempts?

Simulated learners with known mastery, made by two laws. `grid`: the model's own, with parameters drawn around the
priors for each learner, so that no learner has those that the model believes in. `smooth`: another law, a real-numbered
skill that rises towards a ceiling of the learner's own, with slips and guesses, and fades as a power of time. Each
makes 24 attempts at one topic, at levels and with hints by chance, some days apart; the checker errs as measured.

Before each attempt from the second on, both are asked two things: is the topic mastered (success at level 2 without
help at least 0.8), and will the checker find it now? Brier score: mean squared distance of the probability from what
was true; calibration error: the mean distance, over ten bins, of the probability from how often it was true. To per
cent correct both questions are one. The model is asked with its priors, and once more with parameters fitted to another
class of the same law (`fitted`).

Recovery: classes of 200 made with known parameters are fitted; how far the fit lies from the truth in standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from csworkshop.progress.filtering import GRID, MASTERED, MASTERY, SUCCESS, Tracer, mastered
from csworkshop.progress.fitting import FITTED, Sequences, fit
from csworkshop.progress.topics import EARNED, MISSING, UNSURE, Parameters, parameters

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Law = Literal["grid", "smooth"]
LAWS: tuple[Law, ...] = ("grid", "smooth")
ATTEMPTS = 24
ITEM = "empathy"
WINDOW = 5


@dataclass(frozen=True)
class Learnt:
    """N learners, T attempts: `data`, and before each attempt whether the topic was truly mastered, and the success."""

    data: Sequences
    mastered: NDArray[np.bool_]
    success: Floats  # true probability at level 2 without help


@dataclass(frozen=True)
class Score:
    """Brier score and calibration error of one predictor, for mastery and for the next outcome."""

    law: Law
    name: str
    mastery: tuple[float, float]
    outcome: tuple[float, float]


def learners(law: Law, number: int, rng: np.random.Generator, known: Parameters | None = None) -> Learnt:
    """Learners by one law. With `known` (grid only), all have exactly those parameters."""
    p = known or parameters([ITEM])
    shape = number, ATTEMPTS
    level = rng.integers(1, 4, shape)
    helps = np.where(rng.random(shape) < 0.25, 1, 0)
    days = np.where(rng.random(shape) < 0.4, rng.integers(1, 8, shape), 0)
    days[:, 0] = 0
    skill, success, right = (
        _grid(p, level, helps, days, rng, known is None) if law == "grid" else _smooth(level, helps, days, rng)
    )
    said = p.said[0][right.astype(int)].cumsum(-1)
    drawn = rng.random(shape)
    outcome = np.where(drawn < said[..., 0], MISSING, np.where(drawn < said[..., 1], UNSURE, EARNED))
    return Learnt(Sequences(outcome, level, helps, np.zeros(shape, int), days), skill, success)


def _grid(p: Parameters, level: Ints, helps: Ints, days: Ints, rng: np.random.Generator, vary: bool) -> Any:
    n, attempts = level.shape
    own = vary * rng.normal(0, 1, (4, n))
    start = p.start[0] + 0.5 * own[0] + p.spread[0] * rng.normal(0, 1, n)
    learn = 1 / (1 + np.exp(-(np.log(p.learn[0] / (1 - p.learn[0])) + 0.6 * own[1])))
    forget = p.forget[0] * np.exp(0.5 * own[2])
    difficulty = p.level[0] + 0.3 * own[3]
    step = np.abs(GRID - start[:, None]).argmin(1)
    known, success, right = [], [], []
    for t in range(attempts):
        step = np.maximum(step - rng.binomial(days[:, t], forget), 0)
        known.append(MASTERED[step])
        success.append(SUCCESS[step])
        fails = 1 / (1 + np.exp(GRID[step] - difficulty * (level[:, t] - 2))) * p.help ** helps[:, t]
        right.append(rng.random(n) >= fails)
        step = np.minimum(step + (rng.random(n) < learn), len(GRID) - 1)
    return tuple(np.array(x).T for x in (known, success, right))


def _smooth(level: Ints, helps: Ints, days: Ints, rng: np.random.Generator) -> Any:
    n, attempts = level.shape
    start: Any = rng.normal(-0.4, 1.1, n)
    rate = rng.lognormal(np.log(0.16), 0.6, n)
    ceiling, half = rng.uniform(1.0, 3.8, n), rng.lognormal(np.log(60), 0.5, n)
    slip, guess = rng.beta(2, 48, n), rng.beta(2, 38, n)
    harder = rng.normal(0.8, 0.3, n)
    skill: Any = start
    known, success, right = [], [], []
    for t in range(attempts):
        low = np.minimum(start, skill)
        skill = low + (skill - low) * (1 + days[:, t] / (half * (1 + 0.15 * t))) ** -0.5
        plain = 1 / (1 + np.exp(-skill))
        known.append(plain >= MASTERY)
        success.append(plain)
        odds = skill - harder * (level[:, t] - 2) + rng.normal(0, 0.4, n) + 0.7 * helps[:, t]
        right.append(rng.random(n) < guess + (1 - guess - slip) / (1 + np.exp(-odds)))
        skill = skill + rate * np.maximum(ceiling - skill, 0)
    return tuple(np.array(x).T for x in (known, success, right))


def filtered(p: Parameters, data: Sequences) -> tuple[Floats, Floats, Floats]:
    """Before each attempt, by the model: belief (N, T, S), probability of mastery and of the outcome earned (N, T)."""
    tracer = Tracer(p)
    n, attempts = data.outcome.shape
    belief, zero = tracer.begin(n), np.zeros((n, 1), int)
    beliefs, chance = [], []
    for t in range(attempts):
        belief = tracer.pause(belief, data.days[:, t])
        how = (data.level[:, t], data.helps[:, t], data.solution[:, t])
        beliefs.append(belief[:, 0])
        chance.append(tracer.predict(belief, zero, zero + EARNED, *how)[:, 0])
        belief = tracer.observe(belief, zero, data.outcome[:, t, None], *how)
    found = np.stack(beliefs, 1)
    return found, mastered(found), np.stack(chance, 1)


def last_five(outcome: Ints) -> Floats:
    """Per cent correct over the last five attempts before each, (N, T); nan before the first."""
    good = np.cumsum(np.pad(outcome == EARNED, ((0, 0), (1, 0))), 1).astype(float)
    t = np.arange(outcome.shape[1])
    begin = np.maximum(t - WINDOW, 0)
    with np.errstate(invalid="ignore"):
        return np.asarray((good[:, t] - good[:, begin]) / (t - begin))


def brier(probability: Floats, truth: NDArray[Any]) -> float:
    return float(((probability - truth) ** 2).mean())


def bins(probability: Floats, truth: NDArray[Any]) -> list[tuple[float, float, int]]:
    """Mean probability, share that was true, and number, in ten bins of the probability."""
    which = np.minimum((probability * 10).astype(int), 9)
    at = [which == b for b in range(10)]
    return [(float(probability[m].mean()), float(truth[m].mean()), int(m.sum())) for m in at if m.any()]


def calibration(probability: Floats, truth: NDArray[Any]) -> float:
    """Mean distance of the bins' probability from their truth, by their numbers."""
    return float(sum(n * abs(p - t) for p, t, n in bins(probability, truth)) / probability.size)


def fitted(law: Law, rng: np.random.Generator, trainees: int = 300) -> Parameters:
    """Parameters fitted to a class of this law."""
    found = fit(ITEM, learners(law, trainees, rng).data)
    start, learn, level = (np.array([getattr(found, key)]) for key in FITTED)
    return replace(parameters([ITEM]), start=start, learn=learn, level=level)


def measure(number: int, seed: int) -> list[Score]:
    """All predictors on learners of both laws."""
    found = []
    for law in LAWS:
        rng = np.random.default_rng([seed, LAWS.index(law)])
        p = fitted(law, rng)
        made = learners(law, number, rng)
        later = (slice(None), slice(1, None))
        truth, next_one = made.mastered[later], (made.data.outcome == EARNED)[later]
        simple = last_five(made.data.outcome)[later]
        rows = [("last five", simple, simple)]
        for name, chosen in (("model, priors", parameters([ITEM])), ("model, fitted", p)):
            _, sure, chance = filtered(chosen, made.data)
            rows.append((name, sure[later], chance[later]))
        for name, a, b in rows:
            scores = [(brier(x, y), calibration(x, y)) for x, y in ((a, truth), (b, next_one))]
            found.append(Score(law, name, scores[0], scores[1]))
    return found


def recovery(classes: int, seed: int, trainees: int = 200) -> Floats:
    """(classes, 3) distance of fitted from true parameters, in standard errors; the truth is drawn from the prior."""
    rng = np.random.default_rng([seed, 9])
    prior, found = parameters([ITEM]), []
    for _ in range(classes):
        odds = np.log(prior.learn / (1 - prior.learn)) + rng.normal(0, 0.6, 1)
        truth = replace(
            prior,
            start=prior.start + rng.normal(0, 0.6, 1),
            learn=1 / (1 + np.exp(-odds)),
            level=prior.level + rng.normal(0, 0.3, 1),
        )
        got = fit(ITEM, learners("grid", trainees, rng, truth).data)
        distance = np.array([got.start - truth.start[0], np.log(got.learn / (1 - got.learn)) - odds[0], 0.0])
        distance[2] = got.level - truth.level[0]
        found.append(distance / np.array(got.errors))
    return np.array(found)
