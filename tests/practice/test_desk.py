"""The ticket desk as a fold: time, answers of departments, the customer who asks, and how a ticket ends."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import ValidationError

from csworkshop.practice.desk import GRACE, SAYS, Action, Day, Desk, Hears, Need, run

HEARS = Hears(lambda note, need: need.words[0] in note, lambda text: "好了吗" in text)
BASE: dict[str, Any] = {
    "start": "09:00",
    "closes": "15:00",
    "every": 120,
    "chasers": ["在吗？", "还在吗？"],
    "works": "好了",
    "not_yet": "没好",
    "places": [
        {
            "id": "order",
            "name": "订单",
            "minutes": 5,
            "views": [{"text": "处理中"}, {"text": "已到账", "after": ["paid"]}],
        }
    ],
    "departments": [
        {
            "id": "money",
            "name": "财务",
            "right": True,
            "after": 60,
            "answer": "查到了",
            "sets": ["found"],
            "lacking": "缺编号",
            "cutoff": "12:00",
            "late": "明天再办",
            "needs": [{"says": "编号", "words": ["RF-1"], "look": "写编号"}],
        }
    ],
    "events": [{"after": "found", "minutes": 30, "who": "system", "text": "到账了", "sets": ["paid", "solved"]}],
}


def desk(**more: Any) -> Desk:
    return Desk.model_validate({**BASE, **more})


def day(*actions: dict[str, Any], now: float = 0, on: Desk | None = None) -> Day:
    return run(on or desk(), [Action.model_validate(a) for a in actions], now, HEARS)


def texts(found: Day, who: str) -> list[tuple[int, str]]:
    return [(e.at, e.text) for e in found.feed if e.who == who]


def test_a_department_answers_what_it_was_given_enough_for() -> None:
    full = day({"at": 10, "do": "hand", "department": "money", "text": "请查RF-1"}, now=200)
    assert texts(full, "department") == [(76, "财务：查到了")]
    assert full.flags["found"] == 76 and full.flags["solved"] == 106
    thin = day({"at": 10, "do": "hand", "department": "money", "text": "请查一下"}, now=200)
    assert texts(thin, "department") == [(46, "财务：缺编号")] and "found" not in thin.flags
    late = day({"at": 190, "do": "hand", "department": "money", "text": "请查RF-1"}, now=300)
    assert "明天再办" in texts(late, "department")[0][1] and not late.flags


def test_a_place_shows_what_holds_by_then() -> None:
    hand = {"at": 10, "do": "hand", "department": "money", "text": "RF-1"}
    looks = day(hand, {"at": 60, "do": "look", "place": "order"}, {"at": 120, "do": "look", "place": "order"})
    assert [t for _, t in texts(looks, "system") if t != "到账了"] == ["处理中", "已到账"]


def test_silence_makes_the_customer_ask_and_a_word_in_time_does_not() -> None:
    quiet = day(now=300)
    assert [at for at, _ in texts(quiet, "customer")] == [125, 250]
    spoken = day({"at": 100, "do": "say", "text": "还在等"}, now=220)
    assert texts(spoken, "customer") == []
    assert texts(day({"at": 100, "do": "say", "text": "还在等"}, now=240), "customer")[0][0] == 104 + 120 + GRACE


def test_asking_about_the_result_is_answered_by_how_it_stands() -> None:
    too_early = day({"at": 10, "do": "say", "text": "好了吗"}, now=60)
    assert texts(too_early, "customer") == [(10 + SAYS + 10, "没好")]
    hand = {"at": 0, "do": "hand", "department": "money", "text": "RF-1"}
    done = day(hand, {"at": 100, "do": "say", "text": "好了吗"}, now=200)
    assert texts(done, "customer") == [(114, "好了")] and done.flags["confirmed"] == 114


def test_a_content_customer_asks_no_more() -> None:
    hand = {"at": 0, "do": "hand", "department": "money", "text": "RF-1"}
    done = day(hand, {"at": 100, "do": "say", "text": "好了吗"}, now=359)
    assert [t for _, t in texts(done, "customer")] == ["好了"]


def test_after_the_end_nothing_happens() -> None:
    closed = day({"at": 20, "do": "close"}, {"at": 30, "do": "say", "text": "还有"}, now=300)
    assert closed.ended == "close" and not closed.feed and closed.clock == 22
    assert closed.wake is None
    assert day(now=900).ended == "over" and day(now=900).clock == 360


def test_times_from_outside_are_held_within_the_shift() -> None:
    for at in (-50, 1e18, -1e18):
        found = day({"at": at, "do": "look", "place": "order"}, now=at)
        assert 0 <= found.clock <= 360
    backwards = day({"at": 100, "do": "look", "place": "order"}, {"at": 5, "do": "look", "place": "order"})
    assert [e.at for e in backwards.feed] == [105, 110]
    with pytest.raises(ValidationError):
        Action.model_validate({"do": "look", "at": float("nan")})


def test_the_same_log_always_gives_the_same_and_a_longer_one_goes_on_from_it() -> None:
    lot = random.Random(5)
    acts = []
    for _ in range(30):
        do = lot.choice(["look", "say", "hand", "open"])
        more = {"place": "order"} if do == "look" else {"department": "money", "text": lot.choice(["RF-1", "查"])}
        acts.append(Action.model_validate({"at": lot.randint(-10, 400), "do": do, **more}))
    first, second = run(desk(), acts, 200, HEARS), run(desk(), acts, 200, HEARS)
    assert (first.feed, first.flags, first.clock) == (second.feed, second.flags, second.clock)
    part = run(desk(), acts[:10], 0, HEARS)
    assert first.feed[: len(part.feed)] == part.feed


def test_wake_is_the_next_thing_and_next_does_not_tell_when_patience_ends() -> None:
    idle = day(now=0)
    assert idle.wake == 125 and idle.next is None
    asked = day({"at": 0, "do": "hand", "department": "money", "text": "RF-1"})
    assert asked.next == 66 and asked.wake == 66


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"closes": "08:00"}, "later than start"),
        ({"events": [{"text": "x"}]}, "comes either"),
        ({"events": [{"after": "never", "text": "x"}]}, "nothing sets it"),
        ({"places": [{"id": "a", "name": "b", "views": [{"text": "c", "after": ["found"]}]}]}, "must fit always"),
    ],
)
def test_broken_desks_are_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        desk(**change)


def test_an_event_is_left_out_when_it_is_off() -> None:
    event = {"at": "12:00", "text": "有消息吗", "unless": ["paid"]}
    hand = {"at": 0, "do": "hand", "department": "money", "text": "RF-1"}
    on = desk(events=[*BASE["events"], event])
    assert ("有消息吗" in [t for _, t in texts(day(now=200, on=on), "customer")]) is True
    assert "有消息吗" not in [t for _, t in texts(day(hand, now=200, on=on), "customer")]
    assert Need(says="a", words=("b",), look="c").words == ("b",)
