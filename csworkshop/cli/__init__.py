"""The `csworkshop` command: what a trainer or trainee types in a terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from csworkshop import __version__
from csworkshop.bench.__main__ import add_measurements
from csworkshop.cli.course import add_course_commands
from csworkshop.cli.options import UserError, add_language
from csworkshop.exercises.library import COURSE_ID
from csworkshop.text.datafile import DataFileError
from csworkshop.text.language import say
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

    check = commands.add_parser(
        "check",
        help="judge replies, technique by technique",
        formatter_class=raw,
        description="Find the 16 techniques and 12 faults in replies. With files (JSON Lines), prints per reply\n"
        '  {"id", "items": {item: {"present": bool, "score": 0..1, "evidence": [{"start", "end", "text"}]}}}\n'
        "start and end count characters of the reply as given. With --text, prints findings to read.",
        epilog="A scenario line has id, customer, emotion, persona, channel, facts, policy; a reply line id, scenario\n"
        '(the scenario\'s id), reply. Example: csworkshop check --scenarios S.jsonl --replies R.jsonl > out.jsonl',
    )
    _add_replies(check)
    check.set_defaults(run=_check)

    mark = commands.add_parser(
        "mark",
        help="mark replies by the general scorecard",
        formatter_class=raw,
        description="Mark replies (JSON Lines) by the general scorecard of their scenario, with the function that the\n"
        'studio and the gradebook use. Prints per reply {"id", "score": 0..1, "passed": bool, "feedback": [...]}.',
    )
    _add_replies(mark)
    mark.set_defaults(run=_mark)

    train = commands.add_parser("train", help="rebuild the checker's weights from the labelled replies")
    add_training(train)

    exercises = commands.add_parser("exercises", help="check or list exercise files")
    inner = exercises.add_subparsers(title="commands", metavar="COMMAND", required=True)
    lint = inner.add_parser(
        "check",
        help="say what is wrong with exercise files, by file and key",
        description="Read every exercise file; the model answer must pass its scorecard, the flawed reply must fail.",
    )
    lint.add_argument("paths", nargs="*", type=Path, help="files or folders (default: the shipped library)")
    lint.set_defaults(run=_exercises_check)
    listing = inner.add_parser("list", help="list the shipped exercises: id, level, title")
    add_language(listing)
    listing.set_defaults(run=_exercises_list)

    add_course_commands(commands)
    bench = commands.add_parser("bench", help="measure the checker and the studio")
    add_measurements(bench)
    return parser


def _add_replies(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenarios", type=Path, metavar="S.jsonl", help="scenarios, one JSON object a line")
    parser.add_argument("--replies", type=Path, metavar="R.jsonl", help="replies, one JSON object a line")
    parser.add_argument("--text", help="one reply to judge instead of files")
    parser.add_argument("--customer", default="", help="with --text: what the customer wrote")
    parser.add_argument("--emotion", default="calm", help="with --text: anger anxiety disappointment confusion calm")
    parser.add_argument("--persona", default="adult", help="with --text: gen_z adult senior enterprise")
    add_language(parser)


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


def _check(args: argparse.Namespace) -> int:
    from csworkshop.exercises.batch import check_records

    if args.text is None:
        return _print_lines(check_records(*_files(args)))
    from csworkshop.techniques.catalogue import catalogue
    from csworkshop.techniques.checker import check

    found = check(args.text, _typed_scenario(args)).present
    for f in found:
        item = catalogue().items[f.item]
        sign = "✓" if item.type == "technique" else "✗"
        words = " / ".join(e.text for e in f.evidence)
        print(f"{sign} {item.name[args.lang]} ({f.item}, {f.score:.2f}) “{words}” {f.reason(args.lang)}")
    if not found:
        print(say("cli.nothing_found", args.lang))
    return 0


def _mark(args: argparse.Namespace) -> int:
    from csworkshop.exercises.batch import mark_records, marked

    if args.text is None:
        return _print_lines(mark_records(*_files(args), lang=args.lang))
    print("\n".join(marked(args.text, _typed_scenario(args), args.lang)["feedback"]))
    return 0


def _files(args: argparse.Namespace) -> tuple[Path, Path]:
    if not (args.scenarios and args.replies):
        raise UserError("needs --scenarios and --replies, or --text; see csworkshop check --help")
    return args.scenarios, args.replies


def _typed_scenario(args: argparse.Namespace) -> Any:
    from pydantic import ValidationError

    from csworkshop.techniques.scenario import Scenario

    try:
        return Scenario(customer=args.customer, emotion=args.emotion, persona=args.persona)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"--{first['loc'][0]} {first['input']!r}: {first['msg'].lower()}") from None


def _print_lines(records: Iterable[dict[str, Any]]) -> int:
    for record in records:
        print(json.dumps(record, ensure_ascii=False))
    return 0


def _exercises_check(args: argparse.Namespace) -> int:
    from csworkshop.exercises.library import exercise_files
    from csworkshop.exercises.review import review

    files: list[Path] = []
    for path in args.paths or [None]:
        if path is not None and not path.exists():
            raise UserError(f"{path}: there is no such file or folder")
        files += [path] if path is not None and path.is_file() else exercise_files(path)
    faults = [fault for path in files for fault in review(path)]
    for fault in faults:
        print(fault)
    print(f"{len(files)} exercises, {len(faults)} faults")
    return 1 if faults else 0


def _exercises_list(args: argparse.Namespace) -> int:
    from csworkshop.exercises.definition import read_exercise
    from csworkshop.exercises.library import exercise_files

    for path in exercise_files():
        exercise = read_exercise(path)
        print(f"{exercise.id:32} {exercise.module} {'●' * exercise.level:3} {exercise.title[args.lang]}")
    return 0
