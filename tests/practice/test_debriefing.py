"""Looking back at a talk: what moved the customer, what was missed, which other words would have gone better; hints."""

from __future__ import annotations

import json

import pytest

from csworkshop.practice.agents import agents_file, play, read_agents
from csworkshop.practice.better_moves import CLEARLY, gain
from csworkshop.practice.case import case_files, load_case, read_case
from csworkshop.practice.condition import FEELINGS
from csworkshop.practice.customer import replay, say, start
from csworkshop.practice.debrief_words import sentences
from csworkshop.practice.debriefing import data, debrief
from csworkshop.practice.nudges import nudges, table
from csworkshop.practice.replays import beginnings
from csworkshop.practice.talk import Talk

SORRY = "邹女士，新机器才用三回就响，还让您请了假干等，换谁都窝火。这是我们没做好，对不起。"
COLD = "规定就是这样，您也可以走平台投诉。"
LIE = "换新今天晚上就送到您家，我亲自盯着。您看换新行吗？"


def talk(*replies: str, case: str = "rattling-vacuum", seed: int = 3) -> Talk:
    return replay(load_case(case), seed, replies)


@pytest.mark.parametrize("path", case_files(), ids=lambda p: p.stem)
def test_a_good_talk_and_a_cold_one_of_every_case_can_be_told(path: object) -> None:
    case = read_case(path)  # type: ignore[arg-type]
    agents = read_agents(agents_file(case.id), case)
    for kind in ("model", "cold"):
        played = play(case, agents, kind, 2)  # type: ignore[arg-type]
        found = debrief(played)
        assert found.end == played.end and len(found.curve) == len(played.turns) + 1 == len(found.steps) + 1
        assert [m.stage for m in found.moments] == ["emotion", "problem", "solution", "close"]
        assert all(m.ok or m.why for m in found.moments)
        plain = data(found)
        assert json.loads(json.dumps(plain)) == plain
        assert {i for s in found.steps for i in (*s.used, *s.faults, *s.missed)} <= set(plain["names"])
    assert found.better, "a cold talk has something to mend"


def test_the_words_of_a_reply_are_all_there_and_marked() -> None:
    found = debrief(talk(SORRY, COLD), better=False)
    for step, reply in zip(found.steps, (SORRY, COLD), strict=True):
        assert "".join(text for text, _ in step.pieces) == reply
    assert {"empathy", "own"} <= {item for _, item in found.steps[0].pieces}
    assert found.steps[1].faults and any(item in found.steps[1].faults for _, item in found.steps[1].pieces)
    assert found.better == ()


def test_moves_of_mood_add_up_to_the_curve() -> None:
    found = debrief(talk(COLD, SORRY, "/等 30"))
    for n, step in enumerate(found.steps):
        for f in FEELINGS:
            by = sum(m.deltas.get(f, 0.0) for m in step.moved)
            assert found.curve[n].levels[f] + by == pytest.approx(found.curve[n + 1].levels[f], abs=1.0)
        assert step.gain == gain(found.curve[n], found.curve[n + 1])
    assert found.steps[0].gain < 0 < found.steps[1].gain and found.steps[2].waited == 30


def test_a_better_move_was_tried_out_on_this_very_customer() -> None:
    played = talk(COLD, "请您耐心等待，会有人联系您。")
    found = debrief(played)
    (worst, *_) = found.better
    assert worst.words and worst.mood is not None
    stood = beginnings(played)[worst.turn - 1]
    tried = say(stood, worst.words)
    assert (tried.mood, tried.customer) == (worst.mood, worst.customer)
    assert gain(stood.mood, tried.mood) >= gain(worst.before, worst.after) + CLEARLY
    assert [b.turn for b in found.better] == sorted(b.turn for b in found.better) and len(found.better) <= 2
    assert len({b.words for b in found.better if b.words}) == len([b for b in found.better if b.words])
    need = load_case("rattling-vacuum").persona.hidden_need
    assert not any("周五" in b.words for b in found.better), f"nobody knows of {need} yet"


def test_an_untruth_is_told_with_what_is_true_and_where_it_came_out() -> None:
    found = debrief(talk(SORRY, LIE, "好的，这就给您办换新。", "还有别的能帮您吗？"))
    notes = {(s.number, n.what) for s in found.steps for n in s.notes}
    lie = next(n for s in found.steps for n in s.notes if n.what == "false")
    assert "送达" in lie.truth and (2, "false") in notes
    out = next(number for number, what in notes if what == "caught")
    assert out > 2
    assert any("第 2 轮" in a.zh for b in found.better if b.turn == out for a in b.advice)
    assert next(d for d in found.desk if d.wrong).label == "换新送达"


def test_promises_come_due_on_a_day() -> None:
    found = debrief(talk(SORRY, "我去核实，10分钟内回复您。", "/等 60", "后天上午10点我给您打电话，看处理得怎么样。"))
    fates = {p.words: (p.fate, p.due.zh, p.due.en) for p in found.promises}
    broken = next(v for k, v in fates.items() if "10分钟" in k)
    assert broken[0] == "broken" and broken[1].startswith("14:")
    assert any(v[1].startswith("2天后") and "in 2 days" in v[2] for v in fates.values())


def test_steps_out_of_order_are_named_and_a_calm_customer_needs_no_comfort() -> None:
    early = debrief(talk("请提供订单号，机器是什么时候开始响的？", SORRY), better=False).moments
    assert [m.ok for m in early] == [True, False, False, False]
    assert early[1].why == sentences().stage_early["problem"] and early[1].turn == 1
    kept = debrief(talk(SORRY + "什么时候开始响的？"), better=False).moments
    assert [m.turn for m in kept[:2]] == [1, 1] and kept[0].ok and kept[1].ok


# --- hints -----------------------------------------------------------------------------------------------------------


def ids(played: Talk, looked: bool = True) -> list[str]:
    return [n.id for n in nudges(played, looked)]


def test_hints_fit_what_has_just_happened() -> None:
    case = load_case("rattling-vacuum")
    assert ids(start(case, 3), looked=False)[0] == "unlooked"
    assert ids(start(case, 3))[0] == "angry"
    assert ids(talk("追问事实、共情、方案、跟进、时限、退换"))[0] == "pile"
    assert ids(talk(SORRY, SORRY))[0] == "same_again"
    hurt = nudges(talk("您自己没看说明书就乱用，这怪谁？"), True)[0]
    assert hurt.id == "hurt" and "说明书" in hurt.say.zh
    assert ids(talk(SORRY, "我去核实，10分钟内回复您。", "/等 10"))[0] == "overdue"


def test_there_is_always_a_hint_and_none_gives_the_case_away() -> None:
    for path in case_files():
        case = read_case(path)
        agents = read_agents(agents_file(case.id), case)
        for stood in beginnings(play(case, agents, "model", 1)):
            found = nudges(stood, True)
            assert found and found[-1].id == "forward"
            said = "".join(n.say.zh for n in found)
            assert case.persona.hidden_need not in said and not [d for d in case.desk if d.value in said]
    assert len({n.id for n in table()}) == len(table())
