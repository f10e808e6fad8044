"""The plan of an assignment: which cell asks for which exercise, for how many points.

It comes from the gradebook alone, where `generate_assignment` saved the cells, and never from a submission. A graded
cell is read with `ast`, not run: it must hold one call with a constant id, `studio("<exercise id>", …)` for a widget or
`result("<exercise id>", variable, …)` for a code exercise.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.exercises.code import FOLDER, CodeExercise, read_code_exercise
from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.library import OWN, UnknownExercise, load_any
from csworkshop.text.datafile import DataFileError


class PlanError(Exception):
    """The assignment itself can't be graded: an author's fault, said in one sentence, before anything is graded."""


@dataclass(frozen=True)
class Cell:
    """One graded cell: its id in nbgrader, its exercise and the maximum, with the source to show in its place."""

    name: str
    exercise: Exercise | Activity | CodeExercise
    maximum: float
    source: str
    checksum: str | None = None


@dataclass(frozen=True)
class Plan:
    """An assignment's graded cells by notebook name, in the order of the gradebook."""

    assignment: str
    notebooks: dict[str, tuple[Cell, ...]]

    @property
    def maximum(self) -> float:
        return sum(cell.maximum for cells in self.notebooks.values() for cell in cells)


def read_plan(gradebook: Any, assignment: str, root: Path) -> Plan:
    """The plan saved in an open nbgrader `Gradebook`; PlanError if it holds a cell that only a person could mark.

    `root` is the course folder, which holds the code exercises.
    """
    from nbgrader.api import MissingEntry

    try:
        saved = gradebook.find_assignment(assignment)
    except MissingEntry:
        raise PlanError(
            f"the gradebook has no assignment {assignment!r}; make it with `csworkshop release {assignment}`"
        ) from None
    notebooks = {}
    for notebook in saved.notebooks:
        where = f"{assignment}/{notebook.name}.ipynb"
        if notebook.task_cells:
            raise PlanError(f"{where}: cell {notebook.task_cells[0].name!r} is a task that only a person could mark")
        sources = {s.name: s for s in notebook.source_cells}
        cells = []
        for graded in notebook.grade_cells:
            source = sources[graded.name]
            exercise = graded_exercise(where, graded.name, graded.cell_type, source.source, root)
            cells.append(Cell(graded.name, exercise, float(graded.max_score), source.source, source.checksum))
        notebooks[notebook.name] = tuple(cells)
    if not any(notebooks.values()):
        raise PlanError(f"{assignment}: no notebook has a graded cell")
    return Plan(assignment, notebooks)


def graded_exercise(
    where: str, name: str, cell_type: str, source: str, root: Path
) -> Exercise | Activity | CodeExercise:
    """The exercise that a graded cell asks for; PlanError names notebook and cell."""
    call = graded_call(source) if cell_type == "code" else None
    if call is None:
        raise PlanError(
            f'{where}: the graded cell {name!r} must be a code cell with one call studio("<exercise id>") '
            'or result("<exercise id>", variable); csworkshop grades no other cells'
        )
    try:
        if call.variable is None:
            return load_any(call.exercise, root / "source" / where.partition("/")[0] / OWN)
        exercise = read_code_exercise(_code_folder(root, call.exercise))
    except (UnknownExercise, DataFileError) as error:
        raise PlanError(f"{where}: cell {name!r}: {error}") from None
    if call.variable != exercise.variable:
        raise PlanError(
            f"{where}: cell {name!r} hands in {call.variable!r}; {exercise.id} asks for {exercise.variable!r}"
        )
    return exercise


def _code_folder(root: Path, exercise: str) -> Path:
    """The folder of a code exercise; UnknownExercise says which there are."""
    top = root / FOLDER
    known = sorted(p.name for p in top.iterdir() if p.is_dir()) if top.is_dir() else []
    if exercise not in known:
        raise UnknownExercise(f"there is no code exercise {exercise!r} in {top} (there: {', '.join(known) or 'none'})")
    return top / exercise


@dataclass(frozen=True)
class GradedCall:
    """What a graded cell's call says: the exercise, `points` if it is a constant, the variable of a code exercise."""

    exercise: str
    points: float | None
    variable: str | None = None


def graded_call(source: str) -> GradedCall | None:
    """The only call `studio("…")` or `result("…", variable)` in a cell's source.

    None if there is none, or several, or no constant id, or what is handed in is no plain variable.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    asked = ("studio", "result")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) in asked]
    if len(calls) != 1 or not calls[0].args:
        return None
    first, *rest = calls[0].args
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return None
    points = next((k.value for k in calls[0].keywords if k.arg == "points"), None)
    given = points.value if isinstance(points, ast.Constant) else None
    worth = float(given) if isinstance(given, int | float) else None
    if _name(calls[0].func) == "studio":
        return GradedCall(first.value, worth)
    if not rest or not isinstance(rest[0], ast.Name):
        return None
    return GradedCall(first.value, worth, rest[0].id)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
