"""Ways to make a column's values coarser: provinces to regions, bands to wider bands, days to months, rare to other.

A level maps every value that the column has to a group; level 0 is the values themselves, at the last
all values are alike, mostly as "*".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from csworkshop.text.datafile import DataFileError, read_toml

FILE = Path(__file__).parent / "hierarchies.toml"
ALL, OTHER = "*", "其他"
Level = dict[str, str]
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BAND = re.compile(r"[<＜]?\s*(\d{1,3})\s*(?:岁)?\s*(?:[-—~～至到]\s*(\d{1,3})|(\+|岁?以上|岁?及以上|岁?以下))?\s*岁?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?.*")
_WIDTHS = (5, 10, 20, 50)


def read_hierarchies(path: Path = FILE) -> dict[str, dict[str, object]]:
    """The hierarchies of a TOML file; DataFileError names what is wrong."""
    table = read_toml(path)
    for column, entry in table.items():
        levels = entry.get("levels") if isinstance(entry, dict) else None
        if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
            raise DataFileError(path, column, "needs levels, a list of tables: group -> list of values")
    return table


def levels_of(column: str, counts: Mapping[str, int], k: int, known: Mapping[str, dict[str, object]]) -> list[Level]:
    """The levels of a column whose values occur `counts` times, finest first."""
    values = [v for v in counts if v]
    finest = {v: v for v in counts}
    if column in known:
        between = _listed(known[column], counts)
    elif values and all(_BAND.fullmatch(v) and not _NUMBER.fullmatch(v) for v in values):
        between = _bands(counts)
    elif values and all(_NUMBER.fullmatch(v) for v in values):
        between = [{v: _width(v, w) for v in counts} for w in _WIDTHS]
    elif values and all(_DATE.fullmatch(v) for v in values):
        between = _dates(counts)
    else:
        between = [{v: v if counts[v] >= k * f else OTHER for v in counts} for f in (1, 5)]
    levels = [finest]
    for level in between:
        if len(set(level.values())) < len(set(levels[-1].values())):
            levels.append(level)
    return [*levels, dict.fromkeys(counts, ALL)] if len(set(levels[-1].values())) > 1 else levels


def _listed(entry: dict[str, object], counts: Mapping[str, int]) -> list[Level]:
    strip = re.compile(str(entry["strip"])) if entry.get("strip") else None
    levels = []
    for groups in entry["levels"]:  # type: ignore[attr-defined]
        group_of = {str(v): group for group, values in groups.items() for v in values}
        levels.append({v: group_of.get(strip.sub("", v) if strip else v, ALL) for v in counts})
    return levels


def _bands(counts: Mapping[str, int]) -> list[Level]:
    """25-34 and 35-44 become 25-44, and so on, in the order of their lower ends."""
    ends: dict[str, tuple[int, str]] = {}
    for value in counts:
        m = _BAND.fullmatch(value)
        if m:
            open_below = bool(m[3] and "下" in m[3]) or value.lstrip()[:1] in "<＜"
            ends[value] = (-1 if open_below else int(m[1]), m[2] or ("+" if m[3] and not open_below else m[1]))
    ordered = sorted(ends, key=lambda v: ends[v])
    levels = []
    size = 2
    while size < len(ordered):
        level = dict.fromkeys(counts, ALL)
        for i in range(0, len(ordered), size):
            group = ordered[i : i + size]
            low, high = max(0, ends[group[0]][0]), ends[group[-1]][1]
            name = group[0] if len(group) == 1 else f"{low}+" if high == "+" else f"{low}-{high}"
            level.update(dict.fromkeys(group, name))
        levels.append(level)
        size *= 2
    return levels


def _width(value: str, width: int) -> str:
    if not value:
        return ALL
    low = int(float(value) // width) * width
    return f"{low}-{low + width - 1}"


def _dates(counts: Mapping[str, int]) -> list[Level]:
    levels: list[Level] = [{}, {}, {}, {}]
    for value in counts:
        m = _DATE.fullmatch(value)
        year, month, day = (m[1], int(m[2]), m[3]) if m else (ALL, 0, None)
        written = [f"{year}-{month:02}", f"{year}Q{(month + 2) // 3}", year] if m else [ALL] * 3
        levels[0][value] = f"{written[0]}-{int(day):02}" if day else written[0]
        for level, group in zip(levels[1:], written, strict=True):
            level[value] = group
    return levels


def entropy(counts: Counter[str]) -> float:
    """How much a column tells, in bits."""
    from math import log2

    total = counts.total()
    return -sum(n / total * log2(n / total) for n in counts.values() if n) if total else 0.0
