"""What a promised time means in minutes from now."""

from __future__ import annotations

import pytest

from csworkshop.practice.clock import due_in, minutes_of, promised, shown, waited

NOW = minutes_of("14:20")


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("10分钟内回复您", 10),
        ("半小时内给您答复", 30),
        ("一个半小时之内", 90),
        ("两个小时内处理好", 120),
        ("一刻钟之内师傅给您回", 15),
        ("今天18点前打给您", 220),
        ("16:00前发出", 100),
        ("下午三点前给您回电", 40),
        ("3点前给您回电", 40),
        ("明天上午10点打电话", 24 * 60 - 260),
        ("明天给您打电话", 24 * 60 + 220),
        ("1到3个工作日退回", 3 * 24 * 60),
        ("今天之内给您办好", 220),
    ],
)
def test_when_a_promise_is_due(words: str, minutes: int) -> None:
    assert due_in(words, NOW) == minutes


def test_words_without_a_time_are_due_never() -> None:
    assert due_in("我会尽快给您答复", NOW) is None
    assert promised("我会尽快给您答复，请您放心。", NOW) == ()


def test_promises_of_a_reply() -> None:
    assert promised("我去查一下，10分钟内回复您。", NOW) == (("10分钟内回复您", 10),)


@pytest.mark.parametrize(
    ("reply", "minutes"), [("/等 30", 30), ("/等30分钟", 30), ("/wait 2h", 120), ("/等 2小时", 120), ("/等", 10)]
)
def test_a_reply_that_only_lets_time_pass(reply: str, minutes: int) -> None:
    assert waited(reply) == minutes


@pytest.mark.parametrize("reply", ["请您等30分钟", "等 30", "/等 我一下"])
def test_words_to_the_customer_are_no_waiting(reply: str) -> None:
    assert waited(reply) is None


def test_the_clock_goes_on_over_midnight() -> None:
    assert shown(minutes_of("23:50") + 20) == "00:10"


@pytest.mark.parametrize(
    ("words", "now", "minutes"),
    [
        ("凌晨1点我再打电话确认", "22:46", 134), ("1点我再打电话确认", "22:46", 134),
        ("今晚12点前给您回电话", "22:46", 74),
        ("夜里1点给您回电话", "22:46", 134), ("早上8点给您打电话", "22:46", 554), ("0:30给您回电话", "22:46", 104),
        ("夜里11点给您回电话", "22:46", 14), ("晚上11点给您回电话", "22:46", 14), ("16:00前发出", "17:00", 1),
        ("中午1点给您回电话", "11:00", 120), ("明天凌晨1点给您打电话", "22:46", 134),
    ],
)  # fmt: skip
def test_a_promise_may_come_due_after_midnight(words: str, now: str, minutes: int) -> None:
    assert due_in(words, minutes_of(now)) == minutes


def test_a_talk_that_runs_on_over_midnight_counts_from_the_new_day() -> None:
    assert due_in("凌晨1点给您打电话", minutes_of("23:50") + 30) == 40
    assert due_in("今天18点前打给您", 24 * 60 + 60) == 17 * 60


@pytest.mark.parametrize(
    "reply",
    [
        "剩下的两个月退给您。", "剩下的3个月原路退回。", "给您退剩下的三个月。", "三个月的钱退给您。",
        "没用到的3个月退90元。",
        "给您停3个月。", "退3个月会费给您。",
    ],
)  # fmt: skip
def test_a_span_that_is_given_is_no_time(reply: str) -> None:
    assert promised(reply, NOW) == ()


@pytest.mark.parametrize(
    ("reply", "days"),
    [
        ("给您退剩下的3个月，7天内到账。", 7), ("剩下的两个月3天内退给您。", 3), ("3天退给您。", 3),
        ("两天后给您补发。", 2),
        ("退款3个工作日到账。", 3), ("退给您，3到5天到账。", 5), ("钱退3天到账。", 3),
    ],
)  # fmt: skip
def test_a_time_beside_what_is_given_is_one(reply: str, days: int) -> None:
    assert [due for _, due in promised(reply, NOW)] == [days * 24 * 60]
