"""What an export doesn't say is worked out from what it says; rows that contradict themselves are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csworkshop.cases.schema import RULES, TableName, schema

if TYPE_CHECKING:
    import pandas as pd

# our column -> how it is worked out where the export lacks it (for the report and the documentation)
DERIVED: dict[TableName, dict[str, str]] = {
    "tickets": {
        "priority": "normal",
        "reopened": "0",
        "transfers": "0",
        "resolved": "true where resolved_at is known",
        "contacts": "1 and one for each time it was reopened",
        "first_contact_resolution": "resolved, one contact, never reopened",
        "compensation": "0",
        "progress_due": "0",
        "progress_on_time": "0",
        "escalated": "false",
    },
    "messages": {"turn": "in order of time"},
    "agents": {},
    "events": {},
}


@dataclass(frozen=True)
class Sound:
    """The rows that hold together, and the others: row -> column and reason."""

    frame: pd.DataFrame
    faults: dict[int, tuple[str, str]]


def derive(table: TableName, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with all columns of its table; those that the export lacks as DERIVED says, or empty."""
    import pandas as pd

    columns = schema()[table].columns
    for name, column in columns.items():
        if name not in frame:
            frame[name] = pd.Series([None] * len(frame), index=frame.index, dtype=object)
        if column.kind in ("timestamp", "date"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    if table == "messages":
        order = frame.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id", sort=False).cumcount() + 1
        frame["turn"] = frame["turn"].where(frame["turn"].notna(), order)
    if table == "tickets":
        solved = frame["resolved_at"].notna()
        frame["resolved"] = frame["resolved"].where(frame["resolved"].notna(), solved).astype(bool)
        frame["resolved_at"] = frame["resolved_at"].where(solved, frame["closed_at"]).where(frame["resolved"])
        filled = {"priority": "normal", "compensation": 0.0, "escalated": False}
        filled |= dict.fromkeys(("reopened", "transfers", "progress_due", "progress_on_time"), 0)
        for name, value in filled.items():
            frame[name] = frame[name].where(frame[name].notna(), value)
        frame["contacts"] = frame["contacts"].where(frame["contacts"].notna(), 1 + frame["reopened"])
        at_once = frame["resolved"] & (frame["contacts"] <= 1) & (frame["reopened"] == 0)
        known = frame["first_contact_resolution"]
        frame["first_contact_resolution"] = known.where(known.notna(), at_once).astype(bool)
    return frame[[*columns, *(c for c in frame if c not in columns)]]


def refuse_broken(table: TableName, frame: pd.DataFrame) -> Sound:
    """Take rows out that break the table's rules or repeat an earlier row's key."""
    faults: dict[int, tuple[str, str]] = {}
    for rule in RULES[table]:
        for index in frame.index[rule.bad(frame).fillna(False).astype(bool)]:
            faults.setdefault(int(index), (rule.columns[0], rule.says))
    rest = frame.drop(index=list(faults))
    key = list(schema()[table].key)
    for index in rest.index[rest.duplicated(subset=key)]:
        faults[int(index)] = (key[0], "repeats an earlier row" if len(key) == 1 else f"repeats in {' and '.join(key)}")
    return Sound(frame.drop(index=list(faults)), faults)


def agents_of(tickets: pd.DataFrame) -> pd.DataFrame:
    """The agents that tickets name, each with the team of most of its tickets."""
    import pandas as pd

    from csworkshop.cases.files import typed

    team = tickets.groupby("agent_id")["team"].agg(lambda t: t.mode().iloc[0] if t.notna().any() else None)
    frame = pd.DataFrame({"agent_id": team.index, "team": team.to_numpy()})
    frame["joined"] = frame["training_at"] = pd.Series(pd.NaT, index=frame.index)
    return typed(frame, "agents")
