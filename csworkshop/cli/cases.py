"""The commands for case data: `csworkshop cases …`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from csworkshop.cli.cases_anonymise import add_anonymise
from csworkshop.cli.cases_import import add_import
from csworkshop.cli.cases_measures import add_measures
from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress

SEED, TICKETS, TRANSCRIPTS = 20260630, 21_000, 3_200  # as in csworkshop.cases.made.generate, which is slow to import

GENERATE = """\
Make a year of case data up: tickets, transcripts, agents and events of an invented company, with stories hidden in them
for trainees to find. All of it is synthetic, and says so. The same seed makes the same tables.

  csworkshop cases generate --out my-year                        a year like the one that ships
  csworkshop cases generate --seed 7 --tickets 5000 --transcripts 500 --out small
  csworkshop cases generate --show-stories                       what is hidden (for instructors)
  csworkshop cases generate --stories my.toml --out my-year      your own stories; copy stories.toml and change it
  csworkshop cases generate --transcript-lines 10000000 --out big    millions of lines, in bounded memory
"""


def add_cases_commands(commands: Any) -> None:
    """Add `cases` with its own commands."""
    raw = argparse.RawDescriptionHelpFormatter
    cases = commands.add_parser(
        "cases",
        help="case data: make, import, check, make anonymous, measure, diagnose",
        formatter_class=raw,
        description="Tickets and transcripts of a year: made up, imported, made anonymous, measured, diagnosed.",
    )
    inner = cases.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_generate(inner)
    add_import(inner)
    add_anonymise(inner)
    add_measures(inner)


def _add_generate(inner: Any) -> None:
    generate = inner.add_parser(
        "generate",
        help="make a year of tickets and transcripts up",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=GENERATE,
    )
    generate.add_argument("--seed", type=int, default=SEED, help=f"any whole number (default: {SEED}, what ships)")
    generate.add_argument("--tickets", type=int, default=TICKETS, metavar="N", help=f"default: {TICKETS}")
    generate.add_argument("--transcripts", type=int, default=TRANSCRIPTS, metavar="N", help=f"default: {TRANSCRIPTS}")
    generate.add_argument("--out", type=Path, metavar="DIR", help="folder to write into")
    generate.add_argument("--world", type=Path, metavar="FILE", help="another company (default: world.toml)")
    generate.add_argument("--stories", type=Path, metavar="FILE", help="other stories (default: stories.toml)")
    generate.add_argument(
        "--transcript-lines", type=int, metavar="N", help="write N transcript lines, for trials of size"
    )
    generate.add_argument("--show-stories", action="store_true", help="tell what is hidden, and write nothing")
    add_progress(generate)
    add_language(generate)
    generate.set_defaults(run=_generate)


def _generate(args: argparse.Namespace) -> int:
    from csworkshop.cases.made import stories as told
    from csworkshop.cases.made import world as made
    from csworkshop.text.language import say

    world_file, stories_file = args.world or made.FILE, args.stories or told.FILE
    world, stories = made.read_world(world_file), told.read_stories(world_file, stories_file)
    if args.show_stories:
        for story in stories:
            print(f"{story.id}: {story.title[args.lang]}\n    {story.look[args.lang]}")
        return 0
    if args.out is None:
        raise UserError("--out DIR is needed: the folder to write into")
    from csworkshop.cases.made.year import make_tables, write_large, write_year

    for option in ("tickets", "transcripts", "transcript_lines"):
        value = getattr(args, option)
        if value is not None and value < 1:
            raise UserError(f"--{option.replace('_', '-')} {value}: must be 1 or more")
    if args.transcript_lines is not None:
        if args.world or args.stories:
            raise UserError("--transcript-lines goes without --world and --stories")
        with Bar(say("cases.generating", args.lang), args) as bar:
            tickets, lines = write_large(args.out, args.transcript_lines, args.seed, progress=bar)
        print(say("cases.generated_large", args.lang, folder=args.out, tickets=tickets, lines=lines))
        return 0
    tables = make_tables(args.seed, args.tickets, min(args.transcripts, args.tickets), world, stories)
    for path in write_year(args.out, tables, args.seed):
        print(f"{path}  {path.stat().st_size / 1e6:.2f} MB")
    counts = {"tickets": len(tables["tickets"]), "lines": len(tables["messages"])}
    print(say("cases.generated", args.lang, transcripts=tables["messages"].ticket_id.nunique(), **counts))
    return 0
