"""What reads messages and notes is what signs and readings give, and its cross-validated figures hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from csworkshop.cli import main
from csworkshop.techniques import emotions, handover
from csworkshop.techniques.encoder import EMOTIONS, PARTS
from csworkshop.training import TrainingError, notes_fit, readings
from csworkshop.training.labelled import Note, labelled_folder, read_notes


@pytest.fixture(scope="module")
def texts() -> notes_fit.Texts:
    folder = labelled_folder()
    return notes_fit.Texts(read_notes(folder), readings.load(folder / readings.FILE))


def test_the_shipped_weights_are_what_signs_and_readings_give(texts: notes_fit.Texts, tmp_path: Path) -> None:
    shipped = dict(emotions.weights()), dict(handover.weights())
    assert notes_fit.distance(notes_fit.fit(texts), shipped) < 1e-3, "run csworkshop train notes"
    notes_fit.write(tmp_path / "notes.json", shipped)
    assert (tmp_path / "notes.json").read_bytes() == emotions.WEIGHTS.read_bytes()


def test_cross_validated_figures(texts: notes_fit.Texts) -> None:
    found = notes_fit.figures(texts)
    print(found)
    assert found.accuracy >= 0.80 and found.accuracy_unread >= 0.75
    assert found.parts >= 0.85 and found.parts_unread >= 0.85


def test_no_text_is_judged_by_weights_that_saw_it(texts: notes_fit.Texts) -> None:
    for chosen in (texts.messages, texts.handovers):
        tested: list[str] = []
        for rest, left_out in notes_fit.splits(chosen):
            assert not {n.id for n in rest} & {n.id for n in left_out}
            folds = {n.unread for n in left_out}
            assert len({n.unread for n in chosen}) == 1 or not folds & {n.unread for n in rest}
            tested += [n.id for n in left_out]
        assert sorted(tested) == sorted(n.id for n in chosen)


def test_texts_for_training_only_have_no_part(texts: notes_fit.Texts) -> None:
    assert all(n.fold is not None for n in (*texts.messages, *texts.handovers))
    assert not [n for n in notes_fit.unread(texts.messages) if n.fold in (0, 1, 2)]


def test_weights_follow_the_data(texts: notes_fit.Texts) -> None:
    """With labels turned round, the reader's log-odds lose what they counted."""
    wrong = [Note(n.id, n.kind, n.text, {p: [] for p in PARTS if p not in n.labels}, n.fold) for n in texts.handovers]
    right, turned = notes_fit.fit_parts(texts, texts.handovers), notes_fit.fit_parts(texts, wrong)
    assert sum(w.odds for w in turned.values()) < 0.5 * sum(w.odds for w in right.values())
    shifted = {e: tuple(EMOTIONS)[(k + 1) % 5] for k, e in enumerate(EMOTIONS)}
    moved = [Note(n.id, n.kind, n.text, {shifted[e]: q for e, q in n.labels.items()}, n.fold) for n in texts.messages]
    before, after = notes_fit.fit_emotions(texts, texts.messages), notes_fit.fit_emotions(texts, moved)
    assert sum(w.odds for w in after.values()) < sum(w.odds for w in before.values())


def test_logistic_regression_finds_what_made_the_data() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=(20_000, 3)), np.ones(20_000)])
    true = np.array([1.0, -3.0, 2.0, -1.0])
    y = (rng.random(20_000) < 1 / (1 + np.exp(-x @ true))).astype(float)
    assert notes_fit._logistic(x, y, np.full(4, 9.0), np.full(4, 1e-3)) == pytest.approx(true, abs=0.15)
    assert notes_fit._logistic(x[:2], y[:2], true, np.full(4, 1e6)) == pytest.approx(true, abs=1e-3)


def test_without_readings_it_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no readings of messages and notes"):
        notes_fit.Texts(read_notes(labelled_folder()), {})
    assert main(["train", "notes", "--readings", str(tmp_path / "none.npz")]) == 2
    assert "none.npz: holds no readings" in capsys.readouterr().err


def test_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train", "notes", "--check"]) == 0
    out = capsys.readouterr().out
    assert "accuracy" in out and "macro-F1 over parts" in out and "the shipped weights are these" in out
    assert main(["train", "notes", "--out", str(tmp_path / "notes.json")]) == 0
    assert (tmp_path / "notes.json").read_bytes() == emotions.WEIGHTS.read_bytes()
