"""How a trainee searched: a log of queries and opened articles, and what it tells about the way to the answer.

The log is a list of events with their times; every measure is folded from it, so that a search can be replayed. The
clock is the caller's: each event is given its time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from csworkshop.practice.articles import Knowledge
from csworkshop.practice.pieces import characters, pieces, plain

SHARED = 0.2  # share of pieces that two queries have in common when one is a rewording of the other


class SearchLogError(ValueError):
    """A log that can't be read; the message names the line and what is wrong."""


class Event(BaseModel):
    """Something the trainee did: `search` for a query (with the ids shown, best first) or `open` an article."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["search", "open"]
    at: datetime
    query: str = ""
    trade: str | None = None
    found: tuple[str, ...] = ()
    article: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Event:
        if self.kind == "search" and not self.query.strip():
            raise ValueError("query: a search needs the words that were searched for")
        if self.kind == "open" and not self.article:
            raise ValueError("article: an opening needs the id of the article")
        return self


@dataclass(frozen=True)
class SearchLog:
    """Events in order of time. `searched` and `opened` give a longer log and leave this one as it is."""

    events: tuple[Event, ...] = ()

    def searched(self, query: str, found: Iterable[str], *, at: datetime, trade: str | None = None) -> SearchLog:
        """The log with one more query, and the ids of the hits shown."""
        return self._and(Event(kind="search", at=at, query=query, trade=trade, found=tuple(found)))

    def opened(self, article: str, *, at: datetime) -> SearchLog:
        """The log with one more article opened."""
        return self._and(Event(kind="open", at=at, article=article))

    def _and(self, event: Event) -> SearchLog:
        if self.events and event.at < self.events[-1].at:
            raise SearchLogError(f"{event.at} lies before the last event, {self.events[-1].at}")
        return SearchLog((*self.events, event))

    def lines(self) -> str:
        """The log as JSON Lines."""
        return "".join(e.model_dump_json(exclude_defaults=True) + "\n" for e in self.events)

    @classmethod
    def replay(cls, lines: str | Iterable[str]) -> SearchLog:
        """The log that `lines` (JSON Lines) hold; SearchLogError names the line that can't be read."""
        log = cls()
        for n, line in enumerate(lines.splitlines() if isinstance(lines, str) else lines, 1):
            if not line.strip():
                continue
            try:
                log = log._and(Event.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "event"
                raise SearchLogError(f"line {n}: {where}: {first['msg'].removeprefix('Value error, ')}") from None
            except SearchLogError as error:
                raise SearchLogError(f"line {n}: {error}") from None
        return log

    def as_json(self) -> list[dict[str, object]]:
        """The events as plain data, for an answer file."""
        found: list[dict[str, object]] = json.loads(f"[{','.join(self.lines().splitlines())}]")
        return found


@dataclass(frozen=True)
class Way:
    """The way to one needed article: `queries` since the last needed article was opened (or the start), and seconds
    from the start, until it was opened; None if it never was. `shown_first` is the number of the query whose hits
    first held it (from 1), None if no query's did.
    """

    article: str
    queries: int | None
    seconds: float | None
    shown_first: int | None

    @property
    def overlooked(self) -> bool:
        """A query showed the article, and it was never opened."""
        return self.queries is None and self.shown_first is not None


@dataclass(frozen=True)
class Behaviour:
    """What the log tells: counts, and the ids or queries they stand for."""

    queries: int
    opened: int
    ways: tuple[Way, ...]
    reworded: int  # queries that reword the one before
    repeated: tuple[str, ...]  # queries asked twice in the same words
    empty: tuple[str, ...]  # queries that found nothing
    irrelevant: tuple[str, ...]  # opened, and neither needed nor related to what is needed
    outdated: tuple[str, ...]  # opened, and not in force on the day
    outdated_cited: tuple[str, ...]
    cited_unopened: tuple[str, ...]  # cited without having been opened
    seconds: float  # from the first event to the last


def behaviour(
    log: SearchLog, knowledge: Knowledge, *, needed: Sequence[str], cited: Sequence[str] = (), on: date
) -> Behaviour:
    """How the trainee searched for the `needed` articles on that day. Ids that the base doesn't know count as
    irrelevant: articles may have been taken out since."""
    searches = [e for e in log.events if e.kind == "search"]
    opened = list(dict.fromkeys(e.article for e in log.events if e.kind == "open"))
    reworded, repeated = _rewordings([e.query for e in searches])
    near = {r for i in needed if i in knowledge for r in knowledge[i].related} | set(needed)
    expired = [i for i in opened if i in knowledge and knowledge[i].state(on) == "expired"]
    seconds = (log.events[-1].at - log.events[0].at).total_seconds() if log.events else 0.0
    return Behaviour(
        queries=len(searches),
        opened=len(opened),
        ways=_ways(log, needed),
        reworded=reworded,
        repeated=repeated,
        empty=tuple(e.query for e in searches if not e.found),
        irrelevant=tuple(i for i in opened if i not in near and i not in expired),
        outdated=tuple(expired),
        outdated_cited=tuple(i for i in cited if i in knowledge and knowledge[i].state(on) == "expired"),
        cited_unopened=tuple(i for i in cited if i not in opened) if log.events else (),
        seconds=seconds,
    )


def _ways(log: SearchLog, needed: Sequence[str]) -> tuple[Way, ...]:
    asked, since = 0, 0  # queries in all, and since a needed article was opened
    shown: dict[str, int] = {}
    ways: dict[str, Way] = {}
    for event in log.events:
        if event.kind == "search":
            asked, since = asked + 1, since + 1
            for article in event.found:
                shown.setdefault(article, asked)
        elif event.article in needed and event.article not in ways:
            seconds = (event.at - log.events[0].at).total_seconds()
            ways[event.article] = Way(event.article, since, seconds, shown.get(event.article))
            since = 0
    return tuple(ways.get(i) or Way(i, None, None, shown.get(i)) for i in needed)


def _rewordings(queries: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How many queries reword the one before, and those that were asked before in the same words."""
    cut = [frozenset(pieces(plain(q))) for q in queries]
    subjects = [frozenset(pieces(plain(q), characters)) for q in queries]
    reworded, repeated = 0, []
    for n in range(1, len(cut)):
        if subjects[n] in subjects[:n]:
            repeated.append(queries[n])
        elif cut[n] and len(cut[n] & cut[n - 1]) >= SHARED * min(len(cut[n]), len(cut[n - 1])):
            reworded += bool(cut[n] & cut[n - 1])
    return reworded, tuple(repeated)
