"""The judge is what the shipped rules and readings give, and its figures on unread writers hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from csworkshop.techniques.encoder import Reading
from csworkshop.techniques.judge import weights
from csworkshop.training import TrainingError, figures, judge_fit, labelled, readings


def kept(file: str) -> judge_fit.Evidence:
    folder = labelled.labelled_folder()
    return judge_fit.Evidence(labelled.read_labelled(folder, labelled.UNREAD), readings.load(folder / file))


@pytest.fixture(scope="module")
def evidence() -> judge_fit.Evidence:
    return kept(readings.FILE)


@pytest.mark.parametrize(("level", "file"), [("full", readings.FILE), ("fast", readings.QUICK)])
def test_the_shipped_judge_is_what_rules_and_readings_give(level: str, file: str) -> None:
    found = kept(file)
    fitted = judge_fit.pointing(found, judge_fit.fit(found)[0])
    stale = [item for item, weight in weights(level).items() if judge_fit.distance(weight, fitted[item]) > 1e-3]
    assert not stale, "rules or readings have changed: run csworkshop train judge"


def test_two_fold_figures_on_unread_writers(evidence: judge_fit.Evidence) -> None:
    found = judge_fit.two_fold(evidence)
    print(f"two-fold macro-F1 {found.macro:.3f}, with border cases {found.macro_all:.3f}")
    assert found.macro >= 0.85
    assert max(error for _, error, _ in found.items.values()) <= 0.08
    assert set(found.items) == set(weights())


def test_fitting_leaves_the_checker_as_it_was(evidence: judge_fit.Evidence) -> None:
    from csworkshop.techniques import checker, judge, readers

    few = judge_fit.Evidence(evidence.replies[:3], evidence.readings)
    judge_fit._rule_scores(few, weights())
    assert checker.Both is readers.Both and checker.weights is judge.weights


def test_writers_come_in_their_order(evidence: judge_fit.Evidence) -> None:
    assert evidence.writers == ["d4", "d9", "d10", "d12"]


def test_replies_without_a_reading_are_refused(evidence: judge_fit.Evidence) -> None:
    with pytest.raises(TrainingError, match="the readings lack 780 of the replies"):
        judge_fit.Evidence(evidence.replies, {})


def test_one_writer_is_too_few_for_two_folds(evidence: judge_fit.Evidence) -> None:
    one = [r for r in evidence.replies if r.writer == "d9"]
    with pytest.raises(TrainingError, match="two writers at least; the readings are of d9 only"):
        judge_fit.two_fold(judge_fit.Evidence(one, evidence.readings))


def test_logistic_regression_finds_what_made_the_data() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=(20_000, 3)), np.ones(20_000)])
    true = np.array([1.0, -0.5, 2.0, -1.0])
    y = (rng.random(20_000) < 1 / (1 + np.exp(-x @ true))).astype(float)
    assert judge_fit._logistic(x, y, np.ones(20_000)) == pytest.approx(true, abs=0.1)


def test_readings_come_back_from_the_file(tmp_path: Path) -> None:
    items = ("own", "empathy")
    whole = {
        "b": Reading(items, np.array([1.5, -2.0], np.float32), np.array([[0.0, 1.0], [0.25, 0.001]]), ((0, 1), (0, 3))),
        "a": Reading(items, np.array([0.0, 3.0], np.float32), np.array([[0.5, 0.9]]), ((0, 2),)),
    }
    for name in ("one.npz", "two.npz"):
        readings.save(tmp_path / name, whole)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back = readings.load(tmp_path / "one.npz")
    assert list(back) == ["a", "b"]
    for name, reading in whole.items():
        assert back[name].columns == items and back[name].spans == reading.spans
        assert (back[name].odds == reading.odds).all()
        assert back[name].pieces == pytest.approx(reading.pieces, abs=0.005)


def test_a_file_that_holds_no_readings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_text("no")
    for name in ("x.npz", "missing.npz"):
        with pytest.raises(TrainingError, match=rf"{name}: holds no readings .* train reader"):
            readings.load(tmp_path / name)


def test_figures_by_hand() -> None:
    truth, present = np.array([1.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0])
    assert figures.f1(truth, present) == 0.5
    assert figures.f1(truth, present, np.array([1.0, 0.0, 1.0, 1.0])) == pytest.approx(2 / 3)
    assert figures.f1(np.zeros(4), np.zeros(4)) == 0
    assert figures.calibration_error(truth, np.array([1.0, 1.0, 0.0, 0.0])) == 0
    assert figures.calibration_error(truth, np.full(4, 0.9)) == pytest.approx(0.4)
