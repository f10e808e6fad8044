"""`csworkshop bench attacks`: the table of attacks, stock nbgrader beside csworkshop."""

from __future__ import annotations

import argparse
import sys
from typing import Any

DESCRIPTION = """\
Grades a class of three again and again; one of them cheats, each time in another way. Prints for every way what
became of it under stock nbgrader and under csworkshop: marks gained, classmates harmed, files leaked, code that got
through, submissions left ungraded. Both sides have the same exercises, a reply to rewrite and two code cells.
Stock takes about 15 s an attack (up to 150 s where it hangs), csworkshop 2 s. Linux and macOS.
"""


def add_attacks(kinds: Any) -> None:
    """Add `attacks`."""
    parser = kinds.add_parser(
        "attacks",
        help="ways to cheat, each against stock nbgrader and against csworkshop",
        description=DESCRIPTION,
    )
    parser.add_argument("--only", action="append", metavar="NAME", help="only this attack (repeatable)")
    parser.add_argument("--ours", action="store_true", help="only csworkshop")
    parser.add_argument("--list", action="store_true", help="list the attacks' names")
    parser.set_defaults(run=_attacks)


def _attacks(chosen: argparse.Namespace) -> int:
    from csworkshop.bench.attacks import all_attacks

    known = all_attacks()
    if chosen.list:
        width = max(map(len, known))
        print("\n".join(f"{name:{width}}  {attack.title}" for name, attack in known.items()))
        return 0
    unknown = [name for name in chosen.only or [] if name not in known]
    if unknown:
        sys.exit(f"there is no attack {unknown[0]!r}; see --list")
    if sys.platform == "win32":
        sys.exit("the attacks need Linux or macOS")
    from csworkshop.bench.attacks.trial import table

    return table(chosen.only or list(known), chosen.ours)
