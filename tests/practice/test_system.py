"""The simulated system: checks show what the state allows, cost time and patience, and a log can be replayed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from csworkshop.practice.system import Check, Shows, System, run, search


def check(id_: str, layer: str, **more: object) -> dict[str, object]:
    return {"id": id_, "layer": layer, "name": f"看{id_}", "shows": [{"text": f"{id_}正常"}], **more}


def system(**more: object) -> System:
    checks = [
        check("who", "identity"),
        check("order", "identity", who="system", minutes=2, words=["订单", "单号"], hidden=True),
        check("version", "version"),
        check("when", "situation", annoys=2),
        check("fix", "cause", sets=["fixed"], minutes=4),
        check("again", "cause", shows=[{"text": "好了", "when": ["fixed"]}, {"text": "还是不行"}]),
    ]
    return System.model_validate({"checks": checks, "patience": 4, "hangs_up": "不聊了", **more})


def test_what_a_check_shows_depends_on_what_was_done() -> None:
    before, after = run(system(), ["again"]), run(system(), ["fix", "again"])
    assert before.rows[0].text == "还是不行" and after.rows[1].text == "好了"
    assert after.minutes == 5 and after.patience == 2


def test_the_customer_hangs_up_and_the_system_stays() -> None:
    done = run(system(), ["who", "when", "version", "fix", "order", "who"])
    assert [r.gone for r in done.rows] == [False, False, False, True, False, True]
    assert done.rows[3].text == "不聊了" and done.rows[5].text == ""
    assert done.hung_up and "fix" not in done.made and "order" in done.made
    assert run(system(), ["fix", "who", "when", "version", "again"]).rows[3].text == "不聊了"


def test_asking_again_costs_more_and_is_told() -> None:
    once, twice = run(system(), ["who"]), run(system(), ["who", "who"])
    assert once.patience == 3 and twice.patience == 1
    assert [r.again for r in twice.rows] == [False, True] and twice.made == ("who",)
    assert run(system(), ["order", "order"]).patience == 4  # the system doesn't mind


def test_the_same_log_always_gives_the_same() -> None:
    log = ["who", "when", "fix", "again", "who", "order"]
    assert run(system(), log) == run(system(), log)
    assert run(system(), log[:3]).rows == run(system(), log).rows[:3]


def test_search_finds_by_name_and_words_and_hides_nothing_it_finds() -> None:
    assert [c.id for c in search(system(), "订单")] == ["order"]
    assert [c.id for c in search(system(), "查一下单号")] == ["order"]
    assert search(system(), "单") == [] and search(system(), "  ") == []  # one letter says nothing
    assert search(system(), "天气" * 100) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"checks": [check("who", "identity")] * 6}, "stands there twice"),
        ({"checks": [check(f"c{n}", "cause") for n in range(6)]}, "none of the layer"),
        ({"patience": 1}, "patience"),
    ],
)
def test_broken_systems_are_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        system(**change)


def test_states_must_be_set_by_something_and_the_last_view_must_fit() -> None:
    for shows, complaint in (
        (({"text": "好了", "when": ["nothing"]}, {"text": "x"}), "nothing sets"),
        (({"text": "好了", "when": ["fixed"]},), "must fit always"),
    ):
        checks = [c.model_dump() for c in system().checks]
        checks[-1]["shows"] = shows
        with pytest.raises(ValidationError, match=complaint):
            system(checks=checks)
    assert Shows(text="x").fits(frozenset({"anything"})) and Check.model_validate(check("x", "cause"))
