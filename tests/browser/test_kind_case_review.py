"""A case review in a real JupyterLab: turns marked by mouse and keyboard, what should have been done, two texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.kinds.case_review import CaseReview
from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m6-review-birthday-cake"
CELL = f'from csworkshop import studio\nstudio("{EXERCISE}")'
READY = ".cs-kind-case_review .cs-state[data-state=saved]"


def saved(notebook: Any, **wanted: Any) -> str:
    """The answer as saved, once these parts are in it."""
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        if json.loads(text or "{}").items() >= wanted.items():
            return str(text)
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never held {wanted}")


def test_turns_are_marked_texts_written_and_checked(open_notebook: Callable[..., Any]) -> None:
    exercise = load_any(EXERCISE)
    assert isinstance(exercise, CaseReview)
    notebook = open_notebook(CELL, studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    turns = page.locator(".cs-review-turn")
    assert turns.count() == len(exercise.turns)

    # By mouse: the second turn was a wrong decision, and this is what should have been done.
    turns.nth(1).locator(".cs-review-mark").click()
    turns.nth(1).locator("[data-name=wrong]").click()
    turns.nth(1).locator("select").select_option("own-first")
    saved(notebook, turns={"2": {"deed": "wrong", "instead": "own-first"}})
    assert "先认下来" in turns.nth(1).locator(".cs-review-tag").inner_text()
    assert turns.nth(0).locator(".cs-review-menu [data-name=good]").count() == 0  # a customer decides nothing of ours

    # By keyboard: Enter opens the marks of the third turn, Enter on the second name marks it; again takes it back.
    turns.nth(2).locator(".cs-review-mark").focus()
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    saved(notebook, turns={"2": {"deed": "wrong", "instead": "own-first"}, "3": {"way": "worse"}})
    page.keyboard.press("Enter")
    saved(notebook, turns={"2": {"deed": "wrong", "instead": "own-first"}})
    page.keyboard.press("Enter")

    texts = page.locator(".cs-review .cs-text")
    texts.nth(0).fill(exercise.keep.model)
    texts.nth(1).fill("加强管理，提高意识，认真对待每一位客户的投诉。")
    text = saved(notebook, keep=exercise.keep.model)
    page.locator(".cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")
    text = notebook.answers()[EXERCISE]["text"]
    points = mark(text, exercise).points(100)
    assert float(page.locator(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.06)
    assert page.locator(".cs-review-tag.cs-earned").count() == 2
    strip = page.locator(".cs-review section").nth(1).locator(".cs-found li.cs-earned")
    assert strip.count() == 1

    notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-review-tag').length === 2")
    assert texts.nth(0).input_value() == exercise.keep.model

    graded = open_notebook(CELL.replace(")", ", points=8)"), studios=0)
    graded.page.wait_for_selector(READY, state="attached")
    graded.page.locator(".cs-review-turn").nth(0).locator(".cs-review-mark").click()
    graded.page.locator(".cs-review-turn").nth(0).locator("[data-name=worse]").click()
    kept = saved(graded, turns={"1": {"way": "worse"}})
    assert (
        graded.page.locator(".cs-primary").is_hidden() and graded.page.locator(".cs-review-tag.cs-fault").count() == 0
    )
    assert mark(kept, exercise).points(8) == 0
