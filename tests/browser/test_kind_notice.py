"""A notice in a real JupyterLab: heading, text with its room, when and to whom; checked, kept, graded without marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.marking import mark

EXERCISE = "m1-notice-snow-parcels"


def test_a_notice_is_written_chosen_checked_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page, exercise = board.page, board.exercise

    page.locator(".cs-notice-title").fill("您的件改到周五到")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(exercise.model.text)
    length = page.locator(".cs-length").nth(1)
    assert length.inner_text() == f"{exercise.size(exercise.model.text)} 字 / {exercise.limit}"
    assert "cs-over-limit" not in (length.get_attribute("class") or "")
    page.keyboard.insert_text("如果还有别的问题，也可以随时在这里留言。")
    assert "cs-over-limit" in (length.get_attribute("class") or "")
    page.locator("textarea.cs-text").fill(exercise.model.text)

    # By keyboard: a radio button by the arrows, a check box by the space bar.
    page.locator(".cs-option input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    boxes = page.locator(".cs-option input[type=checkbox]")
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(2).check()  # everybody: wrong
    made = {"text": exercise.model.text, "when": ["now"], "whom": ["sender", "all"]}
    board.answer(lambda a: a.items() >= made.items())

    board.check()
    assert page.locator(".cs-option.cs-right-one").count() == 2  # when, and the sender: each tick is marked by itself
    assert page.locator(".cs-found li.cs-earned").count() >= 4

    board.notebook.run()
    page.wait_for_function("() => document.querySelector('.cs-notice-title')?.value === '您的件改到周五到'")
    assert page.locator("textarea.cs-text").input_value() == exercise.model.text
    assert boxes.nth(2).is_checked() and not boxes.nth(1).is_checked()

    graded = open_board(EXERCISE, points=4)
    graded.page.locator(".cs-option input[type=radio]").nth(1).check()
    graded.answer(lambda a: a.get("when") == ["now"])
    assert graded.shows_no_marks()
    assert mark(graded.text(), exercise).points(4) == pytest.approx(0.48, abs=0.01)
