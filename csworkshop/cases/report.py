"""The instructor's report for people without Jupyter: one HTML page that needs nothing else, or a PDF.

The page holds its pictures and its style; it prints well on A4. What customers and agents wrote is escaped.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from csworkshop.cases.casebook import Casebook, diagnosed
from csworkshop.cases.measures import SPOKEN, figures, measures
from csworkshop.cases.pictures import PICTURES, Lacking
from csworkshop.cases.review import Case, Shown, Turn
from csworkshop.cases.style import written
from csworkshop.cases.telling import Told, expected, not_judged, told
from csworkshop.cases.wording import between, label, number
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.emotions import kinds
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CSS = Path(__file__).parent / "report.css"
SHOWN = ("series", "control", "surge", "times", "scores", "funnel", "pareto", "forest", "heat", "faults", "training")
DPI = 140
Step = Callable[[int, int], None]


def page(title: str, body: str, lang: str) -> str:
    """A whole HTML page with its style inside."""
    style = CSS.read_text("utf-8")
    code = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


def html_report(book: Casebook, cases: list[Case], lang: str = "zh", step: Step | None = None) -> str:
    """The report as one page: figures, findings, pictures, the week's cases, how measures are counted."""
    title = say("report.title", lang)
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="scope">{escape(scope(book, lang))}</p>']
    if book.synthetic:
        parts.append(f'<p class="made-up">{escape(say("plot.made_up", lang))}</p>')
    found = diagnosed(book, lang)
    parts += [_h2("report.findings", lang), *(finding_html(t, lang) for t in told(found, lang))]
    parts += [
        f'<p class="small">{escape(say("diagnose.expected", lang))}: {escape(x)}</p>' for x in expected(found, lang)
    ]
    parts += [f'<p class="small">{escape(x)}</p>' for x in not_judged(book, lang)]
    parts += [_h2("report.headline", lang), _headline(book, lang)]
    parts.append(_h2("report.pictures", lang))
    for name, figure in _figures(book, lang, step):
        about = PICTURES[name].about[lang]
        parts.append(f'<figure><img alt="{escape(about)}" src="{png_of(figure)}"></figure>')
    if cases:
        parts += [_h2("report.review", lang), picking_html(cases, lang), *(case_html(c, lang) for c in cases)]
    parts += [_h2("report.measures", lang), _explained(lang)]
    return page(title, "\n".join(parts), lang)


def scope(book: Casebook, lang: str) -> str:
    """What the report is about: tickets, agents, from when to when."""
    t = book.tickets
    return say(
        "report.scope",
        lang,
        tickets=f"{len(t):,}",
        agents=t.agent_id.nunique(),
        first=t.opened_at.min().date(),
        last=t.opened_at.max().date(),
        as_of=f"{book.as_of:%Y-%m-%d %H:%M}",
    )


def _h2(key: str, lang: str) -> str:
    return f"<h2>{escape(say(key, lang))}</h2>"


def finding_html(t: Told, lang: str) -> str:
    figures = "".join(f"<li>{escape(f)}</li>" for f in t.figures)
    tail = "".join(
        f"<p><b>{escape(say(key, lang))}</b>{escape(text)}</p>"
        for key, text in (("diagnose.advice", t.advice), ("diagnose.train", t.train))
        if text
    )
    head = f"<h3><span>{escape(t.whom)}</span> {escape(t.name)}</h3>"
    return f'<section class="finding">{head}<p>{escape(t.means)}</p><ul>{figures}</ul>{tail}</section>'


def _headline(book: Casebook, lang: str) -> str:
    """All measures with intervals, and the last four weeks beside what was before."""
    names = [n for n in measures() if not n.startswith(SPOKEN)]
    every = figures(book.values, names=names).set_index("measure")
    cut = book.as_of - pd.Timedelta(days=28)
    last = figures(book.values[book.values.opened_at >= cut], names=names).set_index("measure")
    columns = ["col_measure", "col_value", "col_interval", "col_n"]
    head = "".join(f"<th>{escape(say(f'measure.{c}', lang))}</th>" for c in columns)
    rows = [f"<tr>{head}<th>{escape(say('report.trend', lang))}</th></tr>"]
    group = ""
    for name in names:
        m, row = measures()[name], every.loc[name]
        if m.group != group:
            group = m.group
            rows.append(f'<tr class="group"><td colspan="5">{escape(say(f"measure.group_{group}", lang))}</td></tr>')
        recent = number(last.value[name], name, lang) if m.kind != "count" else ""
        cells = [m.name[lang], number(row.value, name, lang), between(row, name, lang), f"{int(row.n):,}", recent]
        rows.append("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>"


def _figures(book: Casebook, lang: str, step: Step | None) -> Iterator[tuple[str, Figure]]:
    for n, name in enumerate(SHOWN, 1):
        with suppress(Lacking):  # what the data can't show is not in the report
            yield name, PICTURES[name].of(book, lang)
        if step:
            step(n, len(SHOWN))


def png_of(figure: Figure) -> str:
    """The picture as an address that holds it."""
    buffer = BytesIO()
    with written():
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()


def _explained(lang: str) -> str:
    rows = []
    for name, m in measures().items():
        if not name.startswith(SPOKEN):
            traps = "".join(f"<li>{escape(t)}</li>" for t in m.traps[lang])
            rows.append(f"<dt>{escape(m.name[lang])}</dt><dd>{escape(m.formula[lang])}<ul>{traps}</ul></dd>")
    return f"<dl>{''.join(rows)}</dl>"


# --- the weekly review -------------------------------------------------------------------------------------------


def review_page(cases: list[Case], title: str, lang: str) -> str:
    """The week's cases as a page of their own."""
    body = f"<h1>{escape(title)}</h1>"
    if cases:
        body += picking_html(cases, lang) + "".join(case_html(c, lang) for c in cases)
    else:
        body += f"<p>{escape(say('review.none', lang))}</p>"
    return page(title, body, lang)


def picking(cases: list[Case], lang: str) -> list[tuple[str, str, str]]:
    """The picking list: per case what to look at, its facts, how often the mood turned."""
    return [
        (
            say(f"review.{c.kind}", lang),
            facts(c, lang),
            say("desk.week_turns", lang, number=len(c.turning_points)),
        )
        for c in cases
    ]


def picking_html(cases: list[Case], lang: str) -> str:
    """The picking list as a table."""
    head = "".join(f"<th>{escape(say(f'desk.{k}', lang))}</th>" for k in ("week_pick", "week_facts", "week_turning"))
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in picking(cases, lang))
    note = escape(say("desk.week_note", lang))
    return f'<table class="picking"><tr>{head}</tr>{rows}</table><p class="small">{note}</p>'


def case_html(case: Case, lang: str) -> str:
    """One case: its facts, the transcript with marks, the four questions with what is proposed."""
    turns = "".join(_turn_html(t, lang) for t in case.turns)
    questions = "".join(f"<dt>{escape(q)}</dt><dd>{escape(a)}</dd>" for q, a in answers(case, lang))
    return (
        f'<section class="case {case.kind}"><h3>{escape(say(f"review.{case.kind}", lang))}</h3>'
        f'<p class="small">{escape(facts(case, lang))}</p><ol class="talk">{turns}</ol>'
        f'<dl class="questions">{questions}</dl><p class="small">{escape(say("review.proposed", lang))}</p></section>'
    )


def facts(case: Case, lang: str) -> str:
    """A ticket's facts in a line."""
    t = case.ticket
    marks = []
    if not t.resolved:
        marks.append("unresolved")
    marks += [name for name in ("escalated", "reopened") if t[name]]
    done = t.resolved_at if pd.notna(t.resolved_at) else t.closed_at
    if pd.notna(t.promised_at) and pd.notna(done) and done > t.promised_at:
        marks.append("late")
    line = say(
        "review.facts",
        lang,
        ticket=t.ticket_id,
        channel=label("channel", t.channel, lang),
        category=label("category", t.category, lang),
        agent=t.agent_id,
        transfers=t.transfers,
        contacts=t.contacts,
        csat=t.csat if pd.notna(t.csat) else say("review.no_score", lang),
    )
    return " · ".join([line, *(say(f"review.fact_{m}", lang) for m in marks)])


def items(shown: tuple[Shown, ...], lang: str, fault: bool) -> str:
    """The names of techniques or faults."""
    names = [catalogue().items[s.item].name[lang] for s in shown if s.fault == fault]
    return ("、" if lang == "zh" else ", ").join(names)


def answers(case: Case, lang: str) -> list[tuple[str, str]]:
    """The four questions of the review, each with what is proposed."""
    between_ = "；" if lang == "zh" else "; "

    def lines(turns: list[Turn], fault: bool) -> list[str]:
        told_ = [(t.turn, items(t.shows, lang, fault)) for t in turns]
        return [say("review.turn_is", lang, turn=n, items=names) for n, names in told_ if names][:3]

    turning = [
        say("review.turn_is", lang, turn=t.turn, items=say("review.better" if t.turning > 0 else "review.worse", lang))
        for t in case.turning_points[:3]
    ]
    wrong, keep = lines(case.doubtful, True), lines(case.reusable, False)
    todo = []
    for key, turns, fault in (("list_fault", case.doubtful, True), ("list_keep", case.reusable, False)):
        names = dict.fromkeys(
            catalogue().items[s.item].name[lang] for t in turns[:3] for s in t.shows if s.fault == fault
        )
        if names:
            todo.append(say(f"review.{key}", lang, items=("、" if lang == "zh" else ", ").join(names)))
    if say("review.fact_late", lang) in facts(case, lang):
        todo.append(say("review.list_late", lang))
    if case.ticket.transfers >= 2:
        todo.append(say("review.list_transfers", lang, number=case.ticket.transfers))
    found = ((turning, "no_turning"), (wrong, "no_wrong"), (keep, "no_reuse"), (todo, "no_reuse"))
    told_ = [between_.join(rows) if rows else say(f"review.{empty}", lang) for rows, empty in found]
    return list(
        zip((say(f"review.{q}", lang) for q in ("q_turning", "q_wrong", "q_reuse", "q_list")), told_, strict=True)
    )


def _turn_html(t: Turn, lang: str) -> str:
    who = say(f"review.{t.role}", lang)
    mood = f'<span class="mood">{escape(kinds()[t.feeling].name[lang])}</span>' if t.feeling else ""
    chips = "".join(
        f'<span class="{"fault" if s.fault else "technique"}">{"✗" if s.fault else "✓"} '
        f"{escape(catalogue().items[s.item].name[lang])}</span>"
        for s in t.shows
    )
    turning = ""
    if t.turning:
        kind = "better" if t.turning > 0 else "worse"
        turning = f'<p class="turning {kind}">{escape(say(f"review.{kind}", lang))}</p>'
    text = escape(t.text).replace("\n", "<br>")
    head = f'<p class="who">{t.turn} · {escape(who)} <time>{t.at:%m-%d %H:%M}</time>{mood}</p>'
    return f'<li class="{escape(t.role)}">{head}<p>{text}</p><p class="chips">{chips}</p>{turning}</li>'
