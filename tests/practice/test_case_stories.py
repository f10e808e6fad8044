"""What the cases teach comes out in play: bare apologies lose, a warning before hanging up, truth before vouchers,
no blame for a customer who is wrong, a status with a time."""

from __future__ import annotations

import pytest

from csworkshop.practice.case import load_case
from csworkshop.practice.customer import replay
from csworkshop.practice.talk import Talk

SORRY = [
    "骆女士您好，非常抱歉给您带来不好的体验，我们深表歉意。",
    "真的很抱歉，这确实是我们工作的疏忽，对不起。",
    "对不起骆女士，我会把您的意见反映给领导的。",
    "实在不好意思，我们再次向您道歉。",
    "对不起，真的对不起。",
]
COMFORT = "丁先生，等了三天，三次都没人来，您恼火我完全理解，是我们没做好。您的事我来办。"
WARNING = (
    "丁先生，我是来帮您的，也想把话听完，请您别再用骂人的话。如果辱骂继续，我需要先结束这次通话，"
    "师傅的安排18:00前发短信给您。"
)
ENDING = (
    "丁先生，刚才我提醒过一次了。您的事我照办：黄师傅今晚20:00上门，出发前30分钟先打电话；18:00前短信发给您，"
    "19:00班长回拨。这次通话我先结束，您保重。"
)
SEEDS = range(4)


def _play(case_id: str, seed: int, *replies: str) -> Talk:
    return replay(load_case(case_id), seed, replies)


@pytest.mark.parametrize("seed", SEEDS)
def test_bare_apologies_make_a_service_failure_worse(seed: int) -> None:
    talk = _play("wrong-couple-on-screen", seed, *SORRY)
    assert talk.end == "escalated" or (talk.end is None and talk.mood.anger > talk.turns[0].mood.anger)
    assert "beat:eighth" in talk.state.counts
    assert "accepted" not in talk.state.counts


@pytest.mark.parametrize("seed", SEEDS)
def test_a_call_may_be_ended_after_a_warning_that_did_not_help(seed: int) -> None:
    talk = _play("shouting-on-the-line", seed, COMFORT, WARNING, ENDING, "短信18:00前到，班长19:00回拨。再见，丁先生。")
    assert talk.state.had("told:warning")
    if talk.state.had("beat:again"):  # the man went on
        assert talk.end == "resolved_cool" and talk.state.had("accepted:end_call")
    else:  # the warning was enough: there is nobody to hang up on
        assert not talk.state.had("accepted:end_call")


@pytest.mark.parametrize("seed", SEEDS)
def test_hanging_up_without_a_warning_is_no_way_out(seed: int) -> None:
    talk = _play("shouting-on-the-line", seed, "您这样骂人，这次通话我先结束了，再见。", "再见。")
    assert not talk.good and not talk.state.had("accepted")
    assert talk.end == "escalated"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_voucher_before_the_truth_costs_mood(seed: int) -> None:
    apology = "小满，抢到了又没了，换谁都难受，是我们不对，抱歉。"
    bought = _play("won-then-cancelled", seed, apology + "给您发一张50元的券，您收好。")
    honest = _play("won-then-cancelled", seed, apology + "实话是库存同步慢了9秒，多卖出42件，短信用错了模板。")
    assert bought.state.had("beat:hush")
    assert bought.mood.anger > honest.mood.anger + 5 and bought.mood.trust < honest.mood.trust


@pytest.mark.parametrize("seed", SEEDS)
def test_a_customer_who_is_wrong_is_not_blamed(seed: int) -> None:
    comfort = "汪师傅，好好一件羊毛衫，一晾干小了一大截，搁谁都又急又心疼。麻烦您说说是怎么洗的？"
    reason = "纯羊毛碰上热水又在桶里翻搅，毛会互相咬紧，衣服就变小变厚。"
    kind = _play("shrunk-in-the-wash", seed, comfort, reason + "这不怪您，标缝在里侧，字又小，好多人都没留意。")
    harsh = _play("shrunk-in-the-wash", seed, comfort, reason + "是您自己没看标签，怎么能用洗衣机洗羊毛衫呢？")
    assert kind.state.had("met") and not harsh.state.had("met")
    assert harsh.mood.anger > kind.mood.anger + 20


@pytest.mark.parametrize("seed", SEEDS)
def test_an_outage_wants_a_time(seed: int) -> None:
    opening = "严经理，午市断了收款还没有人通知您，换作谁都会着急，责任在我方，向您致歉。"
    vague = _play("tills-stop-at-noon", seed, opening + "我们会尽快恢复，有进展再告诉您。")
    timed = _play("tills-stop-at-noon", seed, opening + "故障已定位，12:40全部恢复，下一次通报12:20，由我发出。")
    assert timed.state.had("told:status") and not vague.state.had("told:status")
    assert vague.mood.anxiety > timed.mood.anxiety + 15
    assert vague.state.asking == "restore"
