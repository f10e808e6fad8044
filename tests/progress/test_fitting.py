"""Fitting a class finds the parameters it was made with, within the stated errors, and leaves the priors otherwise."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from csworkshop.bench.mastery import learners, recovery
from csworkshop.progress.fitting import Sequences, fit, fit_class, read_fits, sequences, write_fits
from csworkshop.progress.topics import EARNED, MISSING, parameters
from csworkshop.text.datafile import DataFileError
from tests.progress.made import NOW, Made, attempt


def test_parameters_are_recovered_within_the_stated_errors() -> None:
    distance = recovery(12, seed=5, trainees=120)  # in standard errors, three parameters each
    assert (abs(distance) < 2).mean() >= 0.88
    assert (abs(distance.mean(0)) < 0.8).all()  # no parameter is off to one side
    assert (distance.std(0) > 0.4).all()  # and the errors aren't stated far too large


def test_more_trainees_mean_smaller_errors() -> None:
    rng = np.random.default_rng(2)
    small, large = (fit("empathy", learners("grid", n, rng, parameters(["empathy"])).data) for n in (30, 300))
    assert all(b < a for a, b in zip(small.errors, large.errors, strict=True))


def test_too_little_leaves_the_priors() -> None:
    prior = parameters(["tradeoffs"])
    few = learners("grid", 5, np.random.default_rng(1)).data
    found = fit("tradeoffs", few)
    assert not found.fitted
    assert (found.start, found.level) == (prior.start[0], prior.level[0])
    assert found.learn == pytest.approx(prior.learn[0])
    assert fit("tradeoffs", Sequences(*(np.zeros((0, 0), int) for _ in range(5)))).trainees == 0


def test_attempts_become_sequences() -> None:
    exercise = Made("m2-x", items=("empathy", "vague"), level=3)
    rows = {
        "a": [attempt(exercise, 0, ago=9, hints=2), attempt(exercise, 1, good=False, ago=4, tries=1, solution=True)],
        "b": [attempt(exercise, 2, good=False, ago=1)],
        "c": [attempt(Made("m2-y", items=("own",)), 3)],
    }
    found = sequences("vague", rows)
    assert found.outcome.tolist() == [[EARNED, MISSING], [MISSING, -1]]
    assert found.level.tolist() == [[3, 3], [3, 2]]
    assert found.helps.tolist() == [[2, 1], [0, 0]]
    assert found.solution.tolist() == [[0, 1], [0, 0]]
    assert found.days.tolist() == [[0, 5], [0, 0]]


def test_a_class_is_fitted_and_its_file_is_read_again(tmp_path: Path) -> None:
    exercise = Made("m2-x", items=("empathy", "own"))
    rng = np.random.default_rng(3)
    histories = {
        str(n): [
            attempt(exercise, k, at=NOW + timedelta(days=k), items={"empathy": ("missing", "earned")[int(good)]})
            for k, good in enumerate(rng.random(8) < 0.9)
        ]
        for n in range(12)
    }
    histories["0"].append(attempt(exercise, 99, at=NOW + timedelta(days=9)))
    fits = fit_class(histories, ["empathy", "own"])
    assert [f.fitted for f in fits] == [True, False]
    prior = parameters(["own", "empathy"])
    assert fits[0].start > prior.start[1] + 0.5  # this class began far better than the prior
    write_fits(tmp_path / "p.json", fits)
    known = read_fits(tmp_path / "p.json", prior)
    assert known.start.tolist() == [prior.start[0], fits[0].start]
    assert known.learn[1] == fits[0].learn


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    with pytest.raises(DataFileError, match="No such file"):
        read_fits(path, parameters(["own"]))
    path.write_text('{"topics": [{"item": "own", "start": 99, "learn": 0.1, "level": 1}]}')
    with pytest.raises(DataFileError, match=r"topics\[0\].start"):
        read_fits(path, parameters(["own"]))
