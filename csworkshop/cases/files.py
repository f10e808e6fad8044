"""Where case data lies, and how its tables are read and written. DuckDB does both; nothing is fetched from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csworkshop.cases.schema import TableName, schema
from csworkshop.text.datafile import DataFileError
from csworkshop.text.shipped import content

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def shipped() -> Path:
    """The folder of the case data that comes with the kit: inside an installed package, or in the checkout."""
    return content() / "data" / "cases"


def connect(threads: int | None = None, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that never loads an extension from the network.

    `threads` limits its threads (1: the same bytes on every run), `memory` its memory ("512MB").
    """
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    if memory is not None:
        settings["memory_limit"] = memory
    return duckdb.connect(config=settings)


def table_path(folder: Path, table: TableName) -> Path:
    """The file of a table in a folder of case data."""
    return folder / schema()[table].file


def has(folder: Path, table: TableName) -> bool:
    """True if the folder holds the table."""
    return table_path(folder, table).is_file()


def source(path: Path) -> str:
    """SQL that reads a file of ours (Parquet or CSV): `connect().sql(f"SELECT * FROM {source(path)}")`."""
    quoted = str(path).replace("'", "''")
    if path.suffix == ".csv":
        return f"read_csv('{quoted}', header = true, all_varchar = true)"
    return f"read_parquet('{quoted}')"


def read_table(folder: Path, table: TableName) -> pd.DataFrame:
    """A table as a frame with the schema's types, the schema's columns first; further columns are kept.

    DataFileError if the file is missing, unreadable, lacks a column or has a cell of another type.
    """
    import duckdb

    path, columns = table_path(folder, table), schema()[table].columns
    if not path.is_file():
        raise DataFileError(path, "", "there is no such file")
    with connect() as db:
        try:
            found = [row[0] for row in db.sql(f"DESCRIBE SELECT * FROM {source(path)}").fetchall()]
            lacking = [name for name in columns if name not in found]
            if lacking:
                raise DataFileError(path, "", f"lacks the column {', '.join(lacking)}")
            ours = [f'CAST("{name}" AS {c.sql}) AS "{name}"' for name, c in columns.items()]
            more = ['"' + name.replace('"', '""') + '"' for name in found if name not in columns]
            frame = db.sql(f"SELECT {', '.join(ours + more)} FROM {source(path)}").df()
        except duckdb.Error as error:
            kind = type(error).__name__.removesuffix("Exception").lower()
            raise DataFileError(path, "", f"can't be read as the table {table} ({kind} error)") from None
    return typed(frame, table)


def typed(frame: pd.DataFrame, table: TableName) -> pd.DataFrame:
    """The frame with the schema's types; ValueError or TypeError where a cell can't be of its type."""
    return frame.astype({name: c.dtype for name, c in schema()[table].columns.items() if name in frame})


def write_table(folder: Path, table: TableName, frame: pd.DataFrame, about: str = "") -> Path:
    """Write a table into the folder, schema's columns first; the same frame gives the same bytes.

    `about` goes into the Parquet file's metadata, under "about".
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, columns = table_path(folder, table), schema()[table].columns
    ours = [f'CAST("{name}" AS {c.sql}) AS "{name}"' for name, c in columns.items()]
    more = ['"' + str(name).replace('"', '""') + '"' for name in frame.columns if name not in columns]
    with connect(threads=1) as db:
        db.register("frame", frame)
        copy(db, f"SELECT {', '.join(ours + more)} FROM frame", path, about)
    return path


def copy(db: duckdb.DuckDBPyConnection, query: str, path: Path, about: str = "", level: int = 9) -> None:
    """Write what a query gives to a Parquet file (zstd, its level 1 to 22) or a CSV file, by its name."""
    quoted, told = (text.replace("'", "''") for text in (str(path), about))
    how = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level}"
    if about:
        how += f", KV_METADATA {{about: '{told}'}}"
    db.execute(f"COPY ({query}) TO '{quoted}' ({'HEADER' if path.suffix == '.csv' else how})")


def metadata(path: Path) -> str:
    """What a Parquet file of ours says about itself; nothing if it says nothing."""
    quoted = str(path).replace("'", "''")
    with connect() as db:
        rows = db.sql(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{quoted}')").fetchall()
    return dict(rows).get("about", "")
