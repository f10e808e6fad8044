"""What an instructor does with `course override`: decide about an item of a graded reply, one by one or by a table.

The table is a CSV file with a row for every judged item; its columns `verdict` and `comment` are filled in with any
spreadsheet. It is read all or nothing, and what is in force already isn't recorded again, so it may be read twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.marking import Marks, mark
from csworkshop.exercises.overriding import (
    REFUSAL,
    TOTAL,
    Override,
    Verdict,
    WrongOverride,
    check_override,
    item_name,
    overridden,
)
from csworkshop.grading.course import Done, grade
from csworkshop.grading.decisions import WITHDRAWN, Decisions, record_overrides, reply_key, signed, usable_comment
from csworkshop.grading.graded import graded_answers, open_plan, students
from csworkshop.grading.opening import Course, CourseError, open_course
from csworkshop.grading.plan import Cell, Plan
from csworkshop.grading.submission import Fault
from csworkshop.text.datafile import DataFileError
from csworkshop.text.language import default_language, say
from csworkshop.text.tables import Row, read_table, same_number, write_table

COLUMNS = (
    "student 学员", "exercise 练习", "item 项目", "name 名称", "state 现在", "points 得分", "possible 满分",
    "reply 回复", "verdict 改判", "comment 理由",
)  # fmt: skip
_WORDS: dict[str, Verdict | str] = {
    "earned": "earned", "做到": "earned", "算做到": "earned", "missing": "missing", "没做到": "missing",
    "算没做到": "missing", "removed": "removed", "不算问题": "removed", "found": "found", "算问题": "found",
    "withdrawn": WITHDRAWN, "撤回": WITHDRAWN,
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A decision to record: whose, about which item of which exercise. `verdict` may be WITHDRAWN."""

    student: str
    exercise: str
    item: str
    verdict: str
    comment: str
    points: float | None = None


def override(
    assignment: str, course_dir: Path | str, wanted: Sequence[Wanted], who: str | None = None, lang: str | None = None
) -> Done:
    """Check all, record what is new, grade those trainees again; CourseError before anything is recorded."""
    course = open_course(course_dir)
    lines, entries, same = _checked(course, assignment, wanted, signed(who), lang)
    if entries:
        record_overrides(course.root, entries)
        touched = list(dict.fromkeys(e["student"] for e in entries))
        for result in grade(assignment, course.root, students=touched, lang=lang).results:
            about = {"student": result.student, "score": result.score, "maximum": result.maximum}
            if result.status == "graded":
                lines.append(say("people.regraded", lang, **about))
    if same:
        lines.append(say("people.override_same", lang, number=same))
    return Done(tuple(lines))


def _checked(
    course: Course, assignment: str, wanted: Sequence[Wanted], who: str, lang: str | None
) -> tuple[list[str], list[dict[str, Any]], int]:
    plan, decisions = open_plan(course, assignment), Decisions(course.root)
    known = set(students(course, assignment))
    lines, entries, same = [], [], 0
    for w in wanted:
        if w.student not in known:
            raise CourseError(f"{assignment}: nothing of {w.student!r} is graded yet; run `csworkshop grade` first")
        cell = cell_of(plan, w.exercise)
        answer = graded_answers(course, assignment, w.student)[0].answer(w.exercise)
        standing = decisions.of(assignment, w.student).about(w.exercise, answer).get(w.item)
        if w.verdict == WITHDRAWN:
            if standing is None:
                same += 1
                continue
            comment = w.comment.strip() or "—"
        else:
            comment = usable_comment(w.comment)
            new = Override(w.item, w.verdict, comment, who, points=w.points)  # type: ignore[arg-type]
            check(cell, new)
            if standing and replace(standing, who="", when="") == replace(new, who="", when=""):
                same += 1
                continue
        about = {"assignment": assignment, "student": w.student, "exercise": w.exercise, "item": w.item}
        points = {"points": w.points} if w.verdict == "points" else {}
        entries.append(
            {**about, "verdict": w.verdict, **points, "comment": comment, "who": who, "reply": reply_key(answer)}
        )
        told = say(f"people.verdict_{w.verdict}", lang, points=w.points or 0.0)
        shown = {"student": w.student, "exercise": w.exercise, "item": item_name(w.item, lang)}
        lines.append(say("people.override_done", lang, verdict=told, **shown))
        marks = _marks(cell, answer)
        lifted = {e["item"] for e in entries if e["student"] == w.student and e["exercise"] == w.exercise}
        lifted |= set(decisions.of(assignment, w.student).about(w.exercise, answer))
        if marks and marks.refusal and w.item not in (REFUSAL, TOTAL) and REFUSAL not in lifted:
            lines.append(say("people.override_refused", lang))
    return lines, entries, same


def cell_of(plan: Plan, exercise: str) -> Cell:
    """The graded cell of an exercise; CourseError names those that there are."""
    cells = [c for cells in plan.notebooks.values() for c in cells]
    found = next((c for c in cells if c.exercise.id == exercise), None)
    if found is None:
        known = ", ".join(c.exercise.id for c in cells)
        raise CourseError(f"{plan.assignment} has no exercise {exercise!r}; it has {known}")
    return found


def check(cell: Cell, new: Override) -> None:
    """CourseError unless the override fits the cell; a code exercise has only its total."""
    try:
        if isinstance(cell.exercise, Exercise):
            check_override(new, cell.exercise, cell.maximum)
        elif new.item != TOTAL or new.verdict != "points" or not 0 <= (new.points or 0.0) <= cell.maximum:
            raise WrongOverride(f"{cell.exercise.id}: only its total can be set, --points 0 to {cell.maximum:g}")
    except WrongOverride as error:
        raise CourseError(str(error)) from error


def _marks(cell: Cell, answer: str | Fault) -> Marks | None:
    return mark(answer, cell.exercise) if isinstance(answer, str) and isinstance(cell.exercise, Exercise) else None


def list_overrides(assignment: str, course_dir: Path | str, lang: str | None = None) -> Done:
    """All overrides of an assignment, those about earlier words marked so."""
    course, lines = open_course(course_dir), []
    decisions = Decisions(course.root)
    for student in decisions.students(assignment):
        said = decisions.of(assignment, student)
        submission = graded_answers(course, assignment, student)[0]
        for exercise, items in said.by_exercise.items():
            holding = said.about(exercise, submission.answer(exercise))
            for item, decided in items.items():
                o = decided.override
                about = {"student": student, "exercise": exercise, "item": item_name(item, lang)}
                line = say("people.override_done", lang, verdict=o.words(lang), **about)
                old = "" if item in holding else " " + say("people.override_outdated", lang)
                lines.append(f"{line} · {o.comment} · {o.who} {o.when[:16]}{old}")
    return Done(tuple(lines) or (say("people.override_none", lang),))


def write_override_table(assignment: str, course_dir: Path | str, path: Path, lang: str | None = None) -> Done:
    """A row for every judged item of every graded reply, with what is decided already."""
    course = open_course(course_dir)
    plan, decisions, rows = open_plan(course, assignment), Decisions(course.root), []
    for student in students(course, assignment):
        submission = graded_answers(course, assignment, student)[0]
        for cell in (c for cells in plan.notebooks.values() for c in cells):
            answer = submission.answer(cell.exercise.id)
            said = decisions.of(assignment, student).about(cell.exercise.id, answer)
            rows += _rows(student, cell, answer, said, lang or default_language())
    write_table(path, COLUMNS, rows)
    return Done((say("people.table_written", lang, path=path, number=len(rows)),))


def _rows(student: str, cell: Cell, answer: str | Fault, said: dict[str, Override], lang: str) -> list[dict[str, Any]]:
    marks, exercise = _marks(cell, answer), cell.exercise
    rows = []
    if marks and isinstance(exercise, Exercise):
        marks = overridden(marks, exercise, said, cell.maximum)
        for line in marks.lines:
            points, possible = (round(x * cell.maximum / 100, 2) for x in (line.points, line.possible))
            rows.append((line.item, say(f"marks.{line.state}", lang), points, possible))
        rows.append((TOTAL, "", marks.points(cell.maximum), cell.maximum))
    else:
        rows.append((TOTAL, answer.text(lang) if isinstance(answer, Fault) else "", 0.0, cell.maximum))
    text = answer if isinstance(answer, str) else ""
    return [
        dict(
            zip(
                COLUMNS,
                (student, exercise.id, item, item_name(item, lang), state, points, possible, "" if n else text,
                 _verdict_cell(said.get(item)), said[item].comment if item in said else ""),
                strict=True,
            )
        )
        for n, (item, state, points, possible) in enumerate(rows)
    ]  # fmt: skip


def _verdict_cell(standing: Override | None) -> Any:
    if standing is None:
        return ""
    return standing.points if standing.verdict == "points" else standing.verdict


def read_override_table(
    assignment: str, course_dir: Path | str, path: Path, who: str | None = None, lang: str | None = None
) -> Done:
    """Record what a table says; CourseError names the line that can't be used, and then nothing is recorded."""
    course = open_course(course_dir)
    try:
        rows = read_table(path, ("student", "exercise", "item", "verdict", "comment"))
    except DataFileError as error:
        raise CourseError(str(error)) from error
    known, plan = students(course, assignment), open_plan(course, assignment)
    wanted = []
    for row in rows:
        if row["verdict"]:
            wanted.append(_wanted(row, path, known))
            try:
                _check_row(plan, wanted[-1])
            except CourseError as error:
                raise CourseError(f"{path}, line {row.line}: {error}; nothing was recorded") from error
    if not wanted:
        return Done((say("people.table_empty", lang),), status=1)
    return override(assignment, course.root, wanted, who, lang)


def _check_row(plan: Plan, wanted: Wanted) -> None:
    cell = cell_of(plan, wanted.exercise)
    if wanted.verdict != WITHDRAWN:
        comment = usable_comment(wanted.comment)
        check(cell, Override(wanted.item, wanted.verdict, comment, "", points=wanted.points))  # type: ignore[arg-type]


def _wanted(row: Row, path: Path, known: Sequence[str]) -> Wanted:
    fitting = [s for s in known if s == row["student"]] or [s for s in known if same_number(row["student"], s)]
    if len(fitting) != 1:
        raise CourseError(f"{path}, line {row.line}: {row['student']!r} is no graded trainee; nothing was recorded")
    verdict, points = _WORDS.get(row["verdict"].lower()), None
    if verdict is None:
        try:
            verdict, points = "points", float(row["verdict"].replace(",", "."))
        except ValueError:
            allowed = "earned, missing, removed, found, withdrawn (做到, 没做到, 不算问题, 算问题, 撤回) or points"
            message = f"{path}, line {row.line}: verdict {row['verdict'][:40]!r} is none of {allowed}"
            raise CourseError(f"{message}; nothing was recorded") from None
    return Wanted(fitting[0], row["exercise"], row["item"], verdict, row["comment"], points)
