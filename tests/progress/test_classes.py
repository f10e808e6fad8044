"""A class's week: effects with intervals, items that tell nobody apart, trainees to talk to; pages that run nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from csworkshop.grading.export import ITEMS
from csworkshop.progress.class_answers import NEEDED, Answer, read_answers
from csworkshop.progress.class_page import as_html, as_text, write_tables
from csworkshop.progress.classes import class_report, effect, item_rows
from csworkshop.progress.records import NAME, Log
from csworkshop.text.datafile import DataFileError
from csworkshop.text.tables import read_table, write_table
from tests.progress.made import NOW, Made, attempt

START = datetime(2026, 11, 1, tzinfo=UTC)
FOLLOW = ("empathy", "own", "vague", "ask_need", "contact", "improvement")


def answer(trainee: str, exercise: str = "m2-x", score: float = 0.5, day: float = 0, **more: object) -> Answer:
    values = {
        "group": "one",
        "module": exercise.split("-", maxsplit=1)[0],
        "at": START + timedelta(days=day),
        "states": {"empathy": "earned", "own": "missing"},
    }
    return Answer(trainee=trainee, exercise=exercise, score=score, **{**values, **more})  # type: ignore[arg-type]


def able(number: int = 120, seed: int = 0) -> list[Answer]:
    """Trainees of different ability: FOLLOW go with it, `restate` is the other way round."""
    rng = np.random.default_rng(seed)
    found = []
    for n in range(number):
        good = n / number
        right = dict(zip(FOLLOW, rng.random(len(FOLLOW)) < good, strict=True))
        states = {i: ("earned" if r else "missing") for i, r in right.items()}
        states |= {
            "restate": "missing" if rng.random() < good else "earned",
            "solution": "earned",
            "options": "missing",
        }
        states["follow_up"] = "unsure" if n % 2 else "earned"
        found.append(answer(f"t{n}", score=good, states=states))
    return found


def test_hedges_g_is_what_the_formula_says() -> None:
    pairs = np.array([[0.2, 0.5], [0.4, 0.6], [0.3, 0.7], [0.5, 0.6], [0.1, 0.4]])
    pooled = np.sqrt((pairs[:, 0].var(ddof=1) + pairs[:, 1].var(ddof=1)) / 2)
    expected = (pairs[:, 1].mean() - pairs[:, 0].mean()) / pooled * (1 - 3 / (4 * 8 - 1))
    g, low, high = effect(pairs)
    assert g == pytest.approx(expected)
    assert low < g < high
    assert effect(pairs) == (g, low, high)
    assert np.isnan(effect(pairs[:3])[0])


def test_the_interval_covers_the_true_effect() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(60):
        base = rng.normal(0.5, 0.1, 40)
        pairs = np.stack([base + rng.normal(0, 0.1, 40), base + 0.07 + rng.normal(0, 0.1, 40)], 1)
        _, low, high = effect(pairs)
        hits += low <= 0.07 / np.sqrt(0.02) <= high
    assert hits >= 52


def test_modules_before_and_after() -> None:
    rows = [answer(f"t{n}", score=0.3 + 0.1 * k + n / 100, day=k) for n in range(6) for k in range(5)]
    rows += [answer("t0", "m3-y", 0.5)]
    report = class_report(rows)
    m2, m3 = report.modules
    assert (m2.module, m2.trainees) == ("m2", 6)
    assert m2.before == pytest.approx(0.35 + 0.025)  # the first two; the middle one is left out
    assert m2.after == pytest.approx(0.65 + 0.025)
    assert m2.g > 0
    assert (m3.trainees, np.isnan(m3.g)) == (0, True)
    divided = class_report(rows, since=START + timedelta(days=3))
    assert divided.modules[0].before == pytest.approx(0.4 + 0.025)
    earlier = [answer(f"t{n}", score=0.1) for n in range(6)]
    assert class_report(rows, before=earlier).modules[0].before == pytest.approx(0.1)


def test_items_and_what_to_repair() -> None:
    report = class_report(able())
    items = {i.item: i for i in report.items}
    assert items["empathy"].discrimination > 0.2
    assert items["restate"].discrimination < 0
    assert items["solution"].difficulty == 1
    assert np.isnan(items["solution"].discrimination)
    assert items["follow_up"].unsure == 0.5
    assert items["follow_up"].difficulty == 0.75
    reasons = {(r.key, r.values.get("item")) for r in report.repair}
    assert {("repair_negative", "restate"), ("repair_easy", "solution"), ("repair_hard", "options")} <= reasons
    assert ("repair_unsure", "follow_up") in reasons
    assert not {item for _, item in reasons} & set(FOLLOW)
    assert ("repair_negative", "follow_up") not in reasons  # by chance is not surely


def test_only_the_first_answer_of_a_trainee_counts_for_items() -> None:
    rows = [answer("a", day=1, states={"own": "earned"}), answer("a", day=0, states={"own": "missing"})]
    assert [i.difficulty for i in item_rows(rows)] == [0.0]


def test_few_answers_are_not_judged() -> None:
    assert class_report(able(8)).repair == ()


def test_refused_replies() -> None:
    rows = [answer(f"t{n}", refused=n < 5, states={} if n < 5 else {"own": "earned"}) for n in range(14)]
    assert "repair_refused" in {r.key for r in class_report(rows).repair}


def test_whom_to_talk_to() -> None:
    rows = [answer(f"t{n}", score=0.7, day=20 + k, states={"own": "earned"}) for n in range(8) for k in range(4)]
    rows += [answer("low", score=0.1, day=20 + k, states={"own": "earned"}) for k in range(4)]
    rows += [answer("falls", score=0.9 - 0.2 * k, day=20 + k, states={"own": "earned"}) for k in range(4)]
    rows += [answer("away", score=0.7, day=0, states={"own": "earned"})]
    rows += [answer("copies", score=0.7, day=20 + k, refused=True, states={}) for k in range(2)]
    rows += [answer("cold", score=0.7, day=20 + k, states={"empathy": "missing"}) for k in range(5)]
    talk = {(r.about, r.key) for r in class_report(rows, now=START + timedelta(days=25)).talk}
    expected = {("low", "talk_low"), ("falls", "talk_falling"), ("away", "talk_away"), ("copies", "talk_refused")}
    assert talk == expected | {("cold", "talk_item")}


def export(path: Path, **changes: object) -> Path:
    rows = []
    for n in range(3):
        for item, state in (("empathy", "earned"), ("vague", "fault")):
            row = dict.fromkeys(ITEMS, "")
            row |= {"course": "k1", "assignment": "m2", "trainee": f"t{n}", "cell": "c", "exercise": "m2-a-parcel"}
            row |= {"item": item, "state": state, "cell_score": n, "cell_possible": 10, "notebook": "m2"}
            row |= {"handed_in": "2026-11-03T08:00:00Z"}
            rows.append({**row, **changes})
    write_table(path, ITEMS, rows)
    return path


def test_an_export_is_read(tmp_path: Path) -> None:
    assert set(NEEDED) <= set(ITEMS)
    answers, told = read_answers(export(tmp_path / "items.csv"))
    assert told == []
    assert [(a.trainee, a.module, a.score) for a in answers] == [
        ("t0", "m2", 0.0),
        ("t1", "m2", 0.1),
        ("t2", "m2", 0.2),
    ]
    assert answers[0].states == {"empathy": "earned", "vague": "fault"}
    assert answers[0].at == datetime(2026, 11, 3, 8, tzinfo=UTC)


def test_bad_exports_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="line 2, cell_score: 'x' is no number"):
        read_answers(export(tmp_path / "a.csv", cell_score="x"))
    with pytest.raises(DataFileError, match="line 2, handed_in"):
        read_answers(export(tmp_path / "b.csv", handed_in="yesterday"))
    with pytest.raises(DataFileError, match=NAME):
        read_answers(tmp_path)


def test_logs_are_read_and_their_troubles_told(tmp_path: Path) -> None:
    exercise = Made("m2-x", items=("empathy",))
    for who in ("alice", "bob"):
        (tmp_path / who).mkdir()
        Log(tmp_path / who).add(attempt(exercise))
    with (tmp_path / "bob" / NAME).open("a") as file:
        file.write("{broken\n")
    answers, told = read_answers(tmp_path, "en")
    assert [(a.group, a.trainee, a.module) for a in answers] == [(tmp_path.name, w, "m2") for w in ("alice", "bob")]
    assert len(told) == 1
    assert "bob" in told[0]


def test_pages_and_tables_run_nothing(tmp_path: Path) -> None:
    evil = '<img src=x onerror="alert(1)">'
    rows = [
        answer(evil if n == 0 else f"=t{n}", "m2-x", 0.9 if n else 0.0, day=k, states={evil: "missing"})
        for n in range(14)
        for k in range(5)
    ]
    report = class_report(rows, name=evil, now=NOW, troubles=[evil])
    page = as_html(report, "zh")
    assert "<img" not in page
    assert "&lt;img" in page
    assert "<script" not in page
    written = write_tables(tmp_path, report, "en")
    assert [p.name for p in written] == ["modules.csv", "items.csv", "repair.csv", "talk.csv"]
    for path in written:
        assert "\n=" not in path.read_text("utf-8-sig")
    assert read_table(tmp_path / "items.csv", ("exercise", "item"))[0]["item"] == evil
    assert any("effect" in line for line in as_text(report, "en"))
