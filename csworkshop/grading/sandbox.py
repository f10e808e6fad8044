"""Run a trainee's cells in a process of its own, confined and limited, and take their results out as data.

Nothing of the course is in reach of that process where the system can see to it (Linux with namespaces, as root or as
anybody): no gradebook, no submissions, no reference, no network, and no process outlives it. What a system can't give
is said by `means()`; without confinement nothing is run unless CSWORKSHOP_UNCONFINED=1 says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Literal

from csworkshop.exercises import handed
from csworkshop.exercises.code import RESULT_LIMIT, Limits
from csworkshop.exercises.library import content
from csworkshop.grading import confine
from csworkshop.text.language import say

UNCONFINED = "CSWORKSHOP_UNCONFINED"
FILES_MB = 256  # what the code may write in all, in memory
KEPT_OUTPUT = 4000  # characters of what the cells print that are kept
STARTING = 5.0  # seconds of computing that Python and pandas may take by themselves, on top of the limit
_LOOK = 0.1  # seconds between looks at memory

Stop = Literal["", "time", "memory", "output", "ended"]


@dataclass(frozen=True)
class Means:
    """How code is run here. `level` "none": it isn't; `why` is what the system said to a try at namespaces."""

    level: Literal["namespaces", "limits", "none"]
    why: str = ""

    def text(self, lang: str | None = None) -> str:
        """What is confined, in a sentence for the record."""
        system = sys.platform if sys.platform in ("win32", "darwin", "linux") else "linux"
        lacking = "" if self.level == "namespaces" else say(f"code.lacking_{system}", lang)
        return " ".join(filter(None, [say(f"code.level_{self.level}", lang, why=self.why or system), lacking]))


@dataclass(frozen=True)
class Run:
    """A step: run this code. `name` is the cell's, `seconds` its own limit of computing within the job's."""

    name: str
    code: str
    seconds: float


@dataclass(frozen=True)
class Take:
    """A step: hand out this variable, as the result of the graded cell `name`."""

    name: str
    variable: str


@dataclass
class Ran:
    """What came out: raw data by graded cell (JSON, not yet believed), what went wrong by cell, why it was stopped."""

    data: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    output: str = ""
    stopped: Stop = ""


@lru_cache(maxsize=1)
def means() -> Means:
    """The best that this system gives, found out by trying it once."""
    if sys.platform == "linux":
        tried = _start([Take("x", "x")], {}, Limits(), "namespaces")
        if tried[1] == 0:
            return Means("namespaces")
        why = tried[0].output.strip().splitlines()
        return Means("limits" if _allowed() else "none", why[-1][:200] if why else f"status {tried[1]}")
    return Means("limits" if _allowed() else "none")


def _allowed() -> bool:
    return os.environ.get(UNCONFINED) == "1"


def run(steps: Sequence[Run | Take], files: Mapping[str, bytes], limits: Limits) -> Ran:
    """Run the steps with `files` in the working folder. Never raises for what the code does, and never waits long."""
    level = means().level
    if level == "none":
        raise RuntimeError("no confinement here")  # the plan was to be refused before
    return _start(steps, files, limits, level)[0]


def _start(
    steps: Sequence[Run | Take], files: Mapping[str, bytes], limits: Limits, level: str
) -> tuple[Ran, int | None]:
    """Returns also the exit status, None where the code had to be stopped."""
    with tempfile.TemporaryDirectory(prefix="csworkshop-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder).resolve()
        box = scratch / "box"
        for name in ("work", "tmp"):
            (box / name).mkdir(parents=True)
        for name, content_ in files.items():
            (box / "work" / name).write_bytes(content_)
        shutil.copyfile(Path(handed.__file__), box / "handed.py")
        shutil.copyfile(Path(__file__).with_name("inside.py"), box / "inside.py")
        spec = {
            "level": level, "scratch": str(scratch), "python": sys.executable, "see": _see(), "hide": _hide(),
            "memory_mb": limits.memory_mb, "seconds": limits.seconds + STARTING + 1, "files_mb": FILES_MB,
        }  # fmt: skip
        job = {"steps": [_as_json(step) for step in steps]}
        started = subprocess.Popen(
            [sys.executable, "-I", "-B", confine.__file__, json.dumps(spec)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=scratch, env=_scrubbed(), start_new_session=True,
        )  # fmt: skip
        try:
            return _attend(started, json.dumps(job).encode(), limits)
        finally:
            _end(started)


def _as_json(step: Run | Take) -> dict[str, Any]:
    if isinstance(step, Run):
        return {"name": step.name, "run": step.code, "seconds": step.seconds, "wait": patience(step.seconds) / 2}
    return {"name": step.name, "take": step.variable}


def _attend(started: subprocess.Popen[bytes], job: bytes, limits: Limits) -> tuple[Ran, int | None]:
    """Feed the job, gather what comes up to the limits, stop what goes beyond them."""
    results, output = _Gathered(started.stdout, RESULT_LIMIT), _Gathered(started.stderr, limits.output_kb << 10)
    feeder = threading.Thread(target=_feed, args=(started.stdin, job), daemon=True)
    for thread in (feeder, results, output):
        thread.start()
    stopped: Stop = ""
    until = time.monotonic() + patience(limits.seconds) + STARTING
    while not stopped:
        try:
            started.wait(_LOOK)
            break
        except subprocess.TimeoutExpired:
            pass
        memory, computing = _used_by(started.pid)
        if computing > limits.seconds + STARTING or time.monotonic() > until:
            stopped = "time"
        elif results.full or output.full:
            stopped = "output"
        elif memory > limits.memory_mb << 20:
            stopped = "memory"
    _end(started)
    for gathered in (results, output):
        gathered.join(5)
    ran = Ran(output=output.text()[:KEPT_OUTPUT], stopped=stopped or ("output" if output.full or results.full else ""))
    finished = _sort(results.text(), ran)
    if not ran.stopped and not finished:
        ran.stopped = "ended"
    return ran, None if stopped else started.returncode


def _sort(text: str, ran: Ran) -> bool:
    """Put the lines that the code's process wrote into `ran`; True if it said it was done. Odd ones are dropped."""
    for line in text.splitlines():
        try:
            said = json.loads(line)
            name = said["name"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if said.get("done") is True:
            return True
        if not isinstance(name, str):
            continue
        for key in ("error", "absent", "no_data"):
            if isinstance(said.get(key), str):
                ran.errors[name] = f"{key}:{said[key][:500]}"
        if "data" in said and name not in ran.data:
            ran.data[name] = json.dumps(said["data"])
    return False


class _Gathered(threading.Thread):
    """Reads a pipe to its end, keeps `limit` bytes of it and says when there were more."""

    def __init__(self, pipe: IO[bytes] | None, limit: int) -> None:
        super().__init__(daemon=True)
        self._pipe, self._limit, self._kept = pipe, limit, bytearray()
        self.full = False

    def run(self) -> None:
        assert self._pipe
        while chunk := os.read(self._pipe.fileno(), 1 << 16):
            self._kept += chunk[: self._limit - len(self._kept)]
            self.full = self.full or len(self._kept) >= self._limit

    def text(self) -> str:
        return bytes(self._kept).decode("utf-8", "replace")


def _feed(pipe: IO[bytes] | None, job: bytes) -> None:
    assert pipe
    with contextlib.suppress(OSError):  # it may have ended already, which is noticed elsewhere
        pipe.write(job)
        pipe.close()


def patience(seconds: float) -> float:
    """Seconds on the clock for so many of computing: a busy machine mustn't cost an honest trainee the mark."""
    return 3 * seconds + 20


def _used_by(pid: int) -> tuple[int, float]:
    """Bytes that a process and its descendants hold, and seconds that they have computed; 0 where it can't be seen."""
    import psutil  # type: ignore[import-untyped]

    try:
        launcher = psutil.Process(pid)
        memory, seconds = 0, 0.0
        for process in [launcher, *launcher.children(recursive=True)]:
            try:
                memory += process.memory_info().rss
                seconds += sum(process.cpu_times()[:2])
            except psutil.Error:
                continue
        return memory, seconds
    except psutil.Error:
        return 0, 0.0


def _end(started: subprocess.Popen[bytes]) -> None:
    """End the launcher, which takes everything with it, and its group."""
    import psutil

    below = []
    if os.name == "nt" and started.poll() is None:
        try:
            below = psutil.Process(started.pid).children(recursive=True)
        except psutil.Error:
            below = []
    if started.poll() is None:
        started.terminate()
        try:
            started.wait(3)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
    for process in below:
        try:
            process.kill()
        except psutil.Error:
            continue
    if os.name != "nt":
        with contextlib.suppress(OSError):
            os.killpg(started.pid, signal.SIGKILL)


def _scrubbed() -> dict[str, str]:
    return {name: os.environ[name] for name in ("SYSTEMROOT", "TZ") if name in os.environ} | {"PATH": "/usr/bin:/bin"}


def _see() -> list[str]:
    """What the code's process may read: the system's libraries and this Python with its packages."""
    python = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}
    python |= {p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")}
    system = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/localtime"]
    system += ["/etc/fonts", "/etc/alternatives", *(f"/dev/{name}" for name in ("null", "zero", "random", "urandom"))]
    return [path for path in [*system, *sorted(python)] if os.path.lexists(path)]


def _hide() -> list[str]:
    """Folders below those that stay empty: this kit, whose exercises may come with their references."""
    kit = Path(__file__).resolve().parents[1]
    return [str(kit), *(str(content() / name) for name in ("exercises", "data", "notebooks"))]
