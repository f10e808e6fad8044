"""Parameters of the mastery model from a class's own records, where there is enough; the priors where there isn't.

Fitted per topic: `start`, `learn` (as log-odds) and `level`, at the maximum of likelihood times a normal prior around
topics.toml (`PRIOR` deviations), by Newton steps with the curvature from finite differences; the likelihood is the
exact one of `filtering`. The curvature at the maximum gives the standard errors. Spread, forgetting and the checker's
errors stay what they are: a class's records tell too little of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from csworkshop.progress.filtering import MOST_HELP, Tracer
from csworkshop.progress.learner import day_of
from csworkshop.progress.records import Attempt
from csworkshop.progress.topics import OUTCOMES, Parameters, parameters, table
from csworkshop.text.datafile import DataFileError, explain

FITTED = ("start", "learn", "level")  # learn as log-odds
PRIOR = np.array([0.8, 0.8, 0.4])
STEP = np.array([0.02, 0.05, 0.02])  # of finite differences
ENOUGH_TRAINEES, ENOUGH_OUTCOMES = 10, 60
ROUNDS = 25
LONGEST = 60  # outcomes of one trainee at one topic that are used, from the first

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Sequences:
    """Outcomes of one topic by N trainees in T attempts, in order; outcome -1 where a trainee had no more attempts.

    `days` are those without practice before the attempt; `level` 1..3, `helps` 0..5, `solution` 0 or 1.
    """

    outcome: Ints
    level: Ints
    helps: Ints
    solution: Ints
    days: Ints

    @property
    def enough(self) -> bool:
        return len(self.outcome) >= ENOUGH_TRAINEES and int((self.outcome >= 0).sum()) >= ENOUGH_OUTCOMES


@dataclass(frozen=True)
class Fit:
    """A topic's parameters, their standard errors in the order of FITTED, and what they rest on; `fitted` is False
    where there was too little and the priors stand."""

    item: str
    start: float
    learn: float
    level: float
    errors: tuple[float, float, float]
    trainees: int
    outcomes: int
    fitted: bool


def fit(item: str, data: Sequences) -> Fit:
    """The topic's parameters by these sequences; its priors where they are too few."""
    prior = parameters([item])
    numbers = len(data.outcome), int((data.outcome >= 0).sum())
    centre = np.array([prior.start[0], _odds(prior.learn[0]), prior.level[0]])
    if not data.enough:
        return Fit(item, *_plain(centre), tuple(PRIOR.tolist()), *numbers, False)

    def loss(points: Floats) -> Floats:
        return -_log_likelihood(prior, points, data) + (((points - centre) / PRIOR) ** 2).sum(1) / 2

    at: Floats = centre
    curvature: Floats = np.diag(PRIOR**-2.0)
    for _ in range(ROUNDS):
        value, slope, curvature = _differences(loss, at)
        step = -np.linalg.solve(_positive(curvature), slope)
        step *= min(1.0, 1.0 / np.abs(step).max())
        tries = at + step * np.array([1.0, 0.5, 0.2, 0.05])[:, None]
        values = loss(tries)
        if values.min() >= value - 1e-6:
            break
        at = np.asarray(tries[values.argmin()], float)
    errors = np.sqrt(np.diag(np.linalg.inv(_positive(curvature))))
    return Fit(item, *_plain(at), tuple(errors.tolist()), *numbers, True)


def fit_class(histories: Mapping[str, Sequence[Attempt]], items: Sequence[str]) -> list[Fit]:
    """Every item's fit by the attempts of a class, by trainee."""
    return [fit(item, sequences(item, histories)) for item in items]


def sequences(item: str, histories: Mapping[str, Sequence[Attempt]]) -> Sequences:
    """What the class did at one topic."""
    rows = [[a for a in attempts if item in a.items][:LONGEST] for attempts in histories.values()]
    rows = [r for r in rows if r]
    shape = len(rows), max(map(len, rows), default=0)
    found = Sequences(*(np.full(shape, v) for v in (-1, 2, 0, 0, 0)))
    for n, row in enumerate(rows):
        for t, a in enumerate(row):
            found.outcome[n, t] = OUTCOMES[a.items[item]]
            found.level[n, t] = a.level
            found.helps[n, t] = min(a.hints + a.tries + table().kind(a.kind).help, MOST_HELP)
            found.solution[n, t] = a.solution
            found.days[n, t] = max(int(day_of(a) - day_of(row[t - 1])), 0) if t else 0
    return found


def _log_likelihood(prior: Parameters, points: Floats, data: Sequences) -> Floats:
    """(P,) log-likelihood of each of the points (P, 3): each is a topic of its own to the tracer."""
    p = len(points)
    many = replace(
        prior,
        ids=tuple(str(n) for n in range(p)),
        start=points[:, 0],
        learn=1 / (1 + np.exp(-points[:, 1])),
        level=points[:, 2],
        spread=np.repeat(prior.spread, p),
        forget=np.repeat(prior.forget, p),
        said=np.repeat(prior.said, p, axis=0),
    )
    tracer = Tracer(many)
    belief = tracer.begin(len(data.outcome))
    topics = np.broadcast_to(np.arange(p), (len(data.outcome), p))
    total = np.zeros(p)
    for t in range(data.outcome.shape[1]):
        if data.days[:, t].any():
            belief = tracer.pause(belief, data.days[:, t])
        outcome = np.broadcast_to(data.outcome[:, t, None], topics.shape)
        how = (data.level[:, t], data.helps[:, t], data.solution[:, t])
        chance = tracer.predict(belief, topics, np.maximum(outcome, 0), *how)
        total += np.where(outcome >= 0, np.log(np.maximum(chance, 1e-12)), 0).sum(0)
        belief = tracer.observe(belief, topics, outcome, *how)
    return total


def _differences(loss, at: Floats) -> tuple[float, Floats, Floats]:  # type: ignore[no-untyped-def]
    """Value, slope and curvature at a point, all from one call."""
    n = len(at)
    steps = np.diag(STEP)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    points = [at, *(at + s for s in steps), *(at - s for s in steps)]
    points += [at + a * steps[i] + b * steps[j] for i, j in pairs for a in (1, -1) for b in (1, -1)]
    v = loss(np.array(points))
    up, down = v[1 : n + 1], v[n + 1 : 2 * n + 1]
    slope = (up - down) / (2 * STEP)
    curvature = np.diag((up - 2 * v[0] + down) / STEP**2)
    for m, (i, j) in enumerate(pairs):
        pp, pm, mp, mm = v[2 * n + 1 + 4 * m : 2 * n + 5 + 4 * m]
        curvature[i, j] = curvature[j, i] = (pp - pm - mp + mm) / (4 * STEP[i] * STEP[j])
    return float(v[0]), slope, curvature


def _positive(curvature: Floats) -> Floats:
    """The curvature with directions that bend the wrong way, or not at all, held by the prior's own bend."""
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray((vectors * np.maximum(values, 0.5)) @ vectors.T)


def _odds(p: float) -> float:
    return math.log(p / (1 - p))


def _plain(point: Floats) -> tuple[float, float, float]:
    return float(point[0]), float(1 / (1 + np.exp(-point[1]))), float(point[2])


# --- the file ---------------------------------------------------------------------------------------------------


class Kept(BaseModel):
    """One topic in a file of fitted parameters."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    item: str
    start: float = Field(ge=-8, le=8)
    learn: float = Field(gt=0, lt=1)
    level: float = Field(ge=-4, le=4)


class KeptFile(BaseModel):
    """A file of fitted parameters."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    topics: tuple[Kept, ...]


def write_fits(path: Path, fits: Sequence[Fit]) -> None:
    """The topics that could be fitted, as JSON; `csworkshop progress plan --parameters FILE` reads it."""
    rows = [f.__dict__ for f in fits if f.fitted]
    path.write_text(json.dumps({"topics": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_fits(path: Path, known: Parameters) -> Parameters:
    """`known` with what the file says of its topics; DataFileError says what is wrong with the file."""
    try:
        kept = KeptFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataFileError(path, "", f"{error.strerror}") from None
    except ValidationError as error:
        raise explain(path, error) from None
    arrays = {key: getattr(known, key).copy() for key in FITTED}
    for topic in kept.topics:
        if topic.item in known.ids:
            for key, array in arrays.items():
                array[known.index(topic.item)] = getattr(topic, key)
    return replace(known, **arrays)
