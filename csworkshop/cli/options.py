"""What several commands share: the language option, and the error that a user can mend."""

from __future__ import annotations

import argparse

from csworkshop.text.language import LANGUAGES, default_language


class UserError(Exception):
    """Something the user can mend; the message is one sentence."""


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add `--lang zh|en`, by default what CSWORKSHOP_LANG says."""
    parser.add_argument("--lang", choices=LANGUAGES, default=default_language(), help="language of the screens")
