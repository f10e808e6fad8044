"""A small real course: two exercises, released by nbgrader into tmp, and trainees who hand things in."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import content, load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.grading import course as commands

EXERCISES = ("m2-vague-delivery", "m2-a-parcel")
HONEST = "晚上要招呼客人,海鲜还没到,换谁都着急,这是我们的错,对不起。下午2点20分前给您送到,另外给您补一张20元券。"
STAMP = "2026-11-21 10:00:00.000000 UTC"


def graded_cell(exercise: str, points: float = 10) -> Any:
    cell = nbformat.v4.new_code_cell(f'from csworkshop import studio\nstudio("{exercise}", points={points:g})')
    cell.metadata["nbgrader"] = {
        "grade": True, "solution": False, "locked": True, "task": False, "points": points,
        "grade_id": exercise, "schema_version": 3,
    }  # fmt: skip
    return cell


def write_source(root: Path, cells: list[Any], name: str = "m2") -> Path:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 作业"), *cells], metadata=kernel)
    folder = root / "source" / "m2"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder


@dataclass
class Class:
    """A released course in `root`."""

    root: Path

    def submit(self, student: str, answers: dict[str, str] | None = None) -> Path:
        """Put a submission into submitted/ as collecting does: released notebook, answers, time, secret."""
        folder = self.root / "submitted" / student / "m2"
        shutil.copytree(self.root / "release" / "m2", folder)
        (folder / "timestamp.txt").write_text(STAMP, "utf-8")
        (folder / "submission_secret.txt").write_text(f"secret-of-{student}-0123456789", "utf-8")
        for exercise, text in ({EXERCISES[0]: HONEST} if answers is None else answers).items():
            AnswerFile(folder).save(exercise, text, 0)
        return folder

    def grade(self, **options: Any) -> commands.Grading:
        return commands.grade("m2", self.root, **options)

    def killed_while_grading(self, results: int) -> None:
        """Grade in a process of its own, which is killed when it has told of so many results."""
        code = (
            "import os, sys; from csworkshop.grading.course import grade\n"
            "grade('m2', sys.argv[1], on_result=lambda r, n, of: n == int(sys.argv[2]) and os.kill(os.getpid(), 9))"
        )
        run = subprocess.run([sys.executable, "-c", code, str(self.root), str(results)], check=False)
        assert run.returncode == -signal.SIGKILL

    def gradebook(self) -> list[tuple[Any, ...]]:
        """Every grade in nbgrader's database: (student, cell, auto score, needs manual grading)."""
        with sqlite3.connect(self.root / "gradebook.db") as db:
            return db.execute(
                "select s.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g"
                " join submitted_notebook n on g.notebook_id = n.id"
                " join submitted_assignment s on n.assignment_id = s.id"
                " join base_cell c on g.cell_id = c.id order by 1, 2"
            ).fetchall()


def expected(text: str = HONEST, exercise: str = EXERCISES[0], points: float = 10) -> float:
    return mark(text, load_exercise(exercise)).points(points)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / "machine" / name))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with m2 released, made once; tests work on copies."""
    root = tmp_path_factory.mktemp("course") / "课程 1"
    write_source(root, [graded_cell(e) for e in EXERCISES])
    shutil.copyfile(content() / "exercises" / "nbgrader_config.py", root / "nbgrader_config.py")
    commands.release("m2", root, exchange=root.parent / "exchange")
    return root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Class:
    root = tmp_path / "课程 1"
    shutil.copytree(released, root)
    return Class(root)


@pytest.fixture
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any kernel or process that is started fails the test."""
    from jupyter_client.manager import AsyncKernelManager, KernelManager

    def refuse(*args: Any, **kwargs: Any) -> None:
        pytest.fail(f"something was started: {args[1:]} {kwargs}")

    for manager in (KernelManager, AsyncKernelManager):
        monkeypatch.setattr(manager, "start_kernel", refuse)
        monkeypatch.setattr(manager, "_async_start_kernel", refuse)
    monkeypatch.setattr(subprocess.Popen, "__init__", refuse)
