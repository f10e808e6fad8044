"""The instructor's dashboard in a browser, and a note of everything that its page shows of each trainee, and when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.bench.browser import Lab, NotebookPage, browser

WAIT = 180_000  # ms; a busy machine is slow, not wrong

# Whatever is drawn anew is read back from the page: who, on which exercise, how many points, which state.
_WATCH = """() => {
  const last = new Map();
  window.benchSeen = [];
  const text = (card, name) => card.querySelector(name)?.textContent.trim() ?? "";
  const look = () => {
    const now = Date.now() / 1000;
    for (const card of document.querySelectorAll(".cs-seat")) {
      const who = text(card, ".cs-seat-top strong"), title = text(card, ".cs-seat-exercise");
      const score = text(card, ".cs-seat-score");
      const standing = [...card.classList].find((c) => c.startsWith("cs-seat-"))?.slice(8) ?? "";
      const seen = [title, score, standing].join("\\u0000");
      if (last.get(who) === seen) continue;
      last.set(who, seen);
      window.benchSeen.push([now, who, title, score, standing]);
    }
  };
  new MutationObserver(look).observe(document.querySelector(".cs-dashboard"), { childList: true, subtree: true });
  look();
}"""


@dataclass(frozen=True)
class Seen:
    """What the page showed from `at` (epoch seconds) on: a trainee's card. `score` is -1 where there is none."""

    at: float
    who: str
    title: str
    score: int
    standing: str


class Dashboard:
    """The dashboard's page. All methods belong to the thread that opened it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.seen: list[Seen] = []

    def look(self) -> None:
        """Take over what was noted in the page since the last look."""
        for at, who, title, score, standing in self.page.evaluate("() => window.benchSeen.splice(0)"):
            name = who.rpartition(" ")[2]
            self.seen.append(Seen(at, name, title, int(score) if score.isdigit() else -1, standing))


@contextmanager
def dashboard(folder: Path, scratch: Path, opened: Any = None) -> Iterator[Dashboard]:
    """JupyterLab, the instructor's notebook run in Chromium (or in the browser that is `opened` already), nicknames
    shown, and the page watched."""
    own = {"CSWORKSHOP_PRIVATE": str(scratch / "private")}
    chrome = browser() if opened is None else nullcontext(opened)
    with Lab(scratch / "work", scratch / "home", environment=own) as lab, chrome as used:
        lab.write_notebook("看板.ipynb", f"from csworkshop import dashboard\ndashboard({str(folder)!r}, lang='zh')")
        page = used.new_page(viewport={"width": 1400, "height": 1000})
        NotebookPage(page, lab, "看板.ipynb").open().run()
        page.locator(".cs-dashboard .cs-title").wait_for(timeout=WAIT)
        page.locator(".cs-board-head .cs-actions button").first.click()  # nicknames: they tell the cards apart
        page.locator('.cs-board-head button[aria-pressed="true"]').wait_for(timeout=WAIT)
        page.evaluate(_WATCH)
        yield Dashboard(page)
        page.close()


def until(true: Any, seconds: float, look: Any, every: float = 0.5) -> bool:
    """Look again and again until it is `true` or the time is up; whether it is."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        look()
        time.sleep(every)
    return True
