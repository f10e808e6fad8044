"""What was typed is kept: reloads, dead kernels, lost messages, a second tab, a disk that says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import GOOD, TIME

Open = Callable[..., Any]


def test_reload_and_restarted_kernel_find_the_answer(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type(GOOD)
    studio.saved(notebook, GOOD)
    notebook.run("docmanager:save")
    notebook.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    notebook.reload()
    studio.find(".cs-area:not([readonly])").wait_for()
    assert studio.value() == GOOD
    studio.marks_become_those_of(GOOD)
    notebook.restart_kernel()
    studio.notices.get_by_text("请重新运行本单元").wait_for()  # at once, not only when typing
    notebook.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    notebook.run_all()
    assert studio.value() == GOOD
    studio.type("再见")
    studio.saved(notebook, f"{GOOD}再见")


def test_dead_kernel_is_told_and_the_words_come_back(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("存好的，")
    studio.saved(notebook, "存好的，")
    notebook.kill_kernel()
    studio.area.focus()
    notebook.page.keyboard.insert_text("没来得及存的")
    studio.notices.get_by_text("未保存").wait_for()
    assert studio.state.inner_text() == "未保存"
    notebook.dismiss_dialog()
    studio.type("，还在写")  # typing goes on
    words = "存好的，没来得及存的，还在写"
    assert studio.value() == words
    assert notebook.answers()["m2-vague-delivery"]["text"] == "存好的，"
    notebook.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    notebook.run_all()
    studio.notices.get_by_text("找回").wait_for()
    assert studio.value() == words
    studio.saved(notebook, words)
    notebook.page.wait_for_function("() => !Object.keys(localStorage).some(k => k.startsWith('csworkshop:'))")


def _leave_draft(notebook: Any, text: str, underway: list[str]) -> None:
    """A draft as an earlier page leaves it behind that knew of nothing saved."""
    script = """({ folder, ...draft }) => {
        const server = location.pathname.replace(/\\/lab.*$/, '');
        localStorage.setItem(`csworkshop:${server}:${folder}#m2-vague-delivery:old`, JSON.stringify(draft));
    }"""
    draft = {"text": text, "revision": 0, "underway": underway, "at": 1}
    notebook.evaluate(script, {"folder": str(notebook.folder.resolve()), **draft})


def test_older_unsaved_words_are_offered_not_forced(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("一开始的")
    studio.saved(notebook, "一开始的")
    _leave_draft(notebook, "掉线时写的", [])
    notebook.run_all()
    studio.notices.get_by_text("掉线时写的").wait_for()
    assert studio.value() == "一开始的"
    studio.notices.get_by_role("button").first.click()
    studio.saved(notebook, "掉线时写的")
    assert [v["text"] for v in notebook.answers()["m2-vague-delivery"]["history"]] == ["一开始的"]


def test_words_after_a_save_whose_answer_got_lost_come_back_by_themselves(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("一开始的")
    studio.saved(notebook, "一开始的")
    _leave_draft(notebook, "一开始的，接着写的", ["一开始的"])
    notebook.run_all()
    studio.notices.get_by_text("找回").wait_for()
    studio.saved(notebook, "一开始的，接着写的")


def test_second_tab_sees_and_both_texts_stay(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("一号写的")
    studio.saved(notebook, "一号写的")
    notebook.run("docmanager:save")
    notebook.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    other = notebook.second_tab()
    second = other.studio()
    second.find(".cs-area:not([readonly])").wait_for()
    assert second.value() == "一号写的"
    studio.type("，又写了")
    other.page.wait_for_function("() => document.querySelector('.cs-area').value === '一号写的，又写了'")
    # Now the second one is in the middle of writing when the first saves.
    second.area.click()
    studio.type("，第一个窗口的结尾")
    second.notices.get_by_text("另一个窗口").wait_for()
    assert second.value() == "一号写的，又写了"
    second.type("，第二个窗口的结尾")
    second.saved(other, "一号写的，又写了，第二个窗口的结尾")
    history = [v["text"] for v in notebook.answers()["m2-vague-delivery"]["history"] if v["conflict"]]
    assert history == ["一号写的，又写了，第一个窗口的结尾"]
    assert other.errors == []


def test_two_studios_of_one_exercise_in_one_notebook_agree(open_notebook: Open) -> None:
    cell = 'from csworkshop import studio\nstudio("m2-vague-delivery")'
    notebook = open_notebook(cell, cell)
    first, second = notebook.studio(0), notebook.studio(1)
    first.type(GOOD)
    first.saved(notebook, GOOD)
    second.find("mark").filter(has_text=TIME).first.wait_for(state="attached")
    assert second.value() == GOOD


def test_failed_save_is_told_and_made_good(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    file = notebook.folder / "answers.json"
    file.write_text('{"schema": 9}')
    studio.type(GOOD)
    studio.notices.get_by_text("更新版本").wait_for()
    assert studio.state.inner_text() == "未保存"
    studio.wait_for_mark(TIME)  # judged all the same
    studio.type("还在写。")
    assert studio.value() == f"{GOOD}还在写。"
    assert file.read_text() == '{"schema": 9}'
    file.unlink()
    studio.saved(notebook, f"{GOOD}还在写。")  # tried again without another key
    notebook.page.wait_for_function("() => document.querySelector('.cs-state').textContent === '已保存'")
    assert studio.notices.inner_text() == ""


def test_ghost_without_a_kernel_takes_no_words(open_notebook: Open) -> None:
    """The picture of a widget that no kernel knows (saved widget state) says so and can't swallow typing."""
    notebook = open_notebook(STUDIO_WITHOUT_EARS, studios=0)
    studio = notebook.studio()
    studio.notices.get_by_text("请重新运行本单元").wait_for()
    studio.area.click()
    notebook.page.keyboard.type("abc")
    assert studio.value() == ""


STUDIO_WITHOUT_EARS = """from csworkshop import studio
ghost = studio("m2-vague-delivery")
ghost.on_msg(ghost._receive, remove=True)
ghost"""
