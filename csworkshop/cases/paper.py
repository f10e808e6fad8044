"""The instructor's report as a PDF, for those who want paper: findings in words, then a page per picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from csworkshop.cases.casebook import Casebook, diagnosed
from csworkshop.cases.pictures import PICTURES, Lacking
from csworkshop.cases.report import SHOWN, scope
from csworkshop.cases.style import BLUE, GREY, INK, wrapped, written
from csworkshop.cases.telling import expected, told
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

A4 = (8.27, 11.69)
SIDE, TOP, FOOT = 0.7, 0.75, 0.8  # inches
Line = tuple[str, float, str, float]  # text, size in points, colour, room above in inches


def pdf_report(book: Casebook, path: Path, lang: str = "zh", step: Callable[[int, int], None] | None = None) -> None:
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


def _text_pages(lines: list[Line]) -> Iterator[Figure]:
    from matplotlib.figure import Figure

    figure, y = Figure(figsize=A4), A4[1] - TOP
    for text, size, colour, above in lines:
        rows = wrapped(text, (A4[0] - 2 * SIDE) * 8.8 / size).split("\n")
        height = len(rows) * size * 1.5 / 72
        if y - above - height < FOOT:
            yield figure
            figure, y = Figure(figsize=A4), A4[1] - TOP
        y -= above
        figure.text(SIDE / A4[0], y / A4[1], "\n".join(rows), fontsize=size, color=colour, va="top", linespacing=1.45)
        y -= height
    yield figure
