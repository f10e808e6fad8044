"""How pictures look: one style, a Chinese font on every machine, colours that the colour-blind can tell apart.

Colours: M. Okabe, K. Ito, "Color Universal Design" (2008). Nothing is told by colour alone: lines have markers and
stand labelled at their end, what counts has another shape. Pictures are made without pyplot, so that notebooks,
commands and threads don't disturb each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE = Path(__file__).parent / "pictures.mplstyle"
INK, GREY, LIGHT, PALE = "#1a1a1a", "#5e5e5e", "#b5b5b5", "#ececec"
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, YELLOW = "#0072B2 #D55E00 #009E73 #CC79A7 #E69F00 #56B4E9 #F0E442".split()
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, INK, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# Fonts that other systems bring along, should ours be missing.
INSTALLED = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK JP",
    "WenQuanYi Micro Hei",
    "Heiti SC",
    "SimHei",
)
WIDTH = 7.6  # inches: A4 with margins
TOP, BOTTOM, SIDE = 0.78, 0.34, 0.12  # inches kept for title and note, and at the sides
P = ParamSpec("P")


@lru_cache(maxsize=1)
def font() -> str:
    """The name of a font with Chinese letters: Noto Sans SC as the kit brings it, or else one that is installed."""
    from matplotlib import font_manager

    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError:
        there = set(font_manager.get_font_names())
        return next((name for name in INSTALLED if name in there), "DejaVu Sans")
    path = str(sans_path())
    font_manager.fontManager.addfont(path)
    return str(font_manager.FontProperties(fname=path).get_name())


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a function that draws within the kit's style."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with written():
            return draw(*args, **kwargs)

    return drawn


def written() -> AbstractContextManager[None]:
    """The kit's style as a context, for what is drawn or written in it."""
    import matplotlib as mpl
    from matplotlib import rc_params_from_file

    rc = dict(rc_params_from_file(STYLE, use_default_template=False))
    return mpl.rc_context({**rc, "font.family": [font(), "DejaVu Sans"]})


@lru_cache(maxsize=1)
def _drawing() -> type[Figure]:
    """A figure that a notebook shows by itself, as there is no pyplot to do it."""
    from io import BytesIO

    from matplotlib.figure import Figure

    class Drawing(Figure):
        def _repr_png_(self) -> bytes:
            buffer = BytesIO()
            with written():
                self.savefig(buffer, format="png", dpi=140)
            return buffer.getvalue()

    return Drawing


def sheet(
    height: float,
    title: str,
    subtitle: str = "",
    note: str = "",
    *,
    width: float = WIDTH,
    rows: int = 1,
    cols: int = 1,
    **grid: Any,
) -> tuple[Figure, list[Axes]]:
    """A figure of `height` inches with its title (what there is to see), subtitle (what is shown) and a note below."""
    subtitle = wrapped(subtitle, width)
    figure = _drawing()(figsize=(width, height + 0.17 * subtitle.count("\n")), layout="constrained")
    height = float(figure.get_figheight())
    lines = subtitle.count("\n")
    top, left = TOP + 0.17 * lines, SIDE / width
    rect = (left, BOTTOM / height, 1 - 2 * left, 1 - (top + BOTTOM) / height)
    engine: Any = figure.get_layout_engine()
    engine.set(rect=rect, w_pad=0.02, h_pad=0.02)
    figure.text(left, 1 - 0.12 / height, title, va="top", fontsize=13)
    figure.text(left, 1 - 0.42 / height, subtitle, va="top", fontsize=8.8, color=GREY, linespacing=1.35)
    figure.text(left, 0.10 / height, note, va="bottom", fontsize=7, color=GREY)
    axes = figure.subplots(rows, cols, squeeze=False, **grid)
    return figure, list(axes.ravel())


def wrapped(text: str, width: float = WIDTH) -> str:
    """A subtitle in lines that fit; a Chinese letter is about two Latin ones wide."""
    room, lines, line, used = width * 16.2, [], "", 0.0
    for piece in re.findall(r"[!-~÷×±–△▽]+ ?|.", text):  # Latin words stay whole
        wide = sum(1.0 if c < "\u2000" else 1.98 for c in piece)
        if used + wide > room and line and piece not in "，。；：）":
            lines.append(line)
            line, used = "", 0.0
        line, used = line + piece, used + wide
    return "\n".join([*lines, line])


def note(lang: str, *sentences: str) -> str:
    """Sentences as one note; English ones with a space between."""
    return ("" if lang == "zh" else " ").join(s.strip() for s in sentences if s)


def save(figure: Figure, path: Path) -> list[Path]:
    """Write `path` as .png and .svg (whatever its ending); the same picture gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    with written():
        figure.savefig(png, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None, "Creator": None})
    return [png, svg]


def per_cent(axis: Axes, which: str = "y") -> None:
    """Tick labels of a share as per cent."""
    from matplotlib.ticker import PercentFormatter

    target = axis.yaxis if which == "y" else axis.xaxis
    target.set_major_formatter(PercentFormatter(1, decimals=0))


def end_labels(axis: Axes, labels: list[tuple[float, float, str, str]], apart: float = 0.06) -> None:
    """Names at the right ends of lines, (x, y, text, colour), moved apart so that none covers another.

    `apart` is a share of the axis' height; the limits of the axis must be set before.
    """
    low, high = axis.get_ylim()
    placed = -float("inf")
    for x, y, text, colour in sorted(labels, key=lambda row: row[1]):
        at = max(y, placed + (high - low) * apart)
        placed = at
        where: dict[str, Any] = {"xytext": (7, 0), "textcoords": "offset points", "annotation_clip": False}
        axis.annotate(text, (x, at), color=colour, fontsize=8.5, va="center", **where)


def readable(colour: str) -> str:
    """Black or white, whichever can be read on the colour (WCAG's relative luminance)."""
    from matplotlib.colors import to_rgb

    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.3 else INK
