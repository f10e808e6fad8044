"""From figures to weaknesses: which agent, team or channel shows a pattern of `diagnosis.toml`, with the evidence.

Many agents times many measures bring many differences that are chance. So a finding needs a difference beyond what
matters (`by`), against colleagues on the same kind of tickets, beyond the natural spread between colleagues
(`csworkshop.cases.compare`), and it must count among all tests of its level (Benjamini and Hochberg). Who has too few
tickets is told as such and never judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from csworkshop.cases.compare import ENOUGH, STRATA, against_peers
from csworkshop.cases.diagnosis import LEVELS, Condition, Diagnosis, Level, Rule, read_diagnosis
from csworkshop.cases.intervals import discoveries
from csworkshop.cases.measures import SPOKEN, figures, measures
from csworkshop.techniques.catalogue import catalogue

PEERS: dict[Level, tuple[str, ...]] = {"agent": ("team", *STRATA), "team": ("channel",), "channel": ("category",)}
NO_TEAM = "—"


@dataclass(frozen=True)
class Evidence:
    """One figure behind a finding. `expected` is the peers' on the same kind of tickets, or the goal; `difference` (for
    times a ratio) has bounds low and high. `sure`: it counts as a discovery and is no mere companion."""

    measure: str
    n: int
    value: float
    expected: float
    difference: float
    low: float
    high: float
    sure: bool


@dataclass(frozen=True)
class Finding:
    """A weakness of a group, or something about the desk, with its evidence and what to train."""

    kind: str
    level: str
    group: str
    evidence: tuple[Evidence, ...]
    train: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    at: pd.Timestamp | None = None
    until: pd.Timestamp | None = None
    context: tuple[str, ...] = field(default=())  # notes of events that explain it


@dataclass(frozen=True)
class Scarce:
    """A group that is not judged, and how many tickets it has."""

    level: str
    group: str
    n: int


Tests = dict[tuple[str, float], pd.DataFrame]  # measure and margin -> a row per group


def diagnose(values: pd.DataFrame, rules: Diagnosis | None = None) -> list[Finding]:
    """Findings about agents, teams and channels; `values` as `per_ticket` makes them, with techniques or without."""
    rules = rules or read_diagnosis()
    values = values.assign(team=values.team.astype(object).where(values.team.notna(), NO_TEAM))
    found: list[Finding] = []
    for level in LEVELS:
        found += _of_level(values, rules, level)
    return [*found, *_misleading(values, rules)]


def scarce(values: pd.DataFrame, level: Level = "agent") -> list[Scarce]:
    """Groups with fewer than 30 tickets: not enough data to say anything about them."""
    counts = values.groupby(LEVELS[level]).size()
    return [Scarce(level, str(group), int(n)) for group, n in counts.items() if n < ENOUGH]


def tests_of(values: pd.DataFrame, rules: Diagnosis, level: Level) -> tuple[Tests, set[tuple[str, float, str]]]:
    """All comparisons of a level, and which (measure, margin, group) of them are discoveries."""
    asked = {
        (c.measure, c.by) for r in rules.rules.values() if level in r.level for c in r.conditions if c.by is not None
    }
    sure = {(c.measure, c.by) for r in rules.rules.values() if level in r.level for c in r.conditions if c.sure}
    if level == "agent":
        techniques = {(SPOKEN + item, rules.missing_techniques.by) for item in catalogue().items}
        asked, sure = asked | techniques, sure | techniques
    made: Tests = {}
    for measure, by in sorted(k for k in asked if k[1] is not None and measures()[k[0]].of in values):
        assert by is not None
        table = against_peers(values, measure, LEVELS[level], PEERS[level], by)
        made[measure, by] = table.set_index(LEVELS[level], drop=False)
    counted: set[tuple[str, float, str]] = set()
    for spoken in (False, True):  # results and techniques are two families: 28 techniques must not drown the results
        asks = [k for k in made if k in sure and k[0].startswith(SPOKEN) == spoken]
        keys = [(m, by, str(g)) for m, by in asks for g in made[m, by].index]
        p = [made[m, by].p[g] for m, by, g in keys]
        counted |= {key for key, counts in zip(keys, discoveries(p, rules.rate), strict=True) if counts}
    return made, counted


def _of_level(values: pd.DataFrame, rules: Diagnosis, level: Level) -> Iterator[Finding]:
    made, counted = tests_of(values, rules, level)
    goals = {c.measure for r in rules.rules.values() if level in r.level for c in r.conditions if c.than is not None}
    plain = figures(values, [LEVELS[level]], sorted(goals)).set_index([LEVELS[level], "measure"]) if goals else None
    for group in sorted(values[LEVELS[level]].dropna().unique()):
        spoken: dict[str, Finding] = {}
        for name, rule in rules.rules.items():
            if level in rule.level:
                evidence = _holds(rule, group, made, counted, plain)
                if evidence:
                    spoken[name] = Finding(name, level, group, evidence, rule.train, rule.techniques)
        silenced = {other for name in spoken for other in rules.rules[name].instead_of}
        yield from (f for name, f in spoken.items() if name not in silenced)
        if level == "agent":
            yield from _missing(rules, group, made, counted)


def _holds(
    rule: Rule, group: str, made: Tests, counted: set[tuple[str, float, str]], plain: pd.DataFrame | None
) -> tuple[Evidence, ...]:
    """The evidence for a rule about a group; nothing if a condition fails or can't be judged."""
    found = []
    for condition in rule.when:
        holds = _condition(condition, group, made, counted, plain)
        if holds is None:
            return ()
        found += holds
    either = [_condition(condition, group, made, counted, plain) for condition in rule.either]
    if rule.either and not any(either):
        return ()
    proof = [e for holds in either for e in holds or ()]
    return (*proof, *(e for e in found if e.measure not in {p.measure for p in proof}))


def _condition(
    condition: Condition, group: str, made: Tests, counted: set[tuple[str, float, str]], plain: pd.DataFrame | None
) -> list[Evidence] | None:
    """The evidence for a condition; None if it fails or can't be judged."""
    if condition.by is None:
        assert plain is not None
        evidence = _goal(condition, plain.loc[(group, condition.measure)])
    elif (condition.measure, condition.by) in made:
        table = made[condition.measure, condition.by]
        sure = (condition.measure, condition.by, group) in counted
        evidence = _against(condition, table.loc[group], sure) if group in table.index else None
    elif condition.measure.startswith(SPOKEN):
        return []  # no transcripts were judged: a companion is missing, no proof
    else:
        evidence = None
    return None if evidence is None else [evidence]


def _goal(condition: Condition, row: pd.Series) -> Evidence | None:
    goal = condition.than or 0.0
    if row.n < ENOUGH or not (row.high < goal if condition.low else row.low > goal):
        return None
    gap = (row.value - goal, row.low - goal, row.high - goal)
    return Evidence(condition.measure, int(row.n), row.value, goal, *gap, sure=True)


def _against(condition: Condition, row: pd.Series, counts: bool) -> Evidence | None:
    if math.isnan(row.difference):
        return None
    by = condition.by or 0.0
    times = measures()[condition.measure].kind in ("median", "p90")
    if times:
        beyond = row.difference < 1 / max(by, 1) if condition.low else row.difference > max(by, 1)
    else:
        beyond = row.difference < -by if condition.low else row.difference > by
    if condition.is_.startswith("not_"):
        beyond = not beyond
    if not beyond or (condition.sure and not counts):
        return None
    return evidence_of(row, condition.sure)


def evidence_of(row: pd.Series, sure: bool) -> Evidence:
    """A row of `against_peers` as evidence."""
    return Evidence(row.measure, int(row.n), row.raw, row.expected, row.difference, row.low, row.high, sure)


def _missing(rules: Diagnosis, group: str, made: Tests, counted: set[tuple[str, float, str]]) -> Iterator[Finding]:
    by = rules.missing_techniques.by
    rows = []
    for item in catalogue().items.values():
        key = (SPOKEN + item.id, by, group)
        if key in counted:
            row = made[key[:2]].loc[group]
            if (row.difference < 0) == (item.type == "technique"):
                rows.append((abs(row.difference), item.id, evidence_of(row, True)))
    if rows:
        rows.sort(reverse=True)
        items = tuple(item for _, item, _ in rows)
        words = rules.missing_techniques
        yield Finding("missing_techniques", "agent", group, tuple(e for *_, e in rows), words.train, items)


def _misleading(values: pd.DataFrame, rules: Diagnosis) -> Iterator[Finding]:
    """Agents whose plain figure is moved by the kind of tickets that they get."""
    about = rules.misleading_mix
    found: dict[str, list[Evidence]] = {}
    for name in about.measures:
        raw = against_peers(values, name, strata=("team",)).set_index("agent_id", drop=False)
        fair = against_peers(values, name, strata=PEERS["agent"]).set_index("agent_id", drop=False)
        for group in fair.index[fair.difference.notna()]:
            plain, own = raw.difference[group], fair.difference[group]
            if abs(own - plain) >= about.by:
                pair = (evidence_of(raw.loc[group], False), evidence_of(fair.loc[group], False))
                found.setdefault(str(group), []).extend(pair)
    for group, evidence in found.items():
        yield Finding("misleading_mix", "agent", group, tuple(evidence), about.train, about.techniques)
