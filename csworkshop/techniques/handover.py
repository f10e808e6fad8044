"""A hand-over note to another department: which of the nine parts it holds, in which words, and what is missing.

`handover.toml` names the parts and holds what is declared: labels that announce a part, filler that says nothing
behind one, and signs that show a part wherever they stand. The learned reader and these meet in one probability per
part; how much each counts is fitted (`csworkshop train notes`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import UNSURE, Evidence
from csworkshop.techniques.emotions import CLIP, WEIGHTS
from csworkshop.techniques.encoder import NOTE, PART, PARTS, Reading, encoder
from csworkshop.techniques.pointing import ReadsBeside, as_typed, pointed
from csworkshop.techniques.rules import PRESENT
from csworkshop.text.datafile import DataFileError, read_as
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span, clauses

FILE = Path(__file__).parent / "handover.toml"
LEAST = 0.5  # a piece of this probability is shown as evidence
# One line or 【】 with a label: 3. 看到什么：…, · 表现：…, 【影响】…
_FIELD = re.compile(
    r"(?:^|(?<=\n)|(?=【))[^\w【\n]*(?:\d{1,2}[.、]\s*|[①-⑳]\s*)?"
    r"【?(?P<label>[^：】\n，。；“”？]{1,14}?)(?:】：?|：)[ ]*"
    r"(?P<value>[^\n【]*)"
)
_END = "。！；，、 谢"


class Part(BaseModel):
    """One part of a note, as the data file declares it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Bilingual
    labels: tuple[str, ...]
    empty: tuple[str, ...] = ()
    signs: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    advice: Bilingual

    @cached_property
    def label(self) -> re.Pattern[str]:
        return re.compile("|".join(self.labels))

    @cached_property
    def sign(self) -> re.Pattern[str]:
        return re.compile("|".join(self.signs))

    @cached_property
    def against(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.unless)) if self.unless else None

    def shown(self, text: str) -> list[Span]:
        """Where signs stand in folded `text`, none where something in the same clause speaks against it."""
        found = []
        for m in self.sign.finditer(text):
            start, end = next(((a, b) for a, b in clauses(text) if a <= m.start() < b), m.span())
            if not (self.against and self.against.search(text, start, max(end, m.end()))):
                found.append((start, max(end, m.end())))
        return found


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    filler: str
    parts: dict[str, Part]


@dataclass(frozen=True)
class Seen:
    """What the declared rules see of one part: its signs, the value behind its label, and a label with filler."""

    signs: tuple[Span, ...]
    value: Span | None
    void: bool


@dataclass(frozen=True)
class PartWeight:
    """How much the reader's log-odds, a sign, a label with a value and a label with filler count for one part."""

    odds: float
    sign: float
    value: float
    void: float
    bias: float

    def probability(self, seen: Seen, odds: float) -> float:
        z = self.bias + self.odds * min(max(odds, -CLIP), CLIP)
        z += self.sign * bool(seen.signs) + self.value * (seen.value is not None) + self.void * seen.void
        return 1 / (1 + math.exp(-z))


@dataclass(frozen=True)
class PartFinding:
    """What the checker says about one part: `score` in 0..1 is how sure it is that the note holds it."""

    part: str
    present: bool
    score: float
    evidence: tuple[Evidence, ...]
    name: Bilingual
    advice: Bilingual

    @property
    def unsure(self) -> bool:
        return UNSURE[0] <= self.score < UNSURE[1]


@dataclass(frozen=True)
class Handover:
    """The nine parts of a note, in their order."""

    note: str
    parts: dict[str, PartFinding]

    @property
    def missing(self) -> list[PartFinding]:
        """Parts that the note lacks; each has advice: what to add, and why the next department needs it."""
        return [p for p in self.parts.values() if not p.present]


def handover(
    note: str, *, reader: ReadsBeside | None = None, judge: Mapping[str, PartWeight] | None = None
) -> Handover:
    """Which of the nine parts a hand-over note holds. Offsets of the evidence count code points of `note` as given.

    `reader` and `judge` stand in for those that ship, while new weights are fitted.
    """
    judge = judge or weights()
    folded = fold(note)
    text = folded.text
    if not text.strip():
        blank = {p: PartFinding(p, False, 0.0, (), about.name, about.advice) for p, about in parts().items()}
        return Handover(note, blank)
    read, seen = (reader or encoder()).read_beside(text, NOTE), look(text)
    found = {}
    for part, about in parts().items():
        column = read.columns.index(PART + part)
        score = judge[part].probability(seen[part], float(read.odds[column]))
        words = evidence_of(read, column, text, seen[part]) if score >= UNSURE[0] else ()
        found[part] = PartFinding(part, score >= PRESENT, score, as_typed(words, folded), about.name, about.advice)
    return Handover(note, found)


def evidence_of(read: Reading, column: int, text: str, seen: Seen) -> list[Span]:
    """The value behind the part's label, or what the reader points at."""
    return [seen.value] if seen.value else pointed(read, column, text, LEAST)


def look(text: str) -> dict[str, Seen]:
    """What labels and signs say about each part of folded `text`."""
    about = _file()
    values: dict[str, Span] = {}
    void: set[str] = set()
    filler = re.compile(about.filler)
    for m in _FIELD.finditer(text):
        part = next((p for p, known in about.parts.items() if known.label.search(m["label"])), None)
        if part is None or part in values:
            continue
        value = m["value"].strip(_END)
        if not value or filler.fullmatch(value) or any(re.fullmatch(e, value) for e in about.parts[part].empty):
            void.add(part)
        else:
            start = m.start("value") + m["value"].index(value)
            values[part] = (start, start + len(value))
    return {
        p: Seen(tuple(known.shown(text)), values.get(p), p in void and p not in values)
        for p, known in about.parts.items()
    }


def parts() -> dict[str, Part]:
    """The parts of the data file, in their order."""
    return _file().parts


@lru_cache(maxsize=1)
def _file() -> _File:
    return read_parts(FILE)


def read_parts(path: Path) -> _File:
    """The parts of a data file; DataFileError if it cannot be used."""
    found = read_as(path, _File)
    for name, part in found.parts.items():
        for pattern in (found.filler, *part.labels, *part.empty, *part.signs, *part.unless):
            try:
                re.compile(pattern)
            except re.error as error:
                raise DataFileError(path, f"parts.{name}", f"{pattern!r} is no expression: {error}") from None
    if tuple(found.parts) != PARTS:
        raise DataFileError(path, "parts", f"must be {', '.join(PARTS)}, in this order")
    return found


@lru_cache(maxsize=1)
def weights() -> dict[str, PartWeight]:
    """The weights that ship with the kit, by part."""
    return {p: PartWeight(**row) for p, row in json.loads(WEIGHTS.read_text("utf-8"))["parts"].items()}
