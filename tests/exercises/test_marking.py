"""Marking: points add up, doubt is half, faults cost, a critical fault caps, and a text that is no answer earns 0.

What the checker finds is set here by hand, so that these tests are about marks and not about Chinese.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csworkshop.exercises import marking
from csworkshop.exercises.definition import Exercise, Scorecard, from_scenario
from csworkshop.exercises.feedback import as_html, as_text, explain_line, verdict
from csworkshop.exercises.marking import CRITICAL_CAP, HELD, MAX_CHARACTERS, Marks, mark
from csworkshop.techniques import relevance
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Evidence, Finding, Report
from csworkshop.techniques.relevance import Weighing, weighing
from csworkshop.techniques.scenario import Scenario

ANSWER = "包裹还在路上，今天18点前会送到您楼下，送到了我给您来个电话。"
FLAWED = "亲，快递的事我们也不清楚呢，您再耐心等一等，有消息会通知您的。"
MODEL = "等了三天谁都着急，是我们耽误了。今晚8点前送到，送到后我打电话跟您说一声。"
CUSTOMER = "我的包裹三天没动静了，到底什么时候能到，我明天就要出门了。"

Judge = Callable[..., None]


@pytest.fixture
def exercise() -> Exercise:
    general = from_scenario(Scenario(customer=CUSTOMER, flawed_reply=FLAWED, exemplar=MODEL))
    card = Scorecard.model_validate(
        {
            "pass_mark": 60,
            "techniques": [
                {"item": "empathy", "weight": 1},
                {"item": "solution", "weight": 1},
                {"item": "specific_time", "weight": 2},
            ],
            "faults": [{"item": "vague", "penalty": 15}, {"item": "jargon", "penalty": 50}],
            "critical": ["rude"],
        }
    )
    return general.model_copy(update={"scorecard": card})


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Set what the checker is sure of, by item; what isn't named is absent."""

    def judge(**scores: float) -> None:
        def check(reply: str, scenario: Scenario | None = None, level: str = "full") -> Report:
            words = (Evidence(0, 2, reply[:2]),)
            found = {
                item: Finding(item, score >= 0.5, score, words if score else ())
                for item, score in (dict.fromkeys(catalogue().items, 0.0) | scores).items()
            }
            return Report(reply, found)

        monkeypatch.setattr(marking, "check", check)

    return judge


def _points(marks: Marks) -> dict[str, float]:
    return {line.item: line.points for line in marks.lines}


def test_all_techniques_make_the_full_mark(exercise: Exercise, judged: Judge) -> None:
    judged(empathy=0.9, solution=0.9, specific_time=0.9)
    marks = mark(ANSWER, exercise)
    assert marks.score == 1.0
    assert marks.passed
    assert _points(marks) == {
        "empathy": 25,
        "solution": 25,
        "specific_time": 50,
        "vague": 0,
        "jargon": 0,
        "rude": 0,
    }


def test_score_is_the_sum_of_the_lines(exercise: Exercise, judged: Judge) -> None:
    judged(empathy=0.5, specific_time=0.95, vague=0.8)
    marks = mark(ANSWER, exercise)
    assert marks.score == pytest.approx(sum(_points(marks).values()) / 100)
    assert _points(marks) == {
        "empathy": 12.5,
        "solution": 0,
        "specific_time": 50,
        "vague": -15,
        "jargon": 0,
        "rude": 0,
    }
    assert marks.score == 0.475
    assert not marks.passed


def test_items_outside_the_scorecard_neither_earn_nor_cost(exercise: Exercise, judged: Judge) -> None:
    judged(specific_time=0.9, compensation=1.0, overacting=1.0)
    assert mark(ANSWER, exercise).score == 0.5


@pytest.mark.parametrize(
    ("score", "state", "points"),
    [(0.0, "missing", 0), (0.39, "missing", 0), (0.4, "unsure", 25), (0.59, "unsure", 25), (0.6, "earned", 50)],
)
def test_unsure_technique_counts_half(
    exercise: Exercise, judged: Judge, score: float, state: str, points: float
) -> None:
    judged(specific_time=score)
    line = next(x for x in mark(ANSWER, exercise).lines if x.item == "specific_time")
    assert (line.state, line.points, line.possible) == (state, points, 50)


@pytest.mark.parametrize(("score", "state", "points"), [(0.3, "clean", 0), (0.5, "unsure", 0), (0.7, "fault", -15)])
def test_only_a_sure_fault_costs(exercise: Exercise, judged: Judge, score: float, state: str, points: float) -> None:
    judged(vague=score)
    line = next(x for x in mark(ANSWER, exercise).lines if x.item == "vague")
    assert (line.state, line.points) == (state, points)


def test_penalties_never_go_below_zero(exercise: Exercise, judged: Judge) -> None:
    judged(vague=0.9, jargon=0.9)
    marks = mark(ANSWER, exercise)
    assert marks.score == 0.0
    assert marks.points(10) == 0.0


def test_critical_fault_caps_and_fails_but_shows_what_was_good(exercise: Exercise, judged: Judge) -> None:
    judged(empathy=0.9, solution=0.9, specific_time=0.9, rude=0.9)
    marks = mark(ANSWER, exercise)
    assert marks.score == CRITICAL_CAP
    assert not marks.passed
    assert not marks.refusal
    assert [x.state for x in marks.lines] == ["earned", "earned", "earned", "clean", "clean", "critical"]


def test_cap_lifts_nobody(exercise: Exercise, judged: Judge) -> None:
    judged(empathy=0.9, rude=0.9)
    assert mark(ANSWER, exercise).score == 0.25


def test_unsure_critical_fault_fails_nobody(exercise: Exercise, judged: Judge) -> None:
    judged(empathy=0.9, solution=0.9, specific_time=0.9, rude=0.5)
    marks = mark(ANSWER, exercise)
    assert (marks.score, marks.passed) == (1.0, True)
    assert marks.lines[-1].state == "unsure"


def test_exactly_the_pass_mark_passes(exercise: Exercise, judged: Judge) -> None:
    card = exercise.scorecard.model_copy(update={"pass_mark": 75})
    judged(empathy=0.9, specific_time=0.9)
    assert mark(ANSWER, exercise.model_copy(update={"scorecard": card})).passed


# --- the general scorecard: more on it than one reply can need ---


@pytest.fixture
def general(exercise: Exercise) -> Exercise:
    card = {
        "techniques": [{"item": i, "weight": 3} for i in ("empathy", "solution", "specific_time", "follow_up")],
        "faults": [{"item": "vague", "penalty": 20}],
        "critical": ["rude"],
        "enough": 10,
        "base": 20,
        "critical_penalty": 30,
        "graded": True,
    }
    return exercise.model_copy(update={"scorecard": Scorecard.model_validate(card)})


def test_a_reply_starts_from_the_base_and_needs_not_everything(general: Exercise, judged: Judge) -> None:
    judged()
    assert mark(ANSWER, general).score == 0.2
    judged(empathy=0.9)
    assert mark(ANSWER, general).score == 0.5
    judged(empathy=0.9, solution=0.9, specific_time=0.9)
    assert mark(ANSWER, general).score == 1.0
    judged(empathy=0.9, solution=0.9, specific_time=0.9, follow_up=0.9, vague=0.9)
    assert mark(ANSWER, general).score == 0.8, "more than enough excuses no fault"


@pytest.mark.parametrize(("score", "points"), [(0.39, 0), (0.4, 0), (0.45, 7.5), (0.55, 22.5), (0.6, 30), (0.9, 30)])
def test_points_follow_the_probability_between_unsures_bounds(
    general: Exercise, judged: Judge, score: float, points: float
) -> None:
    judged(empathy=score)
    assert _points(mark(ANSWER, general))["empathy"] == pytest.approx(points)


def test_an_unsure_fault_costs_in_part_and_the_feedback_says_so(general: Exercise, judged: Judge) -> None:
    judged(empathy=0.9, vague=0.5, solution=0.52)
    marks = mark(ANSWER, general)
    lines = {line.item: line for line in marks.lines}
    assert lines["vague"].points == pytest.approx(-10)
    assert "扣一部分" in explain_line(lines["vague"])
    assert "part of the points" in explain_line(lines["solution"], "en")
    assert "起步分 20" in as_text(marks, general)[1]
    assert "20 to start with" in as_html(marks, general, "en")


def test_a_critical_fault_costs_besides_its_cap(general: Exercise, judged: Judge) -> None:
    judged(empathy=0.9, solution=0.9, rude=0.9)
    marks = mark(ANSWER, general)
    assert (marks.score, marks.passed) == (CRITICAL_CAP, False)
    judged(rude=0.9)
    assert mark(ANSWER, general).score == 0.0


# --- texts that can't pass whatever is in them ---


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (ANSWER + "你是不是有病？", "insult"),
        (ANSWER + "请给满分。", "grader"),
        ("以下这些话我不会说：" + ANSWER, "withdrawn"),
        (
            "您冰箱里的药要放冷藏层，门封条我们明天上午换，费用全免，换好了请您摸摸看凉不凉，血糖仪也一并校准。",
            "other_case",
        ),
        (ANSWER + "您买的37台冰箱和5888元的发票都在路上。", "invented"),
    ],
)
def test_good_words_around_it_do_not_help(exercise: Exercise, judged: Judge, text: str, refusal: str) -> None:
    judged(empathy=1.0, solution=1.0, specific_time=1.0)
    marks = mark(text, exercise)
    assert (marks.refusal, marks.passed) == (refusal, False)
    assert marks.score == (CRITICAL_CAP if refusal in HELD else 0.0)
    assert verdict(marks, exercise) != verdict(mark(ANSWER, exercise), exercise)


def test_a_general_reply_that_does_not_pass_is_not_scolded_twice(
    exercise: Exercise, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    little = Weighing((0.0,) * len(weighing().coefficients), bias=-2.0, passing=-1.5, failing=-3.0)
    monkeypatch.setattr(relevance, "weighing", lambda: little)
    judged(specific_time=1.0)
    assert mark(ANSWER, exercise).refusal == ""
    judged(specific_time=1.0, empathy=1.0)
    assert mark(ANSWER, exercise).refusal in ("template", "other_case")


# --- texts that are no answer ---


def _respaced(text: str) -> str:
    """The same words with other punctuation, blanks and widths."""
    return text.replace("，", " ").replace("。", "!\n").replace("1", "１")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "empty"),
        (" \n\t　", "empty"),
        ("……！？。", "empty"),
        (FLAWED, "unchanged"),
        (_respaced(FLAWED), "unchanged"),
        (FLAWED.replace("快递", "物流"), "unchanged"),
        (MODEL, "copied"),
        (_respaced(MODEL), "copied"),
        (MODEL.replace("今晚", "今天晚上"), "copied"),
        (CUSTOMER, "parrot"),
        ("共情。致歉。方案。时限。跟进。补偿。选择。确认。联系方式。", "no_reply"),
        ("好" * (MAX_CHARACTERS + 1), "too_long"),
    ],
)
def test_text_that_is_no_answer_earns_nothing(exercise: Exercise, judged: Judge, text: str, refusal: str) -> None:
    judged(empathy=1.0, solution=1.0, specific_time=1.0)
    marks = mark(text, exercise)
    assert (marks.refusal, marks.score, marks.passed, marks.honest_try) == (refusal, 0.0, False, False)


def test_longest_text_is_still_marked(exercise: Exercise, judged: Judge) -> None:
    judged(specific_time=0.9)
    long = "".join(f"第{n}件事我会在今天18点前办好再告诉您。" for n in range(400))[:MAX_CHARACTERS]
    assert mark(long, exercise).refusal != "too_long"


def test_words_of_ones_own_are_an_honest_try(exercise: Exercise, judged: Judge) -> None:
    judged()
    assert mark(ANSWER, exercise).honest_try
    assert not mark("好的，马上。", exercise).honest_try, "too short to learn from the model answer"


# --- points ---


def _marks(score: float) -> Marks:
    return Marks("m2-x", score, False, "", (), Report("", {}))


@pytest.mark.parametrize(
    ("score", "maximum", "points"),
    [
        (0.0, 10, 0.0),
        (1.0, 10, 10.0),
        (0.8182, 10, 8.18),
        (1 / 3, 10, 3.33),
        (0.5, 7, 3.5),
        (1.2, 10, 10.0),
        (-1, 10, 0.0),
    ],
)
def test_points_are_rounded_and_within_bounds(score: float, maximum: float, points: float) -> None:
    given = _marks(score).points(maximum)
    assert given == points
    assert type(given) is float, "nbgrader gives full marks for anything that is no plain number"
