"""What counts as taking up a fact of the customer's message, and what doesn't."""

from __future__ import annotations

import pytest

from csworkshop.techniques.echo import echoes, numerals, plain, weight
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses

CUSTOMER = "我上礼拜三订的两箱车厘子,昨天到货烂了一半,箱底全是水,打了4次电话没人接!花了258块!"


def weights(reply: str, customer: str = CUSTOMER) -> dict[str, float]:
    text = fold(reply).text
    return {text[a:b]: w for (a, b), w in echoes(text, clauses(text), fold(customer).text)}


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("第九天", "第9天"),
        ("十八度电", "18度电"),
        ("二十分钟", "20分钟"),
        ("八十九块", "89块"),
        ("三百块", "300块"),
        ("两千八百块", "2800块"),
        ("俩月", "2个月"),
        ("十点", "10点"),
    ],
)
def test_numerals_are_alike(typed: str, same: str) -> None:
    assert numerals(typed) == numerals(same) == same


def test_persons_and_synonyms_are_one_form() -> None:
    assert plain("您的车厘子") == plain("你的车厘子")
    assert plain("俺等了一个礼拜") == plain("我等了一个星期") == plain("咱等了1个周")


@pytest.mark.parametrize(
    "clause",
    ["两箱车厘子烂了一半", "箱底全是水", "电话打了四次没人接", "您花了二百五十八块", "您上星期三订的车厘子"],
)
def test_a_fact_taken_up_weighs_enough(clause: str) -> None:
    assert weights(clause)[clause] >= 2.9


@pytest.mark.parametrize(
    "clause",
    [
        "非常抱歉",
        "我们会尽快处理",
        "您反馈的问题已收到",
        "一般第二天就能到",
        "请问您的单号是多少",
        "给您退了36元",
        "亲爱的顾客您好",
    ],
)
def test_service_talk_weighs_too_little(clause: str) -> None:
    assert weights(clause)[clause] < 2.9


def test_rules_questions_and_actions_weigh_less_than_telling() -> None:
    told = weight("车厘子烂了一半", CUSTOMER)
    assert weight("车厘子一般不会烂了一半", CUSTOMER) < told
    assert weights("车厘子烂了一半?")["车厘子烂了一半"] < told
    assert weight("我们给您补发车厘子", CUSTOMER) < told


def test_numbers_that_the_customer_never_gave_weigh_against() -> None:
    assert weight("车厘子烂了一半是37度", CUSTOMER) < weight("车厘子烂了一半是热的", CUSTOMER)


def test_nothing_shared_is_nothing() -> None:
    assert weight("祝生意兴隆", CUSTOMER) == 0.0


def test_without_a_customer_there_is_nothing_to_take_up() -> None:
    assert echoes("车厘子烂了一半", [(0, 7)], "") == []


def test_spans_are_the_clauses() -> None:
    text = fold("抱歉,箱底全是水。").text
    assert [span for span, _ in echoes(text, clauses(text), CUSTOMER)] == clauses(text)
