"""Rules speak when their pattern is there, say with what evidence, and are silent where little is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csworkshop.cases.diagnose import diagnose, scarce
from csworkshop.cases.diagnosis import FILE, MODULES, read_diagnosis
from csworkshop.cases.effect import changes, effect
from csworkshop.cases.measures import DUE, SPOKEN, per_ticket
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError
from tests.cases.tables import tickets

AS_OF = pd.Timestamp("2026-04-01")


def desk(odd: dict[str, object], share: float, number: int = 120, colleagues: int = 5) -> pd.DataFrame:
    """A team in which A01's tickets are `odd` in that share, and colleagues' in one of thirty."""
    rows: list[dict[str, object]] = []
    for agent in range(1, colleagues + 2):
        every = share if agent == 1 else 1 / 30
        rows += [{"agent_id": f"A{agent:02}", **(odd if k < every * number else {})} for k in range(number)]
    return per_ticket(tickets(*rows), AS_OF)


UNSOLVED = {"resolved": False, "resolved_at": None, "first_contact_resolution": False}


def kinds(values: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for f in diagnose(values):
        found.setdefault(f.group, []).append(f.kind)
    return found


def test_low_resolution_with_good_tone_is_product_knowledge() -> None:
    found = [f for f in diagnose(desk(UNSOLVED, 0.4)) if f.group == "A01"]
    assert [f.kind for f in found] == ["product_knowledge"]
    first = found[0].evidence[0]
    assert first.measure == "resolution_rate" and first.sure and first.n == 120
    assert first.value == pytest.approx(0.6) and first.expected == pytest.approx(29 / 30)
    assert first.low < first.difference < first.high < 0 and found[0].train == ("m3",)


def test_late_closings_missing_progress_transfers_and_escalations() -> None:
    late = {"promised_at": "2026-03-02 11:00"}
    rows = [{"agent_id": "A01", **(late if k % 2 else {"promised_at": "2026-03-03"})} for k in range(120)]
    rows += [{"agent_id": "A02", "promised_at": "2026-03-03"} for _ in range(300)]
    assert kinds(per_ticket(tickets(*rows), AS_OF)) == {"A01": ["broken_promises"]}
    assert kinds(desk({"transfers": 2}, 0.5))["A01"] == ["passed_on"]
    assert kinds(desk({"escalated": True}, 0.4))["A01"] == ["escalates"]
    assert kinds(desk({"reopened": 1}, 0.4))["A01"] == ["fast_reopened", "repeat_contacts"]
    due = [{"agent_id": "A01", "progress_due": 2, "progress_on_time": int(k % 4 == 0)} for k in range(120)]
    due += [{"agent_id": "A02", "progress_due": 2, "progress_on_time": 1 + int(k % 2)} for k in range(300)]
    assert kinds(per_ticket(tickets(*due), AS_OF)) == {"A01": ["silent_progress"]}


def test_twenty_tickets_are_not_enough_to_be_judged() -> None:
    values = desk(UNSOLVED, 0.5, number=20)
    assert diagnose(values) == [] and [s.n for s in scarce(values)] == [20] * 6


def test_missing_techniques_and_faults_are_told_with_their_names() -> None:
    rng, values = np.random.default_rng(8), desk({}, 0)
    mine = (values.agent_id == "A01").to_numpy()
    for item in catalogue().items:
        often = {"empathy": (0.1, 0.6), "vague": (0.5, 0.1)}.get(item, (0.4, 0.4))
        values[SPOKEN + item] = rng.binomial(3, np.where(mine, *often)).astype(float)
        values[SPOKEN + item + DUE] = 3.0
    found = [f for f in diagnose(values) if f.group == "A01"]
    assert [f.kind for f in found] == ["missing_techniques"] and set(found[0].techniques) == {"empathy", "vague"}
    assert all(e.sure for e in found[0].evidence)


def test_a_whole_team_is_told_once_and_not_by_each_of_its_agents() -> None:
    late, kept = {"promised_at": "2026-03-02 11:00"}, {"promised_at": "2026-03-03"}
    rows = [
        {"team": team, "agent_id": f"{team}{k % 4}", **(late if team == "安装组" and k % 3 == 0 else kept)}
        for team in ("安装组", "订单组")
        for k in range(400)
    ]
    assert kinds(per_ticket(tickets(*rows), AS_OF)) == {"安装组": ["broken_promises"]}


def test_tickets_without_teams_are_diagnosed_too() -> None:
    values = desk(UNSOLVED, 0.4).assign(team=None)
    assert kinds(values)["A01"] == ["product_knowledge"]


def test_a_training_is_measured_against_those_who_had_none() -> None:
    """Everybody rises by 20 points with the season, the trained by 30 more; 0.30 is the training's."""
    rows = []
    for a in range(12):
        for k in range(100):
            after, trained = k >= 50, a < 6
            share = 0.3 + (0.2 + 0.3 * trained + a % 3 / 50) * after
            at = "2026-03-10" if after else "2026-02-10"
            rows.append({"agent_id": f"A{a:02}", "opened_at": at, "resolved": (k % 50) < round(share * 50)})
    values = per_ticket(tickets(*rows, first_response_at=None, resolved_at="2026-03-11"), AS_OF)
    day = pd.Timestamp("2026-03-01")
    training = pd.Series([day] * 6 + [pd.NaT] * 6, index=[f"A{a:02}" for a in range(12)])
    found = effect(values, training, "resolution_rate", day)
    assert found is not None and found.agents == (6, 6)
    assert found.effect == pytest.approx(0.3) and found.others == pytest.approx(0.22) and found.low < 0.3 < found.high
    assert len(changes(values, "resolution_rate", day)) == 12
    assert effect(values, training[:3], "resolution_rate", day) is None


def test_every_rule_names_modules_and_techniques_that_exist() -> None:
    rules = read_diagnosis()
    assert len(rules.rules) >= 10
    for rule in rules.rules.values():
        assert rule.train and set(rule.train) <= set(MODULES) and rule.techniques
    with_training = {m for r in rules.rules.values() for m in r.train} | set(rules.missing_techniques.train)
    assert with_training == {"m1", "m2", "m3", "m4", "m5", "m6"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('measure = "fcr", is = "lower"', 'measure = "frc", is = "lower"', "'frc' is no measure"),
        ('train = ["m3", "m2"]', 'train = ["m9"]', "'m9' is no module; there are: m1, m2"),
        ('is = "below", than = 0.7', 'is = "below", by = 0.7', "needs than, the goal, and no by"),
        ('instead_of = ["cold_tone"]', 'instead_of = ["cold"]', "'cold' is no rule"),
        ('level = ["channel"]', 'level = ["city"]', "level"),
    ],
)
def test_a_faulty_rule_is_told(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    (tmp_path / "d.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError, match=says):
        read_diagnosis(tmp_path / "d.toml")
