"""Grading a class: one submission after the other, each with an explicit result, none able to stop the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from csworkshop.grading.basis import changed, common_basis, submission_basis
from csworkshop.grading.book import Book, Entry, Write
from csworkshop.grading.code_cells import CodeCells, Written
from csworkshop.grading.decisions import Decisions, StudentDecisions
from csworkshop.grading.engine import alone
from csworkshop.grading.kept import Kept, read_kept
from csworkshop.grading.opening import Course, CourseError
from csworkshop.grading.plan import Plan, read_plan
from csworkshop.grading.record import Place, late_penalty, mend, write_autograded
from csworkshop.grading.sheet import CellMark, blank_sheet, fill_sheet, mark_cells, released_notebook
from csworkshop.grading.submission import Submission, lacking_notebooks, read_submission, shown, usable_name
from csworkshop.text.language import default_language, say

LOCK = ".csworkshop-grading.lock"
BATCH = 16  # submissions that share a transaction: about half a second's work, so that a killed run loses little
Status = Literal["graded", "absent", "refused"]


@dataclass(frozen=True)
class Graded:
    """What became of one submission. `score` is what the gradebook shows (late penalty off), out of `maximum`.

    `cells` maps a graded cell's id to its points. `notes` say, for the instructor, what was odd. Status `absent`:
    named but nothing submitted; `refused`: a folder whose name can't stand for a trainee. Both have no marks.
    `fresh` is false for marks of an earlier run that stand because nothing they rest on has changed.
    """

    student: str
    status: Status
    score: float
    maximum: float
    cells: dict[str, float]
    notes: tuple[str, ...] = ()
    fresh: bool = field(default=True, compare=False)

    def line(self, lang: str | None = None) -> str:
        """One line for a terminal."""
        who = shown(self.student)
        text = say(f"grading.line_{self.status}", lang, student=who, score=self.score, maximum=self.maximum)
        return "\n    ".join([text, *self.notes])


@dataclass(frozen=True)
class Grading:
    """The results of a run, in the order of grading; `code` says how trainees' code was run, if any was."""

    assignment: str
    results: tuple[Graded, ...]
    code: str = ""

    @property
    def status(self) -> int:
        """Exit status: 0, or 1 if some submission could not be taken into the gradebook."""
        return int(any(r.status == "refused" for r in self.results))

    def __getitem__(self, student: str) -> Graded:
        return next(r for r in self.results if r.student == student)

    def summary(self, lang: str | None = None) -> str:
        """The run in a sentence."""
        done = [r for r in self.results if r.status == "graded"]
        noted, same = sum(1 for r in done if r.notes), sum(1 for r in done if not r.fresh)
        sentences = [say("grading.summary", lang, assignment=self.assignment, number=len(done), noted=noted)]
        sentences.append(self.code or say("grading.summary_no_code", lang))
        if same:
            sentences.append(say("grading.summary_same", lang, number=same))
        return (" " if lang == "en" else "").join(sentences)


def grade_class(
    course: Course,
    assignment: str,
    students: Sequence[tuple[str, bool]],
    lang: str | None = None,
    on_result: Callable[[Graded, int, int], None] | None = None,
    *,
    everything: bool = False,
) -> Grading:
    """Grade (student, has submitted) pairs; CourseError or PlanError before the first, or if the disk fails.

    Unless `everything` is asked for, a submission whose marks would come out the same is left as it is.
    """
    from filelock import FileLock, Timeout

    lang = lang or default_language()
    results: list[Graded] = []
    try:
        with (
            FileLock(course.root / LOCK, timeout=0),
            course.gradebook() as gradebook,
            alone(gradebook.engine, course.directory.course_id) as first,
        ):
            if not first:
                raise CourseError("the course is being graded by another run, on another machine; wait for it to end")
            plan = read_plan(gradebook, assignment, course.root)
            released = released_notebooks(course, plan)
            code = CodeCells(course.root, course.folder("source", ".", assignment), plan, released)
            book = Book(gradebook, assignment)
            common = common_basis(course, plan, book.duedate, lang)
            decisions = Decisions(course.root)
            run = _Run(book, course, plan, released, code, lang, common, decisions, everything)
            for start in range(0, len(students), BATCH):
                for result in run.grade(students[start : start + BATCH]):
                    results.append(result)
                    if on_result:
                        on_result(result, len(results), len(students))
    except Timeout:
        raise CourseError(f"{course.root} is being graded by another run; wait for it to end") from None
    except OSError as error:  # the course's own disk or folders, never a submission: those become faults
        raise CourseError(f"{error}; what is graded is safe, run the command again") from error
    return Grading(assignment, tuple(results), code.told(lang))


@dataclass(frozen=True)
class _Work:
    """A submission that has been read: what its marks will rest on, and the marks if it had to be marked."""

    place: Place
    submission: Submission
    lacking: str
    decided: StudentDecisions
    basis: dict[str, str]
    written: dict[str, Written] = field(default_factory=dict)
    marks: dict[str, list[CellMark]] = field(default_factory=dict)

    @property
    def every(self) -> list[CellMark]:
        return [m for cell_marks in self.marks.values() for m in cell_marks]

    def write(self) -> Write:
        named = {(name, m.cell.name): m for name, cell_marks in self.marks.items() for m in cell_marks}
        failed = frozenset(key for key, m in named.items() if m.kit_failed)
        points = {key: m.points for key, m in named.items()}
        return Write(self.place.student, self.submission.timestamp, points, failed)


@dataclass(frozen=True)
class _Run:
    book: Book
    course: Course
    plan: Plan
    released: dict[str, Any]
    code: CodeCells
    lang: str
    common: dict[str, str]
    decisions: Decisions
    everything: bool

    def grade(self, students: Sequence[tuple[str, bool]]) -> list[Graded]:
        """Grade a batch: marks into the gradebook in one transaction, then each folder."""
        there = [s for s, submitted in students if submitted and usable_name(s)]
        entries = self.book.entries(there)
        done: dict[str, Graded] = {}
        todo = []
        for student in there:
            work = self._read(student)
            standing = None if self.everything else self._unchanged(work, entries.get(student))
            if standing:
                done[student] = standing
            else:
                todo.append(replace(work, marks=self._mark(work)))
        entries = self.book.write([work.write() for work in todo], partial(late_penalty, self.course)) if todo else {}
        done |= {work.place.student: self._file(work, entries[work.place.student]) for work in todo}
        return [done.get(s) or self._ungraded(s) for s, _ in students]

    def _mark(self, work: _Work) -> dict[str, list[CellMark]]:
        about = (work.submission, self.lang, work.decided)
        return {
            name: mark_cells(cells, *about, self.code.outcomes(name, work.written, self.lang))
            for name, cells in self.plan.notebooks.items()
        }

    def _ungraded(self, student: str) -> Graded:
        return Graded(student, "absent" if usable_name(student) else "refused", 0.0, self.plan.maximum, {})

    def _read(self, student: str) -> _Work:
        place = Place(self.course, self.plan.assignment, student)
        mend(place)
        folder = place.folder("submitted")
        submission = read_submission(folder)
        lacking = "" if submission.is_link else lacking_notebooks(folder, self.plan.notebooks)
        decided = self.decisions.of(self.plan.assignment, student)
        written = {} if submission.is_link else self.code.read(folder)
        own = submission_basis(submission, lacking, self.code.basis(written))
        basis = self.common | own | {"overrides": decided.digest}
        return _Work(place, submission, lacking, decided, basis, written)

    def _unchanged(self, work: _Work, entry: Entry | None) -> Graded | None:
        """The result that stands, if marking again would only repeat it."""
        kept = read_kept(work.place.folder("autograded"))
        if kept is None or entry is None or changed(kept.basis, work.basis | {"gradebook": entry.digest}):
            return None
        if any(cell["fault"] == "kit_failed" for cell in kept.cells):  # another try costs little
            return None
        return Graded(work.place.student, "graded", entry.score, kept.maximum, kept.points, kept.notes, fresh=False)

    def _file(self, work: _Work, entry: Entry) -> Graded:
        """Write the folder in autograded/, with what the next run has to know."""
        place, notes = work.place, self._notes(work)
        sheets = {}
        for name, cells in self.plan.notebooks.items():
            sheets[name] = blank_sheet(self.released[name], cells)
            fill_sheet(sheets[name], work.marks[name])
            self.code.show(name, sheets[name], work.written)
        records = tuple(m.record(name) for name, cell_marks in work.marks.items() for m in cell_marks)
        basis = work.basis | {"gradebook": entry.digest}
        kept = Kept(basis, entry.score, self.plan.maximum, notes, records)
        write_autograded(place, work.submission, sheets, kept)
        return Graded(place.student, "graded", entry.score, self.plan.maximum, kept.points, notes)

    def _notes(self, work: _Work) -> tuple[str, ...]:
        """What an instructor should know of a submission, each once."""
        notes = [f"{m.fault.text(self.lang)} {m.kit_failed}".rstrip() for m in work.every if m.fault]
        if work.lacking:
            notes.append(say("grading.note_notebook", self.lang, names=work.lacking))
        if work.submission.timestamp_odd:
            notes.append(say("grading.note_timestamp", self.lang))
        if work.submission.strange:
            notes.append(say("grading.note_strange", self.lang, names=", ".join(work.submission.strange)))
        return tuple(dict.fromkeys(notes))


def released_notebooks(course: Course, plan: Plan) -> dict[str, Any]:
    """The released notebooks of a plan, by name; CourseError if one can't be read."""
    folder = course.folder("release", ".", plan.assignment)
    found = {}
    for name in plan.notebooks:
        try:
            found[name] = released_notebook(folder / f"{name}.ipynb")
        except (OSError, ValueError) as error:  # NotJSONError is a ValueError
            raise CourseError(f"{folder / name}.ipynb can't be read ({error}); release the assignment again") from error
    return found
