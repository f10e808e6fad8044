"""Finding flaws in a real JupyterLab: words by mouse and by keyboard, a name for each, check, reload, graded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.marking import mark

EXERCISE = "m4-find-cold-night"


def saved(board: Any, number: int) -> list[dict[str, Any]]:
    """The marks in the answer file, once there are so many."""
    found: list[dict[str, Any]] = board.answer(lambda a: len(a.get("marks", [])) == number)["marks"]
    return found


def test_words_are_marked_named_checked_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page, exercise = board.page, board.exercise
    words = page.locator(".cs-find-word")
    texts = words.all_inner_texts()

    def word(text: str) -> Any:
        return words.nth(next(n for n, w in enumerate(texts) if w == text))

    def name(text: str) -> Any:
        return page.locator(".cs-find-name").filter(has=page.locator("strong", has_text=text))

    # By mouse: drag from one word to another, then name the fault.
    start, end = word("冷静").bounding_box(), word("一下").bounding_box()
    page.mouse.move(start["x"] + 3, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] - 3, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()
    assert page.locator(".cs-find-chosen q").inner_text() == "冷静一下"
    name("顶撞讽刺").click()
    (first,) = saved(board, 1)
    assert exercise.reply[first["start"] : first["end"]] == "冷静一下" and first["item"] == "rude"
    assert page.locator(".cs-find-tag").first.inner_text() == "1 顶撞讽刺"

    # By keyboard alone: to the end of the text, two words back, and Enter to the names.
    page.locator(".cs-find-text").focus()
    for key in ("End", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    name("过度承诺").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.classList.contains('cs-find-text')")
    marks = saved(board, 2)
    assert {m["item"] for m in marks} == {"rude", "overpromise"}

    board.check()
    verdicts = page.locator(".cs-find-verdict").all_inner_texts()
    assert verdicts == ["对", "错怪"]
    assert page.locator(".cs-find-word.cs-earned").count() == 2

    # Another run of the cell: the same marks are there; one is removed by its button.
    board.notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-find-made li').length === 2")
    page.locator(".cs-find-made button").nth(1).click()
    assert [m["item"] for m in saved(board, 1)] == ["rude"]


def test_a_graded_one_shows_no_marks_and_is_marked_the_same(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE, points=6)
    page = board.page
    emoji = page.locator(".cs-find-word", has_text="😭")
    emoji.first.click()
    emoji.last.click(modifiers=["Shift"])
    page.locator(".cs-find-name", has_text="标点表情失当").click()
    (made,) = saved(board, 1)
    exercise = board.exercise
    assert exercise.reply[made["start"] : made["end"]] == "😭😭😭"  # code points, though a browser counts six
    assert board.shows_no_marks()
    assert mark(board.text(), exercise).points(6) == pytest.approx(1, abs=0.01)
