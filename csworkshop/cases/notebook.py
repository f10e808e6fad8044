"""Case data in a notebook, for people who read no Python: one call, one table or picture.

    from csworkshop.cases.notebook import facts, table, picture, beside, fair, findings, explain, week

    table("csat_top2", "resolution_rate", by="team")     figures with intervals; week="2026-W10", team=… narrow it
    beside("fcr", agent="A24", by="category")             one agent and the rest of the team, like with like
    fair("fcr", team="账号组")                             against colleagues on the same tickets
    picture("control", measure="csat_top2")               any picture of csworkshop.cases.pictures
    findings()                                            what the figures point to, and what to train
    week("2026-W10")                                      the week's cases for the review; .case(1) is a transcript

Without `data` they are about the shipped year; `data="desk"` is a folder that `csworkshop cases import` has made.
What can't be answered is a ValueError in one sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from csworkshop.cases.casebook import diagnosed
from csworkshop.cases.compare import ENOUGH
from csworkshop.cases.measures import figures, measures
from csworkshop.cases.opened import NAMES, SAMPLE, book_of, column_of, known, narrowed
from csworkshop.cases.shown import Shown, figure_cell, grid, lines, small, strip, titled
from csworkshop.cases.sides import beside, fair
from csworkshop.cases.telling import expected, not_judged, told
from csworkshop.cases.week import Week, week
from csworkshop.cases.wording import heading, label, number
from csworkshop.text.language import default_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Folder = Path | str | None
SHORT = {column: name for name, column in NAMES.items()}


def facts(data: Folder = None, lang: str | None = None) -> Shown:
    """What the data is about: tickets, agents and transcripts, from when to when, and whether it is made up."""
    lang, book = lang or default_language(), book_of(data)
    t = book.tickets
    talks = 0 if book.messages is None else book.messages.ticket_id.nunique()
    tiles = [
        ("fact_tickets", len(t)), ("fact_agents", t.agent_id.nunique()), ("fact_teams", t.team.nunique()),
        ("fact_talks", talks),
    ]  # fmt: skip
    days = say("desk.fact_days", lang, first=t.opened_at.min().date(), last=t.opened_at.max().date())
    origin = say("desk.synthetic" if book.synthetic else "desk.own", lang, folder=book.folder)
    boxes = "".join(f"<div><strong>{n:,}</strong>{escape(say(f'desk.{k}', lang))}</div>" for k, n in tiles)
    markup = titled(
        say("desk.facts", lang), f'<div class="tiles">{boxes}</div>', small(days),
        f'<p class="made-up">{escape(origin)}</p>',
    )  # fmt: skip
    told_ = " · ".join(f"{n:,} {say(f'desk.{k}', lang)}" for k, n in tiles)
    return Shown(f"{told_}\n{days}\n{origin}", markup)


def tickets(data: Folder = None) -> pd.DataFrame:
    """The table of tickets, a row per ticket, for pandas; a copy."""
    return book_of(data).tickets.copy()


def table(
    *names: str, by: str | None = None, sort: bool = True, data: Folder = None, lang: str | None = None, **only: str
) -> Shown:
    """Measures with intervals, a row per group of `by` (agent, team, channel, category, week, month) and for all.

    `only` narrows it: agent, team, channel, category, week ("2026-W10"), month ("2026-03"). With one measure the rows
    are sorted by it (unless `sort` is false, or `by` is a time) and drawn as a strip.
    """
    lang, book = lang or default_language(), book_of(data)
    known(names, lang)
    values, which = narrowed(book.values, only, lang)
    column = column_of(by, lang) if by else None
    found = figures(values, [column] if column else [], names)
    groups = list(dict.fromkeys(found[column])) if column else []
    if column and sort and len(names) == 1 and column not in ("week", "month"):
        groups = list(found.sort_values("value", ascending=measures()[names[0]].better == "low")[column])
    every = figures(values, [], names).set_index("measure")
    cells = {(row[column], row.measure): row for _, row in found.iterrows()} if column else {}
    shown = [(label(column, g, lang), [cells[g, n] for n in names]) for g in groups] if column else []
    shown.append((say("desk.all", lang), [every.loc[n] for n in names]))
    title = _listed([measures()[n].name[lang] for n in names], lang)
    few = [g for g, own in shown[:-1] if 0 < min(int(r.n) for r in own) < ENOUGH]
    notes = [
        say("desk.only", lang, which=which) if which else "",
        say("desk.interval_note", lang),
        say("desk.few", lang, least=ENOUGH, groups=_listed(few, lang)) if few else "",
        say("desk.synthetic", lang) if book.synthetic else "",
    ]
    first = heading(column, lang) if column else ""
    head, rows = _rows(shown, names, first, lang)
    plain = [[g, *(f"{number(r.value, n, lang)} (n={int(r.n):,})" for r, n in zip(own, names, strict=True))]
             for g, own in shown]  # fmt: skip
    text = lines([first, *(measures()[n].name[lang] for n in names)], plain)
    markup = titled(title, grid(head, rows, total=len(shown) > 1), small(*notes))
    return Shown(f"{title}\n{text}", markup, found)


def _rows(
    shown: list[tuple[str, list[pd.Series]]], names: tuple[str, ...], first: str, lang: str
) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table of figures as HTML: one measure with n and a strip, several with n below each figure."""
    one = len(names) == 1
    head = [first, *(measures()[n].name[lang] for n in names)]
    ends = [x for _, own in shown for r in own for x in (r.low, r.high, r.value) if not math.isnan(x)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 0.0)
    rows = [
        [escape(group), *(figure_cell(r, n, lang, size=not one) for r, n in zip(own, names, strict=True))]
        for group, own in shown
    ]
    if one:
        head += ["n", say("desk.strip", lang)]
        rows = [
            [*row, f"{int(own[0].n):,}", strip(own[0], low, high)] for row, (_, own) in zip(rows, shown, strict=True)
        ]
    return head, rows


def _listed(names: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(names)


@dataclass(frozen=True, repr=False)
class Drawn(Shown):
    """A picture that says in words what it shows, for whoever can't see it; `figure` is matplotlib's."""

    figure: Figure | None = None


def picture(name: str, *, data: Folder = None, lang: str | None = None, **options: str) -> Drawn:
    """A picture of `csworkshop.cases.pictures` with its options; those of techniques read transcripts first."""
    from csworkshop.cases.pictures import PICTURES, Lacking
    from csworkshop.cases.report import png_of

    lang = lang or default_language()
    if name not in PICTURES:
        raise ValueError(say("desk.no_picture", lang, name=name, names=", ".join(PICTURES)))
    found = PICTURES[name]
    options = {o: NAMES.get(v, v) if o == "by" else v for o, v in options.items()}
    for option, value in options.items():
        allowed = found.options.get(option)
        if option == "measure" and allowed == ():
            known((value,), lang)
        elif allowed is None or (allowed and value not in allowed):
            names = ", ".join(SHORT.get(a, a) for a in allowed or found.options) or "–"
            raise ValueError(say("desk.no_option", lang, name=name, option=option, value=value, allowed=names))
    listens = found.listens or options.get("measure", "").startswith("spoken.")
    try:
        figure = found.of(book_of(data, SAMPLE if listens else 0, lang), lang, **options)
    except Lacking as error:
        raise ValueError(say("plot.lacking", lang, name=name, why=error)) from None
    about = _listed([found.about[lang], *(t.get_text() for t in figure.texts[:2])], lang)
    return Drawn(about, f'<img alt="{escape(about)}" src="{png_of(figure)}" style="max-width:100%">', figure=figure)


def findings(data: Folder = None, lang: str | None = None, listen: bool = False) -> Shown:
    """What the figures point to: whom it concerns, on which figures, and what to train. `listen`: with techniques."""
    from csworkshop.cases.report import finding_html

    lang = lang or default_language()
    book = book_of(data, SAMPLE if listen else 0, lang)
    found = diagnosed(book, lang)
    sentences = told(found, lang)
    parts = [finding_html(t, lang) for t in sentences] or [small(say("desk.nothing", lang))]
    usual = [f"{say('diagnose.expected', lang)}: {x}" for x in expected(found, lang)]
    notes = [*usual, *not_judged(book, lang), say("desk.synthetic", lang) if book.synthetic else ""]
    title = say("desk.findings", lang)
    text = [title, *(f"{t.whom} · {t.name}\n  " + "\n  ".join(t.figures) for t in sentences), *filter(None, notes)]
    frame = pd.DataFrame([{"whom": t.whom, "name": t.name, "train": t.train} for t in sentences])
    return Shown("\n".join(text), titled(title, *parts, small(*notes)), frame)


def explain(*names: str, lang: str | None = None) -> Shown:
    """How measures are counted, and how they mislead."""
    lang = lang or default_language()
    known(names, lang)
    parts, text = [], []
    for name in names:
        m = measures()[name]
        traps = "".join(f"<li>{escape(t)}</li>" for t in m.traps[lang])
        parts.append(f"<dt>{escape(m.name[lang])}</dt><dd>{escape(m.formula[lang])}<ul>{traps}</ul></dd>")
        text.append("\n".join([m.name[lang], f"  {m.formula[lang]}", *(f"  · {t}" for t in m.traps[lang])]))
    return Shown("\n".join(text), f"<dl>{''.join(parts)}</dl>")


__all__ = ["Week", "beside", "explain", "facts", "fair", "findings", "picture", "table", "tickets", "week"]
