"""How far raters agree: per cent of pairs, and Krippendorff's alpha for nominal and interval data.

Alpha after K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): 1 - (N - 1) * disagreement observed
within units / disagreement expected between all values. Missing values are allowed; a unit with one value counts for
nothing. 1 is perfect agreement, 0 is what chance would bring, below 0 is worse than chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

Unit = Mapping[str, float | str]  # rater -> value
Distance = Callable[[float | str, float | str], float]


def nominal(a: float | str, b: float | str) -> float:
    """0 for the same category, 1 for another."""
    return float(a != b)


def interval(a: float | str, b: float | str) -> float:
    """The squared difference of two numbers."""
    return (float(a) - float(b)) ** 2


def alpha(units: Iterable[Unit], distance: Distance = nominal) -> float | None:
    """Krippendorff's alpha; None where nothing can vary: fewer than two paired values, or all of them the same."""
    paired = [list(unit.values()) for unit in units if len(unit) > 1]
    values = Counter(v for unit in paired for v in unit)
    number = sum(values.values())
    if number < 2 or len(values) < 2:
        return None
    observed = sum(2 * sum(distance(a, b) for a, b in combinations(unit, 2)) / (len(unit) - 1) for unit in paired)
    expected = sum(2 * n * m * distance(a, b) for (a, n), (b, m) in combinations(values.items(), 2))
    return 1 - (number - 1) * observed / expected


def same(a: float | str, b: float | str) -> bool:
    return a == b


def share(units: Iterable[Unit], agree: Callable[[float | str, float | str], bool] = same) -> float | None:
    """The share of pairs of ratings of the same unit that agree; None where there is no pair."""
    pairs = [agree(a, b) for unit in units for a, b in combinations(unit.values(), 2)]
    return sum(pairs) / len(pairs) if pairs else None


def majority(values: Sequence[float | str]) -> float | str | None:
    """The value of more than half of the raters, or None."""
    if not values:
        return None
    value, count = Counter(values).most_common(1)[0]
    return value if 2 * count > len(values) else None
