"""One message in three styles in a real JupyterLab: marked while it is written, kept over a new run, graded alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.kinds.styles import Styles
from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m2-styles-fresh-milk"
CELL = f'from csworkshop import studio\nstudio("{EXERCISE}")'
READY = ".cs-kind-styles .cs-state[data-state=saved]"


def saved(notebook: Any, wanted: dict[str, str]) -> str:
    """The answer as saved, once it holds these texts."""
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        if json.loads(text or "{}").get("texts", {}) == wanted:
            return str(text)
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never held {wanted}")


def test_three_texts_are_marked_as_they_are_written(open_notebook: Callable[..., Any]) -> None:
    exercise = load_any(EXERCISE)
    assert isinstance(exercise, Styles)
    notebook = open_notebook(CELL, studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    areas = page.locator(".cs-styles .cs-text")
    models = {v.id: v.model for v in exercise.voices}

    areas.nth(0).click()
    page.keyboard.insert_text(models["young"])
    saved(notebook, {"young": models["young"]})
    found = page.locator(".cs-styles-one").nth(0).locator(".cs-found li.cs-earned")
    found.filter(has_text="说到心上").wait_for()
    assert page.locator(".cs-styles-one").nth(1).locator(".cs-found li").count() == 0  # nothing written: nothing found
    assert page.locator(".cs-styles .cs-length").nth(0).inner_text() == f"{len(models['young'])} 字"

    # On by keyboard: Tab leads from one text to the next.
    page.keyboard.press("Tab")
    page.keyboard.insert_text(models["granny"] + "哟～")
    areas.nth(2).fill(models["angry"])
    text = saved(notebook, models | {"granny": models["granny"] + "哟～"})
    page.locator(".cs-styles-one").nth(1).locator(".cs-found li.cs-fault").first.wait_for()
    marks = mark(text, exercise)
    ring = f"r => Math.abs(parseFloat(r.getAttribute('aria-valuenow')) - {marks.points(100)}) < 0.06"
    page.wait_for_function(f"() => ({ring})(document.querySelector('.cs-ring'))")
    assert page.locator(".cs-primary").is_hidden()  # marks come by themselves

    notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-styles .cs-text')[2]?.value.length > 20")
    assert areas.nth(0).input_value() == models["young"]
    page.locator('.cs-toggle [data-lang="en"]').click()
    page.get_by_text("To: Grandmother on the phone").wait_for()
    assert page.locator(".cs-styles .cs-length").nth(0).inner_text().startswith(str(len(models["young"])))

    graded = open_notebook(CELL.replace(")", ", points=6)"), studios=0)
    graded.page.wait_for_selector(READY, state="attached")
    graded.page.locator(".cs-styles .cs-text").nth(0).fill(models["young"])
    (one,) = json.loads(saved(graded, {"young": models["young"]}))
    points = mark(json.dumps({one: {"young": models["young"]}}), exercise).points(6)
    graded.page.wait_for_function(f"() => document.querySelector('.cs-ring').getAttribute('aria-valuenow') == {points}")
    assert points == pytest.approx(graded.page.evaluate("() => +document.querySelector('.cs-number').textContent"))
