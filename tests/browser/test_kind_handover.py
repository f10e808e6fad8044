"""A hand-over note in a real JupyterLab: parts light up while it is written, marks lie in the text, it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

EXERCISE = "m5-note-charging-gun"
NOTE = "账号：cd_80317，星桥站7号桩\n现象：点“启动充电”后提示“启动失败 E-417”\n手机13866075521"


def test_parts_light_up_while_the_note_is_written_and_it_stays(open_notebook: Callable[..., Any]) -> None:
    exercise = load_any(EXERCISE)
    notebook = open_notebook(f'from csworkshop import studio\nstudio("{EXERCISE}", points=8)')
    page, studio = notebook.page, notebook.studio()
    assert page.locator(".cs-note-part.cs-missing").count() == 9
    studio.type(NOTE)
    page.locator(".cs-note-part.cs-earned", has_text="故障现象").wait_for()
    studio.saved(notebook, json.dumps({"note": NOTE}, ensure_ascii=False, separators=(",", ":")), EXERCISE)
    page.locator(".cs-note-troubles .cs-fault", has_text="多余的个人信息").wait_for()
    assert page.locator(".cs-note-part.cs-earned").count() == 2

    # Marks lie under their words, and a lit part leads to them.
    studio.wait_for_mark("cd_80317")
    assert ("13866075521", "fault") in studio.marks()
    page.locator(".cs-note-part", has_text="故障现象").click()
    assert "E-417" in studio.selected()

    # The points are those that grading gives; live marks are shown in an assignment, too.
    points = mark(notebook.answers()[EXERCISE]["text"], exercise).points(8)
    ring = page.locator(".cs-ring")
    page.wait_for_function("p => document.querySelector('.cs-ring').ariaValueNow == p", arg=str(round(points, 2)))
    assert float(ring.get_attribute("aria-valuenow")) == pytest.approx(points, abs=0.01)

    notebook.run_all()
    assert studio.value() == NOTE
    page.locator(".cs-note-part.cs-earned", has_text="故障现象").wait_for()
    studio.find("[data-lang=en]").click()
    assert page.locator(".cs-note-part", has_text="Symptom").count() == 1
