"""Make a year of case data and write it: the tables that ship, or millions of transcript lines for trials of size."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from csworkshop.cases.dictionary import SYNTHETIC, dictionary
from csworkshop.cases.files import connect, copy, source, table_path, write_table
from csworkshop.cases.made.generate import (
    SEED,
    TICKETS,
    TRANSCRIPTS,
    agents_frame,
    events_frame,
    make_batch,
    tickets_frame,
)
from csworkshop.cases.made.stories import Story, read_stories
from csworkshop.cases.made.transcripts import choose, messages_frame
from csworkshop.cases.made.world import World, read_world
from csworkshop.cases.schema import TABLES, TableName

if TYPE_CHECKING:
    import pandas as pd

PART = 40_000  # tickets worked out at a time where millions of lines are asked for; about 0.6 GB of memory
Progress = Callable[[int, int], None]


def make_tables(
    seed: int = SEED,
    tickets: int = TICKETS,
    transcripts: int = TRANSCRIPTS,
    world: World | None = None,
    stories: tuple[Story, ...] | None = None,
) -> dict[TableName, pd.DataFrame]:
    """The four tables of a made-up year; the same for the same arguments."""
    world, stories = world or read_world(), read_stories() if stories is None else stories
    batch = make_batch(seed, tickets, 0, stories, world)
    rng = np.random.default_rng([seed, 3, 0])
    return {
        "tickets": tickets_frame(batch),
        "messages": messages_frame(batch, choose(batch, transcripts, rng), rng),
        "agents": agents_frame(world, batch.staff),
        "events": events_frame(world, stories),
    }


def write_year(folder: Path, tables: dict[TableName, pd.DataFrame], seed: int) -> list[Path]:
    """Write the tables with their dictionary; files of the same name are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [write_table(folder, name, tables[name], SYNTHETIC) for name in TABLES]
    readme = folder / "README.md"
    readme.write_text(readme_text(len(tables["tickets"]), tables["messages"].ticket_id.nunique(), seed), "utf-8")
    return [*paths, readme]


def readme_text(tickets: int, transcripts: int, seed: int) -> str:
    """The README.md that goes with made-up data."""
    again = f"csworkshop cases generate --seed {seed} --tickets {tickets} --transcripts {transcripts} --out DIR"
    head = f"""
**{SYNTHETIC}**

{tickets:,} tickets and {transcripts:,} transcripts of one invented year, with stories hidden in them for trainees to
find. Times are local (Asia/Shanghai), without a zone. The same command makes the same tables again:

    {again}

No column holds personal data. Customers, agents and orders are codes; 〔订单号bcdfgh〕 stands where a number stood.

一年的虚构工单和对话，里面藏着等学员去发现的故事。时间都是本地时间。没有任何个人信息：客户、客服、订单都只有代号。
"""
    foot = """## For instructors

`csworkshop cases generate --show-stories` tells what is hidden; `csworkshop/cases/made/stories.toml` is where it is
declared, and `world.toml` beside it the invented company.
"""
    return dictionary("Case data 案例数据", head, foot)


def write_large(
    folder: Path, lines: int, seed: int = SEED, part: int = PART, progress: Progress | None = None
) -> tuple[int, int]:
    """Write so many transcript lines, and the tickets they belong to, in bounded memory; returns tickets and lines.

    Tickets are made in parts, each a whole year (so they are in order of time only within a part); parts are written
    one by one and then joined. Room on disk: about 25 bytes a line, twice while joining.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = folder / ".parts"
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir()
    try:
        tickets, written, number = 0, 0, 0
        while written < lines:
            batch = make_batch(seed, part, number)
            rng = np.random.default_rng([seed, 3, number])
            said = messages_frame(batch, np.arange(part), rng)[: lines - written]
            for name, frame in (("tickets", tickets_frame(batch)), ("messages", said)):
                with connect(threads=1) as db:
                    db.register("frame", frame)
                    copy(db, "SELECT * FROM frame", parts / f"{name}{number:05}.parquet", level=1)
            tickets, written, number = tickets + part, written + len(said), number + 1
            if progress:
                progress(written, lines)
        _join(folder, parts)
    finally:
        shutil.rmtree(parts, ignore_errors=True)
    world = read_world()
    write_table(folder, "agents", agents_frame(world, batch.staff), SYNTHETIC)
    write_table(folder, "events", events_frame(world, read_stories()), SYNTHETIC)
    return tickets, written


def _join(folder: Path, parts: Path) -> None:
    names: tuple[TableName, ...] = ("tickets", "messages")
    for name in names:
        with connect(threads=1, memory="1GB") as db:
            query = f"SELECT * FROM {source(parts / f'{name}*.parquet')} "
            copy(db, query, table_path(folder, name), SYNTHETIC, level=3)
