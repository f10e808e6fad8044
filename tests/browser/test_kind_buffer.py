"""The buffer in a real JupyterLab: the clock runs from the customer's words, early answers are noted, rounds repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csworkshop.exercises.kinds.buffer import PAUSE_MS
from csworkshop.exercises.marking import mark

EXERCISE = "m4-buffer-registration"
START = ".cs-buffer-wait:visible .cs-button"
ROUND = ".cs-buffer-round:visible"


def answer(board: Any, done: int) -> dict[str, Any]:
    """The answer as saved, once so many rounds of it are finished."""

    def holds(found: dict[str, Any]) -> bool:
        return sum(r.get("done", False) for r in found.get("rounds", {}).values()) == done

    return dict(board.answer(holds))


def test_rounds_are_timed_checked_repeated_and_looked_back_at(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page, exercise = board.page, board.exercise
    assert page.locator(".cs-buffer-says:visible").count() == 0  # nothing is shouted before one is ready

    # Too early: the first key of the sentence is what is timed, by mouse and keyboard alike.
    page.locator(START).click()
    assert page.locator(ROUND).locator(".cs-buffer-says").inner_text() == exercise.rounds[0].says
    page.locator(f"{ROUND} .cs-option").nth(0).click()
    page.locator(f"{ROUND} textarea").last.click()
    page.keyboard.type("这")
    page.keyboard.insert_text("五天都没抢上，真让人着急，是我们让您白等了。")
    page.locator(f"{ROUND} .cs-buffer-ends button:visible").first.click()
    first = answer(board, 1)["rounds"]["r1"]
    assert 0 < first["first_ms"] < PAUSE_MS and 0 < first["line_ms"] <= first["first_ms"]
    assert first["reply"].startswith("这五天都没抢上")

    # The same round again, with the pause: the old times are gone.
    page.locator(f"{ROUND} .cs-buffer-ends button:visible").last.click()
    page.locator(f"{ROUND} .cs-option").last.click()
    page.locator(f"{ROUND} textarea").first.fill("她怕孩子烧坏，我先查排队。")
    page.locator(".cs-buffer-breathing.cs-breathed").wait_for()
    page.locator(f"{ROUND} textarea").last.fill("连着五天都没抢上，是我们让您白等了。")
    page.locator(f"{ROUND} .cs-buffer-ends button:visible").first.click()
    second = answer(board, 1)["rounds"]["r1"]
    assert second["first_ms"] >= PAUSE_MS and second["own"].startswith("她怕")

    # Without a clock and without motion the other two rounds are quick.
    page.locator(".cs-buffer-ease input").nth(0).check()
    page.locator(".cs-buffer-ease input").nth(1).check()
    for n in (2, 3):
        page.locator(".cs-buffer-tabs button").nth(n - 1).click()
        page.keyboard.press("Enter")  # the start button has the focus
        page.locator(f"{ROUND} .cs-option").nth(0).click()
        page.locator(f"{ROUND} textarea").last.fill(exercise.rounds[n - 1].model)
        assert page.locator(f"{ROUND} .cs-buffer-says").evaluate("e => getComputedStyle(e).animationName") == "none"
        page.locator(f"{ROUND} .cs-buffer-ends button:visible").first.click()
        answer(board, n)
    page.locator(".cs-buffer-back .cs-option").nth(2).click()

    board.check()
    looked_back = answer(board, 3)
    assert looked_back["back"] == {"hottest": "r3"} and looked_back["untimed"] is True

    board.notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-buffer-tabs .cs-button').length === 3")
    page.wait_for_function("() => document.querySelector('.cs-buffer-tabs')?.textContent.split('✓').length === 4")


def test_a_graded_one_tells_nothing_and_is_marked_the_same(open_board: Callable[..., Any]) -> None:
    graded = open_board(EXERCISE, points=5)
    graded.page.locator(START).click()
    graded.page.locator(f"{ROUND} .cs-option").nth(0).click()
    graded.page.locator(f"{ROUND} textarea").last.fill("连着五天没抢上，真是让人着急，对不起。")
    graded.page.locator(f"{ROUND} .cs-buffer-ends button:visible").first.click()
    answer(graded, 1)
    assert graded.shows_no_marks()
    assert 0 < mark(graded.text(), graded.exercise).points(5) < 5
