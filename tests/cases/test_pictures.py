"""Every picture is drawn, in both languages, with letters that the font has and nothing outside of the paper."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from csworkshop.cases.casebook import Casebook
from csworkshop.cases.hours import read_desk
from csworkshop.cases.made.generate import agents_frame, events_frame, make_batch, tickets_frame
from csworkshop.cases.made.stories import read_stories
from csworkshop.cases.measures import DUE, SPOKEN, latest, per_ticket
from csworkshop.cases.pictures import PICTURES, Lacking
from csworkshop.cases.style import SERIES, font, readable, save, wrapped
from csworkshop.techniques.catalogue import catalogue

PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def book() -> Casebook:
    """A year of 5,000 tickets, its techniques drawn by chance: pictures don't care."""
    batch = make_batch(3, 5_000)
    tickets = tickets_frame(batch)
    values, rng = per_ticket(tickets), np.random.default_rng(1)
    for item in catalogue().items:
        values[SPOKEN + item] = rng.binomial(3, rng.uniform(0, 0.4), len(values)).astype(float)
        values[SPOKEN + item + DUE] = 3.0
    agents, events = agents_frame(batch.world, batch.staff), events_frame(batch.world, read_stories())
    return Casebook(Path("none"), tickets, values, None, agents, events, latest(tickets), read_desk(), listened=True)


@pytest.fixture(autouse=True)
def _is_synthetic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Casebook, "synthetic", True)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_with_letters_that_there_are(book: Casebook, name: str, tmp_path: Path) -> None:
    lang = "zh" if len(name) % 2 else "en"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter that the font lacks is a warning, and a box in the picture
        png, svg = save(PICTURES[name].of(book, lang), tmp_path / name)
    assert png.read_bytes().startswith(PNG) and "<svg" in svg.read_text("utf-8")


@pytest.mark.parametrize("name", ["series", "heat", "forest", "training"])
def test_nothing_stands_outside_of_the_paper(book: Casebook, name: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    for lang in ("zh", "en"):
        figure = PICTURES[name].of(book, lang)
        FigureCanvasAgg(figure).draw()
        width, height = figure.bbox.width, figure.bbox.height
        ticks = {label for axes in figure.axes for label in (*axes.get_xticklabels(), *axes.get_yticklabels())}
        for text in figure.findobj(Text):
            box = text.get_window_extent()
            if text not in ticks and text.get_text().strip():
                assert box.x0 > -3 and box.x1 < width + 3 and box.y0 > -3 and box.y1 < height + 3, text.get_text()


def test_options(book: Casebook) -> None:
    panels = PICTURES["series"].of(book, "zh", measure="fcr", by="team")
    assert len([a for a in panels.axes if a.get_visible()]) == 5
    assert PICTURES["forest"].of(book, "en", measure="on_time", by="team").axes
    assert len(PICTURES["control"].of(book, "en", measure="resolution_median").axes) == 2  # XmR has its ranges
    assert PICTURES["pareto"].of(book, "zh", what="unhappy").axes[0].get_ylim()[1] > 1


def test_the_same_data_gives_the_same_bytes(book: Casebook, tmp_path: Path) -> None:
    first = [p.read_bytes() for p in save(PICTURES["scores"].of(book, "zh"), tmp_path / "a")]
    again = [p.read_bytes() for p in save(PICTURES["scores"].of(book, "zh"), tmp_path / "b")]
    assert first == again


def test_a_notebook_shows_it(book: Casebook) -> None:
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(PICTURES["scores"].of(book, "zh"))
    assert shown["image/png"].startswith(PNG)


def test_what_the_data_lacks_is_told(book: Casebook) -> None:
    silent = Casebook(book.folder, book.tickets, book.values, None, None, None, book.as_of, book.desk)
    with pytest.raises(Lacking, match="messages"):
        PICTURES["heat"].of(silent)
    with pytest.raises(Lacking, match=r"agents\.training_at"):
        PICTURES["training"].of(silent)
    assert PICTURES["series"].of(silent).axes  # events are no must


def test_a_chinese_font_and_colours_for_everybody() -> None:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    path = font_manager.findfont(font(), fallback_to_default=False)
    letters = FT2Font(path).get_charmap()
    assert all(ord(c) in letters for c in "客服工单满意率一次解决△▽×÷±～：")
    assert len(set(SERIES)) == 7 and "#0072B2" in SERIES and "#D55E00" in SERIES  # Okabe and Ito's
    assert readable("#003D66") == "white" and readable("#FFFFFF") != "white"


def test_long_subtitles_are_wrapped() -> None:
    lines = wrapped("满意率" * 60).split("\n")
    assert len(lines) > 1 and "".join(lines) == "满意率" * 60
    assert all(len(line) <= 125 for line in wrapped("word " * 60).split("\n"))
