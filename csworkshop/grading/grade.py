"""Grading a class: one submission after the other, each with an explicit result, none able to stop the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from csworkshop.grading.opening import Course, CourseError
from csworkshop.grading.plan import Plan, read_plan
from csworkshop.grading.record import Place, write_autograded, write_gradebook
from csworkshop.grading.sheet import CellMark, blank_sheet, fill_sheet, mark_cells, released_notebook
from csworkshop.grading.submission import Submission, read_submission, shown, usable_name
from csworkshop.text.language import default_language, say

LOCK = ".csworkshop-grading.lock"
Status = Literal["graded", "absent", "refused"]


@dataclass(frozen=True)
class Graded:
    """What became of one submission. `score` is what the gradebook shows (late penalty off), out of `maximum`.

    `cells` maps a graded cell's id to its points. `notes` say, for the instructor, what was odd. Status `absent`:
    named but nothing submitted; `refused`: a folder whose name can't stand for a trainee. Both have no marks.
    """

    student: str
    status: Status
    score: float
    maximum: float
    cells: dict[str, float]
    notes: tuple[str, ...] = ()

    def line(self, lang: str | None = None) -> str:
        """One line for a terminal."""
        who = shown(self.student)
        text = say(f"grading.line_{self.status}", lang, student=who, score=self.score, maximum=self.maximum)
        return "\n    ".join([text, *self.notes])


@dataclass(frozen=True)
class Grading:
    """The results of a run, in the order of grading."""

    assignment: str
    results: tuple[Graded, ...]

    @property
    def status(self) -> int:
        """Exit status: 0, or 1 if some submission could not be taken into the gradebook."""
        return int(any(r.status == "refused" for r in self.results))

    def __getitem__(self, student: str) -> Graded:
        return next(r for r in self.results if r.student == student)

    def summary(self, lang: str | None = None) -> str:
        """The run in a sentence."""
        done = [r for r in self.results if r.status == "graded"]
        noted = sum(1 for r in done if r.notes)
        return say("grading.summary", lang, assignment=self.assignment, number=len(done), noted=noted)


def grade_class(
    course: Course,
    assignment: str,
    students: Sequence[tuple[str, bool]],
    lang: str | None = None,
    on_result: Callable[[Graded, int, int], None] | None = None,
) -> Grading:
    """Grade (student, has submitted) pairs; CourseError or PlanError before the first, or if the disk fails."""
    from filelock import FileLock, Timeout
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import OperationalError

    lang = lang or default_language()
    results = []
    try:
        with (
            FileLock(course.root / LOCK, timeout=0),
            Gradebook(course.directory.db_url, course.directory.course_id) as gradebook,
        ):
            plan = read_plan(gradebook, assignment)
            run = _Run(gradebook, course, plan, _released(course, plan), lang)
            for number, (student, submitted) in enumerate(students, 1):
                result = run.grade(student, submitted)
                gradebook.db.expunge_all()  # memory stays flat over a large class
                results.append(result)
                if on_result:
                    on_result(result, number, len(students))
    except Timeout:
        raise CourseError(f"{course.root} is being graded by another run; wait for it to end") from None
    except OperationalError as error:
        raise CourseError(f"the gradebook can't be used ({error.orig}); run the command again, it is safe") from error
    except OSError as error:  # the course's own disk or folders, never a submission: those become faults
        raise CourseError(f"{error}; what is graded is safe, run the command again") from error
    return Grading(assignment, tuple(results))


@dataclass(frozen=True)
class _Run:
    gradebook: Any
    course: Course
    plan: Plan
    released: dict[str, Any]
    lang: str

    def grade(self, student: str, submitted: bool) -> Graded:
        if not usable_name(student):
            return Graded(student, "refused", 0.0, self.plan.maximum, {})
        if not submitted:
            return Graded(student, "absent", 0.0, self.plan.maximum, {})
        place = Place(self.course, self.plan.assignment, student)
        submission = read_submission(place.folder("submitted"))
        marks = {name: mark_cells(cells, submission, self.lang) for name, cells in self.plan.notebooks.items()}
        sheets = {}
        for name, cells in self.plan.notebooks.items():
            sheets[name] = blank_sheet(self.released[name], cells)
            fill_sheet(sheets[name], marks[name])
        score = write_gradebook(self.gradebook, place, submission, marks)
        write_autograded(place, submission, sheets)
        every = [m for cell_marks in marks.values() for m in cell_marks]
        points = {m.cell.name: m.points for m in every}
        return Graded(student, "graded", score, self.plan.maximum, points, self._notes(place, submission, every))

    def _notes(self, place: Place, submission: Submission, marks: Sequence[CellMark]) -> tuple[str, ...]:
        """What an instructor should know of a submission, each once."""
        notes = [f"{m.fault.text(self.lang)} {m.kit_failed}".rstrip() for m in marks if m.fault]
        if not (submission.fault and submission.fault.key == "folder_link"):
            folder = place.folder("submitted")
            lacking = ", ".join(name for name in self.plan.notebooks if not (folder / f"{name}.ipynb").is_file())
            notes += [say("grading.note_notebook", self.lang, names=lacking)] if lacking else []
        if submission.timestamp_odd:
            notes.append(say("grading.note_timestamp", self.lang))
        if submission.strange:
            notes.append(say("grading.note_strange", self.lang, names=", ".join(submission.strange)))
        return tuple(dict.fromkeys(notes))


def _released(course: Course, plan: Plan) -> dict[str, Any]:
    folder = course.folder("release", ".", plan.assignment)
    found = {}
    for name in plan.notebooks:
        try:
            found[name] = released_notebook(folder / f"{name}.ipynb")
        except (OSError, ValueError) as error:  # NotJSONError is a ValueError
            raise CourseError(f"{folder / name}.ipynb can't be read ({error}); release the assignment again") from error
    return found
