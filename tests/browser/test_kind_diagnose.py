"""Diagnosis in a real JupyterLab: checks, a hidden one by search, conclusions; kept, and marked as when graded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

EXERCISE = "m3-dx-login"


def test_layer_by_layer_to_a_conclusion(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page, exercise = board.page, board.exercise
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
    made = board.answer(lambda a: a.get("message") == exercise.message)
    assert made["log"] == ["phone", "course", "app", "wording", "since", "oldway", "wechat"]
    assert set(made["evidence"]) == set(exercise.proof)

    assert board.check() == 100

    board.notebook.run()
    page.wait_for_function("() => document.querySelectorAll('.cs-check-row').length === 7")
    assert page.locator(".cs-check textarea").input_value() == exercise.message
    assert page.locator(".cs-check input[type=checkbox]:checked").count() == 3


def test_a_graded_one_runs_its_world_and_shows_no_marks(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE, points=5)
    page = board.page
    page.locator("[data-check=idcard]").click()
    page.locator(".cs-check-row", has_text="不给").wait_for()
    board.answer(lambda a: a.get("log") == ["idcard"])
    assert board.shows_no_marks()
