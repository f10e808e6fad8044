"""One message in three styles in a real JupyterLab: marked while it is written, kept over a new run, graded alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.marking import mark

EXERCISE = "m2-styles-fresh-milk"


def test_three_texts_are_marked_as_they_are_written(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page, exercise = board.page, board.exercise
    areas = page.locator(".cs-styles .cs-text")
    models = {v.id: v.model for v in exercise.voices}

    areas.nth(0).click()
    page.keyboard.insert_text(models["young"])
    board.answer(lambda a: a.get("texts") == {"young": models["young"]})
    found = page.locator(".cs-styles-one").nth(0).locator(".cs-found li.cs-earned")
    found.filter(has_text="说到心上").wait_for()
    assert page.locator(".cs-styles-one").nth(1).locator(".cs-found li").count() == 0  # nothing written: nothing found
    assert page.locator(".cs-styles .cs-length").nth(0).inner_text() == f"{len(models['young'])} 字"

    # On by keyboard: Tab leads from one text to the next.
    page.keyboard.press("Tab")
    page.keyboard.insert_text(models["granny"] + "哟～")
    areas.nth(2).fill(models["angry"])
    board.answer(lambda a: a.get("texts") == models | {"granny": models["granny"] + "哟～"})
    page.locator(".cs-styles-one").nth(1).locator(".cs-found li.cs-fault").first.wait_for()
    marks = mark(board.text(), exercise)
    ring = f"r => Math.abs(parseFloat(r.getAttribute('aria-valuenow')) - {marks.points(100)}) < 0.06"
    page.wait_for_function(f"() => ({ring})(document.querySelector('.cs-ring'))")
    assert page.locator(".cs-primary").is_hidden()  # marks come by themselves

    board.notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-styles .cs-text')[2]?.value.length > 20")
    assert areas.nth(0).input_value() == models["young"]
    page.locator('.cs-toggle [data-lang="en"]').click()
    page.get_by_text("To: Grandmother on the phone").wait_for()
    assert page.locator(".cs-styles .cs-length").nth(0).inner_text().startswith(str(len(models["young"])))

    graded = open_board(EXERCISE, points=6)
    graded.page.locator(".cs-styles .cs-text").nth(0).fill(models["young"])
    graded.answer(lambda a: a.get("texts") == {"young": models["young"]})
    points = mark(graded.text(), exercise).points(6)
    graded.page.wait_for_function(f"() => document.querySelector('.cs-ring').getAttribute('aria-valuenow') == {points}")
    assert points == pytest.approx(graded.page.evaluate("() => +document.querySelector('.cs-number').textContent"))
