"""Training as a command: from the labelled replies to the weights that the checker ships with.

    csworkshop train reader    wheel.py, labelled.py, rows.py -> network.py, fit.py, reader.py: checkpoints and readings
    csworkshop train export    export.py: a checkpoint as encoder.onnx (int8), pieces.tsv and encoder.json
    csworkshop train quick     quick_fit.py: the quick reader of level fast, and its readings
    csworkshop train judge     judge_fit.py: readings.py -> judge.json, where rules and the reader meet
    csworkshop train personal  personal_lots.py, personal_more.py, personal_fit.py: the anonymiser's tagger

Nothing in here is imported when the checker runs; PyTorch belongs to `reader`, `export` and `quick` only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable


class TrainingError(Exception):
    """Something that whoever trains can mend; the message is one sentence."""


def telling(step: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`step` of the command, with what can be mended told in one sentence and exit status 2."""

    def run(args: argparse.Namespace) -> int:
        try:
            return step(args)
        except TrainingError as error:
            print(f"csworkshop train: {error}", file=sys.stderr)
            return 2

    return run
