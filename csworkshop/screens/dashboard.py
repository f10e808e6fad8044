"""The instructor's dashboard while a room works: who is where, who is stuck, what goes wrong, what all shall see."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from csworkshop.classroom.live import Watch
from csworkshop.classroom.pages import both, exercise_title, room_page, text_data
from csworkshop.classroom.private import PrivateError
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class, ClassError
from csworkshop.exercises.library import OWN, UnknownExercise, exercise_files, load_any
from csworkshop.progress.plan import ASSIGNED
from csworkshop.screens.paged import Message, NotDone, PagedScreen, script
from csworkshop.text.datafile import DataFileError


def dashboard(folder: str | Path, *, lang: str | None = None) -> Dashboard:
    """The dashboard of the class in `folder`; ClassError for anybody but the instructor."""
    klass = Class.open(folder)
    if not klass.is_instructor():
        raise ClassError(both("class.not_instructor", folder=klass.folder)["zh"])
    return Dashboard(klass, lang)


class Dashboard(PagedScreen):
    """The dashboard as a widget. Nicknames are hidden until they are asked for: it may be on the projector."""

    _esm = script("dashboard", "stage")
    groups = ("screen_class",)
    every = 0.5

    def __init__(self, klass: Class, lang: str | None = None) -> None:
        self.klass, self.watch, self.stage = klass, Watch(klass), Stage(klass)
        self.names = False
        self._reading: int | None = None  # the seat whose text is looked at
        ids = [path.stem for path in exercise_files() if not ASSIGNED.match(path.stem)]
        self._titles = {name: exercise_title(name) for name in ids}
        super().__init__(lang, exercises=[{"id": name, "title": title} for name, title in self._titles.items()])

    def __repr__(self) -> str:
        return self.klass.title

    def page(self) -> Message:
        try:
            room = self.watch.snapshot(time.time())
        except ClassError as error:
            raise NotDone({"zh": str(error), "en": str(error)}) from error
        reading = None
        if self._reading is not None:
            text = text_data(room, self._reading)
            words = text["text" if self.names else "masked"] if text else ""
            reading = {"number": self._reading, "text": words}
        return {
            "class": self.klass.title,
            "folder": str(self.klass.folder),
            "names": self.names,
            "reading": reading,
            **room_page(room, names=self.names),
        }

    def _exercise(self, words: str) -> str:
        """The id of the exercise that the instructor means: by its title, or by its id."""
        found = next((name for name, title in self._titles.items() if words in title.values()), words)
        try:
            return load_any(found, Path(OWN)).id if found else ""
        except (UnknownExercise, DataFileError) as error:
            raise NotDone(both("screen_class.no_exercise")) from error

    def act(self, name: str, data: Message) -> Message:
        stage, now = self.stage, time.time()
        deeds: dict[str, Callable[[], Any]] = {
            "names": lambda: setattr(self, "names", data.get("on") is True),
            "read": lambda: setattr(self, "_reading", data.get("number")),
            "start": lambda: stage.start(str(data.get("title", "")), str(data.get("exercise", ""))),
            "end": stage.end,
            "exercise": lambda: stage.set_exercise(self._exercise(str(data["exercise"]).strip())),
            "ask": lambda: stage.ask(str(data["title"]), [str(o) for o in data["options"]]),
            "show": lambda: stage.show(self.watch.snapshot(now), [int(n) for n in data["numbers"]], str(data["title"])),
            "close": lambda: stage.close(data["which"], self.watch.snapshot(now)),
            "clear": lambda: stage.clear(data["which"]),
            "count_down": lambda: stage.count_down(60 * float(data["minutes"])),
            "nudge": lambda: stage.nudge(str(data["text"])),
        }
        try:
            deeds[name]()
        except (ClassError, PrivateError) as error:
            raise NotDone({"zh": str(error), "en": str(error)}) from error
        except ValueError as error:  # minutes that are no number
            raise NotDone(both("screen_class.no_number")) from error
        return {}
