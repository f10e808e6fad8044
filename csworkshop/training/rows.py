"""Rows to learn from: the labelled replies of `data/labelled` and the catalogue's own examples, as numbers.

A row is what the encoder reads at run time (`csworkshop.techniques.encoder`): begin, the reply's pieces, end, mood and
customer's message, end. Its answers are per item (how many of the two inspectors saw it) and per piece (whether
somebody marked it as evidence).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from csworkshop.exercises.batch import read_scenarios
from csworkshop.exercises.library import content
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.encoder import EMOTIONS, MAX_CUSTOMER, MAX_REPLY, PERSONAS, Pieces
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span
from csworkshop.training import TrainingError

BORDER = 0.4  # weight of an item on which the two inspectors differ; its answer is then one half
EXAMPLE = 6.0  # weight of the one item that an example of the catalogue tells about; the other 27 weigh nothing


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


@dataclass(frozen=True, eq=False)
class Row:
    """One text to learn from.

    `ids`: pieces, of which 1 .. len(spans) are the reply's. `answers` and `weights` have shape (items,), `evidence`
    (len(ids), items). `spans` are the offsets of the reply's pieces in the folded reply.
    """

    id: str
    ids: list[int]
    spans: list[Span]
    answers: np.ndarray
    weights: np.ndarray
    evidence: np.ndarray


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


def items_of(replies: Iterable[Labelled]) -> tuple[str, ...]:
    """Every item that somebody marked, in order of the alphabet: the columns of everything here."""
    return tuple(sorted({item for r in replies for item in r.labels}))


def reply_row(labelled: Labelled, items: Sequence[str], pieces: Pieces) -> Row:
    """A labelled reply as a row. Evidence of either inspector counts."""
    marked: list[list[Span]] = []
    for item in items:
        quotes = [*labelled.labels.get(item, []), *(labelled.second or {}).get(item, [])]
        starts = [(labelled.reply.find(q), len(q)) for q in quotes]
        marked.append([(start, start + length) for start, length in starts if start >= 0])
    seen = [labelled.labels] if labelled.second is None else [labelled.labels, labelled.second]
    answers = [sum(item in labels for labels in seen) / len(seen) for item in items]
    weights = [BORDER if labelled.border(item) else 1.0 for item in items]
    return _row(labelled.id, labelled.reply, labelled.scenario, marked, answers, weights, pieces)


def example_rows(items: Sequence[str], pieces: Pieces) -> list[Row]:
    """The catalogue's `shows` and `lacks` examples as rows; each tells about its own item only."""
    rows = []
    for column, item in enumerate(items):
        known = catalogue().items[item]
        for kind, examples in (("shows", known.shows), ("lacks", known.lacks)):
            for n, example in enumerate(examples):
                marked: list[list[Span]] = [[] for _ in items]
                marked[column] = example.evidence
                answers, weights = [0.0] * len(items), [0.0] * len(items)
                answers[column], weights[column] = float(kind == "shows"), EXAMPLE
                # An example that names no customer is read as a reply without a scenario is.
                scenario = example.scenario if example.customer or example.emotion != "calm" else None
                row = _row(f"{item}-{kind}-{n}", example.reply, scenario, marked, answers, weights, pieces)
                rows.append(row)
    return rows


def context(scenario: Scenario | None, pieces: Pieces) -> list[int]:
    """The pieces of mood and customer's message."""
    if scenario is None:
        return []
    mood = EMOTIONS[scenario.emotion] + PERSONAS[scenario.persona]
    return pieces.cut(f"{mood}:{scenario.customer}")[0][:MAX_CUSTOMER]


def _row(
    id_: str,
    reply: str,
    scenario: Scenario | None,
    marked: Sequence[Sequence[Span]],
    answers: Sequence[float],
    weights: Sequence[float],
    pieces: Pieces,
) -> Row:
    """`marked`: per item the evidence, as offsets into `reply` as typed; the reader gets it folded, as at run time."""
    folded = fold(reply)
    cut, spans = pieces.cut(folded.text)
    cut, spans = cut[:MAX_REPLY], spans[:MAX_REPLY]
    begin, end = pieces.marks["<s>"], pieces.marks["</s>"]
    ids = [begin, *cut, end, *context(scenario, pieces), end]
    evidence = np.zeros((len(ids), len(marked)), np.float32)
    for n, (a, b) in enumerate(spans, start=1):
        start, stop = folded.span(a, b)
        for column, quotes in enumerate(marked):
            if any(start < z and x < stop for x, z in quotes):
                evidence[n, column] = 1
    return Row(id_, ids, spans, np.array(answers, np.float32), np.array(weights, np.float32), evidence)


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
