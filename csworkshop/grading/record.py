"""Writing one graded submission into autograded/, after its marks went into the gradebook.

A run may die at any moment: without this the marks stand and the next run writes the files. The folder is built aside
and takes the old one's place whole, so that it is never there by halves.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from csworkshop.exercises.answers import NAME as ANSWERS
from csworkshop.grading.kept import NAME as KEPT
from csworkshop.grading.kept import Kept
from csworkshop.grading.opening import Course
from csworkshop.grading.submission import Submission

_OLD = ".old"


@dataclass(frozen=True)
class Place:
    """Whose submission of what, in which course."""

    course: Course
    assignment: str
    student: str

    def folder(self, step: str) -> Path:
        """The submission's folder at a step: `submitted`, `autograded`."""
        return self.course.folder(step, self.student, self.assignment)


def late_penalty(course: Course, student: str, score: float, seconds: float) -> float | None:
    """What the course's late-submission plugin takes off (stock: nothing), never more than was earned."""
    from nbgrader.preprocessors import AssignLatePenalties

    step: Any = AssignLatePenalties(config=course.config)
    step.init_plugin()
    penalty = step.plugin_inst.late_submission_penalty(student, score, seconds)
    return None if penalty is None else min(max(float(penalty), 0.0), score)


def mend(place: Place) -> None:
    """Clear away what a killed run left beside the submission's folder in autograded/.

    A run that died between the two renamings of `write_autograded` left the folder under another name.
    """
    from nbgrader.utils import rmtree

    target = place.folder("autograded")
    ours = re.compile(rf"\.{re.escape(place.assignment)}-[a-z0-9_]{{8}}({re.escape(_OLD)})?")  # see tempfile.mkdtemp
    try:
        left = [target.parent / name for name in sorted(os.listdir(target.parent)) if ours.fullmatch(name)]
    except FileNotFoundError:
        return
    for folder in left:
        if folder.name.endswith(_OLD) and not target.exists():
            os.replace(folder, target)
        else:
            rmtree(str(folder))


def write_autograded(place: Place, submission: Submission, sheets: dict[str, Any], kept: Kept) -> None:
    """Write the folder in autograded/: marked notebooks, the author's own files, and what may travel on."""
    import nbformat

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
        (aside / KEPT).write_text(kept.dump(), "utf-8", "backslashreplace")
        _set_permissions(place.course, aside)
        _take_place(aside, target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _take_place(aside: Path, target: Path) -> None:
    from nbgrader.utils import rmtree

    old = aside.with_name(aside.name + _OLD)
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(aside, target)
    except BaseException:
        if old.exists():
            os.replace(old, target)
        raise
    if old.exists():
        rmtree(str(old))


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
