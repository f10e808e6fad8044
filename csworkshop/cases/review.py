"""The week's telling cases for the weekly review, each transcript taken apart by the checker.

Three kinds teach most: a hard start that ended well, a long way through several departments, and a failure. A case is
laid out turn by turn: the customer's mood, the techniques and faults of each reply with the words that show them, and
where the mood turned. The four questions of the review (turning point, wrong decision, what is reusable, what goes on
the list) come with what the figures propose; the answer is the team's. What is left of persons in the transcripts is
masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import pandas as pd

from csworkshop.cases.anonymise import masked
from csworkshop.cases.casebook import Casebook
from csworkshop.cases.spoken import parting
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Evidence, Level, check
from csworkshop.techniques.emotions import emotion
from csworkshop.techniques.scenario import Scenario

Kind = Literal["turned", "departments", "failed"]
KINDS: tuple[Kind, ...] = ("turned", "departments", "failed")
EACH = 2  # cases of each kind
# How good or bad a mood is; a message's mood is the mean over its emotions.
VALENCE = {"anger": -2.0, "disappointment": -1.5, "anxiety": -1.0, "confusion": -0.5, "calm": 0.0}
TURN = 0.6  # a change of mood from which on it is a turning point
HARD = -0.9  # a first message with a mood below this is a hard start
LOOKED_AT = 40  # candidates whose first message is read


@dataclass(frozen=True)
class Shown:
    """An item that a reply shows, and in which words."""

    item: str
    fault: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Turn:
    """One turn: for the customer's `mood` (-2 to 0) and `feeling`, for the agent's what it shows.

    `turning`: by how much the customer's mood changed from before this reply to after it, at a turning point.
    """

    turn: int
    at: pd.Timestamp
    role: str
    text: str
    mood: float | None = None
    feeling: str = ""
    shows: tuple[Shown, ...] = ()
    turning: float = 0.0


@dataclass(frozen=True)
class Case:
    """One case of the review: the ticket's facts and its transcript."""

    kind: Kind
    ticket: pd.Series
    turns: tuple[Turn, ...]

    @property
    def turning_points(self) -> list[Turn]:
        """The replies after which the mood turned, the largest change first."""
        return sorted((t for t in self.turns if t.turning), key=lambda t: -abs(t.turning))

    @property
    def doubtful(self) -> list[Turn]:
        """Replies with faults: candidates for the wrong decision, those before a turn for the worse first."""
        found = [t for t in self.turns if any(s.fault for s in t.shows)]
        return sorted(found, key=lambda t: (t.turning, t.turn))

    @property
    def reusable(self) -> list[Turn]:
        """Replies with techniques and no fault that were followed by a better mood, or else the richest ones."""
        clean = [t for t in self.turns if t.shows and not any(s.fault for s in t.shows)]
        better = [t for t in clean if t.turning > 0]
        return better or sorted(clean, key=lambda t: -len(t.shows))[:1]


def week_of(text: str) -> date:
    """The Monday of a week as 2026-W10; ValueError says how to write it."""
    m = re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text.strip())
    try:
        if m:
            return date.fromisocalendar(int(m[1]), int(m[2]), 1)
    except ValueError:
        pass
    raise ValueError(f"{text}: write a week as 2026-W10 (year, W, number of the week)")


def last_week(book: Casebook) -> date | None:
    """The Monday of the last whole week before the report with transcripts of closed tickets; None if there is none."""
    if book.messages is None:
        return None
    t = book.tickets[book.tickets.ticket_id.isin(book.messages.ticket_id.unique())]
    this = book.as_of.date() - timedelta(days=book.as_of.weekday())
    closed = t.closed_at[t.closed_at < pd.Timestamp(this)].max()
    return None if pd.isna(closed) else closed.date() - timedelta(days=closed.weekday())


def review(
    book: Casebook,
    monday: date,
    *,
    each: int = EACH,
    level: Level = "full",
    told: Callable[[int, int], None] | None = None,
) -> list[Case]:
    """The week's cases, `each` of every kind: tickets that were closed (or, still open, opened) in the week."""
    if book.messages is None:
        return []
    start, end = pd.Timestamp(monday), pd.Timestamp(monday + timedelta(days=7))
    t = book.tickets
    when = t.closed_at.fillna(t.opened_at)
    own = t[(when >= start) & (when < end) & t.ticket_id.isin(book.messages.ticket_id.unique())]
    said = book.messages[book.messages.ticket_id.isin(own.ticket_id)]
    picked = list(_pick(own, said, each))
    said = said[said.ticket_id.isin([ticket.ticket_id for _, ticket in picked])]
    said = said.assign(text=[masked(str(text)) for text in said.text])  # exports may come with names and numbers
    cases = []
    for n, (kind, ticket) in enumerate(picked, 1):
        turns = take_apart(said[said.ticket_id == ticket.ticket_id], str(ticket.channel), level)
        cases.append(Case(kind, ticket, turns))
        if told:
            told(n, len(picked))
    return cases


def _pick(own: pd.DataFrame, said: pd.DataFrame, each: int) -> Iterator[tuple[Kind, pd.Series]]:
    """Failures first, for they are the rarest, then departments, then hard starts; no ticket twice."""
    taken: set[str] = set()
    length = said.groupby("ticket_id").size()
    frame = own.assign(length=own.ticket_id.map(length).fillna(0))
    lasted = (frame.closed_at - frame.opened_at).dt.total_seconds().fillna(0)
    wrong = (
        2.0 * (frame.csat.astype("Float64").fillna(3) <= 2).astype(float)
        + 1.5 * (~frame.resolved.astype(bool))
        + 1.0 * frame.escalated.astype(float)
        + 0.7 * (frame.reopened > 0)
    )
    orders: dict[Kind, pd.Series] = {
        "failed": (wrong * 100 + frame.length)[wrong >= 2],
        "departments": (frame.transfers * 1000 + lasted / 3600)[frame.transfers >= 2],
    }
    chosen: dict[Kind, list[str]] = {}
    for kind, order in orders.items():
        ids = [str(frame.ticket_id[i]) for i in order.sort_values(ascending=False, kind="stable").index]
        chosen[kind] = [i for i in ids if i not in taken][:each]
        taken |= set(chosen[kind])
    chosen["turned"] = _hard_starts(frame[~frame.ticket_id.isin(list(taken))], said)[:each]
    rows = frame.set_index("ticket_id", drop=False)
    for kind in KINDS:
        for ticket in chosen[kind]:
            yield kind, rows.loc[ticket]


def _hard_starts(frame: pd.DataFrame, said: pd.DataFrame) -> list[str]:
    """Tickets with a high score whose first message sounds worst."""
    happy = frame[frame.csat.astype("Float64").fillna(0) >= 4].sort_values(["length", "ticket_id"], ascending=False)
    first = said[said.role == "customer"].sort_values("turn").groupby("ticket_id").text.first()
    moods = {i: mood(first[i])[0] for i in happy.ticket_id.head(LOOKED_AT) if i in first.index}
    return [i for i, m in sorted(moods.items(), key=lambda row: row[1]) if m <= HARD]


def mood(text: str) -> tuple[float, str]:
    """How a customer's message sounds, -2 (angry) to 0 (calm), and the leading emotion; thanks and goodbyes are 0."""
    if parting(text):
        return 0.0, "calm"
    found = emotion(text)
    return sum(p * VALENCE[e] for e, p in found.scores.items()), found.emotion


def take_apart(messages: pd.DataFrame, channel: str, level: Level = "full") -> tuple[Turn, ...]:
    """A transcript turn by turn, with moods, what each reply shows, and the turning points."""
    turns: list[Turn] = []
    customer, feeling, fresh = "", "calm", False
    for row in messages.sort_values("turn").itertuples():
        role, text = str(row.role), str(row.text)
        if role == "customer":
            score, feeling = mood(text)
            customer = f"{customer}\n{text}" if fresh else text
            fresh = True
            turns.append(Turn(int(row.turn), row.at, role, text, mood=score, feeling=feeling))
            continue
        shows: tuple[Shown, ...] = ()
        if role == "agent" and not (fresh and parting(customer)):  # a courtesy is not judged
            context = {"customer": customer, "emotion": feeling, "channel": channel}
            scenario = Scenario.model_validate(context) if fresh else None
            report = check(text, scenario, level)
            faults = {i.id for i in catalogue().faults}
            shows = tuple(Shown(f.item, f.item in faults, f.evidence) for f in report.present if not f.unsure)
        fresh = fresh and role == "system"
        turns.append(Turn(int(row.turn), row.at, role, text, shows=shows))
    return tuple(_with_turning(turns))


def _with_turning(turns: list[Turn]) -> list[Turn]:
    """Mark the reply before each large change of mood; of several replies in between the one that shows most."""
    spoken = [n for n, t in enumerate(turns) if t.mood is not None]
    found = list(turns)
    for before, after in pairwise(spoken):
        change = (turns[after].mood or 0.0) - (turns[before].mood or 0.0)
        between = [n for n in range(before + 1, after) if turns[n].role == "agent"]
        if abs(change) >= TURN and between:
            at = max(between, key=lambda n: (sum(s.fault == (change < 0) for s in turns[n].shows), -n))
            found[at] = Turn(**{**vars(turns[at]), "turning": change})
    return found
