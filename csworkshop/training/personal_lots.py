"""Read the lots of lines that the tagger of names and addresses learns from: `data/personal/*.txt`.

One line per text, `\\n` for a line break, `#` for remarks; `{kind=text}` encloses personal data, `{id_card}` and
`{bank_card}` alone stand for any right number. Files named nobody_… hold lines without personal data.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from csworkshop.cases.kinds import kinds, marked
from csworkshop.cases.tagger_marks import GIVEN_NAMES
from csworkshop.training import TrainingError

FOLDER = Path(__file__).resolve().parents[2] / "data" / "personal"
NUMBERS = {"id_card": "110105194912310021", "bank_card": "6222021234567890128"}  # their check digits are right
_PIECE = re.compile(r"\{(\w+)(?:=([^{}]*))?\}")


@dataclass(frozen=True)
class Line:
    """A text, and the personal data in it: (kind, start, end) in the text as typed; `lot` is the file it stands in."""

    lot: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


def read_lots(folder: Path = FOLDER) -> list[Line]:
    """All lines of all lots, in the order of the files' names; TrainingError names file and line."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise TrainingError(f"{folder} has no lots of lines (*.txt)")
    return [line for path in files for line in _lot(path)]


def examples() -> list[Line]:
    """The examples that names and addresses are declared with."""
    found = []
    for kind in (k for k in kinds().values() if k.reader):
        for shown in (*kind.shows, *kind.lacks):
            text, spans = marked(shown)
            found.append(Line("examples", text, tuple((kind.id, s, e) for s, e in spans)))
    return found


def fingerprint(folder: Path = FOLDER) -> str:
    """Eight figures that change with the lines and with the list of given names."""
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.txt")), GIVEN_NAMES):
        digest.update(path.read_text("utf-8").encode())
    return digest.hexdigest()[:8]


def _lot(path: Path) -> list[Line]:
    lot = path.stem.removeprefix("nobody_")
    found = []
    for number, row in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not row.strip() or row.startswith("#"):
            continue
        try:
            found.append(read_line(lot, row))
        except ValueError as error:
            raise TrainingError(f"{path}, line {number}: {error}") from None
    return found


def read_line(lot: str, row: str) -> Line:
    """A line with its marks; ValueError says what is wrong with one."""
    text, spans, last = "", [], 0
    row = row.replace("\\n", "\n")
    for m in _PIECE.finditer(row):
        text += row[last : m.start()]
        kind, value = m.group(1), m.group(2)
        if kind not in kinds():
            raise ValueError(f"{kind!r} is no kind of personal data")
        value = NUMBERS.get(kind, "") if value is None else value
        if not value:
            raise ValueError(f"{{{kind}}} needs its text: {{{kind}=…}}")
        spans.append((kind, len(text), len(text) + len(value)))
        text += value
        last = m.end()
    text += row[last:]
    if "{" in text or "}" in text:
        raise ValueError("has a { or } that encloses nothing")
    return Line(lot, text, tuple(spans))
