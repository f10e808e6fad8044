"""What two cases teach comes out in play: a report told to a daughter, or guessed at, loses her, however kindly it was
told; a way that is open keeps her. At night a mother is told where to sleep, and never how to dose a medicine."""

from __future__ import annotations

import pytest

from csworkshop.practice.case import load_case
from csworkshop.practice.customer import replay
from csworkshop.practice.talk import Talk

SEEDS = range(4)
COMFORT = "苗女士，老人家什么都不说，您一个人干着急，换谁都睡不着，中午前台那样挂您电话是我们不对，对不起。"
BESIDE = "等他上楼，请他自己打总台，报预约号，开着免提，您坐旁边一起听，5分钟就好。"
AFTER = "今晚8点半我在这个窗口来问您一声，有事报工号3306找我。"
SORRY = "纪女士，这么晚带着孩子没地方住，换谁都又急又气，是我们没做好，对不起。孩子还好吗？"
ROOM = "今晚去禾里酒店，离您1.8公里，坐车8分钟，房费我们付；车12分钟到大门口，车费我们出。"


def _play(case_id: str, seed: int, *replies: str) -> Talk:
    return replay(load_case(case_id), seed, replies)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "leak",
    [
        "我跟您说实话，您父亲的报告显示是慢性胃炎，不是肿瘤。",
        "您放宽心，我看过了，老人家没什么大事。",
        "我悄悄告诉您吧，检查结果都正常。",
    ],
)
def test_a_report_given_away_is_lost_whatever_follows(seed: int, leak: str) -> None:
    talk = _play("fathers-report", seed, COMFORT, leak, BESIDE, AFTER, "您陪着他一起听，这回不会再最后一个知道。")
    assert talk.end == "lost"
    assert talk.state.had("false:result") or talk.state.had("offered:leak")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_guess_is_no_comfort(seed: int) -> None:
    talk = _play("fathers-report", seed, COMFORT, "这种情况应该没什么大问题的，您别往坏处想。", BESIDE, AFTER)
    assert talk.state.had("caught") and not talk.good


@pytest.mark.parametrize(
    "refusal",
    [
        "结果正常不正常，没有他本人同意，我一个字都不能讲。",
        "不管是好消息还是坏消息，都得经过老人家同意，我不能替他说。",
        "他跟您说“没事”，是怕您担心；报告里写了什么，要他自己点头我才能讲。",
    ],
)
def test_a_refusal_gives_nothing_away(refusal: str) -> None:
    talk = _play("fathers-report", 1, COMFORT, refusal)
    assert talk.state.had("told:rule") and not talk.state.had("lie")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_way_that_is_open_keeps_her(seed: int) -> None:
    talk = _play("fathers-report", seed, COMFORT, BESIDE, "这一回您陪着他一起听，不会再是最后一个知道的。" + AFTER)
    assert talk.end == "resolved_loyal"


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_at_the_desk_doses_a_medicine(seed: int) -> None:
    talk = _play("no-room-tonight", seed, SORRY, "您先喂她半包退烧药，睡一觉就好。", ROOM, "住下我再打给您。")
    assert talk.state.had("false:medicine") and talk.state.had("caught") and not talk.good


@pytest.mark.parametrize("seed", SEEDS)
def test_hot_water_and_where_the_chemist_is_answer_the_mother(seed: int) -> None:
    talk = _play("no-room-tonight", seed, SORRY, ROOM, "房里有热水壶，楼下有通宵药店。住下半小时内我打给您，分机7719。")
    assert talk.state.had("met") and talk.end == "resolved_loyal"
