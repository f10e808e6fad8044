"""The trainee's home page: how far I am, what is next and why, and one click to today's fifteen minutes."""

from __future__ import annotations

from pathlib import Path

from csworkshop.progress.plan import make_plan
from csworkshop.progress.recorder import now
from csworkshop.progress.records import Log, RecordError
from csworkshop.screens.home_page import home_page, write_session
from csworkshop.screens.paged import Message, NotDone, PagedScreen, script


def home(folder: str | Path = ".", *, lang: str | None = None) -> Home:
    """The home page of the trainee whose notebooks lie in `folder`."""
    return Home(Path(folder).resolve(), lang)


class Home(PagedScreen):
    """The home page as a widget. Everything on it is computed from the trainee's own log, on this computer."""

    _esm = script("home")
    groups = ("home",)
    every = 2.0  # a look is one stat of the log

    def __init__(self, workspace: Path, lang: str | None = None) -> None:
        self.workspace = workspace
        self._known: tuple[object, Message] | None = None
        super().__init__(lang)

    def page(self) -> Message:
        log = Log(self.workspace)
        try:
            stat = log.path.stat() if log.path.exists() else None
            stamp = (stat.st_size, stat.st_mtime_ns) if stat else None, f"{now():%Y-%m-%d %H}"
            if self._known is None or self._known[0] != stamp:  # looked at often, changed seldom
                self._known = stamp, home_page(log.read(), self.workspace, now())
        except (RecordError, OSError) as error:
            raise NotDone({"zh": str(error), "en": str(error)}) from error
        return self._known[1]

    def act(self, name: str, data: Message) -> Message:
        try:
            path = write_session(make_plan(Log(self.workspace).read().attempts, now(), lang="zh"), self.workspace)
        except (RecordError, OSError) as error:
            raise NotDone({"zh": str(error), "en": str(error)}) from error
        return {"file": path.name}
