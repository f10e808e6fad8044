"""Made-up data: the same seed makes the same tables, the stories can be seen, the talk fits the tickets."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csworkshop.cases.checking import check_table
from csworkshop.cases.files import connect, read_table, shipped, source
from csworkshop.cases.made.generate import SEED, TICKETS, TRANSCRIPTS
from csworkshop.cases.made.stories import read_stories
from csworkshop.cases.made.world import OpenClock, read_world
from csworkshop.cases.made.year import make_tables, write_large, write_year
from csworkshop.cases.pseudonyms import TAG
from csworkshop.cases.schema import TABLES
from csworkshop.text.datafile import DataFileError

HOURS = 3600


@pytest.fixture(scope="module")
def tickets() -> pd.DataFrame:
    found = read_table(shipped(), "tickets")
    found["csat"] = found.csat.astype(float)
    found["hours"] = (found.closed_at - found.first_response_at).dt.total_seconds() / HOURS
    found["late"] = (found.closed_at > found.promised_at).where(found.promised_at.notna() & found.closed_at.notna())
    return found


@pytest.fixture(scope="module")
def messages() -> pd.DataFrame:
    return read_table(shipped(), "messages")


def test_the_command_makes_what_ships() -> None:
    made = make_tables(SEED, TICKETS, TRANSCRIPTS)
    for table in TABLES:
        pd.testing.assert_frame_equal(made[table], read_table(shipped(), table))


def test_same_seed_same_files_other_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_year(tmp_path / folder, make_tables(seed, 800, 60), seed)
    names = [p.name for p in sorted((tmp_path / "a").iterdir())]
    assert len(names) == 5
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "a" / "tickets.parquet").read_bytes() != (tmp_path / "c" / "tickets.parquet").read_bytes()


def test_a_small_set_fits_the_schema() -> None:
    for table, frame in make_tables(11, 300, 300).items():
        assert check_table(table, frame) == []


def test_the_year_has_its_rhythm(tickets: pd.DataFrame) -> None:
    day = tickets.groupby(tickets.opened_at.dt.date).size()
    day.index = pd.to_datetime(day.index)
    assert day["2025-11-12":"2025-11-20"].mean() > 1.2 * day["2025-10-12":"2025-10-19"].mean()  # after Double 11
    assert day["2026-02-15":"2026-02-23"].mean() < 0.7 * day["2026-02-01":"2026-02-10"].mean()  # Spring Festival
    week = tickets.groupby(tickets.opened_at.dt.weekday).size()
    assert week[0] > 1.1 * week[6]
    night = tickets.opened_at.dt.hour.between(1, 6).mean()
    assert 0.005 < night < 0.06
    chat = tickets[tickets.channel == "chat"]
    answered = chat.first_response_at.dropna().dt.hour
    assert answered.between(9, 21).all()  # nobody answers at night


def _mean(frame: pd.DataFrame, column: str) -> float:
    return float(frame[column].astype(float).mean())


def test_story_fast_but_unresolved(tickets: pd.DataFrame) -> None:
    team = tickets[tickets.team == "订单组"]
    by_agent = team.groupby("agent_id")
    assert by_agent.hours.median().idxmin() == "A05"
    assert by_agent.resolved.mean().idxmin() == "A05" and by_agent.resolved.mean()["A05"] < 0.8
    assert by_agent.reopened.mean().idxmax() == "A05"


def test_story_release_and_logistics(tickets: pd.DataFrame) -> None:
    def window(category: str, since: str, until: str) -> pd.DataFrame:
        return tickets[(tickets.category == category) & tickets.opened_at.between(since, until)]

    for category, before, during in (
        ("账号", ("2025-09-01", "2025-09-15"), ("2025-09-16", "2025-09-22")),
        ("物流", ("2026-02-25", "2026-03-08"), ("2026-03-09", "2026-03-16")),
    ):
        usual, bad = window(category, *before), window(category, *during)
        assert len(bad) / 7 > 2 * len(usual) / 13
        assert _mean(bad, "csat") < _mean(usual, "csat")
        assert _mean(bad, "first_contact_resolution") < _mean(usual, "first_contact_resolution")


def test_story_slow_email(tickets: pd.DataFrame) -> None:
    wait = (tickets.first_response_at - tickets.opened_at).dt.total_seconds() / HOURS
    assert wait[tickets.channel == "email"].median() > 8
    assert wait[tickets.channel == "chat"].median() < 0.1
    csat = tickets.groupby("channel").csat.mean()
    assert csat["email"] > 3.9  # the replies are not worse


def test_story_bought_satisfaction(tickets: pd.DataFrame) -> None:
    ours, others = tickets[tickets.team == "售后组"], tickets[tickets.team != "售后组"]
    assert _mean(ours, "compensation") > 5 * _mean(others, "compensation")
    assert _mean(ours, "csat") > _mean(others, "csat") - 0.15
    unpaid, theirs = ours[ours.compensation == 0], others[others.compensation == 0]
    assert _mean(unpaid, "csat") < _mean(theirs, "csat") - 0.2


def test_story_hard_cases_mislead(tickets: pd.DataFrame) -> None:
    team = tickets[(tickets.team == "账号组") & tickets.category.isin(("账号", "账单"))]
    his, theirs = team[team.agent_id == "A24"], team[team.agent_id != "A24"]
    for measure in ("first_contact_resolution", "csat"):
        assert _mean(his, measure) < _mean(theirs, measure)
        for category in ("账号", "账单"):
            assert _mean(his[his.category == category], measure) > _mean(theirs[theirs.category == category], measure)


def test_story_training(tickets: pd.DataFrame) -> None:
    agents = read_table(shipped(), "agents")
    trained = tickets.agent_id.isin(agents[agents.training_at.notna()].agent_id)
    after = tickets.opened_at >= agents.training_at.max()
    for measure, gain in (("csat", 0.2), ("first_contact_resolution", 0.03)):
        table = tickets.assign(m=tickets[measure].astype(float)).groupby([trained, after]).m.mean()
        assert (table[True, True] - table[True, False]) - (table[False, True] - table[False, False]) > gain


def test_story_broken_promises(tickets: pd.DataFrame) -> None:
    late = tickets.late.astype(float).groupby(tickets.team).mean()
    assert late.idxmax() == "安装组" and 0.35 < late["安装组"] < 0.6
    assert late.drop("安装组").max() < 0.25


def test_stories_are_data(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[stories]]\nid = "x"\ntitle = { zh = "慢", en = "slow" }\nlook = { zh = "看", en = "look" }\n'
        'where = { teams = ["会员组"] }\neffect = { resolved = -4.0, first_contact = -4.0 }\n',
        "utf-8",
    )
    made = make_tables(3, 1500, 10, stories=read_stories(path=mine))["tickets"]
    assert _mean(made[made.team == "会员组"], "resolved") < 0.3 < _mean(made[made.team != "会员组"], "resolved")
    mine.write_text(mine.read_text("utf-8").replace("会员组", "不存在"), "utf-8")
    with pytest.raises(DataFileError, match=r"mine.toml: stories\[0\].where.teams: '不存在' is unknown; allowed"):
        read_stories(None, mine)


def test_the_desk_clock_counts_open_hours_only() -> None:
    world = read_world()
    daily, office = OpenClock(world, False), OpenClock(world, True)
    friday = world.day(pd.Timestamp("2025-07-04").date()) * 24.0
    at = np.array([friday + 20.5, friday + 3, friday + 25]) * HOURS
    assert (daily.add(at, np.full(3, 1.0 * HOURS)) / HOURS - friday).tolist() == [24 + 9.5, 10, 24 + 10]
    assert (office.add(at[:1], np.full(1, 1.0 * HOURS)) / HOURS - friday).tolist() == [3 * 24 + 10]  # Monday
    assert np.isnan(daily.add(np.array([np.nan]), np.ones(1))).all()


def test_transcripts_fit_their_tickets(tickets: pd.DataFrame, messages: pd.DataFrame) -> None:
    assert messages.ticket_id.nunique() >= 3000
    about = tickets.set_index("ticket_id").loc[messages.ticket_id]
    assert (messages["at"].to_numpy() >= about.opened_at.to_numpy()).all()
    replies = messages[messages.role == "agent"]
    first = replies.groupby("ticket_id")["at"].min()
    said = tickets.set_index("ticket_id").loc[first.index].first_response_at
    assert ((first - said).dt.total_seconds() == 0).mean() > 0.9
    assert (messages.sort_values(["ticket_id", "turn"]).groupby("ticket_id")["at"].diff().dropna().dt.days >= 0).all()
    paid = about[(about.compensation > 0) & (messages.role == "agent").to_numpy()]
    amounts = paid.groupby(level=0).compensation.first().astype(int).astype(str)
    whole = replies.groupby("ticket_id").text.agg(" ".join).loc[amounts.index]
    assert np.mean([f"{a}元" in t or f"{a}块" in t for a, t in zip(amounts, whole, strict=True)]) > 0.8
    unpaid = replies[replies.ticket_id.isin(tickets[tickets.compensation == 0].ticket_id)]
    assert not unpaid.text.str.contains("无门槛券|我们的歉意").any()


def test_the_talk_varies_and_holds_no_gap_and_no_personal_data(messages: pd.DataFrame) -> None:
    text = messages.text
    assert not text.str.contains(r"[{}|()]|，。|。，|，，|。。|？，", regex=True).any()
    assert not text.str.contains(r"\d{6,}|@", regex=True).any()
    orders = text[text.str.contains("订单号〔")]
    assert len(orders) > 100 and orders.map(lambda t: bool(TAG.search(t))).all()
    said = messages[messages.role != "system"]
    openings = said[said.turn == 1].text
    assert openings.nunique() / len(openings) > 0.6
    assert said.text.value_counts().iloc[0] / len(said) < 0.03
    assert len(set(re.findall(r"[\u4e00-\u9fff]", "".join(said.text)))) > 900


def test_the_checker_sees_who_was_trained(messages: pd.DataFrame, tickets: pd.DataFrame) -> None:
    from csworkshop.techniques.checker import check
    from csworkshop.techniques.scenario import Scenario

    agents = read_table(shipped(), "agents")
    trained = set(agents[agents.training_at.notna()].agent_id)
    about = tickets.set_index("ticket_id")
    opening = messages[messages.role == "agent"].groupby("ticket_id").head(2)
    opening = opening[opening.ticket_id.map(about.agent_id).isin(trained)]
    after = opening.ticket_id.map(about.opened_at) >= agents.training_at.max()
    share = {}
    for name, part in (("before", opening[~after]), ("after", opening[after])):
        found = [{f.item for f in check(t, Scenario(), "fast").present} for t in part.text.head(300)]
        share[name] = {item: np.mean([item in f for f in found]) for item in ("empathy", "specific_time", "solution")}
    assert share["after"]["empathy"] > 1.3 * share["before"]["empathy"]
    assert share["after"]["specific_time"] > 1.3 * share["before"]["specific_time"]
    assert share["after"]["solution"] > 0.2


def test_millions_of_lines_come_in_parts_and_are_joined(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    tickets, lines = write_large(tmp_path, 5000, seed=4, part=300, progress=lambda *at: done.append(at))
    assert lines == 5000 and len(done) > 1 and done[-1] == (5000, 5000)
    assert not (tmp_path / ".parts").exists()
    with connect() as db:
        query = f"SELECT count(*), count(DISTINCT ticket_id) FROM {source(tmp_path / 'messages.parquet')}"
        assert db.sql(query).fetchall()[0][0] == 5000
        ids = f"SELECT count(*), count(DISTINCT ticket_id) FROM {source(tmp_path / 'tickets.parquet')}"
        assert db.sql(ids).fetchall() == [(tickets, tickets)]
    assert check_table("messages", read_table(tmp_path, "messages")) == []
