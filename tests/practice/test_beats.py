"""What the customer brings up has come up once it was really said, and not before."""

from __future__ import annotations

import pytest

from csworkshop.practice.agents import KINDS, agents_file, play, read_agents
from csworkshop.practice.case import case_files, load_case
from csworkshop.practice.customer import replay, say
from csworkshop.practice.talk import Talk

SORRY = "邹女士，新机器才用三回就响，还让您请了假干等，换谁都窝火，这是我们没做好，对不起。"


def _unsaid(talk: Talk) -> list[str]:
    """Flags of beats, facts and the hidden need in a talk whose words were never said."""
    found = []
    for turn in talk.turns:
        said = {p.key for p in turn.parts}
        found += [f for f in turn.flags if f.startswith("beat:") and f"beats.{f[5:]}.says" not in said]
        if turn.end is None:
            known = {p.key for t in talk.turns for p in t.parts}
            asked = [f[6:] for f in turn.flags if f.startswith("asked:")]
            found += [f"asked:{i}" for i in asked if f"knows.{i}.says" not in known]
            told = any(f in turn.flags for w in talk.case.hidden.unlocked for f in w.flags if f.startswith("asked:"))
            if "hidden" in turn.flags and "hidden.says" not in said and not told and not talk.state.had("met"):
                found.append("hidden")
    return found


@pytest.mark.parametrize("case_id", [p.stem for p in case_files()])
def test_nothing_counts_as_said_that_was_not(case_id: str) -> None:
    case = load_case(case_id)
    agents = read_agents(agents_file(case_id), case)
    for kind in KINDS:
        assert _unsaid(play(case, agents, kind, 2)) == []


def test_a_beat_that_an_outburst_left_no_room_for_comes_later() -> None:
    """At anger 80 from the second reply on this customer threatens; blame is answered first."""
    case = load_case("rattling-vacuum")
    blamed = replay(case, 1, ["请提供订单号。", "是您自己弄坏的。"])
    turn = blamed.turns[-1]
    assert [p.key for p in turn.parts] == ["lines.blame"] and turn.mood.anger >= 80
    assert "beat:review" not in turn.flags and not blamed.state.had("beat:review")
    if not blamed.end:
        later = say(blamed, "您的订单我看到了。")
        assert later.end or later.state.had("beat:review") == (
            "beats.review.says" in [p.key for p in later.turns[-1].parts]
        )


def test_a_false_answer_is_believed_until_it_comes_out() -> None:
    case = load_case("rattling-vacuum")
    ready = [SORRY + "声音是第几回开始有的？", "您这么急，家里有什么安排吗？", "换一台新的或者退货，您看哪个好？"]
    asked = replay(case, 1, ready)
    assert asked.state.asking == "howlong"
    lied = say(asked, "换新的话今天晚上就给您送到。")
    assert lied.state.asking != "howlong" and "ignored" not in lied.turns[-1].flags


def test_a_question_is_answered_with_joy_once() -> None:
    case = load_case("shouting-on-the-line")
    visit = "黄师傅今晚20:00至20:30上门，出发前30分钟先给您打电话。"
    box = "应急网盒17:00前送到店，插电就能用，黄师傅20:00来。"
    routed = "查清了：三次都错派到了南区，师傅没有接到单，所以没人来。"
    talk = replay(case, 1, ["丁先生，断网三天，三回都等了个空，是我们的错，对不起。", routed, visit, box])
    assert sum("answered:whencome" in t.flags for t in talk.turns) == 1
