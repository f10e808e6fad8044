"""The marked notebook: the released one, with a mark and its explanation under each graded cell.

Nothing of the submitted notebook is in it. Each graded cell gets one HTML output for people and one plain float for
nbgrader, which gives FULL marks to a cell whose output is missing, negative, NaN or text; hence `plain_points`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from typing import Any

from csworkshop.exercises import comparing
from csworkshop.exercises.code import CodeExercise
from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.feedback import as_html
from csworkshop.exercises.marking import MAX_CHARACTERS, Marks, mark
from csworkshop.exercises.overriding import TOTAL, Override, overridden, overrides_html
from csworkshop.grading.code_cells import Outcome
from csworkshop.grading.decisions import NOTHING, StudentDecisions
from csworkshop.grading.kept import cell_record
from csworkshop.grading.plan import Cell
from csworkshop.grading.submission import Fault, Submission
from csworkshop.techniques.checker import Level
from csworkshop.text.language import say


@dataclass(frozen=True)
class CellMark:
    """A graded cell's points, 0 to its maximum, the HTML that explains them, and the reason for a 0 by fault.

    `kit_failed` says what went wrong in our own marking: the one case in which a person has to look. `marks` is what
    the points come from; None by fault.
    """

    cell: Cell
    points: float
    html: str
    fault: Fault | None = None
    kit_failed: str = ""
    marks: Marks | None = None

    def record(self, notebook: str) -> dict[str, Any]:
        """What is kept of it (see csworkshop.grading.kept)."""
        fault, cell = self.fault.key if self.fault else "", self.cell
        about = (notebook, cell.name, cell.exercise.id, self.points, cell.maximum)
        return cell_record(*about, fault=fault, marks=self.marks)


def mark_cells(
    cells: Iterable[Cell],
    submission: Submission,
    lang: str,
    decided: StudentDecisions = NOTHING,
    outcomes: Mapping[str, Outcome] | None = None,
) -> list[CellMark]:
    """Mark the cells from the submission's answers with the marking that the studio uses, overrides in force.

    `outcomes` says what became of code exercises, by the id of the graded cell.
    """
    marked = []
    for cell in cells:
        answer = submission.answer(cell.exercise.id)
        said = decided.about(cell.exercise.id, answer)
        if isinstance(cell.exercise, CodeExercise):
            outcome = (outcomes or {}).get(cell.name, Outcome(fault=Fault("code_missing")))
            marked.append(_mark_code(cell, cell.exercise, outcome, lang, said))
        else:
            marked.append(_mark_reply(cell, cell.exercise, answer, lang, said))
    return marked


def _mark_code(
    cell: Cell, exercise: CodeExercise, outcome: Outcome, lang: str, said: Mapping[str, Override]
) -> CellMark:
    """Compare a result with the reference, both as data; an override of the total stands above that."""
    points, html = 0.0, ""
    if outcome.data is not None and outcome.expected is not None:
        marks = comparing.compare(outcome.data, outcome.expected, exercise)
        points = plain_points(marks.points(cell.maximum), cell.maximum)
        html = comparing.as_html(marks, exercise, lang, cell.maximum, outcome.notes)
    if TOTAL in said:
        points = plain_points(said[TOTAL].points or 0.0, cell.maximum)
    reason = outcome.fault.text(lang) if outcome.fault else outcome.reason
    html = html or _reason_html(cell, [reason, *outcome.notes], lang, points)
    return CellMark(cell, points, html + overrides_html(said.values(), lang), outcome.fault)


def _mark_reply(
    cell: Cell, exercise: Exercise | Activity, answer: str | Fault, lang: str, said: Mapping[str, Override]
) -> CellMark:
    words = overrides_html(said.values(), lang)
    if isinstance(answer, Fault):
        points = plain_points(said[TOTAL].points or 0.0, cell.maximum) if TOTAL in said else 0.0
        return CellMark(cell, points, _reason_html(cell, [answer.text(lang)], lang, points) + words, answer)
    try:
        # too long a text earns nothing whatever is in it, and the learned reader would take seconds over it
        level: Level = "fast" if len(answer) > MAX_CHARACTERS else "full"
        marks = overridden(mark(answer, exercise, level), exercise, said, cell.maximum)
        points = plain_points(marks.points(cell.maximum), cell.maximum)
        html = as_html(marks, exercise, lang, cell.maximum, answer) + words
        return CellMark(cell, points, html, marks=marks)
    except Exception as error:  # a bug of the kit's that one answer brings out: a person marks it, the class goes on
        fault = Fault("kit_failed")
        html = _reason_html(cell, [fault.text(lang)], lang, 0.0)
        return CellMark(cell, 0.0, html, fault, f"{type(error).__name__}: {error}")


def plain_points(points: float, maximum: float) -> float:
    """`points` as a plain finite float in 0..maximum; 0 for what is no such number."""
    number = float(points)
    return min(max(number, 0.0), float(maximum)) if math.isfinite(number) else 0.0


def _reason_html(cell: Cell, sentences: Iterable[str], lang: str, points: float) -> str:
    score = say("marks.score", lang, score=points, maximum=cell.maximum)
    return (
        f'<div class="csw-feedback" lang="{"en" if lang == "en" else "zh-CN"}">'
        f"<p><strong>{escape(cell.exercise.title[lang])}</strong> · {escape(score)}</p>"
        + "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
        + "</div>"
    )


def blank_sheet(released: Any, cells: Sequence[Cell]) -> Any:
    """A copy of the released notebook whose graded cells are exactly the plan's, each with an explicit 0 for now.

    Source, points and checksum come from the gradebook; a cell that the release lacks is added at the end; one that
    the plan doesn't know keeps its text and loses its claim to be graded.
    """
    from nbformat.v4 import new_code_cell

    sheet = deepcopy(released)
    missing = {cell.name: cell for cell in cells}
    for block in sheet.cells:
        if block.cell_type == "code":
            block.outputs, block.execution_count = [], None
        about = block.metadata.get("nbgrader", {})
        if not about.get("grade"):
            continue
        cell = missing.pop(about.get("grade_id"), None)
        if cell is None or block.cell_type != "code":
            del block.metadata["nbgrader"]
        else:
            _prepare(block, cell)
    for cell in missing.values():
        block = new_code_cell(cell.source)
        _prepare(block, cell)
        sheet.cells.append(block)
    return sheet


def _prepare(block: Any, cell: Cell) -> None:
    from nbformat.notebooknode import NotebookNode

    block.source = cell.source
    block.metadata["nbgrader"] = NotebookNode(
        grade=True, grade_id=cell.name, points=cell.maximum, solution=False, locked=True, task=False,
        schema_version=3, cell_type="code", checksum=cell.checksum,
    )  # fmt: skip
    _write(block, cell, 0.0, "")


def fill_sheet(sheet: Any, marks: Iterable[CellMark]) -> None:
    """Write the marks under their cells, in place."""
    by_name = {m.cell.name: m for m in marks}
    for block in sheet.cells:
        about = block.metadata.get("nbgrader", {})
        if about.get("grade"):
            found = by_name[about["grade_id"]]
            _write(block, found.cell, found.points, found.html)


def _write(block: Any, cell: Cell, points: float, html: str) -> None:
    from nbformat.notebooknode import from_dict  # new_output() would validate each; the notebook is when it is written

    # nbgrader's pages load MathJax, which would turn a trainee's "\\href{javascript:…}" into a live link
    html = html and f'<div class="tex2jax_ignore mathjax_ignore">{html}</div>'
    number = repr(plain_points(points, cell.maximum))
    page = {"text/html": html, "text/plain": f"{cell.exercise.id}: {number}"}
    shown = [{"output_type": "display_data", "data": page, "metadata": {}}] if html else []
    score = {"output_type": "execute_result", "data": {"text/plain": number}, "metadata": {}, "execution_count": 1}
    block.outputs = [from_dict(output) for output in [*shown, score]]
    block.execution_count = 1


def released_notebook(path: Any) -> Any:
    """The released notebook at `path`, or an empty one if it is gone: its graded cells are in the gradebook too."""
    import nbformat

    if not path.exists():
        return nbformat.v4.new_notebook()
    return nbformat.read(path, as_version=4)
