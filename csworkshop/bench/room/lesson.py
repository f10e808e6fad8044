"""The trainees' side: kernels begin, the lesson is run in them, everybody works, everybody closes the tab."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csworkshop.bench.room.kernel import Kernel, lesson_cells
from csworkshop.bench.room.view import Record, View
from csworkshop.bench.room.ways import Way, way_of, work
from csworkshop.classroom.presence import QUIET
from csworkshop.classroom.store import Class
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.library import load_any
from csworkshop.lab.workspace import bring_lessons

MODULE = "m2"  # a lesson with many kinds of exercises
AT_ONCE = 3  # kernels that begin at the same time
PANEL = "ClassPanel"
SETTLE = 4 * QUIET  # seconds; what a trainee shares is written up to QUIET after it changed, by a thread
TICK = 1.0  # seconds between two looks of a trainee's class panel, as its browser has it


@dataclass
class Trainee:
    """One trainee: who it is, in which folder, and what came of it."""

    way: Way
    workspace: Path
    record: Record
    kernel: Kernel
    views: dict[str, View] = field(default_factory=dict)


@dataclass
class Lesson:
    """A lesson for `trainees`, for so many seconds; `hurry` makes everybody faster (for tests)."""

    klass: Class
    folder: Path
    trainees: int
    seconds: float
    hurry: float = 1.0
    told: Callable[[str], None] = lambda _: None
    people: list[Trainee] = field(default_factory=list)
    begun: float = 0.0  # when all kernels were there and work began
    trouble: BaseException | None = None
    _arrived: list[Kernel] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _gone: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin in a thread of its own: the browser has this one."""
        threading.Thread(target=self._run, daemon=True, name="trainees").start()

    @property
    def worked(self) -> bool:
        """Whether the time is up and all tabs are closed; kernels are there until `stop`."""
        return self._over.is_set()

    def stop(self) -> None:
        """End the kernels; returns when they are gone."""
        self._stopped.set()
        self._gone.wait(120)

    @property
    def pids(self) -> list[int]:
        return [one.kernel.pid for one in self.people]

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except BaseException as error:  # the thread that waits for us tells it
            self.trouble = error
        finally:
            self._over.set()
            self._gone.set()

    async def _all(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        try:
            made = [self._arrive(n, gate) for n in range(self.trainees)]
            self.people = await asyncio.gather(*made)
            self.begun = time.time()
            until = self.begun + self.seconds
            await asyncio.gather(*(self._attend(one, until) for one in self.people))
            await asyncio.sleep(SETTLE)
            self._over.set()
            while not self._stopped.is_set():
                await asyncio.sleep(0.1)
        finally:
            # One that is gone already is no trouble: what counts was told before.
            await asyncio.gather(*(one.stop() for one in self._arrived), return_exceptions=True)

    async def _arrive(self, n: int, gate: asyncio.Semaphore) -> Trainee:
        """A workspace with the lessons, a kernel in it, the lesson's cells run, the class joined, the tab drawn."""
        name = f"学员{n + 1:02}"
        workspace = self.folder / f"trainee-{n + 1:02}"
        async with gate:
            workspace.mkdir(parents=True)
            bring_lessons(workspace, lang="zh")
            private = str(self.folder / f"private-{n + 1:02}")
            kernel = Kernel(workspace, CSWORKSHOP_PRIVATE=private, CSWORKSHOP_LANG="zh")
            self._arrived.append(kernel)
            await kernel.start()
            one = Trainee(way_of(n, self.hurry), workspace, Record(name), kernel)
            share = "texts" if n % 3 else "progress"
            await self._join(one, share, panel=n % 4 != 3)
            for cell in lesson_cells(next(workspace.glob(f"{MODULE}-*.ipynb"))):
                await kernel.run(cell)
            for exercise in [w for w in kernel.widgets if w != PANEL]:
                one.views[exercise] = _view(one, exercise, f"tab{n}")
                await one.views[exercise].open()
            self.told(f"{len(self._arrived)} of {self.trainees} kernels")
        return one

    async def _join(self, one: Trainee, share: str, *, panel: bool) -> None:
        """Most join in the panel, as the handbook has it; some run `join_class`."""
        folder, kernel = str(self.klass.folder), one.kernel
        if not panel:
            name = one.record.nickname
            await kernel.run(f"from csworkshop import join_class\nroom = join_class({folder!r}, {name!r}, {share!r})")
            return
        await kernel.run(f"from csworkshop import class_panel\nclass_panel({folder!r})")
        await kernel.tell_and_wait(PANEL, {"kind": "hello", "client": "panel"})
        data = {"nickname": one.record.nickname, "share": share}
        await kernel.tell_and_wait(PANEL, {"kind": "act", "client": "panel", "n": 1, "name": "join", "data": data})

    async def _attend(self, one: Trainee, until: float) -> None:
        looking = asyncio.create_task(_look_at_panel(one)) if PANEL in one.kernel.widgets else None
        try:
            await asyncio.sleep(random.Random(one.record.nickname).uniform(0, min(5.0, self.seconds / 4)))
            await work(one.views, {e: load_any(e) for e in one.views}, one.way, until)
            await asyncio.sleep(max(until - time.time(), 0.0))
            for view in one.views.values():
                await view.close()
        finally:
            if looking is not None:
                looking.cancel()


async def _look_at_panel(one: Trainee) -> None:
    while True:
        await asyncio.sleep(TICK)
        one.kernel.tell(PANEL, {"kind": "tick", "client": "panel"})


def _view(one: Trainee, exercise: str, client: str) -> View:
    asked: Any = load_any(exercise)
    rewrite = isinstance(asked, Exercise)
    return View(one.kernel, one.record, exercise, client, live=rewrite or kind_of(asked).live, rewrite=rewrite)
