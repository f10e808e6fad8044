"""The checker: which techniques and faults a reply shows, in which words, why, and how sure we are.

There is one checker. Live feedback, grading, the commands and the role-play customer all call `check`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from csworkshop.techniques.catalogue import Asked, Item, catalogue
from csworkshop.techniques.encoder import Reading as Heard
from csworkshop.techniques.encoder import Reads
from csworkshop.techniques.judge import Weight, weights
from csworkshop.techniques.pointing import Evidence, as_typed, pointed
from csworkshop.techniques.quick import quick
from csworkshop.techniques.readers import INSULT, RUDE, Both
from csworkshop.techniques.reading import Reading
from csworkshop.techniques.relevance import taken_up
from csworkshop.techniques.rules import PRESENT, Hit, cleared, run, within
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.language import say
from csworkshop.text.normalise import Folded, fold

Level = Literal["full", "fast"]
READER = -1  # the number of the rule that spoke, where it was the learned reader
POINTED = 0.5  # probability from which on a piece is shown as evidence
DOUBTFUL = 0.3  # below this nothing is shown
UNSURE = (0.4, 0.6)  # a score in here is told to the trainee as unsure rather than judged


@dataclass(frozen=True)
class Finding:
    """What the checker says about one item. `score` in 0..1 is how sure it is that the item is present."""

    item: str
    present: bool
    score: float
    evidence: tuple[Evidence, ...] = ()
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def unsure(self) -> bool:
        return UNSURE[0] <= self.score < UNSURE[1]

    def reason(self, lang: str = "zh") -> str:
        return self.reason_en if lang == "en" else self.reason_zh


@dataclass(frozen=True)
class Report:
    """Findings for every item of the catalogue, by id, and the reply that they are about.

    `insult` is the encoder's own probability that something in it is rude, 0 where it wasn't asked: it sees an insult
    in words that neither rules nor other replies have, also where the rest of the reply is good.
    """

    reply: str
    findings: dict[str, Finding]
    insult: float = 0.0

    def __getitem__(self, item: str) -> Finding:
        return self.findings[item]

    @property
    def present(self) -> list[Finding]:
        return [f for f in self.findings.values() if f.present]


def check(
    reply: str,
    scenario: Scenario | None = None,
    level: Level = "full",
    *,
    reader: Reads | None = None,
    judge: Mapping[str, Weight] | None = None,
) -> Report:
    """Judge `reply`, read together with its scenario, on every item of the catalogue.

    Level `full` weighs the rules and both learned readers; `fast` leaves the slow one out, is ten times as fast and
    less often right: for a first answer while somebody types and for sifting large files, never for a mark.

    Without a scenario the items that need one (facts restated, register, order) can only be seen in part.
    Offsets in the report count code points of `reply` as it was given. `reader` and `judge` stand in for those that
    ship, while new weights are fitted.
    """
    known, turns = catalogue().items, catalogue().turns
    folded = fold(reply)
    reading = Reading(folded.text, scenario, catalogue().sieve)
    found: dict[str, list[Hit]] = {i: [] for i in known}
    for turn in turns[:2]:  # rules that ask for other items come when those are known
        _run(turn, reading, found)
    read, judge = None, judge or weights(level)
    odds: dict[str, float] = {}
    if folded.text.strip():
        read = (reader or (Both() if level == "full" else quick())).read(folded.text, scenario)
        odds = dict(zip(read.columns, read.odds.tolist(), strict=True))
    late = {asked.item for asked in turns[2]}
    for item in known:
        if item not in late:
            found[item] = _weigh(item, found, reading, read, odds, judge.get(item))
    _run(turns[2], reading, found)
    for item in late:
        found[item] = _weigh(item, found, reading, read, odds, judge.get(item))
    if scenario:  # a fact that isn't the customer's restates nothing
        found["restate"] = [h for h in found["restate"] if taken_up(folded.text[h.start : h.end], scenario)]
    judged = {i: _finding(known[i], hits, folded) if hits else _absent(i) for i, hits in found.items()}
    return Report(reply, judged, _insult(odds, read, reading, found))


def _run(turn: list[Asked], reading: Reading, found: dict[str, list[Hit]]) -> None:
    mask = reading.mask
    for item, number, rule, bits in turn:
        if bits & mask:
            found[item] += run(rule, number, reading, found)


def _insult(odds: Mapping[str, float], read: Heard | None, reading: Reading, found: Mapping[str, list[Hit]]) -> float:
    """The encoder's own probability of an insult; 0 where all that it points at is cleared."""
    sure = 1 / (1 + math.exp(-odds[INSULT])) if INSULT in odds else 0.0
    if sure < POINTED or read is None:
        return sure
    free = cleared(catalogue().items[RUDE].clears, reading, found)
    spans = pointed(read, read.columns.index(RUDE), reading.text, POINTED) if free else []
    return 0.0 if spans and all(within(span, free) for span in spans) else sure


def _weigh(
    item: str,
    found: dict[str, list[Hit]],
    reading: Reading,
    read: Heard | None,
    odds: Mapping[str, float],
    weight: Weight | None,
) -> list[Hit]:
    """The item's hits, all with the probability that rules and reader have together.

    An item that the readers weren't taught, a new one, is its rules' business alone.

    The words are the rule's or those that the reader points at, whichever the judge has found nearer to what
    inspectors mark; where only one of them spoke, its own. Words that the item's `clears` know better are no hit,
    and what only the reader hears, in such words, is nothing.
    """
    hits = found[item]
    if read is None or weight is None:
        return hits
    alone = weight.probability(0.0, odds[item])
    if not hits and alone < DOUBTFUL:
        return []
    clears = catalogue().items[item].clears
    free = cleared(clears, reading, found) if clears else set()
    hits = [h for h in hits if not within((h.start, h.end), free)]
    rule = max((h.score for h in hits), default=0.0)
    probability = weight.probability(rule, odds[item]) if rule else alone
    if probability < DOUBTFUL and not hits:
        return []
    column = read.columns.index(item)
    sure = [h for h in hits if h.score >= min(rule, PRESENT)]
    if probability >= DOUBTFUL and (rule < PRESENT or (weight.point and _points(read, column))):
        spoke = sure[0].rule if rule >= PRESENT else READER
        spans = pointed(read, column, reading.text, POINTED)
        if rule < PRESENT and spans and all(within(span, free) for span in spans):
            return []
        sure = [Hit(a, b, probability, spoke) for a, b in spans] or sure
    return [Hit(h.start, h.end, probability, h.rule) for h in sure]


def _points(read: Heard, column: int) -> bool:
    return len(read.pieces) > 0 and float(read.pieces[:, column].max()) >= POINTED


def _finding(item: Item, hits: list[Hit], folded: Folded) -> Finding:
    best = max(hits, key=lambda h: h.score)
    rule = item.rules[best.rule] if best.rule != READER else None
    return Finding(
        item=item.id,
        present=best.score >= PRESENT,
        score=best.score,
        evidence=as_typed(((h.start, h.end) for h in hits if h.score >= min(best.score, PRESENT)), folded),
        reason_zh=(rule and rule.reason_zh) or say("checker.reader", "zh", name=item.name.zh),
        reason_en=(rule and rule.reason_en) or say("checker.reader", "en", name=item.name.en),
    )


@lru_cache(maxsize=256)
def _absent(item: str) -> Finding:
    return Finding(item, False, 0.0)
