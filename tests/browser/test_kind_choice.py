"""Multiple choice in a real JupyterLab: ticked by mouse and key, checked, looked at again after a restart, graded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.marking import mark

EXERCISE = "m2-three-dont-three-ask"
CHOSEN = {"presume": ["presume"], "defend": ["sorry"], "facts": ["when", "addr"], "playback": ["full"]}  # one is wrong


def answer(page: Any) -> None:
    """Tick by mouse and, in the last question, by keyboard."""
    board = page.locator(".cs-kind-choice")
    for name in ("presume", "sorry", "when", "addr"):
        board.locator(f"input[value={name}]").check()
    board.locator("input[value=full]").focus()
    page.keyboard.press("Space")


def test_ticked_checked_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page = board.page
    answer(page)
    board.answer(lambda a: a.get("chosen") == CHOSEN)
    assert 0 < board.check() < 100
    assert page.locator(".cs-kind-choice .cs-right-one").count() == 4
    assert page.locator(".cs-kind-choice .cs-wrong-one").count() == 1
    assert "让您白等了四十分钟" in page.locator(".cs-side").inner_text()

    board.notebook.run()
    board.ready()
    page.wait_for_function("() => document.querySelectorAll('.cs-kind-choice input:checked').length === 5")
    assert page.locator(".cs-kind-choice input[value=sorry]").is_checked()


def test_a_graded_one_shows_no_marks_and_is_marked_the_same(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE, points=8)
    answer(board.page)
    board.answer(lambda a: a.get("chosen") == CHOSEN)
    assert board.shows_no_marks()
    assert mark(board.text(), board.exercise).points(8) == pytest.approx(6)
