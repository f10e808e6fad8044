"""Ways to cheat at a graded assignment, each tried against stock nbgrader and against csworkshop.

An attack is a function that changes what mallory hands in, who otherwise did the same honest work as alice and zoe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPLY, RATES, SLOWEST = "reply", "rates", "slowest"  # the parts of the assignment's marks
EVERYTHING = (REPLY, RATES, SLOWEST)
Do = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Attack:
    """`do(folder, wire)` changes mallory's submission; a file at `wire` shows that code of hers got through.

    `keeps` names the parts of the assignment whose marks she earned honestly and has to keep; the others are 0.
    """

    name: str
    do: Do
    keeps: tuple[str, ...]

    @property
    def title(self) -> str:
        """What is tried, in words."""
        return (self.do.__doc__ or self.name).strip().splitlines()[0].rstrip(".")


ATTACKS: dict[str, Attack] = {}


def attack(*keeps: str) -> Callable[[Do], Do]:
    """Enter a function into the list of attacks."""

    def enter(do: Do) -> Do:
        ATTACKS[do.__name__] = Attack(do.__name__, do, keeps)
        return do

    return enter


def edit(folder: Path, change: Callable[[Any], Any]) -> None:
    """Change the submitted notebook: `change` gets the notebook, as invalid as it likes to make it."""
    import nbformat

    notebook = nbformat.read(folder / "m2.ipynb", 4)
    change(notebook)
    (folder / "m2.ipynb").write_text(nbformat.writes(notebook), "utf-8")


def graded(notebook: Any) -> list[Any]:
    """A notebook's graded cells."""
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


def run_first(folder: Path, *sources: str) -> None:
    """Put code cells before all others."""
    from nbformat.v4 import new_code_cell

    edit(folder, lambda nb: nb.update(cells=[*map(new_code_cell, sources), *nb.cells]))


def write_code(folder: Path, source: str, name: str = "rates-answer") -> None:
    """Write code into one of the cells that are there for it."""

    def change(notebook: Any) -> None:
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
                cell.source = source

    edit(folder, change)


def touch(wire: Path) -> str:
    """Code in a line that makes a file at `wire`, where it can."""
    code = f"try:\n    open({str(wire)!r}, 'w').close()\nexcept OSError: pass"
    return f"exec({code!r})"


def all_attacks() -> dict[str, Attack]:
    """Every attack by its name."""
    from csworkshop.bench.attacks import answers, code, notebooks  # noqa: F401 - they enter themselves

    return ATTACKS
