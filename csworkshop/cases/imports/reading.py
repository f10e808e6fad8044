"""Rows of export files: CSV, Excel, JSON and JSON Lines, in UTF-8 (with or without mark), UTF-16 or GB18030.

Every row comes with its place in the file, so that a refusal can be found again. What can't be read as a row at all is
told to `refuse` and left out.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from csworkshop.text.datafile import DataFileError

Refuse = Callable[[int, str, str], None]  # place, column, reason
LARGEST_CELL = 8 << 20
_PIECE = 1 << 20
_WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Export:
    """An opened export: what its places are called (line, row, record), its columns, its rows with their places."""

    path: Path
    unit: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, Any]]]


def open_export(path: Path, refuse: Refuse, sheet: str | None = None, records: tuple[str, ...] = ()) -> Export:
    """Open a file by its ending; DataFileError says in a sentence why one can't be read."""
    if not path.is_file():
        raise DataFileError(path, "", "there is no such file")
    ending = path.suffix.lower()
    if ending in _WORKBOOKS:
        return _workbook(path, refuse, sheet)
    if ending == ".xls":
        raise DataFileError(path, "", "is an Excel file of the old kind; save it as .xlsx")
    if path.stat().st_size == 0:
        raise DataFileError(path, "", "is empty")
    encoding = encoding_of(path)
    if ending in (".jsonl", ".ndjson"):
        return _lines(path, encoding, refuse)
    if ending == ".json":
        return _json(path, encoding, refuse, records)
    if ending in (".csv", ".tsv", ".txt"):
        return _table(path, encoding, refuse)
    raise DataFileError(path, "", "has an ending that isn't known; there are: .csv .tsv .txt .xlsx .json .jsonl")


def encoding_of(path: Path) -> str:
    """utf-8-sig (also for UTF-8 without mark), utf-16 or gb18030: the first that the whole file is written in."""
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise DataFileError(path, "", "is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”")


def flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """A record with its inner objects laid out: {"via": {"channel": "web"}} becomes {"via.channel": "web"}."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def _table(path: Path, encoding: str, refuse: Refuse) -> Export:
    with path.open(encoding=encoding, newline="") as file:
        head = next((line for line in file if line.strip()), "")
    if head.lower().startswith("sep="):
        raise DataFileError(path, "", "begins with a line sep=; delete that line")
    delimiter = max("\t;,", key=lambda d: len(next(csv.reader([head], delimiter=d), [])))
    rows = _split(path, encoding, delimiter, refuse)
    columns = _heading(path, next(rows, (0, []))[1])
    return Export(path, "line", columns, _named(columns, rows, refuse))


def _split(path: Path, encoding: str, delimiter: str, refuse: Refuse) -> Iterator[tuple[int, list[Any]]]:
    csv.field_size_limit(LARGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                refuse(line, "", "can't be split into cells; look for a quotation mark that is not closed")
                continue
            if any(cell.strip() for cell in cells):
                yield line, cells


def _workbook(path: Path, refuse: Refuse, sheet: str | None) -> Export:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError):
        raise DataFileError(path, "", "can't be opened as a workbook (is it protected by a password?)") from None
    if sheet is not None and sheet not in book.sheetnames:
        raise DataFileError(path, "", f"has no sheet of that name; there are: {', '.join(book.sheetnames)}")
    page = book[sheet] if sheet is not None else book.worksheets[0]
    page.reset_dimensions()  # some programs write wrong ones
    rows = (
        (n, list(cells))
        for n, cells in enumerate(page.iter_rows(values_only=True), 1)
        if any(cell is not None and str(cell).strip() for cell in cells)
    )
    columns = _heading(path, next(rows, (0, []))[1])
    return Export(path, "row", columns, _named(columns, rows, refuse))


def _heading(path: Path, cells: list[Any]) -> tuple[str, ...]:
    names = tuple("" if cell is None else str(cell).strip() for cell in cells)
    while names and not names[-1]:
        names = names[:-1]
    if not any(names):
        raise DataFileError(path, "", "has no heading: its first row must name the columns")
    return names


def _named(
    columns: tuple[str, ...], rows: Iterator[tuple[int, list[Any]]], refuse: Refuse
) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, cells in rows:
        if len(cells) > len(columns) and any(str(c or "").strip() for c in cells[len(columns) :]):
            refuse(place, "", f"has {len(cells)} cells, and the heading {len(columns)}")
            continue
        yield place, {name: cell for name, cell in zip(columns, cells, strict=False) if name}


def _lines(path: Path, encoding: str, refuse: Refuse) -> Export:
    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        with path.open(encoding=encoding) as file:
            for place, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    record = json.loads(line)
                except json.JSONDecodeError:
                    refuse(place, "", "is not valid JSON")
                    continue
                if isinstance(record, dict):
                    yield place, flat(record)
                else:
                    refuse(place, "", "is no JSON object")

    return _peeked(path, "line", rows())


def _json(path: Path, encoding: str, refuse: Refuse, records: tuple[str, ...]) -> Export:
    try:
        whole = json.loads(path.read_text(encoding))
    except json.JSONDecodeError as error:
        raise DataFileError(path, "", f"is not valid JSON (line {error.lineno}, column {error.colno})") from None
    if isinstance(whole, dict):
        lists = [key for key in (*records, *whole) if isinstance(whole.get(key), list)]
        if not lists:
            raise DataFileError(path, "", f"holds no list of records; looked for: {', '.join(records) or 'any list'}")
        whole = whole[lists[0]]
    if not isinstance(whole, list):
        raise DataFileError(path, "", "holds no list of records")

    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        for place, record in enumerate(whole, 1):
            if isinstance(record, dict):
                yield place, flat(record)
            else:
                refuse(place, "", "is no JSON object")

    return _peeked(path, "record", rows())


def _peeked(path: Path, unit: str, rows: Iterator[tuple[int, dict[str, Any]]], number: int = 200) -> Export:
    """An export whose columns are those of its first records."""
    first = [row for row, _ in zip(rows, range(number), strict=False)]
    columns = tuple(dict.fromkeys(key for _, record in first for key in record))
    if not columns:
        raise DataFileError(path, "", "holds no record that can be read")
    return Export(path, unit, columns, chain(first, rows))
