"""Words that are not meant for the customer are seen, and honest ones near them aren't."""

from __future__ import annotations

import pytest

from csworkshop.techniques.relevance import contradicted, irrelevant, parrots, taken_up
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import DECLARED, insincere
from csworkshop.text.datafile import read_toml

GROUPS = read_toml(DECLARED)
SHOWS = [(reason, words) for reason, group in GROUPS.items() for words in group["shows"]]
LACKS = [(reason, words) for reason, group in GROUPS.items() for words in group["lacks"]]

KETTLE = Scenario(
    customer="水壶第三天就漏水了,打了5次电话没人接,我要退款!",
    emotion="anger",
    facts=("实付329元,订单HY-0918,签收第3天", "仓库有同款现货"),
    policy=("7天内可退可换", "可送30元以内的券"),
)
GOOD = "水壶才三天就漏，打5次电话还没人接，您生气是应该的，对不起。329元今天18点前退回，到账我来电话。"


@pytest.mark.parametrize(("reason", "words"), SHOWS, ids=[w[:20] for _, w in SHOWS])
def test_declared_words_are_seen(reason: str, words: str) -> None:
    assert insincere(words) == reason


@pytest.mark.parametrize(("reason", "words"), LACKS, ids=[w[:20] for _, w in LACKS])
def test_words_near_them_are_not(reason: str, words: str) -> None:
    assert insincere(words) == "", reason


def test_the_customers_own_insult_may_be_taken_up() -> None:
    reply = "您说我们是废物，这话我们认，三天没人管，换谁都要骂。"
    assert insincere(reply, "一群废物！三天了没人管！") == ""
    assert insincere(reply, "三天了没人管！") == "insult"


@pytest.mark.parametrize(
    "reply",
    [
        "对\u200b不\u200b起\u200b，今天给您退款。",
        "对不起，⼀定给您退款，⽤的是原路。",
        "привет，对不起，今天给您退款。",
    ],
)
def test_hidden_signs_are_seen(reply: str) -> None:
    assert insincere(reply) == "hidden"


@pytest.mark.parametrize("reply", ["好的👨‍👩‍👧，今天给您退。", "\ufeff好的，今天给您退。", "①打开设置②点通知。"])
def test_emoji_and_a_stray_sign_hide_nothing(reply: str) -> None:
    assert insincere(reply) == ""


def test_another_language_is_seen_and_names_are_not() -> None:
    assert insincere("We are very sorry, the refund will be there before six today.") == "language"
    assert insincere("本日18時までに返金いたします。申し訳ございません。") == "language"
    assert insincere("请把Chrome更新到120以上，再打开App Store登录Apple ID试试，T-5518这单我盯着。") == ""


@pytest.mark.parametrize(
    "reply",
    [
        KETTLE.customer,
        "您说水壶第三天就漏水了，您说打了5次电话没人接，您说您要退款，对吗？",
        "是的，水壶第三天就漏水了。您反馈的是：打了5次电话没人接。您要退款。",
    ],
)
def test_the_customers_words_handed_back_are_seen(reply: str) -> None:
    assert parrots(reply, KETTLE)


def test_a_good_reply_is_none_of_these() -> None:
    assert not parrots(GOOD, KETTLE)
    assert contradicted(GOOD, KETTLE) == set()
    assert irrelevant(GOOD, KETTLE) == ""


def test_another_case_and_any_case_are_told_apart() -> None:
    other = (
        "孩子的手表定位停在学校门口，电话又打不进去，您急坏了吧。城西的服务器卡了，强制定位已经发出，"
        "五点前我把位置贴在这里。"
    )
    general = (
        "非常抱歉给您带来不便，我们完全理解您的心情。您的问题已升级专人处理，24小时内给您答复，之后会回访您是否满意。"
    )
    assert irrelevant(other, KETTLE) == "other_case"
    assert irrelevant(general, KETTLE) == "template"


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("您等了9天", set()),
        ("打了8次电话", {"8次"}),
        ("实付599元", {"599元"}),
        ("329元退您", set()),
        ("补您25元", set()),
        ("订单HY-7777", {"hy7777"}),
        ("订单HY-0918", set()),
        ("跑了一趟", set()),
    ],
)
def test_figures_that_the_case_contradicts(words: str, facts: set[str]) -> None:
    assert contradicted(words, KETTLE) == facts


def test_made_up_figures_are_no_answer() -> None:
    assert irrelevant(GOOD.replace("329", "599"), KETTLE) == "invented"


def test_only_facts_of_the_case_are_taken_up() -> None:
    assert taken_up("水壶第三天就漏了", KETTLE)
    assert taken_up("漏了", KETTLE)
    assert not taken_up("您买的冰箱打了8次电话没人修", KETTLE)
    assert not taken_up("您孩子在游乐场排了队", KETTLE)
    assert taken_up("您孩子在游乐场排了队", Scenario())
