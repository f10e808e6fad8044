"""What the customer says fits what was said: no 别道歉了 to comfort, no 我等着 to an improvement, no question twice."""

from __future__ import annotations

import pytest

from csworkshop.practice.case import Case, case_files, load_case
from csworkshop.practice.customer import replay, say
from csworkshop.practice.general import table
from csworkshop.practice.parts import Asks, Option
from csworkshop.practice.statements import offers
from csworkshop.practice.talk import Talk

SORRY = "邹女士，新机器才用三回就响，还让您请了假干等，换谁都窝火，这是我们没做好，对不起。"
COMFORT = "换谁遇到这样的事心里都不好受，您的心情我特别理解。"


def _keys(talk: Talk) -> list[str]:
    return [p.key for p in talk.turns[-1].parts]


@pytest.mark.parametrize("case_id", [p.stem for p in case_files()])
def test_comfort_is_not_answered_like_an_apology(case_id: str) -> None:
    case = load_case(case_id)
    for seed in range(2):
        talk = replay(case, seed, ["让您着急了，是我们没做好，对不起，这事我来管。", COMFORT])
        for part in talk.turns[-1].parts:
            assert part.key != "lines.sorry_again" or not any(w in part.text for w in ("歉", "对不起")), part.text


@pytest.mark.parametrize("seed", range(3))
def test_nobody_waits_for_an_improvement(seed: int) -> None:
    case = load_case("shrunk-in-the-wash")
    before = "汪师傅，好好一件羊毛衫，一晾干小了一大截，搁谁都又急又心疼，是我们没写清楚，抱歉。"
    for reply in ("我今天18:00前把标签太小这个问题写进改进单。", "我今天18:00前就给工厂发改进单，把标签改大。"):
        assert "lines.promised" not in _keys(say(replay(case, seed, [before]), reply))
    fetched = say(replay(case, seed, [before]), "我去问一下工厂，18:00前给您回话。")
    assert "lines.promised" in _keys(fetched)


def _asking_more_of_a_refund(*asks: Asks) -> Case:
    """The vacuum's case, its refund wanting one thing more: no option is clear when only the refund's date is told."""
    case = load_case("rattling-vacuum")
    more = {"wants": ("told:refund", "told:window")}
    options = tuple(o.model_copy(update=more) if o.id == "refund" else o for o in case.options)
    return case.model_copy(update={"options": options, "asks": (*case.asks, *asks), "beats": ()})


READY = [SORRY + "声音是第几回开始有的？", "您这么急，家里有什么安排吗？", "换一台新的或者退货，您看哪个好？"]
REFUND = "退货的话，取件后1到3个工作日退2199元。"


@pytest.mark.parametrize("seed", range(4))
def test_a_question_answered_just_now_is_not_put_again(seed: int) -> None:
    """The refund's date answers 多久, though the customer leans to an exchange; they don't ask again in one breath."""
    asked = replay(_asking_more_of_a_refund(), seed, READY)
    assert asked.state.asking == "howlong" and asked.state.leaning == "swap"
    told = say(asked, REFUND)
    assert told.state.leaning == "swap" and "answered:howlong" in told.turns[-1].flags
    assert "asks.howlong.says" not in _keys(told)


@pytest.mark.parametrize("seed", range(4))
def test_an_answered_question_gives_way_to_the_one_that_is_open(seed: int) -> None:
    row = {"id": "newone", "until": ["told:arrival"], "when": {"did": ["told:refund"]}}
    own = Asks.model_validate({**row, "says": ["那新的哪天到？", "新机哪天能来？"]})
    told = replay(_asking_more_of_a_refund(own), seed, [*READY, REFUND])
    assert told.state.asking == "newone"


def _option(*, allowed: bool) -> Option:
    return Option(
        id="test", title={"zh": "换新", "en": "exchange"}, offers=["换新"], unless=["不换新也行", "签字后"],
        allowed=allowed, likes=60, accepts=["好。", "行。"], weighs=["想想。"],
    )  # fmt: skip  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "allowed", "offered"),
    [
        ("不换新也行。给您换新，今天发。", True, True), ("不换新也行，给您换新。", True, False),
        ("给您换新。不换新也行。", True, True), ("签字后就能办。我给您换新。", False, False),
        ("签字后就能办。您先坐。我给您换新。", False, True), ("我给您换新。签字后就能办。", False, True),
    ],
)  # fmt: skip
def test_what_makes_an_offer_none_holds_for_its_sentence(reply: str, allowed: bool, offered: bool) -> None:
    case = load_case("rattling-vacuum").model_copy(update={"options": (_option(allowed=allowed),)})
    assert bool(offers(reply, case)[0]) is offered


def test_general_lines_are_there_for_every_customer_in_every_mood() -> None:
    for by_kind in table().values():
        assert set(by_kind) == {"adult", "gen_z", "senior", "enterprise"}
        for lines in by_kind.values():
            assert sum(not x.mood for x in lines) >= 2


LISTED = "卢先生，您记一下：一、旧的先不动，老爷子的铃不会断；二、明早8点罗师傅上门；三、129元明天退。您看行吗？"


@pytest.mark.parametrize(
    ("reply", "gate"),
    [(LISTED, ""), ("一、共情。二、致歉。三、换新。四、退款。五、补偿。六、跟进。七、满意。", "pile")],
)
def test_a_numbered_list_is_no_pile_and_a_numbered_pile_is_one(reply: str, gate: str) -> None:
    before = "卢先生，空等一上午，对不起，是我们没做好。"
    heard = replay(load_case("moved-and-billed-twice"), 1, [before, reply]).turns[-1].heard
    assert heard is not None and heard.gate == gate
