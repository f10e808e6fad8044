"""Decoding emotions in a real JupyterLab: clauses picked by mouse and key, choices, a first sentence, check, reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.marking import mark

EXERCISE = "m4-decode-under-the-anger"
OPENING = "药四点十分前送到您手里。妈妈只剩一针，您着急是应该的。"
READ = {"words": [2, 4], "emotion": "anxiety", "action": "anxiety", "opening": OPENING}


def answer(page: Any) -> None:
    """The first customer, by mouse and by keyboard."""
    first = page.locator(".cs-decode-one").first
    phrases = first.locator(".cs-decode-phrase")
    phrases.filter(has_text="现在三点半了").click()
    phrases.filter(has_text="最后一针").focus()
    page.keyboard.press("Space")
    first.locator("input[value=anger]").first.check()
    first.locator("input[value=anxiety]").first.focus()
    page.keyboard.press("Space")
    first.locator("input[value=anxiety]").last.check()
    first.locator("textarea").click()
    page.keyboard.insert_text(OPENING)


def test_read_written_checked_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page = board.page
    answer(page)
    board.answer(lambda a: a.get("read", {}).get("insulin") == READ)
    board.check()
    first = page.locator(".cs-decode-one").first
    assert first.locator(".cs-decode-phrase.cs-earned").count() == 2
    assert first.locator(".cs-right-one").count() == 2

    page.locator("[data-lang=en]").click()
    assert first.locator(".cs-decode-row label").all_inner_texts()[1] == "Anxiety"
    board.notebook.run()
    board.ready()
    page.wait_for_function("text => document.querySelector('.cs-decode textarea')?.value === text", arg=OPENING)
    assert page.locator(".cs-decode-phrase[aria-checked=true]").count() == 2


def test_a_graded_one_shows_no_marks_and_is_marked_the_same(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE, points=9)
    page = board.page
    answer(page)
    board.answer(lambda a: a.get("read", {}).get("insulin") == READ)
    assert board.shows_no_marks()
    marks = mark(board.text(), board.exercise)
    assert marks.points(9) == pytest.approx(9 * 11 / 18, abs=0.02)  # all of the first customer's, none of the second's
