"""The instructor's report as a PDF, for those who want paper: findings in words, a page per picture, then the week's
cases with their transcripts taken apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from csworkshop.cases.casebook import Casebook, diagnosed
from csworkshop.cases.pictures import PICTURES, Lacking
from csworkshop.cases.report import SHOWN, answers, facts, items, picking, scope
from csworkshop.cases.review import Case, Turn
from csworkshop.cases.style import BLUE, GREEN, GREY, INK, VERMILLION, wrapped, written
from csworkshop.cases.telling import expected, told
from csworkshop.techniques.emotions import kinds
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

A4 = (8.27, 11.69)
SIDE, TOP, FOOT = 0.7, 0.75, 0.8  # inches
HEADING = 0.2  # inches of room above that make a line a heading
Line = tuple[str, float, str, float]  # text, size in points, colour, room above in inches


def pdf_report(
    book: Casebook,
    path: Path,
    lang: str = "zh",
    step: Callable[[int, int], None] | None = None,
    cases: Sequence[Case] = (),
) -> None:
    """Write the report; the same data gives the same bytes."""
    from matplotlib.backends.backend_pdf import PdfPages

    path.parent.mkdir(parents=True, exist_ok=True)
    with written(), PdfPages(path, metadata={"CreationDate": None, "Title": say("report.title", lang)}) as pdf:
        for figure in _text_pages(list(_lines(book, lang))):
            pdf.savefig(figure)
        for n, name in enumerate(SHOWN, 1):
            with suppress(Lacking):  # what the data can't show is not in the report
                pdf.savefig(PICTURES[name].of(book, lang))
            if step:
                step(n, len(SHOWN))
        if cases:
            for figure in _text_pages(list(_case_lines(list(cases), lang))):
                pdf.savefig(figure)


def _lines(book: Casebook, lang: str) -> Iterator[Line]:
    found = diagnosed(book, lang)
    yield say("report.title", lang), 20, INK, 0.0
    yield scope(book, lang), 9, GREY, 0.08
    if book.synthetic:
        yield say("plot.made_up", lang), 9, GREY, 0.02
    yield say("report.findings", lang), 14, INK, 0.3
    for t in told(found, lang):
        yield f"{t.whom}  {t.name}", 11, BLUE, 0.24
        for text in (t.means, *(f"· {f}" for f in t.figures)):
            if text:
                yield text, 9, INK, 0.04
        for key, text in (("diagnose.advice", t.advice), ("diagnose.train", t.train)):
            if text:
                yield say(key, lang) + text, 9, INK, 0.04
    for text in expected(found, lang):
        yield f"{say('diagnose.expected', lang)}: {text}", 9, GREY, 0.12


def _case_lines(cases: list[Case], lang: str) -> Iterator[Line]:
    """The picking list, then every case turn by turn with the four questions."""
    yield say("report.review", lang), 14, INK, 0.0
    for n, row in enumerate(picking(cases, lang), 1):
        yield f"{n}  {row[0]}", 10, BLUE, HEADING
        yield f"{row[1]} · {say('desk.week_turning', lang)} {row[2]}", 9, INK, 0.04
    yield say("desk.week_note", lang), 8.5, GREY, 0.1
    for n, case in enumerate(cases, 1):
        yield f"{n}  {say(f'review.{case.kind}', lang)}", 12, BLUE, 0.34
        yield facts(case, lang), 9, GREY, 0.04
        for turn in case.turns:
            yield from _turn_lines(turn, lang)
        for question, answer in answers(case, lang):
            yield question, 9, BLUE, HEADING
            yield answer, 9, INK, 0.03
        yield say("review.proposed", lang), 8.5, GREY, 0.06


def _turn_lines(turn: Turn, lang: str) -> Iterator[Line]:
    mood = f" · {kinds()[turn.feeling].name[lang]}" if turn.feeling else ""
    yield f"{turn.turn} · {say(f'review.{turn.role}', lang)} {turn.at:%m-%d %H:%M}{mood}", 8, GREY, HEADING
    for paragraph in turn.text.split("\n"):
        yield paragraph, 9, INK, 0.02
    for sign, fault, colour in (("✓", False, GREEN), ("✗", True, VERMILLION)):
        names = items(turn.shows, lang, fault)
        if names:
            yield f"{sign} {names}", 8.5, colour, 0.02
    if turn.turning:
        kind = "better" if turn.turning > 0 else "worse"
        yield say(f"review.{kind}", lang), 8.5, BLUE if turn.turning > 0 else VERMILLION, 0.02


def _text_pages(lines: list[Line]) -> Iterator[Figure]:
    """The lines on pages; a finding stands on one page."""
    from matplotlib.figure import Figure

    figure, y = Figure(figsize=A4), A4[1] - TOP
    for block in _blocks(lines):
        if y - sum(above + _height(text, size) for text, size, _, above in block) < FOOT and y < A4[1] - TOP:
            yield figure
            figure, y = Figure(figsize=A4), A4[1] - TOP
        for text, size, colour, above in block:
            y -= above if y < A4[1] - TOP else 0
            where = (SIDE / A4[0], y / A4[1])
            figure.text(*where, _rows(text, size), fontsize=size, color=colour, va="top", linespacing=1.45)
            y -= _height(text, size)
    yield figure


def _blocks(lines: list[Line]) -> list[list[Line]]:
    """Lines that belong together: each heading with what follows it."""
    found: list[list[Line]] = []
    for line in lines:
        if (line[3] >= HEADING and not (found and found[-1][-1][3] >= HEADING)) or not found:
            found.append([])
        found[-1].append(line)
    return found


def _rows(text: str, size: float) -> str:
    return wrapped(text, (A4[0] - 2 * SIDE) * 8.8 / size)


def _height(text: str, size: float) -> float:
    return (_rows(text, size).count("\n") + 1) * size * 1.5 / 72
