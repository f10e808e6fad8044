"""The table of speeds is made of the right texts and says what it lacks; no clock is judged here."""

from __future__ import annotations

import sys
from itertools import islice, pairwise
from pathlib import Path

import pytest

from csworkshop.bench import speed
from csworkshop.exercises.library import content

FOLDER = content() / "data" / "labelled"


def test_texts_have_the_length_asked_for_and_differ() -> None:
    cases = speed.labelled(FOLDER)
    for length in speed.LENGTHS:
        texts = [text for text, _ in islice(speed.texts_of(cases, length), 50)]
        assert {len(t) for t in texts} == {length} and len(set(texts)) == 50


def test_typed_texts_differ_by_one_key() -> None:
    for keys in speed.typed(speed.labelled(FOLDER), 100):
        texts = [text for text, _ in keys]
        assert [len(t) for t in texts] == list(range(80, 121))
        assert all(b[:-1] == a for a, b in pairwise(texts))


def test_the_whole_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    for name, value in (("KEYS", 4), ("TEXTS", 1), ("COLD", 3), ("BULK", 5), ("GROWTH", (50, 100))):
        monkeypatch.setattr(speed, name, value)
    monkeypatch.setattr(speed, "LINES", {"full": 200, "fast": 300})
    table = "\n".join(speed.measure(FOLDER, tmp_path))
    for words in ("pip install 'csworkshop[bench]'", "expressions", "--jobs 2", "memory, fast", "import for checking"):
        assert words in table
    assert "nan" not in table
