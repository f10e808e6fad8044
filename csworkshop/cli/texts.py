"""The commands for what customers write and what agents hand over: `csworkshop emotions` and `csworkshop handover`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Literal

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.stream import TROUBLES, add_stream_options, stream
from csworkshop.text.language import say

EMOTIONS = """\
Tell the leading emotion of customers' messages (anger anxiety disappointment confusion calm), and the words that show
it. With --text, also prints what the emotion asks of the reply.

A file is JSON Lines in UTF-8; each line has id and text, other keys are passed over. For example M.jsonl:
  {"id": "m1", "text": "下午三点的高铁,票还没出来,来得及吗?"}
  csworkshop emotions --messages M.jsonl --out found.jsonl
writes per message
  {"id": "m1", "emotion": "anxiety", "scores": {"anger": 0.04, "anxiety": 0.88, ...},
   "evidence": [{"start": 0, "end": 7, "text": "下午三点的高铁"}, ...]}
The scores sum to 1. start and end count characters (code points) of the text as given.

"""
HANDOVER = """\
Tell which of the nine parts a hand-over note to another department holds (account environment path symptom when tried
impact request deadline), in which words. With --text, also prints what is missing and why the department needs it.

A file is JSON Lines in UTF-8; each line has id and note, other keys are passed over. For example N.jsonl:
  {"id": "n1", "note": "订单 88213,App 5.2 点提交就闪退,请查崩溃日志。"}
  csworkshop handover --notes N.jsonl --out found.jsonl
writes per note
  {"id": "n1", "parts": {"account": {"present": true, "score": 0.98,
   "evidence": [{"start": 0, "end": 8, "text": "订单 88213"}]}, ...}}
with all nine parts. start and end count characters (code points) of the note as given; score is a probability.

"""


def add_text_commands(commands: Any) -> None:
    """Add `emotions` and `handover`."""
    raw = argparse.RawDescriptionHelpFormatter
    for name, option, short, about in (
        ("emotions", "--messages", "tell the emotion of customers' messages", EMOTIONS),
        ("handover", "--notes", "tell which parts a hand-over note holds, and which it lacks", HANDOVER),
    ):
        parser = commands.add_parser(name, help=short, formatter_class=raw, description=about + TROUBLES)
        files = parser.add_argument_group("a file")
        files.add_argument(option, type=Path, dest="texts", metavar="FILE", help="JSON Lines, as above")
        add_stream_options(files)
        parser.add_argument("--text", help="one text, answered in words")
        add_language(parser)
        parser.set_defaults(run=_emotions if name == "emotions" else _handover, option=option)


def _emotions(args: argparse.Namespace) -> int:
    if args.text is None:
        return _file(args, "emotions")
    from csworkshop.techniques.emotions import emotion, kinds

    found = emotion(args.text)
    for name, score in sorted(found.scores.items(), key=lambda row: -row[1]):
        print(f"{kinds()[name].name[args.lang]} ({name}) {score:.2f}")
    if found.evidence:
        print(" / ".join(f"“{e.text}”" for e in found.evidence))
    print(found.action[args.lang])
    print(found.why[args.lang])
    if found.unsure:
        print(f"[{say('marks.unsure', args.lang)}]")
    return 0


def _handover(args: argparse.Namespace) -> int:
    if args.text is None:
        return _file(args, "handover")
    from csworkshop.techniques.handover import handover

    for f in handover(args.text).parts.values():
        unsure = f" [{say('marks.unsure', args.lang)}]" if f.unsure else ""
        words = " / ".join(f"“{e.text}”" for e in f.evidence) if f.present else f.advice[args.lang]
        print(f"{'✓' if f.present else '✗'} {f.name[args.lang]} ({f.part}, {f.score:.2f}){unsure} {words}")
    return 0


def _file(args: argparse.Namespace, kind: Literal["emotions", "handover"]) -> int:
    from csworkshop.exercises.texts import TextWork

    if args.texts is None:
        raise UserError(f"needs {args.option} or --text; see csworkshop {kind} --help")
    return stream(args, lambda _: TextWork(kind), args.texts)
