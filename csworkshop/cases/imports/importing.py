"""Read exports of a help desk into our tables: bad rows are listed by file, place and reason, all others kept.

No message holds what stood in a cell: rows of exports are full of names and telephone numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from csworkshop.cases.files import typed
from csworkshop.cases.imports.cells import BadCell, as_seconds, convert, empty, mapped
from csworkshop.cases.imports.mapping import Compared, Mapping, TableMapping, plain
from csworkshop.cases.imports.reading import Export, flat, open_export
from csworkshop.cases.imports.tables import DERIVED, agents_of, derive, refuse_broken
from csworkshop.cases.schema import TableName, schema
from csworkshop.text.datafile import DataFileError

if TYPE_CHECKING:
    import pandas as pd

ORDER: tuple[TableName, ...] = ("messages", "tickets")  # a file of messages may have the tickets' columns as well
OPENING = "\0opening"  # marks a row that is made from the record itself
STEP = 500  # rows between two reports of progress


@dataclass(frozen=True)
class Refused:
    """A row that was not kept: where it stands, which of our columns is at fault, and why."""

    file: str
    place: int
    unit: str  # line, row or record
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.unit} {self.place}" if self.place else self.file
        return f"{where}: {self.column + ' ' if self.column else ''}{self.reason}"


@dataclass
class Report:
    """What an import did."""

    kept: Counter[tuple[str, str]] = field(default_factory=Counter)  # (file, table) -> rows
    skipped: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)  # file -> headings that the mapping doesn't name
    filled: dict[str, list[str]] = field(default_factory=dict)  # file -> our columns that it doesn't have


@dataclass
class _Rows:
    """Rows of one table as they come, with their places."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[str, int, str]] = field(default_factory=list)


def import_files(
    paths: Sequence[Path],
    mapping: Mapping,
    *,
    sheet: str | None = None,
    codes: bool = True,
    keep_extra: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[TableName, pd.DataFrame], Report]:
    """The tables that the files hold, and what was done.

    `codes=False` leaves names of agents and customers as they are; `keep_extra` keeps columns that the mapping doesn't
    name. DataFileError if a file can't be read or holds neither tickets nor messages.
    """
    import pandas as pd

    report, rows = Report(), {table: _Rows() for table in ORDER}
    given: dict[tuple[str, str], str] = {}
    for number, path in enumerate(paths):
        for table, part, export, ours in _opened(path, mapping, sheet, report):
            lines = _Lines(table, part, export, ours, mapping, report, codes, keep_extra, given)
            for kept, (place, cells) in enumerate(lines.read(), 1):
                rows[table].cells.append(cells)
                rows[table].places.append((path.name, place, export.unit))
                if progress and kept % STEP == 0:
                    progress(number, len(paths))
        if progress:
            progress(number + 1, len(paths))
    tables: dict[TableName, pd.DataFrame] = {}
    for table in reversed(ORDER):
        if rows[table].cells:
            frame = derive(table, pd.DataFrame(rows[table].cells))
            sound = refuse_broken(table, frame)
            for index, (column, reason) in sound.faults.items():
                file, place, unit = rows[table].places[index]
                report.refused.append(Refused(file, place, unit, column, reason))
            for index in sound.frame.index:
                report.kept[rows[table].places[index][0], table] += 1
            tables[table] = typed(sound.frame.reset_index(drop=True), table)
    if "tickets" in tables:
        tables["agents"] = agents_of(tables["tickets"])
    return tables, report


@dataclass
class _Lines:
    """The rows of one file read as rows of one table."""

    table: TableName
    part: TableMapping
    export: Export
    ours: dict[str, list[str]]  # our column -> headings of this file, best first
    mapping: Mapping
    report: Report
    codes: bool
    keep_extra: bool
    given: dict[tuple[str, str], str]  # (column, name) -> code

    def __post_init__(self) -> None:
        self.spans = {n: (d, _present(d.columns, self.export.columns)) for n, d in self.part.durations.items()}
        self.spans = {name: span for name, span in self.spans.items() if span[1]}
        # only where the export doesn't say it outright
        self.compared = {name: c for name, c in self.part.compared.items() if name not in self.ours}

    def read(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each good row with its place; what is wrong with others goes into the report."""
        file, zone = self.export.path.name, ZoneInfo(self.mapping.timezone)
        known = {name for names in self.ours.values() for name in names}
        known |= {name for _, headings in self.spans.values() for name in headings}
        for place, record in self.export.rows:
            for row in self._inner(record):
                if self._skipped(row):
                    self.report.skipped[file] += 1
                    continue
                try:
                    cells = self._cells(row, zone)
                except _AtColumn as error:
                    self.report.refused.append(Refused(file, place, self.export.unit, error.column, error.reason))
                    continue
                if self.keep_extra:
                    extra = {k: v for k, v in row.items() if k not in {*known, OPENING} and not isinstance(v, list)}
                    cells |= {k: None if empty(v) else str(v) for k, v in extra.items() if k not in cells}
                yield place, cells

    def _inner(self, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The record itself, or the rows of its inner list with the record's cells as parent.…"""
        if not self.part.rows or self.part.rows not in self.export.columns:
            yield record
            return
        inner = record.get(self.part.rows)
        parent = {f"parent.{key}": value for key, value in record.items() if not isinstance(value, list)}
        text = self.part.opening.get("text", ())
        if not isinstance(text, str) and _first(parent, [f"parent.{h}" for h in text]) is not None:
            yield parent | {OPENING: True}
        for row in inner if isinstance(inner, list) else ():
            if isinstance(row, dict):
                yield flat(row) | parent

    def _skipped(self, row: dict[str, Any]) -> bool:
        passed = ((row.get(heading), values) for heading, values in self.part.skip.items())
        return any(value is not None and plain(value) in {plain(v) for v in values} for value, values in passed)

    def _cells(self, row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
        part, columns = self.part, schema()[self.table].columns
        found: dict[str, Any] = {}
        for name, column in columns.items():
            opening = part.opening.get(name) if OPENING in row else None
            if opening is None and name not in self.ours and name not in part.defaults:
                continue
            if opening is None:
                value = _first(row, self.ours.get(name, ()))
            else:
                value = opening if isinstance(opening, str) else _first(row, [f"parent.{h}" for h in opening])
            try:
                if not empty(value) and opening is None:
                    value = mapped(value, part.values.get(name, {}), part.other.get(name))
                if empty(value) and name in part.defaults:
                    found[name] = part.defaults[name]
                elif empty(value) and name in DERIVED.get(self.table, {}):
                    found[name] = None
                else:
                    found[name] = convert(value, column, zone, self.mapping.time_formats)
                    if self.codes and name in part.codes and found[name] is not None:
                        found[name] = self._code(name, found[name])
            except BadCell as error:
                raise _AtColumn(name, str(error)) from None
        for name, pair in self.compared.items():
            if name not in found:
                found[name] = _compared(pair, row, name)
        self._spans(row, found)
        return found

    def _spans(self, row: dict[str, Any], found: dict[str, Any]) -> None:
        """Times that the export gives as spans, where it doesn't give the time itself."""
        from datetime import timedelta

        for name, (duration, headings) in self.spans.items():
            value = _first(row, headings)
            start = found.get(duration.since)
            if value is None or start is None or found.get(name) is not None:
                continue
            try:
                found[name] = start + timedelta(seconds=round(as_seconds(value, duration.unit)))
            except (BadCell, OverflowError) as error:
                reason = str(error) if isinstance(error, BadCell) else "is too long a span"
                raise _AtColumn(name, reason) from None

    def _code(self, column: str, name: str) -> str:
        """The code that stands for a name: numbered in order of first appearance."""
        if (column, name) not in self.given:
            number = sum(known == column for known, _ in self.given) + 1  # once for each name
            self.given[column, name] = f"{self.part.codes[column]}{number:03}"
        return self.given[column, name]


def _first(row: dict[str, Any], headings: Sequence[str]) -> Any:
    """The first cell of the headings that holds something."""
    return next((row[h] for h in headings if not empty(row.get(h))), None)


def _compared(pair: Compared, row: dict[str, Any], name: str) -> Any:
    own, other = _first(row, pair.columns), _first(row, pair.against)
    if own is None or other is None:
        raise _AtColumn(name, "is empty")
    return pair.values.get(str(own), pair.same if str(own) == str(other) else pair.other)


class _AtColumn(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def _opened(
    path: Path, mapping: Mapping, sheet: str | None, report: Report
) -> Iterator[tuple[TableName, TableMapping, Export, dict[str, list[str]]]]:
    """The tables that a file holds, each with the file opened anew."""

    def refuse(place: int, column: str, reason: str) -> None:
        report.refused.append(Refused(path.name, place, "line" if place else "file", column, reason))

    first = open_export(path, lambda *_: None, sheet, mapping.records)
    lacking, found = {}, []
    for table in ORDER:
        part = mapping.part(table)
        if part is None:
            continue
        columns = first.columns
        inner: list[str] = []
        if part.rows in columns:
            inner = _inner_columns(path, part, mapping, sheet)
            columns = (*(f"parent.{c}" for c in columns), *inner)
        ours = {name: present for name, names in part.columns.items() if (present := _present(names, columns))}
        spans = {name for name, d in part.durations.items() if _present(d.columns, columns)}
        told = {n for n, c in part.compared.items() if _present(c.columns, columns) and _present(c.against, columns)}
        needed = [
            name
            for name, c in schema()[table].columns.items()
            if not c.null and name not in {*ours, *spans, *told, *part.defaults, *DERIVED[table]}
        ]
        if needed:
            lacking[table] = needed
            if inner:  # there are rows, and they would be lost without a word
                refuse(0, table, f"can't be read: nothing tells {', '.join(needed)}")
        else:
            found.append((table, part, ours, spans))
            if not part.rows or part.rows not in first.columns:
                break  # a plain table is one thing or the other
    if not found:
        raise DataFileError(path, "", _explained(lacking, mapping))
    for n, (table, part, ours, spans) in enumerate(found):
        missing = [name for name in schema()[table].columns if name not in ours and name not in spans]
        report.filled[f"{path.name} ({table})"] = missing
        if table == "tickets" or len(found) == 1:
            named = {h for names in ours.values() for h in names}
            named |= {h for d in part.durations.values() for h in _present(d.columns, first.columns)}
            lists = {p.rows for t in ORDER if (p := mapping.part(t)) is not None}
            report.unknown[path.name] = [c for c in first.columns if c and c not in named | lists]
        yield table, part, open_export(path, refuse if n == 0 else lambda *_: None, sheet, mapping.records), ours


def _inner_columns(path: Path, part: TableMapping, mapping: Mapping, sheet: str | None) -> list[str]:
    """The headings of the inner rows of a JSON export."""
    seen: dict[str, None] = {}
    for _, record in open_export(path, lambda *_: None, sheet, mapping.records).rows:
        for row in record.get(part.rows) or ():
            if isinstance(row, dict):
                seen |= dict.fromkeys(flat(row))
        if seen:
            break
    return list(seen)


def _present(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    by_plain = {plain(c): c for c in reversed(columns)}
    return [by_plain[plain(n)] for n in names if plain(n) in by_plain]


def _explained(lacking: dict[TableName, list[str]], mapping: Mapping) -> str:
    table = min(lacking, key=lambda t: len(lacking[t]))
    part = mapping.part(table)
    looked = part.columns if part else {}
    named = (f"{name} ({', '.join(looked.get(name, ())) or 'not in the mapping'})" for name in lacking[table])
    return f"lacks columns for {'; '.join(named)}; see csworkshop cases import --mapping-template"
