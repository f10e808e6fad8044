"""Figures that lesson 7 and its handbook tell in words are those of the shipped data."""

from __future__ import annotations

import pytest

from csworkshop.cases.measures import figure, figures
from csworkshop.cases.notebook import fair
from csworkshop.cases.opened import book_of
from csworkshop.exercises.library import content

LESSON = content() / "notebooks" / "m7-评估与提升.ipynb"


@pytest.fixture(scope="module")
def told() -> str:
    return LESSON.read_text("utf-8")


def _value(measure: str, **only: str) -> float:
    values = book_of().values
    for column, wanted in only.items():
        values = values[values[column].astype(str) == wanted]
    return figure(values, measure).value


def test_the_quickest_agent_solves_least(told: str) -> None:
    team = book_of().values
    team = team[team.team == "订单组"]
    by = {m: figures(team, ["agent_id"], [m]).set_index("agent_id").value for m in ("first_response_median", "on_time")}
    assert by["first_response_median"].idxmin() == by["on_time"].idxmax() == "A05"
    solved = figures(team, ["agent_id"], ["resolution_rate"]).set_index("agent_id").value
    least = solved.drop("A05").min()
    assert f"解决率只有 {solved['A05']:.0%}，别人最低的也有 {least:.0%}" in told
    assert 0.19 < _value("reopen_rate", agent_id="A05") < 0.22, "every fifth ticket"
    gap = fair("resolution_rate", team="订单组").frame.set_index("agent_id").difference["A05"]
    assert round(100 * gap) == -24 and "低二十四个百分点" in told


def test_a_small_number_throws_an_agent_from_third_to_last(told: str) -> None:
    values = book_of().values
    values = values[values.team == "账号组"]
    table = figures(values, ["month", "agent_id"], ["csat_top2"]).set_index(["month", "agent_id"]).value
    march, april = table["2026-03-01"], table["2026-04-01"]
    year = figures(values, ["agent_id"], ["csat_top2"]).set_index("agent_id").value
    assert int(march.rank(ascending=False)["A23"]) == 3 and "A23 第三" in told
    assert april.idxmin() == "A23" and int(year.rank(ascending=False)["A23"]) == 2
    assert 0.25 < march["A23"] - april["A23"] < 0.3, "nearly thirty points"


def test_the_mix_wrongs_an_agent(told: str) -> None:
    values = book_of().values
    others = values[(values.team == "账号组") & (values.agent_id != "A24")]
    assert f"一次解决率 {_value('fcr', agent_id='A24'):.1%}" in told
    assert f"别人平均 {figure(others, 'fcr').value:.1%}" in told


def test_satisfaction_bought(told: str) -> None:
    assert _value("compensated", team="售后组") > 0.5
    assert max(_value("compensated", team=t) for t in ("会员组", "安装组", "订单组", "账号组")) < 0.15
    assert round(100 * _value("csat_unpaid", team="售后组")) == 69 and "掉到 69%" in told


def test_mail_is_late_and_the_other_channels_are_not() -> None:
    assert 0.55 < 1 - _value("first_response_in_time", channel="email") < 0.65
    assert min(_value("first_response_in_time", channel=c) for c in ("chat", "phone", "review")) > 0.9
