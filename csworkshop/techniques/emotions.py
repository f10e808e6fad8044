"""The leading emotion of a customer's message, the words that show it, and what it asks of the reply.

`emotions.toml` names the emotions, what each calls for, and signs: words that speak for one by themselves. The learned
reader and the signs meet in one probability per emotion; how much each counts is fitted (`csworkshop train notes`).
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
from csworkshop.techniques.checker import Evidence
from csworkshop.techniques.encoder import EMOTION, EMOTIONS, MESSAGE, encoder
from csworkshop.techniques.pointing import ReadsBeside, as_typed, pointed
from csworkshop.text.datafile import DataFileError, read_as
from csworkshop.text.normalise import fold

HERE = Path(__file__).parent
FILE, WEIGHTS = HERE / "emotions.toml", HERE / "weights" / "notes.json"
CLIP = 8.0  # beyond this the reader's log-odds say no more
LEAD = 0.15  # a lead over the next emotion smaller than this leaves it open
LEAST = 0.2  # a piece of this probability is shown as evidence


class Kind(BaseModel):
    """One emotion, as the data file declares it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Bilingual
    action: Bilingual
    why: Bilingual
    strong: tuple[str, ...] = Field(min_length=1)
    signs: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """What leans to the emotion, and what nearly always means it."""
        return re.compile("|".join(self.signs), re.MULTILINE), re.compile("|".join(self.strong), re.MULTILINE)

    @cached_property
    def against(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.unless)) if self.unless else None

    def heard(self, text: str) -> tuple[bool, bool]:
        """Whether folded `text` has a sign, and whether it has a strong one; neither if something speaks against it."""
        if self.against and self.against.search(text):
            return False, False
        lean, strong = self.patterns
        return bool(lean.search(text)), bool(strong.search(text))


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    emotions: dict[str, Kind]


@dataclass(frozen=True)
class EmotionWeight:
    """How much the reader's log-odds, a sign and a strong sign count for one emotion."""

    odds: float
    sign: float
    strong: float
    bias: float

    def score(self, odds: float, heard: tuple[bool, bool]) -> float:
        sign, strong = heard
        return self.bias + self.odds * min(max(odds, -CLIP), CLIP) + self.sign * sign + self.strong * strong


@dataclass(frozen=True)
class Feeling:
    """What a message says of its writer: the leading emotion, all scores (they sum to 1), and the words for it.

    `action` is what the emotion calls for and `why` says why. `unsure`: the next emotion is nearly as likely.
    """

    text: str
    emotion: str
    scores: dict[str, float]
    evidence: tuple[Evidence, ...]
    action: Bilingual
    why: Bilingual

    @property
    def unsure(self) -> bool:
        first, second = sorted(self.scores.values(), reverse=True)[:2]
        return first - second < LEAD


def emotion(
    text: str, *, reader: ReadsBeside | None = None, judge: Mapping[str, EmotionWeight] | None = None
) -> Feeling:
    """The leading emotion of a customer's message. Offsets of the evidence count code points of `text` as given.

    `reader` and `judge` stand in for those that ship, while new weights are fitted. A blank message is calm, unsurely.
    """
    known, judge = kinds(), judge or weights()
    folded = fold(text)
    if not folded.text.strip():
        return Feeling(text, "calm", dict.fromkeys(known, 1 / len(known)), (), known["calm"].action, known["calm"].why)
    read = (reader or encoder()).read_beside(folded.text, MESSAGE)
    column = {e: read.columns.index(EMOTION + e) for e in known}
    scores = shares({e: judge[e].score(float(read.odds[column[e]]), known[e].heard(folded.text)) for e in known})
    leading = max(scores, key=lambda e: scores[e])
    words = pointed(read, column[leading], folded.text, LEAST)
    return Feeling(text, leading, scores, as_typed(words, folded), known[leading].action, known[leading].why)


def shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores as probabilities that sum to 1."""
    most = max(scores.values())
    powers = {e: math.exp(z - most) for e, z in scores.items()}
    total = sum(powers.values())
    return {e: p / total for e, p in powers.items()}


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """The emotions of the data file, in its order."""
    return read_kinds(FILE)


def read_kinds(path: Path) -> dict[str, Kind]:
    """The emotions of a data file; DataFileError if it cannot be used."""
    found = read_as(path, _File).emotions
    for name, kind in found.items():
        for pattern in (*kind.strong, *kind.signs, *kind.unless):
            try:
                re.compile(pattern)
            except re.error as error:
                raise DataFileError(path, f"emotions.{name}", f"{pattern!r} is no expression: {error}") from None
    if set(found) != set(EMOTIONS):
        raise DataFileError(path, "emotions", f"must be {', '.join(EMOTIONS)} (found {', '.join(found)})")
    return found


@lru_cache(maxsize=1)
def weights() -> dict[str, EmotionWeight]:
    """The weights that ship with the kit, by emotion."""
    return {e: EmotionWeight(**row) for e, row in json.loads(WEIGHTS.read_text("utf-8"))["emotions"].items()}
