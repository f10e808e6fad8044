"""Mapping files: which column of an export is which of ours, what its values mean, how it writes times."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from csworkshop.cases.schema import TableName, schema
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import DataFileError, explain, read_toml

FOLDER = Path(__file__).parent / "mappings"
Plain = str | int | float | bool
Names = tuple[str, ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Duration(_Part):
    """A time that an export gives as a span: this long after another of our columns."""

    since: str
    columns: Names
    unit: Literal["seconds", "minutes", "hours", "days"]


class Compared(_Part):
    """A value that two headings tell together: `same` where they hold the same, `other` where not; `values` of the
    first heading go before."""

    columns: Names
    against: Names
    same: Plain
    other: Plain
    values: dict[str, Plain] = Field(default_factory=dict)


class TableMapping(_Part):
    """How one table is read; see the head of `mappings/zendesk.toml`."""

    columns: dict[str, Names]
    values: dict[str, dict[str, Plain]] = Field(default_factory=dict)
    other: dict[str, Plain] = Field(default_factory=dict)
    durations: dict[str, Duration] = Field(default_factory=dict)
    defaults: dict[str, Plain] = Field(default_factory=dict)
    codes: dict[str, str] = Field(default_factory=dict)
    skip: dict[str, Names] = Field(default_factory=dict)
    rows: str = ""
    compared: dict[str, Compared] = Field(default_factory=dict)
    opening: dict[str, Names | str] = Field(default_factory=dict)

    @field_validator("values")
    @classmethod
    def _plain(cls, values: dict[str, dict[str, Plain]]) -> dict[str, dict[str, Plain]]:
        return {column: {plain(k): v for k, v in table.items()} for column, table in values.items()}


class Mapping(_Part):
    """A whole mapping file."""

    name: Bilingual
    note: Bilingual | None = None
    timezone: str = "Asia/Shanghai"
    time_formats: Names = ()
    records: Names = ()
    tickets: TableMapping
    messages: Annotated[TableMapping | None, Field()] = None

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("is no time zone; write one such as Asia/Shanghai or UTC") from None
        return name

    def part(self, table: TableName) -> TableMapping | None:
        """The mapping of one table."""
        return self.tickets if table == "tickets" else self.messages


def shipped_mappings() -> dict[str, Path]:
    """The ready mappings by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def read_mapping(name: str) -> Mapping:
    """A ready mapping by its name, or a file; DataFileError names file, key and what is allowed."""
    path = shipped_mappings().get(name, Path(name))
    if name not in shipped_mappings() and not path.suffix:
        known = ", ".join(shipped_mappings())
        raise DataFileError(path, "", f"there is no such mapping; there are: {known}, or name a file of your own")
    try:
        mapping = Mapping.model_validate(read_toml(path))
    except ValidationError as error:
        raise explain(path, error) from None
    tables: tuple[TableName, ...] = ("tickets", "messages")
    for table in tables:
        part = mapping.part(table)
        if part is not None:
            _check(path, table, part)
    return mapping


def plain(text: object) -> str:
    """A heading or value as it is compared: width, case and spaces don't matter."""
    return _plain(str(text))


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip("\ufeff \t\r\n\"'").casefold()
    return re.sub(r"\s+", " ", folded)


def _check(path: Path, table: TableName, part: TableMapping) -> None:
    columns = schema()[table].columns
    for key in ("columns", "values", "other", "durations", "defaults", "codes", "compared", "opening"):
        for name in getattr(part, key):
            if name not in columns:
                raise DataFileError(path, f"{table}.{key}", f"{name!r} is no column; there are: {', '.join(columns)}")
    for name, duration in part.durations.items():
        if duration.since not in columns or columns[duration.since].kind != "timestamp":
            raise DataFileError(path, f"{table}.durations.{name}.since", "must be one of our columns that hold times")
    for name, values in part.values.items():
        allowed = columns[name].allowed
        for value in (*values.values(), *([part.other[name]] if name in part.other else [])):
            if allowed and value not in (*allowed, ""):
                raise DataFileError(path, f"{table}.values.{name}", f"{value!r} is not allowed; {', '.join(allowed)}")
