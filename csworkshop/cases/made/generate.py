"""Make case data up: tickets, transcripts, agents and events of an invented year, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csworkshop.cases.files import typed
from csworkshop.cases.made.outcomes import Columns, outcomes, touched
from csworkshop.cases.made.stories import Story, Touched, read_stories
from csworkshop.cases.made.tickets import Opened, Staff, make_staff, open_tickets
from csworkshop.cases.made.world import World, read_world

if TYPE_CHECKING:
    import pandas as pd

SEED = 20260630  # of the shipped data
TICKETS = 21_000
TRANSCRIPTS = 3_200
TIMES = ("first_response_at", "resolved_at", "closed_at", "promised_at", "survey_at")


@dataclass(frozen=True)
class Batch:
    """Tickets with what is hidden behind them: what transcripts are made from."""

    world: World
    stories: tuple[Story, ...]
    staff: Staff
    opened: Opened
    story: Touched
    outcome: Columns
    ids: np.ndarray


def make_batch(
    seed: int, tickets: int, part: int = 0, stories: tuple[Story, ...] | None = None, world: World | None = None
) -> Batch:
    """Draw tickets; `part` counts batches of one seed (the agents are the same in all), whose ids go on."""
    world = world or read_world()
    stories = read_stories() if stories is None else stories
    rng = np.random.default_rng([seed, 2, part])
    staff = make_staff(world, stories, seed)
    opened = open_tickets(world, stories, staff, tickets, rng)
    story = touched(world, stories, staff, opened)
    outcome = outcomes(world, staff, opened, story, rng)
    first = part * tickets + 1
    ids = np.array([f"T{n:07}" for n in range(first, first + tickets)], object)
    outcome |= _customers(world, tickets, first, rng)
    return Batch(world, stories, staff, opened, story, outcome, ids)


def tickets_frame(batch: Batch) -> pd.DataFrame:
    """The tickets table of a batch."""
    import pandas as pd

    opened, outcome = batch.opened, batch.outcome
    teams = np.array(list(batch.world.teams), object)
    frame = pd.DataFrame(
        {
            "ticket_id": batch.ids,
            "opened_at": stamps(batch.world, opened.at),
            "channel": opened.channel,
            "category": opened.category,
            "product": opened.product,
            "agent_id": batch.staff.ids[opened.agent],
            "team": teams[batch.staff.team[opened.agent]],
            "customer_id": outcome["customer_id"],
        }
        | {k: stamps(batch.world, v) if k in TIMES else v for k, v in outcome.items() if k != "customer_id"}
    )
    frame["csat"] = frame["csat"].astype("Int32")
    from csworkshop.cases.schema import schema

    return typed(frame[list(schema()["tickets"].columns)], "tickets")


def agents_frame(world: World, staff: Staff) -> pd.DataFrame:
    """The agents table."""
    import pandas as pd

    start = np.datetime64(world.start, "D")
    training = np.array(
        [start + np.timedelta64(int(d), "D") if np.isfinite(d) else np.datetime64("NaT") for d in staff.training]
    )
    teams = np.array(list(world.teams), object)[staff.team]
    joined = start + staff.joined.astype("timedelta64[D]")
    return typed(
        pd.DataFrame({"agent_id": staff.ids, "team": teams, "joined": joined, "training_at": training}), "agents"
    )


def events_frame(world: World, stories: tuple[Story, ...]) -> pd.DataFrame:
    """The events table: seasons that are events, and what the stories show of themselves."""
    import pandas as pd

    events = [s for s in world.seasons if s.kind] + [s.event for s in stories if s.event]
    keys = ("at", "until", "kind", "note", "note_en")
    rows = [{k: getattr(e, k) for k in keys} for e in sorted(events, key=lambda e: (e.at, e.kind))]
    return typed(pd.DataFrame(rows, columns=keys), "events")


def stamps(world: World, seconds: np.ndarray) -> np.ndarray:
    """Seconds from the year's start as times; NaN as no time."""
    known = ~np.isnan(seconds)
    start = np.datetime64(world.start, "us")
    whole = np.where(known, seconds, 0).astype("int64").astype("timedelta64[s]").astype("timedelta64[us]")
    return np.where(known, start + whole, np.datetime64("NaT"))


def _customers(world: World, n: int, first: int, rng: np.random.Generator) -> Columns:
    """Who the customers are: a code (some come often), a province, for three in four an age band."""
    often = rng.pareto(2.2, max(n * 2 // 3, 1)) + 1
    code = first + rng.choice(len(often), n, p=often / often.sum())
    provinces, ages = np.array(list(world.provinces), object), np.array(list(world.ages), object)
    from_where = np.array(list(world.provinces.values()))
    how_old = np.array(list(world.ages.values()))
    home = rng.choice(len(provinces), len(often), p=from_where / from_where.sum())
    age = ages[rng.choice(len(ages), len(often), p=how_old / how_old.sum())]
    age[rng.random(len(often)) < 0.24] = None
    return {
        "customer_id": np.array([f"用户{c:06}" for c in code], object),
        "province": provinces[home[code - first]],
        "age_band": age[code - first],
    }
