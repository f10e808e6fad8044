"""Overridden items, the one sum, and the customer's reaction."""

from __future__ import annotations

from typing import get_args

import pytest

from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import CRITICAL_CAP, Marks, mark
from csworkshop.exercises.overriding import Override, WrongOverride, check_override, overridden, overrides_html
from csworkshop.exercises.reaction import FILE, reaction
from csworkshop.techniques.scenario import Emotion
from csworkshop.text.datafile import read_toml

EXERCISE = load_exercise("m2-vague-delivery")  # weights 2 1 3 2 1; faults 15 30 15; critical blame, rude
PLAIN = "下午2点20分前给您送到。骑手已经换了车。"


def said(item: str, verdict: str, points: float | None = None, comment: str = "看过了") -> Override:
    return Override(item, verdict, comment, "王老师", points=points)  # type: ignore[arg-type]


def apply(text: str, *overrides: Override, maximum: float = 9) -> Marks:
    return overridden(mark(text, EXERCISE), EXERCISE, {o.item: o for o in overrides}, maximum)


def line(marks: Marks, item: str) -> tuple[str, float]:
    found = next(x for x in marks.lines if x.item == item)
    return found.state, found.points


def test_nothing_overridden_is_the_mark_itself() -> None:
    assert apply(PLAIN) == mark(PLAIN, EXERCISE)


@pytest.mark.parametrize(
    ("override", "state", "points"),
    [
        (said("empathy", "earned"), "earned", 22.2222),
        (said("specific_time", "missing"), "missing", 0.0),
        (said("vague", "found"), "fault", -15.0),
        (said("vague", "removed"), "clean", 0.0),
        (said("empathy", "points", 1.0), "earned", 11.1111),
        (said("empathy", "points", 0.0), "missing", 0.0),
        (said("empathy", "points", 99.0), "earned", 22.2222),
        (said("brush_off", "points", -1.35), "fault", -15.0),
        (said("brush_off", "points", 5.0), "clean", 0.0),
        (said("rude", "found"), "critical", 0.0),
    ],
    ids=lambda v: f"{v.item}-{v.verdict}" if isinstance(v, Override) else "",
)
def test_an_item_overridden(override: Override, state: str, points: float) -> None:
    marks = apply(PLAIN, override)
    assert line(marks, override.item) == (state, pytest.approx(points, abs=0.001))
    total = sum(x.points for x in marks.lines) / 100
    cap = CRITICAL_CAP if state == "critical" else 1.0
    assert marks.score == pytest.approx(min(max(total, 0.0), cap), abs=0.0001)


def test_the_total_stays_between_nothing_and_everything() -> None:
    everything = [said(t.item, "earned") for t in EXERCISE.scorecard.techniques]
    nothing = [said(t.item, "missing") for t in EXERCISE.scorecard.techniques]
    faults = [said(f.item, "found") for f in EXERCISE.scorecard.faults]
    none = [said(f.item, "removed") for f in EXERCISE.scorecard.faults]
    none += [said(c, "removed") for c in EXERCISE.scorecard.critical]
    assert apply(PLAIN, *everything, *none).points(9) == 9
    assert apply(PLAIN, *nothing, *faults).points(9) == 0
    assert not apply(PLAIN, *everything, *none[:3], said("rude", "found")).passed


def test_a_refusal_is_lifted_and_a_total_set() -> None:
    refused = mark(EXERCISE.flawed_reply, EXERCISE)
    assert refused.refusal == "unchanged"
    assert apply(EXERCISE.flawed_reply, said("empathy", "earned")).score == 0
    earned = [said(t.item, "earned") for t in EXERCISE.scorecard.techniques]
    lifted = apply(EXERCISE.flawed_reply, said("refusal", "removed"), *earned)
    assert lifted.score > 0 and lifted.refusal == ""
    assert apply(EXERCISE.flawed_reply, said("total", "points", 6.0)).points(9) == 6
    assert apply(PLAIN, said("total", "points", 900.0)).points(9) == 9


def test_a_comment_is_escaped() -> None:
    assert "&lt;b&gt;" in overrides_html([said("empathy", "earned", comment="<b>x</b>")], "zh")


@pytest.mark.parametrize(
    ("override", "why"),
    [
        (said("empathie", "earned"), "has no item 'empathie'; it has empathy, own"),
        (said("empathy", "removed"), "allowed: earned, missing, points"),
        (said("vague", "earned"), "allowed: removed, found, points"),
        (said("rude", "points", 1.0), "allowed: removed, found"),
        (said("refusal", "earned"), "allowed: removed"),
        (said("empathy", "points", 3.0), "from 0 to 2"),
        (said("vague", "points", 1.0), "from -1.35 to 0"),
        (said("total", "points", float("nan")), "from 0 to 9"),
        (said("empathy", "earned", comment=" "), "a comment is needed"),
    ],
)
def test_an_override_that_makes_no_sense(override: Override, why: str) -> None:
    with pytest.raises(WrongOverride) as caught:
        check_override(override, EXERCISE, 9)
    assert why in str(caught.value)


# --- reactions ---


def test_every_group_has_a_line_for_every_emotion_in_both_languages() -> None:
    groups = read_toml(FILE)["group"]
    assert len(groups) >= 12
    for group in groups:
        assert set(group["lines"]) == set(get_args(Emotion))
        assert all(both["zh"] and both["en"] for both in group["lines"].values())
    lines = [both["zh"] for group in groups for both in group["lines"].values()]
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize(
    ("overrides", "mood", "items"),
    [
        ([said("rude", "found"), said("vague", "found")], "worse", ("rude",)),
        ([said("vague", "found")], "same", ("vague",)),
        ([said(i, "missing") for i in ("empathy", "own", "specific_time")], "same", ("empathy", "own")),
    ],
    ids=["the gravest first", "a fault", "what is missing"],
)
def test_a_reaction(overrides: list[Override], mood: str, items: tuple[str, ...]) -> None:
    clean = [said(i, "removed") for i in ("vague", "brush_off", "defend_first", "blame", "rude")]
    found = reaction(apply(PLAIN, *clean, *overrides), EXERCISE)
    assert found and (found.mood, found.items) == (mood, items)


def test_a_good_reply_reassures_and_an_empty_one_does_not() -> None:
    good = [said(t.item, "earned") for t in EXERCISE.scorecard.techniques]
    clean = [said(i, "removed") for i in ("vague", "brush_off", "defend_first", "blame", "rude")]
    best, worst = reaction(apply(PLAIN, *good, *clean), EXERCISE), reaction(apply(""), EXERCISE)
    assert best and best.mood == "better" and worst and worst.mood == "worse"
    assert reaction(mark(EXERCISE.model_answer, EXERCISE), EXERCISE) is None
