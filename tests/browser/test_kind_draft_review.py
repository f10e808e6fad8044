"""Reviewing drafts in a real JupyterLab: by mouse and keyboard, checked, kept, and graded the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

EXERCISE = "m5-drafts-plants"
OWN = "孩子的手划了，先顾孩子，真对不起，138元今晚8点前退给您。"


def test_drafts_are_dealt_with_checked_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page = board.page
    cards = page.locator(".cs-review-card")
    assert cards.count() == 4

    # By mouse: send the first, edit the second (which starts as the draft).
    cards.nth(0).locator("[data-decision=accept]").click()
    cards.nth(1).locator("[data-decision=personalise]").click()
    edit = cards.nth(1).locator("textarea:visible")
    assert "龟背竹喜欢散射光" in edit.input_value()
    edit.fill(edit.input_value() + "您说天天浇水，问题就在水多了。")

    # By keyboard: take the third over, with reason and words; reject the fourth and point at the sentence.
    page.locator(".cs-review-card:nth-of-type(3) [data-decision=takeover]").focus()
    page.keyboard.press("Enter")
    cards.nth(2).locator("select").select_option("safety")
    cards.nth(2).locator("textarea:visible").fill(OWN)
    cards.nth(3).locator("[data-decision=reject]").click()
    cards.nth(3).locator("select").select_option("facts")
    cards.nth(3).locator(".cs-review-piece").nth(1).focus()
    page.keyboard.press(" ")
    made = board.answer(lambda a: a.get("drafts", {}).get("dead", {}).get("words") == 1)["drafts"]
    assert made["ship"] == {"decision": "accept"} and made["vase"]["own"] == OWN
    assert made["leaf"]["edit"].endswith("水多了。") and made["dead"]["reason"] == "facts"

    board.check()
    assert page.locator(".cs-review-pick.cs-right-one").count() == 4
    assert page.locator(".cs-review-piece.cs-review-hit").count() == 1

    # Another run of the cell: the same is there; another decision keeps what was written for the first.
    board.notebook.run()
    page.wait_for_function("() => document.querySelectorAll('[aria-pressed=true][data-decision]').length === 4")
    cards.nth(2).locator("[data-decision=accept]").click()
    kept = board.answer(lambda a: a["drafts"]["vase"].get("decision") == "accept")["drafts"]
    assert kept["vase"]["own"] == OWN
