"""What is hidden in made-up data is found, on the shipped year and on other seeds, with hardly a false alarm."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import pytest

from csworkshop.cases.diagnose import Finding, diagnose
from csworkshop.cases.diagnosis import read_diagnosis
from csworkshop.cases.effect import effects
from csworkshop.cases.files import read_table, shipped
from csworkshop.cases.made.generate import agents_frame, events_frame, make_batch, tickets_frame
from csworkshop.cases.made.stories import Story, read_stories
from csworkshop.cases.measures import SPOKEN, per_ticket
from csworkshop.cases.spoken import listen
from csworkshop.cases.unusual import Unusual, unusual

SHIPPED, SMALLER = 0, 12_000
ALARMS = 2
EVENTS = ("release_login", "logistics_week")
Case = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@lru_cache(maxsize=4)
def data(seed: int, told: bool = True) -> Case:
    """Values per ticket, agents, events: the shipped ones for seed 0, made up otherwise; with stories or without."""
    if seed == SHIPPED:
        tables = [read_table(shipped(), table) for table in ("tickets", "agents", "events")]
    else:
        batch = make_batch(seed, SMALLER, stories=None if told else ())
        tables = [tickets_frame(batch), agents_frame(batch.world, batch.staff), events_frame(batch.world, ())]
        tables[2] = events_frame(batch.world, read_stories() if told else ())
    return per_ticket(tables[0]), tables[1], tables[2]


def concerns(story: Story, finding: Finding) -> bool:
    """Whether a finding is about what a story is about."""
    kinds = {"fast_unresolved": "fast_unresolved", "slow_email": "slow_first_answer", "hard_cases": "misleading_mix"}
    where = (*story.where.agents, *story.where.teams, *story.where.channels)
    return finding.kind == kinds.get(story.id, story.id) and finding.group in where


def shows(story: Story, period: Unusual) -> bool:
    """Whether a period is that of a story: the category, and days that are mostly its own."""
    since, until = pd.Timestamp(story.where.since), pd.Timestamp(story.where.until)
    inside = (min(period.until, until) - max(period.at, since)).days + 1
    return period.category in story.where.categories and inside >= 0.7 * ((period.until - period.at).days + 1)


@pytest.mark.parametrize("seed", [SHIPPED, 11, 12])
def test_every_story_is_found_and_hardly_anything_else(seed: int) -> None:
    values, agents, events = data(seed)
    findings = diagnose(values)
    periods = [u for u in unusual(values, events) if not u.expected]
    stories = {s.id: s for s in read_stories()}
    for story in stories.values():
        if story.id in EVENTS:
            assert any(shows(story, u) for u in periods), story.id
        elif story.id != "training":
            assert any(concerns(story, f) for f in findings), story.id
    alarms = [f for f in findings if not any(concerns(s, f) for s in stories.values())]
    alarms_ = [u for u in periods if not any(shows(s, u) for s in stories.values())]
    assert len(alarms) + len(alarms_) <= ALARMS, (alarms, alarms_)

    found = {e.measure: e for e in effects(values, agents, read_diagnosis().training.measures)}
    assert found["csat_top2"].counts and found["csat_top2"].low > 0
    assert found["progress_on_time"].counts and abs(found["csat_top2"].others) < found["csat_top2"].trained


def test_the_training_is_heard_in_the_transcripts_too_and_nobody_is_blamed_by_chance() -> None:
    values, agents, _ = data(SHIPPED)
    heard = listen(values, read_table(shipped(), "messages"))
    names = [SPOKEN + item for item in ("specific_time", "restate", "own", "compensation")]
    found = {e.measure.removeprefix(SPOKEN): e for e in effects(heard, agents, names)}
    assert found["specific_time"].counts and found["restate"].counts  # taught
    assert not found["own"].counts and not found["compensation"].counts  # not taught
    stories = read_stories()
    assert sum(not any(concerns(s, f) for s in stories) for f in diagnose(heard)) <= ALARMS


@pytest.mark.parametrize("seed", [11, 12])
def test_where_nothing_is_hidden_hardly_anything_is_found(seed: int) -> None:
    values, agents, events = data(seed, told=False)
    findings = diagnose(values)
    periods = [u for u in unusual(values, events) if not u.expected]
    counted = [e for e in effects(values, agents, read_diagnosis().training.measures) if e.counts]
    assert len(findings) + len(periods) + len(counted) <= ALARMS, (findings, periods, counted)


def test_a_sale_explains_what_follows_it() -> None:
    values, _, events = data(SHIPPED)
    expected = [u for u in unusual(values, events, "en") if u.expected]
    assert any(u.category == "物流" and "Double 11" in u.notes for u in expected)
    without = unusual(values, None)
    assert len(without) >= len(expected) + 2 and not any(u.notes or u.expected for u in without)


def test_a_period_tells_what_moved_in_it() -> None:
    values, _, events = data(SHIPPED)
    release = next(u for u in unusual(values, events) if u.category == "账号")
    assert release.tickets > 2 * release.usual
    fcr = release.figures.loc["fcr"]
    assert fcr.high < fcr.usual and fcr.n > 50
