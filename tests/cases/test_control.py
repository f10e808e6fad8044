"""Control charts agree with the textbook and don't call every wiggle news."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csworkshop.cases.control import p_chart, xmr


def weeks(values: list[float]) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2026-01-05", periods=len(values), freq="7D"), dtype=float)


def test_xmr_by_hand() -> None:
    found = xmr(weeks([10, 12, 11, 13, 9, 11, 12, 10]))
    assert found.middle == 11 and found.ranges.tolist() == [2, 1, 2, 4, 2, 1, 2]
    assert found.points.high.iloc[0] == pytest.approx(11 + 2.66 * 2, abs=0.01)
    assert found.range_limit == pytest.approx(3.268 * 2) and not found.signals


def test_a_point_beyond_the_limits_is_a_signal() -> None:
    found = xmr(weeks([10, 12, 11, 13, 30, 11, 12, 10, 11, 12, 10, 11]))
    assert found.signals == [pd.Timestamp("2026-02-02")]


def test_eight_on_one_side_are_a_signal_and_seven_are_not() -> None:
    low, high = [10.0, 9.0, 10.5, 9.5], [10.8, 10.9, 11.0, 10.9, 10.8, 11.0, 10.9, 10.8]
    assert len(xmr(weeks([*low, *low, *high])).signals) >= 8
    assert not xmr(weeks([*low, *high[:7], *low])).signals


def test_p_chart_by_hand() -> None:
    n = weeks([100] * 10)
    found = p_chart(weeks([10, 12, 8, 11, 9, 10, 12, 8, 10, 10]), n)
    assert found.middle == pytest.approx(0.1)
    assert found.points.high.iloc[0] == pytest.approx(0.1 + 3 * 0.03) and not found.signals


def test_limits_follow_the_number_of_tickets() -> None:
    found = p_chart(weeks([10, 12, 8, 3, 9, 10, 12, 8]), weeks([100, 100, 100, 25, 100, 100, 100, 100]))
    width = found.points.high - found.points.low
    assert width.iloc[3] > width.iloc[0]


def test_what_weeks_vary_anyhow_is_no_news() -> None:
    """Thousands of tickets a week whose share wanders by two points: plain limits would call a third of them news."""
    rng = np.random.default_rng(1)
    share = 0.8 + rng.normal(0, 0.02, 50)
    n = weeks([5000] * 50)
    assert len(p_chart(pd.Series(rng.binomial(5000, share), n.index), n).signals) <= 2


def test_few_points_have_no_signals() -> None:
    assert not xmr(weeks([1, 1, 1, 1, 1, 1, 90])).signals
