"""The pictures of the README, taken from the real screens: `csworkshop bench pictures docs/pictures`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csworkshop.bench.browser import Lab, NotebookPage
from csworkshop.exercises.library import load_exercise

EXERCISE = "m2-vague-delivery"
REPLY = (
    "晚上要招呼八位客人，菜却晚了两个多小时，换谁都急，这事是我们耽误了。骑手的车半路坏了，已经换了车，下午2点20分前"
    "送到您家。箱里有冰袋，到手还是冻的；开箱要是化了，您当场拒收，268元全退。应该没问题的。"
)
RUDE = "您急什么，骑手在路上了，我们会尽快送到，应该快了。"
# name, width, dark theme, language, reply
VIEWS = (
    ("studio-zh-light", 1280, False, "zh", REPLY),
    ("studio-zh-dark", 1280, True, "zh", RUDE),
    ("studio-en-light", 1280, False, "en", RUDE),
    ("studio-en-dark-narrow", 800, True, "en", REPLY),
)


def take(lab: Lab, browser: Any, folder: Path) -> list[Path]:
    """Write one PNG per view into `folder`; returns their paths."""
    load_exercise(EXERCISE)  # a renamed exercise is said here and not by an empty picture
    folder.mkdir(parents=True, exist_ok=True)
    return [_take(lab, browser, folder, *view) for view in VIEWS]


def _take(lab: Lab, browser: Any, folder: Path, name: str, width: int, dark: bool, lang: str, reply: str) -> Path:
    lab.set_theme(dark)
    source = f'from csworkshop import studio\nstudio("{EXERCISE}", lang="{lang}", folder="{name}")'
    lab.write_notebook(f"{name}.ipynb", source)
    page = browser.new_page(viewport={"width": width, "height": 1700}, device_scale_factor=1.5)
    notebook = NotebookPage(page, lab, f"{name}.ipynb").open()
    page.keyboard.press("Control+b")  # the file list would take a third of a narrow window
    notebook.run()
    page.wait_for_selector(".cs-area:not([readonly])")
    page.locator(".cs-area").click()
    page.keyboard.insert_text(reply)
    page.wait_for_selector(".cs-backdrop mark")
    page.locator(".cs-studio details").first.evaluate("e => (e.open = true)")
    page.locator(".cs-state", has_text="已保存" if lang == "zh" else "Saved").wait_for()
    path = folder / f"{name}.png"
    page.locator(".cs-studio").screenshot(path=path)
    page.close()
    return path
