"""Alpha against published worked examples."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from csworkshop.grading.agreement import alpha, interval, majority, nominal, share


def units(*raters: str) -> list[dict[str, float | str]]:
    """Columns of a matrix as units; `.` and `*` are missing."""
    rows = [row.split() for row in raters]
    return [
        {f"r{n}": float(v) if v.isdigit() else v for n, v in enumerate(column) if v not in ".*"}
        for column in zip(*rows, strict=True)
    ]


# Krippendorff 2011, sections A (binary, two observers), B (nominal, two observers), C and E (four, missing data)
BINARY = units("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
LETTERS = units("a a b b d c c c e d d a", "b a b b b c c c e d d d")
FOUR = units("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
# Wikipedia, "Krippendorff's alpha", a computational example: three coders, fifteen units
THREE = units("* * * * * 3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 * * * * * * *", "* * 2 1 3 4 4 * 2 1 1 3 3 * 4")


@pytest.mark.parametrize(
    ("data", "distance", "published"),
    [
        (BINARY, nominal, 0.095),
        (LETTERS, nominal, 0.692),
        (FOUR, nominal, 0.743),
        (FOUR, interval, 0.849),
        (THREE, nominal, 0.691),
        (THREE, interval, 0.811),
    ],
    ids=["binary", "nominal", "four-nominal", "four-interval", "three-nominal", "three-interval"],
)
def test_alpha_as_published(data: list[dict[str, float | str]], distance: object, published: float) -> None:
    assert alpha(data, distance) == pytest.approx(published, abs=0.0005)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raters", "expected"),
    [(("1 0 1 0", "1 0 1 0"), 1.0), (("1 1 1", "1 1 1"), None), (("1 . 1", ". 0 ."), None), (("1 0", "0 1"), -0.5)],
)
def test_alpha_at_its_ends(raters: Sequence[str], expected: float | None) -> None:
    found = alpha(units(*raters))
    assert found is None if expected is None else found == pytest.approx(expected)


def test_share_and_majority() -> None:
    assert share(BINARY) == pytest.approx(0.6)
    assert share(units("1 . 1", ". 0 .")) is None
    assert majority([1, 1, 0]) == 1
    assert majority([1, 0]) is None
    assert majority([]) is None
