"""The learned reader: a small multilingual transformer, fine-tuned on labelled texts, run by onnxruntime.

It reads a text beside its context and answers, for every column, how likely the text shows it (log-odds) and which of
its words say so (a probability per piece). A reply is read for the catalogue's items, beside the customer's emotion and
persona; a customer's message for its emotion; a hand-over note for its parts. What the customer wrote is the rules'
business: beside a reply it bought the reader nothing on writers that it had not read, and cost half of its time. Where
the weights come from: `NOTICE` and `csworkshop/training/`.
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
MAX_TEXT = 160  # pieces; about 250 characters. A longer text is read in windows.
OVERLAP = 40
CERTAIN = 20.0  # log-odds
EMOTIONS = {"anger": "愤怒", "anxiety": "焦急", "disappointment": "失望", "confusion": "疑惑", "calm": "平静"}
PERSONAS = {"gen_z": "年轻", "adult": "成年", "senior": "老年", "enterprise": "企业"}
PARTS = ("account", "environment", "path", "symptom", "when", "tried", "impact", "request", "deadline")
EMOTION, PART = "emotion.", "part."  # what those columns begin with that aren't items
MESSAGE, NOTE = "客户来信", "交接单"  # contexts that say what sort of text comes


def context_of(scenario: Scenario | None) -> str:
    """What a reply is read beside."""
    if scenario is None:
        return ""
    return EMOTIONS[scenario.emotion] + PERSONAS[scenario.persona]


@dataclass(frozen=True)
class Reading:
    """What the encoder says of a text: per column log-odds, and per piece of the text and column a probability.

    `odds` has shape (columns,), `pieces` (pieces, columns); `spans` are the pieces' offsets into the text.
    """

    columns: tuple[str, ...]
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
        marks = ("<s>", "</s>", "<pad>", "<unk>")
        self.begin, self.end, self.pad, self.unknown = (self.ids.pop(mark) for mark in marks)
        # With every beginning of a piece, so that a search stops where no piece goes on.
        starts = {piece[:end]: None for piece in self.ids for end in range(1, len(piece))}
        self._known: dict[str, int | None] = {**starts, **self.ids}

    def context(self, text: str) -> list[int]:
        """What stands before a text: begin, the pieces of its context, end."""
        return [self.begin, *self.cut(text)[0], self.end]

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
            for end in range(i + 1, n + 1):
                begun = row[i:end]
                if begun not in self._known:
                    break
                piece = self._known[begun]
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
        self.columns: tuple[str, ...] = tuple(about["columns"])
        self.pieces = Pieces(folder / "pieces.tsv")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # many trainees may share a server; one thread each is fair and fast enough
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # the two operators apart are several times as fast
        )

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        """Read a (folded) reply beside its scenario."""
        return self.read_beside(reply, context_of(scenario))

    def read_beside(self, text: str, context: str) -> Reading:
        """Read a (folded) text beside a context; a long one in windows that overlap, the surest of which counts."""
        ids, spans = self.pieces.cut(text)
        before = self._context(context)
        odds = np.full(len(self.columns), -CERTAIN)
        pieces = np.zeros((len(ids), len(self.columns)))
        for start in range(0, max(len(ids) - OVERLAP, 1), MAX_TEXT - OVERLAP):
            window = ids[start : start + MAX_TEXT]
            row = np.array([[*before, *window, self.pieces.end]], np.int64)
            heard, said = self._session.run(None, {"ids": row, "start": np.array(len(before), np.int64)})
            sure = 1 / (1 + np.exp(-heard[0, len(before) : -1]))
            pieces[start : start + len(window)] = np.maximum(pieces[start : start + len(window)], sure)
            odds = np.maximum(odds, said[0])
        return Reading(self.columns, odds, pieces, tuple(spans))

    @lru_cache(maxsize=64)  # noqa: B019 - there is one encoder, and it lives as long as the process
    def _context(self, context: str) -> list[int]:
        return self.pieces.context(context)


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _load() -> Encoder:
    return Encoder()


def encoder() -> Encoder:
    """The encoder that ships with the kit, loaded on first use."""
    with _lock:
        return _load()
