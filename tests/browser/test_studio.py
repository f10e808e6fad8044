"""The reply studio as a trainee meets it: in a real JupyterLab, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.bench.pictures import REPLY
from csworkshop.exercises.feedback import segments
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark

Open = Callable[..., Any]
OWN = "这事是我们耽误了"
TIME = "下午2点20分前送到您家"
GOOD = f"晚上要招呼八位客人，菜却晚了两个多小时，{OWN}。骑手换了车，{TIME}。"


def _expected(text: str) -> list[tuple[str, str]]:
    marks = mark(text, load_exercise("m2-vague-delivery"))
    return [(text[start:end], line.state) for start, end, line in segments(marks)]


def test_pinyin_is_composed_undisturbed_and_then_marked(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("很抱歉，")
    studio.saved(notebook, "很抱歉，")
    keyboard = notebook.page.context.new_cdp_session(notebook.page)
    for interim in ("z", "zhe", "zhe'shi", "这是", "这事"):
        keyboard.send(
            "Input.imeSetComposition", {"text": interim, "selectionStart": len(interim), "selectionEnd": len(interim)}
        )
        assert studio.value() == f"很抱歉，{interim}"
    assert studio.find(".cs-backdrop").inner_text().rstrip("\u200b") == "很抱歉，这事"  # the ground grows along
    assert notebook.answers()["m2-vague-delivery"]["text"] == "很抱歉，"  # half a syllable is nobody's answer
    keyboard.send("Input.insertText", {"text": OWN})
    studio.saved(notebook, f"很抱歉，{OWN}")
    studio.wait_for_mark(OWN)
    assert studio.value() == f"很抱歉，{OWN}"
    studio.marks_become(_expected(f"很抱歉，{OWN}"))


def test_marks_are_the_marking_functions_and_survive_emoji(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    text = f"😀𠮷🙏您好，{GOOD}"
    studio.type(text)
    studio.saved(notebook, text)
    studio.wait_for_mark(TIME)
    studio.marks_become(_expected(text))
    score = mark(text, load_exercise("m2-vague-delivery")).points(100)
    assert float(studio.find(".cs-ring").get_attribute("aria-valuenow")) == pytest.approx(score, abs=0.06)


def test_marks_lie_exactly_under_their_words(open_notebook: Open) -> None:
    """Paint the backdrop's words instead of the textarea's: the picture must be the same, line for line."""
    notebook = open_notebook()
    studio = notebook.studio()
    text = f"{GOOD}\nOrder No. 12345 AV fi，（尽快）“好的”……\n\n  两个空格{'很长的一行字' * 30}\n"
    studio.type(text)
    studio.wait_for_mark(TIME)
    studio.saved(notebook, text)
    boxes = """root => ['.cs-area', '.cs-backdrop'].map(s => {
        const e = root.querySelector(s), r = e.getBoundingClientRect();
        return [r.x, r.y, r.width, r.height, e.clientWidth, e.scrollHeight];
    })"""
    area, backdrop = studio.root.evaluate(boxes)
    assert area == backdrop
    for width in (1280, 800):
        notebook.page.set_viewport_size({"width": width, "height": 1000})
        area, backdrop = studio.root.evaluate(boxes)
        assert area == backdrop
    style = "(root, css) => root.append(Object.assign(document.createElement('style'), { textContent: css }))"
    hide = (
        ".cs-area{caret-color:transparent!important} .cs-mark{background:none!important;text-decoration:none!important}"
    )
    studio.root.evaluate(style, f"{hide} .cs-frame{{max-height:none!important}}")
    typed = studio.find(".cs-sheet").screenshot()
    swap = ".cs-area{color:transparent!important}.cs-backdrop{color:var(--cs-text)!important}"
    studio.root.evaluate(style, swap)
    painted = studio.find(".cs-sheet").screenshot()
    assert _difference(typed, painted) < 0.002


_BREAKS = """root => {
  const marked = root.querySelector(".cs-backdrop"), sheet = marked.parentElement;
  const plain = marked.cloneNode(false);
  plain.textContent = marked.textContent;
  plain.style.gridArea = "auto";
  plain.style.paddingRight = getComputedStyle(root.querySelector(".cs-area")).paddingRight;
  sheet.append(plain);
  const breaks = (element) => {
    const found = [], range = document.createRange();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let node, last = null, n = 0;
    while ((node = walker.nextNode())) {
      for (let i = 0; i < node.length; i++, n++) {
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const top = range.getBoundingClientRect().top;
        if (last !== null && top > last + 8) found.push(n);
        last = top;
      }
    }
    return found.join();
  };
  const slipped = [];
  for (let width = 300; width <= 760; width++) {
    sheet.style.width = `${width}px`;
    if (breaks(marked) !== breaks(plain)) slipped.push(width);
  }
  plain.remove();
  sheet.style.width = "";
  return slipped;
}"""


def test_marked_lines_break_where_the_typed_ones_do(open_notebook: Open) -> None:
    """At any width. Chromium rounds the pieces of a line up: that made one width in seventeen break elsewhere."""
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type(REPLY)
    studio.wait_for_mark("换谁都急")
    assert len(studio.marks()) >= 4
    assert len(studio.root.evaluate(_BREAKS)) <= 2


def _difference(one: bytes, other: bytes) -> float:
    """Share of pixels that clearly differ."""
    import io

    import matplotlib.image
    import numpy

    a, b = (matplotlib.image.imread(io.BytesIO(x), format="png")[..., :3] for x in (one, other))
    assert a.shape == b.shape
    return float((numpy.abs(a - b).max(axis=2) > 0.35).mean())


def test_chips_jump_and_select_by_mouse_and_keyboard(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("😀" + GOOD)
    studio.marks_become(_expected("😀" + GOOD))
    chip = studio.chips.filter(has_text=OWN).first
    chip.click()
    assert studio.selected() == OWN
    assert studio.area.evaluate("a => a === document.activeElement")
    assert "致歉担责" in studio.find(".cs-reason").inner_text()
    # By keyboard alone: Escape leaves the text, Tab walks the chips, Enter selects, Tab goes on to the buttons.
    notebook.page.keyboard.press("Escape")
    focused = "() => document.activeElement.className + ' ' + (document.activeElement.dataset.panel || '')"
    names = []
    for _ in range(studio.chips.count()):
        assert "cs-chip" in notebook.evaluate(focused)
        names.append(notebook.evaluate("() => document.activeElement.getAttribute('aria-label')"))
        notebook.page.keyboard.press("Tab")
    assert all("（" in name and "：" in name for name in names)  # state, words and reason are spoken
    assert "hint" in notebook.evaluate(focused)
    for _ in names:
        notebook.page.keyboard.press("Shift+Tab")
    notebook.page.keyboard.press("Enter")
    first = notebook.evaluate("() => document.querySelector('.cs-chip .cs-words').textContent")
    assert studio.selected() == first
    notebook.page.keyboard.press("Escape")
    notebook.page.keyboard.press("Escape")
    assert studio.area.evaluate("a => a === document.activeElement")


def test_hint_model_answer_and_versions_by_keyboard(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    exercise = load_exercise("m2-vague-delivery")
    studio.find("[data-panel=hint]").focus()
    notebook.page.keyboard.press("Enter")
    studio.find(".cs-hints li").first.wait_for()
    assert studio.find(".cs-hints li").all_inner_texts() == [exercise.hints[0]]
    studio.find("[data-panel=solution]").focus()
    notebook.page.keyboard.press("Enter")
    studio.find(".cs-panel").get_by_text("先自己写一份").wait_for()
    assert exercise.model_answer not in notebook.page.content()
    studio.type(GOOD)
    studio.saved(notebook, GOOD)
    studio.find("[data-panel=versions]").click()
    studio.find("[data-panel=solution]").click()
    studio.find(".cs-columns").get_by_text("参考答案").wait_for()
    assert studio.find(".cs-copy").last.inner_text().rstrip("\u200b") == exercise.model_answer
    studio.area.click()
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.insert_text("重新写过一份")
    studio.saved(notebook, "重新写过一份")
    studio.find("[data-panel=versions]").click()
    restore = studio.find(".cs-versions li").filter(has_text=GOOD[:10]).get_by_role("button")
    restore.click()
    studio.saved(notebook, GOOD)
    studio.find(".cs-versions li").filter(has_text="重新写过一份").wait_for()
    notebook.page.keyboard.press("Control+z")
    assert studio.value() == "重新写过一份"


def test_undo_works_through_marks_and_saves(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.area.click()
    notebook.page.keyboard.type("abc")
    studio.saved(notebook, "abc")
    notebook.page.keyboard.insert_text(OWN)
    studio.wait_for_mark(OWN)
    studio.saved(notebook, f"abc{OWN}")
    notebook.page.keyboard.press("Control+z")
    studio.saved(notebook, "abc")
    notebook.page.keyboard.press("Control+Shift+z")
    studio.saved(notebook, f"abc{OWN}")


def test_five_thousand_characters_are_pasted(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    text = (f"{OWN}，{TIME}。" * 300)[:5000]
    notebook.evaluate("text => navigator.clipboard.writeText(text)", text)
    studio.area.click()
    notebook.page.keyboard.press("Control+v")
    studio.wait_for_mark(OWN)
    assert studio.value() == text
    notebook.page.keyboard.type("ab")  # and typing goes on
    studio.saved(notebook, f"{text}ab")
    assert studio.find(".cs-length").inner_text() == "5002 字"


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
    studio.marks_become(_expected(GOOD))
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


def test_what_a_trainee_types_never_runs(open_notebook: Open) -> None:
    notebook = open_notebook('from csworkshop import studio\nex = studio("m2-vague-delivery")\nex')
    studio = notebook.studio()
    evil = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
    text = f"{GOOD}{evil}"
    studio.type(text)
    studio.saved(notebook, text)
    studio.wait_for_mark(TIME)
    studio.area.click()
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.insert_text(GOOD)
    studio.saved(notebook, GOOD)
    studio.find("[data-panel=versions]").click()
    studio.find(".cs-versions summary").first.click()
    studio.area.click()
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.insert_text(text)
    studio.saved(notebook, text)
    studio.find("[data-panel=solution]").click()
    studio.find(".cs-columns").wait_for()
    script = (
        "code => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}).done.then(() => 1)"
    )
    notebook.evaluate(script, "from IPython.display import display; display(ex.check())")
    assert notebook.page.locator(".cs-studio img, .cs-studio script, .csw-feedback img").count() == 0
    assert "pwned" not in notebook.page.title()


def test_keys_are_the_studios_except_saving(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    cells = notebook.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")
    studio.area.click()
    notebook.page.keyboard.type("aabbddxx")  # in command mode: insert cells, delete cells, cut
    notebook.page.keyboard.press("Shift+Enter")
    notebook.page.keyboard.press("Escape")
    notebook.page.keyboard.press("a")
    notebook.page.keyboard.press("d")
    notebook.page.keyboard.press("d")
    assert notebook.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length") == cells
    assert studio.value() == "aabbddxx\n"
    studio.area.click()
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    saved = json.loads((notebook.folder / "lesson.ipynb").read_text("utf-8"))
    assert saved["cells"][1]["outputs"]


def test_language_toggle(open_notebook: Open) -> None:
    notebook = open_notebook('from csworkshop import studio\nex = studio("m2-vague-delivery")\nex')
    studio = notebook.studio()
    studio.type(GOOD)
    studio.wait_for_mark(OWN)
    studio.find("[data-lang=en]").click()
    assert studio.find(".cs-title").inner_text() == "Turn “soon” into a time"
    assert studio.find(".cs-over label").inner_text() == "Your reply"
    assert studio.root.get_attribute("lang") == "en"
    assert "Apology" in studio.chips.filter(has_text=OWN).first.inner_text()
    assert studio.value() == GOOD
    studio.marks_become(_expected(GOOD))
    for part in (".cs-side", ".cs-status", ".cs-help", ".cs-reason"):
        assert not any("\u4e00" <= c <= "\u9fff" for c in studio.find(part).inner_text()), part


def test_screen_readers_are_told_quietly(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    described = studio.area.get_attribute("aria-describedby").split()
    assert all(notebook.page.locator(f"#{i}").count() == 1 for i in described)
    assert notebook.page.get_by_label("您的回复").count() == 1
    studio.type(GOOD)
    spoken = studio.find("[role=status].cs-hidden")
    notebook.page.wait_for_function("() => document.querySelector('[role=status].cs-hidden').textContent")
    assert "得分" in spoken.inner_text()
    assert studio.find(".cs-backdrop").get_attribute("aria-hidden") == "true"


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
