"""The plan: reacts to one attempt, never serves the same twice in a row, ends what is mastered, says why in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from csworkshop.progress.choosing import LITTLE, REOPEN, SURE, choose, close
from csworkshop.progress.filtering import Tracer
from csworkshop.progress.learner import Learners, learner
from csworkshop.progress.mastery import mastery
from csworkshop.progress.plan import make_plan
from csworkshop.progress.records import Attempt
from csworkshop.progress.shelf import exercises, shelf_of
from csworkshop.progress.topics import EARNED
from tests.progress.made import NOW, Made, attempt

TIME = Made("m2-time", items=("specific_time", "vague"), persona="senior")
TIME2 = Made("m2-time-again", items=("specific_time", "vague"), emotion="anger")
WARM = Made("m2-warm", items=("empathy", "own"), emotion="anxiety")
WARM2 = Made("m4-warm", module="m4", items=("empathy", "own"), level=3)
TALK = Made("m6-talk", kind="roleplay", module="m6", items=("empathy",), emotion="anger")
FIND = Made("m3-find", kind="diagnose", module="m3", items=("m3-question",))
LIBRARY = [TIME, TIME2, WARM, WARM2, TALK, FIND]


def plan(attempts: list[Attempt], **more: Any) -> Any:
    return make_plan(attempts, more.pop("now", NOW), **{"library": LIBRARY, **more})


def many(exercise: Made, number: int, good: bool = True, **more: Any) -> list[Attempt]:
    return [attempt(exercise, n, good, ago=2 - n / 100, **more) for n in range(number)]


def test_one_failed_attempt_moves_its_topic_to_the_front() -> None:
    good = [*many(WARM, 1), *many(TIME, 1)]
    bad = [*many(WARM, 1), *many(TIME, 1, good=False)]
    assert plan(bad).steps[0].exercise == "m2-time-again"
    assert plan(bad).steps[0].topic in TIME.items
    assert plan(good).steps[0].exercise != "m2-time-again"


def test_the_trainees_own_words_are_told() -> None:
    missed = many(TIME, 3, good=False, words={"vague": ("尽快",)})
    found = plan(missed)
    text = "\n".join(found.lines())
    assert "在“明确时限”上，最近 3 次都写了“尽快”。" in text
    assert found.focus[0].gap == "communication"
    assert "改写和角色扮演" in "\n".join(found.gaps())
    mixed = [*missed, *many(TIME2, 1, words={})]
    assert "最近 4 次有 3 次没做到，写的是“尽快”" in "\n".join(plan(mixed).lines())
    assert "you wrote “尽快”" in "\n".join(plan(missed, lang="en").lines())


def test_a_gap_in_knowledge_leads_to_diagnosis() -> None:
    missed = many(FIND, 2, good=False)
    found = plan([*missed, *many(WARM, 1)])
    (advice,) = [a for a in found.focus if a.topic == "m3-question"]
    assert advice.gap == "knowledge"
    assert "m3-find" in [s.exercise for s in found.steps]
    asking = [Made("m2-ask", items=("ask_facts",)), Made("m3-ask", kind="diagnose", items=("ask_facts",)), TIME]
    first = make_plan(many(asking[0], 2, good=False)[1:] + many(TIME, 1), NOW, library=asking).steps[0]
    assert first.exercise == "m3-ask"


def test_strength_is_shown() -> None:
    found = plan(many(WARM, 8))
    assert {a.topic for a in found.strengths} == {"empathy", "own"}
    assert "最近 8 次做到 8 次" in found.strengths[0].text


def test_never_the_same_exercise_twice_in_a_row() -> None:
    rng = np.random.default_rng(1)
    attempts: list[Attempt] = []
    place = {e.id: e for e in LIBRARY}
    for n in range(40):
        steps = plan(attempts, seed=n).steps
        ids = [s.exercise for s in steps]
        assert len(set(ids)) == len(ids)
        assert not attempts or ids[0] != attempts[-1].exercise
        attempts.append(attempt(place[ids[0]], n, bool(rng.random() < 0.3), ago=20 - n / 4))


def test_a_mastered_topic_ends_until_it_is_due() -> None:
    shelf = shelf_of(LIBRARY)
    done = many(TIME, 12)
    known = {t.item: t for t in mastery(shelf, done, NOW)}
    assert known["specific_time"].closed
    assert known["specific_time"].mastered >= SURE
    assert known["specific_time"].deviation <= LITTLE
    found = plan(done)
    assert found.closed == 2
    assert not {s.topic for s in found.steps} & set(TIME.items)
    rest = [*done, *many(WARM, 14), *many(TALK, 8), *many(FIND, 14)]
    later = plan(sorted(rest, key=lambda a: a.at), now=NOW + timedelta(days=60))
    assert set(later.due) >= {"specific_time", "vague"}
    assert later.steps[0].why == "due"
    assert "天没练了" in later.steps[0].reason


def test_closing_wants_certainty_and_opens_again_late() -> None:
    mastered, sd = np.array([0.96, 0.96, 0.9, 0.9, 0.7]), np.array([0.02, 0.2, 0.02, 0.02, 0.02])
    before = np.array([False, False, False, True, True])
    assert close(mastered, sd, before).tolist() == [True, False, False, True, False]
    assert REOPEN < SURE


def test_a_session_fills_its_minutes_and_varies() -> None:
    found = make_plan([], NOW, library=exercises())
    assert 10 <= found.minutes <= 20
    assert len({s.topic for s in found.steps}) == len(found.steps)
    assert make_plan([], NOW, library=exercises(), minutes=30).minutes > 22
    slow = [a.model_copy(update={"seconds": 1200}) for a in many(TIME, 3)]
    assert len(plan(slow).steps) < len(plan(many(TIME, 3)).steps)


def test_the_same_log_gives_the_same_plan() -> None:
    attempts = many(WARM, 3, good=False)
    assert plan(attempts) == plan(attempts)
    assert plan(attempts, seed=1).closed == plan(attempts, seed=2).closed


def test_unsure_stands_between_a_miss_and_earned() -> None:
    shelf = shelf_of(LIBRARY)

    def estimate(state: str) -> float:
        one = attempt(TIME, items={"specific_time": state})
        return next(t.estimate for t in mastery(shelf, [one], NOW) if t.item == "specific_time")

    assert estimate("missing") < estimate("unsure") < estimate("earned")


def test_refused_texts_came_but_say_nothing_of_mastery() -> None:
    shelf = shelf_of(LIBRARY)
    copied = attempt(TIME, items={}, refusal="copied")
    assert all(t.practised == 0 for t in mastery(shelf, [copied], NOW))
    assert plan([copied]).steps[0].exercise != "m2-time"


def test_help_makes_success_say_less() -> None:
    shelf = shelf_of(LIBRARY)
    helped = ({}, {"hints": 2}, {"tries": 3}, {"solution": True})
    index = shelf.parameters.index("specific_time")
    found = [mastery(shelf, [attempt(TIME, **h)], NOW)[index].estimate for h in helped]
    assert found[0] == max(found)
    assert len(set(found)) == 4


@pytest.mark.parametrize("library", [[], [TIME]])
def test_a_small_library_is_no_error(library: list[Made]) -> None:
    first = make_plan([], NOW, library=library)
    assert len(first.steps) == len(library)
    again = make_plan(many(TIME, 1), NOW, library=library)
    assert again.steps == ()
    assert again.lines()


def test_attempts_of_exercises_that_are_gone_still_count() -> None:
    gone = Made("m2-gone", items=("specific_time", "an-item-of-long-ago"))
    found = plan(many(gone, 10))
    assert "specific_time" in {a.topic for a in found.strengths}


def test_one_trainee_and_a_cohort_go_through_the_same_fold() -> None:
    """A log of one trainee, and the same attempts as row 3 of five: the same beliefs, reviews and choice."""
    shelf = shelf_of(LIBRARY)
    attempts = [*many(WARM, 2, good=False), *many(TIME, 3), *many(FIND, 1)]
    one = learner(shelf, attempts)
    five = Learners(shelf, Tracer(shelf.parameters), 5)
    ids = {i: n for n, i in enumerate(shelf.parameters.ids)}
    for a in attempts:
        rows = np.array([1, 3])
        topics = np.tile([ids[i] for i in a.items] + [len(ids)], (2, 1))
        good = EARNED if a.passed else 0
        outcome = np.tile([good] * len(a.items) + [-1], (2, 1))
        level, zero = np.full(2, a.level), np.zeros(2, int)
        exercise = np.full(2, shelf.ids.index(a.exercise))
        five.attempt(rows, exercise, topics, outcome, level, zero, zero, np.full(2, a.at.timestamp() / 86400))
    day = np.array([NOW.timestamp() / 86400])
    one.rest(np.array([0]), day)
    five.rest(np.array([3]), day)
    a, b = one.standing(np.array([0]), day), five.standing(np.array([3]), day)
    for key, value in vars(a).items():
        assert np.allclose(np.nan_to_num(value, nan=-1, posinf=-2), np.nan_to_num(vars(b)[key], nan=-1, posinf=-2)), key
    first, second = (choose(shelf, s, np.random.default_rng(0)) for s in (a, b))
    assert vars(first) == vars(second)
    fresh = five.standing(np.array([0]), day)
    assert not fresh.practised.any()
    assert replace(fresh, last=a.last).last == a.last
