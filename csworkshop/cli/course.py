"""The instructor's commands around an nbgrader course folder: init, release, collect, grade, feedback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress

GRADE = """\
Mark submissions in this process from the trainees' answer files, into nbgrader's own gradebook. No kernel is started
and none of a trainee's code is run, except for code exercises: their cells run in a process without network and without
any file of the course, limited in time, memory and output, and only their result is looked at, as data. A system that
can't confine them (Windows, macOS, Linux without namespaces) runs none, unless CSWORKSHOP_UNCONFINED=1 is set.

Only what changed is marked again: what a trainee handed in and when, the assignment as released, its exercises, the
checker, the late rules, an instructor's decisions, the marks in the gradebook. Stopped at any moment, even killed, the
next run goes on where it stopped. Exit status: 0, 1 if a submission could not be taken in, 2 if it could not begin.
"""


def add_course_commands(commands: Any) -> None:
    """Add `course init|status|export`, `release`, `collect`, `grade` and `feedback`."""
    from csworkshop.cli.course_people import add_people
    from csworkshop.cli.course_reports import add_reports

    raw = argparse.RawDescriptionHelpFormatter
    course = commands.add_parser("course", help="make a course folder; how far it has got; marks for other programs")
    inner = course.add_subparsers(title="commands", metavar="COMMAND", required=True)
    init = inner.add_parser(
        "init",
        help="make a course folder",
        description="Make an nbgrader course folder with the kit's assignments and, in 讲师, the handbooks "
        "(open them in JupyterLab); what is there already stays.",
    )
    init.add_argument("folder", type=Path, help="the course folder, made if need be")
    init.add_argument(
        "--exchange",
        type=Path,
        metavar="DIR",
        help="folder that trainees and you can write to; assignments travel through it (default: FOLDER/exchange)",
    )
    init.add_argument(
        "--db-url",
        metavar="URL",
        help="gradebook on a PostgreSQL server, such as postgresql+psycopg://grader@db.example/gradebook; the password "
        "comes from PGPASSWORD or ~/.pgpass (default: the file FOLDER/gradebook.db)",
    )
    add_language(init)
    init.set_defaults(run=in_course(_course_init))
    add_reports(inner)
    add_people(inner)
    for name, run, help_, description in (
        ("release", _release, "hand an assignment out", "Make the trainees' version and put it into the exchange."),
        ("collect", _collect, "fetch what was submitted", "Copy the submissions from the exchange into the course."),
        ("grade", _grade, "mark the submissions of an assignment", GRADE),
        ("feedback", _feedback, "write and hand back feedback pages", "One HTML page per trainee, into the exchange."),
    ):
        command = commands.add_parser(name, help=help_, description=description, formatter_class=raw)
        command.add_argument("assignment", help="the assignment's name, such as m2")
        add_course_options(command)
        if name == "grade":
            command.add_argument("--student", action="append", metavar="NAME", help="only this one (repeatable)")
            command.add_argument("--all", action="store_true", help="mark again what has not changed, too")
        if name == "feedback":
            command.add_argument("--all", action="store_true", help="write and hand back again what is the same, too")
        add_progress(command)
        add_language(command)
        command.set_defaults(run=in_course(run))


def add_course_options(parser: argparse.ArgumentParser) -> None:
    """Add `--course` and `--exchange`."""
    parser.add_argument("--course", type=Path, default=Path("."), metavar="DIR", help="course folder (default: .)")
    parser.add_argument("--exchange", type=Path, metavar="DIR", help="exchange folder, if not the course's own")


def _course_init(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import course_init

    return _told(course_init(args.folder, exchange=args.exchange, lang=args.lang, db_url=args.db_url))


def _release(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import release

    with Bar(f"release {args.assignment}", args) as bar:
        done = release(args.assignment, args.course, exchange=args.exchange, lang=args.lang, on_progress=bar)
    return _told(done)


def _collect(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import collect

    with Bar(f"collect {args.assignment}", args) as bar:
        done = collect(args.assignment, args.course, exchange=args.exchange, lang=args.lang, on_progress=bar)
    return _told(done)


def _grade(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import Graded, grade

    with Bar(f"grade {args.assignment}", args) as bar:

        def tell(result: Graded, number: int, of: int) -> None:
            if result.fresh:
                bar.tell(f"[{number}/{of}] {result.line(args.lang)}")
            bar(number, of)

        grading = grade(
            args.assignment, args.course, students=args.student, lang=args.lang, on_result=tell, everything=args.all
        )
    print(grading.summary(args.lang))
    return grading.status


def _feedback(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import feedback

    with Bar(f"feedback {args.assignment}", args) as bar:
        done = feedback(
            args.assignment, args.course, exchange=args.exchange, lang=args.lang,
            on_page=lambda _, n, of: bar(n, of), everything=args.all,
        )  # fmt: skip
    return _told(done)


def in_course(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`run`, with a course's own errors as the command's: one sentence, exit status 2."""

    def command(args: argparse.Namespace) -> int:
        from csworkshop.grading.course import CourseError  # nbgrader takes a second to import

        try:
            return run(args)
        except CourseError as error:
            raise UserError(str(error)) from error

    return command


def _told(done: Any) -> int:
    """Print what a course command did, nbgrader's warnings apart."""
    for warning in done.warnings:
        print(f"nbgrader: {warning}", file=sys.stderr)
    print("\n".join(done.lines))
    return int(done.status)
