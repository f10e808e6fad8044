"""Replace what belongs to persons in a text or a row by pseudonyms; say what was replaced, never with what value.

>>> from csworkshop.cases.anonymise import anonymised
>>> from csworkshop.cases.pseudonyms import Pseudonyms
>>> anonymised("我叫王建国，电话13800138000", Pseudonyms(b"sixteen bytes at least")).text
'我叫〔姓名…〕，电话〔手机号…〕'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csworkshop.cases.kinds import kinds
from csworkshop.cases.personal import Found, personal_data
from csworkshop.cases.pseudonyms import TAG, Pseudonyms

# What --columns may say of a column besides a kind.
ID, TEXT, DROP = "id", "text", "drop"
ID_LABEL = "编号"
_DAY = re.compile(
    r"(?P<y>\d{4})(?P<a>[-/.年])(?P<m>\d{1,2})(?P<b>[-/.月])(?P<d>\d{1,2})|(?P<yy>\d{4})(?P<mm>\d{2})(?P<dd>\d{2})(?!\d)"
)


@dataclass(frozen=True)
class Replaced:
    """A find, and where its pseudonym begins in the new text."""

    found: Found
    at: int


@dataclass(frozen=True)
class Anonymised:
    """A text without personal data, and what was replaced in it."""

    text: str
    replaced: tuple[Replaced, ...]


def anonymised(
    text: str,
    pseudonyms: Pseudonyms,
    wanted: Collection[str] | None = None,
    known: Iterable[tuple[str, str]] = (),
) -> Anonymised:
    """`text` with pseudonyms. `known` (kind, value) pairs, from other columns of the row, are replaced wherever they
    stand."""
    found = personal_data(text, wanted)
    found = sorted([*found, *_known(text, known, found)], key=lambda f: f.start)
    labels = kinds()
    new: list[str] = []
    replaced: list[Replaced] = []
    place = length = 0
    for f in found:
        before = text[place : f.start]
        tag = pseudonyms.tag(f.kind, labels[f.kind].label, text[f.start : f.end])
        replaced.append(Replaced(f, length + len(before)))
        new += [before, tag]
        length += len(before) + len(tag)
        place = f.end
    return Anonymised("".join([*new, text[place:]]), tuple(replaced))


def masked(text: str) -> str:
    """`text` with the kind in the place of each thing of a person's, 〔姓名〕: for a page, where none is told apart."""
    labels, place, new = kinds(), 0, []
    for f in personal_data(text):
        new += [text[place : f.start], f"〔{labels[f.kind].label}〕"]
        place = f.end
    return "".join([*new, text[place:]])


def _known(text: str, known: Iterable[tuple[str, str]], found: Sequence[Found]) -> list[Found]:
    taken = [(f.start, f.end) for f in found] + [m.span() for m in TAG.finditer(text)]
    more: list[Found] = []
    for kind, value in known:
        if len(value) < 2 or value not in text:
            continue
        for m in re.finditer(re.escape(value), text):
            if all(m.end() <= s or e <= m.start() for s, e in taken):
                more.append(Found(kind, m.start(), m.end()))
                taken.append(m.span())
    return more


@dataclass
class Rows:
    """Makes rows anonymous. Rows are mappings of the columns that are `touched`; the answer holds the new values.

    texts: columns of free text. columns: column -> kind, `id` or `drop`. dates: columns whose dates move by whole
    weeks, the same for each person. recode: what k-anonymity decided, from the quasi-identifiers' values to new ones.
    tell: called with (row, column, what was replaced).
    """

    pseudonyms: Pseudonyms
    texts: Sequence[str] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    dates: Sequence[str] = ()
    person: str | None = None
    most_weeks: int = 26
    quasi: Sequence[str] = ()
    recode: Callable[[tuple[str, ...]], tuple[str, ...]] | None = None
    wanted: Collection[str] | None = None
    tell: Callable[[int, str, Replaced], None] = lambda row, column, replaced: None
    tell_column: Callable[[str], None] = lambda column: None
    tell_date: Callable[[str, bool], None] = lambda column, understood: None

    @property
    def touched(self) -> list[str]:
        """The columns that a row must have."""
        person = [self.person] if self.person else []
        return list(dict.fromkeys([*self.texts, *self.columns, *self.dates, *self.quasi, *person]))

    def __call__(self, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        """New values of the touched columns of row `number` (from 1)."""
        new: dict[str, Any] = {}
        known = [
            (kind, str(row[column]).strip())
            for column, kind in self.columns.items()
            if kind in kinds() and row[column] not in (None, "")
        ]
        known.sort(key=lambda pair: -len(pair[1]))
        for column in self.texts:
            new[column] = self._text(number, column, row[column], known)
        for column, kind in self.columns.items():
            if kind != DROP and row[column] not in (None, ""):
                self.tell_column(column)
                label = ID_LABEL if kind == ID else kinds()[kind].label
                new[column] = self._tagged(kind, label, str(row[column]))
        if self.dates:
            weeks = self.weeks(number, row)
            for column in self.dates:
                if row[column] not in (None, ""):
                    new[column], understood = moved(str(row[column]), weeks)
                    self.tell_date(column, understood)
        if self.recode:
            new.update(zip(self.quasi, self.recode(tuple(as_value(row[c]) for c in self.quasi)), strict=True))
        return new

    def weeks(self, number: int, row: Mapping[str, Any]) -> int:
        """By how many weeks the dates of this row move; a row without a person moves by itself."""
        person = as_value(row[self.person]) if self.person else ""
        return self.pseudonyms.weeks(person or f"\0row {number}", self.most_weeks)

    def _tagged(self, kind: str, label: str, value: str) -> str:
        return value if TAG.fullmatch(value) else self.pseudonyms.tag(kind, label, value)

    def _text(self, number: int, column: str, value: Any, known: Iterable[tuple[str, str]]) -> Any:
        if isinstance(value, str):
            made = anonymised(value, self.pseudonyms, self.wanted, known)
            for replaced in made.replaced:
                self.tell(number, column, replaced)
            return made.text
        if isinstance(value, list):
            return [self._text(number, column, v, known) for v in value]
        if isinstance(value, dict):
            return {k: self._text(number, column, v, known) for k, v in value.items()}
        return value


def as_value(value: Any) -> str:
    """A cell as the text by which it is compared; nothing is an empty text."""
    return "" if value is None else str(value)


def moved(text: str, weeks: int) -> tuple[str, bool]:
    """A date or time moved by whole weeks, in its own way of writing; ("", False) if no date is understood."""
    from datetime import date, timedelta

    m = _DAY.search(text)
    if not m:
        return "", False
    parts = [m["y"] or m["yy"], m["m"] or m["mm"], m["d"] or m["dd"]]
    try:
        day = date(*map(int, parts)) + timedelta(weeks=weeks)
    except (ValueError, OverflowError):
        return "", False
    month, last = (f"{n:0{len(p)}}" for n, p in zip((day.month, day.day), parts[1:], strict=True))
    written = f"{day.year:04}{m['a'] or ''}{month}{m['b'] or ''}{last}"
    return text[: m.start()] + written + text[m.end() :], True
