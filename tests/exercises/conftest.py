"""An answer file in a folder of its own."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from csworkshop.exercises.answers import AnswerFile


@pytest.fixture
def file(tmp_path: Path) -> AnswerFile:
    return AnswerFile(tmp_path)


def age(file: AnswerFile, exercise: str, seconds: float) -> None:
    """Make a saved answer and its versions `seconds` older than they are."""
    data = json.loads(file.path.read_text("utf-8"))
    entry = data["answers"][exercise]
    for stamped in (entry, *entry.get("history", [])):
        then = datetime.fromisoformat(stamped["saved_at"]) - timedelta(seconds=seconds)
        stamped["saved_at"] = then.isoformat(timespec="seconds")
    file.path.write_text(json.dumps(data), "utf-8")


def texts(file: AnswerFile, exercise: str = "a") -> list[str]:
    """The earlier versions of an answer, oldest first."""
    answer = file.load(exercise)
    assert answer
    return [v.text for v in answer.history]
