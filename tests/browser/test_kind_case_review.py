"""A case review in a real JupyterLab: turns marked by mouse and keyboard, what should have been done, two texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csworkshop.exercises.marking import mark

EXERCISE = "m6-review-birthday-cake"


def test_turns_are_marked_texts_written_and_checked(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page, exercise = board.page, board.exercise
    turns = page.locator(".cs-review-turn")
    assert turns.count() == len(exercise.turns)

    wrong = {"deed": "wrong", "instead": "own-first"}

    # By mouse: the second turn was a wrong decision, and this is what should have been done.
    turns.nth(1).locator(".cs-review-mark").click()
    turns.nth(1).locator("[data-name=wrong]").click()
    turns.nth(1).locator("select").select_option("own-first")
    board.answer(lambda a: a.get("turns") == {"2": wrong})
    assert "先认下来" in turns.nth(1).locator(".cs-review-tag").inner_text()
    assert turns.nth(0).locator(".cs-review-menu [data-name=good]").count() == 0  # a customer decides nothing of ours

    # By keyboard: Enter opens the marks of the third turn, Enter on the second name marks it; again takes it back.
    turns.nth(2).locator(".cs-review-mark").focus()
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    board.answer(lambda a: a.get("turns") == {"2": wrong, "3": {"way": "worse"}})
    page.keyboard.press("Enter")
    board.answer(lambda a: a.get("turns") == {"2": wrong})
    page.keyboard.press("Enter")

    texts = page.locator(".cs-review .cs-text")
    texts.nth(0).fill(exercise.keep.model)
    texts.nth(1).fill("加强管理，提高意识，认真对待每一位客户的投诉。")
    board.answer(lambda a: a.get("keep") == exercise.keep.model)
    board.check()
    assert page.locator(".cs-review-tag.cs-earned").count() == 2
    strip = page.locator(".cs-review section").nth(1).locator(".cs-found li.cs-earned")
    assert strip.count() == 1

    board.notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-review-tag').length === 2")
    assert texts.nth(0).input_value() == exercise.keep.model

    graded = open_board(EXERCISE, points=8)
    graded.page.locator(".cs-review-turn").nth(0).locator(".cs-review-mark").click()
    graded.page.locator(".cs-review-turn").nth(0).locator("[data-name=worse]").click()
    graded.answer(lambda a: a.get("turns") == {"1": {"way": "worse"}})
    assert (
        graded.page.locator(".cs-primary").is_hidden() and graded.page.locator(".cs-review-tag.cs-fault").count() == 0
    )
    assert mark(graded.text(), exercise).points(8) == 0
