"""The checker: which techniques and faults a reply shows, in which words, why, and how sure we are.

There is one checker. Live feedback, grading, the commands and the role-play customer all call `check`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from csworkshop.techniques.catalogue import Catalogue, Item, catalogue
from csworkshop.techniques.rules import PRESENT, Hit, Reading, run
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import Folded, fold

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


def check(reply: str, scenario: Scenario | None = None) -> Report:
    """Judge `reply`, read together with its scenario, on every item of the catalogue.

    Without a scenario the items that need one (facts restated, register, order) can only be seen in part.
    Offsets in the report count code points of `reply` as it was given.
    """
    known: Catalogue = catalogue()
    folded = fold(reply)
    reading = Reading(folded.text, scenario)
    found: dict[str, list[Hit]] = {i: [] for i in known.items}
    for turn in (0, 1, 2):  # rules that ask for other items come when those are known
        for item in known.items.values():
            for n, rule in enumerate(item.rules):
                if rule.turn == turn:
                    found[item.id] += run(rule, n, reading, found)
    return Report(reply, {i: _finding(known.items[i], hits, folded) for i, hits in found.items()})


def _finding(item: Item, hits: list[Hit], folded: Folded) -> Finding:
    if not hits:
        return Finding(item.id, False, 0.0)
    best = max(hits, key=lambda h: h.score)
    rule = item.rules[best.rule]
    return Finding(
        item=item.id,
        present=best.score >= PRESENT,
        score=best.score,
        evidence=tuple(_evidence([h for h in hits if h.score >= min(best.score, PRESENT)], folded)),
        reason_zh=rule.reason_zh or item.why.zh,
        reason_en=rule.reason_en or item.why.en,
    )


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
