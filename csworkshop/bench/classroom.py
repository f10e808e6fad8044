"""A class at work: trainees in real kernels, and the instructor's dashboard in a real browser.

Every trainee has a workspace, a Jupyter kernel in it that has run the lesson's cells and joined the class, and works
at human pace: the same messages arrive in the kernel as from a browser. The dashboard runs in JupyterLab in Chromium;
its page notes what it shows of whom, and when. A change of marks is timed from the message with the trainee's key or
press until the page shows it. At the end everything that was sent is looked for in logs, answer files and class.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csworkshop.bench.browser import chromium
from csworkshop.bench.room.lesson import MODULE, Lesson
from csworkshop.bench.room.verify import Delays, Losses, losses
from csworkshop.bench.room.watched import Dashboard, dashboard, until
from csworkshop.classroom.live import Watch
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class

TARGET = 2.0  # seconds from a trainee's message to the dashboard's page
WEIGH_EVERY = 20.0  # seconds between two looks at memory
AFTERWARDS = 15.0  # seconds in which the page may still bring what was sent last


@dataclass
class Weight:
    """Megabytes (10^6 bytes, shared memory counted once) and processor seconds of the kernels."""

    kernels: list[float] = field(default_factory=list)  # the most of each
    processor: float = 0.0  # share of the whole machine that all kernels took while everybody worked
    machine: float = 0.0  # share that everything took, dashboard, browser and this measurement included


def measure(
    trainees: int, seconds: float, folder: Path | None = None, *, hurry: float = 1.0, opened: Any = None
) -> int:
    """Run the class and print what came of it; 1 if anything was lost or the delay's 95th percentile is over TARGET.

    `hurry` makes trainees faster, `opened` is a browser to use: both are for tests.
    """
    if chromium() is None:
        sys.exit("There is no Chromium here; name one in CSWORKSHOP_CHROMIUM.")
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        klass = Class.create((folder or scratch) / "bench-class", "一班")
        Stage(klass).start("第二课", "m2-vague-delivery")
        with dashboard(klass.folder, scratch / "instructor", opened) as page:
            lesson = Lesson(klass, scratch, trainees, seconds, hurry, told=_say)
            lesson.start()
            try:
                until(lambda: lesson.begun or lesson.worked, float("inf"), page.look)
                _say("everybody works" if lesson.begun else "")
                weight = _weigh(lesson, page) if lesson.begun else Weight()
                if lesson.trouble is not None:
                    raise lesson.trouble
                delays = _delays(lesson, page)
            finally:
                lesson.stop()
        lost = losses(lesson.people, Watch(klass).snapshot(time.time()))
        Stage(klass).end()
    return _tell(lesson, lost, delays, weight, page)


def _weigh(lesson: Lesson, page: Dashboard) -> Weight:
    """Look at the page until the lesson is over; memory and processor time of the kernels meanwhile."""
    import psutil  # type: ignore[import-untyped]

    found, kernels = Weight(), [psutil.Process(pid) for pid in lesson.pids]
    began, before = time.monotonic(), sum(_spent(one) for one in kernels)
    psutil.cpu_percent()
    over = False
    while not over:
        over = until(lambda: lesson.worked, WEIGH_EVERY, page.look)
        if lesson.trouble is None:
            now = [_bytes(one) / 1e6 for one in kernels]
            found.kernels = [max(pair) for pair in zip(now, found.kernels or now, strict=True)]
            spent = sum(_spent(one) for one in kernels) - before
            found.processor = spent / (time.monotonic() - began) / psutil.cpu_count()
    found.machine = psutil.cpu_percent() / 100
    return found


def _delays(lesson: Lesson, page: Dashboard) -> Delays:
    """Wait until the page shows what was sent last, then match what was sent and what was shown."""

    def match() -> Delays:
        found = Delays()
        for one in lesson.people:
            found.add(one.record, [seen for seen in page.seen if seen.who == one.record.nickname])
        return found

    until(lambda: not match().missing, AFTERWARDS, page.look)
    return match()


def _spent(process: object) -> float:
    times = process.cpu_times()  # type: ignore[attr-defined]
    return float(times.user + times.system)


def _bytes(process: object) -> float:
    full = process.memory_full_info()  # type: ignore[attr-defined]
    return float(getattr(full, "pss", 0) or full.rss)


def _say(line: str) -> None:
    if line and sys.stderr.isatty():
        print(f"\r\033[K{line}", end="\n" if line == "everybody works" else "", file=sys.stderr, flush=True)


def _tell(lesson: Lesson, lost: Losses, delays: Delays, weight: Weight, page: Dashboard) -> int:
    records = [one.record for one in lesson.people]
    sent = sum(len(record.attempts) for record in records)
    edits = sum(len(record.saves) for record in records)
    answers = [seconds for record in records for seconds in record.answers]
    ways = Counter(one.way.name for one in lesson.people)
    told = ", ".join(f"{n} {way}" for way, n in ways.items())
    print(f"trainees {len(records)}, each a kernel with lesson {MODULE}: {told}")
    print(f"minutes {lesson.seconds / 60:g}; edits {edits}, marks shown {sum(len(r.marks) for r in records)}")
    print(f"attempts sent {sent}, lines in the logs {lost.lines}, unreadable {lost.unreadable}")
    print(
        f"lost: attempts {len(lost.attempts)}, texts {len(lost.texts)}, states in the class {len(lost.class_)}, "
        f"failed saves {len(lost.unsaved)}, attempts that the page did not show {len(delays.missing)}"
    )
    print(f"attempt to the dashboard's page      {_seconds(delays.attempts)}")
    print(f"any change to the dashboard's page   {_seconds(delays.changes)}   overtaken by the next {delays.overtaken}")
    print(f"a widget's answer in the kernel      {_seconds(answers, 1000)}")
    print(f"edit to saved                        {_seconds([s for r in records for s in r.saves], 1000)}")
    if weight.kernels:
        print(
            f"memory of the kernels {sum(weight.kernels) / 1000:.2f} GB, "
            f"each {statistics.median(weight.kernels):.0f} MB (largest {max(weight.kernels):.0f} MB)"
        )
        print(f"processor: the kernels {weight.processor:.0%} of the machine, everything {weight.machine:.0%}")
    flagged = {seen.who for seen in page.seen if seen.standing == "stuck"}
    for name in ("stuck", "falling"):
        those = {one.record.nickname for one in lesson.people if one.way.name == name}
        if those:
            print(f"{name}: {len(those)}, of whom the dashboard pointed out {len(those & flagged)}")
    for line in [*lost.all, *delays.missing][:10]:
        print(f"  lost: {line}")
    p95 = _p95(delays.attempts)
    good = not lost.all and not lost.unreadable and not delays.missing and p95 <= TARGET and sent > 0
    print(f"target: nothing lost, p95 at most {TARGET:g} s; {'reached' if good else 'missed'}")
    return 0 if good else 1


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else sum(values)


def _seconds(values: list[float], factor: int = 1) -> str:
    if not values:
        return "none"
    unit, digits = ("s", 2) if factor == 1 else ("ms", 0)
    three = {"p50": statistics.median(values), "p95": _p95(values), "max": max(values)}
    return "   ".join(f"{name} {factor * value:.{digits}f} {unit}" for name, value in three.items())
