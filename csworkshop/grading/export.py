"""Marks for other programs: CSV for Moodle's and Canvas's gradebooks, every item for pandas, statements for an LRS.

Scores are what nbgrader's gradebook says: an instructor's score before the checker's, late penalties off. Files are
UTF-8; the CSV ones begin with a byte-order mark, and no cell of theirs is a formula to a spreadsheet.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from csworkshop.exercises.overriding import REFUSAL, TOTAL, Override
from csworkshop.grading.book import Book, Entry
from csworkshop.grading.decisions import Decisions
from csworkshop.grading.graded import graded_answers
from csworkshop.grading.kept import Kept, read_kept
from csworkshop.grading.opening import Course, CourseError
from csworkshop.grading.statements import Statements
from csworkshop.text.tables import safe_cell

# Moodle (grade/import/csv): one column finds the person, mapped to username, idnumber or email address; the others are
# mapped to grade items, or make new ones. A blank cell is no grade; by default no grade may be above 100.
MOODLE = ("username", "idnumber", "email", "firstname", "lastname")
# Canvas (lib/gradebook_importer.rb): these five in this order, then one column per assignment; then a row whose first
# cell says Points Possible. A person is found by ID (Canvas's number), else SIS User ID, SIS Login ID or name.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
ITEMS = (
    "course", "assignment", "trainee", "notebook", "cell", "exercise", "item", "type", "state",
    "points", "lost", "possible", "evidence", "cell_points", "cell_score", "cell_possible", "by_hand",
    "passed", "refusal", "fault", "handed_in",
    "override", "override_points", "override_who", "override_when", "override_comment",
)  # fmt: skip
FILES = {"moodle": "moodle.csv", "canvas": "canvas.csv", "items": "items.csv", "xapi": "xapi.jsonl"}


@dataclass(frozen=True)
class Trainee:
    """A trainee as the gradebook knows them; `lms_id` is nbgrader's `lms_user_id`."""

    id: str
    first: str
    last: str
    email: str
    lms_id: str

    @property
    def sorting_name(self) -> str:
        return f"{self.last}, {self.first}" if self.first and self.last else self.last or self.first or self.id


@dataclass(frozen=True)
class Assignment:
    """An assignment with its entries by trainee, and the maximum of each graded cell by (notebook, cell)."""

    name: str
    entries: dict[str, Entry]
    maxima: dict[tuple[str, str], float]

    @property
    def maximum(self) -> float:
        return sum(self.maxima.values())

    def score(self, student: str) -> float | str:
        """The score to two decimals, as gradebooks show it; "" where nothing is graded."""
        entry = self.entries.get(student)
        return round(entry.score, 2) if entry and entry.graded else ""


@dataclass
class Exported:
    """The files with their rows, accounts whose names look like formulas, and how many lack something."""

    rows: dict[Path, int] = field(default_factory=dict)
    guarded: list[str] = field(default_factory=list)
    without_details: int = 0
    ungraded: int = 0


def export_course(
    course: Course,
    folder: Path,
    assignments: Iterable[str] = (),
    formats: Iterable[str] = FILES,
    home: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write the formats' files into `folder`, for the named assignments or all; CourseError if that can't be done.

    `home` is the address that xAPI's names begin with. `on_progress(done, of)` is called as submissions are told.
    """
    trainees, chosen = _read(course, list(dict.fromkeys(assignments)))
    done = Exported()
    done.guarded = [t.id for t in trainees if safe_cell(t.id) != t.id]
    done.ungraded = sum(1 for a in chosen for e in a.entries.values() if not e.graded)
    formats = list(dict.fromkeys(formats))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if "moodle" in formats:
            done.rows |= _table(folder / FILES["moodle"], moodle_rows(trainees, chosen))
        if "canvas" in formats:
            done.rows |= _table(folder / FILES["canvas"], canvas_rows(trainees, chosen))
        details = [f for f in ("items", "xapi") if f in formats]
        total = len(details) * sum(len(a.entries) for a in chosen)

        def counted(submissions: Iterator[_Submission]) -> Iterator[_Submission]:
            for submission in submissions:
                yield submission
                told[0] += 1
                if on_progress:
                    on_progress(told[0], total)

        told = [0]
        if "items" in formats:
            submissions = counted(_submissions(course, chosen))
            done.rows |= _table(folder / FILES["items"], _item_rows(course, submissions, done))
        if "xapi" in formats:
            made = Statements(course.directory.course_id, home)
            lines = (s for sub in counted(_submissions(course, chosen)) for s in _statements(made, sub))
            done.rows |= _lines(folder / FILES["xapi"], lines)
    except OSError as error:
        raise CourseError(f"{error.filename or folder}: {error.strerror}; nothing half done was left") from error
    return done


def moodle_rows(trainees: Sequence[Trainee], assignments: Sequence[Assignment]) -> Iterator[Sequence[Any]]:
    """Header, then one row per trainee."""
    yield [*MOODLE, *(a.name for a in assignments)]
    for t in trainees:
        yield [t.id, t.lms_id, t.email, t.first, t.last, *(a.score(t.id) for a in assignments)]


def canvas_rows(trainees: Sequence[Trainee], assignments: Sequence[Assignment]) -> Iterator[Sequence[Any]]:
    """Header, the row of possible points, then one row per trainee. An LMS id of digits is taken for Canvas's own."""
    yield [*CANVAS, *(a.name for a in assignments)]
    yield ["Points Possible", "", "", "", "", *(a.maximum for a in assignments)]
    for t in trainees:
        numbered = t.lms_id.isascii() and t.lms_id.isdigit()
        ids = (t.lms_id, "") if numbered else ("", t.lms_id)
        yield [t.sorting_name, *ids, t.id, "", *(a.score(t.id) for a in assignments)]


@dataclass(frozen=True)
class _Submission:
    student: str
    assignment: Assignment
    entry: Entry
    kept: Kept | None  # only where it is about the marks in the gradebook


def _read(course: Course, named: Sequence[str]) -> tuple[list[Trainee], list[Assignment]]:
    with course.gradebook() as gradebook:
        trainees = [
            Trainee(*(str(x or "") for x in (s.id, s.first_name, s.last_name, s.email, s.lms_user_id)))
            for s in sorted(gradebook.students, key=lambda s: str(s.id))
        ]
        saved = sorted(str(a.name) for a in gradebook.assignments)
        for name in named:
            if name not in saved:
                raise CourseError(f"the gradebook has no assignment {name!r}; it has: {', '.join(saved) or 'none'}")
        chosen = []
        for name in named or saved:
            notebooks = gradebook.find_assignment(name).notebooks
            cells = [(n.name, c) for n in notebooks for c in [*n.grade_cells, *n.task_cells]]
            maxima = {(notebook, c.name): float(c.max_score) for notebook, c in cells}
            chosen.append(Assignment(name, Book(gradebook, name).entries(), maxima))
    return trainees, chosen


def _submissions(course: Course, assignments: Iterable[Assignment]) -> Iterator[_Submission]:
    for assignment in assignments:
        for student, entry in sorted(assignment.entries.items()):
            kept = read_kept(course.folder("autograded", student, assignment.name))
            if kept and any(_auto(entry, c) != c["points"] for c in kept.cells):
                kept = None
            yield _Submission(student, assignment, entry, kept)


def _auto(entry: Entry, cell: dict[str, Any]) -> float | None:
    mark = entry.marks.get((cell["notebook"], cell["cell"]))
    return mark.auto if mark else None


def _item_rows(course: Course, submissions: Iterable[_Submission], done: Exported) -> Iterator[Sequence[Any]]:
    """One row per item of each cell's scorecard, in points of the cell; a cell without details has one row.

    An instructor's word on the whole reply has a row of its own, without points, so that sums stay right.
    """
    yield ITEMS
    decisions = Decisions(course.root)
    for sub in submissions:
        if not sub.entry.graded:
            continue
        done.without_details += sub.kept is None
        about = {(c["notebook"], c["cell"]): c for c in sub.kept.cells} if sub.kept else {}
        for (notebook, name), mark in sorted(sub.entry.marks.items()):
            cell = about.get((notebook, name), {"fault": "no_details"})
            possible = sub.assignment.maxima[notebook, name]
            first = [course.directory.course_id, sub.assignment.name, sub.student, notebook, name]
            first.append(cell.get("exercise", ""))
            passed = bool(cell["passed"]) if "passed" in cell else ""
            last = [mark.auto, mark.score, possible, mark.manual is not None, passed, cell.get("refusal", "")]
            last += [cell.get("fault", ""), sub.entry.timestamp.isoformat() + "Z" if sub.entry.timestamp else ""]
            overrides = _overrides(course, decisions, sub, str(cell.get("exercise", "")))
            for item in cell.get("items") or [None]:
                told = _override(overrides.get(item["item"]) if item else None)
                yield [*first, *(_item(item, possible) if item else [""] * 7), *last, *told]
            for whole in (REFUSAL, TOTAL):
                if whole in overrides:
                    yield [*first, whole, "reply", *[""] * 5, *last, *_override(overrides[whole])]


def _overrides(course: Course, decisions: Decisions, sub: _Submission, exercise: str) -> dict[str, Override]:
    """What instructors decided about the words that were graded, by item."""
    decided = decisions.of(sub.assignment.name, sub.student)
    if exercise not in decided.by_exercise:
        return {}
    answer = graded_answers(course, sub.assignment.name, sub.student)[0].answer(exercise)
    return decided.about(exercise, answer)


def _override(override: Override | None) -> list[Any]:
    if override is None:
        return [""] * 5
    points = "" if override.points is None else override.points
    return [override.verdict, points, override.who, override.when, override.comment]


def _item(item: dict[str, Any], maximum: float) -> list[Any]:
    points = round(item["points"] * maximum / 100, 4)
    possible = round(item["possible"] * maximum / 100, 4)
    evidence = json.dumps(item["evidence"], ensure_ascii=False)
    return [item["item"], item["type"], item["state"], max(points, 0.0), abs(min(points, 0.0)), possible, evidence]


def _statements(made: Statements, sub: _Submission) -> Iterator[dict[str, Any]]:
    if not sub.entry.graded:
        return
    about = {(c["notebook"], c["cell"]): c for c in sub.kept.cells} if sub.kept else {}
    for key, mark in sorted(sub.entry.marks.items()):
        cell, possible = about.get(key, {}), sub.assignment.maxima[key]
        yield made.exercise(sub.student, sub.assignment.name, key[1], cell, mark.score, possible, sub.entry.timestamp)
    yield made.assignment(
        sub.student, sub.assignment.name, sub.entry.score, sub.assignment.maximum, sub.entry.timestamp
    )


def _table(path: Path, rows: Iterable[Sequence[Any]]) -> dict[Path, int]:
    """Write rows as CSV; returns how many there are without the header."""

    def fill(file: TextIO) -> int:
        writer = csv.writer(file, lineterminator="\r\n")
        count = 0
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            count += 1
        return count - 1

    return {path: _whole(path, "utf-8-sig", fill)}


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("\t", "\r", "\n"):  # a spreadsheet may pass over it to what follows
        return "'" + str(safe_cell(value))
    return safe_cell(value)


def _lines(path: Path, values: Iterable[dict[str, Any]]) -> dict[Path, int]:
    def fill(file: TextIO) -> int:
        count = 0
        for count, value in enumerate(values, 1):  # noqa: B007 - the last number is the count
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
        return count

    return {path: _whole(path, "utf-8", fill)}


def _whole(path: Path, encoding: str, fill: Callable[[TextIO], int]) -> int:
    """Write a file that is there whole or not at all."""
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("w", encoding=encoding, errors="replace", newline="") as file:
            count = fill(file)
        os.replace(aside, path)
        return count
    finally:
        aside.unlink(missing_ok=True)
