"""What was graded: the words of a trainee as grading took them, for pages, overrides, disputes and calibration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from csworkshop.exercises.answers import NAME as ANSWERS
from csworkshop.exercises.disputes import Dispute
from csworkshop.grading.decisions import reply_key
from csworkshop.grading.opening import Course, CourseError
from csworkshop.grading.plan import Plan, PlanError, read_plan
from csworkshop.grading.submission import (
    ANSWERS_LIMIT,
    Fault,
    Submission,
    Unfit,
    parse_answers,
    read_regular,
    read_submission,
    usable_name,
)


def open_plan(course: Course, assignment: str) -> Plan:
    """The assignment's plan; CourseError if it can't be graded."""
    try:
        with course.gradebook() as gradebook:
            return read_plan(gradebook, assignment, course.root)
    except PlanError as error:
        raise CourseError(str(error)) from error


def assignments(course: Course) -> list[str]:
    """Assignments in the gradebook."""
    with course.gradebook() as gradebook:
        return sorted(str(a.name) for a in gradebook.assignments)


def students(course: Course, assignment: str, step: str = "autograded") -> list[str]:
    """Trainees with a folder for the assignment at a step."""
    top = course.root / getattr(course.directory, f"{step}_directory")
    found = (p.name for p in top.iterdir() if (p / assignment).is_dir()) if top.is_dir() else ()
    return sorted(name for name in found if usable_name(name))


def graded_answers(course: Course, assignment: str, student: str) -> tuple[Submission, Mapping[str, Any]]:
    """The answers as they were graded, and the answer file's entries by exercise ({} where it could not be read)."""
    folder = course.folder("autograded", student, assignment)
    try:
        raw = read_regular(folder / ANSWERS, ANSWERS_LIMIT)
        return Submission(answers=parse_answers(raw), raw_answers=raw), json.loads(raw)["answers"]
    except Unfit as unfit:
        fault = read_submission(course.folder("submitted", student, assignment)).fault or unfit.fault
        return Submission(fault=fault), {}


def handed_in(course: Course, assignment: str, student: str) -> tuple[Submission, Mapping[str, Any]]:
    """The answers as they were collected last, and the answer file's entries, which anybody may have written."""
    submission = read_submission(course.folder("submitted", student, assignment))
    return submission, json.loads(submission.raw_answers)["answers"] if submission.raw_answers else {}


def dispute_id(assignment: str, student: str, exercise: str, dispute: Dispute, answer: str | Fault) -> str:
    """The short name of a dispute: of this reason, against this item, about this reply."""
    parts = json.dumps([assignment, student, exercise, dispute.item, dispute.reason, reply_key(answer)])
    return hashlib.sha256(parts.encode()).hexdigest()[:8]
