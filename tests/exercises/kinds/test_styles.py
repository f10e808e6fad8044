"""One matter in three styles: each text for its reader, the facts the same in all; one text for everybody fails."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from csworkshop.exercises.kinds.styles import KIND, LEAST_PASS, Styles
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import mark

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="styles")
EXERCISE = "m2-styles-fresh-milk"


@pytest.fixture
def milk() -> Styles:
    return loaded(EXERCISE, Styles)


def texts(exercise: Styles, **changed: str) -> str:
    models = {v.id: v.model for v in exercise.voices}
    return json.dumps({"texts": {key: text for key, text in (models | changed).items() if text}})


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, model = sound(path, Styles)
    assert model.points(100) >= exercise.pass_mark + 20
    assert [x.item for x in model.lines if x.state in ("fault", "critical")] == []
    assert len({v.persona for v in exercise.voices}) >= 2 and len({v.emotion for v in exercise.voices}) >= 2
    assert all(v.avoid and v.scorecard.faults for v in exercise.voices)


def test_there_are_enough_of_them() -> None:
    exercises = [read_any(path) for path in FILES]
    assert sum(e.module == "m2" for e in exercises) >= 4
    assert any("-a-" in e.id for e in exercises)
    voices = [v for e in exercises if isinstance(e, Styles) for v in e.voices]
    assert {v.persona for v in voices} >= {"gen_z", "senior", "enterprise", "adult"}
    assert {v.channel for v in voices} >= {"chat", "phone", "email", "review"}


def test_a_text_not_written_yet_is_one_line_and_no_pass(milk: Styles) -> None:
    marks = mark(texts(milk, angry=""), milk)
    assert not marks.passed and marks.points(100) < LEAST_PASS
    assert row(marks, "angry.reply").state == "missing"
    assert not [x for x in marks.lines if x.item == "angry.taken"]


def test_one_text_for_two_readers_counts_once(milk: Styles) -> None:
    one = milk.voices[0].model
    marks = mark(texts(milk, granny="阿姨，" + one), milk)
    line = row(marks, "granny.reply")
    assert (line.state, line.points) == ("missing", 0)
    assert "合租的年轻人" in line.reason_zh and "The young flat-sharer" in line.reason_en
    assert row(marks, "different").points < 10
    assert not marks.passed


def test_the_matter_must_reach_all_three(milk: Styles) -> None:
    without = milk.voices[1].model.replace("要是不想要了，您现在说一声，我今晚22点前就把钱退给您。", "")
    line = row(mark(texts(milk, granny=without), milk), "core-3")
    assert line.state == "partly" and line.points == pytest.approx(10 / 3, abs=0.01)
    assert "电话里的奶奶" in line.reason_zh and "granny" not in line.reason_zh


def test_words_that_this_reader_should_not_hear_cost_and_are_quoted(milk: Styles) -> None:
    marks = mark(texts(milk, granny=milk.voices[1].model + "放心哈，么么哒哟～"), milk)
    line = row(marks, "granny.avoid-1")
    assert line.state == "fault" and line.points == -8
    assert "～" in [e.text for e in line.evidence]
    again = mark(texts(milk), milk)
    assert not [x for x in again.lines if ".avoid" in x.item]


def test_a_text_that_could_go_to_anybody_is_told_so(milk: Styles) -> None:
    without = milk.voices[0].model.replace("燕麦杯明早先用别的顶一顶，", "")
    line = row(mark(texts(milk, young=without), milk), "young.taken")
    assert line.state == "missing" and "读不出是写给自己的" in line.reason_zh


def test_another_time_or_sum_than_the_case_has_costs(milk: Styles) -> None:
    changed = milk.voices[2].model.replace("今晚22:00前这一瓶全额退回账户", "今晚23:00前把这一瓶的890元退回账户")
    young = milk.voices[0].model.replace("今晚22点前", "今晚21点前")
    marks = mark(texts(milk, angry=changed, young=young), milk)
    line = row(marks, "angry.facts")
    assert line.state == "fault" and line.points == -15
    assert "890" in line.reason_zh and "23:00" in line.reason_zh
    assert row(marks, "young.facts").state == "fault"  # 21点 here, 23点 there, 22点 in the case


def test_talking_back_to_one_of_them_fails_all(milk: Styles) -> None:
    marks = mark(texts(milk, angry="您这么大火气，是不是没睡醒？奶晚一会儿又不会坏。" * 2), milk)
    assert not marks.passed and marks.points(100) <= 30


def test_the_screen_holds_no_key(milk: Styles) -> None:
    shown = json.dumps(KIND.screen(milk), ensure_ascii=False)
    for voice in milk.voices:
        assert voice.model not in shown
        assert voice.hidden_need not in shown
        assert voice.taken_up.look not in shown
        assert not [j.why for j in voice.avoid if j.why in shown]
    assert not [i.look for i in milk.core if i.look in shown]


@pytest.mark.parametrize(
    "text",
    [
        '{"texts": {"nobody": "您好"}}',
        '{"texts": {"young": ' + json.dumps("好" * 2000) + "}}",
        '{"texts": {"young": 5}}',
        '{"texts": {"young": "好"}, "extra": 1}',
        '{"texts": {"young": "好", "granny": "好", "angry": null}}',
        "[]",
    ],
)
def test_an_answer_that_is_none_earns_nothing(milk: Styles, text: str) -> None:
    unreadable(text, milk)


def test_random_answers_never_pass(milk: Styles) -> None:
    seed, words = random.Random(7), "的一是不了人我在有他这为之大来以个中上们"
    for _ in range(10):
        said = {v.id: "".join(seed.choice(words) for _ in range(seed.randint(0, 60))) for v in milk.voices}
        assert not mark(json.dumps({"texts": said}), milk).passed
