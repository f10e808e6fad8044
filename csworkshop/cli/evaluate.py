"""`csworkshop evaluate`: how often the checker is right, item by item."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Literal

from csworkshop.cli.options import UserError, add_language

ABOUT = """\
How often the checker is right, item by item: precision, recall, F1, calibration error, overlap of evidence.

Without files: on the labelled texts in data/labelled, every text judged by what had not read its writer (of messages
and notes: its fifth), from kept readings. The rules' authors had read six of the ten writers, so the four others are
told first, and all ten beside them; of messages and notes, first the two fifths that nobody had read.
Below each table: what rules and reader reach alone.

With files: the checker as it ships, on any labelled texts. Formats as of csworkshop check, emotions and handover,
with labels: a reply or note has {"labels": {item: [evidence, ...]}}, a message {"emotion": ..., "evidence": [...]}.
A second inspector's labels (--second) say which cases are border cases. For example
  csworkshop evaluate --scenarios S.jsonl --replies R.jsonl --csv figures.csv
  csworkshop evaluate --messages M.jsonl --notes N.jsonl
"""


def add_evaluate(commands: Any) -> None:
    """Add `evaluate`."""
    parser = commands.add_parser(
        "evaluate",
        help="how often the checker is right, item by item",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=ABOUT,
    )
    files = parser.add_argument_group("labelled files")
    files.add_argument("--scenarios", type=Path, metavar="S.jsonl", help="the scenarios of --replies")
    files.add_argument("--replies", type=Path, metavar="R.jsonl", help="labelled replies")
    files.add_argument("--second", type=Path, metavar="FILE", help="the same replies' labels by a second inspector")
    files.add_argument("--messages", type=Path, metavar="M.jsonl", help="labelled messages of customers")
    files.add_argument("--notes", type=Path, metavar="N.jsonl", help="labelled hand-over notes")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of labelled texts (default: data/labelled)")
    parser.add_argument("--fast", action="store_true", help="with --replies: as csworkshop check --fast judges")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all rows as a table for spreadsheets")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw F1 by item (.png, .svg, .pdf)")
    add_language(parser)
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    from csworkshop.training import TrainingError, tables
    from csworkshop.training.labelled_files import of_files, of_folder

    if bool(args.scenarios) != bool(args.replies):
        raise UserError("--scenarios and --replies go together; see csworkshop evaluate --help")
    if args.second and not args.replies:
        raise UserError("--second needs --scenarios and --replies")
    try:
        if args.replies or args.messages or args.notes:
            level: Literal["full", "fast"] = "fast" if args.fast else "full"
            found = of_files(args.scenarios, args.replies, args.second, args.messages, args.notes, level)
        else:
            found = of_folder(args.data)
        print(tables.as_text(found))
        if args.csv:
            tables.write_csv(args.csv, found)
        if args.picture:
            if args.lang == "zh" and tables.chinese_font() is None:
                print("csworkshop evaluate: no font with Chinese characters here; English names", file=sys.stderr)
            tables.write_picture(args.picture, found, args.lang)
    except TrainingError as error:
        raise UserError(str(error)) from None
    return 0
