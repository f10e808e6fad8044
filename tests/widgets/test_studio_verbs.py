"""The studio's three verbs from code, check, hint and solution, and its language."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import UnknownExercise, load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.text.language import strings
from csworkshop.widgets.studio import ReplyStudio, studio
from tests.widgets.tab import Screen, sent

from .conftest import EVIL, EXERCISE, HONEST

# --- the three verbs ---


def test_check_shows_the_saved_answer_marked(screen: Screen) -> None:
    screen.type(HONEST)
    shown = screen.widget.check()
    assert "致歉担责" in repr(shown) and "这事是我们耽误了" in repr(shown)
    assert "csw-feedback" in shown._repr_html_()


def test_what_a_trainee_typed_is_escaped(screen: Screen) -> None:
    screen.type(EVIL + HONEST)
    for shown in (screen.widget.check(), screen.widget.solution()):
        markup = shown._repr_html_()
        assert "<img" not in markup and "<b>" not in markup and "<script" not in markup
        assert html.escape("<img src=x") in markup


def test_hints_come_one_by_one_and_are_noted(screen: Screen, tmp_path: Path) -> None:
    exercise = load_exercise(EXERCISE)
    for n, hint in enumerate(exercise.hints, 1):
        heard = sent(screen.widget, lambda hint=hint: _assert_in(hint, repr(screen.widget.hint())))
        assert heard[-1] == {"kind": "hints", "hints": list(exercise.hints[:n])}
        assert (AnswerFile(tmp_path).load(EXERCISE) or pytest.fail()).hints == n
    assert "都在这里" in repr(screen.widget.hint())
    assert Screen(studio(EXERCISE, folder=str(tmp_path))).welcome["hints"] == list(exercise.hints)


def _assert_in(part: str, whole: str) -> None:
    assert part in whole


def test_solution_only_after_an_honest_try(screen: Screen, tmp_path: Path) -> None:
    exercise = load_exercise(EXERCISE)
    for text in ("", "您好", exercise.flawed_reply, exercise.model_answer):
        screen.type(text)
        assert exercise.model_answer not in repr(screen.widget.solution())
        [answer] = screen.ask("solution")
        assert not answer["allowed"] and "text" not in answer
    screen.type(HONEST)
    assert exercise.model_answer in repr(screen.widget.solution())
    [answer] = screen.ask("solution")
    assert answer["allowed"] and answer["text"] == exercise.model_answer and answer["marks"]["pieces"]
    assert (AnswerFile(tmp_path).load(EXERCISE) or pytest.fail()).solution_seen
    screen.type("")  # seen is seen
    assert screen.ask("solution")[0]["allowed"]


def test_graded_studio_withholds_the_model_answer_and_counts_points(tmp_path: Path) -> None:
    exercise = load_exercise(EXERCISE)
    widget = studio(EXERCISE, points=8, folder=str(tmp_path))
    screen = Screen(widget)
    screen.type(HONEST)
    [answer] = screen.ask("solution")
    assert not answer["allowed"] and "批改" in answer["why"]["zh"]
    assert exercise.model_answer not in repr(widget.solution())
    marks = mark(HONEST, exercise)
    assert screen.result["marks"]["points"] == marks.points(8)
    assert f"{marks.points(8):g} / 8" in repr(widget.check())
    assert widget.content["maximum"] == 8 and widget.content["graded"]
    assert sum(row["possible"] for row in widget.content["card"] if row["group"] == "techniques") == pytest.approx(
        8, abs=0.05
    )


def test_nothing_synced_gives_the_answer_away(screen: Screen) -> None:
    exercise = load_exercise(EXERCISE)
    state = json.dumps(screen.widget.get_state(), ensure_ascii=False) + json.dumps(screen.welcome, ensure_ascii=False)
    assert exercise.model_answer not in state
    assert not any(hint in state for hint in exercise.hints)


# --- language and the rest ---


def test_language_is_the_environments_unless_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSWORKSHOP_LANG", "en")
    assert studio(EXERCISE, folder=str(tmp_path)).lang == "en"
    assert studio(EXERCISE, lang="zh", folder=str(tmp_path)).lang == "zh"


def test_language_toggled_on_the_screen_is_spoken_by_the_verbs(screen: Screen) -> None:
    screen.type(HONEST)
    screen.widget.set_state({"lang": "en"})  # as the browser does
    assert "Score" in repr(screen.widget.check()) and "得分" not in repr(screen.widget.check())
    assert "Hint 1/" in repr(screen.widget.hint())


def test_every_string_is_there_in_both_languages(widget: ReplyStudio) -> None:
    assert set(widget.words["zh"]) == set(widget.words["en"]) >= set(strings()["studio"])


def test_an_unknown_exercise_names_close_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownExercise, match="m2-vague-delivery"):
        studio("m2-vague-delivry", folder=str(tmp_path))


def test_repr_says_what_to_do_where_no_widget_can_be_shown(widget: ReplyStudio) -> None:
    assert "请重新运行本单元" in repr(widget)
