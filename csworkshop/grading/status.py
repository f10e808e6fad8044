"""How far each assignment has got: released, handed in, collected, graded, waiting and why, feedback, overdue.

Nothing is marked and nothing changed for it; the reasons come from comparing what marks rest on with what is there now.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from csworkshop.grading.basis import changed, common_basis, submission_basis
from csworkshop.grading.book import Book, Entry
from csworkshop.grading.code_cells import CodeCells
from csworkshop.grading.decisions import Decisions
from csworkshop.grading.grade import released_notebooks
from csworkshop.grading.kept import read_kept
from csworkshop.grading.opening import Course, CourseError
from csworkshop.grading.owners import forger
from csworkshop.grading.plan import Plan, PlanError, read_plan
from csworkshop.grading.submission import lacking_notebooks, read_submission, usable_name


@dataclass(frozen=True)
class Standing:
    """One trainee in one assignment. Times are UTC in ISO form, "" where there is none.

    `handed_in` is the newest in the exchange, `collected` the one in submitted/. `waiting` names reasons (the strings
    `status.why_…`), the first thing to do first. `feedback`: "made", "outdated" or "".
    """

    student: str
    handed_in: str
    collected: str
    graded: bool
    score: float | None
    maximum: float
    waiting: tuple[str, ...]
    feedback: str
    late: bool
    overdue: bool


@dataclass(frozen=True)
class AssignmentStatus:
    """One assignment. `submitted` is None where there is no exchange to look into; `problem` why it can't be graded."""

    assignment: str
    released: bool
    in_exchange: bool
    due: str
    problem: str
    submitted: int | None
    collected: int
    graded: int
    waiting: dict[str, int]
    feedback: int
    feedback_outdated: int
    late: int
    overdue: int
    trainees: tuple[Standing, ...]

    def as_json(self, trainees: bool) -> dict[str, Any]:
        """For `--json`; with `trainees` one object for each of them too."""
        told = asdict(self)
        if not trainees:
            del told["trainees"]
        return told


def course_status(
    course: Course, assignments: Iterable[str] = (), *, now: datetime, student: str | None = None
) -> list[AssignmentStatus]:
    """The status of the named assignments, or of all. `now` is UTC without a zone; `student` limits it to one."""
    named = list(dict.fromkeys(assignments))
    with course.gradebook() as gradebook:
        saved = [str(a.name) for a in gradebook.assignments]
        roll = {str(s.id) for s in gradebook.students}
        known = sorted({*saved, *_folders(course.root / course.directory.source_directory)})
        for name in named:
            if name not in known:
                raise CourseError(f"there is no assignment {name!r}; there are: {', '.join(known) or 'none'}")
        looks = [_Look(course, gradebook, name, name in saved, now) for name in named or known]
        roll.update(*(look.everybody for look in looks))
        if student is not None and student not in roll:
            raise CourseError(f"nobody called {student!r} is in the gradebook or has handed anything in")
        return [look.status(sorted(roll) if student is None else [student]) for look in looks]


class _Look:
    """One assignment, with what is read once for all its trainees."""

    def __init__(self, course: Course, gradebook: Any, assignment: str, saved: bool, now: datetime) -> None:
        self.course, self.assignment, self.now = course, assignment, now
        self.problem, self.plan = "", Plan(assignment, {})
        self.book = Book(gradebook, assignment) if saved else None
        self.entries = self.book.entries() if self.book else {}
        self.decisions = Decisions(course.root)
        self.common: dict[str, str] = {}
        self.code: CodeCells | None = None
        try:
            self.plan = read_plan(gradebook, assignment, course.root)
            duedate = self.book.duedate if self.book else None
            self.common = common_basis(course, self.plan, duedate, "")
            del self.common["language"]
            source = course.folder("source", ".", assignment)
            self.code = CodeCells(course.root, source, self.plan, released_notebooks(course, self.plan))
        except (PlanError, CourseError) as error:
            self.problem = str(error)
        top = course.root / course.directory.submitted_directory
        self.here = {name for name in _folders(top) if os.path.lexists(top / name / assignment)}
        self.exchange = exchange_folder(course)
        self.inbound = handed_in(self.exchange / "inbound", assignment) if self.exchange else None
        self.everybody = {*self.here, *self.entries, *(self.inbound or ())}

    def status(self, students: list[str]) -> AssignmentStatus:
        rows = tuple(self._standing(s) for s in students)
        duedate = self.book.duedate if self.book else None
        reasons = Counter(reason for row in rows for reason in row.waiting[:1])
        release = self.course.folder("release", ".", self.assignment)
        return AssignmentStatus(
            assignment=self.assignment, released=any(release.glob("*.ipynb")),
            in_exchange=bool(self.exchange and (self.exchange / "outbound" / self.assignment).is_dir()),
            due=_iso(duedate), problem=self.problem,
            submitted=None if self.inbound is None else sum(1 for r in rows if r.handed_in),
            collected=sum(1 for r in rows if r.student in self.here), graded=sum(1 for r in rows if r.graded),
            waiting=dict(reasons.most_common()), feedback=sum(1 for r in rows if r.feedback == "made"),
            feedback_outdated=sum(1 for r in rows if r.feedback == "outdated"),
            late=sum(1 for r in rows if r.late), overdue=sum(1 for r in rows if r.overdue), trainees=rows,
        )  # fmt: skip

    def _standing(self, student: str) -> Standing:
        entry, collected = self.entries.get(student), student in self.here
        stamp = (
            read_submission(self.course.folder("submitted", student, self.assignment)).timestamp if collected else None
        )
        newest = (self.inbound or {}).get(student)
        graded = bool(collected and entry and entry.graded)
        duedate = self.book.duedate if self.book else None
        due = duedate + entry.extension if duedate and entry and entry.extension else duedate
        handed = max((t for t in (stamp, newest) if t), default=None)
        return Standing(
            student=student, handed_in=_iso(newest), collected=_iso(stamp) or ("?" if collected else ""),
            graded=graded, score=entry.score if graded and entry else None,
            maximum=self.plan.maximum, waiting=tuple(self._waiting(student, entry, stamp, newest)),
            feedback=self._feedback(student) if graded else "", late=bool(due and handed and handed > due),
            overdue=bool(due and self.now > due and not collected and not newest),
        )  # fmt: skip

    def _waiting(
        self, student: str, entry: Entry | None, stamp: datetime | None, newest: datetime | None
    ) -> Iterable[str]:
        collected = student in self.here
        if newest and (not collected or (stamp and newest > stamp)):
            yield "not_collected"
        if not collected:
            return
        if not usable_name(student):
            yield "refused"
        elif self.problem:
            yield "problem"
        elif entry is None or not entry.graded:
            yield "person" if entry and entry.needs_person and self._kept_there(student) else "not_graded"
        else:
            yield from self._outdated(student, entry)
            if entry.needs_person:
                yield "person"

    def _kept_there(self, student: str) -> bool:
        return read_kept(self.course.folder("autograded", student, self.assignment)) is not None

    def _outdated(self, student: str, entry: Entry) -> Iterable[str]:
        """What changed since the marks were made; where nbgrader made them by itself, only the time can tell."""
        folder = self.course.folder("submitted", student, self.assignment)
        marked = self.course.folder("autograded", student, self.assignment)
        submission = read_submission(folder)
        if not all((marked / f"{name}.ipynb").is_file() for name in self.plan.notebooks):
            yield "unfinished"
            return
        kept = read_kept(marked)
        if kept is None:
            if submission.timestamp and submission.timestamp != entry.timestamp:
                yield "handed_in"
            return
        lacking = "" if submission.is_link else lacking_notebooks(folder, self.plan.notebooks)
        written = self.code.read(folder) if self.code and not submission.is_link else {}
        own = submission_basis(submission, lacking, self.code.basis(written) if self.code else ())
        decided = self.decisions.of(self.assignment, student).digest
        yield from changed(kept.basis, self.common | own | {"gradebook": entry.digest, "overrides": decided})

    def _feedback(self, student: str) -> str:
        pages = list(self.course.folder("feedback", student, self.assignment).glob("*.html"))
        marked = list(self.course.folder("autograded", student, self.assignment).glob("*.ipynb"))
        if not pages or not marked:
            return ""
        oldest, newest = min(p.stat().st_mtime for p in pages), max(p.stat().st_mtime for p in marked)
        return "made" if oldest >= newest else "outdated"


def exchange_folder(course: Course) -> Path | None:
    """The course's folder in the exchange; None where there is none."""
    from nbgrader.exchange.default.exchange import Exchange

    folder = Path(Exchange(config=course.config, coursedir=course.directory).root, course.directory.course_id)
    return folder if (folder / "inbound").is_dir() else None


def handed_in(inbound: Path, assignment: str) -> dict[str, datetime]:
    """When each trainee last handed the assignment in, by the names of the folders that `nbgrader submit` makes."""
    from nbgrader.utils import parse_utc

    found: dict[str, datetime] = {}
    for name in _folders(inbound):
        parts = name.rsplit("+", 3)
        if len(parts) != 4 or parts[1] != assignment or not usable_name(parts[0]):
            continue
        try:
            when = parse_utc(parts[2])
            if forger(parts[0], (inbound / name).lstat().st_uid):
                continue
        except (ValueError, OverflowError, TypeError, FileNotFoundError):  # the last: taken away meanwhile
            continue
        found[parts[0]] = max(when, found.get(parts[0], when))
    return found


def _folders(top: Path) -> list[str]:
    try:
        with os.scandir(top) as entries:
            return sorted(e.name for e in entries if e.is_dir(follow_symlinks=True) and not e.name.startswith("."))
    except OSError:
        return []


def _iso(when: datetime | None) -> str:
    return when.isoformat(timespec="seconds") + "Z" if when else ""
