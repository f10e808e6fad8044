"""The ticket desk in a real JupyterLab: open, look, reply, hand over; time by button and by itself; kept and marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

EXERCISE = "m5-desk-concert-refund"
FIRST = "演出取消两周，760元还没回来，换谁都会着急。订单YY-30217我正在查，今天10点半前我给您说清楚。"
NOTE = "订单YY-30217，760元，退款5月8日已提交，满两周未到账。请查这笔在通道侧的流水和退回原因，今天上午给我结果。"


def log(board: Any, length: int) -> list[dict[str, Any]]:
    """The log in the answer file, once it has so many steps."""
    found: list[dict[str, Any]] = board.answer(lambda a: len(a.get("log", [])) == length)["log"]
    return found


def test_a_ticket_is_worked_by_button_and_by_clock(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page = board.page
    time = page.locator(".cs-desk-time strong")
    feed = page.locator(".cs-desk-entry")
    assert time.inner_text() == "09:10"

    page.locator("label.cs-option", has_text="退款未到账").click()
    page.locator("label.cs-option", has_text="优先（当天给结果）").click()
    page.locator("label.cs-option", has_text="订单与退款单截图").click()
    page.locator(".cs-desk-panel .cs-desk-go").click()
    (opened,) = log(board, 1)
    assert (opened["type"], opened["priority"], opened["evidence"]) == ("refund", "high", ["refundno"])

    # By keyboard: the tab to the left of replying is looking up.
    page.locator("[data-step=say]").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("() => document.activeElement.dataset.step") == "look"
    page.locator("[data-place=order]").click()
    feed.filter(has_text="状态：已提交").wait_for()
    page.locator("[data-step=say]").click()
    page.locator(".cs-desk-panel textarea").fill(FIRST)
    page.locator(".cs-desk-panel .cs-desk-go").click()
    feed.filter(has_text="今天10点半前").wait_for()
    assert page.locator(".cs-desk-panel textarea").input_value() == ""
    page.locator("[data-step=hand]").click()
    page.locator("label.cs-option", has_text="财务结算组").click()
    page.locator(".cs-desk-panel textarea").fill(NOTE)
    page.locator(".cs-desk-panel .cs-desk-go").click()
    assert [a["do"] for a in log(board, 4)] == ["open", "look", "say", "hand"]

    # Time: to the next thing that happens, then by itself for some seconds.
    page.get_by_role("button", name="等到下一件事").click()
    feed.filter(has_text="财务结算组：查到了").wait_for()
    before = time.inner_text()
    page.get_by_role("button", name="走时").click()
    page.wait_for_function("before => document.querySelector('.cs-desk-time strong').textContent > before", arg=before)
    page.get_by_role("button", name="停表").click()
    page.locator("[data-step=say]").click()
    page.locator(".cs-desk-panel textarea").fill("还没有发出去的话")  # kept as it is being written

    board.check()

    shown = time.inner_text()
    board.notebook.run()
    page.wait_for_function("n => document.querySelectorAll('.cs-desk-entry').length === n", arg=4)
    page.wait_for_function("t => document.querySelector('.cs-desk-time strong').textContent === t", arg=shown)
    page.wait_for_function("() => document.querySelector('.cs-desk-panel textarea')?.value === '还没有发出去的话'")
