"""The studio's marks are the marking function's, and lie under their words to the pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from tests.browser.conftest import GOOD, OWN, TIME

Open = Callable[..., Any]
REPLY = (
    "晚上要招呼八位客人，菜却晚了两个多小时，换谁都急，这事是我们耽误了。骑手的车半路坏了，已经换了车，下午2点20分前"
    "送到您家。箱里有冰袋，到手还是冻的；开箱要是化了，您当场拒收，268元全退。应该没问题的。"
)


def test_marks_are_the_marking_functions_and_survive_emoji(open_notebook: Open) -> None:
    notebook = open_notebook()
    studio = notebook.studio()
    text = f"😀𠮷🙏您好，{GOOD}"
    studio.type(text)
    studio.saved(notebook, text)
    studio.wait_for_mark(OWN)
    studio.marks_become_those_of(text)
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
