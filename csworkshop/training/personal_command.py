"""`csworkshop train personal`: fit the tagger that finds names and addresses beside the rules."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from csworkshop.training import telling

ABOUT = """\
Fit what finds names and addresses where rules don't carry (tagger.tsv), from the marked lines in data/personal.

Prints how much rules alone and the tagger find, each lot of lines measured with a tagger fitted to the others (about
two minutes; --quick leaves it out), then writes the weights fitted to all lots. Do it after every change of the rules
for names and addresses, of given_names.toml or of the lines. With --check, writes nothing and says whether the shipped
weights are those that rules and lines give: exit status 1 if they are not.
"""
SAME = 0.1  # a weight this close is the same: two steps in which weights are kept, and a bit


def add_personal(steps: Any) -> None:
    """Add `personal` to the parser of `csworkshop train`."""
    personal = steps.add_parser(
        "personal",
        help="fit what finds names and addresses",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    personal.add_argument("--data", type=Path, metavar="DIR", help="lots of marked lines (default: data/personal)")
    personal.add_argument("--out", type=Path, metavar="FILE", help="default: the shipped tagger.tsv")
    personal.add_argument("--quick", action="store_true", help="no figures")
    personal.add_argument("--check", action="store_true", help="only compare with the shipped weights")
    personal.set_defaults(run=telling(_fit))


def _fit(args: argparse.Namespace) -> int:
    from csworkshop.cases import tagger
    from csworkshop.training import personal_figures, personal_fit
    from csworkshop.training.personal_lots import FOLDER, fingerprint, read_lots

    folder = args.data or FOLDER
    lots = personal_fit.Lots(read_lots(folder))
    if not (args.quick or args.check):
        for line in personal_figures.table(lots):
            print(line, flush=True)
    fitted = lots.fit()
    if args.check:
        far = personal_fit.differing(fitted, tagger.tagger(), SAME)
        print(f"{far:.1%} of the shipped weights differ" if far else "the shipped weights are these")
        return 1 if far > personal_fit.MAY_DIFFER else 0
    out = args.out or tagger.WEIGHTS
    personal_fit.write(out, fitted, fingerprint(folder))
    print(f"wrote {out}: {sum(map(len, fitted.tables))} keys")
    return 0
