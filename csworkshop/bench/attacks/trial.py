"""Try the attacks: a class of three, graded by stock nbgrader and by csworkshop, and what became of it in words."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.bench.attacks import EVERYTHING, Attack, all_attacks
from csworkshop.bench.attacks.small_course import POINTS, make_source, submit

SECRET = "root:x:0:0:SECRET-OF-THE-INSTRUCTOR"
PATIENCE = 120.0  # seconds that stock nbgrader gets for three submissions, and four times what honest ones take
# Stock nbgrader with limits, so that what gets through doesn't take this machine with it.
_BOUNDED = """import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
sys.argv[0] = "nbgrader"
runpy.run_module("nbgrader", run_name="__main__")
"""
HONEST_CLASS = ("alice", "zoe")


@dataclass(frozen=True)
class Result:
    """What became of the class: marks by trainee and cell (None: ungraded), and what got through."""

    marks: dict[str, dict[str, float | None]]
    manual: bool
    wire: bool
    leaked: bool
    seconds: float
    hung: bool = False
    reported: bool = False

    def total(self, student: str) -> float | None:
        """A trainee's points; None where something is ungraded."""
        cells = self.marks.get(student)
        points = [p for p in (cells or {}).values() if p is not None]
        return sum(points) if cells and len(points) == len(POINTS) else None


@dataclass(frozen=True)
class Verdict:
    """The result judged: `bad` lists what went wrong; empty if nothing did."""

    result: Result
    earned: float
    bad: tuple[str, ...]

    def text(self) -> str:
        mark = self.result.total("mallory")
        named = "refused, named" if self.result.reported and mark is None else "ungraded"
        shown = named if mark is None else f"{mark:g} of {self.earned:g} earned"
        return f"{'; '.join(self.bad) or 'ok'} ({shown}, {self.result.seconds:.0f} s)"


def judge(attack: Attack, result: Result, honest: dict[str, float]) -> Verdict:
    """`honest` are the marks by part of the work that everybody did."""
    earned = sum(honest[part] for part in attack.keeps)
    mark, bad = result.total("mallory"), []
    if mark is not None and mark > earned + 0.005:
        bad.append("MARK GAINED")
    if mark is not None and mark < earned - 0.005 and attack.keeps == EVERYTHING:  # else she harms herself alone
        bad.append("honest marks lost")
    if any(result.total(s) != sum(honest.values()) for s in HONEST_CLASS):
        stopped = any(result.total(s) is None for s in HONEST_CLASS)
        bad.append("CLASS LEFT UNGRADED" if stopped else "OTHERS' MARKS CHANGED")
    if any("<" in student for student in result.marks):
        bad.append("MARKUP TAKEN FOR A NAME")
    if result.leaked:
        bad.append("FILE LEAKED")
    if result.wire:
        bad.append("code got through")
    if mark is None and not result.reported:
        bad.append("left ungraded")
    if result.manual:
        bad.append("waits for a person")
    if result.hung:
        bad.append("HANGS")
    return Verdict(result, earned, tuple(bad))


class Trial:
    """The assignment made and released once for each side, then copied for every attack."""

    def __init__(self, folder: Path, stock: bool = True) -> None:
        self.folder, self.patience = folder, 5 * PATIENCE
        from csworkshop.grading.course import release

        release("m2", make_source(folder / "ours"), exchange=folder / "exchange")
        self.sides = ["csworkshop"]
        if stock:
            make_source(folder / "stock", stock=True)
            made = _nbgrader(folder / "stock", "generate_assignment", "m2", "--create")
            if made is None or made.returncode:
                raise RuntimeError(f"stock nbgrader can't make the assignment: {made and made.stderr[-500:]}")
            self.sides = ["stock", "csworkshop"]
        self.honest = {side: self._honest(side) for side in self.sides}

    def run(self, attack: Attack, side: str) -> Verdict:
        """One attack on one side."""
        return judge(attack, self._class(side, attack), self.honest[side])

    def _honest(self, side: str) -> dict[str, float]:
        """What the honest work is worth: everybody's marks where nobody cheats."""
        result = self._class(side, Attack("nothing", lambda folder, wire: None, EVERYTHING))
        marks = {part: points for part, points in result.marks["mallory"].items() if points is not None}
        if set(marks) != set(POINTS) or not all(marks.values()):
            raise RuntimeError(f"honest work isn't graded by {side}: {result}")
        self.patience = max(PATIENCE, 4 * result.seconds) if side == "stock" else self.patience
        return marks

    def _class(self, side: str, attack: Attack) -> Result:
        with tempfile.TemporaryDirectory(prefix="trial-", dir=self.folder, ignore_cleanup_errors=True) as top:
            root, wire = Path(top) / "course", Path(top) / "wire"
            shutil.copytree(self.folder / ("stock" if side == "stock" else "ours"), root)
            wire.with_name("secret.txt").write_text(SECRET)
            for student in (*HONEST_CLASS, "mallory"):
                submit(root, student)
            with _listener(wire) as port:
                wire.with_name("port").write_text(str(port))
                attack.do(root / "submitted" / "mallory" / "m2", wire)
                started = time.monotonic()
                done = _stock(root, self.patience) if side == "stock" else _ours(root)
                seconds = time.monotonic() - started
                if "detached" in attack.name:
                    time.sleep(3)
            return Result(
                *_marks(root / "gradebook.db"), wire=wire.exists(), leaked=_leaked(root), seconds=seconds,
                hung=done is None, reported=bool(done and "mallory'" in done),
            )  # fmt: skip


def table(names: Sequence[str], ours_only: bool = False) -> int:
    """Print the table, a line as each attack is through; exit status 1 if one of them did anything to csworkshop."""
    attacks = [all_attacks()[name] for name in names]
    width = max(len(a.title) for a in attacks)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="attacks-", ignore_cleanup_errors=True) as folder:
        trial = Trial(Path(folder).resolve(), stock=not ours_only)
        for attack in attacks:
            verdicts = {side: trial.run(attack, side) for side in trial.sides}
            failed += bool(verdicts["csworkshop"].bad)
            print(f"{attack.title:{width}}")
            for side, verdict in verdicts.items():
                print(f"    {side:10}  {verdict.text()}", flush=True)
    print(f"\n{len(attacks)} attacks; {failed} did something to csworkshop")
    return 1 if failed else 0


def _ours(root: Path) -> str:
    from csworkshop.grading.course import grade

    os.environ["TRIAL_SECRET"] = SECRET
    try:
        results = grade("m2", root)
    finally:
        del os.environ["TRIAL_SECRET"]
    return "\n".join(repr(r.student) + r.student for r in results.results if r.status == "refused")


def _stock(root: Path, patience: float) -> str | None:
    done = _nbgrader(root, "autograde", "m2", patience=patience)
    return None if done is None else done.stdout


def _nbgrader(root: Path, *arguments: str, patience: float = 5 * PATIENCE) -> subprocess.CompletedProcess[str] | None:
    """A command of stock nbgrader's, without any settings; None if it had to be killed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where it looks for alembic
    env = {**os.environ, "TRIAL_SECRET": SECRET, "PATH": path}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        env[name] = str(root.parent / "machine" / name)
    command = [sys.executable, "-c", _BOUNDED, *arguments]
    with tempfile.TemporaryFile("w+") as told:
        run = subprocess.Popen(
            command, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True
        )
        try:
            run.wait(patience)
            hung = False
        except subprocess.TimeoutExpired:
            hung = True
        below = _descendants(run)
        if hung:
            run.kill()
            run.wait()
        for process in below:
            with suppress(Exception):
                process.kill()
        told.seek(0)
        return None if hung else subprocess.CompletedProcess(command, run.returncode, "", told.read()[-5000:])


def _descendants(run: subprocess.Popen[bytes]) -> list[Any]:
    import psutil  # type: ignore[import-untyped]

    with suppress(psutil.Error):
        return list(psutil.Process(run.pid).children(recursive=True))
    return []


def _marks(database: Path) -> tuple[dict[str, dict[str, float | None]], bool]:
    marks: dict[str, dict[str, float | None]] = {}
    manual = False
    with sqlite3.connect(database) as db:
        rows = db.execute(
            "select s.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g"
            " join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id"
            " join base_cell c on g.cell_id = c.id where c.name in ('reply', 'rates', 'slowest')"
        ).fetchall()
    for student, cell, points, needs in rows:
        marks.setdefault(student, {})[cell] = points
        manual = manual or bool(needs)
    for student in [s for s in marks if s.startswith("mallory") and s != "mallory"]:
        marks["mallory"] = marks[student]  # a name with markup that was taken as it is
    return marks, manual


def _leaked(root: Path) -> bool:
    """Whether something secret stands in what would go back to mallory."""
    for path in (root / "autograded").glob("mallory*/m2/**/*"):
        with suppress(OSError):
            if path.is_file() and path.stat().st_size < 50 << 20 and SECRET.encode() in path.read_bytes():
                return True
    return False


@contextmanager
def _listener(wire: Path) -> Iterator[int]:
    """A server that notes a connection at `wire`."""
    server = socket.create_server(("127.0.0.1", 0))

    def wait() -> None:
        with suppress(OSError):
            server.accept()
            wire.touch()

    threading.Thread(target=wait, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
