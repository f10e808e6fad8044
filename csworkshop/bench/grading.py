"""Grading a class with `csworkshop grade` and with stock `nbgrader autograde`: time, memory, and the same grades.

Both are run as commands on this machine, one after the other. "After start-up" is what a submission adds: the
difference between the large class and the small one, by the difference in number. Ratios hold better than times.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from csworkshop.bench.made_class import ASSIGNMENT, Handed, make_class, make_ours, make_stock

FASTER_EACH, FASTER_IN_ALL = 30, 8  # times, of which the second is for the small class
FLAT = 1.15  # most that memory may grow from the small class to the largest


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds on the clock, seconds of CPU with all its processes, peak memory in MB."""

    wall: float
    cpu: float
    memory: float


def main(small: int, large: int, most: int, folder: Path | None) -> int:
    """Run everything and print it; 1 if a target is missed or a grade differs."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        return _measure(small, large, most, folder)
    with tempfile.TemporaryDirectory() as scratch:
        return _measure(small, large, most, Path(scratch))


def _measure(small: int, large: int, most: int, top: Path) -> int:
    ours: dict[int, Cost] = {}
    stock: dict[int, Cost] = {}
    missed = []
    handed = make_class(large)
    print(f"{large} submissions: " + ", ".join(f"{n} {k}" for k, n in Counter(h.kind for h in handed).most_common()))
    for number in (small, large):
        ours[number] = _ours(top / f"ours-{number}", handed[:number])
        _tell("csworkshop grade", number, ours[number])
        stock[number] = _stock(top / f"stock-{number}", handed[:number])
        _tell("nbgrader autograde", number, stock[number])
    missed += _compare(top / f"ours-{large}", top / f"stock-{large}", handed)
    print("\ntimes as fast as stock                        clock      CPU   target")
    each = [(getattr(c[large], k) - getattr(c[small], k)) / (large - small) for c in (stock, ours) for k in _CLOCKS]
    missed += _ratios("per submission after start-up", each[:2], each[2:], FASTER_EACH)
    whole = [getattr(c[small], k) for c in (stock, ours) for k in _CLOCKS]
    missed += _ratios(f"in all, {small} submissions", whole[:2], whole[2:], FASTER_IN_ALL)
    print(f"a submission more: stock {each[0]:.2f} s ({each[1]:.2f} CPU), ours {each[2]:.3f} s ({each[3]:.3f} CPU)\n")
    again = run([*_GRADE, "--course", str(top / f"ours-{large}")])
    _tell("csworkshop grade, nothing changed", large, again)
    if most:
        ours[most] = _ours(top / f"ours-{most}", make_class(most), progress=True)
        _tell("csworkshop grade", most, ours[most])
    growth = max(c.memory for c in ours.values()) / ours[small].memory
    sizes = ", ".join(f"{n}: {c.memory:.0f} MB" for n, c in ours.items())
    print(f"peak memory of ours by size of the class: {sizes}; grows {growth:.2f} times (target: at most {FLAT})")
    if growth > FLAT:
        missed.append("memory")
    print("targets: " + (f"missed: {', '.join(missed)}" if missed else "all reached"))
    return 1 if missed else 0


_CLOCKS = ("wall", "cpu")
_GRADE = [sys.executable, "-m", "csworkshop", "grade", ASSIGNMENT]


def _ours(root: Path, handed: Sequence[Handed], progress: bool = False) -> Cost:
    make_ours(root, handed)
    return run([*_GRADE, "--course", str(root), *(["--progress"] if progress else [])], heard=progress)


def _stock(root: Path, handed: Sequence[Handed]) -> Cost:
    make_stock(root, handed)
    return run([sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT], root)


# A process inherits its maker's peak memory, so a small one starts the command.
_LAUNCH = """
import os, subprocess, sys, time
started = time.monotonic()
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=None if sys.argv[1] else subprocess.DEVNULL)
used = os.wait4(child.pid, 0)[2]
print(time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def run(command: Sequence[str], folder: Path | None = None, heard: bool = False) -> Cost:
    """Run a command, its stderr shown if `heard`; what it took, the processes that it started included."""
    launch = [sys.executable, "-S", "-E", "-c", _LAUNCH, "heard" if heard else "", *command]
    done = subprocess.run(launch, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    wall, cpu, memory = map(float, done.stdout.split())
    return Cost(wall, cpu, memory / ((1 << 20) if sys.platform == "darwin" else (1 << 10)))


def _tell(what: str, number: int, cost: Cost) -> None:
    text = f"{what:36} {number:5}   {cost.wall:8.1f} s   {cost.cpu:8.1f} s CPU   {cost.memory:6.0f} MB"
    print(text, flush=True)


def _ratios(what: str, stock: Sequence[float], ours: Sequence[float], target: float) -> list[str]:
    # other programs can make the small class take longer than the large one; then there is nothing to tell
    wall, cpu = (s / o if o > 0 else float("nan") for s, o in zip(stock, ours, strict=True))
    print(f"{what:42} {wall:8.1f} {cpu:8.1f} {target:8}")
    return [] if wall >= target and cpu >= target else [what]


def grades(root: Path) -> dict[tuple[str, str], float | None]:
    """The checker's scores in a gradebook by (trainee, cell)."""
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        rows = book.execute(
            "select s.student_id, c.name, g.auto_score from grade g join submitted_notebook n on g.notebook_id = n.id"
            " join submitted_assignment s on n.assignment_id = s.id join base_cell c on g.cell_id = c.id"
        )
        return {(student, cell): score for student, cell, score in rows}


def _compare(ours: Path, stock: Path, handed: Sequence[Handed]) -> list[str]:
    """Grades side by side. Stock has none for a notebook that it can't read, and 0 for one that is missing."""
    mine, theirs = grades(ours), grades(stock)
    whole = {h.student for h in handed if h.notebook == "whole"}
    both = {key for key in mine if key[0] in whole and theirs.get(key) is not None}
    differ = sorted(key for key in both if mine[key] != theirs[key])
    lacking = len({s for s, _ in mine if all(theirs.get((s, c)) is None for t, c in mine if t == s)})
    print(f"\ngrades: {len(both)} defined in both, {len(differ)} differ; stock left {lacking} trainees without any")
    for key in differ[:10]:
        print(f"  {key[0]} {key[1]}: ours {mine[key]}, stock {theirs[key]}")
    expected = len(whole) * len({c for _, c in mine})
    if len(both) != expected:  # its kernels start late, and its cells run out of time, on a busy machine
        print(f"  stock graded only {len(both)} of {expected} cells that it could have")
    return ["grades"] if differ or not both else []
