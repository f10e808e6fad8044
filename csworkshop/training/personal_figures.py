"""How much of names and addresses is found in lines that nothing was fitted to: rules alone, and with the tagger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from csworkshop.cases.numerals import plain
from csworkshop.cases.personal import Reader, found_in, usual
from csworkshop.cases.tagger import Tagger, names_and_addresses, rules_alone
from csworkshop.training.personal_fit import Lots
from csworkshop.training.personal_lots import Line

Finder = Callable[[str], list[tuple[int, int, str]]]


@dataclass
class Figures:
    """Counts over lines: things there and found whole per kind, finds and right ones, characters lost where nothing
    is anybody's."""

    there: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    told: int = 0
    right: int = 0
    lost: int = 0
    characters: int = 0

    def add(self, line: Line, found: Sequence[tuple[int, int, str]]) -> None:
        """Count a line; a thing counts as found if every character is, as whatever kind."""
        if not line.spans:
            self.characters += len(line.text)
            self.lost += sum(e - s for s, e, _ in found)
            return
        inside = {i for s, e, _ in found for i in range(s, e)}
        for kind, start, end in line.spans:
            self.there[kind] += 1
            self.hit[kind] += all(i in inside or line.text[i].isspace() for i in range(start, end))
        self.told += len(found)
        self.right += sum(any(s < e and b < t for _, b, e in line.spans) for s, t, _ in found)

    def recall(self, kind: str) -> float:
        return self.hit[kind] / max(1, self.there[kind])

    @property
    def precision(self) -> float:
        return self.right / max(1, self.told)

    @property
    def loss(self) -> float:
        return self.lost / max(1, self.characters)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.there + other.there,
            self.hit + other.hit,
            self.told + other.told,
            self.right + other.right,
            self.lost + other.lost,
            self.characters + other.characters,
        )


def measured(lines: Sequence[Line], find: Finder) -> Figures:
    """The figures of a finder on some lines."""
    figures = Figures()
    for line in lines:
        figures.add(line, find(line.text))
    return figures


def finder(model: Tagger | None) -> Finder:
    """Finds as `personal_data` does with that tagger; with none by rules alone."""

    read: Reader = partial(names_and_addresses, model=model) if model else rules_alone

    def find(text: str) -> list[tuple[int, int, str]]:
        view = plain(text)
        return [(*view.span(s, e), kind) for s, e, _, kind in found_in(view, usual(), read)]

    return find


def table(lots: Lots) -> Iterator[str]:
    """Lines of a table, one lot at a time; each lot is tagged with what was fitted to the others."""
    head = ("names", "addresses", "precision", "lost")
    yield f"{'lot':10}{'rules alone':^42}{'with the tagger':^42}"
    yield f"{'':10}" + 2 * "".join(f"{h:>10}" for h in head)
    sums = [Figures(), Figures()]
    for lot in lots.names:
        both = [measured(lots.lines(lot), finder(m)) for m in (None, lots.fit(without=lot))]
        sums = [s + f for s, f in zip(sums, both, strict=True)]
        yield f"{lot:10}" + "".join(_row(f) for f in both)
    yield f"{'all':10}" + "".join(_row(f) for f in sums)


def _row(f: Figures) -> str:
    return f"{f.recall('name'):10.3f}{f.recall('address'):10.3f}{f.precision:10.3f}{f.loss:10.4f}"
