"""A whole talk in a real JupyterLab: said, reloaded, carried on in a second tab, ended, debriefed, graded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csworkshop.cli import main
from csworkshop.exercises.activity import dump
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.kinds.roleplay import Roleplay
from csworkshop.exercises.library import content, load_any
from csworkshop.grading import course as commands
from csworkshop.practice.agents import agents_file, play, read_agents
from csworkshop.practice.talk import Talk
from tests.grading.conftest import STAMP, graded_cell, write_source
from tests.practice.test_endpoint import LINE, Server, server, streams

__all__ = ["server"]  # a fixture

EXERCISE = "m4-roleplay-thesis-by-eight"
CELL = f'from csworkshop import studio\nstudio("{EXERCISE}")'
THEIRS, OURS = ".cs-rp-them:not(.cs-rp-typing) .cs-rp-bubble", ".cs-rp-us .cs-rp-bubble"
EVIL = "您好<img src=x onerror=\"document.title='pwned'\">，我看一下。"


@pytest.fixture(scope="module")
def exercise() -> Roleplay:
    found = load_any(EXERCISE)
    assert isinstance(found, Roleplay)
    return found


def say(page: Any, text: str) -> None:
    """Say it, and wait for the customer's answer."""
    before = page.locator(THEIRS).count()
    page.locator(".cs-rp-say").click()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    page.wait_for_function("([s, n]) => document.querySelectorAll(s).length > n", arg=[THEIRS, before])


def planned(exercise: Roleplay, seed: int) -> Talk:
    """The talk of the model agent on that day."""
    case = exercise.played
    return play(case, read_agents(agents_file(case.id), case), "model", seed, "time_first_courier")


def test_a_whole_talk_is_played_reloaded_debriefed_and_graded(
    open_board: Callable[..., Any], exercise: Roleplay, tmp_path: Path
) -> None:
    board = open_board(EXERCISE)
    page = board.page
    page.locator(".cs-rp-empty .cs-primary").click()
    page.locator(THEIRS).first.wait_for()
    assert page.evaluate("() => document.activeElement.className").endswith("cs-rp-say")  # the keyboard goes on
    value = board.answer(lambda v: "seed" in v)
    plan = planned(exercise, value["seed"])
    assert page.locator(THEIRS).all_inner_texts() == [plan.opening]
    assert plan.good and len(plan.turns) >= 3
    _tools(page, exercise)
    _first_reply(board, plan)
    _reloaded(board, plan)
    _second_tab(board.notebook, plan)
    for text in plan.replies[2:]:
        say(page, text)
    page.locator(".cs-rp-good .cs-rp-outcome").wait_for()
    assert page.locator(THEIRS).all_inner_texts() == [plan.opening, *(t.text for t in plan.turns)]

    # The debrief, the marks, and another try that keeps this one.
    page.locator(".cs-rp-curve svg .cs-rp-trust").first.wait_for()
    assert page.locator(".cs-rp-step").count() == len(plan.turns)
    assert exercise.played.persona.hidden_need in page.locator(".cs-rp-mind").inner_text()
    value = board.answer(lambda v: v.get("done") is True and len(v["seen"]) == len(plan.turns))
    text = board.text()
    assert value["moves"] == list(plan.replies) and value["pauses"] and value["hints"] and value["looks"]
    points = board.check()
    assert points >= 60
    page.locator(".cs-rp-end .cs-primary").click()
    wait_for(page, 1)
    say(page, "您好。")
    value = board.answer(lambda v: v.get("moves") == ["您好。"])
    assert value["earlier"] == [{"seed": plan.seed, "moves": list(plan.replies)}]
    assert graded(tmp_path / "课程", text, plan.turns[1].text) == pytest.approx(points / 10, abs=0.011)


def wait_for(page: Any, number: int) -> None:
    """Wait until the customer has said so many things."""
    page.wait_for_function("([s, n]) => document.querySelectorAll(s).length === n", arg=[THEIRS, number])


def _tools(page: Any, exercise: Roleplay) -> None:
    """Pinyin that is being composed is not sent by Enter; what is looked up and hinted at comes from Python."""
    area = page.locator(".cs-rp-say")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "nin", "selectionStart": 3, "selectionEnd": 3})
    area.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True})
    keyboard.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    assert page.locator(OURS).count() == 0
    page.locator(".cs-rp-table").first.click()
    page.get_by_text(exercise.played.desk[0].value).wait_for()
    page.get_by_text("这会儿怎么办？").click()
    page.locator(".cs-rp-strip").get_by_text("。").first.wait_for()
    page.get_by_text("三秒缓冲").click()
    page.keyboard.press("Enter")
    assert page.locator(".cs-rp-breathing").count() == 1
    page.locator(".cs-rp-breathing").wait_for(state="detached")


def _first_reply(board: Any, plan: Talk) -> None:
    """The typing pause shows three dots; then it is switched off, and half a sentence is written."""
    page = board.page
    page.keyboard.insert_text(plan.replies[0])
    page.keyboard.press("Enter")
    page.locator(".cs-rp-typing").wait_for()
    page.get_by_text("打字停顿：开").click()
    wait_for(page, 2)
    page.locator(".cs-rp-say").click()
    page.keyboard.insert_text("写到一半的话")
    board.answer(lambda v: v.get("draft") == "写到一半的话" and len(v.get("seen", ())) == 1)


def _reloaded(board: Any, plan: Talk) -> None:
    """Reloaded in the middle: talk and half a sentence are back."""
    notebook, page = board.notebook, board.page
    notebook.run("docmanager:save")
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    notebook.reload()
    notebook.run()
    board.ready()
    wait_for(page, 2)
    assert page.locator(THEIRS).all_inner_texts() == [plan.opening, plan.turns[0].text]
    assert page.locator(OURS).all_inner_texts() == [plan.replies[0]]
    assert page.locator(".cs-rp-say").input_value() == "写到一半的话"


def _second_tab(notebook: Any, plan: Talk) -> None:
    """Carried on in a second tab; the first one takes over what was said there."""
    other, page = notebook.second_tab(), notebook.page
    wait_for(other.page, 2)
    other.page.locator(".cs-rp-say").fill("")
    say(other.page, plan.replies[1])
    wait_for(page, 3)
    assert page.locator(OURS).all_inner_texts() == list(plan.replies[:2])
    other.page.close()
    page.locator(".cs-rp-say").fill("")


def graded(root: Path, answer: str, shown: str) -> float:
    """The points out of 10 that `csworkshop grade` gives the answer on a small course; its page shows these words."""
    write_source(root, [graded_cell(EXERCISE)])
    shutil.copyfile(content() / "exercises" / "nbgrader_config.py", root / "nbgrader_config.py")
    commands.release("m2", root, exchange=root.parent / "exchange")
    folder = root / "submitted" / "alice" / "m2"
    shutil.copytree(root / "release" / "m2", folder)
    (folder / "timestamp.txt").write_text(STAMP, "utf-8")
    entry = {"revision": 1, "text": answer, "saved_at": "2026-11-21T09:30:00+08:00"}
    (folder / "answers.json").write_text(json.dumps({"schema": 1, "answers": {EXERCISE: entry}}), "utf-8")
    assert main(["grade", "m2", "--course", str(root)]) == 0
    commands.feedback("m2", root, hand_back=False, lang="zh")
    page = (root / "feedback" / "alice" / "m2" / "m2.html").read_text("utf-8")
    assert shown in page and "情绪怎么变的" in page and "客户心里" in page
    book = (root / "autograded" / "alice" / "m2" / "m2.ipynb").read_text("utf-8")
    outputs = [o for cell in json.loads(book)["cells"] for o in cell.get("outputs", ())]
    return float("".join(outputs[-1]["data"]["text/plain"]))


def test_a_graded_talk_in_a_models_words_tells_nothing_and_runs_nothing(
    open_board: Callable[..., Any], server: Server
) -> None:
    server.answers = [streams(LINE)]
    model = {"CSWORKSHOP_LLM_URL": server.settings().url, "CSWORKSHOP_LLM_MODEL": "tiny"}
    board = open_board(EXERCISE, before=f"import os\nos.environ.update({model})\n", points=5)
    page = board.page
    page.locator(".cs-rp-empty .cs-primary").click()
    page.locator(THEIRS).first.wait_for()
    say(page, EVIL)
    assert "pwned" not in page.title() and page.locator(".cs-rp img").count() == 0
    assert page.locator(OURS).all_inner_texts() == [EVIL]
    assert page.locator(THEIRS).last.inner_text() == LINE
    page.get_by_text("让时间过去").click()
    page.get_by_role("button", name="10 分钟").click()
    page.get_by_text("过了 10 分钟").wait_for()
    page.get_by_text("结束对话").click()
    page.locator(".cs-rp-danger").click()
    page.get_by_text("批改之后，复盘会出现在反馈里").wait_for()
    value = board.answer(lambda v: v.get("done") is True)
    assert value["moves"] == [EVIL, "/等 10"] and value["spoken"]["1"] == LINE
    page.wait_for_timeout(300)
    assert page.locator(".cs-rp-debrief").count() == 0 and page.locator(".cs-side .cs-row").count() == 0


def test_a_question_that_a_slow_kernel_answers_twice_is_told_once(
    open_notebook: Callable[..., Any], context: Any, exercise: Roleplay
) -> None:
    """The page asks again after four seconds without an answer; here after a fifteenth of one."""
    soon = (
        "window.setTimeout = ((real) => (f, ms, ...rest) => real(f, ms === 4000 ? 60 : ms, ...rest))(window.setTimeout)"
    )
    context.add_init_script(soon)
    answer = kind_of(exercise).model_answer(exercise)
    save = (
        f"from csworkshop.exercises.answers import AnswerFile\nAnswerFile('.').save({EXERCISE!r}, {dump(answer)!r}, 0)"
    )
    page = open_notebook(f"{save}\nNone", CELL, studios=0).page
    wait_for(page, len(answer["moves"]) + 1)
    page.wait_for_timeout(1000)
    said = [text for text in answer["moves"] if not text.startswith("/")]
    assert page.locator(OURS).all_inner_texts() == said
    assert page.locator(THEIRS).count() == len(answer["moves"]) + 1
