"""Writing one graded submission down: into nbgrader's gradebook, then into autograded/.

Both orders of dying are safe to repeat: without the second the marks stand and the next run writes the files; the
folder is built aside and takes the old one's place in one step, so that it is never there by halves.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from csworkshop.exercises.answers import NAME as ANSWERS
from csworkshop.grading.opening import Course
from csworkshop.grading.sheet import CellMark
from csworkshop.grading.submission import Submission


@dataclass(frozen=True)
class Place:
    """Whose submission of what, in which course."""

    course: Course
    assignment: str
    student: str

    def folder(self, step: str) -> Path:
        """The submission's folder at a step: `submitted`, `autograded`."""
        return self.course.folder(step, self.student, self.assignment)


def write_gradebook(gradebook: Any, place: Place, submission: Submission, marks: dict[str, list[CellMark]]) -> float:
    """Save the marks (by notebook) as nbgrader would, late penalties included; returns the score.

    A score that an instructor gave by hand stays, and asks for another look only if the mark under it changed.
    """
    assignment, student = place.assignment, place.student
    gradebook.update_or_create_student(student)
    when = {"timestamp": submission.timestamp} if submission.timestamp else {}
    with gradebook.db.no_autoflush:  # nbgrader's own objects warn of each other when flushed half-made
        saved = gradebook.update_or_create_submission(assignment, student, **when)
    for notebook, cell_marks in marks.items():
        for cell_mark in cell_marks:
            grade = gradebook.find_grade(cell_mark.cell.name, notebook, assignment, student)
            overridden = grade.manual_score is not None
            changed = grade.auto_score != cell_mark.points
            grade.auto_score = cell_mark.points
            look_again = overridden and (changed or grade.needs_manual_grade)
            grade.needs_manual_grade = bool(look_again or (cell_mark.kit_failed and not overridden))
    gradebook.db.commit()
    for submitted in saved.notebooks:
        submitted.late_submission_penalty = _late_penalty(place, saved, submitted)
    gradebook.db.commit()
    return float(saved.score) - sum(n.late_submission_penalty or 0.0 for n in saved.notebooks)


def _late_penalty(place: Place, saved: Any, submitted: Any) -> float | None:
    """What the course's late-submission plugin takes off (stock: nothing), never more than was earned."""
    from nbgrader.preprocessors import AssignLatePenalties

    if saved.total_seconds_late <= 0:
        return None
    step: Any = AssignLatePenalties(config=place.course.config)
    step.init_plugin()
    penalty = step.plugin_inst.late_submission_penalty(place.student, submitted.score, saved.total_seconds_late)
    return None if penalty is None else min(max(float(penalty), 0.0), submitted.score)


def write_autograded(place: Place, submission: Submission, sheets: dict[str, Any]) -> None:
    """Write the folder in autograded/: marked notebooks, the author's own files, and what may travel on."""
    import nbformat
    from nbgrader.utils import rmtree

    target = place.folder("autograded")
    target.parent.mkdir(parents=True, exist_ok=True)
    secret = submission.secret or _standing_secret(target)
    aside = Path(tempfile.mkdtemp(prefix=f".{place.assignment}-", dir=target.parent))
    try:
        _copy_authors_files(place, aside)
        for name, sheet in sheets.items():
            nbformat.write(sheet, aside / f"{name}.ipynb")
        # nbgrader's release_feedback stops for the whole class where one of these two is missing
        stamp = f"{submission.timestamp} UTC" if submission.timestamp else ""
        (aside / "timestamp.txt").write_text(stamp, "utf-8")
        (aside / "submission_secret.txt").write_text(secret, "utf-8")
        if submission.raw_answers:
            (aside / ANSWERS).write_bytes(submission.raw_answers)
        _set_permissions(place.course, aside)
        if target.exists():
            rmtree(str(target))
        os.replace(aside, target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _standing_secret(target: Path) -> str:
    """The secret of an earlier run, or a new one that no one can guess, for a submission that brought none."""
    kept = target / "submission_secret.txt"
    return kept.read_text("utf-8") if kept.is_file() else token_hex(64)


def _copy_authors_files(place: Place, aside: Path) -> None:
    """Pictures and data that the assignment's author put beside the notebooks, as nbgrader copies them."""
    from nbgrader.utils import find_all_files

    source = place.course.folder("source", ".", place.assignment)
    for file in find_all_files(str(source), [*place.course.directory.ignore, "*.ipynb", ANSWERS]):
        copy = aside / Path(file).relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def _set_permissions(course: Course, folder: Path) -> None:
    """nbgrader's own: read-only, or writable by the group where the course is shared."""
    shared = course.directory.groupshared
    for parent, _, files in os.walk(folder):
        os.chmod(parent, 0o2775 if shared else 0o755)
        for name in files:
            os.chmod(Path(parent, name), 0o664 if shared else 0o444)
