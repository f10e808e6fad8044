"""`csworkshop evaluate`: figures by hand, nothing judged by what had read it, files told what is wrong with them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from csworkshop.cli import main
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Evidence
from csworkshop.training import TrainingError, evaluate, judge_fit, readings, tables
from csworkshop.training.evaluate import Judged
from csworkshop.training.labelled import FOLDS, Labelled, labelled_folder, read_labelled
from csworkshop.training.labelled_files import of_folder


@pytest.fixture(scope="module")
def whole() -> list[tables.Table]:
    return of_folder()


def judged(truth: list[int], probability: list[float], border: list[int]) -> Judged:
    p = np.array([probability]).T
    t, b = np.array([truth], float).T, np.array([border], float).T
    nothing = np.full(p.shape, np.nan)
    return Judged([str(n) for n in range(len(truth))], ["own"], t, p, (p >= 0.5).astype(float), b, nothing, {})


def test_figures_by_hand() -> None:
    (row,) = judged([1, 1, 0, 0, 1], [0.9, 0.2, 0.8, 0.1, 0.6], [0, 1, 1, 0, 0]).table
    assert (row.precision, row.recall, row.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert row.clear == 1.0
    assert (row.number, row.border) == (3, 2)
    assert row.calibration == pytest.approx((0.1 + 0.8 + 0.8 + 0.1 + 0.4) / 5)
    assert np.isnan(row.dice)


def test_an_item_that_nobody_shows_is_left_out_of_the_mean() -> None:
    with pytest.raises(TrainingError, match="no text here shows any item"):
        _ = judged([0, 0], [0.1, 0.2], [0, 0]).macro


def test_overlap_of_evidence() -> None:
    def shown(*spans: tuple[int, int]) -> tuple[Evidence, ...]:
        return tuple(Evidence(a, b, "") for a, b in spans)

    text = "0123456789"
    assert evaluate.overlap(text, ["0123"], shown((0, 4))) == 1
    assert evaluate.overlap(text, ["0123", "23"], shown((2, 6))) == pytest.approx(0.5)
    assert evaluate.overlap(text, ["01"], shown((5, 6), (8, 9))) == 0
    assert np.isnan(evaluate.overlap(text, ["elsewhere"], shown((0, 4))))


def test_picking_texts_keeps_their_words() -> None:
    two = judged([1, 0], [0.9, 0.1], [0, 0])
    two.words[1, 0] = (Evidence(0, 1, "x"),)
    one = two.pick(lambda i: i == "1")
    assert (one.ids, one.truth[0, 0], one.words) == (["1"], 0.0, {(0, 0): two.words[1, 0]})


def test_no_reply_is_judged_by_weights_that_saw_its_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = labelled_folder()
    heard = readings.load(folder / readings.FILE)
    replies = [r for r in read_labelled(folder, ("d4", "d9", "d10", "d12")) if r.id in heard][::6]
    fits: list[set[str]] = []
    real = judge_fit.fit

    def fit(evidence: judge_fit.Evidence, rows: np.ndarray) -> object:
        fits.append({r.writer for r, chosen in zip(evidence.replies, rows, strict=True) if chosen})
        return real(evidence, rows)

    monkeypatch.setattr(judge_fit, "fit", fit)
    found = evaluate.leave_writers_out(replies, heard)
    assert sorted(found.ids) == sorted(r.id for r in replies)
    writers = {r.writer for r in replies}
    assert [writers - seen for seen in fits if writers - seen] == [set(pair) for pair in FOLDS if writers & set(pair)]


def test_one_fold_is_too_few() -> None:
    folder = labelled_folder()
    heard = readings.load(folder / readings.FILE)
    replies = [r for r in read_labelled(folder, ("d9",)) if r.id in heard]
    with pytest.raises(TrainingError, match="writers of two folds at least"):
        evaluate.leave_writers_out(replies, heard)


def test_the_project_s_own_figures(whole: list[tables.Table]) -> None:
    of = {(t.kind, t.texts, t.source): t.judged.macro for t in whole}
    both = of["replies", "unread writers", "both"]
    assert both.clear >= 0.78 and both.calibration <= 0.08 and both.dice >= 0.60
    assert both.number == sum(r.number for r in whole[0].judged.table)
    for source in ("rules", "reader"):
        assert of["replies", "unread writers", source].f1 < both.f1, "each buys something"


def test_text_names_every_item_once(whole: list[tables.Table]) -> None:
    block = tables.as_text(whole).split("\n\n")[0].splitlines()
    assert sorted(line.split()[0] for line in block[2 : 2 + 28]) == sorted(catalogue().items)
    assert [line.split(":")[0].split()[0] for line in block[30:33]] == ["macro", "rules", "reader"]


def test_csv_has_what_the_text_has(whole: list[tables.Table], tmp_path: Path) -> None:
    tables.write_csv(tmp_path / "f.csv", whole)
    assert (tmp_path / "f.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    macro = [r for r in rows if r["item"] == "macro"]
    assert len(macro) == len(whole)
    assert float(macro[0]["f1"]) == pytest.approx(whole[0].judged.macro.f1, abs=1e-4)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_picture(whole: list[tables.Table], lang: str, tmp_path: Path) -> None:
    tables.write_picture(tmp_path / "f.png", whole, lang)
    assert (tmp_path / "f.png").read_bytes()[1:4] == b"PNG"
    figure = tables.picture(whole, lang)
    assert len(figure.axes[0].get_yticklabels()) == 28
    with pytest.raises(TrainingError, match=r"the ending must be \.png, \.svg or \.pdf"):
        tables.write_picture(tmp_path / "f.txt", whole)
    with pytest.raises(TrainingError, match="cannot be written"):
        tables.write_picture(tmp_path / "no" / "f.png", whole)


# --- labelled files ---------------------------------------------------------------------------------------------

SCENARIO = {"id": "s1", "customer": "水壶漏水了!", "emotion": "anger", "persona": "adult"}
REPLIES = [
    {"id": "r1", "scenario": "s1", "reply": "对不起,今天18点前给您换新的。", "labels": {"own": ["对不起"]}},
    {"id": "r2", "scenario": "s1", "reply": "你自己弄坏的吧。", "labels": {"blame": ["你自己弄坏的吧"]}},
]


def lines(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return str(path)


def test_a_labelled_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = [{"id": "r1", "labels": {}}, {"id": "r2", "labels": {"blame": []}}]
    argv = ["evaluate", "--scenarios", lines(tmp_path / "S", [SCENARIO]), "--replies", lines(tmp_path / "R", REPLIES)]
    argv += ["--second", lines(tmp_path / "R2", second), "--csv", str(tmp_path / "f.csv")]
    for more in ([], ["--fast"]):
        assert main([*argv, *more]) == 0
        assert "2 texts" in capsys.readouterr().out
        with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = {r["item"]: r for r in csv.DictReader(file)}
        assert (rows["own"]["recall"], rows["own"]["number"], rows["own"]["border_cases"]) == ("1.0000", "1", "1")
        assert rows["blame"]["border_cases"] == "0"


def test_labelled_messages_and_notes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    messages = [{"id": "m", "text": "气死我了!再也不用你们家的东西!", "emotion": "anger", "evidence": ["气死我了"]}]
    notes = [{"id": "n", "note": "订单 D-88213 没到账。", "labels": {"account": ["订单 D-88213"]}}]
    argv = ["--messages", lines(tmp_path / "M", messages), "--notes", lines(tmp_path / "N", notes)]
    assert main(["evaluate", *argv]) == 0
    out = capsys.readouterr().out
    assert "accuracy 1.000" in out and "parts: N;" in out


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": "r", "scenario": "s1", "reply": "好"}, "line 1: labels: an object is needed"),
        ({"id": "r", "scenario": "s2", "reply": "好", "labels": {}}, "line 1: scenario: 's2' is no id"),
        ({"id": "r", "scenario": "s1", "reply": "好", "labels": {"empaty": []}}, "'empaty' is not known; ask_facts, "),
        ({"id": "r", "scenario": "s1", "reply": "好", "labels": {"own": "x"}}, "labels.own: a list of strings is"),
        ({"id": "r", "scenario": "s1"}, "reply: this key is missing"),
    ],
)
def test_a_file_that_cannot_be_used(
    row: dict[str, object], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["evaluate", "--scenarios", lines(tmp_path / "S", [SCENARIO]), "--replies", lines(tmp_path / "R", [row])]
    assert main(argv) == 2
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--scenarios", "S"], "--scenarios and --replies go together"),
        (["--second", "S"], "--second needs --scenarios and --replies"),
        (["--data", "/no/such"], "there are no labelled replies here"),
        (["--notes", "/no/N.jsonl"], "there is no such file"),
    ],
)
def test_what_could_not_begin(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *argv]) == 2
    assert says in capsys.readouterr().err


def test_labelled_replies_say_where_inspectors_differ() -> None:
    scenario = read_labelled(labelled_folder(), ("d4",))[0].scenario
    reply = Labelled("x", "d4", "好", scenario, {"own": ["好"]}, {"blame": ["好"]})
    found = evaluate.on_replies([reply], "fast")
    assert {found.columns[k] for k in np.flatnonzero(found.border[0])} == {"own", "blame"}
