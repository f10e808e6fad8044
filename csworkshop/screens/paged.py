"""A screen that Python draws as plain data and the browser repeats: no state of its own, no words lost.

    hello {client}                  -> page {page}
    tick {client}                   -> page {page}, if it has changed since this client's last one
    act {client, n, name, data}     -> done {client, n, ok, said, …}, then page {page}

`act` answers `said`, a sentence in both languages, where something could not be done: what was typed stays on the
screen until `ok`.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from csworkshop.text.language import LANGUAGES, default_language, strings
from csworkshop.widgets.esm import joined, style

Message = dict[str, Any]
HERE = Path(__file__).parent / "static"
STYLES = ("theme.css", "studio.css", "parts.css", "activity.css", str(HERE / "screens.css"))


class NotDone(Exception):
    """What was asked for could not be done; `said` tells it in both languages, `more` goes to the screen with it."""

    def __init__(self, said: dict[str, str], **more: Any) -> None:
        super().__init__(said["zh"])
        self.said, self.more = said, more


def script(name: str, *parts: str) -> str:
    """The script of the screen `name`, with the `parts` that it uses, shell included."""
    own = (*parts, name, "shell")
    return joined("page.js", *(str(HERE / f"{part}.js") for part in own))


class PagedScreen(anywidget.AnyWidget):
    """Base of the screens. A subclass has `page` and `act`, its script in `static/`, its words in groups of strings."""

    _css = style(*STYLES)
    groups: tuple[str, ...] = ()
    every: float = 2.0  # seconds between two looks for news
    words = traitlets.Dict().tag(sync=True)
    content = traitlets.Dict().tag(sync=True)
    lang = traitlets.Enum(LANGUAGES).tag(sync=True)

    def __init__(self, lang: str | None = None, **content: Any) -> None:
        self._shown: dict[str, str] = {}  # client -> the page that it shows, as JSON
        self._lock = threading.RLock()
        both = {k: v for group in ("screens", *self.groups) for k, v in strings()[group].items()}
        words = {language: {k: v[language] for k, v in both.items()} for language in LANGUAGES}
        super().__init__(words=words, content={"every": self.every, **content}, lang=lang or default_language())
        self.on_msg(self._receive)

    def page(self) -> Message:
        """What is to be shown now. Raise NotDone where it can't be had."""
        raise NotImplementedError

    def act(self, name: str, data: Message) -> Message:
        """Do what was asked for; what it returns goes to the screen. Raise NotDone where it can't be done."""
        raise NotImplementedError

    def _receive(self, _: object, message: Message, __: object) -> None:
        with self._lock:
            client = str(message["client"])
            if message["kind"] == "bye":
                self._shown.pop(client, None)
                return
            if message["kind"] == "act":
                self._act(client, message)
            if message["kind"] == "hello":
                self._shown.pop(client, None)
            self._tell(client)

    def _act(self, client: str, message: Message) -> None:
        done: Message = {"kind": "done", "client": client, "n": message["n"], "ok": True, "said": None}
        try:
            done |= self.act(str(message["name"]), dict(message["data"]))
        except NotDone as error:
            done |= {"ok": False, "said": error.said, **error.more}
        self.send(done)

    def _tell(self, client: str) -> None:
        try:
            page: Message = {"page": self.page(), "problem": None}
        except NotDone as error:
            page = {"page": None, "problem": error.said}
        told = json.dumps(page, sort_keys=True, ensure_ascii=False)
        if self._shown.get(client) != told:
            self._shown[client] = told
            self.send({"kind": "page", "client": client, **page})
