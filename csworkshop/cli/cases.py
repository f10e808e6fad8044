"""The commands for case data: `csworkshop cases …`."""

from __future__ import annotations

import argparse
from typing import Any


def add_cases_commands(commands: Any) -> None:
    """Add `cases` with its own commands."""
    cases = commands.add_parser(
        "cases",
        help="case data: make, import, check, make anonymous, measure, diagnose",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Tickets and transcripts of a year: made up, imported, made anonymous, measured, diagnosed.",
    )
    inner = cases.add_subparsers(title="commands", metavar="COMMAND", required=True)
    try:
        from csworkshop.cli.cases_anonymise import add_anonymise
    except ModuleNotFoundError:
        pass
    else:
        add_anonymise(inner)
    try:
        from csworkshop.cli.cases_measures import add_measures
    except ModuleNotFoundError:
        pass
    else:
        add_measures(inner)
