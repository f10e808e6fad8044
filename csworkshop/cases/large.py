"""A large desk, out of core: a year of millions of transcript lines measured in bounded memory.

DuckDB streams the Parquet files and spills to disk what doesn't fit. Tickets come in chunks through the same
`per_ticket` as everywhere and are added up (`csworkshop.cases.sums`). Of the lines, all are read: who wrote how much,
and how long customers waited inside a conversation. Techniques need the checker, which is slower by far; so by default
they come from a sample, the same number of tickets from every agent and month, weighted back to what each agent had,
with intervals; or, where asked, from all replies, by several processes or a Dask cluster.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from csworkshop.cases.crew import spread
from csworkshop.cases.files import connect, source, table_path, typed
from csworkshop.cases.hours import Desk, read_desk
from csworkshop.cases.intervals import wilson
from csworkshop.cases.measures import SPOKEN, measures, per_ticket
from csworkshop.cases.schema import schema
from csworkshop.cases.spoken import Told, judge, replies
from csworkshop.cases.sums import Sums
from csworkshop.techniques.catalogue import catalogue

if TYPE_CHECKING:
    import duckdb

MEMORY = "700MB"  # of DuckDB; Python and its libraries need about as much again
VECTORS = 24  # of 2,048 rows: tickets of a chunk
BUCKET = 150_000  # lines that are judged together at most; a bucket holds whole tickets
CHUNK = 2_000  # replies that a worker is handed
GROUPINGS = ((), ("agent_id",), ("team",), ("channel",), ("category",), ("month",), ("week",))


@dataclass
class Scored:
    """What was found: figures by grouping, lines by channel, techniques by agent and of the desk; seconds by phase."""

    tickets: int = 0
    lines: int = 0
    replies: int = 0
    sampled: bool = True
    figures: dict[str, pd.DataFrame] = field(default_factory=dict)
    spoken: pd.DataFrame = field(default_factory=pd.DataFrame)
    talk: pd.DataFrame = field(default_factory=pd.DataFrame)
    seconds: dict[str, float] = field(default_factory=dict)


def score(
    folder: Path,
    *,
    per: int | None = 2,
    seed: int = 0,
    desk: Desk | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    memory: str = MEMORY,
    told: Told | None = None,
) -> Scored:
    """Measure a folder of case data of any size. `per` tickets of each agent and month are judged; None: all."""
    found = Scored(sampled=per is not None)
    with tempfile.TemporaryDirectory(prefix="csworkshop-") as spill, connect(memory=memory) as db:
        db.execute(
            f"SET temp_directory = '{spill}'; SET preserve_insertion_order = false; SET threads = {max(jobs, 2)}"
        )
        for name in ("tickets", "messages"):
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM {source(table_path(folder, name))}")
        found.tickets, found.lines = (_one(db, f"SELECT count(*) FROM {t}") for t in ("tickets", "messages"))
        started = time.perf_counter()
        found.figures = _tickets(db, desk or read_desk(), found.tickets, told)
        found.seconds["tickets"] = time.perf_counter() - started
        started = time.perf_counter()
        found.talk = talk(db)
        found.seconds["lines"] = time.perf_counter() - started
        started = time.perf_counter()
        counts = _spoken(db, found, per, seed, jobs, scheduler, told)
        found.spoken, found.replies = rates(counts), int(counts.replies.sum()) if len(counts) else 0
        found.seconds["techniques"] = time.perf_counter() - started
    return found


def _one(db: duckdb.DuckDBPyConnection, query: str) -> int:
    row = db.execute(query).fetchone()
    assert row is not None
    return int(row[0])


# --- tickets -----------------------------------------------------------------------------------------------------


def _tickets(db: duckdb.DuckDBPyConnection, desk: Desk, total: int, told: Told | None) -> dict[str, pd.DataFrame]:
    names = [n for n in measures() if not n.startswith(SPOKEN)]
    counted = {"+".join(by): Sums(by, names) for by in GROUPINGS}
    times = ("opened_at", "first_response_at", "resolved_at", "closed_at")
    row = db.execute(f"SELECT greatest({', '.join(f'max({t})' for t in times)}) FROM tickets").fetchone()
    as_of, done = pd.Timestamp(row[0]) if row else pd.NaT, 0
    for chunk in _chunks(db.cursor(), _columns(), VECTORS):
        values = per_ticket(typed(chunk, "tickets"), as_of, desk)
        for sums in counted.values():
            sums.add(values)
        done += len(chunk)
        if told:
            told(done, total)
    return {by: sums.figures() for by, sums in counted.items()}


def _columns() -> str:
    columns = schema()["tickets"].columns
    return "SELECT " + ", ".join(f'CAST("{n}" AS {c.sql}) AS "{n}"' for n, c in columns.items()) + " FROM tickets"


def _chunks(db: duckdb.DuckDBPyConnection, query: str, vectors: int) -> Iterator[pd.DataFrame]:
    result = db.execute(query)
    while len(chunk := result.fetch_df_chunk(vectors)):
        yield chunk


# --- lines -------------------------------------------------------------------------------------------------------

# The wait is from the first word of the customer that nobody has answered yet to the agent's next turn.
TALK = """
WITH talk AS (
  SELECT m.ticket_id, m.role, length(m.text) AS letters, lag(m.role) OVER said AS before,
         epoch(m."at") - epoch(lag(m."at") OVER said) AS waited
  FROM messages m WHERE m.role <> 'system' WINDOW said AS (PARTITION BY m.ticket_id ORDER BY m.turn)
)
SELECT t.channel, count(*) AS lines, count(*) FILTER (role = 'agent') AS agent_lines,
       count(*)::DOUBLE / count(DISTINCT talk.ticket_id) AS lines_per_ticket,
       avg(letters) FILTER (role = 'agent') AS letters,
       approx_quantile(waited / 60, 0.5) FILTER (role = 'agent' AND before = 'customer') AS wait_median,
       approx_quantile(waited / 60, 0.9) FILTER (role = 'agent' AND before = 'customer') AS wait_p90
FROM talk JOIN tickets t USING (ticket_id) GROUP BY ALL ORDER BY t.channel
"""


def talk(db: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Per channel over all lines: how many, letters per reply, and minutes from a customer's turn to the answer."""
    return db.execute(TALK).df()


# --- techniques --------------------------------------------------------------------------------------------------


def _spoken(
    db: duckdb.DuckDBPyConnection,
    found: Scored,
    per: int | None,
    seed: int,
    jobs: int,
    scheduler: str | None,
    told: Told | None,
) -> pd.DataFrame:
    """Per agent and month: tickets in all (`whole`), tickets judged, replies, and replies that show each item, with
    sums of squares for the intervals."""
    db.execute(f"""
        CREATE TEMP TABLE chosen AS
        WITH there AS (
          SELECT t.ticket_id, t.agent_id, t.channel, date_trunc('month', t.opened_at) AS month
          FROM tickets t WHERE t.ticket_id IN (SELECT DISTINCT ticket_id FROM messages)
        ), ranked AS (
          SELECT *, count(*) OVER (PARTITION BY agent_id, month) AS whole,
                 row_number() OVER (PARTITION BY agent_id, month ORDER BY md5('{seed} ' || ticket_id)) AS place
          FROM there
        ) SELECT ticket_id, agent_id, channel, month, whole, hash(ticket_id) AS bucket FROM ranked
        {"" if per is None else f"WHERE place <= {per}"}
    """)
    lines = _one(db, "SELECT count(*) FROM messages WHERE ticket_id IN (SELECT ticket_id FROM chosen)")
    buckets, done, parts = max(1, -(-lines // BUCKET)), 0, []
    total = _one(db, "SELECT count(*) FROM messages JOIN chosen USING (ticket_id) WHERE role = 'agent'")
    for counts in spread(count, _said(db, buckets), jobs=jobs, scheduler=scheduler):
        parts.append(counts)
        done += int(counts.turns.sum())
        if told:
            told(done, total)
        if len(parts) > 50:
            parts = [_added(parts)]
    if told:
        told(total, total)
    return _added(parts)


def _said(db: duckdb.DuckDBPyConnection, buckets: int) -> Iterator[pd.DataFrame]:
    """The replies of the chosen tickets, in chunks of whole tickets."""
    for n in range(buckets):
        frame = db.execute(
            'SELECT m.ticket_id, m.turn, m."at", m.role, m.text, c.agent_id, c.channel, c.month, c.whole '
            f"FROM messages m JOIN chosen c USING (ticket_id) WHERE c.bucket % {buckets} = {n}"
        ).df()
        if frame.empty:
            continue
        about = frame.drop_duplicates("ticket_id").set_index("ticket_id")[["agent_id", "channel", "month", "whole"]]
        said = replies(frame)
        said["turns"] = _turns(frame, said)
        said = said.join(about, on="ticket_id")
        ends = np.flatnonzero(said.ticket_id.to_numpy()[1:] != said.ticket_id.to_numpy()[:-1]) + 1
        cuts = [0, *ends[np.flatnonzero(np.diff(ends // CHUNK, prepend=0))], len(said)]
        for start, end in pairwise(cuts):
            if end > start:
                yield said.iloc[start:end].drop(columns=["at", "turn"])


def _turns(frame: pd.DataFrame, said: pd.DataFrame) -> np.ndarray:
    """How many agent's turns each reply stands for: all of a ticket's are told with its first reply."""
    turns = frame[frame.role == "agent"].groupby("ticket_id").size()
    first = ~said.ticket_id.duplicated()
    return np.where(first, said.ticket_id.map(turns).fillna(0), 0).astype(int)


def count(said: pd.DataFrame) -> pd.DataFrame:
    """Judge replies, and count per agent and month; what a worker does."""
    items = list(catalogue().items)
    judged = judge(said)
    per = judged.groupby(["agent_id", "month", "ticket_id"], sort=False).agg(
        {"whole": "first", "turns": "sum", "text": "size", **dict.fromkeys(items, "sum")}
    )
    per = per.rename(columns={"text": "replies"}).astype({i: float for i in items}).reset_index()
    squares = {f"{i}^2": per[i] ** 2 for i in items} | {f"{i}*": per[i] * per.replies for i in items}
    wide = per.assign(tickets=1, **{"replies^2": per.replies.astype(float) ** 2}, **squares).drop(columns="ticket_id")
    groups = wide.groupby(["agent_id", "month"])
    summed = groups.sum()
    summed["whole"] = groups.whole.first()
    return summed


def _added(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=["replies"])
    every = pd.concat(parts)
    groups = every.groupby(level=[0, 1])
    summed = groups.sum()
    summed["whole"] = groups.whole.first()
    return summed


def rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Per agent, and for the desk (agent ""), the share of replies with each item: item, agent_id, value, low, high, n.

    Agents' months count as many tickets as they had (the sample took the same number of each): the usual estimate of a
    stratified ratio, with its variance between tickets within strata (W. Cochran, Sampling Techniques, 1977, 6.11).
    """
    if not len(counts):
        return pd.DataFrame(columns=["item", "agent_id", "value", "low", "high", "n"])
    rows = []
    weight = (counts.whole / counts.tickets).to_numpy(float)
    left = (1 - counts.tickets / counts.whole).to_numpy(float)  # a census has no sampling error
    agents = counts.index.get_level_values(0)
    for item in catalogue().items:
        num, den = counts[item].to_numpy(), counts.replies.to_numpy(float)
        for agent in ["", *sorted(set(agents))]:
            at = np.ones(len(counts), bool) if not agent else np.asarray(agents == agent)
            w, total = weight[at], float((weight[at] * den[at]).sum())
            p = float((w * num[at]).sum()) / total
            squares = counts[f"{item}^2"].to_numpy()[at] - 2 * p * counts[f"{item}*"].to_numpy()[at]
            squares = squares + p * p * counts["replies^2"].to_numpy()[at]
            spread_ = float((w**2 * left[at] * np.maximum(squares, 0)).sum()) / total**2
            n = float(den[at].sum())
            worth = min(n, p * (1 - p) / spread_) if spread_ > 0 and 0 < p < 1 else n
            found = wilson(p * worth, worth) if left[at].any() else wilson(p * n, n)
            rows.append((item, agent, p, found.low, found.high, int(n)))
    return pd.DataFrame(rows, columns=["item", "agent_id", "value", "low", "high", "n"])


def peak_memory() -> float:
    """The most memory that this process has had so far, in bytes; NaN where the system doesn't tell."""
    try:
        import resource
    except ImportError:  # Windows
        try:
            import psutil  # type: ignore[import-untyped]
        except ImportError:
            return float("nan")
        return float(getattr(psutil.Process().memory_info(), "peak_wset", float("nan")))
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most) * (1 if sys.platform == "darwin" else 1024)
