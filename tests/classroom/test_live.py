"""The room as a fold over the trainees' files: the clock is an argument, so every minute of a lesson can be made."""

from __future__ import annotations

from typing import Any

import pytest

from csworkshop.classroom.live import AWAY_AFTER, STUCK_AFTER, Room, clause_at, falling, fold, seat_numbers
from csworkshop.classroom.records import Option, Poll, Session
from csworkshop.classroom.store import Found
from csworkshop.text.unvouched import Raw

T = 1_800_000_000.0
EXERCISE = "m2-vague-delivery"
LESSON = Session(schema=1, id="s1", title="沟通技巧", opened_at=T)


def seat(name: str, written: float = T, **changed: Any) -> Found:
    """A trainee's file, last written at `written`."""
    import json

    content = {
        "schema": 1, "session": "s1", "nickname": f"昵称{name}", "share": "texts", "shared_at": T, "writer": "w",
        "joined_at": T, "seen_at": written, "changed_at": written, "exercise": EXERCISE, "text": "", "work": {},
        "votes": {}, **changed,
    }  # fmt: skip
    return Found(name, Raw(json.dumps(content).encode(), written, (1, 1, 1)))


def work(
    score: float, *lines: tuple[str, str, list[list[int]]], passed: bool = False, at: float = T, **more: Any
) -> dict:
    listed = [{"item": item, "state": state, "spans": spans} for item, state, spans in lines]
    return {"score": score, "passed": passed, "changed_at": at, "scores": [score], "lines": listed, **more}


def room(*files: Found, now: float = T, session: Session | None = LESSON) -> Room:
    return fold(session, files, now)


def standing(found: Found, now: float) -> tuple[str, str]:
    (one,) = room(found, now=now).seats
    return one.standing, one.reason


def test_who_changes_nothing_for_minutes_may_be_stuck_unless_done_or_away() -> None:
    beating = T + STUCK_AFTER
    idle = {"changed_at": T, "seen_at": beating}
    assert standing(seat("a", beating - 1, changed_at=T, seen_at=beating - 1), beating - 1) == ("working", "")
    assert standing(seat("a", beating, **idle), beating) == ("stuck", "idle")
    assert standing(seat("a", beating, **idle, work={EXERCISE: work(0.9, passed=True)}), beating) == ("done", "")
    assert standing(seat("a", beating, **idle), beating + AWAY_AFTER) == ("away", "")
    assert standing(seat("a", beating, **idle, exercise=""), beating) == ("new", "")


def test_clocks_that_differ_make_nobody_stuck() -> None:
    """The trainee's machine is an hour ahead or behind; the drive's time and the instructor's clock agree."""
    for skew in (-3600.0, 3600.0):
        found = seat("a", T, changed_at=T + skew, seen_at=T + skew)
        assert standing(found, T + 5) == ("working", "")


@pytest.mark.parametrize(
    ("scores", "falls"),
    [([0.5], False), ([0.8, 0.5], False), ([0.5, 0.8, 0.6], True), ([0.8, 0.5, 0.6], False), ([0.5, 0.6, 0.55], False)],
)
def test_falling_marks(scores: list[float], falls: bool) -> None:
    assert falling(scores) == falls


def test_falling_marks_are_a_reason() -> None:
    found = seat("a", T, work={EXERCISE: work(0.4, scores=[0.5, 0.8, 0.4])})
    assert standing(found, T) == ("stuck", "falling")


def test_the_longest_idle_come_first() -> None:
    now = T + 1000
    files = [seat(n, now, changed_at=T + late, seen_at=now) for n, late in (("a", 300), ("b", 0), ("c", 600))]
    assert [s.key for s in room(*files, now=now).stuck] == ["b", "a", "c"]


def test_the_heat_map_takes_each_trainees_newest_word_on_an_item() -> None:
    old, new = work(0.2, ("empathy", "missing", []), at=T), work(0.8, ("empathy", "earned", []), at=T + 9)
    files = [
        seat("a", work={"m1-one": old, "m1-two": new}),
        seat("b", work={"m1-two": new, "m1-one": old}),
        seat(
            "c",
            work={"m1-one": work(0.5, ("empathy", "unsure", []), ("vague", "fault", []), ("no.such", "earned", []))},
        ),
    ]
    heat = {h.item: h for h in room(*files).heatmap}
    assert set(heat) == {"empathy", "vague"}
    assert heat["empathy"].states == {"earned": 2, "unsure": 1}
    assert heat["empathy"].share == pytest.approx(2.5 / 3)
    assert heat["vague"].share == 0.0


def test_the_three_commonest_faults_of_those_present_with_examples_that_name_nobody() -> None:
    text = "您好昵称a在此，应该很快就到，请您打13800138000。"
    vague = ("vague", "fault", [[9, 12]])
    phone = ("brush_off", "fault", [[18, 25]])
    files = [
        seat("a", text=text, work={EXERCISE: work(0.3, vague, phone)}),
        seat("b", text=text, work={EXERCISE: work(0.3, vague, ("rude", "critical", []))}),
        seat("c", share="progress", work={EXERCISE: work(0.3, vague, ("blame", "clean", []))}),
        seat("d", work={"m1-other": work(0.3, ("jargon", "fault", []))}),  # not what he is on now
        seat("e", T - AWAY_AFTER, work={EXERCISE: work(0.3, ("jargon", "fault", []))}),
    ]
    faults = room(*files).common_faults
    assert [(f.item, f.trainees, f.of) for f in faults] == [("vague", 3, 3), ("brush_off", 1, 3), ("rude", 1, 3)]
    assert faults[0].examples == ("应该很快就到",)
    assert faults[1].examples == ("请您打▇▇▇",)
    assert "昵称a" not in room(*files).masked(text)


def test_what_the_exercise_tells_may_stay() -> None:
    from csworkshop.exercises.library import load_exercise

    given = load_exercise(EXERCISE).scenario
    number = next(w for f in given.facts for w in f.replace("，", " ").split() if any(c.isdigit() for c in w))
    assert number in room().masked(f"您的{number}已经在路上了", EXERCISE)


@pytest.mark.parametrize("span", [[-1, 3], [3, 3], [5, 2], [0, 99], [10**9, 10**9 + 1]])
def test_spans_that_lead_nowhere(span: list[int]) -> None:
    assert clause_at("应该很快就到。", *span) == ""


def test_an_example_is_a_clause_and_short() -> None:
    assert clause_at("抱歉，应该很快就到，请等等。", 5, 6) == "应该很快就到"
    assert len(clause_at("很" * 500, 3, 4)) == 60


def test_one_vote_a_trainee_and_only_for_what_is_there() -> None:
    poll = Poll(id="p1", title="先做什么？", options=[Option(id="o1", text="致歉"), Option(id="o2", text="给时间")])
    files = [seat("a", votes={"p1": "o1"}), seat("b", votes={"p1": "o1"}), seat("c", votes={"p1": "o9", "p0": "o2"})]
    assert room(*files).votes(poll) == {"o1": 2, "o2": 0}


def test_files_of_other_lessons_are_passed_over() -> None:
    assert room(seat("a", session="s0")).seats == ()
    assert room(seat("a"), session=None).seats == ()


def test_seat_numbers_stay_when_others_come_and_tell_no_order() -> None:
    joined = [(f"{n:032x}", T + n) for n in range(80)]
    some, all_ = seat_numbers(joined[:40], "s"), seat_numbers(joined, "s")
    assert all(all_[name] == number for name, number in some.items())
    assert len(set(all_.values())) == 80
    in_order = [all_[name] for name, _ in joined]
    assert in_order != sorted(in_order)
    assert seat_numbers(joined, "another lesson") != all_
    assert len(set(seat_numbers([(str(n), T) for n in range(300)], "s").values())) == 300


BAD = {
    "no json": b"{",
    "a list": b"[]",
    "nothing": b"",
    "not UTF-8": b'{"schema": 1, "nickname": "\xff"}',
    "NaN": b'{"schema": 1, "joined_at": NaN}',
    "deep": b"[" * 60_000,
    "other schema": b'{"schema": 2}',
    "words for numbers": seat("a", joined_at="now").raw.data,  # type: ignore[union-attr]
    "an endless score": seat("a", work={EXERCISE: {**work(0.3), "score": 1e300}}).raw.data,  # type: ignore[union-attr]
    "a path": seat("a", exercise="../../etc/passwd").raw.data,  # type: ignore[union-attr]
    "markup for an item": seat("a", work={EXERCISE: work(0.1, ("<b>", "fault", []))}).raw.data,  # type: ignore[union-attr]
    "an unknown state": seat("a", work={EXERCISE: work(0.1, ("vague", "great", []))}).raw.data,  # type: ignore[union-attr]
    "a thousand votes": seat("a", votes={f"v{n}": "o" for n in range(1000)}).raw.data,  # type: ignore[union-attr]
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_no_trainees_file_is_counted_and_harms_nobody(data: bytes) -> None:
    here = room(Found("bad", Raw(data, T, (1, 1, 1))), seat("good"))
    assert [s.key for s in here.seats] == ["good"]
    assert here.unreadable == {"form": 1}


def test_invisible_signs_and_lines_leave_a_nickname() -> None:
    (one,) = room(seat("a", nickname="\u202e小\n周\x00" + "长" * 99)).seats
    assert one.file.nickname == "小 周" + "长" * 21
