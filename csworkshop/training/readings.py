"""What a reader said of replies by writers whom it had not read: the file that the judge is fitted on.

`data/labelled/unread_readings.npz` holds arrays only (no pickles):

    columns (columns,) str      items of replies, emotions of messages, parts of notes
    ids     (texts,) str        ids of the texts
    odds    (texts, columns)    float32: log-odds that the text shows it
    lengths (texts,)            uint16: how many pieces each text has; the arrays below are those pieces in a row
    spans   (pieces, 2)         uint16: where each piece stands in the folded text, end exclusive
    pieces  (columns, pieces)   uint8: 255 times the root of the probability that the piece is evidence

The root keeps small probabilities apart, and the file at a quarter of what float16 needs.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from csworkshop.techniques.encoder import Reading
from csworkshop.training import TrainingError

FILE = "unread_readings.npz"
QUICK = "unread_quick.npz"  # of the quick reader, without pieces
KEYS = ("columns", "ids", "odds", "lengths", "spans", "pieces")


def save(path: Path, readings: Mapping[str, Reading]) -> None:
    """Write readings, by id of the text; the same readings give the same bytes."""
    ids = sorted(readings)
    rows = [readings[i] for i in ids]
    pieces = np.concatenate([r.pieces for r in rows]).T
    np.savez_compressed(
        path,
        columns=np.array(rows[0].columns),
        ids=np.array(ids),
        odds=np.array([r.odds for r in rows], np.float32),
        lengths=np.array([len(r.spans) for r in rows], np.uint16),
        spans=np.array([span for r in rows for span in r.spans], np.uint16),
        pieces=np.ascontiguousarray(np.round(255 * np.sqrt(pieces)).astype(np.uint8)),
    )


def load(path: Path) -> dict[str, Reading]:
    """The readings of a file, by id of the text."""
    try:
        with np.load(path, allow_pickle=False) as file:
            columns, ids, odds, lengths, spans, pieces = (file[key] for key in KEYS)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path}: holds no readings ({error}); csworkshop train reader makes them") from None
    probability = (pieces.T.astype(np.float64) / 255) ** 2
    found, at = {}, 0
    for n, length in enumerate(lengths.tolist()):
        inside = slice(at, at + length)
        where = tuple((int(a), int(b)) for a, b in spans[inside])
        found[str(ids[n])] = Reading(tuple(map(str, columns)), odds[n], probability[inside], where)
        at += length
    return found
