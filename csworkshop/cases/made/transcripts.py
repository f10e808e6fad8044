"""The transcripts of made-up tickets as a table, and which tickets get one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csworkshop.cases.made.generate import Batch, stamps
from csworkshop.cases.made.grammar import make_pools
from csworkshop.cases.made.talk import Talk
from csworkshop.cases.made.turns import compose
from csworkshop.cases.made.world import DAY

if TYPE_CHECKING:
    import pandas as pd

POOLS_SEED = 7  # the sentences are the same in all made-up data; which are said depends on the seed
OF_A_KIND = 15  # tickets that the weekly review surely finds, of each kind


def choose(batch: Batch, number: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of the tickets that get a transcript: some of each kind for the weekly review, the rest by chance."""
    o = batch.outcome
    n, hours = len(batch.ids), (o["closed_at"] - batch.opened.at) / 3600
    kinds = (
        np.isin(batch.opened.emotion, ("anger", "anxiety")) & (o["csat"] == 5) & (o["contacts"] > 1),  # hard start
        (o["transfers"] > 1) & (hours > 72),  # long, several departments
        ~o["resolved"] & (o["csat"] <= 2),  # failed
    )
    order = rng.permutation(n)
    first = [order[kind[order]][: min(OF_A_KIND, number // 20)] for kind in kinds]
    chosen = np.concatenate([*first, order])
    _, at = np.unique(chosen, return_index=True)
    return np.sort(chosen[np.sort(at)][:number])


def messages_frame(batch: Batch, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """The messages table of these tickets."""
    import pandas as pd

    talk = Talk(batch, rows, make_pools(batch.world, POOLS_SEED), rng)
    compose(talk)
    ticket = np.concatenate([line[0] for line in talk.lines])
    at = np.concatenate([line[1] for line in talk.lines])
    role = np.concatenate([np.full(len(line[0]), line[2], object) for line in talk.lines])
    text = np.concatenate([line[3] for line in talk.lines])
    order = np.argsort(ticket, kind="stable")
    ticket, at, role, text = ticket[order], np.floor(at[order]), role[order], text[order]
    kept = at < batch.world.days * DAY  # what comes after the year's end has not been said yet
    ticket, at, role, text = ticket[kept], at[kept], role[kept], text[kept]
    begins = np.concatenate([[0], np.flatnonzero(np.diff(ticket)) + 1])
    count = np.arange(len(ticket)) - np.repeat(begins, np.diff(np.append(begins, len(ticket))))
    return pd.DataFrame(
        {
            "ticket_id": batch.ids[rows][ticket],
            "turn": (count + 1).astype("int32"),
            "at": stamps(batch.world, _rising(at, ticket)),
            "role": role,
            "text": text,
        }
    )


def _rising(at: np.ndarray, ticket: np.ndarray) -> np.ndarray:
    """Times that never go back within a ticket."""
    far = ticket * 1e10
    return np.maximum.accumulate(at + far) - far
