"""One answer, all the way, as its people do it: the kit's own lab, its menus, nbgrader's exchange, the instructor's
commands, and the feedback page with the marks that the studio showed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from csworkshop.exercises.library import load_any, load_exercise
from csworkshop.exercises.marking import mark
from tests.browser.conftest import Studio

REWRITES = ("m2-a-parcel", "m2-a-clinic-senior", "m2-a-word-camp", "m2-a-hotel-group")
ASKED = "m2-a-ask-parents-trip"  # two questions of it are typed; two exercises of other kinds are left undone
ASSIGNMENT = (*REWRITES, "m2-a-find-cold-truck", ASKED, "m2-a-styles-kettle")
QUESTIONS = ("二老平时身体怎么样，走多少路不累？", "这趟出门，他们最想看什么？")
REPLIES = (
    "明早九点就截止，换谁都坐不住，耽误您了，对不起。包裹今天15:40到了云溪营业部，今晚8点前专人送到，签收后我给您回电话。",
    "您先别急，点一下屏幕左边的“签到”两个字。<b onclick=alert(1)>好了</b>您跟我说一声。",
    "系统没问题，是你自己点错了！！！",
    "",
)
LESSON_STUDIO, LESSON_EXERCISE = 4, "m1-driving-exam"  # the first lesson's fifth
START = 120_000  # ms; the first page of a cold lab on a busy machine


@dataclass
class Desk:
    """A trainee's running lab: its workspace and its address with the token taken apart."""

    workspace: Path
    server: str
    token: str
    landing: str


def command(*words: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run the csworkshop command as its users do; its output."""
    done = subprocess.run(
        [sys.executable, "-m", "csworkshop", *words],
        cwd=cwd,
        env={**os.environ, "CSWORKSHOP_LANG": "zh", "PYTHONUTF8": "1", **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def course(tmp_path: Path) -> Path:
    command("course", "init", "我的课程", cwd=tmp_path)
    command("release", "m2", "--course", "我的课程", cwd=tmp_path)
    return tmp_path / "我的课程"


@pytest.fixture
def desk(course: Path) -> Iterator[Desk]:
    workspace, home, said = course.parent / "学员", course.parent / "home", course.parent / "lab.txt"
    home.mkdir()
    words = ["lab", "--workspace", str(workspace), "--exchange", str(course / "exchange"), "--no-browser"]
    with said.open("w") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "csworkshop", *words, "--port", "8931"],
            env={**os.environ, "HOME": str(home), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        found = None
        while not found:
            found = re.search(r"(http://[\d.:]+)(/\S*)\?token=(\w+)", said.read_text("utf-8"))
            assert running.poll() is None, said.read_text("utf-8")
        yield Desk(workspace, found[1], found[3], found[2])
    finally:
        running.terminate()
        running.wait(30)


def choose(page: Any, menu: str, entry: str) -> None:
    """Choose an entry of JupyterLab's menus by what stands on the screen."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}")).first.click()


def run_all(page: Any, studios: int) -> None:
    """Run → Run All Cells, as the lesson's first lines say, and wait for the studios."""
    page.evaluate("() => document.querySelectorAll('.cs-area').forEach(a => a.dataset.old = '1')")
    choose(page, "运行", "运行所有单元格")
    fresh = ".cs-area:not([readonly]):not([data-old])"
    try:
        page.wait_for_function(f"n => document.querySelectorAll('{fresh}').length >= n", arg=studios, timeout=START)
    except Exception as error:
        shown = page.locator(".jp-NotebookPanel:visible").inner_text()
        error.add_note(f"{page.locator(fresh).count()} of {studios} studios; the page says:\n{shown}")
        raise


def open_page(page: Any, desk: Desk, path: str) -> None:
    page.goto(f"{desk.server}{path}?token={desk.token}&reset", wait_until="commit")
    page.locator(".jp-NotebookPanel:visible .jp-Cell").first.wait_for(timeout=START)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]:visible").first.wait_for(timeout=START)


def wait_for_answers(page: Any, folder: Path, texts: dict[str, str]) -> None:
    """Wait until the answer file in `folder` holds these texts."""
    for _ in range(400):
        file = folder / "answers.json"
        answers = json.loads(file.read_text("utf-8"))["answers"] if file.exists() else {}
        if all(answers.get(k, {}).get("text") == v for k, v in texts.items()):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{folder} holds {answers}, not {texts}")


def wait_for_questions(page: Any, folder: Path) -> str:
    """The saved answer to the exercise in asking, once it holds both questions."""
    for _ in range(400):
        text = json.loads((folder / "answers.json").read_text("utf-8"))["answers"].get(ASKED, {}).get("text", "{}")
        if [q["text"] for q in json.loads(text).get("questions", [])] == list(QUESTIONS):
            return str(text)
        page.wait_for_timeout(50)
    raise AssertionError(f"the questions were never saved: {text}")


def test_lesson_keeps_the_answer_through_reload_restart_and_a_second_tab(desk: Desk, context: Any) -> None:
    page = context.new_page()
    open_page(page, desk, desk.landing)
    assert "m1" in page.title()
    run_all(page, studios=6)
    studio = Studio(page, LESSON_STUDIO)
    studio.area.click()
    keyboard = context.new_cdp_session(page)
    for interim in ("b", "bao'qian", "抱歉"):
        keyboard.send("Input.imeSetComposition", {"text": interim, "selectionStart": 1, "selectionEnd": 1})
    keyboard.send("Input.insertText", {"text": "真的抱歉"})
    studio.wait_for_mark("抱歉")
    before = len(studio.marks())
    studio.type("，今天下午三点前我给您回电话。")
    studio.wait_for_mark("三点前")
    assert len(studio.marks()) > before
    text = "真的抱歉，今天下午三点前我给您回电话。"
    wait_for_answers(page, desk.workspace, {LESSON_EXERCISE: text})

    page.reload(wait_until="commit")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]:visible").first.wait_for(timeout=START)
    run_all(page, studios=6)
    assert studio.value() == text

    choose(page, "内核", "重启内核")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    studio.notices.get_by_text("请重新运行本单元").wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]:visible").first.wait_for(timeout=START)
    run_all(page, studios=6)
    assert studio.value() == text

    other = context.new_page()
    open_page(other, desk, desk.landing)
    run_all(other, studios=6)
    assert Studio(other, LESSON_STUDIO).value() == text
    Studio(other, LESSON_STUDIO).type("再见。")
    wait_for_answers(other, desk.workspace, {LESSON_EXERCISE: text + "再见。"})


def test_assignment_from_release_to_feedback_page(desk: Desk, course: Path, context: Any) -> None:
    page = context.new_page()
    open_page(page, desk, desk.landing)
    choose(page, "Nbgrader", "Assignment List")
    page.locator("#released_assignments_list .list_item", has_text="m2").get_by_role("button", name="Fetch").click()
    notebook = desk.workspace / "m2" / "m2.ipynb"
    page.locator("#fetched_assignments_list .list_item", has_text="m2").first.wait_for(timeout=START)
    assert notebook.is_file()

    work = context.new_page()
    alerts: list[str] = []
    work.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    open_page(work, desk, "/lab/tree/m2/m2.ipynb")
    run_all(work, studios=4)
    shown = []
    for n, reply in enumerate(REPLIES):
        studio = Studio(work, n)
        if reply:
            studio.type(reply)
    wait_for_answers(work, desk.workspace / "m2", {i: r for i, r in zip(REWRITES, REPLIES, strict=True) if r})
    for n, (exercise, reply) in enumerate(zip(REWRITES, REPLIES, strict=True)):
        points = mark(reply, load_exercise(exercise)).points(10)
        meter = Studio(work, n).find(".cs-ring")
        work.wait_for_function(
            "([ring, v]) => Math.abs(parseFloat(ring.getAttribute('aria-valuenow')) - v) < 0.06",
            arg=[meter.element_handle(), points],
        )
        shown.append(points)
    assert shown[0] > 5 and shown[2] <= 3 and shown[3] == 0
    for n, question in enumerate(QUESTIONS):
        work.locator(".cs-kind-ask .cs-ask-card textarea").nth(n).click()
        work.keyboard.insert_text(question)
    asked = wait_for_questions(work, desk.workspace / "m2")
    shown += [0, mark(asked, load_any(ASKED)).points(10), 0]
    assert shown[5] > 2

    submit = page.locator("#fetched_assignments_list .list_item", has_text="m2").get_by_role("button", name="Submit")
    submit.first.click()
    page.locator("#submitted_assignments_list .list_item", has_text="m2").first.wait_for(timeout=START)

    command("collect", "m2", "--course", str(course), cwd=course.parent)
    said = command("grade", "m2", "--course", str(course), cwd=course.parent)
    command("feedback", "m2", "--course", str(course), cwd=course.parent)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        (submission,) = gradebook.assignment_submissions("m2")
        marks = {g.name: g.score for notebook in submission.notebooks for g in notebook.grades}
        assert not any(g.needs_manual_grade for n in submission.notebooks for g in n.grades)
        assert f"{sum(shown):g}" in said
    assert [marks[e] for e in ASSIGNMENT] == pytest.approx(shown)

    (feedback,) = (course / "feedback").glob("*/m2/m2.html")
    handed_back = context.new_page()
    handed_back.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    handed_back.goto(feedback.as_uri())
    cards = handed_back.locator("section.csw-feedback")
    assert cards.count() == len(ASSIGNMENT)
    for n, points in enumerate(shown):
        assert f"得分 {points:g} / 10" in cards.nth(n).inner_text()
    for n, reply in enumerate(REPLIES):
        assert reply in cards.nth(n).inner_text()
    assert all(question in cards.nth(5).inner_text() for question in QUESTIONS)
    assert not alerts
