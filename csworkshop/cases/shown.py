"""What a notebook shows of case data: HTML that fits JupyterLab's colours, and plain text for a terminal.

Nothing from the data reaches the page unescaped, and nothing in it is typeset as a formula.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path

import pandas as pd

from csworkshop.cases.wording import between, number

CSS = Path(__file__).parent / "notebook.css"
WIDE = 0x2E7F  # from this code point on a letter takes two places in a terminal


@lru_cache(maxsize=1)
def _style() -> str:
    return CSS.read_text("utf-8")


@dataclass(frozen=True)
class Shown:
    """A result for the screen. `frame` holds its plain numbers, where there are any, for whoever goes on in pandas."""

    text: str
    markup: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _repr_html_(self) -> str:
        body = f'<div class="cs-cases tex2jax_ignore mathjax_ignore">{self.markup}</div>'
        return f"<style>{_style()}</style>{body}"

    def __repr__(self) -> str:
        return self.text


def grid(head: list[str], rows: list[list[str]], total: bool = False, left: tuple[int, ...] = (0,)) -> str:
    """A table as HTML; its cells are escaped already, its head isn't. `total`: the last row stands apart."""

    def cell(tag: str, n: int, content: str) -> str:
        return f'<{tag} class="left">{content}</{tag}>' if n in left else f"<{tag}>{content}</{tag}>"

    top = "".join(cell("th", n, escape(h)) for n, h in enumerate(head))
    body = []
    for k, row in enumerate(rows):
        last = ' class="total"' if total and k == len(rows) - 1 else ""
        body.append(f"<tr{last}>" + "".join(cell("td", n, c) for n, c in enumerate(row)) + "</tr>")
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def lines(head: list[str], rows: list[list[str]]) -> str:
    """A table as text in columns, for a terminal."""
    table = [head, *rows]
    widths = [max(_width(row[n]) for row in table) for n in range(len(head))]
    return "\n".join("  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)) for row in table)


def _width(text: str) -> int:
    return sum(2 if ord(c) > WIDE else 1 for c in text)


def figure_cell(row: pd.Series, measure: str, lang: str, size: bool) -> str:
    """A figure with its interval (and, with `size`, how many tickets it rests on) below, as HTML."""
    told = " · ".join(filter(None, [between(row, measure, lang), f"n={int(row.n):,}" if size else ""]))
    under = f'<span class="range">{escape(told)}</span>' if told else ""
    return escape(number(row.value, measure, lang)) + under


def strip(row: pd.Series, low: float, high: float) -> str:
    """A dot with its interval on a scale from `low` to `high`; nothing where there is no figure."""
    if math.isnan(row.value) or not high > low:
        return ""

    def at(x: float) -> float:
        return round(100 * (min(max(x, low), high) - low) / (high - low), 1)

    bar = ""
    if not math.isnan(row.low):
        start, end = at(row.low), at(row.high)
        bar = f'<b style="left:{start}%;width:{round(end - start, 1)}%"></b>'
    return f'<span class="strip" aria-hidden="true"><i></i>{bar}<u style="left:{at(row.value)}%"></u></span>'


def titled(title: str, *parts: str) -> str:
    """A heading and what stands below it; parts are HTML."""
    return f"<h4>{escape(title)}</h4>" + "".join(parts)


def small(*sentences: str) -> str:
    """Notes below a table, escaped; empty ones left out."""
    return "".join(f'<p class="note">{escape(s)}</p>' for s in sentences if s)
