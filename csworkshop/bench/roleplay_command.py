"""The command line of `csworkshop bench roleplay`; what it measures is in `roleplay.py`, read when it is asked for."""

from __future__ import annotations

import argparse
from typing import Any


def add_roleplay(kinds: Any) -> None:
    """Add `bench roleplay`."""
    parser = kinds.add_parser(
        "roleplay",
        help="scripted trainees of four kinds play every role-play case",
        description="Model agent, cold agent, keyword stuffer and liar play each case with 20 seeds; prints how many\n"
        "reach a good end, the model agent's share per strategy, customer lines said twice, talks that go round in\n"
        "circles, talks that don't replay, and how long a customer's turn takes.\n\n"
        "  csworkshop bench roleplay                          every case: a few minutes\n"
        "  csworkshop bench roleplay --case rattling-vacuum --seeds 5\n"
        "  csworkshop bench roleplay --case data/roleplay/mine.toml --show 3   print the model agent's talk of seed 3",
    )
    parser.add_argument(
        "--case", action="append", default=[], metavar="ID|FILE", help="only this case; may be repeated"
    )
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="seeds per agent (default %(default)s)")
    parser.add_argument("--show", type=int, metavar="SEED", help="print the talks of this seed instead of the table")
    parser.add_argument(
        "--agent",
        choices=("model", "cold", "stuffer", "liar"),
        action="append",
        help="only this agent; may be repeated",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from csworkshop.bench.roleplay import main

    return main(args)
