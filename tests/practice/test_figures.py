"""Figures as values: one value for all ways of writing it, and none where there is none."""

from __future__ import annotations

from datetime import date

import pytest

from csworkshop.practice.figures import figures, number, same

ON = date(2025, 10, 16)  # a Thursday


def values(text: str) -> list[tuple[str, float, float]]:
    return [f.value for f in figures(text, ON)]


@pytest.mark.parametrize(
    "ways",
    [
        ["24小时", "一天", "1天", "二十四小时", "24个小时"],
        ["半小时", "30分钟", "半个钟头", "三十分钟"],
        ["一个半小时", "90分钟"],
        ["1至3个工作日", "1-3个工作日", "一到三个工作日", "1～3工作日"],
        ["两周", "14天", "2个星期"],
        ["半年", "6个月", "六个月"],
        ["一年", "12个月"],
        ["20:00", "晚上8点", "20点", "晚八点", "20点整", "２０：００"],
        ["14:30", "下午两点半", "14点30分", "14点半"],
        ["8:15", "早上八点一刻"],
        ["50元", "50块", "¥50", "五十块钱", "50块钱"],
        ["1.5万元", "15000元", "15,000元"],
        ["40%", "百分之四十", "四成"],
        ["8折", "八折", "80折"],
        ["5万行", "50000行"],
        ["10月17日", "17号", "明天", "次日", "周五", "这周五"],
        ["11月1日", "次月1日", "下个月1号"],
        ["10月20日", "下周一", "20日", "十月二十日", "2025年10月20日"],
    ],
    ids=lambda ways: ways[0],
)
def test_one_value_however_it_is_written(ways: list[str]) -> None:
    found = {way: values(way) for way in ways}
    assert all(len(v) == 1 for v in found.values()), found
    assert len({tuple(v) for v in found.values()}) == 1, found


@pytest.mark.parametrize(
    ("one", "other"),
    [("1天", "1个工作日"), ("1个月", "30天"), ("5元", "5折"), ("8:00", "20:00"), ("3天", "3次"), ("50元", "50%")],
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert values(one) != values(other)


@pytest.mark.parametrize("text", ["第9天", "科目二", "千万别", "一点击就行", "好的", "万一", "2月30日", "一号线"])
def test_what_is_no_figure(text: str) -> None:
    assert values(text) == []


def test_a_time_with_its_day() -> None:
    assert values("今晚8点前") == [("day", ON.toordinal(), ON.toordinal()), ("clock", 1200, 1200)]


def test_spans_lie_in_what_was_typed() -> None:
    text = "退款 1~3 个工作日,金额４８元"
    found = {text[a:b] for a, b in (f.span for f in figures(text, ON))}
    assert "４８元" in found
    assert any("1~3" in words for words in found)


def test_a_longer_end_may_stand_alone_and_a_unit_be_left_out() -> None:
    def one(text: str) -> object:
        (found,) = figures(text, ON)
        return found

    assert same(one("1至3个工作日"), one("3个工作日"))  # type: ignore[arg-type]
    assert not same(one("1至3个工作日"), one("1个工作日"))  # type: ignore[arg-type]
    assert same(one("3个工作日"), one("1-3个工作日"))  # type: ignore[arg-type]
    assert same(one("4800元"), one("退您4800"))  # type: ignore[arg-type]
    assert not same(one("4800元"), one("4800天"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("二十三", 23), ("一百零五", 105), ("两千八百", 2800), ("一万两千", 12000), ("3.5", 3.5)],
)
def test_numbers(text: str, value: float) -> None:
    assert number(text) == value
