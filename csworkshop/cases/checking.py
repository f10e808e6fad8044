"""Check a folder of case data against the schema: which table, which column, what is asked, how many rows fail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from csworkshop.cases.files import has, read_table
from csworkshop.cases.schema import TABLES, TableName, pandera_schema, schema
from csworkshop.text.datafile import DataFileError

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5


@dataclass(frozen=True)
class Fault:
    """What is wrong with a table: never with the values themselves."""

    table: TableName
    column: str
    asked: str
    rows: tuple[int, ...]  # numbers from 1; empty if the fault isn't one of rows

    def __str__(self) -> str:
        where = f"{schema()[self.table].file}: {self.column}" if self.column else schema()[self.table].file
        if not self.rows:
            return f"{where}: {self.asked}"
        first = ", ".join(str(row) for row in self.rows[:SHOWN]) + (" …" if len(self.rows) > SHOWN else "")
        return f"{where}: {self.asked}: {len(self.rows)} rows (row {first})"


def check_folder(folder: Path) -> tuple[dict[TableName, int], list[Fault]]:
    """The rows of each table that is there, and all faults. DataFileError if there is no table at all."""
    if not any(has(folder, table) for table in TABLES):
        files = ", ".join(schema()[table].file for table in TABLES)
        raise DataFileError(folder, "", f"holds none of {files}")
    frames: dict[TableName, pd.DataFrame] = {}
    faults: list[Fault] = []
    for table in TABLES:
        if not has(folder, table):
            continue
        try:
            frames[table] = read_table(folder, table)
        except DataFileError as error:
            faults.append(Fault(table, error.key, error.message, ()))
            continue
        except (ValueError, TypeError):
            faults.append(Fault(table, "", "has an empty cell where none may be", ()))
            continue
        faults += check_table(table, frames[table])
    faults += _across(frames)
    return {table: len(frame) for table, frame in frames.items()}, faults


def check_table(table: TableName, frame: pd.DataFrame) -> list[Fault]:
    """What pandera finds in a frame, told without values."""
    import pandera.errors

    try:
        pandera_schema(table).validate(frame.reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        found = []
        wide = cases["schema_context"] == "DataFrameSchema"  # told once for every column of the frame
        columns = cases["column"].where(~wide, "")
        for (column, check), group in cases.groupby([columns, cases["check"]], sort=False, dropna=False):
            rows = sorted({int(i) + 1 for i in group["index"].dropna()})
            found.append(Fault(table, column, _worded(str(check)), tuple(rows)))
        return found
    return []


def _worded(check: str) -> str:
    """pandera's name of a check in words."""
    if check == "not_nullable":
        return "must not be empty"
    if check.startswith("isin("):
        return "must be one of " + check.removeprefix("isin(").rstrip(")").strip("[]()")
    if check.startswith("greater_than_or_equal_to("):
        return "must not be below " + check.removeprefix("greater_than_or_equal_to(").rstrip(")").removesuffix(".0")
    if check.startswith("less_than_or_equal_to("):
        return "must not be above " + check.removeprefix("less_than_or_equal_to(").rstrip(")").removesuffix(".0")
    if check.startswith("multiple_fields_uniqueness"):
        return "the key must not repeat"
    return check


def _across(frames: dict[TableName, pd.DataFrame]) -> list[Fault]:
    """What must fit between tables: messages and agents belong to tickets, turns count from 1."""
    found = []
    tickets, messages, agents = frames.get("tickets"), frames.get("messages"), frames.get("agents")
    if messages is not None:
        if tickets is not None:
            stray = ~messages["ticket_id"].isin(tickets["ticket_id"])
            found += _rows("messages", "ticket_id", "must be a ticket of tickets.parquet", stray)
        numbered = messages.sort_values(["ticket_id", "turn"], kind="stable")
        expected = numbered.groupby("ticket_id", sort=False).cumcount() + 1
        wrong = (numbered["turn"] != expected).sort_index()
        found += _rows("messages", "turn", "must count 1, 2, 3 … in each ticket", wrong)
    if agents is not None and tickets is not None:
        stray = ~tickets["agent_id"].isin(agents["agent_id"])
        found += _rows("tickets", "agent_id", "must be an agent of agents.parquet", stray)
    return found


def _rows(table: TableName, column: str, asked: str, bad: pd.Series) -> list[Fault]:
    rows = tuple(int(n) + 1 for n in bad.to_numpy().nonzero()[0])
    return [Fault(table, column, asked, rows)] if rows else []
