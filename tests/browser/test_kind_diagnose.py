"""Diagnosis in a real JupyterLab: checks, a hidden one by search, conclusions; kept, and marked as when graded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m3-dx-login"
READY = ".cs-kind-diagnose .cs-state[data-state=saved]"


def answer(notebook: Any, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the answer file holds, once it is as wanted."""
    for _ in range(200):
        file = notebook.folder / "answers.json"
        text = notebook.answers().get(EXERCISE, {}).get("text", "") if file.exists() else ""
        found: dict[str, Any] = json.loads(text or "{}")
        if ready(found):
            return found
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"never ready: {found}")


def test_layer_by_layer_to_a_conclusion(open_notebook: Callable[..., Any]) -> None:
    exercise: Any = load_any(EXERCISE)
    notebook = open_notebook(f'from csworkshop import studio\nstudio("{EXERCISE}")', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    rows = page.locator(".cs-check-row")

    page.locator("[data-check=phone]").click()
    rows.nth(0).wait_for()
    assert "尾号3306" in rows.nth(0).inner_text()
    assert page.locator("[data-check=course]").count() == 0  # stands in no menu
    page.locator(".cs-check-query").fill("约课")
    page.keyboard.press("Enter")
    page.locator("[data-check=course]").click()
    rows.nth(1).wait_for()
    for n, check in enumerate(["app", "wording", "since", "oldway", "wechat"], 2):
        page.locator(f"[data-check={check}]").focus()
        page.keyboard.press("Enter")
        rows.nth(n).wait_for()
    assert "进去了" in rows.nth(6).inner_text()
    assert page.locator(".cs-check-full").count() == exercise.system.patience - 6  # six were asked of the customer

    page.locator("label.cs-option", has_text="课在微信登录的账号里").click()
    page.locator("label.cs-option", has_text="再把手机号绑到这个账号").click()
    for check in exercise.proof:
        page.locator(f".cs-check input[type=checkbox][value={check}]").check()
    page.locator(".cs-check textarea").fill(exercise.message)
    made = answer(notebook, lambda a: a.get("message") == exercise.message)
    assert made["log"] == ["phone", "course", "app", "wording", "since", "oldway", "wechat"]
    assert set(made["evidence"]) == set(exercise.proof)

    page.locator(".cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")
    points = mark(notebook.answers()[EXERCISE]["text"], exercise).points(100)
    assert points == 100
    assert float(page.locator(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.06)

    notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-check-row').length === 7")
    assert page.locator(".cs-check textarea").input_value() == exercise.message
    assert page.locator(".cs-check input[type=checkbox]:checked").count() == 3


def test_a_graded_one_runs_its_world_and_shows_no_marks(open_notebook: Callable[..., Any]) -> None:
    notebook = open_notebook(f'from csworkshop import studio\nstudio("{EXERCISE}", points=5)', studios=0)
    page = notebook.page
    page.wait_for_selector(READY, state="attached")
    page.locator("[data-check=idcard]").click()
    page.locator(".cs-check-row", has_text="不给").wait_for()
    answer(notebook, lambda a: a.get("log") == ["idcard"])
    assert page.locator(".cs-primary").is_hidden() and page.locator(".cs-side .cs-row").count() == 0
