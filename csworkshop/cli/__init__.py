"""The `csworkshop` command: what a trainer or trainee types in a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from csworkshop import __version__
from csworkshop.bench.__main__ import add_measurements
from csworkshop.cli.cases import add_cases_commands
from csworkshop.cli.classroom import add_classroom_commands
from csworkshop.cli.course import add_course_commands
from csworkshop.cli.evaluate import add_evaluate
from csworkshop.cli.exercises import add_exercise_commands
from csworkshop.cli.knowledge import add_knowledge_commands
from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.replies import add_reply_commands
from csworkshop.cli.roleplay import add_roleplay_commands
from csworkshop.cli.texts import add_text_commands
from csworkshop.cli.training_plan import add_progress_commands
from csworkshop.exercises.library import COURSE_ID
from csworkshop.text.datafile import DataFileError
from csworkshop.training.command import add_training

EPILOG = """\
examples:
  csworkshop lab                                    open the lessons in JupyterLab
  csworkshop check --text "马上处理" --emotion anger   judge one reply
  csworkshop course init class1                     make a course folder for graded assignments
  csworkshop release m2 --course class1             hand assignment m2 out
  csworkshop collect m2 --course class1             fetch what was submitted
  csworkshop grade m2 --course class1               mark it; no trainee's code is run
  csworkshop feedback m2 --course class1            write and hand back the feedback pages
Every command explains itself: csworkshop grade --help
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status (0 done, 1 found something wrong, 2 could not start)."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "run"):
        parser.print_help()
        return 2
    try:
        return int(args.run(args))
    except (UserError, DataFileError) as error:
        print(f"csworkshop: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, with help texts that teach."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="csworkshop",
        description="Train Chinese-speaking customer-service agents: lessons, live feedback, graded assignments.",
        epilog=EPILOG,
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"csworkshop {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    lab = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        formatter_class=raw,
        description="Copy the lessons into your own workspace and open JupyterLab there.\n"
        "Your work in it is never overwritten: a newer lesson is put beside it.",
    )
    lab.add_argument("--workspace", type=Path, metavar="DIR", help="your folder (default: ~/csworkshop-workspace)")
    lab.add_argument("--port", type=int, default=None, help="port to serve on (default: the first free from 8888)")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")
    lab.add_argument("--exchange", type=Path, metavar="DIR", help="nbgrader's exchange folder, to fetch and submit")
    lab.add_argument("--course-id", metavar="NAME", default=COURSE_ID, help="with --exchange: the course's name in it")
    add_language(lab)
    lab.set_defaults(run=_lab)

    add_reply_commands(commands)
    add_text_commands(commands)
    add_roleplay_commands(commands)
    add_evaluate(commands)
    train = commands.add_parser("train", help="rebuild the checker's weights from the labelled replies")
    add_training(train)

    add_exercise_commands(commands)
    add_knowledge_commands(commands)
    add_course_commands(commands)
    add_progress_commands(commands)
    add_classroom_commands(commands)
    add_cases_commands(commands)
    bench = commands.add_parser("bench", help="measure the checker and the studio")
    add_measurements(bench)
    return parser


def _lab(args: argparse.Namespace) -> int:
    from csworkshop.lab.server import run

    return int(
        run(
            args.workspace,
            port=args.port,
            open_browser=not args.no_browser,
            lang=args.lang,
            exchange=args.exchange,
            course=args.course_id,
        )
    )
