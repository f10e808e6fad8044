"""k-anonymity is measured rightly, reached, and costs no more than it must; linkage over quasi-identifiers fails."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from csworkshop.cases.anonymity import AnonymityFault, Recoding, measure, recode
from csworkshop.cases.hierarchies import ALL, OTHER, levels_of, read_hierarchies

COLUMNS = ("province", "age_band", "channel")
PROVINCES = "浙江 江苏 广东 北京 西藏 青海 四川 湖北 河南 吉林".split()
BANDS = ["18-24", "25-34", "35-44", "45-54", "55-64", "65+", ""]


def _table(rows: int, seed: int = 3) -> list[tuple[str, ...]]:
    r = random.Random(seed)
    weights = [30, 30, 40, 20, 1, 1, 10, 10, 10, 5]
    return [
        (r.choices(PROVINCES, weights)[0], r.choice(BANDS), r.choice(["chat", "phone", "review"])) for _ in range(rows)
    ]


def _classes(rows: list[tuple[str, ...]], made: Recoding) -> Counter[tuple[str, ...]]:
    return Counter(made(row) for row in rows)


def test_measuring() -> None:
    found = measure({("a", "b"): 1, ("a", "c"): 4, ("d", "c"): 5}, 5)
    assert (found.rows, found.classes, found.smallest, found.below_k) == (10, 3, 1, 5)


@pytest.mark.parametrize("k", [2, 5, 20, 60])
@pytest.mark.parametrize("rows", [60, 700, 3000])
def test_k_is_reached_for_every_row(rows: int, k: int) -> None:
    table = _table(rows)
    made = recode(COLUMNS, Counter(table), k)
    classes = _classes(table, made)
    assert min(classes.values()) >= k
    assert made.after == measure(classes, k)
    assert made.suppressed <= 0.02 * rows + 2 * k  # the suppressed rows are a class of their own, which needs k, too
    assert all(0 <= lost <= 1 for lost in made.lost)


def test_little_is_lost_where_little_is_needed() -> None:
    table = _table(3000)
    few, many = (recode(COLUMNS, Counter(table), k) for k in (3, 60))
    assert sum(few.levels) <= sum(many.levels) and sum(few.lost) < sum(many.lost)
    large = Counter(dict.fromkeys({row[:3] for row in table}, 50))
    made = recode(COLUMNS, large, 5)
    assert made.levels == (0, 0, 0) and made.suppressed == 0 and made.lost == (0.0, 0.0, 0.0)


def test_linkage_over_quasi_identifiers_singles_nobody_out() -> None:
    """Whoever knows everybody's province, age and channel is left with at least k rows for each of them."""
    table = _table(900, seed=5)
    before = Counter(table)
    assert min(before.values()) == 1  # some could be told apart
    made = recode(COLUMNS, before, 5)
    after = _classes(table, made)
    for person in table:
        assert after[made(person)] >= 5


def test_what_was_not_counted_tells_nothing() -> None:
    made = recode(COLUMNS, Counter(_table(700)), 5)
    assert made(("火星", "18-24", "chat")) == (ALL, ALL, ALL)


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(AnonymityFault, match=r"has 3 rows, fewer than k = 5"):
        recode(("province",), {("浙江",): 3}, 5)


def test_levels() -> None:
    known = read_hierarchies()
    provinces = levels_of("province", Counter({"浙江省": 3, "江苏": 3, "广西壮族自治区": 1, "吉林": 1}), 2, known)
    assert [level["浙江省"] for level in provinces] == ["浙江省", "华东", "南方", ALL]
    bands = levels_of("age_band", Counter(BANDS), 2, known)
    assert [level["25-34"] for level in bands] == ["25-34", "18-34", "18-54", ALL]
    assert bands[1]["65+"] == "55+" and bands[1][""] == ALL
    ages = levels_of("age", Counter(map(str, range(20, 70))), 2, known)
    assert [level["37"] for level in ages][:2] == ["37", "35-39"]
    days = levels_of("born", Counter(["1990-03-07", "1990-04-01", "1990-04-02", "1990-05-09", "1991-12-31"]), 2, known)
    assert [level["1990-04-01"] for level in days] == ["1990-04-01", "1990-04", "1990Q2", "1990", ALL]
    jobs = levels_of("job", Counter({"教师": 9, "船长": 1}), 3, known)
    assert jobs[-1]["教师"] in (ALL, OTHER, "教师") and jobs[1]["船长"] in (OTHER, ALL)
