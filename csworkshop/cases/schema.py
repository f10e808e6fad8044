"""What the tables of case data hold: one place for types, allowed values and names, in `schema.toml`.

`schema()` gives the tables; `pandera_schema("tickets")` the check for a frame; `column_name`, `value_name` the names in
both languages. The data dictionary `data/cases/README.md` is made from the same file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import read_as

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

Kind = Literal["str", "int", "float", "bool", "timestamp", "date"]
TableName = Literal["tickets", "messages", "agents", "events"]
TABLES: tuple[TableName, ...] = ("tickets", "messages", "agents", "events")
FILE = Path(__file__).parent / "schema.toml"
# kind -> DuckDB's type, pandas' type where no cell may be empty, pandas' type where one may
TYPES: dict[str, tuple[str, str, str]] = {
    "str": ("VARCHAR", "str", "str"),
    "int": ("INTEGER", "int32", "Int32"),
    "float": ("DOUBLE", "float64", "float64"),
    "bool": ("BOOLEAN", "bool", "boolean"),
    "timestamp": ("TIMESTAMP", "datetime64[us]", "datetime64[us]"),
    "date": ("DATE", "datetime64[us]", "datetime64[us]"),
}


class Column(BaseModel):
    """One column; see the head of `schema.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Kind
    null: bool = False
    low: float | None = None
    high: float | None = None
    values: dict[str, Bilingual] = Field(default_factory=dict)
    open: bool = False
    name: Bilingual
    about: Bilingual

    @property
    def sql(self) -> str:
        """DuckDB's type."""
        return TYPES[self.kind][0]

    @property
    def dtype(self) -> str:
        """pandas' type."""
        return TYPES[self.kind][2 if self.null else 1]

    @property
    def allowed(self) -> tuple[str, ...]:
        """The values that the column may have; empty if any value may stand there."""
        return () if self.open else tuple(self.values)


class Table(BaseModel):
    """One table: the file it is kept in, the columns that name a row, and all columns in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: str
    key: tuple[str, ...]
    name: Bilingual
    about: Bilingual
    columns: dict[str, Column]


class _Tables(RootModel[dict[TableName, Table]]):
    """The whole file."""


@dataclass(frozen=True)
class Rule:
    """What no row may be: `bad` gives True for such rows of a frame, `says` tells what is asked, without a value."""

    columns: tuple[str, ...]
    bad: Callable[[pd.DataFrame], pd.Series]
    says: str


def _before(late: str, early: str) -> Rule:
    return Rule((late, early), lambda f: (f[late] < f[early]).fillna(False), f"must not be before {early}")


RULES: dict[TableName, tuple[Rule, ...]] = {
    "tickets": (
        _before("first_response_at", "opened_at"),
        _before("resolved_at", "opened_at"),
        _before("closed_at", "opened_at"),
        _before("promised_at", "opened_at"),
        _before("survey_at", "opened_at"),
        Rule(
            ("resolved", "resolved_at"),
            lambda f: f.resolved.astype(bool) & f.resolved_at.isna(),
            "is true, so resolved_at must not be empty",
        ),
        Rule(
            ("first_contact_resolution", "resolved"),
            lambda f: f.first_contact_resolution.astype(bool) & ~f.resolved.astype(bool),
            "is true, so resolved must be true",
        ),
        Rule(
            ("progress_on_time", "progress_due"),
            lambda f: f.progress_on_time > f.progress_due,
            "must not be more than progress_due",
        ),
    ),
    "messages": (),
    "agents": (),
    "events": (Rule(("until", "at"), lambda f: f.until < f["at"], "must not be before at"),),
}


@lru_cache(maxsize=1)
def schema() -> dict[TableName, Table]:
    """All tables; DataFileError if `schema.toml` is at fault."""
    return read_as(FILE, _Tables).root


def column_name(table: TableName, column: str, lang: str) -> str:
    """A column's name for people; the column itself if the schema doesn't know it."""
    known = schema()[table].columns.get(column)
    return known.name[lang] if known else column


def value_name(table: TableName, column: str, value: str, lang: str) -> str:
    """A value's name for people (chat -> 在线聊天); the value itself where it has no other."""
    known = schema()[table].columns.get(column)
    return known.values[value][lang] if known and value in known.values else value


def pandera_schema(table: TableName, rules: bool = True) -> pa.DataFrameSchema:
    """pandera's check of a frame. Further columns may stand beside ours; types are coerced first.

    `rules=False` leaves out what concerns several columns and the uniqueness of keys: then a frame may be a piece of a
    table.
    """
    import pandera.pandas as pa

    about = schema()[table]
    columns = {name: pa.Column(c.dtype, _checks(c), nullable=c.null, coerce=True) for name, c in about.columns.items()}
    wide = [
        pa.Check(_holds(rule), name="/".join(rule.columns), error=f"{rule.columns[0]} {rule.says}")
        for rule in (RULES[table] if rules else ())
    ]
    return pa.DataFrameSchema(columns, checks=wide, unique=list(about.key) if rules else None, strict=False)


def _checks(column: Column) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return checks


def _holds(rule: Rule) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: ~rule.bad(frame).fillna(False).astype(bool)
