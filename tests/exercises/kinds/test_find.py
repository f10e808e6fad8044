"""Finding flaws: right words and right names earn; guessing, accusing everything and marking the page don't."""

from __future__ import annotations

import json
import random
import re
from html import unescape
from typing import Any

import pytest

from csworkshop.exercises.activity import load
from csworkshop.exercises.kinds.find import FALSE, KIND, Find
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.exercises.overlap import area, phrases, places

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="find")
EXERCISE = "m4-find-cold-night"


@pytest.fixture
def night() -> Find:
    return loaded(EXERCISE, Find)


def at(exercise: Find, *pairs: tuple[str, str]) -> Marks:
    """Marked with these words under these names."""
    spans = [(exercise.reply.index(words), words, item) for words, item in pairs]
    rows = [{"start": a, "end": a + len(w), "item": i} for a, w, i in spans]
    return mark(json.dumps({"marks": rows}), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, model = sound(path, Find)
    assert model.score == 1
    assert len({f.item for f in exercise.flaws}) >= 4
    assert set(exercise.trains) == {f.item for f in exercise.flaws}
    assert len(exercise.palette) >= len({f.item for f in exercise.flaws}) + 3  # distractors


def test_there_are_enough_of_them_over_modules_and_customers() -> None:
    exercises = [read_any(path) for path in FILES]
    assert len(exercises) >= 6
    assert {e.module for e in exercises} >= {"m1", "m2", "m4", "m6"}
    assert any(e.id.startswith(("m2-a-", "m6-a-")) for e in exercises)
    scenes = [e.scenario for e in exercises if isinstance(e, Find)]
    assert len({s.domain for s in scenes}) == len(scenes)
    assert len({s.channel for s in scenes}) >= 4 and len({s.persona for s in scenes}) >= 3


def test_each_half_earns_half_and_says_what_is_missing(night: Find) -> None:
    one = 100 / len(night.flaws)
    right = at(night, ("您先冷静一下", "rude"))
    assert row(right, "flaw-1").points == pytest.approx(one, abs=0.01)
    assert "叫生气的人冷静" in row(right, "flaw-1").reason_zh
    misnamed = at(night, ("您先冷静一下", "vague"))
    assert row(misnamed, "flaw-1").points == pytest.approx(one / 2, abs=0.01)
    assert "“模糊表述”不是它的名字" in row(misnamed, "flaw-1").reason_zh
    assert row(misnamed, "flaw-1").evidence[0].text == "您先冷静一下"
    assert "还没有找到" in row(misnamed, "flaw-2").reason_zh
    assert night.flaws[1].words[0] not in row(misnamed, "flaw-2").reason_zh


@pytest.mark.parametrize(
    "words",
    [
        "您先冷静一下",
        "冷静一下，",
        "先生，您先冷静一下",
        "这样说话解决不了任何问题。",
        "您先冷静一下，这样说话解决不了任何问题",
    ],
)
def test_the_words_may_be_cut_a_little_differently(night: Find, words: str) -> None:
    assert row(at(night, (words, "rude")), "flaw-1").state == "earned"


def test_another_name_that_can_be_argued_for_is_right_too(night: Find) -> None:
    assert row(at(night, ("您先冷静一下", "blame")), "flaw-1").state == "earned"


def test_too_wide_a_mark_earns_little_and_a_whole_reply_nothing(night: Find) -> None:
    wide = night.reply[: night.reply.index("到货之前")]
    marked = at(night, (wide, "rude"))
    assert row(marked, "flaw-1").state == "partly" and "太长" in row(marked, "flaw-1").reason_zh
    everything = at(night, (night.reply, "rude"))
    assert everything.score == 0 and row(everything, "false-1").points == -FALSE
    assert "大半段" in row(everything, "false-1").reason_zh


def test_accusing_good_words_costs_and_tells_why_they_are_good(night: Find) -> None:
    before = at(night, ("您先冷静一下", "rude"), ("😭😭😭", "punctuation"))
    after = at(night, ("您先冷静一下", "rude"), ("😭😭😭", "punctuation"), ("先送两台电暖器到您家", "overpromise"))
    assert after.score == pytest.approx(before.score - FALSE / 100, abs=1e-3)
    (false,) = [x for x in after.lines if x.state == "fault"]
    assert false.item == "false-3" and false.evidence[0].text == "先送两台电暖器到您家"  # third in the reply's order
    assert "规定允许借用" in false.reason_zh


def test_a_second_guess_at_the_same_words_costs(night: Find) -> None:
    guesses = at(night, ("您先冷静一下", "rude"), ("您先冷静一下", "vague"), ("您先冷静一下", "jargon"))
    assert row(guesses, "flaw-1").state == "earned"
    assert sum(x.state == "fault" for x in guesses.lines) == 2
    again = at(night, ("您先冷静一下", "rude"), ("这样说话解决不了任何问题", "rude"))
    assert not [x for x in again.lines if x.state == "fault"]


def test_emoji_count_as_one_character(night: Find) -> None:
    start = night.reply.index("😭")
    assert row(at(night, ("😭😭😭", "punctuation")), "flaw-5").evidence[0].text == "😭😭😭"
    shown = KIND.screen(night)
    assert "".join(shown["words"]) == night.reply and night.reply[start : start + 3] == "😭😭😭"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_chance_does_not_pass(path: Any) -> None:
    """Clauses and names by lot: not two in a hundred pass."""
    exercise = read_any(path)
    assert isinstance(exercise, Find)
    lot = random.Random(7)
    pieces = phrases(exercise.reply)
    passed = 0
    for _ in range(300):
        chosen = sorted(lot.sample(pieces, lot.randint(1, len(pieces))))
        rows = [{"start": a, "end": b, "item": lot.choice(exercise.palette)} for a, b in chosen]
        passed += mark(json.dumps({"marks": rows}), exercise).passed
    assert passed <= 6


def test_what_is_no_answer_earns_nothing_and_crashes_nothing(night: Find) -> None:
    for value in (
        {"marks": [{"start": 5, "end": 2, "item": "rude"}]},
        {"marks": [{"start": 0, "end": 10**9, "item": "rude"}]},
        {"marks": [{"start": -1, "end": 3, "item": "rude"}]},
        {"marks": [{"start": 0, "end": 3, "item": "own"}]},
        {"marks": [{"start": 0, "end": 3}]},
        {"marks": "all"},
        {"marks": [{"start": n, "end": n + 1, "item": "rude"} for n in range(40)]},
        {"everything": True},
    ):
        unreadable(json.dumps(value), night)
    assert mark("", night).refusal == "empty"
    assert load('{"marks":[]}', night) == {}


def test_the_screen_has_no_key(night: Find) -> None:
    shown = json.dumps(KIND.screen(night), ensure_ascii=False)
    for flaw in night.flaws:
        assert flaw.why not in shown and flaw.look not in shown
    assert "flaws" not in shown and "innocent" not in shown


def test_phrases_are_the_whole_text() -> None:
    text = "好的，“您先别急”！！！ 我们 尽快😀处理\n谢谢（收到）"
    assert "".join(text[a:b] for a, b in phrases(text)) == text
    (span,) = places(text, ["您先别急"])
    assert text[slice(*area(text, span).around)].startswith("“您先别急”")


def test_a_page_shows_the_marked_reply(night: Find) -> None:
    assert KIND.show is not None
    shown = KIND.show(KIND.model_answer(night), night, "zh")
    plain = re.sub(r"<strong>.*?</strong>|<.*?>", "", shown)
    assert unescape(plain) == night.reply and shown.count("<strong>") == len(night.flaws)
    twice = {"marks": [{"start": 0, "end": 9, "item": "rude"}, {"start": 3, "end": 6, "item": "vague"}]}
    assert unescape(re.sub(r"<strong>.*?</strong>|<.*?>", "", KIND.show(twice, night, "en"))) == night.reply
