"""A released course with both kinds of exercise, from the assignment that `bench attacks` uses."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.bench.attacks.small_course import HONEST, make_source, submit
from csworkshop.exercises.library import content
from csworkshop.grading import course as commands

from .conftest import Class


@dataclass
class CodeClass(Class):
    """A class whose trainees also hand in code."""

    def hand_in(self, student: str, codes: dict[str, str] | None = None, text: str = HONEST) -> Path:
        return submit(self.root, student, codes, text)

    def cells(self, student: str, **options: Any) -> dict[str, float]:
        """A trainee's points for the code cells, graded now."""
        cells = self.grade(**options)[student].cells
        return {name: cells[name] for name in ("rates", "slowest")}


def released_course(root: Path) -> Path:
    """Trainees are given one cases.csv; results are made on another."""
    make_source(root, other_cases=True)
    shutil.copyfile(content() / "exercises" / "nbgrader_config.py", root / "nbgrader_config.py")
    commands.release("m2", root, exchange=root.parent / "exchange")
    return root
