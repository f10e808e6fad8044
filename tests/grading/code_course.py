"""A small assignment with both kinds of exercise: a reply to rewrite, and two tables to make with pandas."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from .conftest import EXERCISES, HONEST, STAMP, Class, graded_cell, write_source

RIGHT = {
    "rates-answer": "rates = cases.groupby('shop', as_index=False)['solved'].mean()",
    "slowest-answer": "slowest = float(cases['minutes'].max())",
}
CASES = "shop,minutes,solved\n北店,30,1\n北店,50,0\n南店,20,1\n南店,,1\n"
OTHER_CASES = "shop,minutes,solved\n北店,31,0\n北店,77,0\n西店,20,1\n西店,,0\n"
_SAME = """schema = 1
kind = "code"
module = "m7"
level = 1
title = {{ zh = "{id} 题", en = "Exercise {id}" }}
task = {{ zh = "算一算。", en = "Work it out." }}
files = ["cases.csv"]
id = "{id}"
"""
_RATES = """variable = "rates"
reference = "reference.py"
[limits]
seconds = 5
[[checks]]
kind = "columns"
points = 1
[[checks]]
kind = "rows"
points = 1
[[checks]]
kind = "values"
points = 3
ordered = false
hint = { zh = "一家店一行。", en = "One row per shop." }
"""
_SLOWEST = """variable = "slowest"
expected = "expected.json"
[limits]
seconds = 5
[[checks]]
kind = "values"
points = 1
"""
REFERENCE = """import pandas as pd
cases = pd.read_csv("cases.csv")
rates = cases.groupby("shop", as_index=False)["solved"].mean()
"""


def code_cell(source: str, name: str = "", grade: bool = False, points: float = 0) -> Any:
    cell = nbformat.v4.new_code_cell(source)
    if name:
        about = {"grade": grade, "solution": not grade, "locked": grade, "task": False, "schema_version": 3}
        cell.metadata["nbgrader"] = about | {"grade_id": name} | ({"points": points} if grade else {})
    return cell


def write_exercise(root: Path, name: str, rest: str, **files: str) -> Path:
    folder = root / "code" / name
    folder.mkdir(parents=True)
    (folder / "exercise.toml").write_text(_SAME.format(id=name) + rest, "utf-8")
    for file, text in files.items():
        (folder / file.replace("_", ".")).write_text(text, "utf-8")
    return folder


def make_course(root: Path, other_cases: bool = True) -> Path:
    """The course folder's source/ and code/, not yet released. Trainees get CASES, marked are OTHER_CASES."""
    source = write_source(
        root,
        [
            graded_cell(EXERCISES[0]),
            code_cell("import pandas as pd\nfrom csworkshop import result\ncases = pd.read_csv('cases.csv')"),
            code_cell("### BEGIN SOLUTION\npass\n### END SOLUTION", "rates-answer"),
            code_cell('result("m7-rates", rates, points=10)', "rates", grade=True, points=10),
            code_cell("### BEGIN SOLUTION\npass\n### END SOLUTION", "slowest-answer"),
            code_cell('result("m7-slowest", slowest)', "slowest", grade=True, points=4),
        ],
    )
    (source / "cases.csv").write_text(CASES, "utf-8")
    other = {"cases_csv": OTHER_CASES} if other_cases else {}
    write_exercise(root, "m7-rates", _RATES, reference_py=REFERENCE, **other)
    expected = json.dumps({"kind": "number", "value": 77.0 if other_cases else 50.0})
    write_exercise(root, "m7-slowest", _SLOWEST, expected_json=expected, **other)
    return root


def submit(course: Class, student: str, codes: dict[str, str] | None = None) -> Path:
    """Hand in the released notebook with code in its cells."""
    folder = course.submit(student, {EXERCISES[0]: HONEST})
    edit_notebook(folder, lambda nb: write_codes(nb, RIGHT if codes is None else codes))
    return folder


def write_codes(notebook: Any, codes: dict[str, str]) -> None:
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in codes:
            cell.source = codes[name]


def edit_notebook(folder: Path, change: Callable[[Any], Any]) -> None:
    notebook = nbformat.read(folder / "m2.ipynb", 4)
    change(notebook)
    (folder / "m2.ipynb").write_text(nbformat.writes(notebook), "utf-8")


__all__ = ["CASES", "RIGHT", "STAMP", "code_cell", "edit_notebook", "make_course", "shutil", "submit", "write_exercise"]
