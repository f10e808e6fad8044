"""Two sides of a figure in a notebook: one agent and the rest of the team, each and the others on the same tickets."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from csworkshop.cases.compare import ENOUGH, against_peers
from csworkshop.cases.diagnose import PEERS
from csworkshop.cases.measures import figures, measures
from csworkshop.cases.opened import NAMES, book_of, column_of, known, narrowed
from csworkshop.cases.shown import Shown, grid, lines, small, titled
from csworkshop.cases.wording import gap, heading, label, number
from csworkshop.text.language import default_language, say

Folder = Path | str | None


def beside(
    name: str, *, agent: str, by: str = "category", data: Folder = None, lang: str | None = None, **only: str
) -> Shown:
    """One agent and the rest of the team in the same groups, and what share of their tickets each group makes.

    Shows how a total misleads: whoever gets the hard tickets looks worse in it and may be better in every row.
    """
    lang, book = lang or default_language(), book_of(data)
    known((name,), lang)
    _, who = narrowed(book.values, {"agent": agent}, lang)
    values, _ = narrowed(book.values, only, lang)
    column = column_of(by, lang)
    team = values.team[values.agent_id == agent].iloc[0]
    both = [values[values.agent_id == agent], values[(values.agent_id != agent) & (values.team == team)]]
    parts = [figures(v, [column], [name]).set_index(column) for v in both]
    totals = [figures(v, [], [name]).iloc[0] for v in both]
    groups = sorted(parts[0].index[parts[0].n > 0], key=lambda g: -int(parts[0].n[g]))
    sizes = [v[column].value_counts(normalize=True) for v in both]
    rows, plain = [], []
    for group in groups:
        pair = [p.loc[group] if group in p.index else None for p in parts]
        shares = [f"{float(s.get(group, 0)):.0%}" for s in sizes]
        told_ = [_cell(r, name, lang) for r in pair]
        rows.append([escape(label(column, group, lang)), *map(escape, [*told_, *shares])])
        plain.append([label(column, group, lang), *told_, *shares])
    last = [say("desk.all", lang), *(_cell(r, name, lang) for r in totals), "100%", "100%"]
    mates, team_name = say("desk.mates", lang), label("team", team, lang)
    head = [
        heading(column, lang), agent, mates, say("desk.share_own", lang, who=agent), say("desk.share_mates", lang)
    ]  # fmt: skip
    title = say("desk.beside_title", lang, who=who, team=team_name, name=measures()[name].name[lang])
    note = small(say("desk.beside_note", lang), say("desk.synthetic", lang) if book.synthetic else "")
    markup = titled(title, grid(head, [*rows, list(map(escape, last))], total=True), note)
    return Shown(f"{title}\n{lines(head, [*plain, last])}", markup, pd.concat(parts, keys=[agent, mates]))


def _cell(row: pd.Series | None, name: str, lang: str) -> str:
    if row is None or not row.n:
        return "–"
    return f"{number(row.value, name, lang)} ({int(row.n):,})"


def fair(name: str, *, by: str = "agent", data: Folder = None, lang: str | None = None, **only: str) -> Shown:
    """Each agent (team, channel) against the others on the same kind of tickets: own figure, theirs, the difference."""
    lang, book = lang or default_language(), book_of(data)
    known((name,), lang)
    if by not in ("agent", "team", "channel"):
        raise ValueError(say("desk.no_group", lang, by=by, allowed="agent, team, channel"))
    column = NAMES.get(by, by)
    values, which = narrowed(book.values, only, lang)
    found = against_peers(values, name, column, PEERS[by])  # type: ignore[index]
    found = found[found.difference.notna()].sort_values("difference", ascending=measures()[name].better == "low")
    head = [heading(column, lang), *(say(f"desk.fair_{k}", lang) for k in ("raw", "expected", "gap")), "n"]
    rows, plain = [], []
    for row in found.itertuples():
        ends = f"{gap(row.low, name, lang, False)} ～ {gap(row.high, name, lang, False)}"
        first = [
            label(column, getattr(row, column), lang),
            number(row.raw, name, lang),
            number(row.expected, name, lang),
        ]
        difference = gap(row.difference, name, lang)
        rows.append(
            [*map(escape, first), f'{escape(difference)}<span class="range">{escape(ends)}</span>', f"{row.n:,}"]
        )
        plain.append([*first, f"{difference} [{ends}]", f"{row.n:,}"])
    title = say("desk.fair_title", lang, name=measures()[name].name[lang])
    notes = [say("desk.only", lang, which=which) if which else "", say("desk.fair_note", lang, least=ENOUGH)]
    notes.append(say("desk.synthetic", lang) if book.synthetic else "")
    return Shown(f"{title}\n{lines(head, plain)}", titled(title, grid(head, rows), small(*notes)), found)
