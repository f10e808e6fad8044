"""What made-up transcripts are composed with: the tickets, the sentences, and the turns said so far.

A ticket's care, its agent's habits and what became of it decide which moves occur: an agent who is used to restating
restates, a promise that the table holds is spoken with its time, a late ticket is asked after. Sentences come from the
pools of `grammar.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from csworkshop.cases.made.generate import Batch
from csworkshop.cases.made.grammar import Pools
from csworkshop.cases.made.stories import concerned
from csworkshop.cases.made.world import DAY, HOUR

LETTERS = "bcdfghjkmnpqrstvwxyz"  # of pseudonyms, as csworkshop.cases.pseudonyms makes them
Texts = np.ndarray
Mask = np.ndarray


@dataclass
class Talk:
    """Composes the turns of some tickets of a batch; `lines` collects them in the order in which they are said."""

    batch: Batch
    rows: np.ndarray
    pools: Pools
    rng: np.random.Generator
    lines: list[tuple[np.ndarray, np.ndarray, str, np.ndarray]] = field(default_factory=list)  # ticket, at, role, text

    def __post_init__(self) -> None:
        batch, rows = self.batch, self.rows
        opened, outcome = batch.opened, batch.outcome
        self.n = len(rows)
        self.channel, self.emotion, self.care = opened.channel[rows], opened.emotion[rows], opened.care[rows]
        self.upset = np.isin(self.emotion, ("anger", "anxiety", "disappointment"))
        self.opened, self.first, self.closed = opened.at[rows], self.of("first_response_at"), self.of("closed_at")
        self.done = np.where(self.of("resolved"), self.of("resolved_at"), self.closed)
        self.at_once, self.promised, self.csat = (
            self.of("first_contact_resolution"),
            self.of("promised_at"),
            self.of("csat"),
        )
        self.amount = outcome["compensation"][rows].astype(int)
        self.paid = self.proactive = np.zeros(self.n, bool)  # what has been said already
        self.case = self._cases()
        self.used = self._techniques()
        code = np.array(list(LETTERS), object)[self.rng.integers(0, len(LETTERS), (self.n, 6))]
        self.order = "〔订单号" + code.sum(axis=1) + "〕"

    def of(self, column: str) -> np.ndarray:
        """An outcome column of these tickets."""
        return self.batch.outcome[column][self.rows]

    def chance(self, share: float | np.ndarray) -> Mask:
        """True for about this share."""
        return self.rng.random(self.n) < share

    def move(self, name: str, when: Mask) -> Texts:
        """A sentence of the ticket's problem where `when` is true, nothing elsewhere."""
        pool = self.pools.moves[name]
        return np.where(when, pool[self.case, self.rng.integers(0, pool.shape[1], self.n)], "")

    def shared(self, name: str, when: Mask) -> Texts:
        """A sentence that fits any problem."""
        pool = self.pools.shared[name]
        return np.where(when, pool[self.rng.integers(0, len(pool), self.n)], "")

    def by(self, prefix: str, keys: np.ndarray, when: Mask) -> Texts:
        """A shared sentence that depends on the ticket: `prefix` + its key."""
        found = np.full(self.n, "", object)
        for key in dict.fromkeys(keys):
            found = found + self.shared(prefix + key, when & (keys == key))
        return found

    def filled(self, texts: Texts, slot: str, values: np.ndarray) -> Texts:
        """The texts with a late slot filled."""
        mark = "{" + slot + "}"
        return np.array([t.replace(mark, str(v)) if t else t for t, v in zip(texts, values, strict=True)], object)

    def time(self, now: np.ndarray, when: Mask, tail: str = "agent.time_tail") -> Texts:
        """The time promised as said at `now` (今天18点前…)."""
        when = when & (np.nan_to_num(self.promised) > np.nan_to_num(now))
        days = np.nan_to_num(self.promised) // DAY - np.nan_to_num(now) // DAY
        names = np.array(["今天", "明天", "后天"], object)[np.clip(days, 0, 2).astype(int)]
        start = self.batch.world.start
        for n in np.flatnonzero(when & (days > 2)):
            day = start + timedelta(days=int(self.promised[n] // DAY))
            names[n] = f"{day.month}月{day.day}日"
        hour = np.array([f"{h}点" for h in range(24)], object)[(np.nan_to_num(self.promised) % DAY // HOUR).astype(int)]
        lead = self.shared("agent.time_lead", when) if tail == "agent.time_tail" else ""
        return lead + np.where(when, names + hour, "") + self.shared(tail, when)

    def turn(self, role: str, when: Mask, at: np.ndarray, *texts: Texts) -> Mask:
        """Say something where `when` is true and there is something to say; tells where it was said."""
        text = texts[0]
        for more in texts[1:]:
            text = text + more
        there = np.flatnonzero(when & (text != ""))
        said = np.array([_ended(t) for t in text[there]], object)
        self.lines.append((there, at[there], role, said))
        found = np.zeros(self.n, bool)
        found[there] = True
        return found

    def _cases(self) -> np.ndarray:
        """The problem that each ticket is about; a story's own problem for most of its tickets."""
        batch, rows = self.batch, self.rows
        opened = batch.opened
        key = np.char.add(opened.category[rows].astype(str), opened.product[rows].astype(str))
        case = np.zeros(self.n, int)
        columns = {"categories": opened.category[rows], "products": opened.product[rows]}
        where = {s.id: s.where for s in batch.stories}
        for (category, product, story), numbers in self.pools.groups.items():
            hit = key == category + product
            if story:
                if story not in where:
                    continue
                hit &= concerned(where[story], batch.world, columns, opened.day[rows]) & self.chance(0.8)
            case[hit] = numbers[self.rng.integers(0, len(numbers), int(hit.sum()))]
        return case

    def _techniques(self) -> dict[str, Mask]:
        """Which techniques the agent uses on each ticket."""
        batch, rows = self.batch, self.rows
        agent = batch.opened.agent[rows]
        found = {}
        for n, name in enumerate(batch.world.techniques):
            odds = batch.staff.habits[agent, n] + batch.story.techniques[name][rows] + 0.8 * self.care
            found[name] = self.chance(1 / (1 + np.exp(-odds)))
        return found


def _ended(text: str) -> str:
    """The text with an end: a comma at its end becomes a full stop."""
    return text[:-1] + "。" if text[-1] == "，" else text.rstrip("\n")
