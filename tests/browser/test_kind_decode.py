"""Decoding emotions in a real JupyterLab: clauses picked by mouse and key, choices, a first sentence, check, reload."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m4-decode-under-the-anger"
OPENING = "药四点十分前送到您手里。妈妈只剩一针，您着急是应该的。"
READY = ".cs-kind-decode .cs-state[data-state=saved]"


def saved(notebook: Any, wanted: dict[str, Any]) -> str:
    """The text in the answer file, once its first customer's part is `wanted`."""
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        if json.loads(text or "{}").get("read", {}).get("insulin") == wanted:
            return str(text)
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never held {wanted}; holds {text}")


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


def test_read_written_checked_and_kept(open_notebook: Callable[..., Any]) -> None:
    notebook = open_notebook(f'from csworkshop import studio\nstudio("{EXERCISE}")', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    answer(page)
    text = saved(notebook, {"words": [2, 4], "emotion": "anxiety", "action": "anxiety", "opening": OPENING})
    page.locator(".cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")
    points = mark(text, load_any(EXERCISE)).points(100)
    assert float(page.locator(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.06)
    first = page.locator(".cs-decode-one").first
    assert first.locator(".cs-decode-phrase.cs-earned").count() == 2
    assert first.locator(".cs-right-one").count() == 2

    page.locator("[data-lang=en]").click()
    assert first.locator(".cs-decode-row label").all_inner_texts()[1] == "Anxiety"
    notebook.run()
    page.wait_for_selector(READY, state="attached")
    page.wait_for_function("text => document.querySelector('.cs-decode textarea')?.value === text", arg=OPENING)
    assert page.locator(".cs-decode-phrase[aria-checked=true]").count() == 2


def test_a_graded_one_shows_no_marks_and_is_marked_the_same(open_notebook: Callable[..., Any]) -> None:
    notebook = open_notebook(f'from csworkshop import studio\nex = studio("{EXERCISE}", points=9)\nex', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    answer(page)
    text = saved(notebook, {"words": [2, 4], "emotion": "anxiety", "action": "anxiety", "opening": OPENING})
    assert page.locator(".cs-primary").is_hidden() and page.locator(".cs-side .cs-row").count() == 0
    marks = mark(text, load_any(EXERCISE))
    assert marks.points(9) == pytest.approx(9 * 11 / 18, abs=0.02)  # all of the first customer's, none of the second's
