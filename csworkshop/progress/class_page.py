"""A class report as text, as tables for spreadsheets, and as one HTML page; everything in it is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from csworkshop.progress.class_answers import Remark
from csworkshop.progress.classes import LEAST, ClassReport
from csworkshop.progress.topics import name_of
from csworkshop.text.language import say
from csworkshop.text.tables import write_table

STYLE = """\
body{font:16px/1.7 system-ui,"Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1c1c1c;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{padding:.25rem .9rem .25rem 0;text-align:left;
border-bottom:1px solid #ccc;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}th,td{border-color:#444}}"""
Table = tuple[str, Sequence[str], list[Sequence[str]]]


def sentence(remark: Remark, lang: str) -> str:
    """A remark's reason in words."""
    values = dict(remark.values)
    if "item" in values:
        values["item"] = name_of(str(values["item"]), lang)
    return say(f"classreport.{remark.key}", lang, **values)


def tables(report: ClassReport, lang: str) -> list[Table]:
    """Title, columns and rows of each table, as people read them."""

    def columns(*keys: str) -> list[str]:
        return [say(f"classreport.col_{k}", lang) for k in keys]

    modules = [
        (m.group, m.module, str(m.trainees), _share(m.before), _share(m.after), _effect(m.g, m.low, m.high))
        for m in report.modules
    ]
    items = [
        (
            i.exercise,
            name_of(i.item, lang),
            str(i.answers),
            _share(i.difficulty),
            _plain(i.discrimination),
            _share(i.unsure),
        )
        for i in report.items
    ]
    reasons = [[(r.about, sentence(r, lang)) for r in remarks] for remarks in (report.repair, report.talk)]
    return [
        (say("classreport.modules", lang), columns("class", "module", "n", "before", "after", "g"), list(modules)),
        (say("classreport.repair", lang), columns("exercise", "why"), list(reasons[0])),
        (say("classreport.talk", lang), columns("trainee", "why"), list(reasons[1])),
        (
            say("classreport.items", lang),
            columns("exercise", "item", "answers", "difficulty", "discrimination", "unsure"),
            list(items),
        ),
    ]


def _head(report: ClassReport, lang: str) -> list[str]:
    numbers = {"trainees": report.trainees, "attempts": report.answers, "exercises": report.exercises}
    return [
        say("classreport.title", lang, name=report.name),
        say("classreport.intro", lang, **numbers),
        *report.troubles,
    ]


def as_text(report: ClassReport, lang: str) -> list[str]:
    """The report without the item analysis, which is for the tables, as lines for a terminal."""
    found = _head(report, lang)
    for title, columns, rows in tables(report, lang)[:3]:
        found += ["", title]
        found += ["  " + " | ".join(row) for row in ([columns, *rows] if rows else [])]
        found += [] if rows else ["  " + say("classreport.nobody", lang)]
    return found


def as_html(report: ClassReport, lang: str) -> str:
    """The whole report as a page of its own, without scripts or anything from elsewhere."""
    title, *rest = _head(report, lang)
    parts = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(line)}</p>" for line in rest)]
    for heading, columns, rows in tables(report, lang):
        parts.append(f"<h2>{escape(heading)}</h2>")
        if not rows:
            parts.append(f"<p>{escape(say('classreport.nobody', lang))}</p>")
            continue
        head = "".join(f"<th>{escape(c)}</th>" for c in columns)
        body = "".join("<tr>" + "".join(_cell(c) for c in row) + "</tr>" for row in rows)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    parts.append(f"<p>{escape(say('classreport.foot', lang, least=LEAST))}</p>")
    code = "en" if lang == "en" else "zh-CN"
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _cell(text: str) -> str:
    number = text[:1].isdigit() or text[:1] == "-"
    return f'<td class="n">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"


def write_tables(folder: Path, report: ClassReport, lang: str) -> list[Path]:
    """modules.csv, items.csv, repair.csv and talk.csv, with bare numbers and ids, for spreadsheets and pandas."""

    def remarks(found: Iterable[Remark]) -> list[Mapping[str, Any]]:
        return [{"about": r.about, "reason": r.key, "text": sentence(r, lang), **r.values} for r in found]

    written = []
    for name, rows in (
        ("modules", [_bare(m) for m in report.modules]),
        ("items", [_bare(i) for i in report.items]),
        ("repair", remarks(report.repair)),
        ("talk", remarks(report.talk)),
    ):
        columns = list(dict.fromkeys(c for row in rows for c in row)) or ["about"]
        write_table(folder / f"{name}.csv", columns, rows)
        written.append(folder / f"{name}.csv")
    return written


def _bare(row: Any) -> Mapping[str, Any]:
    return {k: _number(v) for k, v in row.__dict__.items()}


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.0%}"


def _plain(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _effect(g: float, low: float, high: float) -> str:
    return "–" if math.isnan(g) else f"{g:.2f} ({low:.2f} … {high:.2f})"
