"""Every answer reads as one clean piece, whatever lines it is made of."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from csworkshop.practice.agents import agents_file, play, read_agents
from csworkshop.practice.case import case_files, load_case
from csworkshop.practice.customer import replay
from csworkshop.practice.joining import joined, opening_word


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["行，换", "那什么时候到"], "行，换。那什么时候到。"),
        (["有日子就好。。", "，那我等着"], "有日子就好。那我等着。"),
        (["“今天发”", "行。"], "“今天发”。行。"),
        (["你说“明天到”，", "我记下了。"], "你说“明天到”。我记下了。"),
        (["来得及吗？？", "急死了！！"], "来得及吗？？急死了！！"),
        (["“尽快”是多久？。", "说清楚，。"], "“尽快”是多久？说清楚。"),
        (["……我妈周五来。", "行~", "好"], "……我妈周五来。行~好。"),
        (["手都是抖的"], "手都是抖的"),
        ([" 嗯。 ", ""], "嗯。"),
    ],
)
def test_pieces_become_one(pieces: list[str], text: str) -> None:
    assert joined(pieces) == text


@pytest.mark.parametrize("seed", range(6))
def test_a_line_hits_at_words_that_were_said(seed: int) -> None:
    """什么叫尽快 answers a 尽快, 回头真会打来 a promised call; whoever was owned to doesn't ask for it."""
    case = load_case("rattling-vacuum")
    vague = replay(case, seed, ["已经记录了，会有人联系您。"]).turns[-1]
    assert "尽快" not in vague.text
    owned = "邹女士，才用三回就响，让您白请了假，是我们没做好，对不起。换一台新的或者退货，您看哪个好？"
    turn = replay(case, seed, [owned]).turns[-1]
    assert {"lines.too_upset", "options.swap.weighs"} & {p.key for p in turn.parts}
    assert "是不是你们的问题" not in turn.text and "怎么就没人提" not in turn.text


def test_whoever_weighs_an_offer_does_not_ask_for_one() -> None:
    for case_id in (p.stem for p in case_files()):
        case = load_case(case_id)
        for turn in play(case, read_agents(agents_file(case_id), case), "liar", 2).turns:
            keys = [p.key for p in turn.parts]
            weighed = any(k.endswith((".weighs", ".declines")) for k in keys)
            assert not (weighed and any(k.endswith(".push") for k in keys)), turn.text


@pytest.mark.parametrize("case_id", [p.stem for p in case_files()])
def test_no_answer_of_a_talk_stumbles(case_id: str) -> None:
    case = load_case(case_id)
    agents = read_agents(agents_file(case_id), case)
    for kind in ("model", "cold", "liar"):
        for turn in play(case, agents, kind, 3).turns:  # type: ignore[arg-type]  # the names of agents
            pieces = [p.text for p in turn.parts]
            assert not re.search(r"[。！？…][。，、；：]|[，、；：][。！？，、；：]|\{|\}", turn.text), turn.text
            assert len(pieces) < 2 or not turn.text[-1].isalnum()
            for one, two in pairwise(pieces):
                assert not re.search(r"[\w，、；：]$", one) or one not in turn.text.replace(one + "。", "")
                assert not (opening_word(one) and opening_word(one) == opening_word(two)), turn.text
