"""Make whole files anonymous, row by row: CSV, JSON Lines and Parquet, whatever their size.

The result is written beside its place under a name of its own that only the owner may read, and moved into place when
it is whole; if anything fails it is removed. Messages tell file, line and column, never a value.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

from csworkshop.cases.anonymise import DROP, Rows, as_value

FORMATS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
Progress = Callable[[int, int], None]
_SOME = 1 << 20


class FileFault(ValueError):
    """A file that cannot be read or written; the message tells where, and no value."""


def format_of(path: Path) -> str:
    """csv, jsonl or parquet, by the name's ending."""
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise FileFault(f"{path}: its name must end in {', '.join(FORMATS)}") from None


@contextlib.contextmanager
def in_place(path: Path) -> Iterator[Path]:
    """A new file in the folder of `path` (mode 600) that takes its place at the end, or goes away."""
    try:
        number, name = tempfile.mkstemp(prefix=".anonymise-", suffix=".part", dir=path.parent)
    except OSError as error:
        raise FileFault(f"{path}: cannot be written: {error.strerror}") from None
    os.close(number)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)  # what is in it now may be read by whom other files may
        try:
            part.replace(path)
        except OSError as error:
            raise FileFault(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


# --- text files -------------------------------------------------------------------------------------------------


def encoding_of(path: Path) -> str:
    """utf-8-sig if the whole file is UTF-8, gb18030 if it is that; FileFault otherwise."""
    import codecs

    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with _opened(path) as file:
                while chunk := file.read(_SOME):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return "utf-8-sig" if encoding == "utf-8" else encoding
    raise FileFault(f"{path}: is neither UTF-8 nor GB18030 text")


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise FileFault(f"{path}: cannot be read: {error.strerror}") from None


@contextlib.contextmanager
def _text(path: Path, progress: Progress | None) -> Iterator[tuple[IO[str], Callable[[], None]]]:
    size = path.stat().st_size if path.exists() else 0
    encoding = encoding_of(path)
    with _opened(path) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")

        def step() -> None:
            if progress:
                progress(file.tell(), size)

        yield text, step


def csv_rows(path: Path, progress: Progress | None = None) -> Iterator[tuple[list[str], list[str], str]]:
    """The header again and again, a row, and the delimiter; the first row is the header itself."""
    csv.field_size_limit(min(sys.maxsize, 1 << 30))
    with _text(path, progress) as (text, step):
        first = text.readline()
        delimiter = max(",\t;|", key=first.count) if first else ","
        reader = csv.reader(chain([first] if first else [], text), delimiter=delimiter, strict=True)
        header: list[str] = []
        try:
            for row in reader:
                if not header:
                    header = row
                    if len(set(header)) < len(header):
                        raise FileFault(f"{path}, line 1: two columns have one name")
                elif not row:
                    continue
                elif len(row) != len(header):
                    told = f"{len(row)} fields, the header has {len(header)}"
                    raise FileFault(f"{path}, line {reader.line_num}: {told}")
                yield header, row, delimiter
                if reader.line_num % 256 == 0:
                    step()
        except csv.Error as error:
            raise FileFault(f"{path}, line {reader.line_num}: is no CSV: {error}") from None
        step()


def _json_rows(path: Path, progress: Progress | None = None) -> Iterator[dict[str, Any]]:
    with _text(path, progress) as (text, step):
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise FileFault(f"{path}, line {number}: is no JSON: {error.msg} at {error.colno}") from None
            if not isinstance(row, dict):
                raise FileFault(f"{path}, line {number}: an object {{…}} is needed")
            yield row
            if number % 256 == 0:
                step()
        step()


def _has(path: Path, columns: Sequence[str], wanted: Sequence[str]) -> None:
    for column in wanted:
        if column not in columns:
            raise FileFault(f"{path}: has no column {column!r}; it has {', '.join(columns)}")


def columns_of(path: Path) -> list[str]:
    """The columns of a file; for JSON Lines those of the first line."""
    kind = format_of(path)
    if kind == "csv":
        return next(iter(csv_rows(path)), ([], [], ","))[0]
    if kind == "jsonl":
        return list(next(iter(_json_rows(path)), {}))
    from csworkshop.cases.anonymise_parquet import parquet_columns

    return parquet_columns(path)


def combinations(path: Path, columns: Sequence[str], progress: Progress | None = None) -> Counter[tuple[str, ...]]:
    """How many rows have each combination of values in `columns`."""
    kind = format_of(path)
    _has(path, columns_of(path), columns)
    if kind == "parquet":
        from csworkshop.cases.anonymise_parquet import parquet_combinations

        return parquet_combinations(path, columns)
    if kind == "jsonl":
        return Counter(tuple(as_value(row.get(c)) for c in columns) for row in _json_rows(path, progress))
    found: Counter[tuple[str, ...]] = Counter()
    places: list[int] = []
    for header, row, _ in csv_rows(path, progress):
        if row is header:
            places = [header.index(c) for c in columns]
        else:
            found[tuple(row[i] for i in places)] += 1
    return found


def anonymise_file(source: Path, target: Path, rows: Rows, progress: Progress | None = None) -> int:
    """Write `target` from `source`; gives the number of rows. The formats may differ, except to and from Parquet."""
    kinds = format_of(source), format_of(target)
    if source.exists() and target.exists() and os.path.samefile(source, target):
        raise FileFault(f"{target}: is the file to read; name another")
    if "parquet" in kinds and kinds[0] != kinds[1]:
        raise FileFault(f"{target}: a Parquet file is written from a Parquet file only, and to no other format")
    _has(source, columns_of(source), rows.touched)
    with in_place(target) as part:
        if kinds[0] == "parquet":
            from csworkshop.cases.anonymise_parquet import anonymise_parquet

            return anonymise_parquet(source, part, rows, progress)
        if kinds[1] == "csv":
            return _to_csv(source, part, rows, progress, "\t" if target.suffix.lower() == ".tsv" else "")
        return _to_json(source, part, rows, progress)


def _records(source: Path, rows: Rows, progress: Progress | None) -> Iterator[tuple[Mapping[str, Any], list[str], str]]:
    """Anonymous rows with the columns that stay, and the delimiter."""
    gone = {c for c, kind in rows.columns.items() if kind == DROP}
    if format_of(source) == "csv":
        number = 0
        for header, fields, delimiter in csv_rows(source, progress):
            if fields is header:
                continue
            number += 1
            row: dict[str, Any] = dict(zip(header, fields, strict=True))
            yield {**row, **rows(number, row)}, [c for c in header if c not in gone], delimiter
        return
    for number, row in enumerate(_json_rows(source, progress), 1):
        full = {c: row.get(c) for c in rows.touched}
        new = {c: v for c, v in rows(number, full).items() if c in row or c in rows.quasi}
        yield {**row, **new}, [c for c in row if c not in gone], ","


def _to_csv(source: Path, part: Path, rows: Rows, progress: Progress | None, delimiter: str) -> int:
    number = 0
    header: list[str] = []
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer: Any = None
        for row, columns, found in _records(source, rows, progress):
            if writer is None:
                header = columns
                writer = csv.writer(file, delimiter=delimiter or found)
                writer.writerow(header)
            number += 1
            writer.writerow([_cell(row.get(c)) for c in header])
        if writer is None:  # a header and no rows
            gone = {c for c, kind in rows.columns.items() if kind == DROP}
            csv.writer(file).writerow([c for c in columns_of(source) if c not in gone])
    return number


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | bool) else value


def _to_json(source: Path, part: Path, rows: Rows, progress: Progress | None) -> int:
    number = 0
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for row, columns, _ in _records(source, rows, progress):
            number += 1
            file.write(json.dumps({c: row[c] for c in columns}, ensure_ascii=False) + "\n")
    return number
