"""The quick reader: one weight per row of one to three characters and item, a hundred times as fast as the encoder.

At level `fast` it takes the encoder's place, at level `full` it has a word beside it. Rows of characters are hashed to
places of one table (Weinberger et al., "Feature hashing for large scale multitask learning", 2009); what shares a place
shares a weight.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import numpy as np

from csworkshop.techniques.encoder import EMOTIONS, PERSONAS, Reading
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.segment import Span

WEIGHTS = Path(__file__).parent / "weights" / "quick.npz"
LONGEST = 3  # characters of a row
BITS = 17
LOG_ODDS = 8.0  # log-odds of a whole word; the regression's answers are -1 (absent) to 1
SHARP = 4.0  # how steeply a character's share becomes a probability
FRAME = "\x02\x03"  # stand for the text's begin and end
_STEP, _MIX = np.uint64(1_000_003), np.uint64(0x9E3779B97F4A7C15)
MOODS = (*EMOTIONS, *PERSONAS)


class Quick:
    """The table with its columns."""

    def __init__(self, table: np.ndarray, moods: np.ndarray, bias: np.ndarray, columns: tuple[str, ...]) -> None:
        """`table` (2 ** BITS, columns), `moods` (emotions and personas, columns), `bias` (columns,)."""
        self.table, self.moods, self.bias, self.columns = table, moods, bias, columns

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Quick:
        """The table of a file; it is kept in 8 bits with one scale per column."""
        with np.load(path, allow_pickle=False) as kept:
            table = kept["table"].astype(np.float32) * kept["scale"]
            return cls(table, kept["moods"], kept["bias"], tuple(map(str, kept["columns"])))

    def odds(self, reply: str, scenario: Scenario | None) -> np.ndarray:
        """Of a folded reply, log-odds per column. The customer's mood and kind count too."""
        return self._sum(self._said(reply), scenario)

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        """Read a folded reply; a character's probability is its share in the rows that it stands in."""
        said = self._said(reply)
        shares = np.zeros((len(reply) + 1, len(self.columns)), np.float32)
        for length, part in enumerate(said, start=1):
            for shift in range(length):
                inside = part[max(0, 1 - shift) : len(reply) + 1 - shift] / length
                at = max(shift - 1, 0)
                shares[at : at + len(inside)] += inside
        counted = sum(map(len, said)) ** -0.5
        pointed = 1 / (1 + np.exp(-SHARP * counted * shares[: len(reply)]))
        spans: tuple[Span, ...] = tuple((n, n + 1) for n in range(len(reply)))
        return Reading(self.columns, self._sum(said, scenario), pointed, spans)

    def _said(self, reply: str) -> list[np.ndarray]:
        return [self.table[row] for row in places(reply)]

    def _sum(self, said: list[np.ndarray], scenario: Scenario | None) -> np.ndarray:
        whole = self.bias + sum(map(len, said)) ** -0.5 * sum(part.sum(0) for part in said)
        return LOG_ODDS * (whole if scenario is None else whole + self.moods[moods(scenario)].sum(0))


def places(text: str) -> list[np.ndarray]:
    """The table's places for the rows of 1, 2, … characters of a text in its frame, each in the order of the text."""
    codes = np.frombuffer((FRAME[0] + text + FRAME[1]).encode("utf-32-le", "surrogatepass"), np.uint32)
    known = codes.astype(np.uint64)
    hashed, found = known, []
    for length in range(1, LONGEST + 1):
        if length > 1:
            hashed = hashed[:-1] * _STEP + known[length - 1 :]
        found.append(((hashed + np.uint64(length)) * _MIX >> np.uint64(64 - BITS)).astype(np.int64))
    return found


def moods(scenario: Scenario) -> list[int]:
    """The rows of `moods` that count for a scenario."""
    return [MOODS.index(scenario.emotion), MOODS.index(scenario.persona)]


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _load() -> Quick:
    return Quick.load()


def quick() -> Quick:
    """The quick reader that ships with the kit, loaded on first use."""
    with _lock:
        return _load()
