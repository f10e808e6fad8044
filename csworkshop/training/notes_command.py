"""`csworkshop train notes`: fit what reads customers' messages and hand-over notes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from csworkshop.training import telling

ABOUT = """\
Fit what tells emotions of customers' messages and parts of hand-over notes (notes.json): how much the reader's log-odds
and the signs of emotions.toml and handover.toml count.

Fitted on texts that the reader had not read, from readings that were kept. Prints cross-validated figures (of all, and
of the two fifths that the signs' author had not read), then writes the weights fitted on all of them. With --check,
writes nothing and says whether the shipped weights are those: exit status 1 if they are not.
"""
SHIPPED = Path(__file__).resolve().parents[1] / "techniques" / "weights" / "notes.json"
SAME = 1e-3  # weights closer than this are the same


def add_notes(steps: Any) -> None:
    """Add `notes` to the parser of `csworkshop train`."""
    notes = steps.add_parser(
        "notes",
        help="fit messages and hand-over notes",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    notes.add_argument("--readings", type=Path, metavar="FILE", help="default: unread_readings.npz of the data folder")
    notes.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE", help="default: the shipped")
    notes.add_argument("--check", action="store_true", help="only compare with the shipped weights")
    notes.add_argument("--data", type=Path, metavar="DIR", help="labelled texts (default: data/labelled)")
    notes.set_defaults(run=telling(_fit))


def _fit(args: argparse.Namespace) -> int:
    from csworkshop.techniques import emotions, handover
    from csworkshop.training import notes_fit, readings
    from csworkshop.training.labelled import labelled_folder, read_notes

    folder = labelled_folder(args.data)
    texts = notes_fit.Texts(read_notes(folder), readings.load(args.readings or folder / readings.FILE))
    found = notes_fit.figures(texts)
    print(f"{len(texts.messages)} messages: accuracy {found.accuracy:.3f}, unread ones {found.accuracy_unread:.3f}")
    print(f"{len(texts.handovers)} notes: macro-F1 over parts {found.parts:.3f}, unread ones {found.parts_unread:.3f}")
    fitted = notes_fit.fit(texts)
    if args.check:
        same = notes_fit.distance(fitted, (dict(emotions.weights()), dict(handover.weights()))) <= SAME
        print("the shipped weights are these" if same else "the shipped weights differ: run csworkshop train notes")
        return 0 if same else 1
    notes_fit.write(args.out, fitted)
    print(f"wrote {args.out}")
    return 0
