"""A class at work, at the level of its files: processes that write as kernels do, a dashboard that reads.

Every trainee is a process with a presence of its own and changes its text once a second. The dashboard folds the room
and makes its page twice a second. A text carries its number and the time it was written, so each one that reaches the
page tells how long it took; a text that the next one overtook was never asked for, one that is missing at the end is
lost.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csworkshop.classroom.live import Watch
from csworkshop.classroom.pages import room_page
from csworkshop.classroom.presence import QUIET, Presence
from csworkshop.classroom.records import Summary
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class

READ_EVERY = 0.5  # seconds between two looks of the dashboard
WRITE_EVERY = 1.0
TARGET = 2.0  # seconds from a key to the dashboard
EXERCISE = "m2-vague-delivery"
REPLY = "让您久等了，实在抱歉。骑手的车半路坏了，已经换了车，应该下午两点前送到，到了给您打电话，另补您一张20元券。" * 3
LINES = (
    ("empathy", "earned", ((0, 5),)),
    ("own", "earned", ((6, 10),)),
    ("specific_time", "unsure", ((25, 30),)),
    ("vague", "fault", ((23, 25),)),
    ("rude", "clean", ()),
)


@dataclass
class Seen:
    """What the dashboard saw."""

    delays: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)  # seconds that one look took
    last: dict[str, int] = field(default_factory=dict)  # trainee -> number of the newest text seen
    texts: int = 0
    unreadable: int = 0


def measure(trainees: int, seconds: float, folder: Path | None = None) -> int:
    """Run the class and print what came of it; 1 if a text was lost or the delay's 95th percentile is above TARGET."""
    with tempfile.TemporaryDirectory() as scratch:
        klass = Class.create((folder or Path(scratch)) / "bench-class")
        Stage(klass).start("bench", EXERCISE)
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload([__name__])
        ready, go, written = context.Semaphore(0), context.Event(), context.Queue()
        private = Path(scratch) / "private"
        writers = [
            context.Process(  # type: ignore[attr-defined]
                target=_write, args=(n, str(klass.folder), str(private), seconds, ready, go, written), daemon=True
            )
            for n in range(trainees)
        ]
        for writer in writers:
            writer.start()
        for _ in writers:
            ready.acquire()
        go.set()
        seen = _look(klass, seconds)
        counts: dict[str, int] = dict(written.get(timeout=60) for _ in writers)
        _look_once(Watch(klass), seen)
        for writer in writers:
            writer.join(10)
        Stage(klass).end()
    return _tell(trainees, seconds, seen, counts)


def _write(n: int, folder: str, private: str, seconds: float, ready: Any, go: Any, written: Any) -> None:
    """One trainee: types once a second, at a moment of his own, and keeps himself up to date as a kernel's thread."""
    klass = Class.open(folder)
    session = klass.session()
    assert session is not None
    own = random.Random(n)
    one = Presence(klass, session, f"trainee{n}", "texts", private=Path(private) / str(n))
    ready.release()
    go.wait()
    begin = time.monotonic() + own.uniform(0, WRITE_EVERY)
    number = 0
    while begin + number * WRITE_EVERY < time.monotonic() + seconds and number < seconds / WRITE_EVERY:
        while (left := begin + number * WRITE_EVERY - time.monotonic()) > 0:
            time.sleep(min(left, QUIET / 2))
            one.flush()
        number += 1
        text = f"{n} {number} {time.time():.6f} {REPLY}"
        one.update(EXERCISE, Summary(own.random(), False, LINES), text)  # type: ignore[arg-type]
    time.sleep(QUIET)
    one.flush()
    written.put((str(n), number))


def _look(klass: Class, seconds: float) -> Seen:
    seen, watch = Seen(), Watch(klass)
    until = time.monotonic() + seconds + 2 * WRITE_EVERY
    while time.monotonic() < until:
        began = time.monotonic()
        _look_once(watch, seen)
        time.sleep(max(READ_EVERY - (time.monotonic() - began), 0.01))
    return seen


def _look_once(watch: Watch, seen: Seen) -> None:
    began = time.perf_counter()
    room = watch.snapshot(time.time())
    room_page(room)
    seen.looks.append(time.perf_counter() - began)
    now = time.time()
    seen.unreadable += sum(room.unreadable.values())
    for seat in room.seats:
        if seat.file.text:
            name, number, at = seat.file.text.split(" ", 3)[:3]
            if int(number) > seen.last.get(name, 0):
                seen.last[name] = int(number)
                seen.texts += 1
                seen.delays.append(now - float(at))


def _tell(trainees: int, seconds: float, seen: Seen, counts: dict[str, int]) -> int:
    written = sum(counts.values())
    lost = [name for name, number in counts.items() if seen.last.get(name) != number]
    p50, p95 = _quantiles(seen.delays)
    look50, look95 = _quantiles(seen.looks)
    print(f"{trainees} trainees, {seconds:g} s, {written} texts written, {seen.texts} seen on the dashboard")
    print(f"from writing to the dashboard's page   p50 {p50:.2f} s   p95 {p95:.2f} s   max {max(seen.delays):.2f} s")
    print(f"one look (fold and page)               p50 {look50 * 1000:.0f} ms   p95 {look95 * 1000:.0f} ms")
    print(f"overtaken by the trainee's next text   {written - seen.texts}")
    print(f"last text missing at the end           {len(lost)}")
    print(f"files that couldn't be read            {seen.unreadable}")
    good = not lost and p95 <= TARGET and not seen.unreadable
    print(f"target: p95 at most {TARGET:g} s and nothing lost; {'reached' if good else 'missed'}")
    return 0 if good else 1


def _quantiles(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=20)[18]
