"""The reply studio as a trainee meets it: in a real JupyterLab, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from csworkshop.exercises.library import load_exercise
from tests.browser.conftest import GOOD, OWN, TIME

Open = Callable[..., Any]


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
    studio.marks_become_those_of(f"很抱歉，{OWN}")


def test_chips_jump_and_select_by_mouse_and_keyboard(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    studio.type("😀" + GOOD)
    studio.marks_become_those_of("😀" + GOOD)
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
    notebook.page.keyboard.type("abc,")
    studio.saved(notebook, "abc,")
    notebook.page.keyboard.insert_text(OWN)
    studio.wait_for_mark(OWN)
    studio.saved(notebook, f"abc,{OWN}")
    notebook.page.keyboard.press("Control+z")
    studio.saved(notebook, "abc,")
    notebook.page.keyboard.press("Control+Shift+z")
    studio.saved(notebook, f"abc,{OWN}")


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
    studio.marks_become_those_of(GOOD)  # the full answer: whatever comes later would paint anew
    studio.find("[data-lang=en]").click()
    assert studio.find(".cs-title").inner_text() == "Turn “soon” into a time"
    assert studio.find(".cs-over label").inner_text() == "Your reply"
    assert studio.root.get_attribute("lang") == "en"
    assert "Apology" in studio.chips.filter(has_text=OWN).first.inner_text()
    assert studio.value() == GOOD
    studio.marks_become_those_of(GOOD)
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
