"""k-anonymity of quasi-identifiers: measure it, and reach it by coarser values and by telling nothing of a few rows.

A class is the rows that agree in all quasi-identifiers; a table is k-anonymous if no class is smaller than k
(Samarati and Sweeney 1998). The best of all combinations of levels is searched: the one that loses least while no more
than a share of the rows must be suppressed (as in Samarati 2001 and El Emam's OLA 2009). It works on the distinct
combinations and their counts, never on rows, so a large table costs no more than a small one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from csworkshop.cases.hierarchies import ALL, Level, entropy, levels_of, read_hierarchies

Combination = tuple[str, ...]
MOST_NODES = 20_000
MAX_SUPPRESSED = 0.02


class AnonymityFault(ValueError):
    """k cannot be reached; the message says why."""


@dataclass(frozen=True)
class Measured:
    """A table's classes."""

    rows: int
    classes: int
    smallest: int
    below_k: int  # rows in classes smaller than k


@dataclass(frozen=True)
class Recoding:
    """How quasi-identifiers are recoded, and what that costs."""

    columns: tuple[str, ...]
    k: int
    levels: tuple[int, ...]  # chosen level of each column, 0: as it was
    heights: tuple[int, ...]  # the last level of each
    before: Measured
    after: Measured
    suppressed: int  # rows of which no quasi-identifier is told
    lost: tuple[float, ...]  # share of what a column told that is lost, 0 to 1
    table: Mapping[Combination, Combination]

    def __call__(self, values: Combination) -> Combination:
        """The new values; a combination that was not counted tells nothing."""
        return self.table.get(values, (ALL,) * len(self.columns))


def measure(counts: Mapping[Combination, int], k: int) -> Measured:
    """The classes of a table given as combination -> number of rows."""
    sizes = counts.values()
    return Measured(sum(sizes), len(counts), min(sizes, default=0), sum(n for n in sizes if n < k))


def recode(
    columns: Sequence[str],
    counts: Mapping[Combination, int],
    k: int,
    max_suppressed: float = MAX_SUPPRESSED,
    hierarchies: Mapping[str, dict[str, object]] | None = None,
) -> Recoding:
    """The recoding that reaches k and loses least; AnonymityFault if the table has fewer rows than k."""
    rows = sum(counts.values())
    if rows < k:
        raise AnonymityFault(f"the table has {rows} rows, fewer than k = {k}: no way of coarsening reaches it")
    known = read_hierarchies() if hierarchies is None else hierarchies
    each = [_counted(counts, i) for i in range(len(columns))]
    levels = [levels_of(c, n, k, known) for c, n in zip(columns, each, strict=True)]
    if _nodes(levels) > MOST_NODES:
        raise AnonymityFault(f"--quasi: {_nodes(levels)} combinations of levels are too many; name fewer columns")
    full = [entropy(n) for n in each]
    costs = [
        [1 - entropy(_mapped(level, n)) / h if h else 0.0 for level in ls]
        for ls, n, h in zip(levels, each, full, strict=True)
    ]
    allowed = int(max_suppressed * rows)
    best: tuple[float, int, Combination | tuple[int, ...]] | None = None
    chosen: tuple[int, ...] = tuple(len(level) - 1 for level in levels)
    for node in product(*(range(len(level)) for level in levels)):
        # Squares: two columns that tell half are better than one that tells nothing.
        cost = sum(costs[i][n] ** 2 for i, n in enumerate(node))
        if best and cost >= best[0] + 1e-9:
            continue
        small = _small(_grouped(counts, levels, node), k)
        if small > allowed:
            continue
        total = cost + len(columns) * small / rows
        if best is None or (total, small) < (best[0], best[1]):
            best, chosen = (total, small, node), node
    return _built(tuple(columns), counts, k, levels, chosen, each)


def _nodes(levels: Sequence[Sequence[Level]]) -> int:
    total = 1
    for level in levels:
        total *= len(level)
    return total


def _counted(counts: Mapping[Combination, int], i: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for combination, n in counts.items():
        found[combination[i]] += n
    return found


def _mapped(level: Level, counts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for value, n in counts.items():
        found[level[value]] += n
    return found


def _grouped(
    counts: Mapping[Combination, int], levels: Sequence[Sequence[Level]], node: Sequence[int]
) -> Counter[Combination]:
    found: Counter[Combination] = Counter()
    maps = [levels[i][n] for i, n in enumerate(node)]
    for combination, n in counts.items():
        found[tuple(m[v] for m, v in zip(maps, combination, strict=True))] += n
    return found


def _small(groups: Mapping[Combination, int], k: int) -> int:
    return sum(n for n in groups.values() if n < k)


def _built(
    columns: tuple[str, ...],
    counts: Mapping[Combination, int],
    k: int,
    levels: Sequence[Sequence[Level]],
    node: Sequence[int],
    each: Sequence[Counter[str]],
) -> Recoding:
    groups = _grouped(counts, levels, node)
    nothing = (ALL,) * len(columns)
    dropped = {g for g, n in groups.items() if n < k}
    # The suppressed rows are a class themselves: it takes in the smallest classes until it has k rows.
    for group, _ in sorted(groups.items(), key=lambda item: (item[1], item[0])):
        hidden = sum(groups[g] for g in dropped | ({nothing} & set(groups)))
        if not dropped or hidden >= k:
            break
        dropped.add(group)
    dropped.discard(nothing)
    maps = [levels[i][n] for i, n in enumerate(node)]
    table: dict[Combination, Combination] = {}
    after: Counter[Combination] = Counter()
    for combination, n in counts.items():
        new = tuple(m[v] for m, v in zip(maps, combination, strict=True))
        table[combination] = nothing if new in dropped else new
        after[table[combination]] += n
    lost = []
    for i, values in enumerate(each):  # H(before | after) / H(before): what the new value leaves open of the old one
        both: Counter[str] = Counter()
        for combination, rows in counts.items():
            both[f"{combination[i]}\0{table[combination][i]}"] += rows
        full = entropy(values)
        lost.append((entropy(both) - entropy(_counted(after, i))) / full if full else 0.0)
    return Recoding(
        columns, k, tuple(node), tuple(len(level) - 1 for level in levels), measure(counts, k), measure(after, k),
        sum(groups[g] for g in dropped), tuple(max(0.0, x) for x in lost), table,
    )  # fmt: skip
