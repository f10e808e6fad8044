"""What agents say: techniques and faults per reply, by the one checker, on a sample that is fair to everybody.

A reply is judged together with what the customer had just written (`csworkshop.techniques.checker.check`), at level
`fast`: about five hundred replies a second. So by default a sample is judged, the same number of tickets for every
agent and month, drawn by a hash of ticket and seed: the same data and seed give the same sample, whatever the order of
the rows. The replies of one ticket are alike; the intervals know that (`csworkshop.cases.intervals.clustered`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import pandas as pd

from csworkshop.cases.measures import DUE, SPOKEN
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Level, check
from csworkshop.techniques.emotions import kinds
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold

PER_MONTH = 2  # tickets of an agent and month that are judged by default
TOGETHER = pd.Timedelta(minutes=30)  # turns of an agent no further apart are one reply
PARTING = re.compile("谢|感谢|辛苦|麻烦(?:你|您)|再见|拜拜|没问题了|没事了|^(?:好|行|嗯|可以|知道了|收到)")
MORE = re.compile("[?？]|但|不过|怎么|为什么|什么|没用|还是|还没|不行|不好|太|才|别|不满|投诉|算了|失望")
PARTING_LENGTH = 26
TOLD = 200  # replies between two steps of the progress bar
Told = Callable[[int, int], None]
EVEN = ("agent_id", "month")


def replies(messages: pd.DataFrame) -> pd.DataFrame:
    """One row per reply: ticket_id, turn (the first), at, text, and customer, what the customer had just written.

    What an agent sends in one go, turns less than half an hour apart and no customer's between, is one reply.
    What comes later unasked, a progress message, has no customer's words before it: `customer` is empty. Answers to a
    customer's thanks or goodbye are left out: a courtesy needs no technique, and its shortness is no brush-off.
    """
    talk = messages[messages.role != "system"].sort_values(["ticket_id", "turn"], kind="stable")
    ours = (talk.role == "agent").to_numpy()
    ticket, at = talk.ticket_id.to_numpy(), talk["at"]
    fresh = np.concatenate([[True], ticket[1:] != ticket[:-1]])
    late = (at.diff() > TOGETHER).to_numpy()
    turned = np.concatenate([[True], ours[1:] != ours[:-1]])
    block = np.cumsum(fresh | turned | (ours & late))  # turns of one side in one go
    runs = talk.groupby(block, sort=True)
    table = pd.DataFrame(
        {
            "ticket_id": runs.ticket_id.first(),
            "turn": runs.turn.first(),
            "at": runs["at"].first(),
            "ours": pd.Series(ours).groupby(block).first(),
            "text": runs.text.agg("\n".join),
        }
    )
    asked = (~table.ours & (table.ticket_id == table.ticket_id.shift(-1))).shift(fill_value=False)
    table["customer"] = table.text.shift(fill_value="").where(asked, "")
    wanted = table.ours & ~table.customer.map(parting)
    return table[wanted].drop(columns="ours").reset_index(drop=True)


def parting(text: str) -> bool:
    """Whether all that the customer says is thanks, agreement or goodbye."""
    return 0 < len(text) <= PARTING_LENGTH and bool(PARTING.search(text)) and not MORE.search(text)


def sample(tickets: pd.DataFrame, per: int = PER_MONTH, seed: int = 0, even: Sequence[str] = EVEN) -> pd.Index:
    """The ids of at most `per` tickets of every agent and month, drawn by hash. `tickets`: as `per_ticket` makes it."""
    drawn = tickets[["ticket_id", *even]].assign(rank=[_draw(t, seed) for t in tickets.ticket_id])
    place = drawn.sort_values("rank").groupby(list(even), dropna=False).cumcount()
    return pd.Index(drawn.ticket_id[place.reindex(drawn.index) < per])


def _draw(ticket: str, seed: int) -> bytes:
    return blake2b(f"{seed} {ticket}".encode(), digest_size=8).digest()


def mood(text: str) -> str:
    """A customer's emotion by its signs alone: quick and coarse, for sifting; `techniques.emotions` reads properly."""
    folded = fold(text).text
    heard = {name: kind.heard(folded) for name, kind in kinds().items() if name != "calm"}
    for strength in (1, 0):
        for name, signs in heard.items():
            if signs[strength]:
                return name
    return "calm"


@lru_cache(maxsize=8192)  # agents paste the same sentences
def _items(reply: str, customer: str, channel: str, level: Level) -> tuple[bool, ...]:
    scenario = Scenario.model_validate({"customer": customer, "channel": channel, "emotion": mood(customer)})
    report = check(reply, scenario if customer else None, level)
    return tuple(report[item].present for item in catalogue().items)


def judge(said: pd.DataFrame, level: Level = "fast", told: Told | None = None) -> pd.DataFrame:
    """`said` (ticket_id, turn, text, customer, channel) with a yes/no column per technique and fault."""
    rows = []
    for n, (text, customer, channel) in enumerate(zip(said.text, said.customer, said.channel, strict=True), 1):
        rows.append(_items(text, customer, channel, level))
        if told and n % TOLD == 0:
            told(n, len(said))
    if told:
        told(len(said), len(said))
    found = pd.DataFrame(rows, columns=list(catalogue().items), index=said.index, dtype=bool)
    return pd.concat([said, found], axis=1)


def with_spoken(values: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """The table of `per_ticket` with two columns per technique and fault: replies that show it, and replies judged."""
    items = list(catalogue().items)
    shown = judged.groupby("ticket_id")[items].sum().astype(float)
    number = judged.groupby("ticket_id").size().astype(float)
    columns = {}
    for item in items:
        columns[SPOKEN + item] = values.ticket_id.map(shown[item]).to_numpy()
        columns[SPOKEN + item + DUE] = values.ticket_id.map(number).to_numpy()
    return pd.concat([values, pd.DataFrame(columns, index=values.index)], axis=1)


def listen(
    values: pd.DataFrame,
    messages: pd.DataFrame,
    per: int | None = PER_MONTH,
    seed: int = 0,
    told: Told | None = None,
) -> pd.DataFrame:
    """`values` with the techniques of a sample of the tickets that have a transcript; of all if `per` is None."""
    there = values[values.ticket_id.isin(messages.ticket_id.unique())]
    chosen = pd.Index(there.ticket_id) if per is None else sample(there, per, seed)
    said = replies(messages[messages.ticket_id.isin(chosen)])
    said["channel"] = said.ticket_id.map(there.set_index("ticket_id").channel)
    return with_spoken(values, judge(said, told=told))
