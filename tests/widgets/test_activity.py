"""Activities on the screen: saved at every change, marked when asked, nothing given away, attempts in the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from csworkshop.exercises.activity import dump
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.kinds import kind_names, kind_of
from csworkshop.exercises.library import exercise_files, load_any, read_any
from csworkshop.exercises.marking import mark
from csworkshop.progress.records import Log
from csworkshop.widgets.activity import ActivityWidget
from csworkshop.widgets.studio import studio
from tests.widgets.tab import Screen

EXERCISE = "m2-three-dont-three-ask"
HALF = json.dumps({"chosen": {"presume": ["presume"], "defend": ["sorry"]}})


@pytest.fixture
def widget(tmp_path: Path) -> ActivityWidget:
    found = studio(EXERCISE, lang="zh", folder=str(tmp_path))
    assert isinstance(found, ActivityWidget)
    return found


def test_a_change_is_saved_and_not_marked_before_it_is_asked(widget: ActivityWidget, tmp_path: Path) -> None:
    screen = Screen(widget)
    result, ack = screen.ask("edit", seq=1, text=HALF, revision=0)
    assert (result["kind"], result["marks"]) == ("result", None)
    assert (ack["kind"], ack["state"], ack["revision"]) == ("ack", "saved", 1)
    answer = AnswerFile(tmp_path).load(EXERCISE)
    assert answer is not None and answer.text == HALF


def test_check_shows_what_marking_says_and_is_noted(widget: ActivityWidget, tmp_path: Path) -> None:
    screen = Screen(widget)
    screen.ask("edit", seq=1, text=HALF, revision=0)
    (told,) = screen.ask("check")
    marks = mark(HALF, load_any(EXERCISE))
    assert told["marks"]["score"] == marks.score > 0
    assert [(x["item"], x["state"]) for x in told["marks"]["lines"]] == [(x.item, x.state) for x in marks.lines]
    answer = AnswerFile(tmp_path).load(EXERCISE)
    assert answer is not None and answer.entry["checks"] == 1
    (attempt,) = Log(tmp_path).read().attempts
    assert (attempt.exercise, attempt.kind, attempt.score) == (EXERCISE, "choice", marks.score)


def test_model_answer_only_after_a_check(widget: ActivityWidget) -> None:
    screen = Screen(widget)
    assert screen.ask("solution")[-1]["allowed"] is False
    screen.ask("edit", seq=1, text=HALF, revision=0)
    screen.ask("check")
    found = screen.ask("solution")[-1]
    assert found["allowed"] and found["marks"]["passed"]


def test_a_graded_activity_tells_nothing_before_grading(tmp_path: Path) -> None:
    widget = studio(EXERCISE, points=5, lang="en", folder=str(tmp_path))
    screen = Screen(widget)
    screen.ask("edit", seq=1, text=HALF, revision=0)
    assert screen.ask("check") == []
    assert screen.ask("solution")[-1]["allowed"] is False
    assert "after grading" in repr(widget.check())


@pytest.mark.parametrize(
    "text", ["[1]", "{", '{"chosen": {"presume": ["nobody"]}}', '{"chosen": 5}', "[" * 9000, "NaN"]
)
def test_a_text_that_is_no_answer_earns_nothing(text: str) -> None:
    marks = mark(text, load_any(EXERCISE))
    assert (marks.score, marks.passed, marks.refusal) == (0.0, False, "unreadable")


ACTIVITIES = [path for path in exercise_files() for kind in kind_names() if path in exercise_files(kind=kind)]


@pytest.mark.parametrize("path", ACTIVITIES, ids=lambda p: p.stem)
def test_nothing_that_is_sent_to_the_browser_holds_the_key(path: Path, tmp_path: Path) -> None:
    exercise = read_any(path)
    widget = studio(exercise.id, folder=str(tmp_path))
    answer = kind_of(exercise).model_answer(exercise)  # type: ignore[arg-type]
    shown = json.dumps(widget.content, ensure_ascii=False)
    assert dump(answer) not in shown
    texts = [v for v in answer.values() if isinstance(v, str) and len(v) > 12]
    assert not [t for t in texts if t in shown]
