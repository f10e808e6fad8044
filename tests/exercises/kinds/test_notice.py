"""Notices: what must be said, within the room, at the right time, to the right people; piles and drafts don't pass."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from csworkshop.exercises.kinds.notice import KIND, Notice
from csworkshop.exercises.library import exercise_files, load_any, read_any
from csworkshop.exercises.marking import Marks, mark

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="notice")
SMS, PUSH = "m1-notice-water-stop", "m1-notice-snow-parcels"

# Notices of other writers, with the right choices: they must pass, so that no single wording is asked for.
OTHERS = {
    SMS: [
        (
            "",
            "1—3栋住户您好，明天早9点到下午4点清洗水箱要停水，请今晚提前接好水，急用可去东门取水车。有事打5550-8014。",
        ),
        ("", "明日9:00-16:00停水洗水箱（1至3栋），今晚请备好用水；东门有取水车。来水先放2分钟。咨询5550-8014。"),
    ],
    PUSH: [
        (
            "包裹延迟到周五",
            "您好，因大雪高速封路，您的包裹预计周五才能送达，比原来晚两天，非常抱歉。您可以申请全额退运费，或免费改走空运，"
            "请在今天18:00前到订单页“处理方式”里选择，不选则按周五派送。",
        )
    ],
    "m1-notice-car-seat": [
        (
            "X2座椅召回：请先停用",
            "家长您好，X2安全座椅批号B7开头的，靠背卡扣用久会松，急刹时可能滑开，请立即停止使用。批号请看靠背标签。我们免费为您换新，"
            "登记后3个工作日内寄出，旧座椅上门取走；不想换的可以全额退款，5个工作日内到账。登记请打400-5550-31。给您带来的担心我们很抱歉。",
        )
    ],
    "m5-notice-pay-outage": [
        (
            "重复扣款今天18点前自动退回",
            "各位商户，13:40到14:20收款出现中断，现已恢复。部分订单重复扣款，系统会在今天18:00前自动退回，请不要手动退款，"
            "以免重复。可在“账单—核对”查看单号，有疑问回复我们，30分钟内回电。原因仍在排查，明天12点前告知。抱歉给您添麻烦了。",
        )
    ],
}


@pytest.fixture
def push() -> Notice:
    return loaded(PUSH, Notice)


def marked(exercise: Notice, **changed: Any) -> Marks:
    return mark(json.dumps({**KIND.model_answer(exercise), **changed}), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, model = sound(path, Notice)
    assert model.points(100) >= exercise.pass_mark + 25
    assert [x.item for x in model.lines if x.state in ("fault", "critical")] == []
    assert exercise.size(exercise.model.text) <= exercise.limit
    for question in (exercise.when, exercise.whom):
        assert len({o.id for o in question.options}) >= 3


def test_there_are_enough_of_them() -> None:
    exercises = [read_any(path) for path in FILES]
    assert sum(e.module == "m1" for e in exercises) >= 5 and sum(e.module == "m5" for e in exercises) >= 1
    assert any("-a-" in e.id for e in exercises)
    notices = [e for e in exercises if isinstance(e, Notice)]
    assert {e.medium for e in notices} == {"sms", "push", "email"}
    assert len({e.scenario.domain for e in notices}) == len(notices)
    places = [[o.right for o in e.when.options].index(True) for e in notices]
    assert max(places.count(p) for p in places) <= len(notices) / 2  # the right time doesn't always stand first


@pytest.mark.parametrize(("name", "title", "text"), [(n, t, x) for n, both in OTHERS.items() for t, x in both])
def test_others_good_notices_pass(name: str, title: str, text: str) -> None:
    exercise = load_any(name)
    assert isinstance(exercise, Notice)
    changed = {"text": text, **({"title": title} if exercise.heading else {})}
    marks = marked(exercise, **changed)
    assert marks.passed and marks.points(100) >= 80, [(x.item, x.reason_zh) for x in marks.lines if x.state != "earned"]
    assert exercise.size(text) <= exercise.limit


def test_a_required_fact_that_is_missing_is_asked_for_without_being_told(push: Notice) -> None:
    marks = marked(
        push, text=push.model.text.replace("预计周五送到，比原来晚两天，", "要晚一点，").replace("照周五送", "照原样送")
    )
    line = row(marks, "must-1")
    assert (line.state, line.points) == ("missing", 0)
    assert "晚到哪一天" in line.reason_zh and "周五" not in line.reason_zh
    assert marked(push).points(100) - marks.points(100) > 8


def test_too_long_costs_and_much_too_long_is_not_read(push: Notice) -> None:
    plain = marked(push).points(100)
    pad = "如果还有别的问题，也可以随时在这里留言，我们看到就回您。"
    over = marked(push, text=push.model.text + pad)
    assert row(over, "length").state == "fault"
    assert plain - over.points(100) >= 8
    much = marked(push, text=push.model.text + pad * 4)
    assert row(much, "text").state == "missing" and "最多放 120 个" in row(much, "text").reason_zh


def test_room_counts_the_signature() -> None:
    sms = load_any(SMS)
    assert isinstance(sms, Notice)
    assert sms.size("五个字的话") == 5 + len(sms.signature)
    spare = sms.limit - sms.size(sms.model.text)
    assert marked(sms, text=sms.model.text + "。" * spare).passed
    assert row(marked(sms, text=sms.model.text + "。" * (spare + 1)), "length").state == "fault"


@pytest.mark.parametrize("question", ["when", "whom"])
def test_ticking_everything_earns_no_more_than_nothing(push: Notice, question: str) -> None:
    options = [o.id for o in getattr(push, question).options]
    everything = row(marked(push, **{question: options}), question)
    assert everything.points <= 6.0
    wrong = next(o for o in getattr(push, question).options if not o.right)
    line = row(marked(push, **{question: [wrong.id]}), question)
    assert line.points == 0 and wrong.why in line.reason_zh


def test_the_heading_must_say_what_it_is_about(push: Notice) -> None:
    assert row(marked(push, title="温馨提示"), "title").points == 0
    assert "标题里让人看出" in row(marked(push, title="温馨提示"), "title").reason_zh
    long = row(marked(push, title="您的件改到周五到了，真的很抱歉"), "title")
    assert long.points == 0 and str(push.heading and push.heading.limit) in long.reason_zh


def test_the_draft_notes_and_piles_are_no_notice(push: Notice) -> None:
    notes = "，".join((*push.scenario.facts, *push.scenario.policy))[: push.limit]
    for text, told in ((push.draft, "草稿"), (notes, "内部资料"), ("周五大雪封路退款改道18点前选。" * 8, "")):
        marks = marked(push, text=text)
        assert not marks.passed
        assert told in row(marks, "text").reason_zh if told else True


def test_an_insult_fails_whatever_else_is_right(push: Notice) -> None:
    marks = marked(push, text=push.model.text[:60] + "您爱等不等，别来烦我们。")
    assert not marks.passed


@pytest.mark.parametrize(
    "text",
    [
        '{"when": ["nobody"]}',
        '{"whom": ["sender", "sender"]}',
        '{"text": 5}',
        '{"text": ' + json.dumps("好" * 2000) + "}",
        '{"title": "x", "extra": true}',
        "[[[[",
    ],
)
def test_an_answer_that_is_none_earns_nothing(push: Notice, text: str) -> None:
    unreadable(text, push)


def test_an_sms_has_no_heading() -> None:
    sms = load_any(SMS)
    unreadable('{"title": "停水"}', sms)


def test_the_screen_holds_no_key(push: Notice) -> None:
    shown = json.dumps(KIND.screen(push), ensure_ascii=False)
    assert push.model.text not in shown and '"right"' not in shown and '"why"' not in shown
    assert not [i for i in push.must if i.look in shown]


def test_random_answers_never_pass(push: Notice) -> None:
    seed, known = random.Random(3), [o.id for q in (push.when, push.whom) for o in q.options]
    for _ in range(30):
        value = {"text": "".join(seed.choice("的了在周五退款封路18点") for _ in range(40))}
        value["when"] = [i for i in [o.id for o in push.when.options] if seed.random() < 0.5]
        value["whom"] = [i for i in known if i in {o.id for o in push.whom.options} and seed.random() < 0.5]
        assert not mark(json.dumps(value), push).passed
