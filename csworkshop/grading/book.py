"""An assignment's marks in nbgrader's gradebook, read and written for many trainees in a few statements.

nbgrader's own calls take about nine statements and five commits per submission, each commit waiting for the disk. The
tables are nbgrader's; what is written is what its `autograde` would write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass
class Mark:
    """A graded cell's row: the checker's score, an instructor's, extra credit, and whether a person has to look."""

    id: str
    auto: float | None = None
    manual: float | None = None
    extra: float | None = None
    needs_person: bool = True

    @property
    def score(self) -> float:
        """What counts, as nbgrader computes it."""
        given = self.auto if self.manual is None else self.manual
        return 0.0 if given is None else given + (self.extra or 0.0)


@dataclass
class Entry:
    """One trainee's submission in the gradebook: `marks` by notebook and cell, `penalties` by notebook."""

    id: str
    timestamp: datetime | None = None
    extension: timedelta | None = None
    notebooks: dict[str, str] = field(default_factory=dict)
    penalties: dict[str, float | None] = field(default_factory=dict)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """All cells' scores, late penalties off."""
        return sum(m.score for m in self.marks.values()) - sum(p or 0.0 for p in self.penalties.values())

    @property
    def graded(self) -> bool:
        """Whether every cell has a score, by the checker or by a person."""
        return bool(self.marks) and all(m.auto is not None or m.manual is not None for m in self.marks.values())

    @property
    def needs_person(self) -> bool:
        return any(m.needs_person for m in self.marks.values())

    @property
    def by_hand(self) -> bool:
        """Whether an instructor gave a score of their own."""
        return any(m.manual is not None or m.extra for m in self.marks.values())

    def notebook_score(self, notebook: str) -> float:
        return sum(m.score for (name, _), m in self.marks.items() if name == notebook)

    def seconds_late(self, duedate: datetime | None) -> float:
        """How long after the trainee's own due date it was handed in."""
        if self.timestamp is None or duedate is None:
            return 0.0
        return max(0.0, (self.timestamp - duedate - (self.extension or timedelta())).total_seconds())

    @property
    def digest(self) -> str:
        """A fingerprint of everything here that marks and pages depend on."""
        cells = sorted((n, c, m.auto, m.manual, m.extra, m.needs_person) for (n, c), m in self.marks.items())
        whole = [str(self.timestamp), str(self.extension), sorted(self.penalties.items()), cells]
        return hashlib.blake2b(json.dumps(whole).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Write:
    """What to write for a trainee: points by notebook and cell, and which cells the checker failed on."""

    student: str
    timestamp: datetime | None
    points: dict[tuple[str, str], float]
    failed: frozenset[tuple[str, str]] = frozenset()


class Book:
    """The rows of one assignment in an open nbgrader `Gradebook`."""

    def __init__(self, gradebook: Any, assignment: str) -> None:
        saved = gradebook.find_assignment(assignment)
        self._db = gradebook.db
        self._id, self.duedate = saved.id, saved.duedate
        self._notebooks: dict[str, str] = {}
        self._graded: dict[tuple[str, str], str] = {}
        self._commented: dict[str, list[str]] = {}
        for notebook in saved.notebooks:
            self._notebooks[notebook.name] = notebook.id
            self._graded |= {(notebook.name, c.name): c.id for c in [*notebook.grade_cells, *notebook.task_cells]}
            self._commented[notebook.name] = [c.id for c in [*notebook.solution_cells, *notebook.task_cells]]
        gradebook.db.rollback()

    def entries(self, students: Sequence[str] | None = None) -> dict[str, Entry]:
        """Submissions by trainee; those without one are missing. None: of all."""
        from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
        from sqlalchemy import select

        handed, sheet, grade = SubmittedAssignment.__table__, SubmittedNotebook.__table__, Grade.__table__
        mine = handed.c.assignment_id == self._id
        if students is not None:
            mine = mine & handed.c.student_id.in_(list(students))
        names = {identity: name for name, identity in self._notebooks.items()}
        cells = {identity: key for key, identity in self._graded.items()}
        found: dict[str, Entry] = {}
        of: dict[str, tuple[Entry, str]] = {}
        asked = select(handed.c.id, handed.c.student_id, handed.c.timestamp, handed.c.extension).where(mine)
        for identity, student, timestamp, extension in self._db.execute(asked):
            found[student] = Entry(identity, timestamp, extension)
        asked = select(handed.c.student_id, sheet.c.id, sheet.c.notebook_id, sheet.c.late_submission_penalty)
        for student, identity, notebook, penalty in self._db.execute(asked.join_from(sheet, handed).where(mine)):
            if notebook in names:
                entry, name = found[student], names[notebook]
                entry.notebooks[name], entry.penalties[name] = identity, penalty
                of[identity] = entry, name
        asked = select(grade).join_from(grade, sheet, grade.c.notebook_id == sheet.c.id).join(handed).where(mine)
        for row in self._db.execute(asked):
            if row.notebook_id in of and row.cell_id in cells:
                mark = Mark(row.id, row.auto_score, row.manual_score, row.extra_credit, bool(row.needs_manual_grade))
                of[row.notebook_id][0].marks[cells[row.cell_id]] = mark
        self._db.rollback()  # so that a program that writes meanwhile need not wait for us
        return found

    def write(self, batch: Iterable[Write], penalty: Any) -> dict[str, Entry]:
        """Save the marks of several trainees in one transaction; returns their entries as they stand now.

        A score that an instructor gave by hand stays, and asks for another look only if the mark under it changed.
        `penalty(student, score, seconds late)` says what a notebook loses for being late, or None.
        """
        batch = list(batch)
        try:
            entries = self._make_rows(batch)
            for wanted in batch:
                self._set(entries[wanted.student], wanted, penalty)
            self._update(entries.values())
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise
        return self.entries([w.student for w in batch])

    def _set(self, entry: Entry, wanted: Write, penalty: Any) -> None:
        entry.timestamp = wanted.timestamp or entry.timestamp
        for cell, points in wanted.points.items():
            mark = entry.marks[cell]
            overridden, changed = mark.manual is not None, mark.auto != points
            mark.auto = points
            look_again = overridden and (changed or mark.needs_person)
            mark.needs_person = bool(look_again or (cell in wanted.failed and not overridden))
        late = entry.seconds_late(self.duedate)
        for name in entry.penalties:
            entry.penalties[name] = penalty(wanted.student, entry.notebook_score(name), late) if late else None

    def _make_rows(self, batch: Sequence[Write]) -> dict[str, Entry]:
        """The batch's entries, with every row that a submission has in nbgrader; those that were missing are new."""
        from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook, new_uuid
        from sqlalchemy import insert, select

        students = [w.student for w in batch]
        known = set(self._db.execute(select(Student.id).where(Student.id.in_(students))).scalars())
        entries = self.entries(students)
        rows: dict[Any, list[dict[str, Any]]] = {t: [] for t in (Student, SubmittedAssignment, SubmittedNotebook)}
        rows |= {Grade: [], Comment: []}
        for student in students:
            if student not in known:
                rows[Student].append({"id": student})
            if student not in entries:
                entries[student] = Entry(new_uuid())
                about = {"id": entries[student].id, "assignment_id": self._id, "student_id": student}
                rows[SubmittedAssignment].append(about)
            entry = entries[student]
            for name in self._notebooks.keys() - entry.notebooks.keys():
                entry.notebooks[name], entry.penalties[name] = new_uuid(), None
                about = {"id": entry.notebooks[name], "assignment_id": entry.id, "notebook_id": self._notebooks[name]}
                rows[SubmittedNotebook].append({**about, "flagged": False})
                made = [{"id": new_uuid(), "notebook_id": about["id"], "cell_id": c} for c in self._commented[name]]
                rows[Comment] += made
            for key in self._graded.keys() - entry.marks.keys():
                entry.marks[key] = Mark(new_uuid())
                about = {"id": entry.marks[key].id, "notebook_id": entry.notebooks[key[0]]}
                rows[Grade].append({**about, "cell_id": self._graded[key], "needs_manual_grade": True})
        for table, new in rows.items():
            if new:
                self._db.execute(insert(table.__table__), new)
        return entries

    def _update(self, entries: Iterable[Entry]) -> None:
        from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
        from sqlalchemy import bindparam, update

        handed, sheets, grades = [], [], []
        for entry in entries:
            handed.append({"this": entry.id, "timestamp": entry.timestamp})
            for name, identity in entry.notebooks.items():
                sheets.append({"this": identity, "late_submission_penalty": entry.penalties[name]})
            for m in entry.marks.values():
                grades.append({"this": m.id, "auto_score": m.auto, "needs_manual_grade": m.needs_person})
        for model, new in ((SubmittedAssignment, handed), (SubmittedNotebook, sheets), (Grade, grades)):
            if new:
                table: Any = model.__table__
                set_: dict[str, Any] = {name: bindparam(name) for name in new[0] if name != "this"}
                self._db.execute(update(table).where(table.c.id == bindparam("this")).values(**set_), new)
