"""The buffer: pause, line to oneself, first sentence, each by itself; nothing of it can be left out and passed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from csworkshop.exercises.activity import load
from csworkshop.exercises.kinds.buffer import KIND, LEAST_PASS, LONGEST_MS, Buffer
from csworkshop.exercises.library import exercise_files, load_any, read_any
from csworkshop.exercises.marking import Marks, mark

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="buffer")
EXERCISE = "m4-buffer-registration"


@pytest.fixture
def clinic() -> Buffer:
    return loaded(EXERCISE, Buffer)


def marked(exercise: Buffer, change: dict[str, Any] | None = None, only: str = "", **whole: Any) -> Marks:
    """The model answer with a change in one round, or in all of them."""
    value = KIND.model_answer(exercise)
    for key, one in value["rounds"].items():
        if key == only or not only:
            one.update(change or {})
    return mark(json.dumps({**value, **whole}), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, model = sound(path, Buffer)
    assert model.points(100) >= 95 and not [x for x in model.lines if x.state in ("fault", "critical")]
    assert exercise.rounds[0].heat < exercise.rounds[-1].heat


def test_there_are_enough_of_them() -> None:
    exercises = [read_any(path) for path in FILES]
    assert sum(e.module == "m4" for e in exercises) >= 5 and any("-a-" in e.id for e in exercises)
    buffers = [e for e in exercises if isinstance(e, Buffer)]
    assert any(r.first for e in buffers for r in e.rounds) and any(r.model for e in buffers for r in e.rounds)
    assert len({e.domain for e in buffers}) == len(buffers)
    shown = [(r, s["lines"]) for e in buffers for r, s in zip(e.rounds, KIND.screen(e)["rounds"], strict=True)]
    does = [{x.id: x.does for x in r.lines}[lines[0]["id"]] for r, lines in shown]
    assert 0.2 < does.count("steadies") / len(does) < 0.7  # what stands first says nothing


def test_answering_before_the_pause_ends_is_noted_with_its_time(clinic: Buffer) -> None:
    marks = marked(clinic, {"line_ms": 400, "first_ms": 1234}, only="r1")
    line = row(marks, "r1.pause")
    assert (line.state, line.points) == ("missing", 0)
    assert "1.2 秒" in line.reason_zh and "1.2 s" in line.reason_en
    assert row(marks, "r2.pause").state == "earned"


def test_the_thought_must_come_before_the_words(clinic: Buffer) -> None:
    line = row(marked(clinic, {"line_ms": 9000, "first_ms": 5000}, only="r1"), "r1.pause")
    assert line.state == "partly" and "先稳住自己" in line.reason_zh
    silent = row(marked(clinic, {"line_ms": 2000, "first_ms": 90_000}, only="r1"), "r1.pause")
    assert silent.state == "partly" and "90 秒" in silent.reason_zh


def test_whoever_needs_more_time_is_judged_by_the_order_alone(clinic: Buffer) -> None:
    slow = {"line_ms": 100_000, "first_ms": 300_000}
    assert row(marked(clinic, slow, untimed=True), "r1.pause").state == "earned"
    fast = {"line_ms": 10, "first_ms": 20}
    assert row(marked(clinic, fast, untimed=True), "r1.pause").state == "earned"
    turned = {"line_ms": 20, "first_ms": 10}
    assert row(marked(clinic, turned, untimed=True), "r1.pause").state == "partly"


@pytest.mark.parametrize("lost", [{"line_ms": 0, "first_ms": 500}, {"line": "rule"}, {"line": ""}, {"reply": "哦。"}])
def test_none_of_the_three_can_be_left_out(clinic: Buffer, lost: dict[str, Any]) -> None:
    """In all rounds; `rule` is the fuel of the first round and unknown in others, so it changes one."""
    if lost == {"line": "rule"}:
        fuels = {r.id: next(x.id for x in r.lines if x.does == "feeds") for r in clinic.rounds}
        value = KIND.model_answer(clinic)
        for key, one in value["rounds"].items():
            one["line"] = fuels[key]
        marks = mark(json.dumps(value), clinic)
    else:
        marks = marked(clinic, lost)
    assert not marks.passed and marks.points(100) < LEAST_PASS


def test_ones_own_line_is_read_for_what_it_does(clinic: Buffer) -> None:
    good = row(marked(clinic, {"line": "own", "own": "她怕孩子烧坏，我先查排队。"}, only="r1"), "r1.talk")
    assert good.state == "earned" and good.evidence[0].text == "她怕孩子烧坏，我先查排队。"
    bad = row(marked(clinic, {"line": "own", "own": "凭什么冲我吼，忍了。"}, only="r1"), "r1.talk")
    assert bad.state == "missing" and "越想越气" in bad.reason_zh
    vague = row(marked(clinic, {"line": "own", "own": "没事没事没事"}, only="r1"), "r1.talk")
    assert vague.state == "partly"


@pytest.mark.parametrize(
    ("reply", "least", "most"),
    [
        ("连着五天都没抢上，真让人着急，是我们放号的方式让您白等了。", 11.0, 11.7),
        ("我理解您的心情。", 1.0, 9.9),
        ("网上的规则写得很清楚，您自己看一下。", 0.0, 0.0),
        ("放号系统是卫健委统一管理的，跟我们没有关系。", 0.0, 0.5),
    ],
)
def test_a_written_first_sentence_is_judged(clinic: Buffer, reply: str, least: float, most: float) -> None:
    line = row(marked(clinic, {"reply": reply}, only="r1"), "r1.first")
    assert least <= line.points <= most, (reply, line.points, line.reason_zh)


def test_talking_back_fails_the_whole(clinic: Buffer) -> None:
    marks = marked(clinic, {"reply": "您冷静一点，这么吼我没法跟您说话。"}, only="r2")
    assert row(marks, "r2.first").state == "critical"
    assert not marks.passed and marks.points(100) <= 30


def test_one_sentence_for_all_rounds_is_a_recording(clinic: Buffer) -> None:
    same = clinic.rounds[0].model
    marks = marked(clinic, {"reply": same})
    assert row(marks, "r1.first").state == "earned"
    assert row(marks, "r3.first").points == 0 and "录音" in row(marks, "r3.first").reason_zh
    assert not marks.passed


def test_a_chosen_first_sentence_is_told_why() -> None:
    exercise = load_any("m4-buffer-missed-flight")
    assert isinstance(exercise, Buffer)
    line = row(marked(exercise, {"first": "calm"}, only="r1"), "r1.first")
    assert line.points == 0 and "别激动" in line.reason_zh


def test_an_unfinished_round_earns_nothing_and_the_look_back_counts_nowhere(clinic: Buffer) -> None:
    marks = marked(clinic, {"done": False}, only="r2")
    assert row(marks, "r2").points == 0 and not marks.passed
    back = {"hottest": "r3", "note": "脚踩实，记名词。"}
    plain, with_back = marked(clinic), marked(clinic, back=back)
    assert (plain.score, len(plain.lines)) == (with_back.score, len(with_back.lines))
    kept = load(json.dumps({**KIND.model_answer(clinic), "back": back, "still": True}), clinic)
    assert kept["back"] == back and kept["still"] is True


def test_times_are_clamped_and_never_believed_blindly(clinic: Buffer) -> None:
    value = KIND.model_answer(clinic)
    value["rounds"]["r1"] |= {"line_ms": -5, "first_ms": 10**12}
    kept = load(json.dumps(value), clinic)
    assert kept["rounds"]["r1"]["line_ms"] == 0
    assert kept["rounds"]["r1"]["first_ms"] == LONGEST_MS


@pytest.mark.parametrize(
    "text",
    [
        '{"rounds": {"r9": {}}}',
        '{"rounds": {"r1": {"line": "nobody"}}}',
        '{"rounds": {"r1": {"first": "heard"}}}',  # no sentence to choose in this exercise
        '{"rounds": {"r1": {"line_ms": "soon"}}}',
        '{"rounds": {"r1": {"line_ms": 1.5}}}',
        '{"back": {"hottest": "r9"}}',
        '{"rounds": []}',
        "null",
    ],
)
def test_an_answer_that_is_none_earns_nothing(clinic: Buffer, text: str) -> None:
    unreadable(text, clinic)


def test_the_screen_holds_no_key(clinic: Buffer) -> None:
    shown = json.dumps(KIND.screen(clinic), ensure_ascii=False)
    assert "does" not in shown and "why" not in shown
    assert not [r.model for r in clinic.rounds if r.model and r.model in shown]
    assert not [x.why for r in clinic.rounds for x in r.lines if x.why in shown]
