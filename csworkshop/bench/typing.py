"""Key press to painted feedback, measured in the page itself beside a trivial widget in the same notebook.

A key is pressed in the studio and in a trivial textarea turn by turn, so that both see the same load. The clock starts
at the keydown event and stops in the animation frame after the one that the answer was painted in: for the trivial
widget, the answer to this very text is written beside the textarea; for the studio, the scorecard and marks are.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from csworkshop.bench.browser import Lab, NotebookPage

LENGTHS = (45, 300)
GAP = 150  # ms between keys: brisk typing
REPLY = (
    "晚上要招呼八位客人，菜却晚了两个多小时，换谁都急，这事是我们耽误了。骑手的车半路坏了，已经换了车，下午2点20分前"
    "送到您家。箱里的冰袋能保冷六个小时，到手还是冻的；开箱要是化了，您当场拒收，268元全退。另外给您补一张20元券。"
)
KEYS = "abcdefghij"

TRIVIAL = '''
import anywidget, traitlets
class Trivial(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const area = document.createElement("textarea"), out = document.createElement("p");
      area.className = "bench-trivial"; el.append(area, out);
      area.addEventListener("input", () => model.send({ text: area.value }));
      model.on("msg:custom", (message) => {
        if (message.text !== area.value) return;
        out.textContent = message.text.length;
        el.dispatchEvent(new CustomEvent("painted", { bubbles: true }));
      });
    }
    export default { render };
    """
    def __init__(self):
        super().__init__()
        self.on_msg(lambda _, message, __: self.send(message))
Trivial()
'''
STUDIO = 'from csworkshop import studio\nstudio("m2-vague-delivery", folder="bench")'

# Resolves with the time from the next keydown in `area` to the frame after its feedback was painted.
_WATCH = """([selector, trivial]) => {
  const area = document.querySelector(selector);
  const after = (done) => requestAnimationFrame(() => setTimeout(done, 0));
  window.benchTime = new Promise((resolve) => {
    area.addEventListener("keydown", (event) => {
      const start = event.timeStamp;
      const stop = () => after(() => resolve(performance.now() - start));
      if (trivial) return area.parentElement.addEventListener("painted", stop, { once: true });
      // The textarea's own repaint touches the backdrop alone; the ring is drawn with the marks of this text.
      const ring = area.closest(".cs-studio").querySelector(".cs-ring");
      const seen = new MutationObserver(() => { seen.disconnect(); stop(); });
      seen.observe(ring, { attributes: true, subtree: true, childList: true });
    }, { once: true });
  });
}"""


@dataclass(frozen=True)
class Row:
    """p50 and p95 in ms for texts of one length."""

    characters: int
    trivial: tuple[float, float]
    studio: tuple[float, float]

    @property
    def ratios(self) -> tuple[float, float]:
        return self.studio[0] / self.trivial[0], self.studio[1] / self.trivial[1]


def measure(lab: Lab, browser: Any, keys: int) -> list[Row]:
    """One row per length of text, `keys` presses each in both widgets."""
    lab.write_notebook("bench.ipynb", TRIVIAL, STUDIO)
    page = browser.new_page(viewport={"width": 1280, "height": 1600})
    notebook = NotebookPage(page, lab, "bench.ipynb").open()
    notebook.run()
    page.wait_for_selector(".cs-area:not([readonly])", timeout=60_000)
    rows = []
    for length in LENGTHS:
        text = "".join(islice(cycle(REPLY), length))
        times: dict[str, list[float]] = {".bench-trivial": [], ".cs-area": []}
        for selector in times:
            page.locator(selector).fill(text)
        page.wait_for_timeout(1500)
        for n, key in enumerate(islice(cycle(KEYS), keys + 5)):
            for selector, found in times.items():
                page.focus(selector)
                page.keyboard.press("Control+End")
                page.evaluate(_WATCH, [selector, selector == ".bench-trivial"])
                page.keyboard.press(key)
                time = page.evaluate("() => window.benchTime")
                if n >= 5:  # the first few warm up
                    found.append(time)
                page.keyboard.press("Backspace")  # the text keeps its length
                page.wait_for_timeout(GAP)
        rows.append(Row(length, _quantiles(times[".bench-trivial"]), _quantiles(times[".cs-area"])))
    page.close()
    return rows


def _quantiles(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[18]
