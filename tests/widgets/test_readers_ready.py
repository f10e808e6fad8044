"""The readers are loaded while the trainee reads the task: the first key needn't wait for them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from csworkshop.techniques import encoder
from csworkshop.widgets import studio as module
from csworkshop.widgets.studio import studio
from tests.widgets.tab import Screen


def _loading() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "csworkshop-readers"]


def test_the_readers_are_loaded_once_a_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for thread in _loading():
        thread.join()
    monkeypatch.setattr(module, "_ready", threading.Event())
    encoder._load.cache_clear()
    widget = studio("m2-vague-delivery", folder=str(tmp_path))
    assert not _loading(), "nobody looks at it yet"
    Screen(widget)
    for thread in _loading():
        thread.join()
    assert encoder._load.cache_info().currsize == 1
    Screen(widget, "tab2")
    assert not _loading()
    assert not (tmp_path / "answers.json").exists(), "getting ready is no answer"
    assert not (tmp_path / "progress.jsonl").exists()
