"""Pictures over time: a measure with its events, a control chart, the days on which a category surged."""

from __future__ import annotations

import math
import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csworkshop.cases.casebook import Casebook
from csworkshop.cases.control import Chart, p_chart, xmr
from csworkshop.cases.measures import figures, measures
from csworkshop.cases.style import (
    BLUE,
    GREY,
    LIGHT,
    PALE,
    SKY,
    VERMILLION,
    end_labels,
    note,
    per_cent,
    sheet,
    styled,
)
from csworkshop.cases.unusual import Unusual, unusual
from csworkshop.cases.unusual import chart as surge_chart
from csworkshop.cases.wording import days as days_of
from csworkshop.cases.wording import label, number
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 6  # panels in one picture
SHOWN = ("release", "logistics", "training", "promotion", "holiday")
NAMED = ("release", "logistics", "training")  # events that are written above their band; the others are bands only
HALF_WEEK = pd.Timedelta(days=3.5)  # a week's point stands in the week's middle


@styled
def series(book: Casebook, measure: str = "csat_top2", by: str | None = None, lang: str = "zh") -> Figure:
    """A measure week by week with its intervals and the year's events; a panel per group of `by`."""
    m = measures()[measure]
    subtitle = m.formula[lang] + ("，" if lang == "zh" else ", ") + say("plot.weekly", lang)
    title = say("plot.series_title", lang, name=m.name[lang])
    if by:
        return _panels(book, measure, by, title, subtitle, lang)
    table = weekly(book.values, measure)
    figure, (axis,) = sheet(4.1, title, subtitle, _note(book, lang))
    axis.fill_between(table.index, table.low, table.high, color=BLUE, alpha=0.18, linewidth=0)
    axis.plot(table.index, table.value, color=BLUE, marker="o", markersize=3.2)
    _frame(axis, m.is_share)
    _months(axis, lang)
    _events(axis, book.events, lang)
    return figure


def _panels(book: Casebook, measure: str, by: str, title: str, subtitle: str, lang: str) -> Figure:
    m, values = measures()[measure], book.values
    groups = list(values[by].value_counts().index[:MOST])
    rows = math.ceil(len(groups) / 2)
    told = note(lang, _note(book, lang, bands=False), _named(book.events, lang))
    figure, axes = sheet(1.25 + 1.85 * rows, title, subtitle, told, rows=rows, cols=2, sharex=True, sharey=True)
    tables = {g: weekly(values[values[by] == g], measure) for g in groups}
    for n, (axis, group) in enumerate(zip(axes, groups, strict=False)):
        for other, table in tables.items():
            if other != group:
                axis.plot(table.index, table.value, color=PALE, linewidth=1, zorder=1)
        table = tables[group]
        axis.fill_between(table.index, table.low, table.high, color=BLUE, alpha=0.18, linewidth=0)
        axis.plot(table.index, table.value, color=BLUE, linewidth=1.4)
        axis.set_title(label(by, group, lang), loc="left", fontsize=9.5, pad=4 if n > 1 else 13)
    for axis in axes[len(groups) :]:
        axis.set_visible(False)
    _frame(axes[0], m.is_share, log=m.unit in ("minutes", "hours"))
    for n, axis in enumerate(axes[: len(groups)]):
        _months(axis, lang, every=2)
        _events(axis, book.events, lang, named=False)
        axis.tick_params(labelbottom=n >= len(groups) - 2)
    return figure


def weekly(values: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A measure by week (index: the week's middle), without weeks that are cut off or hardly have cases yet."""
    table = figures(_whole_weeks(values), ["week"], [measure]).set_index("week")
    table.index = table.index + HALF_WEEK
    return table[(table.n >= 5) & (table.n >= 0.3 * table.n.median())]


@styled
def control(
    book: Casebook, measure: str = "csat_top2", lang: str = "zh", where: tuple[str, str] | None = None
) -> Figure:
    """A control chart by week: p-chart for shares (with Laney's wider limits), XmR for all else.

    `where` narrows it to a group: ("agent_id", "A05").
    """
    m, values, name = measures()[measure], book.values, measures()[measure].name[lang]
    if where:
        values = values[values[where[0]] == where[1]]
        name = f"{label(*where, lang)} · {name}"
    table = weekly(values, measure)
    found = p_chart(table.value * table.n, table.n) if m.is_share else xmr(table.value)
    subtitle = say("plot.control_sub", lang, kind=found.kind, period=say("plot.weekly", lang))
    two = found.kind == "XmR"
    figure, axes = sheet(
        5.0 if two else 4.1,
        say("plot.control_title", lang, name=name),
        subtitle,
        _note(book, lang, band=False),
        rows=2 if two else 1,
        sharex=True,
        height_ratios=[2.4, 1] if two else [1],
    )
    _limits(axes[0], found, measure, lang)
    _frame(axes[0], m.is_share, fit=True)
    _months(axes[-1], lang)
    _events(axes[0], book.events, lang)
    _limit_names(axes[0], found, measure, lang)
    if two:
        axes[1].plot(found.points.index[1:], found.ranges, color=GREY, marker="o", markersize=2.6, linewidth=1)
        axes[1].axhline(found.range_limit, color=VERMILLION, linestyle=(0, (5, 3)), linewidth=1)
        axes[1].set_ylabel(say("plot.control_range", lang))
        axes[1].set_ylim(0)
    return figure


def _limits(axis: Axes, found: Chart, measure: str, lang: str) -> None:
    points = found.points
    for edge in (points.low, points.high):
        axis.step(points.index, edge, where="mid", color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
    axis.axhline(found.middle, color=GREY, linewidth=0.9)
    axis.plot(points.index, points.value, color=BLUE, marker="o", markersize=3.4, linewidth=1.1)
    news = points[points.signal]
    axis.plot(news.index, news.value, "D", markersize=7, color=VERMILLION, markeredgecolor="white")
    axis.margins(x=0.02)


def _limit_names(axis: Axes, found: Chart, measure: str, lang: str) -> None:
    right = axis.get_xlim()[1]
    mean = say("plot.control_mean", lang, value=number(found.middle, measure, lang))
    limits = [(right, float(found.points[c].iloc[-1]), say("plot.control_limits", lang), GREY) for c in ("low", "high")]
    end_labels(axis, [(right, found.middle, mean, GREY), *limits])


@styled
def surge(book: Casebook, category: str | None = None, lang: str = "zh") -> Figure:
    """A category's share of each day's tickets, with what is usual and the periods that are not."""
    periods = unusual(book.values, book.events, lang)
    news = [u for u in periods if not u.expected] or periods
    category = category or (news[0].category if news else str(book.values.category.value_counts().index[0]))
    table = surge_chart(book.values, category)
    title = say("plot.surge_title", lang, category=label("category", category, lang))
    figure, (axis,) = sheet(4.1, title, say("plot.surge_sub", lang), _note(book, lang, band=False, bands=False))
    axis.fill_between(table.index, table.low, table.high, color=PALE, linewidth=0)
    axis.plot(table.index, table["usual"], color=GREY, linewidth=0.9)
    axis.plot(table.index, table.share, "o", color=SKY, markersize=2.2, markeredgewidth=0)
    smooth = (
        table.tickets.rolling(7, center=True, min_periods=4).sum()
        / table["all"].rolling(7, center=True, min_periods=4).sum()
    )
    axis.plot(table.index, smooth, color=BLUE, linewidth=1.5)
    axis.set_ylim(0, float(np.nanmax(table.share)) * 1.12)
    axis.margins(x=0.01)
    for period in (u for u in periods if u.category == category):
        inside = table.loc[period.at : period.until]
        colour = GREY if period.expected else VERMILLION
        axis.plot(inside.index, inside.share, "D", markersize=4.2, color=colour)
        _period_note(axis, period, float(inside.share.max()), (table.index[0], table.index[-1]), lang)
    right = axis.get_xlim()[1]
    end_labels(axis, [(right, float(table["usual"].iloc[-1]), say("plot.surge_usual", lang), GREY)])
    per_cent(axis)
    _months(axis, lang)
    return figure


def _period_note(axis: Axes, period: Unusual, top: float, span: tuple[Any, Any], lang: str) -> None:
    """What a period was, beside it: days, tickets against usual, the event."""
    dates = days_of(period.at, period.until, lang).split("年")[-1]
    tickets = say("plot.surge_period", lang, tickets=period.tickets, usual=f"{period.usual:.0f}")
    text = [dates, tickets, *(_wrapped(period.notes[0], 15 if lang == "zh" else 28) if period.notes else [])]
    right = (period.at - span[0]) > 0.7 * (span[1] - span[0])
    axis.annotate(
        "\n".join(text),
        (period.at if right else period.until, top),
        xytext=(-8 if right else 8, 4),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top",
        fontsize=7.6,
        linespacing=1.3,
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5},
    )


# --- what these pictures share -----------------------------------------------------------------------------------


def _whole_weeks(values: pd.DataFrame) -> pd.DataFrame:
    """Without the first and the last week where they are cut off: half a week is no point of a line."""
    first, last = values.opened_at.min(), values.opened_at.max()
    weeks = values.week
    keep = (weeks >= first.normalize()) & (weeks + pd.Timedelta(days=6) <= last.normalize())
    return values[keep] if keep.any() else values


def _frame(axis: Axes, share: bool, log: bool = False, fit: bool = False) -> None:
    low, high = axis.get_ylim()
    if log:
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:g}")
    elif share:
        axis.set_ylim(max(0, low), min(1.0, high) if high > 0.9 else high)
        per_cent(axis)
    elif not fit and low < 0.6 * high:
        axis.set_ylim(0, high)


def _months(axis: Axes, lang: str, every: int = 1) -> None:
    from matplotlib.dates import ConciseDateFormatter, MonthLocator, num2date

    low, high = (num2date(x) for x in axis.get_xlim())
    months = (high.year - low.year) * 12 + high.month - low.month
    if months < 2:
        axis.xaxis.set_major_formatter(ConciseDateFormatter(axis.xaxis.get_major_locator()))
        return
    locator = MonthLocator(interval=every if months <= 13 else math.ceil(months / 12))
    axis.xaxis.set_major_locator(locator)
    first = num2date(min(x for x in locator() if x >= axis.get_xlim()[0]))

    def text(at: float, _: Any) -> str:
        day = num2date(at)
        year = f"\n{day.year}" if day.month == 1 or (day.year, day.month) == (first.year, first.month) else ""
        return (f"{day.month}月" if lang == "zh" else f"{day:%b}") + year

    axis.xaxis.set_major_formatter(text)


def _events(axis: Axes, events: pd.DataFrame | None, lang: str, named: bool = True) -> None:
    """Bands for events; releases, delivery trouble and trainings are named above, one line higher where crowded."""
    if events is None:
        return
    from matplotlib.dates import date2num

    low, high = axis.get_xlim()
    column = "note_en" if lang == "en" and "note_en" in events else "note"
    letter = (high - low) / (64 if lang == "zh" else 120)  # a letter's width in days
    ends = [low, low]  # where the text of the lower and the upper line ends
    for row in events[events.kind.isin(SHOWN)].sort_values("at").itertuples():
        start, end = date2num(row.at), date2num(row.until) + 1
        if end < low or start > high:
            continue
        strong = row.kind in NAMED
        axis.axvspan(start, max(end, start + 1.5), color=VERMILLION if strong else LIGHT, alpha=0.2, lw=0, zorder=0)
        if strong and named:
            text = _short(str(getattr(row, column)))
            left = (start + end) / 2 - len(text) * letter / 2
            line = 0 if left > ends[0] else 1
            ends[line] = left + (len(text) + 1) * letter
            axis.annotate(
                text,
                ((start + end) / 2, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3 + 11 * line),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7.6,
                annotation_clip=False,
            )
    axis.set_xlim(low, high)


def _named(events: pd.DataFrame | None, lang: str) -> str:
    """Which events the orange bands are, where there is no room above them."""
    if events is None:
        return ""
    column = "note_en" if lang == "en" and "note_en" in events else "note"
    names = [_short(str(n)) for n in events[events.kind.isin(NAMED)].sort_values("at")[column]]
    between = "、" if lang == "zh" else ", "
    return say("plot.bands_named", lang, names=between.join(names)) if names else ""


def _short(note: str) -> str:
    return re.split("[，:;（(]", note)[0].strip()


def _wrapped(text: str, width: int) -> list[str]:
    if re.search("[\u4e00-\u9fff]", text):
        return [part for clause in text.split("，") for part in re.findall(f".{{1,{width}}}", clause)]
    return wrap(text, width)


def _note(book: Casebook, lang: str, band: bool = True, bands: bool = True) -> str:
    """The line below: what shades mean, and that the data is made up where it is."""
    told = [say("plot.note", lang)] if band else []
    told += [say("plot.bands", lang)] if bands and book.events is not None else []
    return note(lang, *told, *made_up(book, lang))


def made_up(book: Casebook, lang: str) -> list[str]:
    """The sentence that says that the data is made up, where it is."""
    return [say("plot.made_up", lang)] if book.synthetic else []
