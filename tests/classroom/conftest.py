"""A class folder and the private folders of several trainees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from csworkshop.classroom.board import Board
from csworkshop.classroom.store import Class

NOON = datetime(2026, 3, 5, 13, 47, 11)


@pytest.fixture
def klass(tmp_path: Path) -> Class:
    return Class.create(tmp_path / "class1", "一班")


@pytest.fixture
def board_of(klass: Class, tmp_path: Path) -> Callable[[str], Board]:
    """The board as the trainee of this name has it: each has a private folder of his own."""

    def board(name: str) -> Board:
        return Board(klass, private=tmp_path / "private" / name, clock=lambda: NOON)

    return board
