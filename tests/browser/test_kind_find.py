"""Finding flaws in a real JupyterLab: words by mouse and by keyboard, a name for each, check, reload, graded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m4-find-cold-night"
CELL = f'from csworkshop import studio\nstudio("{EXERCISE}")'
READY = ".cs-kind-find .cs-state[data-state=saved]"


def saved(notebook: Any, number: int) -> list[dict[str, Any]]:
    """The marks in the answer file, once there are so many."""
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        found: list[dict[str, Any]] = json.loads(text or "{}").get("marks", [])
        if len(found) == number:
            return found
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never held {number} marks")


def test_words_are_marked_named_checked_and_kept(open_notebook: Callable[..., Any]) -> None:
    exercise: Any = load_any(EXERCISE)
    notebook = open_notebook(CELL, studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
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
    (first,) = saved(notebook, 1)
    assert exercise.reply[first["start"] : first["end"]] == "冷静一下" and first["item"] == "rude"
    assert page.locator(".cs-find-tag").first.inner_text() == "1 顶撞讽刺"

    # By keyboard alone: to the end of the text, two words back, and Enter to the names.
    page.locator(".cs-find-text").focus()
    for key in ("End", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    name("过度承诺").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.classList.contains('cs-find-text')")
    marks = saved(notebook, 2)
    assert {m["item"] for m in marks} == {"rude", "overpromise"}

    page.locator(".cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")
    text = notebook.answers()[EXERCISE]["text"]
    points = mark(text, exercise).points(100)
    assert float(page.locator(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.06)
    verdicts = page.locator(".cs-find-verdict").all_inner_texts()
    assert verdicts == ["对", "错怪"]
    assert page.locator(".cs-find-word.cs-earned").count() == 2

    # Another run of the cell: the same marks are there; one is removed by its button.
    notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-find-made li').length === 2")
    page.locator(".cs-find-made button").nth(1).click()
    assert [m["item"] for m in saved(notebook, 1)] == ["rude"]


def test_a_graded_one_shows_no_marks_and_is_marked_the_same(open_notebook: Callable[..., Any]) -> None:
    notebook = open_notebook(f'from csworkshop import studio\nex = studio("{EXERCISE}", points=6)\nex', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    emoji = page.locator(".cs-find-word", has_text="😭")
    emoji.first.click()
    emoji.last.click(modifiers=["Shift"])
    page.locator(".cs-find-name", has_text="标点表情失当").click()
    (made,) = saved(notebook, 1)
    exercise: Any = load_any(EXERCISE)
    assert exercise.reply[made["start"] : made["end"]] == "😭😭😭"  # code points, though a browser counts six
    assert page.locator(".cs-primary").is_hidden() and page.locator(".cs-side .cs-row").count() == 0
    assert mark(notebook.answers()[EXERCISE]["text"], exercise).points(6) == pytest.approx(1, abs=0.01)
