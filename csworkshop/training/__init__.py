"""Training as a command: from the labelled replies to the weights that the checker ships with.

    csworkshop train reader    wheel.py, labelled.py, rows.py -> network.py, fit.py, reader.py: checkpoints and readings
    csworkshop train export    export.py: a checkpoint as encoder.onnx (int8), pieces.tsv and encoder.json
    csworkshop train quick     quick_fit.py: the quick reader of level fast, and its readings
    csworkshop train judge     judge_fit.py: readings.py -> judge.json, where rules and the reader meet

Nothing in here is imported when the checker runs; PyTorch belongs to `reader`, `export` and `quick` only.
"""

from __future__ import annotations


class TrainingError(Exception):
    """Something that whoever trains can mend; the message is one sentence."""
