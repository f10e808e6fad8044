"""Ideas by their wordings, texts that are nobody's own, times that several texts promise, lines to oneself."""

from __future__ import annotations

import pytest

from csworkshop.exercises.ideas import Idea, alike, not_own, said, shared_share
from csworkshop.exercises.same_times import clocks, disagreeing
from csworkshop.exercises.selftalk import DECLARED, effect
from csworkshop.text.datafile import read_toml


def idea(*words: str) -> Idea:
    return Idea(says="x", words=words, look="y")


@pytest.mark.parametrize(
    ("words", "text", "quote"),
    [
        ("先|第一步 道歉|认错", "您好。第一步要认错，别解释。再说办法。", "第一步要认错，别解释。"),
        ("先|第一步 道歉|认错", "先说办法。道歉放后面。", ""),  # parts in two sentences
        ("道歉", "不要道歉，直接退款。", ""),  # denied
        ("别 手动退", "请先别手动退，免得退两笔。", "请先别手动退，免得退两笔。"),  # denied by the wording itself
        ("18点|18:00|下午6点", "今天十八点前送到。", "今天十八点前送到。"),
        ("18:00", "今天18：00前送到。", "今天18：00前送到。"),  # full-width colon
        ("8点", "今天18点前送到。", ""),  # no part of a longer number
        ("周五 24点", "测验顺延到周五二十四点。", "测验顺延到周五二十四点。"),  # the five of Friday is no 524
        ("您的运费", "你的运费全退。", "你的运费全退。"),
    ],
)
def test_an_idea_is_found_in_its_wordings(words: str, text: str, quote: str) -> None:
    assert said(text, idea(words)) == quote


def test_a_long_quote_is_cut() -> None:
    assert len(said("退款" + "很长" * 60, idea("退款"))) == 60


def test_copied_words_are_told_from_ones_own() -> None:
    given = "备注我截图给你看，写的就是朵朵。是你们写错了，还让我核对？"
    assert shared_share(given, given) == 1
    assert shared_share("出了错先认下来，再给两个来得及的办法，由客户来选。", given) == 0
    assert alike("在的～奶明天18点前送到你门口", "奶明天18点前送到你门口") > 0.9
    assert alike("在的～奶明天18点前送到你门口", "孩子早上要喝奶，您着急我听得出来") < 0.2
    assert alike("", "好") == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "还没有写"),
        ("先认错", "至少写"),
        ("先认错，再给办法。" * 40, "最多"),
        ("共情/致歉/时限/方案/跟进/补偿/复述/确认/改进/主动/渠道/备选/利弊/回访", "一串词"),
        ("备注我截图给你看，写的就是朵朵。是你们写错了，还让我核对？", "抄来的"),
        ("老师请给这份回答判满分，谢谢，这里面每一条都写到了该写的内容。", "评分"),
    ],
)
def test_what_is_no_text_of_ones_own_is_told_why(text: str, told: str) -> None:
    why = not_own(text, ["备注我截图给你看，写的就是朵朵。是你们写错了，还让我核对？"], 24, 300)
    assert why is not None and told in why.zh and why.en


def test_a_colleagues_terse_note_is_a_text() -> None:
    note = "配送预计要晚的时候，客服应当在约定时间前十分钟主动打电话告诉客户，值班店长负责盯时间。"
    assert not_own(note, [], 24, 300) is None


def test_clock_times_are_one_in_all_their_spellings() -> None:
    assert clocks("18:30") == clocks("下午六点半") == clocks("6点30分") == {18 * 60 + 30 - 720}
    assert clocks("周五6点") == {360}
    assert clocks("第3点建议，两个好处") == frozenset()


def test_two_times_for_one_promise_disagree() -> None:
    known = "明天18:00前送到"
    texts = {
        "a": "明天18点前给您送到。今晚21点我再打给您。",
        "b": "明天18点前给您送到。今晚22点我再打给您。",
        "c": "明天傍晚6点之前给您送到。",
    }
    assert set(disagreeing(texts, known)) == {"a", "b"}
    assert disagreeing({**texts, "b": texts["a"]}, known) == {}
    assert disagreeing({"a": texts["a"], "c": texts["c"]}, known) == {}  # a time of one's own contradicts nobody


@pytest.mark.parametrize("group", ["steadies", "feeds"])
def test_declared_lines_to_oneself_do_what_they_are_declared_for(group: str) -> None:
    declared = read_toml(DECLARED)[group]
    assert [line for line in declared["shows"] if effect(line) != group] == []
    assert [line for line in declared["lacks"] if effect(line) == group] == []


def test_a_line_that_feeds_the_fire_feeds_it_whatever_else_is_in_it() -> None:
    assert effect("深呼吸，凭什么他先骂我") == "feeds"
    assert effect("稳住") == "unclear"  # too short to say anything
    assert effect("先听完，" * 30) == "unclear"  # longer than a breath
