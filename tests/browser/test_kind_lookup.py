"""The knowledge base in a real JupyterLab: searched, read, cited, answered, checked, there again after a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.marking import mark
from csworkshop.practice.articles import knowledge

EXERCISE = "m3-lookup-hotel"
SOURCES = ("hotel-late-checkout", "hotel-cancel", "hotel-invoice")
QUERIES = ("金卡 延迟退房", "取消 周六", "发票 拆")
REPLY = """您好，三件事分开说：
1. 明天退房：平时是12:00，您是金卡会员，可以延到14:00，今晚20:00前申请就行，我这就替您提交，半小时内告诉您房态。
想再晚些走，18:00前收半天房费；行李前台免费存。
2. 周六那晚：您订的是可取消房价，17日18:00前取消一分钱不收，全额退，1至3个工作日原路退回；过了这个点收首晚房费。
3. 发票：能拆两张，合计不超过实付，在App“订单—开发票”里分别写抬头，10分钟内发到邮箱，餐费另开。"""


def answer(page: Any) -> None:
    """Search for each of the customer's questions, read an article, use it, and write one reply."""
    for query, source in zip(QUERIES, SOURCES, strict=True):
        page.locator(".cs-query").fill(query)
        page.keyboard.press("Enter")
        title = knowledge()[source].title
        hit = page.locator(".cs-hit").filter(has_text=title).first
        hit.wait_for()
        hit.click()
        page.locator(".cs-article-title", has_text=title).wait_for()
        page.locator(".cs-article .cs-primary").click()
        page.locator(".cs-source", has_text=title).wait_for()
    page.locator(".cs-kind-lookup textarea").click()
    page.keyboard.insert_text(REPLY)


def looked_up(saved: dict[str, Any]) -> bool:
    queries = tuple(event["query"] for event in saved.get("log", []) if "query" in event)
    return queries == QUERIES and tuple(saved["cited"]) == SOURCES and saved.get("text") == REPLY


def test_searched_cited_answered_and_kept(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE)
    page = board.page
    answer(page)
    board.answer(looked_up)
    assert board.check() >= 70

    board.notebook.run()
    board.ready()
    page.wait_for_function("text => document.querySelector('.cs-kind-lookup textarea')?.value === text", arg=REPLY)
    page.wait_for_function("() => document.querySelectorAll('.cs-source').length === 3")
    assert [page.locator(".cs-source").nth(n).inner_text().rstrip(" ×") for n in range(3)] == [
        knowledge()[source].title for source in SOURCES
    ]


def test_a_graded_one_shows_no_marks_and_is_marked_the_same(open_board: Callable[..., Any]) -> None:
    board = open_board(EXERCISE, points=10)
    answer(board.page)
    board.answer(looked_up)
    assert board.shows_no_marks()
    marks = mark(board.text(), board.exercise)
    assert marks.passed and marks.points(10) == pytest.approx(10 * marks.score, abs=0.01)
