"""Rows to learn from: evidence as pieces, border cases, examples that tell about one item, and errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from csworkshop.techniques.encoder import WEIGHTS, Encoder, Pieces, encoder
from csworkshop.techniques.scenario import Scenario
from csworkshop.training import TrainingError, rows
from csworkshop.training import labelled as texts
from csworkshop.training.labelled import Labelled, Note, read_labelled, read_notes
from csworkshop.training.rows import columns, example_rows, note_row, reply_row, spoilt_rows

ANGRY = Scenario(customer="水壶第三天就漏水了，我要退款！", emotion="anger")
REPLY = "水壶漏水，换谁都火大。今天18点前给您退款。"


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(WEIGHTS / "pieces.tsv")


def labelled(labels: dict[str, list[str]], second: dict[str, list[str]] | None = None, reply: str = REPLY) -> Labelled:
    return Labelled("d0-1", "d0", reply, ANGRY, labels, second)


def words(row: rows.Row, item: str, reply: str = REPLY) -> str:
    """The characters whose pieces are marked for `item`."""
    marked = np.flatnonzero(row.evidence[:, columns().index(item)])
    at = {i for n in marked for i in range(*row.spans[n - row.start])}
    return "".join(c for i, c in enumerate(reply) if i in at)


def test_a_row_is_what_the_encoder_reads(pieces: Pieces, monkeypatch: pytest.MonkeyPatch) -> None:
    fed: list[list[int]] = []
    real = encoder()
    reader = Encoder.__new__(Encoder)
    vars(reader).update(vars(real))

    class Session:
        def run(self, wanted: list[str], inputs: dict[str, np.ndarray]) -> object:
            fed.append(inputs["ids"][0].tolist())
            assert inputs["start"] == row.start
            return real._session.run(wanted, inputs)

    monkeypatch.setattr(reader, "_session", Session())
    row = reply_row(labelled({}), pieces)
    reader.read(REPLY, ANGRY)
    assert fed == [row.ids]


def test_evidence_becomes_pieces(pieces: Pieces) -> None:
    row = reply_row(labelled({"empathy": ["换谁都火大"], "specific_time": ["今天18点前"]}), pieces)
    assert "换谁都火大" in words(row, "empathy")
    assert "今天18点前" in words(row, "specific_time")
    assert len(words(row, "specific_time")) <= len("。今天18点前给")
    assert words(row, "own") == ""
    assert row.evidence.shape == (len(row.ids), len(columns()))
    end = row.start + len(row.spans)
    assert not row.evidence[: row.start].any() and not row.evidence[end:].any() and end == len(row.ids) - 1


def test_both_inspectors_evidence_counts(pieces: Pieces) -> None:
    row = reply_row(labelled({"solution": ["给您退款"]}, {"solution": ["今天18点前给您退款"]}), pieces)
    assert "今天18点前给您退款" in words(row, "solution")


def test_evidence_is_found_although_the_reply_is_folded(pieces: Pieces) -> None:
    reply = "\u200b在 18 点前,退您 33 块8."
    row = reply_row(labelled({"specific_time": ["18 点前"]}, reply=reply), pieces)
    cut = pieces.cut("18点前")[0][1:]
    marked = np.flatnonzero(row.evidence[:, columns().index("specific_time")])
    assert [row.ids[n] for n in marked][-len(cut) :] == cut


def answer(row: rows.Row, item: str) -> tuple[float, float]:
    """A column's answer and its weight."""
    column = columns().index(item)
    return float(row.answers[column]), pytest.approx(float(row.weights[column]))


def test_agreement_weighs_one_and_a_border_case_less(pieces: Pieces) -> None:
    row = reply_row(labelled({"own": ["给您"], "empathy": ["火大"]}, {"own": ["给您"]}), pieces)
    assert [answer(row, i) for i in ("empathy", "own", "solution")] == [(0.5, rows.BORDER), (1.0, 1.0), (0.0, 1.0)]


def test_one_inspector_is_enough(pieces: Pieces) -> None:
    row = reply_row(labelled({"own": ["给您"]}), pieces)
    assert answer(row, "own") == (1, 1) and answer(row, "empathy") == (0, 1)


def test_a_reply_says_nothing_about_messages_and_notes(pieces: Pieces) -> None:
    row = reply_row(labelled({"own": ["给您"]}), pieces)
    assert answer(row, "emotion.anger") == answer(row, "part.when") == (0, 0)


def test_a_spoilt_reply_tells_only_whether_it_is_rude(pieces: Pieces) -> None:
    replies = read_labelled(texts.labelled_folder(), ["d1", "d2"])
    found = spoilt_rows(replies, pieces, seed=0)
    assert len(found) == len(replies[:: rows.SPOIL])
    assert all(row.weights.sum() == 1 == answer(row, "rude")[1] for row in found)
    insulted = [row for row in found if answer(row, "rude")[0]]
    assert len(found) * 0.4 < len(insulted) < len(found) * 0.7
    assert all(row.evidence[:, columns().index("rude")].any() for row in insulted)


def test_messages_and_notes_answer_for_their_own_columns(pieces: Pieces) -> None:
    message = note_row(Note("m", "message", "怎么还没到，急死了", {"anxiety": ["急死了"]}, 0), pieces)
    assert answer(message, "emotion.anxiety") == (1, 1) and answer(message, "emotion.calm") == (0, 1)
    assert answer(message, "own") == answer(message, "part.when") == (0, 0)
    assert words(message, "emotion.anxiety", "怎么还没到,急死了").endswith("急死了")
    note = note_row(
        Note("n", "note", "订单尾号8812，今早起登录报错", {"account": ["8812"], "when": ["今早起"]}, 0), pieces
    )
    assert answer(note, "part.account") == (1, 1) and answer(note, "part.path") == (0, 1)


def test_writers_who_train_only_are_in_no_fold() -> None:
    notes = read_notes(texts.labelled_folder())
    assert {n.fold for n in notes if n.id.startswith("d")} == set(range(len(texts.FOLDS)))
    assert {n.fold for n in notes if n.id.startswith("t")} == {None}
    folded = [w for fold in texts.FOLDS for w in fold]
    assert sorted(folded) == sorted({r.writer for r in read_labelled(texts.labelled_folder()) if r.writer[0] == "d"})


def test_an_example_tells_about_its_own_item_only(pieces: Pieces) -> None:
    found = example_rows(pieces)
    assert len({row.id for row in found}) == len(found)
    for row in found:
        item, kind, _ = row.id.rsplit("-", 2)
        column = columns().index(item)
        others = np.arange(len(columns())) != column
        assert row.weights[column] == rows.EXAMPLE and not row.weights[others].any()
        assert row.answers[column] == (kind == "shows") and not row.answers[others].any()
        assert row.evidence[:, column].any() == (kind == "shows") and not row.evidence[:, others].any()


def test_every_labelled_reply_makes_a_row(pieces: Pieces) -> None:
    replies = read_labelled(texts.labelled_folder())
    assert {item for r in replies for item in r.labels} == set(columns()[: rows.ITEMS])
    assert list(dict.fromkeys(r.writer for r in replies))[:4] == ["d1", "d2", "d3", "d4"]
    for r in replies[::20]:
        row = reply_row(r, pieces)
        for item in r.labels:
            assert row.evidence[:, columns().index(item)].any() or len(r.reply) > 200, (r.id, item)


def test_writers_are_chosen_and_misspelt_ones_named() -> None:
    folder = texts.labelled_folder()
    assert {r.writer for r in read_labelled(folder, ["d9", "d12"])} == {"d9", "d12"}
    with pytest.raises(TrainingError, match=r"no writer d99; there are d1, d2, d3, .*d12, t1, .*"):
        read_labelled(folder, ["d4", "d99"])


def test_missing_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"no labelled replies here; .*not in the installed package"):
        texts.labelled_folder(tmp_path)


def test_replies_without_a_second_inspector_are_read(tmp_path: Path) -> None:
    scenario = {"id": "s", "customer": "在吗"}
    reply = {"id": "r", "scenario": "s", "reply": "在的", "labels": {}}
    (tmp_path / "x1.scenarios.jsonl").write_text(json.dumps(scenario) + "\n", "utf-8")
    (tmp_path / "x1.replies.jsonl").write_text(json.dumps(reply) + "\n", "utf-8")
    (found,) = read_labelled(tmp_path)
    assert found.second is None and not found.border("own")
