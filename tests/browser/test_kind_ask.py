"""Asking in order in a real JupyterLab: questions typed, put to the customer, moved by keyboard, checked, kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m2-ask-stroller"
READY = ".cs-kind-ask .cs-state[data-state=saved]"
ROW = ("毛病出在哪个轮子上？", "推起来怎么个不对劲法，您讲讲？", "您想换个轮子，还是另有打算？", "师傅哪天来您在家？")
EVIL = "哪个轮子松？<img src=x onerror=\"document.title='pwned'\">"


def saved(notebook: Any, *texts: str) -> str:
    """The text in the answer file, once these are its questions."""
    found: list[str] = []
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        found = [q["text"] for q in json.loads(text or "{}").get("questions", [])]
        if found == list(texts):
            return str(text)
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never held {texts}; holds {found}")


def answers(page: Any) -> list[str]:
    return [a for a in page.locator(".cs-ask-answer:visible > span:last-child").all_inner_texts() if a]


def test_asked_answered_moved_checked_and_kept(open_notebook: Callable[..., Any]) -> None:
    notebook = open_notebook(f'from csworkshop import studio\nstudio("{EXERCISE}")', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
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
    text = saved(notebook, ROW[1], ROW[0], *ROW[2:])
    assert page.evaluate("() => document.activeElement.value") == ROW[1]
    page.wait_for_function("() => document.querySelector('.cs-ask-answer').textContent.includes('往左边偏')")

    page.locator(".cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")
    points = mark(text, load_any(EXERCISE)).points(100)
    assert float(page.locator(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.06)
    assert page.locator(".cs-ask-card.cs-earned").count() == 4

    notebook.run()
    page.wait_for_selector(READY, state="attached")
    page.wait_for_function("n => document.querySelectorAll('.cs-ask-answer:not([hidden])').length === n", arg=2)
    page.get_by_text("往左边偏，转弯的时候咯噔咯噔响。").wait_for()  # asked again: the file holds no answers
    assert [fields.nth(n).input_value() for n in range(4)] == [ROW[1], ROW[0], *ROW[2:]]


def test_a_graded_one_shows_no_marks_and_runs_nothing(open_notebook: Callable[..., Any]) -> None:
    notebook = open_notebook(f'from csworkshop import studio\nex = studio("{EXERCISE}", points=5)\nex', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    page.locator(".cs-ask-card textarea").first.click()
    page.keyboard.insert_text(EVIL)
    text = saved(notebook, EVIL)
    page.keyboard.press("Enter")
    page.locator(".cs-ask-answer:visible").first.wait_for()
    assert "pwned" not in page.title() and page.locator(".cs-ask img").count() == 0
    assert page.locator(".cs-primary").is_hidden() and page.locator(".cs-side .cs-row").count() == 0
    assert mark(text, load_any(EXERCISE)).points(5) < 3
