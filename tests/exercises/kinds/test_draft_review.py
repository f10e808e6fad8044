"""Reviewing drafts: each decision where it is right, with its reason and its words; the same for all never passes."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from csworkshop.exercises.activity import load
from csworkshop.exercises.kinds.draft_review import KIND, Decision, DraftReview, cut
from csworkshop.exercises.library import exercise_files, load_any, read_any
from csworkshop.exercises.marking import Marks, mark

from .conftest import loaded, row, sound

FILES = exercise_files(kind="draft_review")


@pytest.fixture(scope="module")
def plants() -> DraftReview:
    return loaded("m5-drafts-plants", DraftReview)


def model(exercise: DraftReview, **changes: Any) -> dict[str, Any]:
    """The model answer with some drafts dealt with otherwise (None: not at all)."""
    rows = KIND.model_answer(exercise)["drafts"]
    rows = {**rows, **changes}
    return {"drafts": {name: row for name, row in rows.items() if row is not None}}


def of(exercise: DraftReview, value: dict[str, Any]) -> Marks:
    return mark(json.dumps(value), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, best = sound(path, DraftReview)
    assert best.score >= 0.95, [(x.item, x.reason_zh) for x in best.lines if x.state != "earned"]
    assert {d.right for d in exercise.drafts} == set(get_args(Decision))
    for draft in exercise.drafts:
        assert "".join(cut(draft.draft)) == draft.draft


def test_there_are_enough_of_them() -> None:
    ids = [path.stem for path in FILES]
    assert sum(i.startswith("m5-drafts-") for i in ids) >= 4 and any(i.startswith("m5-a-") for i in ids)


def test_a_wrong_decision_is_explained_and_tells_no_more(plants: DraftReview) -> None:
    marks = of(plants, model(plants, leaf={"decision": "accept"}))
    line = row(marks, "leaf")
    assert line.points == 0 and "“直接发”不合适" in line.reason_zh and "天天浇水" in line.reason_zh
    assert not [x for x in marks.lines if x.item.startswith("leaf.")]  # they would tell what was right


def test_taking_over_what_could_be_edited_earns_a_little(plants: DraftReview) -> None:
    line = row(of(plants, model(plants, leaf={"decision": "takeover", "own": "好的"})), "leaf")
    assert line.state == "partly" and 0 < line.points < line.possible / 2


def test_edited_drafts_are_judged_as_replies_and_must_be_edited(plants: DraftReview) -> None:
    draft = next(d for d in plants.drafts if d.id == "leaf")
    same = of(plants, model(plants, leaf={"decision": "personalise", "edit": draft.draft}))
    assert row(same, "leaf.text").points == 0 and "草稿原样" in row(same, "leaf.text").reason_zh
    good = of(plants, model(plants))
    assert row(good, "leaf.text").state == "earned"


def test_the_reason_and_the_sentence_must_be_right(plants: DraftReview) -> None:
    dead = next(d for d in plants.drafts if d.id == "dead")
    at = next(n for n, piece in enumerate(cut(dead.draft)) if dead.words in piece)
    marks = of(plants, model(plants, dead={"decision": "reject", "reason": "emotion", "words": 0}))
    assert row(marks, "dead").state == "earned"
    assert row(marks, "dead.reason").points == 0 and "没有看见客户的情绪" in row(marks, "dead.reason").reason_zh
    assert (
        row(marks, "dead.words").points == 0
        and row(marks, "dead.words").evidence[0].text == "您好，很遗憾听到琴叶榕没有养活。"
    )
    marks = of(plants, model(plants, dead={"decision": "reject", "reason": "policy", "words": at}))
    assert row(marks, "dead.reason").state == row(marks, "dead.words").state == "earned"


@pytest.mark.parametrize("decision", ["accept", "personalise"])
def test_sending_what_does_harm_fails_whatever_else_was_done(decision: str) -> None:
    exercise = load_any("m5-drafts-wallet")
    assert isinstance(exercise, DraftReview)
    marks = of(exercise, model(exercise, limit={"decision": decision, "edit": "改好了"}))
    assert row(marks, "limit").state == "critical"
    assert not marks.passed and marks.score <= 0.3


def test_rude_words_in_a_reply_fail_it(plants: DraftReview) -> None:
    vase = next(d for d in plants.drafts if d.id == "vase")
    rude = vase.model + "您自己拆箱不小心还怪我们？你到底想怎么样？"
    marks = of(plants, model(plants, vase={"decision": "takeover", "reason": "safety", "own": rude}))
    assert not marks.passed or row(marks, "vase.text").points < row(of(plants, model(plants)), "vase.text").points


def test_nothing_for_the_customers_words_or_key_words(plants: DraftReview) -> None:
    vase = next(d for d in plants.drafts if d.id == "vase")
    for text in (vase.scenario.customer, "共情 抱歉 方案 时限24小时 补偿 跟进 分机3015", "好的"):
        marks = of(plants, model(plants, vase={"decision": "takeover", "reason": "safety", "own": text}))
        assert row(marks, "vase.text").points == 0, text


def test_the_screen_has_no_key() -> None:
    for path in FILES:
        exercise = read_any(path)
        assert isinstance(exercise, DraftReview)
        shown = json.dumps(KIND.screen(exercise), ensure_ascii=False)
        for draft in exercise.drafts:
            assert draft.why not in shown
            assert all(text not in shown for text in draft.instead.values())
            assert not draft.model or draft.model not in shown


def test_broken_answers_earn_nothing_and_crash_nothing(plants: DraftReview) -> None:
    for value in (
        {"drafts": {"nobody": {"decision": "accept"}}},
        {"drafts": {"leaf": {"decision": "burn"}}},
        {"drafts": {"leaf": {"words": 99}}},
        {"drafts": {"leaf": {"words": -1}}},
        {"drafts": {"leaf": {"edit": 5}}},
        {"drafts": []},
        {"draft": {}},
    ):
        marks = of(plants, value)
        assert (marks.score, marks.refusal) == (0.0, "unreadable"), value
    assert load('{"drafts":{"leaf":{}}}', plants) == {}
    assert mark("", plants).refusal == "empty"
