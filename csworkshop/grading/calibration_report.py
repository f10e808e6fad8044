"""What filled calibration sheets say: agreement per item, disagreements first; as text, CSV and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import mean
from typing import Any

from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import Marks, mark
from csworkshop.exercises.overriding import TOTAL
from csworkshop.grading.agreement import alpha, interval, majority, nominal, share
from csworkshop.grading.calibration import FOLDER, REPORT, Reply, Sheet, read_sample, read_sheets
from csworkshop.grading.course import Done
from csworkshop.grading.feedback_page import POLICY, STYLE
from csworkshop.grading.opening import open_course
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.language import default_language, say
from csworkshop.text.tables import write_table

NEAR = 10.0  # totals that differ by no more than this agree
PEOPLE, CHECKER, NONE = "people", "checker", ""


@dataclass(frozen=True)
class Unit:
    """One judgement: an item of a reply, what each rater says, what the checker says (None: unsure)."""

    reply: Reply
    item: str
    ratings: dict[str, float]
    checker: float | None

    @property
    def people(self) -> float | None:
        """What the raters say together: the majority, for totals the mean; None where they are split."""
        values = list(self.ratings.values())
        if self.item == TOTAL:
            return mean(values) if values else None
        found = majority(values)
        return None if found is None else float(found)

    @property
    def split(self) -> float:
        """How far the raters are apart: 0 all agree, 1 as far as can be."""
        values = list(self.ratings.values())
        if len(values) < 2:
            return 0.0
        if self.item == TOTAL:
            return max(0.0, (max(values) - min(values) - NEAR) / 100)
        return 1 - abs(2 * mean(values) - 1)

    @property
    def differs(self) -> str:
        if self.split:
            return PEOPLE
        if self.people is None or self.checker is None:
            return NONE
        far = abs(self.people - self.checker) > (NEAR if self.item == TOTAL else 0)
        return CHECKER if far else NONE


@dataclass(frozen=True)
class Agreement:
    """An item's row: judgements by two raters or more; shares (0..1) and alphas, None where nothing can be said."""

    item: str
    units: int
    people: float | None
    people_alpha: float | None
    checker: float | None
    checker_alpha: float | None


@dataclass(frozen=True)
class Calibration:
    """All of it: rows with the weakest agreement first, and judgements with the widest disagreement first."""

    assignment: str
    sheets: tuple[Sheet, ...]
    replies: int
    rows: tuple[Agreement, ...]
    units: tuple[Unit, ...]

    @property
    def disagreements(self) -> tuple[Unit, ...]:
        return tuple(u for u in self.units if u.differs)


def calibrate(assignment: str, sample: Sequence[Reply], sheets: Sequence[Sheet]) -> Calibration:
    """Work out the agreement of filled sheets among each other and with the checker."""
    units = []
    for reply in sample:
        exercise = load_exercise(reply.exercise)
        marks = mark(reply.text, exercise)
        for item in (*exercise.scorecard.items, TOTAL):
            ratings = {s.rater: s.ratings[reply.code, item] for s in sheets if (reply.code, item) in s.ratings}
            if ratings:
                units.append(Unit(reply, item, ratings, _checker(marks, item)))
    items = list(dict.fromkeys(u.item for u in units))
    rows = [_row(item, [u for u in units if u.item == item]) for item in items]
    rows.sort(key=lambda r: (r.item == TOTAL, 2.0 if r.people is None else r.people, r.item))
    order = {PEOPLE: 0, CHECKER: 1, NONE: 2}
    units.sort(key=lambda u: (order[u.differs], -u.split, u.reply.code, u.item == TOTAL, u.item))
    return Calibration(assignment, tuple(sheets), len(sample), tuple(rows), tuple(units))


def _checker(marks: Marks, item: str) -> float | None:
    if item == TOTAL:
        return 100 * marks.score
    state = next(line.state for line in marks.lines if line.item == item)
    return None if state == "unsure" else float(state in ("earned", "fault", "critical"))


def _row(item: str, units: Sequence[Unit]) -> Agreement:
    distance, agree = (interval, _near) if item == TOTAL else (nominal, _same)
    people = [u.ratings for u in units if len(u.ratings) > 1]
    both = [{"people": u.people, "checker": u.checker} for u in units if u.people is not None]
    pairs = [{k: v for k, v in b.items() if v is not None} for b in both if b["checker"] is not None]
    return Agreement(
        item, len(people), share(people, agree), alpha(people, distance), share(pairs, agree), alpha(pairs, distance)
    )


def _near(a: float | str, b: float | str) -> bool:
    return abs(float(a) - float(b)) <= NEAR


def _same(a: float | str, b: float | str) -> bool:
    return a == b


def report(assignment: str, course_dir: Path | str, folder: Path | None = None, lang: str | None = None) -> Done:
    """Read the sheets, write report.csv and report.html beside them, and tell the outcome."""
    course, lang = open_course(course_dir), lang or default_language()
    place = folder or course.root / FOLDER / assignment
    sample = read_sample(place)
    found = calibrate(assignment, sample, read_sheets(place, sample))
    table, page = place / f"{REPORT}.csv", place / f"{REPORT}.html"
    write_table(table, *_table(found, lang))
    page.write_text(as_html(found, lang), "utf-8", "replace")
    return Done((*as_text(found, lang), say("calibration.written", lang, csv=table, html=page)))


def as_text(found: Calibration, lang: str) -> list[str]:
    """Lines for a terminal: disagreements, then a line per item."""
    lines = [*_intro(found, lang), "", say("calibration.differences", lang)]
    for unit in found.disagreements:
        why = say("calibration.people_differ" if unit.differs == PEOPLE else "calibration.checker_differs", lang)
        lines.append(f"  {unit.reply.code} {_name(unit.item, lang)} · {why} · {_said(unit, lang)}")
        lines.append(f"      {' '.join(unit.reply.text.split())[:60]}")
    if not found.disagreements:
        lines.append(f"  {say('calibration.no_differences', lang)}")
    lines += ["", say("calibration.items", lang)]
    head = [say(f"calibration.col_{c}", lang) for c in ("people", "people_alpha", "checker", "checker_alpha")]
    for row in found.rows:
        told = zip(head, _figures(row), strict=True)
        lines.append(f"  {_name(row.item, lang)}: " + " · ".join(f"{h} {f}" for h, f in told) + f" (n={row.units})")
    return [*lines, "", say("calibration.foot", lang)]


def _intro(found: Calibration, lang: str) -> list[str]:
    names = say("studio.comma", lang).join(s.rater for s in found.sheets)
    about = {"raters": len(found.sheets), "replies": found.replies, "names": names}
    half = [
        say("calibration.half", lang, rater=s.rater, done=len(s.ratings), of=s.asked)
        for s in found.sheets if len(s.ratings) < s.asked
    ]  # fmt: skip
    title = say("calibration.title", lang, assignment=found.assignment)
    return [title, say("calibration.intro", lang, **about), *half]


def _figures(row: Agreement) -> tuple[str, str, str, str]:
    shares = ["–" if x is None else f"{100 * x:.0f}%" for x in (row.people, row.checker)]
    alphas = ["–" if x is None else f"{x:.2f}" for x in (row.people_alpha, row.checker_alpha)]
    return shares[0], alphas[0], shares[1], alphas[1]


def _name(item: str, lang: str) -> str:
    return say("calibration.total_name", lang) if item == TOTAL else catalogue().items[item].name[lang]


def _value(item: str, value: float | None, lang: str) -> str:
    if value is None:
        return say("marks.unsure", lang)
    return f"{value:g}" if item == TOTAL else say("calibration.there" if value else "calibration.absent", lang)


def _said(unit: Unit, lang: str) -> str:
    """Who says what, the checker last."""
    everybody = {**unit.ratings, say("calibration.checker", lang): unit.checker}
    told = (say("calibration.says", lang, who=w, what=_value(unit.item, v, lang)) for w, v in everybody.items())
    return say("calibration.between", lang).join(told)


def _table(found: Calibration, lang: str) -> tuple[list[str], list[dict[str, Any]]]:
    raters = [s.rater for s in found.sheets]
    columns = ["kind", "code", "exercise", "item", "name", *raters, "checker", "units", "agree", "alpha",
               "checker_agree", "checker_alpha", "reply"]  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "kind": f"{u.differs}_differ" if u.differs else "agree", "code": u.reply.code,
            "exercise": u.reply.exercise, "item": u.item, "name": _name(u.item, lang),
            **u.ratings, "checker": u.checker, "reply": u.reply.text,
        }
        for u in found.units
    ]  # fmt: skip
    rows += [
        {
            "kind": "item", "item": r.item, "name": _name(r.item, lang), "units": r.units, "agree": _short(r.people),
            "alpha": _short(r.people_alpha), "checker_agree": _short(r.checker),
            "checker_alpha": _short(r.checker_alpha),
        }
        for r in found.rows
    ]  # fmt: skip
    return columns, rows


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def as_html(found: Calibration, lang: str) -> str:
    """The report as a page of its own, in the feedback page's looks."""
    title, *intro = (escape(line) for line in _intro(found, lang))
    differ = "".join(_difference(u, lang) for u in found.disagreements)
    heads = ("item", "people", "people_alpha", "checker", "checker_alpha", "units")
    head = "".join(f"<th>{escape(say(f'calibration.col_{c}', lang))}</th>" for c in heads)
    cells = ((escape(_name(r.item, lang)), *_figures(r), r.units) for r in found.rows)
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in cells)
    none = f"<p>{escape(say('calibration.no_differences', lang))}</p>"
    agreed = escape(say("calibration.agreed", lang, number=len(found.units) - len(found.disagreements)))
    style = STYLE.read_text("utf-8") + _TABLE
    return (
        f'<!DOCTYPE html>\n<html lang="{"en" if lang == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{title}</title><style>{style}</style>'
        f'</head><body><main><header class="card"><h1>{title}</h1><p class="quiet">{"<br>".join(intro)}</p></header>'
        f'<section class="card"><h2>{escape(say("calibration.differences", lang))}</h2>{differ or none}'
        f'<p class="quiet">{agreed}</p></section>'
        f'<section class="card"><h2>{escape(say("calibration.items", lang))}</h2>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section></main>"
        f"<footer>{escape(say('calibration.foot', lang))}</footer></body></html>\n"
    )


_TABLE = """
table { width: 100%; margin-top: 10px; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); text-align: left; }
th { color: var(--quiet); font-size: 14px; font-weight: 600; }
"""


def _difference(unit: Unit, lang: str) -> str:
    why = say("calibration.people_differ" if unit.differs == PEOPLE else "calibration.checker_differs", lang)
    return (
        f'<div class="try"><p><strong>{unit.reply.code} · {escape(_name(unit.item, lang))}</strong> '
        f'<span class="quiet">{escape(why)}</span></p><p>{escape(_said(unit, lang))}</p>'
        f'<p class="quiet typed">{escape(unit.reply.text)}</p></div>'
    )
