"""`csworkshop course status` and `csworkshop course export`: how far a class has got, marks for other programs."""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress
from csworkshop.text.language import say

STATUS = """\
Per assignment: released, submitted (in the exchange), collected, graded, waiting and for what, feedback made, handed
in late, and overdue (due, and nothing handed in). Nothing is changed. Times are UTC.

--json prints {"course", "now", "assignments": [{"assignment", "released", "in_exchange", "due", "problem", "submitted",
"collected", "graded", "waiting": {reason: number}, "feedback", "feedback_outdated", "late", "overdue"}]}; with
--trainees or --trainee each has "trainees": [{"student", "handed_in", "collected", "graded", "score", "maximum",
"waiting": [reason], "feedback", "late", "overdue"}]. "submitted" is null where there is no exchange.
"""
EXPORT = """\
Write marks as nbgrader's gradebook has them (an instructor's score before the checker's, late penalties off):

  moodle.csv  username, idnumber, email, firstname, lastname, then a column per assignment, in points. In Moodle:
              Grades > Import > CSV file, encoding UTF-8, map from username to username (or idnumber, or email), and
              each assignment to a grade item with the same maximum. Blank is no grade.
  canvas.csv  Student, ID, SIS User ID, SIS Login ID, Section, then a column per assignment, and a row Points Possible.
              In Canvas: Gradebook > Import. People are found by ID, SIS User ID, SIS Login ID or name. An assignment
              that Canvas has already is found by its title; rename the column to "title (number)" if it differs.
  items.csv   long format, a row per item of a scorecard: course, assignment, trainee, notebook, cell, exercise, item,
              type, state, points, lost, possible (of the cell's points), evidence (JSON: [[start, end, words]]),
              cell_points (the checker's), cell_score (what counts), cell_possible, by_hand, passed, refusal, fault,
              handed_in (UTC); then, where an instructor decided otherwise than the checker, override (earned, missing,
              found, removed, points), override_points, override_who, override_when, override_comment. A decision about
              a whole reply has a row with the item "total" or "refusal". pandas.read_csv("items.csv") reads it.
  xapi.jsonl  xAPI 1.0.3 statements, one a line: the trainee's account answered an exercise and scored in an assignment,
              with result.score.scaled. No words of theirs and no name but the account's.

CSV files are UTF-8 with a byte-order mark. A cell that a spreadsheet could run as a formula (= + - @, tab, line break
in front) has a ' put before it.
"""


def add_reports(commands: Any) -> None:
    """Add `status` and `export` to the commands of `course`."""
    from csworkshop.cli.course import add_course_options, in_course

    raw = argparse.RawDescriptionHelpFormatter
    status = commands.add_parser(
        "status", help="how far each assignment has got, and what waits", description=STATUS, formatter_class=raw
    )
    status.add_argument("assignment", nargs="*", help="only these (default: all)")
    status.add_argument("--trainees", action="store_true", help="a row per trainee, too")
    status.add_argument("--trainee", metavar="NAME", help="only this trainee, in each assignment")
    status.add_argument("--json", action="store_true", help="as JSON, for programs")
    export = commands.add_parser(
        "export", help="marks for Moodle, Canvas, pandas and xAPI", description=EXPORT, formatter_class=raw
    )
    export.add_argument("assignment", nargs="*", help="only these (default: all in the gradebook)")
    formats = ("moodle", "canvas", "items", "xapi")
    export.add_argument(
        "--as", dest="formats", action="append", choices=formats, help="only this (repeatable; default: all four)"
    )
    export.add_argument("--out", type=Path, metavar="DIR", help="where the files go (default: COURSE/export)")
    where = "address that xAPI's accounts and activities belong to, such as https://lms.example"
    export.add_argument("--home", metavar="URL", type=_address, help=where)
    add_progress(export)
    for command, run in ((status, _status), (export, _export)):
        add_course_options(command)
        add_language(command)
        command.set_defaults(run=in_course(run))


def _address(given: str) -> str:
    if not given.startswith(("https://", "http://")) or any(c.isspace() or c in '<>"{}|\\^`' for c in given):
        raise argparse.ArgumentTypeError(f"{given!r}: an address that begins with https:// is needed")
    return given


def _status(args: argparse.Namespace) -> int:
    from csworkshop.grading.opening import open_course
    from csworkshop.grading.status import course_status

    course = open_course(args.course, args.exchange)
    now = datetime.now(UTC).replace(tzinfo=None)
    found = course_status(course, args.assignment, now=now, student=args.trainee)
    each = args.trainees or args.trainee is not None
    if args.json:
        told: dict[str, Any] = {"course": course.directory.course_id, "now": now.isoformat(timespec="seconds") + "Z"}
        told["assignments"] = [a.as_json(each) for a in found]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    print("\n".join(status_lines(found, each, args.lang)))
    return 0


def status_lines(found: Sequence[Any], each: bool, lang: str) -> list[str]:
    """The statuses (AssignmentStatus) as text: a table, the reasons of what waits, and a table of trainees if asked."""
    if not found:
        return [say("status.nothing", lang)]
    heads = (
        "assignment",
        "released",
        "submitted",
        "collected",
        "graded",
        "waiting",
        "feedback",
        "late",
        "overdue",
        "due",
    )
    rows = [[say(f"status.{h}", lang) for h in heads]]
    for a in found:
        released = "no" if not a.released else "yes" if a.in_exchange else "here_only"
        pages = str(a.feedback)
        if a.feedback_outdated:
            pages += say("status.also_outdated", lang, number=a.feedback_outdated)
        submitted = "–" if a.submitted is None else str(a.submitted)
        rows.append([
            a.assignment, say(f"status.{released}", lang), submitted, str(a.collected), str(a.graded),
            str(sum(a.waiting.values())), pages, str(a.late), str(a.overdue), a.due or "–",
        ])  # fmt: skip
    lines = _aligned(rows)
    for a in found:
        lines += [f"{a.assignment}: {a.problem}"] if a.problem else []
        for reason, number in a.waiting.items():
            why = say(f"status.why_{reason}", lang)
            lines.append(say("status.count", lang, assignment=a.assignment, number=number, why=why))
    return lines + (_trainee_lines(found, lang) if each else [])


def _trainee_lines(found: Iterable[Any], lang: str) -> list[str]:
    heads = ("assignment", "trainee", "handed_in", "graded", "score", "feedback", "why")
    rows = [[say(f"status.{h}", lang) for h in heads]]
    for a in found:
        for t in a.trainees:
            why = [say(f"status.why_{r}", lang) for r in t.waiting]
            why += [say("status.late", lang)] * t.late + [say("status.overdue", lang)] * t.overdue
            rows.append([
                a.assignment, "".join(c if c.isprintable() else "\ufffd" for c in t.student)[:40],
                t.handed_in or t.collected or "–", say("status.yes" if t.graded else "status.no", lang),
                "–" if t.score is None else f"{t.score:g} / {t.maximum:g}",
                say(f"status.{t.feedback}", lang) if t.feedback else "–", "; ".join(why) or "–",
            ])  # fmt: skip
    return ["", *_aligned(rows)]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with columns below each other; Chinese characters are two places wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))


def _export(args: argparse.Namespace) -> int:
    from csworkshop.grading.export import FILES, export_course
    from csworkshop.grading.opening import open_course

    course = open_course(args.course, args.exchange)
    folder = args.out or course.root / "export"
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--out {folder}: is a file; name a folder")
    with Bar("export", args) as bar:
        done = export_course(course, folder, args.assignment, args.formats or FILES, args.home, bar)
    for file, rows in done.rows.items():
        print(say("export.written", args.lang, file=file, rows=rows))
    notes = []
    if done.guarded:
        names = ", ".join(done.guarded[:5])
        notes.append(say("export.guarded", args.lang, number=len(done.guarded), names=names))
    if done.without_details:
        notes.append(say("export.no_details", args.lang, number=done.without_details))
    if done.ungraded:
        notes.append(say("export.ungraded", args.lang, number=done.ungraded))
    for note in notes:
        print(note, file=sys.stderr)
    return 0
