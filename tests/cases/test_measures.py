"""Every measure agrees with a plain hand calculation on tickets that can be counted on one's fingers."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from csworkshop.cases.intervals import wilson
from csworkshop.cases.measures import FILE, SPOKEN, figure, figures, measures, per_ticket
from csworkshop.text.datafile import DataFileError
from tests.cases.tables import tickets

AS_OF = pd.Timestamp("2026-03-20 12:00")
OPEN = {"resolved_at": None, "closed_at": None, "resolved": False, "first_contact_resolution": False}
# Eight tickets. 1 plain; 2 slow and unhappy, promise broken; 3 never resolved, closed; 4 open, nobody answered;
# 5 of the last week, open; 6 reopened, paid; 7 by e-mail over a weekend; 8 of another agent, promise running.
DESK = tickets(
    {"csat": 5, "promised_at": "2026-03-02 18:00"},
    {
        "csat": 2,
        "first_response_at": "2026-03-02 10:20",
        "resolved_at": "2026-03-03 10:00",
        "closed_at": "2026-03-03 11:00",
        "promised_at": "2026-03-02 18:00",
        "contacts": 3,
        "first_contact_resolution": False,
        "transfers": 2,
        "escalated": True,
        "progress_due": 4,
        "progress_on_time": 1,
    },
    {"csat": 1, "resolved_at": None, "resolved": False, "first_contact_resolution": False, "contacts": 2},
    {**OPEN, "first_response_at": None, "promised_at": "2026-03-04 10:00"},
    {**OPEN, "opened_at": "2026-03-18 12:00", "first_response_at": "2026-03-18 12:01"},
    {"csat": 4, "reopened": 1, "compensation": 30.0, "contacts": 2, "progress_due": 1, "progress_on_time": 1},
    {
        "channel": "email",
        "opened_at": "2026-03-06 17:50",
        "first_response_at": "2026-03-09 09:10",
        "resolved_at": "2026-03-09 17:50",
        "closed_at": "2026-03-09 17:55",
        "compensation": 10.0,
    },
    {"agent_id": "A02", "resolved_at": "2026-03-02 11:00", "promised_at": "2026-03-25 10:00"},
)
VALUES = per_ticket(DESK, AS_OF)
HAND = {
    "csat_top2": 2 / 4,
    "csat_unpaid": 1 / 3,  # 5 2 1; the four was paid
    "csat_mean": (5 + 2 + 1 + 4) / 4,
    "survey_answered": 4 / 6,  # two are open
    "first_response_median": 2.0,  # 1 2 2 2 2 20 3800, the unanswered one left out
    "first_response_p90": 20 + 0.4 * (3800 - 20),  # rank 5.4 of 0..6
    "first_response_open": 2.0,
    "first_response_in_time": 6 / 8,  # the second took 20 minutes of 3, the fourth was never answered
    "resolution_median": 2.0,  # 1 2 2 24 72
    "resolution_p90": 24 + 0.6 * (72 - 24),
    "resolution_open": 2.0,
    "resolution_rate": 5 / 7,  # the fifth is too young to be asked
    "fcr": 3 / 7,  # 1, 7, 8; the sixth was reopened
    "reopen_rate": 1 / 6,
    "transfers": 2 / 8,
    "contacts": 12 / 8,
    "escalated": 1 / 8,
    "backlog": 2.0,
    "backlog_age": (18 * 24 + 2 + 48) / 2,  # 434 h and 48 h
    "on_time": 2 / 4,  # 1 and 8 kept; 2 late; 4 still open
    "promise_hours": (8 + 48) / 2,  # 8 8 48 552
    "progress_on_time": 2 / 5,
    "compensation": 40 / 8,
    "compensated": 2 / 8,
    "tickets": 8.0,
}


@pytest.mark.parametrize("name", [n for n in measures() if not n.startswith(SPOKEN)])
def test_a_measure_is_what_counting_by_hand_gives(name: str) -> None:
    assert figure(VALUES, name).value == pytest.approx(HAND[name])


def test_shares_carry_wilsons_interval_and_small_numbers_are_not_over_read() -> None:
    found = figure(VALUES, "csat_top2")
    assert found == wilson(2, 4) and found.low < 0.16 and found.high > 0.84


def test_by_agent_and_channel() -> None:
    table = figures(VALUES, ["agent_id", "channel"], ["fcr", "tickets"]).set_index(["agent_id", "channel", "measure"])
    assert table.value[("A01", "chat", "fcr")] == 1 / 5 and table.value[("A01", "email", "fcr")] == 1
    assert table.n[("A01", "chat", "tickets")] == 6 and table.value[("A02", "chat", "tickets")] == 1


def test_by_week_and_month() -> None:
    weeks = figures(VALUES, ["week"], ["tickets"])
    assert dict(zip(weeks.week.dt.date.astype(str), weeks.value, strict=True)) == {"2026-03-02": 7, "2026-03-16": 1}
    assert figures(VALUES, ["month"], ["tickets"]).month.tolist() == [pd.Timestamp("2026-03-01")]


def test_a_group_without_answers_has_no_satisfaction() -> None:
    row = figures(VALUES, ["agent_id"], ["csat_top2"]).set_index("agent_id").loc["A02"]
    assert row.n == 0 and math.isnan(row.value)


def test_the_earlier_the_report_the_more_is_still_open() -> None:
    early = per_ticket(DESK, pd.Timestamp("2026-03-03 00:00"))
    assert figure(early, "backlog").value == 2  # the second and the fourth; later ones weren't there
    assert figure(early, "resolution_rate").n == 0


def test_every_measure_is_explained_in_both_languages() -> None:
    for m in measures().values():
        for lang in ("zh", "en"):
            assert m.name[lang] and m.formula[lang] and all(m.traps[lang])
        assert m.source


def test_a_faulty_measure_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(FILE.read_text("utf-8").replace('of = "satisfied"', 'of = "happy"'), "utf-8")
    with pytest.raises(DataFileError, match=r"csat_top2.of: 'happy' is no value of a ticket; there are: ticket, sat"):
        measures(tmp_path / "m.toml")
