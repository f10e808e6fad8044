"""What is said of an offer or a fact counts unless it is taken back, before or after, in any of the usual ways."""

from __future__ import annotations

import pytest

from csworkshop.practice.case import load_case
from csworkshop.practice.customer import replay
from csworkshop.practice.statements import meets, stated

MET = ["周五(?:之?前|以前)", "(?:不是|不怪)您", "点错了?[^，。]{0,8}没关系", "(?:不让|免得)您[^，。]{0,8}白跑"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("今晚送到", "今晚送到做不到"), ("今晚", "今晚肯定到不了"), ("退款", "退款批不下来"),
        ("误工费", "误工费申请不了"), ("明天送到", "赶不上明天送到"), ("换新", "换新我们办不下来"),
        ("新的", "换不成新的"), ("补偿", "这个补偿给不出来"),
        ("200元补偿", "批不了200元补偿"), ("200元补偿", "申请不到200元补偿"), ("今晚送到", "今晚送到是赶不上了"),
        ("今晚送到", "做不到今晚送到"), ("今晚送到", "不可能今晚送到"), ("全额退款", "全额退款走不通"),
        ("今晚", "今晚给您送不到"), ("新机", "给您今晚送不到新机"), ("换新", "换新没戏"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_not_stated(words: str, text: str) -> None:
    assert not stated([words], text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("明天[^，。]{0,4}到", "明天送到错不了"), ("明天送到", "误不了您周五用，明天送到"), ("换新", "换新了不起三天"),
        ("换新", "这火换谁都忍不了，给您换新"), ("换新", "您等不了的话换新"), ("补200元", "误工费赔不了但可以补200元"),
        ("退款", "用不了三天就退款"), ("退款", "取件后不到3个工作日退款"), ("送到", "今天送到少不了您的"),
        ("换新", "对不起给您换新"), ("寄新机", "您来不了我们寄新机"), ("1206", "您打不通热线报工号1206"),
        ("明天送到", "我不得不跟您说明天送到"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_denial_is_stated(words: str, text: str) -> None:
    assert stated([words], text)


@pytest.mark.parametrize("reply", ["换新我们做不到。", "换新这边批不下来。", "换新申请不了。"])
def test_an_offer_that_cannot_be_had_is_a_denial(reply: str) -> None:
    turn = replay(load_case("rattling-vacuum"), 1, [reply]).turns[-1]
    assert "denied:swap" in turn.flags and "offered:swap" not in turn.flags


@pytest.mark.parametrize(
    ("reply", "met"),
    [
        ("周五前给您送到。", True), ("您别担心点错了没关系。", True), ("这不是您的错。", True),
        ("周五前送到可以吗？", True),
        ("不能让您白跑，免得您再白跑。", True), ("周五之前肯定到不了。", False), ("没法保证周五前送到。", False),
        ("周五前来不及。", False), ("您是希望周五前用上，对吗？", False),
    ],
)  # fmt: skip
def test_a_need_is_met_by_what_will_be_done(reply: str, met: bool) -> None:
    assert meets(MET, reply) is met


def test_whoever_explains_first_meets_no_need() -> None:
    """Rules before the feeling: the words of the need stand in it, the need isn't met."""
    case = load_case("rattling-vacuum")
    turn = replay(case, 1, ["按规定要先检测，周五前用不用得上看检测结果，规定就是规定。"]).turns[-1]
    assert turn.heard is not None and turn.heard.has("defend_first")
    assert "met" not in turn.flags and "hidden.glad" not in [p.key for p in turn.parts]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("明早8点[^，。；]{0,4}上门", "铃不会断；二是明早8点上门"), ("明早8点上门", "不会断！明早8点上门"),
        ("换新", "换新；退款不行"), ("换新", "您问能不行吗？换新"),
    ],
)  # fmt: skip
def test_a_denial_ends_with_its_sentence(words: str, text: str) -> None:
    assert stated([words], text)


def test_a_need_is_met_after_a_denial_of_something_else() -> None:
    assert meets(["旧的不停"], "免费我做不到；旧的不停")


def test_a_question_is_denied_by_its_answer() -> None:
    assert not stated(["换新"], "您问换新？这个做不到。")
