"""A small assignment for trials: a reply to rewrite and two code exercises, for csworkshop and for stock nbgrader."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

EXERCISES = ("m2-vague-delivery", "m2-a-parcel")
HONEST = "晚上要招呼客人,海鲜还没到,换谁都着急,这是我们的错,对不起。下午2点20分前给您送到,另外给您补一张20元券。"
STAMP = "2026-11-21 10:00:00.000000 UTC"
RIGHT = {
    "rates-answer": "rates = cases.groupby('shop', as_index=False)['solved'].mean()",
    "slowest-answer": "slowest = float(cases['minutes'].max())",
}
POINTS = {"reply": 10.0, "rates": 10.0, "slowest": 4.0}
CASES = "shop,minutes,solved\n北店,30,1\n北店,50,0\n南店,20,1\n南店,,1\n"
OTHER_CASES = "shop,minutes,solved\n北店,31,0\n北店,77,0\n西店,20,1\n西店,,0\n"
REFERENCE = (
    'import pandas as pd\ncases = pd.read_csv("cases.csv")\n'
    'rates = cases.groupby("shop", as_index=False)["solved"].mean()\n'
)
_HEAD = """schema = 1
kind = "code"
module = "m7"
level = 1
title = {{ zh = "{id} 题", en = "Exercise {id}" }}
task = {{ zh = "算一算。", en = "Work it out." }}
files = ["cases.csv"]
id = "{id}"
"""
RATES = """variable = "rates"
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
SLOWEST = """variable = "slowest"
expected = "expected.json"
[limits]
seconds = 5
[[checks]]
kind = "values"
points = 1
"""
_STOCK = {
    "reply": "import json, pathlib\nfrom csworkshop.exercises.library import load_exercise\n"
    "from csworkshop.exercises.marking import mark\n"
    "answers = json.loads(pathlib.Path('answers.json').read_text('utf-8'))['answers']\n"
    f"mark(answers['{EXERCISES[0]}']['text'], load_exercise('{EXERCISES[0]}')).points(10)",
    "rates": "### BEGIN HIDDEN TESTS\n"
    "assert rates.equals(pd.read_csv('cases.csv').groupby('shop', as_index=False)['solved'].mean())\n"
    "### END HIDDEN TESTS",
    "slowest": "### BEGIN HIDDEN TESTS\nassert slowest == 50\n### END HIDDEN TESTS",
}
_OURS = {
    "reply": f'from csworkshop import studio\nstudio("{EXERCISES[0]}", points=10)',
    "rates": 'result("m7-rates", rates, points=10)',
    "slowest": 'result("m7-slowest", slowest)',
}


def code_cell(source: str, name: str = "", points: float = 0) -> Any:
    """A code cell: a graded one with points, one to write in with a name alone, else a given one."""
    from nbformat.v4 import new_code_cell

    cell = new_code_cell(source)
    if name:
        about = {"grade": bool(points), "solution": not points, "locked": bool(points), "task": False}
        about |= {"schema_version": 3, "grade_id": name}  # type: ignore[dict-item]
        cell.metadata["nbgrader"] = about | ({"points": points} if points else {})
    return cell


def write_exercise(root: Path, name: str, rest: str, files: dict[str, str]) -> Path:
    """A code exercise's folder in the course folder."""
    folder = root / "code" / name
    folder.mkdir(parents=True)
    for file, text in {"exercise.toml": _HEAD.format(id=name) + rest, **files}.items():
        (folder / file).write_text(text, "utf-8")
    return folder


def make_source(root: Path, stock: bool = False, other_cases: bool = False) -> Path:
    """Write source/m2 and, for csworkshop, code/. With `other_cases` the results are made on other data than given."""
    import nbformat

    to_write = "### BEGIN SOLUTION\npass\n### END SOLUTION"
    given = "import pandas as pd\ncases = pd.read_csv('cases.csv')"
    asked = _STOCK if stock else _OURS
    cells = [
        nbformat.v4.new_markdown_cell("# 作业"),
        code_cell(asked["reply"], "reply", POINTS["reply"]),
        code_cell(given if stock else f"from csworkshop import result\n{given}"),
        code_cell(to_write, "rates-answer"),
        code_cell(asked["rates"], "rates", POINTS["rates"]),
        code_cell(to_write, "slowest-answer"),
        code_cell(asked["slowest"], "slowest", POINTS["slowest"]),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    source = root / "source" / "m2"
    source.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), source / "m2.ipynb")
    (source / "cases.csv").write_text(CASES, "utf-8")
    if not stock:
        other = {"cases.csv": OTHER_CASES} if other_cases else {}
        slowest = {"kind": "number", "value": 77.0 if other_cases else 50.0}
        write_exercise(root, "m7-rates", RATES, {"reference.py": REFERENCE, **other})
        write_exercise(root, "m7-slowest", SLOWEST, {"expected.json": json.dumps(slowest), **other})
    return root


def submit(root: Path, student: str, codes: dict[str, str] | None = None, text: str = HONEST) -> Path:
    """Put a submission into submitted/ as collecting does: released notebook with code, answers, time, secret."""
    from csworkshop.bench.attacks import write_code
    from csworkshop.exercises.answers import AnswerFile

    folder = root / "submitted" / student / "m2"
    shutil.copytree(root / "release" / "m2", folder)
    (folder / "timestamp.txt").write_text(STAMP, "utf-8")
    (folder / "submission_secret.txt").write_text(f"secret-of-{student}-0123456789", "utf-8")
    AnswerFile(folder).save(EXERCISES[0], text, 0)
    for name, code in (RIGHT if codes is None else codes).items():
        write_code(folder, code, name)
    return folder
