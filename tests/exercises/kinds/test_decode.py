"""Decoding emotions: reading right earns, what the message only looks like earns little, ticking everything nothing."""

from __future__ import annotations

import json
import random
from typing import Any, get_args

import pytest

from csworkshop.exercises.activity import dump, load
from csworkshop.exercises.kinds.decode import ACTIONS, KIND
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.exercises.messages import Decode, Message
from csworkshop.techniques.emotions import emotion, kinds
from csworkshop.techniques.scenario import Channel, Emotion

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="decode")
EXERCISE = "m4-decode-under-the-anger"


@pytest.fixture
def hidden() -> Decode:
    return loaded(EXERCISE, Decode)


def said(exercise: Decode, **of_insulin: Any) -> Marks:
    """The model answer with the first customer's part changed."""
    value = KIND.model_answer(exercise)
    value["read"]["insulin"] = {**value["read"]["insulin"], **of_insulin}
    return mark(dump(KIND.answer(value, exercise)), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    _, model = sound(path, Decode)
    assert model.score == 1


def test_all_emotions_channels_and_layers_are_there() -> None:
    exercises = [e for path in FILES if isinstance(e := read_any(path), Decode)]
    each: list[Message] = [m for e in exercises for m in e.messages]
    assert len(exercises) >= 7 and sum("-a-" in e.id for e in exercises) == 2
    assert {m.emotion for m in each} == set(get_args(Emotion)) == set(ACTIONS) == set(kinds())
    assert {m.channel for m in each} == set(get_args(Channel))
    assert len({m.domain for m in each}) >= 15
    assert {("anger", "anxiety"), ("calm", "anger"), ("calm", "disappointment")} <= {
        (m.surface, m.emotion) for m in each
    }
    assert sum(m.opening is not None for m in each) >= 3


def test_the_checkers_reader_mostly_agrees_with_the_authors() -> None:
    """It reads what most people would; where it doesn't, it reads the surface that the author named, or is unsure."""
    each = [m for path in FILES if isinstance(e := read_any(path), Decode) for m in e.messages]
    found = [(m, emotion(m.text)) for m in each]
    assert sum(f.emotion in (m.emotion, m.surface) or f.unsure for m, f in found) >= 0.8 * len(each)


def test_the_surface_is_worth_little_and_says_there_is_more(hidden: Decode) -> None:
    marks = said(hidden, emotion="anger", action="anger")
    line = row(marks, "insulin-emotion")
    assert 0 < line.points < line.possible / 2 and line.state == "partly"
    assert "底下还有一层" in line.reason_zh and hidden.messages[0].look in line.reason_zh
    assert "焦急" not in line.reason_zh
    assert row(marks, "insulin-action").state == "missing"
    other = row(said(hidden, emotion="calm"), "insulin-emotion")
    assert other.points == 0 and "您选了“平静”" in other.reason_zh


def test_words_ticked_too_many_take_away(hidden: Decode) -> None:
    first = hidden.messages[0]
    signs = sorted(first.numbers([s.words for s in first.signs]))
    assert row(said(hidden, words=signs), "insulin-words").state == "earned"
    (decoy,) = first.numbers(["你们到底有没有人管"])
    one_more = row(said(hidden, words=sorted([*signs, decoy])), "insulin-words")
    assert one_more.state == "partly" and "火气" in one_more.reason_zh
    assert row(said(hidden, words=list(range(len(first.phrases)))), "insulin-words").points == 0
    arguable = list(first.numbers(first.open))
    assert row(said(hidden, words=sorted([*signs, *arguable])), "insulin-words").state == "earned"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("16:10之前药一定送到您手里，骑手离您还有三公里；妈妈只剩一针，您着急是应该的。", 0.99, 1),
        ("您别急，四点十分前到。", 0.4, 0.6),
        ("非常抱歉给您带来不便，我们会尽快为您处理。", 0, 0.3),
        ("抱歉抱歉，理解理解，马上马上，尽快尽快，共情，致歉，时限，方案。", 0, 0.3),
        ("你们到底有没有人管！冷链箱写着下午一点到，现在三点半了，电话转来转去没人接。", 0, 0.3),
    ],
)
def test_the_first_sentence_is_marked_by_the_one_checker(hidden: Decode, text: str, least: float, most: float) -> None:
    line = row(said(hidden, opening=text), "insulin-opening")
    assert least <= line.points / line.possible <= most
    assert line.evidence[0].text == text and len(line.reason_zh) > 8 and len(line.reason_en) > 8


def test_an_insult_fails_the_whole(hidden: Decode) -> None:
    marks = said(hidden, opening="药坏了是你自己没安排好时间，跟我们有什么关系？")
    assert not marks.passed and marks.score <= 0.3


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_chance_does_not_pass(path: Any) -> None:
    exercise = read_any(path)
    assert isinstance(exercise, Decode)
    lot = random.Random(3)
    passed = 0
    for _ in range(200):
        read = {
            m.id: {
                "emotion": lot.choice(ACTIONS),
                "action": lot.choice(ACTIONS),
                "words": sorted(lot.sample(range(len(m.phrases)), 2)),
            }
            for m in exercise.messages
        }
        passed += mark(json.dumps({"read": read}), exercise).passed
    assert passed <= 4


def test_what_is_no_answer_earns_nothing_and_crashes_nothing(hidden: Decode) -> None:
    for value in (
        {"read": {"nobody": {"emotion": "anger"}}},
        {"read": {"insulin": {"emotion": "joy"}}},
        {"read": {"insulin": {"words": [99]}}},
        {"read": {"insulin": {"words": [-1]}}},
        {"read": {"insulin": {"opening": "急" * 601}}},
        {"read": [1]},
        {"other": 1},
    ):
        unreadable(json.dumps(value), hidden)
    assert load('{"read":{"insulin":{"words":[]},"message":{}}}', hidden) == {}
    assert load('{"read":{"message":{"opening":"您好","emotion":"calm"}}}', hidden) == {
        "read": {"message": {"emotion": "calm"}}
    }


def test_the_screen_has_no_key(hidden: Decode) -> None:
    shown = KIND.screen(hidden)
    text = json.dumps(shown, ensure_ascii=False)
    assert all(m["scene"]["emotion"] == "" for m in shown["messages"])
    for message in hidden.messages:
        for secret in (message.look, message.why, *(w.why for w in (*message.signs, *message.decoys))):
            assert secret not in text
        assert "".join(next(m["phrases"] for m in shown["messages"] if m["id"] == message.id)) == message.text
    assert "surface" not in text and "decoy" not in text and hidden.messages[0].opening.model not in text  # type: ignore[union-attr]


def test_a_page_shows_what_was_read(hidden: Decode) -> None:
    assert KIND.show is not None
    evil = "<b onclick=alert(1)>好</b>"
    shown = KIND.show({"read": {"insulin": {"words": [2], "emotion": "anxiety", "opening": evil}}}, hidden, "zh")
    assert '<span style="text-decoration:underline">现在三点半了，</span>' in shown and "焦急" in shown
    assert "<b" not in shown.replace("<blockquote", "") and "&lt;b" in shown
