"""Tables as CSV: written so that no cell becomes a formula, read as spreadsheets give them back.

A spreadsheet runs a cell that begins with = + - or @ (some also the full-width ones), so such a cell gets an
apostrophe in front; the same after a semicolon, tab or line break, where a program that splits at those would begin a
new cell. Numbers (int, float) are left alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.text.datafile import DataFileError

LARGEST = 20 << 20  # bytes of a table that is read
LARGEST_CELL = 1 << 17  # characters of one cell
_BEGINS = re.compile(r"(^|[;\t\r\n])([^\S;\t\r\n]*)([=+\-@＝＋－＠])")
_GUARDED = re.compile(r"(^|[;\t\r\n])'([^\S;\t\r\n]*[=+\-@＝＋－＠])")
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .xls begin so


def safe_cell(value: Any) -> Any:
    """`value` for a CSV cell: text that a spreadsheet could run gets an apostrophe, numbers stay numbers."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    return _BEGINS.sub(r"\1'\2\3", str(value).replace("\0", "\ufffd"))


def plain_cell(text: str) -> str:
    """What stood in a cell before `safe_cell`."""
    return _GUARDED.sub(r"\1\2", text)


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV with safe cells; columns that a row lacks stay empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(c) for c in columns])
    writer.writerows([[safe_cell(row.get(c)) for c in columns] for row in rows])
    return out.getvalue()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file in UTF-8 with a byte-order mark, which spreadsheets need to read Chinese."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text(columns, rows).encode("utf-8-sig", "replace"))


@dataclass(frozen=True)
class Row:
    """A row of a table that was read: its line in the file and its cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_table(path: Path, needed: Sequence[str]) -> list[Row]:
    """The rows of a CSV file as spreadsheets save it: UTF-8, UTF-16 or GB18030; commas, semicolons or tabs.

    Cells are stripped and freed of `safe_cell`'s apostrophe; rows without any text are left out. DataFileError says in
    one sentence what is wrong: no such file, a workbook instead of CSV, a column of `needed` that isn't there.
    """
    csv.field_size_limit(LARGEST_CELL)  # it belongs to the process: readers of case data set another one
    text = _decoded(path)
    lines = text.splitlines(keepends=True)
    skipped = 0
    if lines and lines[0].lower().startswith("sep="):  # a hint for Excel, which LibreOffice shows as a line
        lines, skipped = lines[1:], 1
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=lambda d: sum(n in _split(head, d) for n in needed) + len(_split(head, d)) / 1000)
    try:
        rows = list(_numbered(lines, delimiter, skipped))
    except csv.Error as error:
        raise DataFileError(path, "", f"can't be read as a table ({error}); save it as CSV again") from None
    if not rows:
        raise DataFileError(path, "", "is empty")
    columns = [_name(cell) for cell in rows[0][1]]
    lacking = [name for name in needed if name not in columns]
    if lacking:
        seen = ", ".join(c for c in columns if c)[:200] or "none"
        message = f"lacks the column {', '.join(lacking)}; its first line must name it (there: {seen})"
        raise DataFileError(path, "", message)
    twice = next((c for n, c in enumerate(columns) if c and c in columns[:n]), None)
    if twice:
        raise DataFileError(path, "", f"has two columns {twice}; leave one")
    found = []
    for line, cells in rows[1:]:
        row = {c: plain_cell(cell).strip() for c, cell in zip(columns, cells, strict=False) if c}
        if any(row.values()):
            found.append(Row(line, row))
    return found


def same_number(cell: str, code: str) -> bool:
    """True if `cell` is `code`, or what a spreadsheet makes of it: 007 becomes 7, 12 becomes 12.0."""
    if cell == code:
        return True
    plain = cell.removesuffix(".0")
    return plain.isdigit() and code.isdigit() and int(plain) == int(code)


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except FileNotFoundError:
        raise DataFileError(path, "", "there is no such file") from None
    except OSError as error:
        raise DataFileError(path, "", f"can't be read ({error.strerror})") from None
    if raw is None:
        raise DataFileError(path, "", f"is larger than {LARGEST >> 20} MB; that is no table of ours")
    if raw.startswith(_WORKBOOK):
        raise DataFileError(path, "", "is an Excel workbook; save it as “CSV UTF-8” in Excel and give that file")
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DataFileError(path, "", "is no text that can be read; save it as “CSV UTF-8”")


def _split(line: str, delimiter: str) -> list[str]:
    return [_name(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _numbered(lines: list[str], delimiter: str, skipped: int) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _name(cell: str) -> str:
    """A column's name: the first word of its heading, so that a heading may be bilingual ("verdict 改判")."""
    words = cell.strip("\ufeff").lower().split()
    return words[0] if words else ""
