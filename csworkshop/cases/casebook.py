"""A folder of case data, read and measured once: what every picture, diagnosis and report starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from csworkshop.cases.diagnose import Finding, diagnose
from csworkshop.cases.diagnosis import read_diagnosis
from csworkshop.cases.dictionary import SYNTHETIC
from csworkshop.cases.effect import Effect, effects
from csworkshop.cases.files import has, metadata, read_table, table_path
from csworkshop.cases.hours import Desk, guessed, read_desk
from csworkshop.cases.measures import latest, per_ticket
from csworkshop.cases.spoken import Told, listen
from csworkshop.cases.unusual import Unusual, unusual


@dataclass(frozen=True)
class Casebook:
    """The tables, the values per ticket, and the moment of the report. Tables that the folder lacks are empty or None.

    `values` has the columns of techniques only if `listened`.
    """

    folder: Path
    tickets: pd.DataFrame
    values: pd.DataFrame
    messages: pd.DataFrame | None
    agents: pd.DataFrame | None
    events: pd.DataFrame | None
    as_of: pd.Timestamp
    desk: Desk
    listened: bool = False

    @cached_property
    def synthetic(self) -> bool:
        """Whether the data is made up and says so in its file."""
        return metadata(table_path(self.folder, "tickets")) == SYNTHETIC

    @property
    def guessed(self) -> list[int]:
        """Years whose public holidays are not known; weekends alone count as free in them."""
        return guessed(self.tickets.opened_at)


def open_casebook(
    folder: Path,
    *,
    desk: Desk | None = None,
    as_of: pd.Timestamp | None = None,
    per: int | None = 0,
    seed: int = 0,
    told: Told | None = None,
) -> Casebook:
    """Read a folder of case data. `per` tickets of each agent and month are listened to (0: none, None: all)."""
    tickets = read_table(folder, "tickets")
    messages = read_table(folder, "messages") if has(folder, "messages") else None
    agents = read_table(folder, "agents") if has(folder, "agents") else None
    events = read_table(folder, "events") if has(folder, "events") else None
    when = as_of if as_of is not None else latest(tickets)
    desk = desk or read_desk()
    values = per_ticket(tickets, when, desk)
    listened = per != 0 and messages is not None and len(messages) > 0
    if listened and messages is not None:
        values = listen(values, messages, per, seed, told)
    return Casebook(folder, tickets, values, messages, agents, events, when, desk, listened)


@dataclass(frozen=True)
class Diagnosed:
    """Everything that the rules say about a casebook."""

    findings: list[Finding]
    periods: list[Unusual]
    effects: list[Effect]


def diagnosed(book: Casebook, lang: str = "zh") -> Diagnosed:
    """Findings about agents, teams and channels; unusual days; effects of trainings."""
    rules = read_diagnosis()
    trained = effects(book.values, book.agents, rules.training.measures) if book.agents is not None else []
    return Diagnosed(diagnose(book.values, rules), unusual(book.values, book.events, lang), trained)
