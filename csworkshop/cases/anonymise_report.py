"""The report on an anonymised file: what was found by kind and number, what a person should look at, what was lost.

It holds numbers, kinds, columns and places (row, column, offsets); no value, no pseudonym, no key.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from csworkshop.cases.anonymise import Replaced
from csworkshop.cases.anonymity import Recoding
from csworkshop.cases.kinds import kinds
from csworkshop.text.language import say

MOST_PLACES = 10_000  # places of unsure finds that are kept
SHOWN = 20  # of them in the readable text


@dataclass
class Report:
    """What one run did."""

    rows: int = 0
    texts: list[str] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    places: list[dict[str, Any]] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    column_values: Counter[str] = field(default_factory=Counter)
    dropped: list[str] = field(default_factory=list)
    dates: Counter[str] = field(default_factory=Counter)
    lost_dates: Counter[str] = field(default_factory=Counter)
    anonymity: Recoding | None = None
    linkable: bool = False

    def replaced(self, row: int, column: str, replaced: Replaced) -> None:
        """One find more; rows count from 1."""
        f = replaced.found
        self.found[f.kind] += 1
        if not f.sure:
            self.unsure[f.kind] += 1
            if len(self.places) < MOST_PLACES:
                place = {"row": row, "column": column, "kind": f.kind, "start": f.start, "end": f.end}
                self.places.append({**place, "start_in_result": replaced.at})

    def value(self, column: str) -> None:
        """One value of a column named with --columns."""
        self.column_values[column] += 1

    def date(self, column: str, understood: bool) -> None:
        """One date of a column named with --shift-dates."""
        (self.dates if understood else self.lost_dates)[column] += 1

    def as_json(self) -> str:
        """The whole report."""
        told: dict[str, Any] = {
            "rows": self.rows,
            "text_columns": self.texts,
            "found": {k: {"all": n, "unsure": self.unsure[k]} for k, n in sorted(self.found.items())},
            "unsure_places": self.places,
            "unsure_places_left_out": self.unsure.total() - len(self.places),
            "columns": {c: {"as": kind, "values": self.column_values[c]} for c, kind in self.columns.items()},
            "dropped_columns": self.dropped,
            "dates": {
                c: {"moved": self.dates[c], "not_understood": self.lost_dates[c]}
                for c in sorted({*self.dates, *self.lost_dates})
            },
            "linkable_with_the_key": self.linkable,
            "anonymity": _anonymity(self.anonymity),
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def as_lines(self, lang: str) -> list[str]:
        """The report to read, in `zh` or `en`."""
        lines = [say("anonymise.rows", lang, rows=self.rows, columns=_listed(self.texts))]
        for kind, n in self.found.most_common():
            name = kinds()[kind].name["zh" if lang == "zh" else "en"]
            lines.append(say("anonymise.kind", lang, name=name, number=n, unsure=self.unsure[kind]))
        if not self.found:
            lines.append(say("anonymise.nothing", lang))
        for column, kind in self.columns.items():
            number = self.column_values[column]
            lines.append(say("anonymise.column", lang, column=column, kind=kind, number=number))
        for column in self.dropped:
            lines.append(say("anonymise.dropped", lang, column=column))
        for column in sorted({*self.dates, *self.lost_dates}):
            moved, lost = self.dates[column], self.lost_dates[column]
            lines.append(say("anonymise.dates", lang, column=column, moved=moved, lost=lost))
        if self.anonymity:
            lines += _anonymity_lines(self.anonymity, lang)
        lines.append(say("anonymise.linkable" if self.linkable else "anonymise.not_linkable", lang))
        if self.places:
            lines.append(say("anonymise.look", lang, number=self.unsure.total()))
            for place in self.places[:SHOWN]:
                name = kinds()[place["kind"]].name["zh" if lang == "zh" else "en"]
                shown = {k: place[k] for k in ("row", "column", "start", "end")}
                lines.append(say("anonymise.place", lang, **shown, name=name))
        return lines


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "–"


def _anonymity(r: Recoding | None) -> dict[str, Any] | None:
    if r is None:
        return None
    return {
        "k": r.k,
        "before": vars(r.before),
        "after": vars(r.after),
        "suppressed_rows": r.suppressed,
        "columns": {
            c: {"level": level, "of": height, "lost": round(lost, 4)}
            for c, level, height, lost in zip(r.columns, r.levels, r.heights, r.lost, strict=True)
        },
    }


def _anonymity_lines(r: Recoding, lang: str) -> list[str]:
    lines = [
        say("anonymise.k_before", lang, columns=_listed(list(r.columns)), classes=r.before.classes,
            smallest=r.before.smallest, below=r.before.below_k, k=r.k),
        say("anonymise.k_after", lang, classes=r.after.classes, smallest=r.after.smallest, suppressed=r.suppressed),
    ]  # fmt: skip
    for column, level, height, lost in zip(r.columns, r.levels, r.heights, r.lost, strict=True):
        lines.append(say("anonymise.k_column", lang, column=column, level=level, height=height, lost=lost))
    return lines
