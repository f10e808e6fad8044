"""The learned reader: a small multilingual transformer, fine-tuned on the labelled replies, run by onnxruntime.

It reads the reply together with the customer's message, emotion and persona and answers, for every item, how likely
the reply shows it (log-odds) and which of its words say so (a probability per piece of the text). Where the weights
come from: `NOTICE` and `csworkshop/training/`.
"""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from csworkshop.techniques.scenario import Scenario
from csworkshop.text.segment import Span

WEIGHTS = Path(__file__).parent / "weights"
MAX_REPLY, MAX_CUSTOMER = 160, 70  # pieces; about 250 and 110 characters. A longer reply is read in windows.
OVERLAP = 40
LONGEST_PIECE = 16
CERTAIN = 20.0  # log-odds
EMOTIONS = {"anger": "愤怒", "anxiety": "焦急", "disappointment": "失望", "confusion": "疑惑", "calm": "平静"}
PERSONAS = {"gen_z": "年轻", "adult": "成年", "senior": "老年", "enterprise": "企业"}


@dataclass(frozen=True)
class Reading:
    """What the encoder says of a reply: per item log-odds, and per piece of the text and item a probability.

    `odds` has shape (items,), `pieces` (pieces, items); `spans` are the pieces' offsets into the text.
    """

    items: tuple[str, ...]
    odds: np.ndarray
    pieces: np.ndarray
    spans: tuple[Span, ...]


class Reads(Protocol):
    """Whatever can read a reply for the checker: the encoder, or readings that were kept."""

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        """Read a folded reply beside its scenario."""


class Pieces:
    """Unigram pieces: cuts text into the likeliest row of pieces (Viterbi), keeping offsets."""

    def __init__(self, path: Path) -> None:
        rows = [line.rsplit("\t", 1) for line in path.read_text("utf-8").split("\n") if line]
        self.ids = {piece: n for n, (piece, _) in enumerate(rows)}
        self.scores = [float(score) for _, score in rows]
        self.unknown_score = min(self.scores) - 10
        # A trainee may type these; they are text then.
        self.marks = {mark: self.ids.pop(mark) for mark in ("<s>", "</s>", "<pad>", "<unk>")}
        self.unknown = self.marks["<unk>"]

    def cut(self, text: str) -> tuple[list[int], list[Span]]:
        """Ids of the pieces, and where in `text` each stands; none for a blank text."""
        if not text.strip():
            return [], []
        chars, origin = ["▁"], [0]
        for i, c in enumerate(text):
            for x in unicodedata.normalize("NFKC", " " if c.isspace() else c):
                chars.append("▁" if x == " " else x)
                origin.append(i)
        if len(chars) > 1 and chars[1] == "▁":
            chars, origin = chars[1:], origin[1:]
        row, n = "".join(chars), len(chars)
        best = [0.0] + [-1e18] * n
        back: list[tuple[int, int]] = [(0, 0)] * (n + 1)
        for i in range(n):
            here = best[i]
            for end in range(i + 1, min(i + LONGEST_PIECE, n) + 1):
                piece = self.ids.get(row[i:end])
                if piece is not None and here + self.scores[piece] > best[end]:
                    best[end], back[end] = here + self.scores[piece], (i, piece)
            if here + self.unknown_score > best[i + 1]:
                best[i + 1], back[i + 1] = here + self.unknown_score, (i, self.unknown)
        ids, spans, end = [], [], n
        while end > 0:
            start, piece = back[end]
            ids.append(piece)
            spans.append((origin[start], origin[end - 1] + 1))
            end = start
        return ids[::-1], spans[::-1]


class Encoder:
    """The network with its pieces. Calls may come from any thread."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        import onnxruntime  # half the time of a first check goes into this import

        about: Mapping[str, Any] = json.loads((folder / "encoder.json").read_text("utf-8"))
        self.items: tuple[str, ...] = tuple(about["items"])
        self._begin, self._end = about["begin"], about["end"]
        self._pieces = Pieces(folder / "pieces.tsv")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # many trainees may share a server; one thread each is fair and fast enough
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        """Read a (folded) reply beside its scenario; a long one in windows that overlap, the surest of which counts."""
        ids, spans = self._pieces.cut(reply)
        context = self._context(scenario)
        odds = np.full(len(self.items), -CERTAIN)
        pieces = np.zeros((len(ids), len(self.items)))
        for start in range(0, max(len(ids) - OVERLAP, 1), MAX_REPLY - OVERLAP):
            window = ids[start : start + MAX_REPLY]
            row = [self._begin, *window, self._end, *context, self._end]
            tokens, said = self._session.run(
                None, {"ids": np.array([row], np.int64), "n": np.array([max(len(window), 1)], np.int64)}
            )
            heard = 1 / (1 + np.exp(-tokens[0, 1 : 1 + len(window)]))
            pieces[start : start + len(window)] = np.maximum(pieces[start : start + len(window)], heard)
            odds = np.maximum(odds, said[0])
        return Reading(self.items, odds, pieces, tuple(spans))

    @lru_cache(maxsize=256)  # noqa: B019 - there is one encoder, and it lives as long as the process
    def _context(self, scenario: Scenario | None) -> list[int]:
        if scenario is None:
            return []
        mood = EMOTIONS[scenario.emotion] + PERSONAS[scenario.persona]
        return self._pieces.cut(f"{mood}:{scenario.customer}")[0][:MAX_CUSTOMER]


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _load() -> Encoder:
    return Encoder()


def encoder() -> Encoder:
    """The encoder that ships with the kit, loaded on first use."""
    with _lock:
        return _load()
