"""Asking in order in a real JupyterLab: questions typed, put to the customer, moved by keyboard, checked, kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csworkshop.exercises.marking import mark

EXERCISE = "m2-ask-stroller"
ROW = ("毛病出在哪个轮子上？", "推起来怎么个不对劲法，您讲讲？", "您想换个轮子，还是另有打算？", "师傅哪天来您在家？")
EVIL = "哪个轮子松？<img src=x onerror=\"document.title='pwned'\">"


def texts(answer: dict[str, Any]) -> list[str]:
    return [question["text"] for question in answer.get("questions", [])]


def test_asked_answered_moved_checked_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page = board.page
    fields = page.locator(".cs-ask-card:visible textarea")
    page.locator(".cs-ask > .cs-button").click()
    assert fields.count() == 4
    for n, text in enumerate(ROW):
        fields.nth(n).click()
        page.keyboard.insert_text(text)
    fields.nth(0).focus()
    page.keyboard.press("Enter")
    page.get_by_text("我看了，左前轮，一捏就晃。").wait_for()
    page.locator(".cs-ask-ask").nth(1).click()
    page.get_by_text("往左边偏，转弯的时候咯噔咯噔响。").wait_for()

    # The open question belongs first: moved by keyboard, and the answers move along.
    fields.nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    board.answer(lambda a: texts(a) == [ROW[1], ROW[0], *ROW[2:]])
    assert page.evaluate("() => document.activeElement.value") == ROW[1]
    page.wait_for_function("() => document.querySelector('.cs-ask-answer').textContent.includes('往左边偏')")

    board.check()
    assert page.locator(".cs-ask-card.cs-earned").count() == 4

    board.notebook.run()
    board.ready()
    page.wait_for_function("n => document.querySelectorAll('.cs-ask-answer:not([hidden])').length === n", arg=2)
    page.get_by_text("往左边偏，转弯的时候咯噔咯噔响。").wait_for()  # asked again: the file holds no answers
    assert [fields.nth(n).input_value() for n in range(4)] == [ROW[1], ROW[0], *ROW[2:]]


def test_a_graded_one_shows_no_marks_and_runs_nothing(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE, points=5)
    page = board.page
    page.locator(".cs-ask-card textarea").first.click()
    page.keyboard.insert_text(EVIL)
    board.answer(lambda a: texts(a) == [EVIL])
    page.keyboard.press("Enter")
    page.locator(".cs-ask-answer:visible").first.wait_for()
    assert "pwned" not in page.title() and page.locator(".cs-ask img").count() == 0
    assert board.shows_no_marks()
    assert mark(board.text(), board.exercise).points(5) < 3
