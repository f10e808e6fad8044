"""Like is compared with like: standardisation by hand, Simpson's paradox, small numbers, natural spread."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from csworkshop.cases.compare import against_peers, spread_between, standardised
from csworkshop.cases.measures import DUE, SPOKEN, per_ticket
from tests.cases.tables import tickets


def desk(*cells: tuple[str, str, int, int]) -> pd.DataFrame:
    """Values of tickets: (agent, category, tickets, resolved among them)."""
    rows = []
    for agent, category, n, resolved in cells:
        for k in range(n):
            rows.append({"agent_id": agent, "category": category, "resolved": k < resolved})
    return per_ticket(tickets(*rows), pd.Timestamp("2026-04-01"))


# Simpson: A01 is better in both categories and looks worse on the whole, for he gets the hard ones.
SIMPSON = desk(("A01", "账号", 80, 48), ("A01", "账单", 20, 19), ("A02", "账号", 20, 10), ("A02", "账单", 80, 72))


def row(table: pd.DataFrame, agent: str = "A01") -> pd.Series:
    return table.set_index("agent_id").loc[agent]


def test_simpsons_paradox_is_undone() -> None:
    plain = row(against_peers(SIMPSON, "resolution_rate", strata=()))
    fair = row(against_peers(SIMPSON, "resolution_rate"))
    assert plain.raw == pytest.approx(0.67) and plain.difference == pytest.approx(0.67 - 0.82)
    assert fair.expected == pytest.approx(0.8 * 0.5 + 0.2 * 0.9)  # A02's rates on A01's tickets
    assert fair.difference == pytest.approx(0.67 - 0.58)
    assert fair.low < fair.difference < fair.high and fair.covered == 1


def test_direct_standardisation_by_hand() -> None:
    table = standardised(SIMPSON, "resolution_rate")
    assert row(table).adjusted == pytest.approx(0.5 * 48 / 80 + 0.5 * 19 / 20)  # half of the desk is 账号
    assert row(table, "A02").adjusted == pytest.approx(0.5 * 10 / 20 + 0.5 * 72 / 80)
    assert row(table).low < row(table).adjusted < row(table).high


def test_a_stratum_without_peers_is_left_out_and_told() -> None:
    only = desk(("A01", "账号", 60, 30), ("A01", "账单", 40, 40), ("A02", "账单", 40, 36))
    found = row(against_peers(only, "resolution_rate"))
    assert found.covered == pytest.approx(0.4) and math.isnan(found.p)
    assert row(standardised(only, "resolution_rate"), "A02").covered == pytest.approx(80 / 140)


def test_few_tickets_are_not_judged() -> None:
    few = desk(("A01", "账号", 29, 0), ("A02", "账号", 200, 190))
    assert math.isnan(row(against_peers(few, "resolution_rate")).p)
    enough = desk(("A01", "账号", 30, 0), ("A02", "账号", 200, 190))
    assert row(against_peers(enough, "resolution_rate")).p < 1e-6


def test_none_of_a_rare_thing_is_no_proof() -> None:
    """Forty tickets without a reopened one, where one in thirty is: luck, though their own variance is nought."""
    rows = [{"agent_id": "A01"}] * 40 + [{"agent_id": "A02", "reopened": int(k % 30 == 0)} for k in range(600)]
    found = row(against_peers(per_ticket(tickets(*rows)), "reopen_rate"))
    assert found.raw == 0 and found.p > 0.1


def test_a_difference_counts_beyond_its_margin_only() -> None:
    cells = (("A01", "账号", 1000, 850), ("A02", "账号", 1000, 900))
    assert row(against_peers(desk(*cells), "resolution_rate")).p < 0.01
    assert row(against_peers(desk(*cells), "resolution_rate", margin=0.06)).p == 1


def test_times_are_compared_as_ratios() -> None:
    start = pd.Timestamp("2026-03-02 10:00")
    rows = [{"agent_id": a, "first_response_at": start + pd.Timedelta(minutes=m)} for a, m in (("A01", 6), ("A02", 2))]
    found = row(against_peers(per_ticket(tickets(*rows * 40)), "first_response_median"))
    assert found.difference == pytest.approx(3) and found.raw == pytest.approx(6) and found.expected == pytest.approx(2)


def test_parts_of_a_whole_are_summed_and_bundles_are_wide() -> None:
    """Two agents, 40 tickets of 5 replies each: what all replies of a ticket share counts once."""
    rng = np.random.default_rng(5)
    values = per_ticket(tickets(*[{"agent_id": "A01"}] * 40, *[{"agent_id": "A02"}] * 40))
    values[SPOKEN + "empathy"] = np.where(
        np.arange(80) < 40, 5.0 * (rng.random(80) < 0.5), 5.0 * (rng.random(80) < 0.7)
    )
    values[SPOKEN + "empathy" + DUE] = 5.0
    found = row(against_peers(values, SPOKEN + "empathy"))
    own = values[SPOKEN + "empathy"][:40].sum() / 200
    assert found.raw == pytest.approx(own) and found.se > 0.09  # 200 single replies would give 0.05


def test_the_natural_spread_between_colleagues_is_estimated() -> None:
    rng = np.random.default_rng(6)
    se = np.full(40, 0.02)
    assert spread_between(rng.normal(0, 0.02, 40), se) < 0.02**2
    spread = rng.normal(0, math.hypot(0.02, 0.06), 40)
    assert 0.03 < math.sqrt(spread_between(spread, se)) < 0.08
    assert spread_between(spread[:5], se[:5]) == 0


def test_chance_alone_is_rarely_told() -> None:
    rng = np.random.default_rng(7)
    cells = [
        (f"A{a:02}", c, 60, int(rng.binomial(60, p))) for a in range(30) for c, p in (("账号", 0.6), ("账单", 0.9))
    ]
    assert (against_peers(desk(*cells), "resolution_rate").p < 0.05).sum() <= 4
