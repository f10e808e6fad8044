"""Asking in order: what a question gets is understood in many wordings; order, openness and tact count; piles don't."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from csworkshop.exercises.activity import dump, faults_of, load
from csworkshop.exercises.asking import understood
from csworkshop.exercises.kinds.ask import KIND, LONGEST, Ask
from csworkshop.exercises.library import exercise_files, load_any, read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.text.datafile import DataFileError

from .conftest import loaded, row, unreadable

HERE = Path(__file__).parent
FILES = exercise_files(kind="ask")
EXERCISE = "m2-ask-stroller"
GOOD = (
    "推起来哪里不对劲，您跟我讲讲？",
    "毛病出在哪个轮子上？",
    "空车推的时候也这样吗？",
    "您想换个轮子，还是另有打算？",
    "师傅哪天来您在家？",
)


@pytest.fixture
def stroller() -> Ask:
    return loaded(EXERCISE, Ask)


def asked(exercise: Ask, *questions: str) -> Marks:
    return mark(json.dumps({"questions": [{"text": q} for q in questions]}), exercise)


def _accuracy(name: str) -> tuple[int, int, list[str]]:
    """Questions of the file that are understood (what was asked for is among what was heard), all, and the others."""
    right, missed = 0, []
    found = tomllib.loads((HERE / name).read_text("utf-8"))
    for exercise_id, expected in found.items():
        exercise = load_any(exercise_id)
        assert isinstance(exercise, Ask)
        for want, questions in expected.items():
            for text in questions:
                read = understood(text, exercise.wanted, exercise.known, exercise.never)
                got = (*read.gets, *read.repeats, *read.forbidden) or ("none",)
                if want in got:
                    right += 1
                else:
                    missed.append(f"{exercise_id} {want} {got} {text}")
    return right, right + len(missed), missed


def test_unseen_wordings_are_mostly_understood() -> None:
    """When they were written, before anything was tuned on them: 82 of 90."""
    right, number, missed = _accuracy("ask_unseen.toml")
    assert number >= 60
    assert right / number >= 0.88, missed


def test_what_was_tuned_on_stays_understood() -> None:
    right, number, missed = _accuracy("ask_tuning.toml")
    assert right / number >= 0.97, missed


def test_the_two_sets_have_no_question_in_common() -> None:
    sets = [
        {q for e in tomllib.loads((HERE / name).read_text("utf-8")).values() for qs in e.values() for q in qs}
        for name in ("ask_unseen.toml", "ask_tuning.toml")
    ]
    shown = {x for path in FILES if isinstance(e := read_any(path), Ask) for i in e.wanted for x in i.examples}
    assert not sets[0] & sets[1] and not sets[0] & shown


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise = read_any(path)
    assert isinstance(exercise, Ask)
    assert faults_of(exercise) == []
    assert mark(dump(KIND.model_answer(exercise)), exercise).score >= 0.95
    assert exercise.known and all(s.why for s in (*exercise.known, *exercise.never))


def test_there_are_enough_of_them() -> None:
    exercises = [e for path in FILES if isinstance(e := read_any(path), Ask)]
    assert sum(e.module == "m2" and "-a-" not in e.id for e in exercises) >= 3
    assert sum(e.module == "m3" for e in exercises) >= 2
    assert sum(e.id.startswith(("m2-a-", "m3-a-")) for e in exercises) >= 1
    assert {e.scenario.persona for e in exercises} == {"gen_z", "adult", "senior", "enterprise"}


def test_own_words_in_good_order_pass_in_full(stroller: Ask) -> None:
    marks = asked(stroller, *GOOD)
    assert marks.score == 1, [(x.item, x.state, x.reason_zh) for x in marks.lines if x.state != "earned"]
    assert "左前轮" in row(marks, "ask-where").reason_zh  # what the customer would say
    assert row(marks, "order").reason_zh.startswith("您的顺序是：事实 → 事实 → 事实 → 诉求 → 偏好")


def test_order_counts(stroller: Ask) -> None:
    backwards = asked(stroller, *reversed(GOOD))
    assert not backwards.passed
    assert row(backwards, "order").points == 0 and "事实没有问清" in row(backwards, "order").reason_zh
    assert row(backwards, "open").points == 0
    swapped = asked(stroller, GOOD[0], GOOD[3], GOOD[1], GOOD[4])
    assert 0 < row(swapped, "order").points < row(asked(stroller, *GOOD), "order").points


def test_closed_before_open_loses_the_opening(stroller: Ask) -> None:
    marks = asked(stroller, GOOD[2], *GOOD[:2], *GOOD[3:])
    assert row(marks, "open").state == "partly" and "提到最前面" in row(marks, "open").reason_zh


def test_what_was_said_costs_and_so_does_asking_twice(stroller: Ask) -> None:
    marks = asked(stroller, *GOOD[:4], "请问订单号是多少？")
    assert row(marks, "known-5").state == "fault" and "10月6日" in row(marks, "known-5").reason_zh
    again = asked(stroller, *GOOD[:2], "声音从哪个轮子传出来的？", *GOOD[3:])
    assert row(again, "twice-3").state == "fault"
    confirmed = asked(stroller, *GOOD[:4], "您是上个月下的单，对吗？")
    assert not [x for x in confirmed.lines if x.item.startswith("known")]


def test_presuming_a_volley_and_secrets(stroller: Ask) -> None:
    presumed = asked(stroller, "是不是您自己折叠的时候弄坏了？", *GOOD[1:])
    assert row(presumed, "presumed-1").state == "fault" and "是不是您自己" in row(presumed, "presumed-1").reason_zh
    volley = asked(stroller, "哪里不对劲？哪个轮子？空车也这样吗？您希望怎么处理？", *GOOD[1:])
    assert row(volley, "volley-1").state == "fault"
    secret = asked(stroller, *GOOD[:4], "请把您的银行卡号和支付密码发给我好吗？")
    assert row(secret, "privacy-5").state == "critical" and not secret.passed and secret.score <= 0.3


@pytest.mark.parametrize(
    "words", ["哪个轮子松，你自己不会看？", "您能不能说重点，到底哪个轮子？", "跟您说不明白，轮子松不松？"]
)
def test_talking_back_fails_the_row_even_if_it_gets_something(stroller: Ask, words: str) -> None:
    marks = asked(stroller, GOOD[0], words, *GOOD[2:])
    assert row(marks, "rude-2").state == "critical" and not marks.passed


@pytest.mark.parametrize(
    "questions",
    [
        ("什么时候？哪里？多少？怎么？为什么？", "希望退款换货维修？", "方便时间电话地址？"),
        ("时间，地点，现象，频率，原因？", "诉求，方案，退换修？", "偏好，方便，上门，时段？"),
        ("上个月买的婴儿车，这两天推着不对劲，天天要用的，你们看看怎么弄吧。",) * 3,
        ("您好。", "请稍等。", "我们会尽快处理。"),
        ("请提供您的姓名、电话、地址。", "请问还有其他问题吗？", "请问您对我们的服务满意吗？"),
        ("有什么可以帮您的吗？", "请您说一下具体情况好吗？", "您还有别的要说吗？"),
    ],
)
def test_piles_copies_and_forms_do_not_pass(stroller: Ask, questions: tuple[str, ...]) -> None:
    marks = asked(stroller, *questions)
    assert not marks.passed and marks.score < 0.5


def test_missing_things_are_led_to_and_not_named(stroller: Ask) -> None:
    marks = asked(stroller, *GOOD[:2])
    wish = row(marks, "ask-wish")
    assert wish.state == "missing" and "别替她定" in wish.reason_zh and wish.about.name.zh == "诉求"
    assert "换个轮子" not in wish.reason_zh
    assert row(marks, "order").state == "missing"


def test_the_customer_answers_each_question(stroller: Ask) -> None:
    def answers(*questions: str) -> list[str]:
        assert KIND.respond is not None
        found: list[str] = KIND.respond(stroller, {}, "answers", {"questions": list(questions)})["answers"]
        return found

    said = answers(
        GOOD[1], "您几月买的？", "哪一只轮子有毛病？", "是不是您自己弄坏的？", "今天天气真好。", "", "孩子属什么？"
    )
    assert said[0] == "我看了，左前轮，一捏就晃。" and "系统里" in said[1]
    assert said[2] == "这个刚才说过了呀。" and "弄坏" in said[3] and "听" in said[4]
    assert said[5:] == ["", "嗯……您问这个，跟我这件事有关系吗？"][: len(said[5:])]
    assert answers(GOOD[1]) == answers(GOOD[1])
    assert KIND.respond is not None
    for data in ({}, {"questions": "x"}, {"questions": [None, 5, {"a": 1}]}, {"questions": ["问" * 9999] * 50}):
        told = KIND.respond(stroller, {}, "answers", data)["answers"]
        assert len(told) <= 5 and all(isinstance(x, str) for x in told)
    assert KIND.respond(stroller, {}, "key", {"questions": ["？"]}) == {"answers": []}


def test_what_is_no_answer_earns_nothing_and_crashes_nothing(stroller: Ask) -> None:
    for value in (
        {"questions": [{"text": "问" * (LONGEST + 1)}]},
        {"questions": [{"text": "为什么？"}] * 6},
        {"questions": ["为什么？"]},
        {"questions": [{"text": 1}]},
        {"asked": []},
    ):
        unreadable(json.dumps(value), stroller)
    assert load('{"questions":[{"text":""}]}', stroller) == {}
    assert asked(stroller, "？", "\n", "\u202e\u0000").score == 0


def test_the_screen_has_no_key(stroller: Ask) -> None:
    shown = json.dumps(KIND.screen(stroller), ensure_ascii=False)
    for i in stroller.wanted:
        assert i.answer not in shown and i.look not in shown and i.examples[0] not in shown


def test_an_authors_mistakes_are_told(tmp_path: Path) -> None:
    source = next(p for p in FILES if p.stem == EXERCISE).read_text("utf-8")
    for old, new, says in (
        ("'<STORY>', '不对劲 <WHAT>'", "'<STRY>', '不对劲 <WHAT>'", "<STRY> is no word list"),
        ("'<STORY>', '不对劲 <WHAT>'", "'(', '不对劲 <WHAT>'", "is no pattern"),
        ('"车子出了什么毛病，您跟我说说？"', '"您家几口人？"', "is read as asking for nothing"),
        ('kind = "preference"', 'kind = "fact"', "nothing there is a preference"),
    ):
        assert old in source
        path = tmp_path / f"{EXERCISE}.toml"
        path.write_text(source.replace(old, new), "utf-8")
        with pytest.raises(DataFileError, match=says):
            read_any(path)


def test_a_page_shows_questions_and_answers(stroller: Ask) -> None:
    assert KIND.show is not None
    value = {"questions": [{"text": "<i>哪个轮子松？", "asked": True}, {"text": "", "asked": False}]}
    shown = KIND.show(value, stroller, "zh")
    assert "&lt;i&gt;哪个轮子松？<br><em>我看了，左前轮" in shown and "<i>" not in shown
