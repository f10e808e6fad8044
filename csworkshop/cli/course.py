"""The instructor's commands around an nbgrader course folder: init, release, collect, grade, feedback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from csworkshop.cli.options import UserError, add_language


def add_course_commands(commands: Any) -> None:
    """Add `course init`, `release`, `collect`, `grade` and `feedback`."""
    raw = argparse.RawDescriptionHelpFormatter
    course = commands.add_parser("course", help="make a course folder for graded assignments")
    init = course.add_subparsers(title="commands", metavar="COMMAND", required=True).add_parser(
        "init",
        help="make a course folder",
        description="Make an nbgrader course folder with the kit's assignments; what is there already stays.",
    )
    init.add_argument("folder", type=Path, help="the course folder, made if need be")
    init.add_argument(
        "--exchange",
        type=Path,
        metavar="DIR",
        help="folder that trainees and you can write to; assignments travel through it (default: FOLDER/exchange)",
    )
    add_language(init)
    init.set_defaults(run=_in_course(_course_init))
    for name, run, help_, description in (
        ("release", _release, "hand an assignment out", "Make the trainees' version and put it into the exchange."),
        ("collect", _collect, "fetch what was submitted", "Copy the submissions from the exchange into the course."),
        (
            "grade",
            _grade,
            "mark the submissions of an assignment",
            "Mark submissions in this process from the trainees' answer files, into nbgrader's own gradebook.\n"
            "No kernel is started and none of a trainee's code is run. Safe to repeat.",
        ),
        ("feedback", _feedback, "write and hand back feedback pages", "One HTML page per trainee, into the exchange."),
    ):
        command = commands.add_parser(name, help=help_, description=description, formatter_class=raw)
        command.add_argument("assignment", help="the assignment's name, such as m2")
        command.add_argument("--course", type=Path, default=Path("."), metavar="DIR", help="course folder (default: .)")
        command.add_argument("--exchange", type=Path, metavar="DIR", help="exchange folder, if not the system's own")
        if name == "grade":
            command.add_argument("--student", action="append", metavar="NAME", help="only this one (repeatable)")
        add_language(command)
        command.set_defaults(run=_in_course(run))


def _course_init(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import course_init

    return _told(course_init(args.folder, exchange=args.exchange, lang=args.lang))


def _release(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import release

    return _told(release(args.assignment, args.course, exchange=args.exchange, lang=args.lang))


def _collect(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import collect

    return _told(collect(args.assignment, args.course, exchange=args.exchange, lang=args.lang))


def _grade(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import Graded, grade

    def tell(result: Graded, number: int, of: int) -> None:
        print(f"[{number}/{of}] {result.line(args.lang)}", flush=True)

    grading = grade(args.assignment, args.course, students=args.student, lang=args.lang, on_result=tell)
    print(grading.summary(args.lang))
    return grading.status


def _feedback(args: argparse.Namespace) -> int:
    from csworkshop.grading.course import feedback

    return _told(feedback(args.assignment, args.course, exchange=args.exchange, lang=args.lang))


def _in_course(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
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
