"""What agents say: what counts as one reply, which tickets are drawn, and that the one checker judges them."""

from __future__ import annotations

import pandas as pd
import pytest

from csworkshop.cases.measures import DUE, SPOKEN, figure, per_ticket
from csworkshop.cases.spoken import judge, listen, mood, parting, replies, sample, with_spoken
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import check
from csworkshop.techniques.scenario import Scenario
from tests.cases.tables import tickets

ANGRY, SORRY = "等了一周还没到，你们太差了！", "等了一周还没到，换谁都着急，是我们耽误了，对不起。"
DEFINITE, RUDE = "今天18点前给您送到，到了我再打电话跟您确认。", "急也没用。"


def talk(*turns: tuple[str, str, str, str]) -> pd.DataFrame:
    """Messages from (ticket, time, role, text)."""
    frame = pd.DataFrame(turns, columns=["ticket_id", "at", "role", "text"])
    frame["at"] = pd.to_datetime("2026-03-02 " + frame["at"])
    frame.insert(1, "turn", frame.groupby("ticket_id").cumcount() + 1)
    return frame


TALK = talk(
    ("T1", "10:00", "customer", ANGRY),
    ("T1", "10:01", "customer", "快说！"),
    ("T1", "10:02", "agent", SORRY),
    ("T1", "10:04", "agent", DEFINITE),
    ("T1", "10:05", "system", "会话结束。"),
    ("T1", "15:00", "agent", "报个进度：已经在派送。"),
    ("T1", "15:01", "customer", "好的，谢谢。"),
    ("T1", "15:02", "agent", "不客气，再见。"),
    ("T2", "10:00", "agent", "您好。"),
    ("T2", "10:01", "customer", ANGRY),
    ("T2", "10:02", "agent", RUDE),
)


def test_what_is_sent_in_one_go_is_one_reply_to_what_was_just_written() -> None:
    found = replies(TALK.sample(frac=1, random_state=1))  # the rows may stand in any order
    assert list(zip(found.ticket_id, found.turn, strict=True)) == [("T1", 3), ("T1", 6), ("T2", 1), ("T2", 3)]
    assert found.text[0] == f"{SORRY}\n{DEFINITE}" and found.customer[0] == f"{ANGRY}\n快说！"
    assert found.customer.tolist()[1:] == ["", "", ANGRY]  # a progress message and an opening answer nobody


@pytest.mark.parametrize("text", ["好的，谢谢。", "没问题了，麻烦您了。", "行，就这样。"])
def test_thanks_and_goodbyes_ask_for_nothing(text: str) -> None:
    assert parting(text)


@pytest.mark.parametrize("text", ["谢谢，但是什么时候到？", "好的吧，不过你们太慢了", "", "等了三天了"])
def test_other_words_do(text: str) -> None:
    assert not parting(text)


def test_the_one_checker_judges() -> None:
    said = replies(TALK).assign(channel="chat")
    judged = judge(said)
    alone = check(RUDE, Scenario(customer=ANGRY, emotion="anger"), "fast")
    for item in catalogue().items:
        assert judged[item].iloc[3] == alone[item].present
    assert judged.empathy.iloc[0] and judged.specific_time.iloc[0] and not judged.empathy.iloc[3]


def test_rates_are_of_replies_and_each_ticket_brings_its_own() -> None:
    values = per_ticket(tickets({}, {}, {}))
    heard = listen(values, TALK, per=None)
    assert heard[SPOKEN + "empathy" + DUE].tolist()[:2] == [2.0, 2.0] and heard[SPOKEN + "empathy"].isna()[2]
    rate = figure(heard, SPOKEN + "empathy")
    assert rate.value == pytest.approx(heard[SPOKEN + "empathy"].sum() / 4) and rate.n == 4
    judged = judge(replies(TALK).assign(channel="chat"))
    assert with_spoken(values, judged).equals(heard)


def test_a_sample_takes_as_many_of_each_agent_and_month_whatever_the_order() -> None:
    rows = [
        {"agent_id": f"A{n % 3:02}", "opened_at": f"2026-0{1 + n % 2}-05", "first_response_at": None}
        for n in range(120)
    ]
    values = per_ticket(tickets(*rows))
    drawn = sample(values, 4, seed=1)
    assert len(drawn) == 24 and values[values.ticket_id.isin(drawn)].groupby(["agent_id", "month"]).size().eq(4).all()
    assert set(sample(values.sample(frac=1, random_state=2), 4, seed=1)) == set(drawn)
    assert set(sample(values, 4, seed=2)) != set(drawn)


def test_moods_by_signs() -> None:
    assert mood("太差劲了，我要投诉你们！") == "anger" and mood("请问发票怎么开") in ("calm", "confusion")
