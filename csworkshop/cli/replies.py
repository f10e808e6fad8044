"""The commands for replies: `csworkshop check` and `csworkshop mark`, for one reply or for files of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Literal

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.stream import TROUBLES, add_stream_options, stream
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
    add_stream_options(files)
    one = parser.add_argument_group("one reply")
    one.add_argument("--text", help="the reply")
    one.add_argument("--customer", default="", help="what the customer wrote")
    one.add_argument("--emotion", default="calm", help="anger anxiety disappointment confusion calm")
    one.add_argument("--persona", default="adult", help="gen_z adult senior enterprise")
    parser.add_argument(
        "--fast", action="store_true", help="ask the rules alone: more than ten times as fast, less often right"
    )
    add_language(parser)


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
    from csworkshop.exercises.batch import Work, known

    if not (args.scenarios and args.replies):
        raise UserError(f"needs --scenarios and --replies, or --text; see csworkshop {kind} --help")
    level, lang = _level(args), args.lang
    return stream(
        args, lambda tell: Work(kind, known(args.scenarios, tell), level, lang), args.replies, (args.scenarios,)
    )
