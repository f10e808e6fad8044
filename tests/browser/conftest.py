"""A real JupyterLab and Chromium for the browser tests: one server for all, a fresh page and folder for each test.

    def test_something(open_notebook):
        page = open_notebook('from csworkshop import studio\\nstudio("m2-vague-delivery")')
        page.studio().type("您好")

`open_notebook` runs the cells and hands back a `Notebook`; `open_board` one exercise that is no rewrite, as a `Board`.
Another server (nbgrader, English) is `Lab(…)`, a context
manager of csworkshop.bench.browser.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csworkshop.bench.browser import Lab, NotebookPage, browser, chromium
from csworkshop.exercises.feedback import segments
from csworkshop.exercises.library import load_any
from csworkshop.exercises.marking import mark

WAIT = 30_000  # ms; a busy machine is slow, not wrong
VAGUE = "m2-vague-delivery"
STUDIO = f'from csworkshop import studio\nstudio("{VAGUE}")'
OWN = "这事是我们耽误了"  # two things that the checker marks in an answer to it, and a good one
TIME = "下午2点20分前送到您家"
GOOD = f"晚上要招呼八位客人，菜却晚了两个多小时，{OWN}。骑手换了车，{TIME}。"
SAVE_PID = "import os, pathlib\npathlib.Path('kernel.pid').write_text(str(os.getpid()))\nNone"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:  # where there is one, no test may be skipped
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with Lab(folder / "工作 区", folder / "home") as running:
        yield running


@pytest.fixture
def context(chrome: Any) -> Iterator[Any]:
    """A browser of its own, as far as cookies and storage go."""
    made = chrome.new_context(
        viewport={"width": 1280, "height": 1000}, permissions=["clipboard-read", "clipboard-write"]
    )
    made.set_default_timeout(WAIT)
    yield made
    made.close()


@pytest.fixture
def open_notebook(lab: Lab, context: Any) -> Iterator[Callable[..., Notebook]]:
    """Writes a notebook of the given cells into a folder of its own, opens it and runs it."""
    opened: list[Notebook] = []

    def open_(*cells: str, studios: int = 1) -> Notebook:
        folder = f"{next(_FOLDERS)} 课"
        lab.write_notebook(f"{folder}/lesson.ipynb", SAVE_PID, *(cells or (STUDIO,)))
        notebook = Notebook(context.new_page(), lab, f"{folder}/lesson.ipynb")
        opened.append(notebook)
        notebook.open()
        notebook.run_all(studios)
        return notebook

    yield open_
    for notebook in opened:
        notebook.shut_down()
        assert notebook.errors == []


@pytest.fixture
def open_board(open_notebook: Callable[..., Notebook]) -> Callable[..., Board]:
    """Opens one exercise that is no rewrite in a notebook of its own, and waits until it takes an answer."""

    def open_(exercise: str, before: str = "", **options: Any) -> Board:
        given = "".join(f", {name}={value!r}" for name, value in options.items())
        cell = f'{before}from csworkshop import studio\nstudio("{exercise}"{given})'
        board = Board(open_notebook(cell, studios=0), exercise)
        board.ready()
        return board

    return open_


_FOLDERS = itertools.count(1)


class Notebook(NotebookPage):
    """A notebook with studios in one tab."""

    def __init__(self, page: Any, lab: Lab, name: str) -> None:
        super().__init__(page, lab, name)
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    @property
    def folder(self) -> Path:
        return (self.lab.root / self.name).parent

    def answers(self) -> dict[str, Any]:
        return json.loads((self.folder / "answers.json").read_text("utf-8"))["answers"]

    def run_all(self, studios: int = 1) -> None:
        """Run all cells and wait until the studios take words."""
        self.page.evaluate("() => document.querySelectorAll('.cs-area').forEach(a => a.dataset.old = '1')")
        self.run()
        fresh = ".cs-area:not([readonly]):not([data-old])"
        self.page.wait_for_function(f"n => document.querySelectorAll('{fresh}').length >= n", arg=studios)

    def studio(self, n: int = 0) -> Studio:
        return Studio(self.page, n)

    def second_tab(self) -> Notebook:
        """The same notebook in another tab of the same browser: the same kernel, and the same widget."""
        other = Notebook(self.page.context.new_page(), self.lab, self.name)
        other.open()
        return other

    def kill_kernel(self) -> None:
        os.kill(int((self.folder / "kernel.pid").read_text()), signal.SIGKILL)

    def dismiss_dialog(self) -> None:
        """Close JupyterLab's own message (a dead kernel)."""
        self.page.locator(".jp-Dialog button").first.click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")

    def shut_down(self) -> None:
        if not self.page.is_closed():
            self.page.evaluate("() => jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")


class Studio:
    """One studio on a page. `area` is the text, `saved()` waits until Python has it."""

    def __init__(self, page: Any, n: int = 0) -> None:
        self.page = page
        self.root = page.locator(".cs-studio").nth(n)
        self.area = self.root.locator(".cs-area")
        self.state = self.root.locator(".cs-state")
        self.notices = self.root.locator(".cs-notices")
        self.chips = self.root.locator(".cs-chip")

    def find(self, selector: str) -> Any:
        return self.root.locator(selector)

    def type(self, text: str) -> None:
        """Type at the caret, all at once, as an input method does."""
        self.area.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.insert_text(text)

    def value(self) -> str:
        return str(self.area.input_value())

    def saved(self, notebook: Notebook, text: str, exercise: str = VAGUE) -> None:
        """Wait until the answer file holds `text`."""
        path = json.dumps(str(notebook.folder / "answers.json"))
        for _ in range(200):
            if (notebook.folder / "answers.json").exists() and notebook.answers().get(exercise, {}).get("text") == text:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{path} never held {text!r}")

    def marks(self) -> list[tuple[str, str]]:
        """The marked words and their states, in order."""
        script = "marks => marks.map(m => [m.textContent, m.className.match(/cs-(earned|fault|critical|unsure)/)[1]])"
        return [tuple(pair) for pair in self.find(".cs-backdrop mark").evaluate_all(script)]

    def wait_for_mark(self, words: str) -> None:
        self.find(".cs-backdrop mark").filter(has_text=words).first.wait_for(state="attached")

    def marks_become_those_of(self, text: str) -> None:
        """Wait until the marks are the marking function's: the quick answer is painted first, the full one later."""
        marks = mark(text, load_any(VAGUE))
        expected = [(text[start:end], line.state) for start, end, line in segments(marks)]
        until = time.monotonic() + 15
        while self.marks() != expected and time.monotonic() < until:
            self.page.wait_for_timeout(50)
        assert self.marks() == expected

    def selected(self) -> str:
        return str(self.area.evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)"))


class Board:
    """One exercise that is no rewrite, alone in a notebook."""

    def __init__(self, notebook: Notebook, exercise: str) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.exercise: Any = load_any(exercise)

    def ready(self) -> None:
        """Wait until the board takes an answer."""
        ready = f".cs-kind-{self.exercise.kind} .cs-state[data-state=saved]"
        self.page.wait_for_selector(ready, state="attached")

    def text(self) -> str:
        """The answer as the answer file holds it now, "" if there is none."""
        if not (self.notebook.folder / "answers.json").exists():
            return ""
        return str(self.notebook.answers().get(self.exercise.id, {}).get("text", ""))

    def answer(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The saved answer, once it `holds` what is waited for."""
        found: dict[str, Any] = {}
        for _ in range(300):
            found = json.loads(self.text() or "{}")
            if holds(found):
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the answer never became that; it is {found}")

    def check(self) -> float:
        """Have it checked: the ring shows what the marking function gives the saved answer, out of 100."""
        self.page.locator(".cs-under .cs-primary").click()
        self.page.wait_for_selector(".cs-side .cs-row")
        points = mark(self.text(), self.exercise).points(100)
        shown = self.page.locator(".cs-ring").get_attribute("aria-valuenow")
        assert float(shown) == pytest.approx(points, abs=0.06)
        return points

    def shows_no_marks(self) -> bool:
        """Whether it can't be checked and nothing is shown of what it is worth."""
        hidden = self.page.locator(".cs-under .cs-primary").is_hidden()
        return bool(hidden and self.page.locator(".cs-side .cs-row").count() == 0)
