"""The pictures of the README, taken from the real screens: `csworkshop bench pictures docs/pictures`.

Each is a cell in a real JupyterLab (the feedback page a file), after somebody has worked on it: replies, talks and
attempts are made here, marks and figures are the kit's own. PNGs of at most 256 colours, so that a page of them loads
quickly.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.bench import scenes
from csworkshop.bench.browser import Lab, NotebookPage

SCALE = 1.4  # device pixels for one of the page's
HEIGHT = 2400
READY = '.cs-state[data-state="saved"]'


@dataclass(frozen=True)
class View:
    """One picture: its file's name, the window's width, theme, language, and how the cell comes about.

    `cell(folder)` prepares what the cell shows in `folder`, the notebook's own, and hands back the cell's source;
    `act(page)` works on it; the picture is `shot`, cut off at `most` pixels of the page.
    """

    name: str
    width: int
    dark: bool
    lang: str
    cell: Callable[[Path, str], str]
    act: Callable[[Any], None]
    shot: str = ".cs-studio"
    most: int = HEIGHT


def _write(text: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.wait_for_selector(".cs-area:not([readonly])")
        page.locator(".cs-area").click()
        page.keyboard.insert_text(text)
        page.wait_for_selector(".cs-backdrop mark")
        page.locator(".cs-studio details").first.evaluate("e => (e.open = true)")
        page.wait_for_timeout(1500)
        page.wait_for_selector(READY)

    return act


def _check(page: Any) -> None:
    page.wait_for_selector(READY)
    page.locator(".cs-under .cs-primary").click()
    page.wait_for_selector(".cs-side .cs-row")


def _talk(page: Any) -> None:
    page.wait_for_function("n => document.querySelectorAll('.cs-rp-us').length >= n", arg=scenes.SAID)
    page.wait_for_selector(".cs-rp-say:not([disabled])")
    page.wait_for_timeout(1500)


def _wait(selector: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.wait_for_selector(selector)
        page.wait_for_timeout(2500)

    return act


VIEWS = (
    View("studio-zh-light", 1280, False, "zh", scenes.rewrite, _write(scenes.REPLY)),
    View("studio-en-dark", 1280, True, "en", scenes.rewrite, _write(scenes.RUDE)),
    View("find-flaws", 1280, False, "zh", scenes.find, _check),
    View("role-play", 1280, False, "zh", scenes.talk, _talk, most=830),
    View("home", 1280, False, "zh", scenes.home, _wait(".cs-screen .cs-box"), most=1300),
    View("dashboard", 1280, True, "zh", scenes.dashboard, _wait(".cs-screen .cs-title"), most=1500),
)


def take(lab: Lab, browser: Any, folder: Path) -> list[Path]:
    """Write one PNG per view and the feedback page's into `folder`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = [_take(lab, browser, folder, view) for view in VIEWS]
    return [*taken, _feedback(lab, browser, folder)]


def _take(lab: Lab, browser: Any, folder: Path, view: View) -> Path:
    lab.set_theme(view.dark)
    place = lab.root / view.name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    lab.write_notebook(f"{view.name}/page.ipynb", view.cell(place, view.lang))
    page = browser.new_page(viewport={"width": view.width, "height": HEIGHT}, device_scale_factor=SCALE)
    notebook = NotebookPage(page, lab, f"{view.name}/page.ipynb").open()
    page.keyboard.press("Control+b")  # the file list would take a third of a narrow window
    notebook.run()
    view.act(page)
    path = _shoot(page, view.shot, view.most, folder / f"{view.name}.png")
    page.close()
    return path


def _feedback(lab: Lab, browser: Any, folder: Path) -> Path:
    html = scenes.feedback(lab.root / "feedback-course")
    page = browser.new_page(viewport={"width": 1000, "height": 1400}, device_scale_factor=SCALE)
    page.goto(html.as_uri())
    path = _shoot(page, "body", 1400, folder / "feedback.png")
    page.close()
    return path


def _shoot(page: Any, selector: str, most: int, path: Path) -> Path:
    from PIL import Image  # comes with matplotlib

    box = page.locator(selector).first.bounding_box()
    clip = {**box, "height": min(box["height"], most)}
    page.screenshot(path=path, clip=clip)
    with Image.open(path) as picture:
        # most colours are greys at the edges of letters; few surfaces have a colour, and those must keep it
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path
