"""A notice in a real JupyterLab: heading, text with its room, when and to whom; checked, kept, graded without marks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.kinds.notice import Notice
from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m1-notice-snow-parcels"
CELL = f'from csworkshop import studio\nstudio("{EXERCISE}")'
READY = ".cs-kind-notice .cs-state[data-state=saved]"


def saved(notebook: Any, **wanted: Any) -> str:
    """The answer as saved, once these parts are in it."""
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        if json.loads(text or "{}").items() >= wanted.items():
            return str(text)
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never held {wanted}")


def test_a_notice_is_written_chosen_checked_and_kept(open_notebook: Callable[..., Any]) -> None:
    exercise = load_any(EXERCISE)
    assert isinstance(exercise, Notice)
    notebook = open_notebook(CELL, studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")

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
    text = saved(notebook, text=exercise.model.text, when=["now"], whom=["sender", "all"])

    page.locator(".cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")
    points = mark(text, exercise).points(100)
    assert float(page.locator(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.06)
    assert page.locator(".cs-option.cs-right-one").count() == 1  # when; whom is neither right nor wrong as a whole
    assert page.locator(".cs-found li.cs-earned").count() >= 4

    notebook.run()
    page.wait_for_function("() => document.querySelector('.cs-notice-title')?.value === '您的件改到周五到'")
    assert page.locator("textarea.cs-text").input_value() == exercise.model.text
    assert boxes.nth(2).is_checked() and not boxes.nth(1).is_checked()

    graded = open_notebook(CELL.replace(")", ", points=4)"), studios=0)
    graded.page.wait_for_selector(READY, state="attached")
    graded.page.locator(".cs-option input[type=radio]").nth(1).check()
    kept = saved(graded, when=["now"])
    assert graded.page.locator(".cs-primary").is_hidden() and graded.page.locator(".cs-side .cs-row").count() == 0
    assert mark(kept, exercise).points(4) == pytest.approx(0.48, abs=0.01)
