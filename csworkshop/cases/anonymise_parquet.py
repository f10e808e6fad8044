"""Make a Parquet file anonymous with DuckDB: row after row, columns that are not touched keep their types."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from csworkshop.cases.anonymise import DROP, Rows
from csworkshop.cases.anonymise_files import FileFault, Progress
from csworkshop.cases.files import connect


def parquet_columns(path: Path) -> list[str]:
    """The columns of a Parquet file."""
    return [name for name, _ in _described(path)]


def _described(path: Path) -> list[tuple[str, str]]:
    import duckdb

    if not path.is_file():
        raise FileFault(f"{path}: there is no such file")
    with connect(threads=1) as db:
        try:
            return [(r[0], r[1]) for r in db.execute(f"DESCRIBE SELECT * FROM {_source(path)}").fetchall()]
        except duckdb.Error:  # its message may quote the file
            raise FileFault(f"{path}: is no Parquet file") from None


def parquet_combinations(path: Path, columns: Sequence[str]) -> Counter[tuple[str, ...]]:
    """How many rows have each combination of values."""
    names = ", ".join(f"coalesce({_name(c)}::VARCHAR, '')" for c in columns)
    with connect(threads=1) as db:
        found = db.execute(f"SELECT {names}, count(*) FROM {_source(path)} GROUP BY ALL").fetchall()
    return Counter({tuple(row[:-1]): row[-1] for row in found})


def anonymise_parquet(source: Path, part: Path, rows: Rows, progress: Progress | None) -> int:
    """Write the anonymous file; gives the number of rows."""
    import duckdb

    nulls: Any = "special"  # a cell that is empty is asked for, too
    types = dict(_described(source))
    for column in rows.texts:
        if types[column] != "VARCHAR":
            raise FileFault(f"{source}: column {column!r} holds {types[column].lower()}, no text")
    touched = rows.touched
    failed: list[BaseException] = []
    spill = tempfile.mkdtemp(prefix=".anonymise-", dir=part.parent)  # mode 700; DuckDB writes there only if it must
    try:
        with connect(threads=1) as db:
            db.execute(f"SET temp_directory = {_text(spill)}")
            total = db.execute(f"SELECT count(*) FROM {_source(source)}").fetchall()[0][0]
            listed = ", ".join(f"{_name(c)}::VARCHAR" for c in touched)
            changed = [c for c in touched if c in {*rows.texts, *rows.quasi, *rows.columns, *rows.dates}]
            changed = [c for c in changed if rows.columns.get(c) != DROP]
            answer = _once_a_row(rows, touched, len(changed), failed, progress, total)
            chosen = []
            for i, column in enumerate(changed):
                moves = column in rows.dates and types[column].startswith(("DATE", "TIMESTAMP"))
                give: Any = _giver(answer, None if moves else column)
                out = "integer" if moves else "varchar"
                db.create_function(f"anon_{i}", give, ["bigint", "varchar[]"], out, null_handling=nulls)
                call = f"anon_{i}(file_row_number + 1, [{listed}])"
                made = f"({_name(column)} + to_days({call}))::{types[column]}" if moves else call
                chosen.append(f"{made} AS {_name(column)}")
            gone = [c for c, kind in rows.columns.items() if kind == DROP]
            left_out = ", ".join(map(_name, ["file_row_number", *gone]))
            replace = f" REPLACE ({', '.join(chosen)})" if chosen else ""
            query = f"SELECT * EXCLUDE ({left_out}){replace} FROM {_source(source, numbered=True)}"
            try:
                db.execute(f"COPY ({query}) TO {_text(str(part))} (FORMAT parquet, COMPRESSION zstd)")
            except duckdb.Error:
                if failed:
                    raise failed[0] from None
                raise FileFault(f"{source}: DuckDB could not work on it, or the result could not be written") from None
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return int(total)


def _giver(answer: Callable[[int, list[Any], str | None], Any], column: str | None) -> Callable[[int, list[Any]], Any]:
    def give(number: int, values: list[Any]) -> Any:
        return answer(number, values, column)

    return give


def _once_a_row(
    rows: Rows, touched: list[str], times: int, failed: list[BaseException], progress: Progress | None, total: int
) -> Callable[[int, list[Any], str | None], Any]:
    """What the functions of all columns call: DuckDB asks column by column for some thousand rows at a time, a row is
    worked on once. With no column: the days by which the row's dates move."""
    known: dict[int, tuple[dict[str, Any], int]] = {}
    asked: Counter[int] = Counter()

    def answer(number: int, values: list[Any], column: str | None) -> Any:
        try:
            if number not in known:
                row = dict(zip(touched, values, strict=True))
                known[number] = rows(number, row), 7 * rows.weeks(number, row) if rows.dates else 0
                if progress and number % 256 == 0:
                    progress(number, total)
            new, days = known[number]
            asked[number] += 1
            if asked[number] >= times:
                del known[number], asked[number]
            return days if column is None else new.get(column, values[touched.index(column)])
        except BaseException as error:
            failed.append(error)
            raise

    return answer


def _source(path: Path, numbered: bool = False) -> str:
    return f"read_parquet({_text(str(path))}{', file_row_number = true' if numbered else ''})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
