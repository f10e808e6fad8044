"""The checker: which techniques and faults a reply shows, in which words, why, and how sure we are.

There is one checker. Live feedback, grading, the commands and the role-play customer all call `check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from csworkshop.techniques.catalogue import Asked, Item, catalogue
from csworkshop.techniques.encoder import Reading as Heard
from csworkshop.techniques.encoder import Reads, encoder
from csworkshop.techniques.judge import Weight, weights
from csworkshop.techniques.reading import Reading
from csworkshop.techniques.rules import PRESENT, Hit, run
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.language import say
from csworkshop.text.normalise import Folded, fold
from csworkshop.text.segment import Span

Level = Literal["full", "fast"]
READER = -1  # the number of the rule that spoke, where it was the learned reader
DOUBTFUL = 0.3  # below this nothing is shown
UNSURE = (0.4, 0.6)  # a score in here is told to the trainee as unsure rather than judged


@dataclass(frozen=True)
class Evidence:
    """Words of the reply as typed: code-point offsets, end exclusive, and the words themselves."""

    start: int
    end: int
    text: str


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
    """Findings for every item of the catalogue, by id, and the reply that they are about."""

    reply: str
    findings: dict[str, Finding]

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

    Level `full` weighs the rules and the learned reader; `fast` asks the rules alone, ten times as fast and less
    often right: for a first answer while somebody types, never for a mark.

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
    read, judge = None, judge or weights()
    if level == "full" and folded.text.strip():
        read = (reader or encoder()).read(folded.text, scenario)
    late = {asked.item for asked in turns[2]}
    for item in known:
        if item not in late:
            found[item] = _weigh(item, found[item], reading, read, judge[item])
    _run(turns[2], reading, found)
    for item in late:
        found[item] = _weigh(item, found[item], reading, read, judge[item])
    return Report(reply, {i: _finding(known[i], hits, folded) for i, hits in found.items()})


def _run(turn: list[Asked], reading: Reading, found: dict[str, list[Hit]]) -> None:
    mask = reading.mask
    for item, number, rule, bits in turn:
        if bits & mask:
            found[item] += run(rule, number, reading, found)


def _weigh(item: str, hits: list[Hit], reading: Reading, read: Heard | None, weight: Weight) -> list[Hit]:
    """The item's hits, all with the probability that rules and reader have together.

    Where the rules are silent, or weaker than the reader, the words are those that the reader points at.
    """
    if read is None:
        return hits
    rule = max((h.score for h in hits), default=0.0)
    column = read.items.index(item)
    probability = weight.probability(rule, float(read.odds[column]))
    if probability < DOUBTFUL and not hits:
        return []
    sure = [h for h in hits if h.score >= min(rule, PRESENT)]
    if rule < PRESENT and probability >= DOUBTFUL:
        pointed = _pointed(read, column, reading)
        sure = [Hit(a, b, probability, READER) for a, b in pointed] or sure
    return [replace(h, score=probability) for h in sure]


def _pointed(read: Heard, column: int, reading: Reading) -> list[Span]:
    """Clauses that the reader points at: all that it is sure of, at least the one that it is surest of."""
    weight = {}
    for start, end in reading.clauses:
        inside = [read.pieces[n, column] for n, (a, b) in enumerate(read.spans) if a < end and start < b]
        weight[start, end] = float(sum(sorted(inside)[-3:]) / 3) if inside else 0.0
    if not weight:
        return []
    best = max(weight.values())
    return [span for span, w in weight.items() if w >= max(0.5, 0.6 * best) or w == best]


def _finding(item: Item, hits: list[Hit], folded: Folded) -> Finding:
    if not hits:
        return _absent(item.id)
    best = max(hits, key=lambda h: h.score)
    rule = item.rules[best.rule] if best.rule != READER else None
    return Finding(
        item=item.id,
        present=best.score >= PRESENT,
        score=best.score,
        evidence=tuple(_evidence([h for h in hits if h.score >= min(best.score, PRESENT)], folded)),
        reason_zh=(rule and rule.reason_zh) or say("checker.reader", "zh", name=item.name.zh),
        reason_en=(rule and rule.reason_en) or say("checker.reader", "en", name=item.name.en),
    )


@lru_cache(maxsize=256)
def _absent(item: str) -> Finding:
    return Finding(item, False, 0.0)


def _evidence(hits: list[Hit], folded: Folded) -> Iterable[Evidence]:
    """The hits' spans as typed, in order, overlapping ones as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(folded.span(h.start, h.end) for h in hits):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    for start, end in joined:
        yield Evidence(start, end, folded.typed[start:end])
