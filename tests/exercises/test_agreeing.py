"""Figures of a text against its case: wrong ones are found where they stand, honest ones pass however written."""

from __future__ import annotations

import pytest

from csworkshop.exercises.agreeing import strange

CASE = (
    "订单 MH-20871，4月8日06:20付款50元，卡号6217001210024664402",
    "App 5.2.1，安卓13；三次失败，最近一次14:02；答应客户今天15点前答复",
    "截止6月18日18:00，涉及342人",
)


def told(text: str) -> list[str]:
    return [text[a:b] for a, b in strange(text, CASE)]


@pytest.mark.parametrize(
    "text",
    [
        "订单MH20871，付款50元",
        "尾号4402，订单后五位20871",
        "4月8日早上6点20分，下午2点02分",
        "六点二十付款",  # numerals in Hanzi are looked at as figures of the case only
        "App5.2.1，安卓13，V5.2",
        "今天下午3点前答复客户",
        "试了3次，等了2天，换过2台手机",
        "从06:20到14:02，过了462分钟",  # between two times of the case
        "请13:30前给我结果",  # a time that the writer sets
        "答应客户明天（9日）上午回电",  # counted on from the case's day
        "1. 账号\n2. 现象",
        "涉及342人",
    ],
)
def test_what_agrees_passes(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("订单MH-20817，付款50元", ["MH-20817"]),
        ("4月9日06:20付款", ["4月9日"]),
        ("早上6点40分付款", ["早上6点40分"]),
        ("付款150元", ["150"]),
        ("涉及324人，截止18:30", ["324", "18:30"]),
        ("App 5.2.7", ["5.2.7"]),
        ("卡号6217001210024664420", ["6217001210024664420"]),
    ],
)
def test_what_does_not_agree_is_found_where_it_stands(text: str, wrong: list[str]) -> None:
    assert told(text) == wrong


def test_offsets_are_those_of_what_was_typed() -> None:
    text = "😀 订单 ＭＨ－２０８１７！"
    ((start, end),) = strange(text, CASE)
    assert text[start:end].startswith("ＭＨ")
    assert strange("", CASE) == [] and strange("没有数字", CASE) == []
