"""The commands for replies: `csworkshop check` and `csworkshop mark`, for one reply or for files of them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

from csworkshop.cli.options import UserError, add_language
from csworkshop.text.language import say

Command = Literal["check", "mark"]

FILES = """\
Files are JSON Lines in UTF-8, one object a line. A scenario has id, customer (what the customer wrote) and if known
  emotion   anger anxiety disappointment confusion calm       persona   gen_z adult senior enterprise
  channel   chat phone email review                           facts, policy   lists of sentences
and a reply has id, scenario (the scenario's id) and reply. Other keys are passed over. For example S.jsonl:
  {"id": "s1", "customer": "水壶第三天就漏水了!", "emotion": "anger"}
R.jsonl:
  {"id": "r1", "scenario": "s1", "reply": "让您受累了,今天18点前给您换新的。"}
"""
TROUBLES = """\
A line that cannot be used is told on stderr as FILE, line N: what is wrong, what is allowed; the others are answered,
in the order of the file. Exit status: 0, 1 if there was such a line, 2 if the work could not begin.
"""
ANSWERS = {
    "check": """\
  csworkshop check --scenarios S.jsonl --replies R.jsonl --out found.jsonl
writes per reply
  {"id": "r1", "level": "full", "items": {"specific_time": {"present": true, "score": 0.97,
   "evidence": [{"start": 6, "end": 18, "text": "今天18点前给您换新的"}]}, ...}}
with all 28 items. start and end count characters (code points) of the reply as given; score is a probability.
""",
    "mark": """\
  csworkshop mark --scenarios S.jsonl --replies R.jsonl --out marks.jsonl
writes per reply
  {"id": "r1", "level": "full", "score": 0.72, "passed": true, "feedback": ["...", ...]}
score is 0 to 1, and 0.6 passes unless there is a critical fault.
""",
}


def add_reply_commands(commands: Any) -> None:
    """Add `check` and `mark`."""
    about = {
        "check": "Find the 16 techniques and 12 faults in replies. With --text, prints findings to read.",
        "mark": "Mark replies by the general scorecard of their scenario, with the function that the studio and the\n"
        "gradebook use. With --text, prints the feedback.",
    }
    short = {"check": "judge replies, technique by technique", "mark": "mark replies by the general scorecard"}
    kinds: tuple[Command, ...] = ("check", "mark")
    for kind in kinds:
        parser = commands.add_parser(
            kind,
            help=short[kind],
            formatter_class=argparse.RawDescriptionHelpFormatter,
            description=f"{about[kind]}\n\n{FILES}{ANSWERS[kind]}\n{TROUBLES}",
        )
        _add_options(parser)
        parser.set_defaults(run=_check if kind == "check" else _mark)


def _add_options(parser: argparse.ArgumentParser) -> None:
    files = parser.add_argument_group("files of replies")
    files.add_argument("--scenarios", type=Path, metavar="S.jsonl", help="the scenarios")
    files.add_argument("--replies", type=Path, metavar="R.jsonl", help="the replies")
    files.add_argument("--out", type=Path, metavar="FILE", help="where the answers go (default: stdout)")
    files.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes that share the work (default: 1)")
    files.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="share it among a Dask cluster (extra: cluster)",
    )
    files.add_argument("--progress", action="store_true", help="a progress bar even where stderr is no terminal")
    one = parser.add_argument_group("one reply")
    one.add_argument("--text", help="the reply")
    one.add_argument("--customer", default="", help="what the customer wrote")
    one.add_argument("--emotion", default="calm", help="anger anxiety disappointment confusion calm")
    one.add_argument("--persona", default="adult", help="gen_z adult senior enterprise")
    parser.add_argument(
        "--fast", action="store_true", help="ask the rules alone: more than ten times as fast, less often right"
    )
    add_language(parser)


def _count(given: str) -> int:
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 512):
        raise argparse.ArgumentTypeError(f"{given!r}: a whole number from 1 to 512 is needed")
    return int(given)


def _check(args: argparse.Namespace) -> int:
    if args.text is None:
        return _lines(args, "check")
    from csworkshop.techniques.catalogue import catalogue
    from csworkshop.techniques.checker import check

    found = check(args.text, _typed_scenario(args), _level(args)).present
    for f in found:
        item = catalogue().items[f.item]
        sign = "✓" if item.type == "technique" else "✗"
        words = " / ".join(e.text for e in f.evidence)
        print(f"{sign} {item.name[args.lang]} ({f.item}, {f.score:.2f}) “{words}” {f.reason(args.lang)}")
    if not found:
        print(say("cli.nothing_found", args.lang))
    return 0


def _mark(args: argparse.Namespace) -> int:
    if args.text is None:
        return _lines(args, "mark")
    from csworkshop.exercises.batch import marked

    print("\n".join(marked(args.text, _typed_scenario(args), args.lang, _level(args))["feedback"]))
    return 0


def _level(args: argparse.Namespace) -> Literal["full", "fast"]:
    return "fast" if args.fast else "full"


def _typed_scenario(args: argparse.Namespace) -> Any:
    from pydantic import ValidationError

    from csworkshop.techniques.scenario import Scenario

    try:
        return Scenario(customer=args.customer, emotion=args.emotion, persona=args.persona)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"--{first['loc'][0]} {first['input']!r}: {first['msg'].lower()}") from None


def _lines(args: argparse.Namespace, kind: Command) -> int:
    """Answer a file of replies; 1 if a line could not be used."""
    from tqdm import tqdm

    from csworkshop.exercises.batch import Work, answers, known
    from csworkshop.exercises.jobs import NoWorkers
    from csworkshop.exercises.lines import Trouble, read_lines

    if not (args.scenarios and args.replies):
        raise UserError(f"needs --scenarios and --replies, or --text; see csworkshop {kind} --help")
    if args.out and args.out.resolve() in (args.scenarios.resolve(), args.replies.resolve()):
        raise UserError(f"--out {args.out}: is one of the files to read; name another")
    bad = 0

    def tell(trouble: Trouble) -> None:
        nonlocal bad
        bad += 1
        tqdm.write(str(trouble), file=sys.stderr)

    work = Work(kind, known(args.scenarios, tell), _level(args), args.lang)
    shown = args.progress or sys.stderr.isatty()
    total = sum(1 for _ in read_lines(args.replies)) if shown else None
    found = answers(work, args.replies, jobs=args.jobs, scheduler=args.scheduler, tell=tell)
    with contextlib.closing(found), tqdm(total=total, disable=not shown, unit=" replies") as bar:
        try:
            with _opened(args.out) as out:
                for _, answer in found:
                    if answer is not None:
                        out.write(answer + b"\n")
                    bar.update()
        except NoWorkers as error:
            raise UserError(str(error)) from None
    return 1 if bad else 0


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """The file that answers go to, or stdout; UserError if it cannot be written."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise UserError(f"--out {path}: cannot be written: {error.strerror}") from None
    with file:
        yield file
