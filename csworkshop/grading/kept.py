"""What is kept of each grading, beside the marked notebook: what the marks rest on, and every line of the scorecard.

`csworkshop-marks.json` in autograded/<trainee>/<assignment>/ tells the next run what it need not do again, and the
exports what each item earned. nbgrader removes it with the folder when it grades by itself, and then it is made anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.exercises.marking import Marks

NAME = "csworkshop-marks.json"
SCHEMA = 1


@dataclass(frozen=True)
class Kept:
    """`basis` by part (see csworkshop.grading.basis); `cells` as `cell_record` makes them; notes for the instructor."""

    basis: dict[str, str]
    score: float
    maximum: float
    notes: tuple[str, ...]
    cells: tuple[dict[str, Any], ...]

    def dump(self) -> str:
        about = {"schema": SCHEMA, "basis": self.basis, "score": self.score, "maximum": self.maximum}
        return json.dumps({**about, "notes": self.notes, "cells": self.cells}, ensure_ascii=False) + "\n"

    @property
    def points(self) -> dict[str, float]:
        return {cell["cell"]: cell["points"] for cell in self.cells}


def read_kept(folder: Path) -> Kept | None:
    """What is kept in a folder of autograded/; None where there is nothing, or nothing that can be used."""
    try:
        data = json.loads((folder / NAME).read_text("utf-8"))
        if data["schema"] != SCHEMA:
            return None
        cells = tuple(dict(cell, points=float(cell["points"])) for cell in data["cells"])
        basis = {str(k): str(v) for k, v in data["basis"].items()}
        return Kept(basis, float(data["score"]), float(data["maximum"]), tuple(map(str, data["notes"])), cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # a file of another version or another's making
        return None


def cell_record(
    notebook: str, cell: str, exercise: str, points: float, maximum: float, *, fault: str = "", marks: Marks | None
) -> dict[str, Any]:
    """A cell's mark with all lines of its scorecard. `fault` says why there are none: a key of the group [grading]."""
    lines = marks.lines if marks else ()
    return {
        "notebook": notebook, "cell": cell, "exercise": exercise, "points": points, "maximum": maximum, "fault": fault,
        "refusal": marks.refusal if marks else "", "passed": bool(marks and marks.passed),
        "items": [
            {
                "item": line.item, "type": line.about.type, "state": line.state,
                "points": line.points, "possible": line.possible,
                "evidence": [[e.start, e.end, e.text] for e in line.evidence],
            }
            for line in lines
        ],
    }  # fmt: skip
