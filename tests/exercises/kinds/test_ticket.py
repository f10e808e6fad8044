"""The ticket desk's marks: opened right, told unasked, promises kept, never closed too early; the log replays."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from csworkshop.exercises.activity import load
from csworkshop.exercises.kinds.ticket import KIND, Ticket
from csworkshop.exercises.library import exercise_files, load_any, read_any
from csworkshop.exercises.marking import Marks, mark

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="ticket")


@pytest.fixture(scope="module")
def refund() -> Ticket:
    return loaded("m5-desk-concert-refund", Ticket)


def model(exercise: Ticket) -> list[dict[str, Any]]:
    return list(KIND.model_answer(exercise)["log"])


def of(exercise: Ticket, log: list[dict[str, Any]], now: float | None = None) -> Marks:
    return mark(json.dumps({"log": log, "now": exercise.desk.length if now is None else now}), exercise)


def without(log: list[dict[str, Any]], *numbers: int) -> list[dict[str, Any]]:
    """The log without those messages (counted among the messages)."""
    says = [n for n, a in enumerate(log) if a["do"] == "say"]
    gone = {says[n] for n in numbers}
    return [a for n, a in enumerate(log) if n not in gone]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    _, best = sound(path, Ticket)
    assert best.score >= 0.95, [(x.item, x.reason_zh) for x in best.lines if x.state != "earned"]


def test_there_are_enough_of_them_each_with_its_own_trap() -> None:
    exercises = [read_any(path) for path in FILES]
    assert sum(e.id.startswith("m5-desk-") for e in exercises) >= 3
    assert any(e.id.startswith("m5-a-") for e in exercises)
    tickets = [e for e in exercises if isinstance(e, Ticket)]
    assert len({e.trap for e in tickets}) == len(tickets) and {e.ends for e in tickets} == {"close", "keep"}


def test_silence_is_told_with_its_hours_and_the_customer_asks(refund: Ticket) -> None:
    marks = of(refund, without(model(refund), 1, 2))
    progress = row(marks, "progress")
    assert progress.points < progress.possible / 2
    assert "09:21–13:26" in progress.reason_zh and "催了" in progress.reason_zh
    assert row(of(refund, model(refund)), "progress").state == "earned"


def test_a_promise_without_a_word_is_broken(refund: Ticket) -> None:
    marks = of(refund, without(model(refund), 2))
    promises = row(marks, "promises")
    assert promises.state == "partly" and "11点50分我再告诉您走到哪一步" in promises.reason_zh
    assert promises.evidence[0].text == "11点50分我再告诉您走到哪一步"


def test_closing_before_it_is_done_fails(refund: Ticket) -> None:
    log = [a for a in model(refund) if a.get("at", 0) <= 160]
    early = of(refund, [*log, {"at": 170, "do": "close", "survey": "open"}])
    assert row(early, "end").state == "critical" and not early.passed and early.score <= 0.3
    assert "不等于客户那边好了" in row(early, "end").reason_zh


def test_closing_without_asking_is_worth_little_and_stars_spoil_it(refund: Ticket) -> None:
    log = model(refund)
    unasked = of(refund, [*without(log, 4)[:-1], {"at": 300, "do": "close", "survey": "open"}])
    assert row(unasked, "end").state == "partly" and "点头" in row(unasked, "end").reason_zh
    stars = of(refund, [*log[:-1], {**log[-1], "survey": "stars"}])
    assert row(stars, "end").points == pytest.approx(row(of(refund, log), "end").points / 2, abs=0.01)


def test_a_ticket_that_cannot_be_done_today_must_be_kept() -> None:
    exercise = load_any("m5-a-desk-lost-suitcase")
    assert isinstance(exercise, Ticket)
    log = model(exercise)
    closed = of(exercise, [*log[:-1], {**log[-1], "do": "close", "survey": "open"}])
    assert row(closed, "end").state == "critical" and not closed.passed
    assert row(of(exercise, log), "end").state == "earned"


def test_calm_words_do_not_make_a_fire_wait() -> None:
    exercise = load_any("m5-desk-hot-plug")
    assert isinstance(exercise, Ticket)
    log = [{**a, "priority": "normal", "evidence": ["idcard"]} if a["do"] == "open" else a for a in model(exercise)]
    marks = of(exercise, log)
    assert row(marks, "priority").points == 0 and "语气" in row(marks, "priority").reason_zh
    assert row(marks, "evidence").points == 0 and "身份证" in row(marks, "evidence").reason_zh
    late = [{**a, "at": 140} if a["do"] == "hand" else a for a in model(exercise)]
    late.sort(key=lambda a: a["at"])
    assert "截单" in row(of(exercise, late), "hand-visit").reason_zh


def test_a_thin_hand_over_comes_back_and_is_told(refund: Ticket) -> None:
    log = [
        {**a, "text": "客户的退款一直没到，请帮忙尽快处理一下，谢谢。"} if a["do"] == "hand" else a
        for a in model(refund)
    ]
    line = row(of(refund, log), "hand-finance")
    assert line.points == 0 and "是哪一笔退款" in line.reason_zh
    wrong = [{**a, "department": "tech"} if a["do"] == "hand" else a for a in model(refund)]
    marks = of(refund, wrong)
    assert row(marks, "wrong-tech").state == "fault" and row(marks, "hand-finance").points == 0


def test_what_is_not_true_yet_must_not_be_said(refund: Ticket) -> None:
    log = model(refund)
    early = [{**a, "text": a["text"] + "您的钱已经到账。"} if a.get("at") == 160 else a for a in log]
    assert row(of(refund, early), "slip-1").evidence[0].text == "您的钱已经到账。"
    assert not [x for x in of(refund, log).lines if x.item.startswith("slip")]


def test_news_late_is_worth_half_and_never_nothing(refund: Ticket) -> None:
    log = [{**a, "at": 140} if a.get("at") == 77 else a for a in model(refund)]
    line = row(of(refund, log), "tell-1")
    assert line.state == "partly" and "隔了" in line.reason_zh
    assert row(of(refund, without(model(refund), 1, 2, 3)), "tell-1").state == "missing"


def test_the_same_message_again_is_no_message(refund: Ticket) -> None:
    first = next(a for a in model(refund) if a["do"] == "say")
    same = [{**first, "at": at} for at in range(10, 300, 50)]
    marks = of(refund, same)
    assert row(marks, "messages").points < row(marks, "messages").possible / 3
    assert row(marks, "pestered").state == "fault" and not marks.passed


def test_an_insult_fails_the_day(refund: Ticket) -> None:
    log = model(refund)
    rude = [{**a, "text": "您催什么催，烦不烦？等通知吧，爱等不等。"} if a.get("at") == 160 else a for a in log]
    marks = of(refund, rude)
    assert row(marks, "messages").state == "critical" and not marks.passed


def test_the_same_log_gets_the_same_marks_whatever_the_clock_says(refund: Ticket) -> None:
    log = model(refund)
    assert of(refund, log).score == of(refund, log, now=0).score == of(refund, log, now=1e9).score == 1
    wild = [{**a, "at": -99} if n == 0 else a for n, a in enumerate(log)]
    assert of(refund, wild).score > 0.9


def test_the_world_tells_what_happened_and_not_what_comes(refund: Ticket) -> None:
    assert KIND.respond
    told = KIND.respond(refund, {}, "desk", {"log": model(refund)[:4], "now": 40})
    shown = json.dumps(told, ensure_ascii=False)
    assert "您能看到" not in shown and "财务结算组：查到了" not in shown
    assert told["clock"] == 40 and told["next"] == 69 and told["steps"] == 4 and told["opened"]
    later = KIND.respond(refund, {}, "desk", {"log": model(refund)[:4], "now": 80})
    assert "财务结算组：查到了" in json.dumps(later, ensure_ascii=False)
    for junk in ({}, {"log": 5}, {"log": [{"do": "fly"}]}, {"log": [], "now": "x"}, {"now": float("nan")}):
        assert KIND.respond(refund, {}, "desk", junk)["clock"] == 0


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_screen_has_no_key(path: Any) -> None:
    exercise = read_any(path)
    assert isinstance(exercise, Ticket)
    shown = json.dumps(KIND.screen(exercise), ensure_ascii=False)
    desk = exercise.desk
    secrets = [o.why for key in ("types", "priorities", "evidence") for o in getattr(exercise.opening, key)]
    secrets += [e.text for e in desk.events] + [d.answer for d in desk.departments] + [exercise.trap, desk.works]
    secrets += [t.look for t in exercise.tell] + [s.why for s in exercise.slips]
    assert not [s for s in secrets if s in shown]


def test_broken_answers_earn_nothing_and_crash_nothing(refund: Ticket) -> None:
    for value in (
        {"log": [{"do": "fly"}]},
        {"log": [{"do": "look", "place": "moon"}]},
        {"log": [{"do": "say", "text": ""}]},
        {"log": [{"do": "hand", "department": "finance"}]},
        {"log": [{"do": "open", "type": "refund", "evidence": ["nothing"]}]},
        {"log": [{"do": "say", "text": "x" * 1200}]},
        {"log": [{"do": "look", "place": "order"}] * 70},
        {"log": {}},
        {"now": "later"},
    ):
        unreadable(json.dumps(value), refund)
    lot = random.Random(2)
    for _ in range(10):
        log = [
            {
                "at": lot.uniform(-50, 900),
                "do": "say",
                "text": lot.choice(["嗯嗯嗯好的", "😀" * 9, "稍等稍等", "。。。。"]),
            }
            for _ in range(lot.randint(1, 12))
        ]
        assert of(refund, log).score < 0.3
    assert load('{"drafts":{"say":"还没发"}}', refund) == {"drafts": {"say": "还没发"}}
