"""Imports go down only, and rooms on one floor don't know each other: the layout is the first page of the docs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import csworkshop

PACKAGE = Path(csworkshop.__file__).parent
FLOORS = {
    "text": 1,
    "techniques": 2,
    "practice": 3,
    "cases": 3,
    "exercises": 4,
    "progress": 5,
    "widgets": 6,
    "grading": 6,
    "classroom": 6,
    "lab": 6,
    "screens": 7,  # what the class shows: widgets' language, the classroom's data
    "bench": 8,  # run by hand, measures all the others
    "training": 8,  # run by hand, makes the weights that the checker ships with
    "cli": 9,  # the door: its commands lead to every room
    "__main__": 10,
}
MAX_LINES = 320


def _modules() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if p.parent != PACKAGE or p.stem != "__init__"]


def _room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def _imported_rooms(path: Path) -> set[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively; name the room"
            names += [f"{node.module}.{a.name}" for a in node.names]
    inside = [n.split(".") for n in names if n.startswith("csworkshop.")]
    return {parts[1] for parts in inside if parts[1] in FLOORS or (PACKAGE / parts[1]).exists()}


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    room = _room(path)
    assert room in FLOORS, f"{room} is a new room; give it a floor here and in the README"
    for other in _imported_rooms(path) - {room}:
        assert FLOORS[other] < FLOORS[room], f"{room} (floor {FLOORS[room]}) imports {other} (floor {FLOORS[other]})"


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_fits_in_one_reading(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES


def test_rooms_have_names_that_say_something() -> None:
    banned = {"utils", "core", "base", "manager", "helpers"}
    assert not [p for p in _modules() if set(p.relative_to(PACKAGE).with_suffix("").parts) & banned]
