"""The labelled texts of `data/labelled`: replies, customers' messages, hand-over notes.

Writers d1 to d12 are measured on: whoever is judged by them has not read them. Writers t1, t2, … wrote to train only.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from csworkshop.exercises.batch import read_scenarios
from csworkshop.exercises.library import content
from csworkshop.techniques.scenario import Scenario
from csworkshop.training import TrainingError

FOLDS = (("d1", "d7"), ("d2", "d8"), ("d3", "d11"), ("d4", "d9"), ("d10", "d12"))
UNREAD = ("d4", "d9", "d10", "d12")  # whom the rules' authors have not read either


@dataclass(frozen=True)
class Labelled:
    """A labelled reply: per item the evidence that each inspector marked (the second one's is None if there is none).

    `writer` is the file's name up to its first dot; replies of one writer are never on both sides of a split.
    """

    id: str
    writer: str
    reply: str
    scenario: Scenario
    labels: dict[str, list[str]]
    second: dict[str, list[str]] | None

    def border(self, item: str) -> bool:
        """Whether the inspectors differ on `item`."""
        return self.second is not None and (item in self.labels) != (item in self.second)


def labelled_folder(path: Path | None = None) -> Path:
    """Folder of the labelled replies (default: the checkout's); TrainingError if there are none."""
    folder = path or content() / "data" / "labelled"
    if not list(folder.glob("*.replies.jsonl")):
        where = "name a folder of labelled replies in --data" if path is None else "it must hold dN.replies.jsonl files"
        raise TrainingError(
            f"{folder}: there are no labelled replies here; {where} (they are in the project's checkout and its source "
            "archive, not in the installed package)"
        )
    return folder


def read_labelled(folder: Path, writers: Iterable[str] | None = None) -> list[Labelled]:
    """The labelled replies of `writers` (default: all), by writer and in the order of the files."""
    known = {path.name.split(".")[0] for path in folder.glob("*.replies.jsonl")}
    wanted = known if writers is None else set(writers)
    if wanted - known:
        missing = ", ".join(sorted(wanted - known, key=natural))
        raise TrainingError(f"{folder}: no writer {missing}; there are {', '.join(sorted(known, key=natural))}")
    found: list[Labelled] = []
    for writer in sorted(wanted, key=natural):
        scenarios = read_scenarios(folder / f"{writer}.scenarios.jsonl")
        path = folder / f"{writer}.second.jsonl"
        second = {r["id"]: r["labels"] for r in _lines(path)} if path.exists() else {}
        for r in _lines(folder / f"{writer}.replies.jsonl"):
            scenario = scenarios[r["scenario"]]
            found.append(Labelled(r["id"], writer, r["reply"], scenario, r["labels"], second.get(r["id"])))
    return found


def natural(name: str) -> list[Any]:
    """Sort key that puts d9 before d10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


@dataclass(frozen=True)
class Note:
    """A customer's message (`kind` "message"; labels are its one emotion) or a hand-over note ("note"; its parts).

    `labels` has the evidence by label. `fold` says which fifth of its file the text is in: the rules' authors read
    three of them. `unread` is the fifth that a reader is trained without to be asked about it, with every emotion in
    every fifth. Both are None for writers who train only.
    """

    id: str
    kind: Literal["message", "note"]
    text: str
    labels: dict[str, list[str]]
    fold: int | None
    unread: int | None = None


def read_notes(folder: Path) -> list[Note]:
    """Every customer's message and hand-over note, in the order of the files."""
    found: list[Note] = []
    for path in sorted(folder.glob("*.customers.jsonl")):
        seen: Counter[str] = Counter()
        for n, r in enumerate(_lines(path)):
            emotion = r["emotion"]
            folds: tuple[int | None, int | None] = (None, None)
            if not trains_only(path.name):
                folds = (n % len(FOLDS), seen[emotion] % len(FOLDS))
                seen[emotion] += 1
            found.append(Note(r["id"], "message", r["text"], {emotion: r["evidence"]}, *folds))
    for path in sorted(folder.glob("*.handovers.jsonl")):
        for n, r in enumerate(_lines(path)):
            fold = None if trains_only(path.name) else n % len(FOLDS)
            found.append(Note(r["id"], "note", r["note"], r["labels"], fold, fold))
    return found


def trains_only(writer: str) -> bool:
    """Whether a writer (or file) is one of those whom nothing is measured on."""
    return writer.startswith("t")


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
