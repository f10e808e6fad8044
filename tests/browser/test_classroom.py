"""`csworkshop bench classroom` for a moment: kernels, dashboard and page belong together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from csworkshop.bench.classroom import measure


def test_the_measurement_counts_what_it_says(chrome: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure(2, 10, tmp_path, hurry=20, opened=chrome)
    told = capsys.readouterr().out
    sent, lines = map(int, re.findall(r"attempts sent (\d+), lines in the logs (\d+), unreadable 0", told)[0])
    assert 0 < sent <= lines, told
    assert "lost: attempts 0, texts 0, states in the class 0, failed saves 0" in told, told
    assert re.search(r"attempt to the dashboard's page +p50 ", told), told
    assert re.search(r"memory of the kernels [\d.]+ GB, each \d+ MB", told), told
    assert (tmp_path / "bench-class" / "class.json").exists()
