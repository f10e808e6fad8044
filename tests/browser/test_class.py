"""A class in one room, in a real browser: join, vote, be seen on the dashboard; the tree hole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csworkshop.classroom.board import Board
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class


@pytest.fixture
def klass(tmp_path: Path) -> Class:
    return Class.create(tmp_path / "class", "一班")


def _cell(klass: Class, tmp_path: Path, code: str) -> str:
    return (
        f"import os\nos.environ['CSWORKSHOP_PRIVATE'] = {str(tmp_path / 'private')!r}\n"
        f"from csworkshop import *\n{code.format(folder=repr(str(klass.folder)))}"
    )


def test_a_vote_reaches_the_dashboard(klass: Class, tmp_path: Path, open_notebook: Callable[..., Any]) -> None:
    stage = Stage(klass)
    stage.start("第二课", "m2-vague-delivery")
    stage.ask("先写什么？", ["时间", "共情<b>粗</b>"])
    trainee = open_notebook(_cell(klass, tmp_path, "class_panel({folder})"), studios=0).page
    trainee.locator(".cs-join .cs-query").fill("小周")
    trainee.locator(".cs-join .cs-primary").click()
    option = trainee.locator("button.cs-ballot-option").nth(1)
    option.click()
    trainee.locator('button.cs-ballot-option[aria-pressed="true"]').wait_for()
    assert trainee.locator(".cs-ballot b").count() == 0, "what the instructor typed is text"
    teacher = open_notebook(_cell(klass, tmp_path, "dashboard({folder})"), studios=0).page
    teacher.locator(".cs-votes", has_text="1 票").wait_for()
    assert teacher.locator(".cs-seat").count() == 1
    assert "小周" not in teacher.locator(".cs-dashboard").inner_text()
    teacher.get_by_role("button", name="显示昵称").click()
    teacher.locator(".cs-seat", has_text="小周").wait_for()
    teacher.locator(".cs-tools summary").click()
    teacher.locator(".cs-tool input[maxlength='200']").first.fill("看第二条提示")
    teacher.get_by_role("button", name="发给全班").nth(1).click()
    trainee.locator(".cs-nudge", has_text="看第二条提示").wait_for()


def test_the_tree_hole_warns_posts_and_is_answered(
    klass: Class, tmp_path: Path, open_notebook: Callable[..., Any]
) -> None:
    page = open_notebook(_cell(klass, tmp_path, "tree_hole({folder})"), studios=0).page
    field = page.locator(".cs-writer textarea").first
    field.fill("客户李建国打13812345678来骂我<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="说出来").click()
    page.locator(".cs-cautions li", has_text="13812345678").wait_for()
    assert Board(klass.folder).view().posts == ()
    field.fill("今天被骂了二十分钟<img src=x onerror=alert(1)>，手还在抖。")
    page.get_by_role("button", name="说出来").click()
    post = page.locator(".cs-posts .cs-post", has_text="手还在抖")
    post.wait_for()
    assert post.locator("img").count() == 0
    assert field.input_value() == ""
    post.get_by_role("button", name="回应").first.click()
    post.locator("textarea").fill("先喝口水，这不是冲你来的。")
    post.get_by_role("button", name="回应").last.click()
    post.locator(".cs-answer", has_text="先喝口水").wait_for()
    assert [len(p.answers) for p in Board(klass.folder).view().posts] == [1]


def test_without_a_class_the_tree_hole_waits_for_one(tmp_path: Path, open_notebook: Callable[..., Any]) -> None:
    code = f"import os\nos.environ['CSWORKSHOP_PRIVATE'] = {str(tmp_path / 'private')!r}\nfrom csworkshop import *\n"
    page = open_notebook(code + f"tree_hole({str(tmp_path / 'later')!r})", studios=0).page
    page.locator(".cs-notice", has_text="还没有班级").wait_for()
    assert not page.locator(".cs-writer textarea").first.is_visible(), "nothing to fill in that would get lost"
    Class.create(tmp_path / "later", "一班")
    page.locator(".cs-writer textarea").first.wait_for(state="visible")
    assert not page.locator(".cs-notice", has_text="还没有班级").is_visible()
