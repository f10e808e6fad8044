"""Pictures of tickets: how far they get, where they come from, how long customers wait, what they score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csworkshop.cases.casebook import Casebook
from csworkshop.cases.measures import measures
from csworkshop.cases.plots_time import made_up
from csworkshop.cases.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    PALE,
    SKY,
    VERMILLION,
    note,
    per_cent,
    readable,
    sheet,
    styled,
)
from csworkshop.cases.wording import heading, label
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENOUGH = 0.8  # the share that a Pareto chart asks about
SCORE_COLOURS = (VERMILLION, "#EBA67F", "#D9D9D9", SKY, BLUE)  # 1 to 5
LEAST_SCORES = 20


@styled
def funnel(book: Casebook, lang: str = "zh") -> Figure:
    """How many of the tickets opened are answered, in time, resolved, for good, at once, and to satisfaction."""
    v = book.values[book.values.opened_at <= book.as_of - pd.Timedelta(days=book.desk.mature_days)]
    t = book.tickets.set_index("ticket_id").loc[v.ticket_id]
    answered = t.first_response_at.notna().to_numpy()
    in_time = answered & (v.first_in_time != 0).to_numpy()  # a channel without a limit can't be late
    solved = t.resolved.astype(bool).to_numpy()
    lasting = solved & (t.reopened == 0).to_numpy()
    once = lasting & t.first_contact_resolution.astype(bool).to_numpy()
    scored = t.csat.notna().to_numpy()
    happy = scored & (t.csat.fillna(0) >= 4).to_numpy()
    steps = [
        ("opened", float(len(v))),
        ("answered", float(answered.sum())),
        ("solved", float((answered & solved).sum())),
        ("lasting", float(lasting.sum())),
        ("happy", float(lasting.sum()) * _share(happy & lasting, scored & lasting)),
    ]
    beside = {"answered": ("in_time", float(in_time.sum())), "lasting": ("once", float(once.sum()))}
    told = note(lang, say("plot.funnel_happy_note", lang), *made_up(book, lang))
    subtitle = say("plot.funnel_sub", lang, days=f"{book.desk.mature_days:g}")
    figure, (axis,) = sheet(4.3, say("plot.funnel_title", lang), subtitle, told)
    total = steps[0][1]
    for n, (name, count) in enumerate(steps):
        y, before = -n, steps[n - 1][1] if n else count
        axis.barh(y, before / total, height=0.62, color=PALE)
        axis.barh(y, count / total, height=0.62, color=BLUE)
        if name in beside:
            inner, part = beside[name]
            axis.plot([part / total] * 2, [y - 0.31, y + 0.31], color="white", linewidth=1.6)
            text = f"{say(f'plot.funnel_{inner}', lang)} {part / total:.0%}"
            axis.text(part / total - 0.008, y - 0.17, text, ha="right", va="center", color="white", fontsize=7.8)
        axis.text(0.012, y + (0.12 if name in beside else 0), f"{count:,.0f}", va="center", color="white", fontsize=9.5)
        axis.text(-0.015, y, say(f"plot.funnel_{name}", lang), ha="right", va="center", fontsize=9.5)
        axis.text(1.015, y + 0.13, f"{count / total:.1%}", va="center", fontsize=9.5)
        if n:
            lost = say(
                "plot.funnel_lost", lang, number=f"{before - count:,.0f}", share=f"{(before - count) / before:.1%}"
            )
            axis.text(1.015, y - 0.19, lost, va="center", fontsize=7.8, color=GREY)
    axis.set_xlim(-0.2 if lang == "zh" else -0.16, 1.2)
    axis.set_axis_off()
    return figure


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum()) / max(float(whole.sum()), 1)


@styled
def pareto(book: Casebook, what: str = "tickets", lang: str = "zh") -> Figure:
    """Categories by tickets, unhappy surveys or hours to resolution, and which few make most of it."""
    v = book.values
    weight = {"unhappy": (v.csat <= 2).astype(float), "hours": v.resolution.fillna(0)}.get(what, v.ticket)
    total = weight.groupby(v.category).sum().sort_values(ascending=False)
    share = total / max(float(total.sum()), 1e-9)
    running = share.cumsum()
    number = int((running < ENOUGH).sum()) + 1
    thing = say(f"plot.pareto_{what}", lang)
    title = say("plot.pareto_title", lang, share=f"{running.iloc[number - 1]:.0%}", what=thing, number=number)
    figure, (axis,) = sheet(4.0, title, say("plot.pareto_sub", lang, what=thing), note(lang, *made_up(book, lang)))
    at = np.arange(len(total))
    axis.bar(at, share, width=0.72, color=[BLUE if n < number else LIGHT for n in at])
    axis.plot(at, running, color=VERMILLION, marker="o", markersize=4, linewidth=1.3)
    axis.axhline(ENOUGH, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    for n, (count, run) in enumerate(zip(total, running, strict=True)):
        ink = "white" if n < number else INK
        axis.text(n, 0.012, f"{count:,.0f}", ha="center", va="bottom", fontsize=8, color=ink)
        if n:
            behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # the line at 80% stays off the figures
            told = f"{run:.0%}"
            axis.text(n, run + 0.022, told, ha="center", va="bottom", fontsize=8, color=VERMILLION, bbox=behind)
    axis.set_xticks(at, [label("category", c, lang) for c in total.index], fontsize=9)
    axis.tick_params(axis="x", length=0)
    axis.set_ylim(0, 1.08)
    axis.set_yticks(np.arange(0, 1.01, 0.2))
    per_cent(axis)
    return figure


@styled
def times(book: Casebook, measure: str = "first_response_open", lang: str = "zh") -> Figure:
    """How long tickets take, by channel: median, middle half, 5 to 95 per cent; by opening hours with the limit."""
    m, v = measures()[measure], book.values
    hours, limits = m.unit == "hours", m.of == "first_response_open"
    groups = sorted(v.channel.unique(), key=lambda c: float(v[m.of][v.channel == c].median()))
    figure, (axis,) = sheet(
        1.55 + 0.62 * len(groups),
        say("plot.times_title", lang, name=m.name[lang].split("（")[0].split(" (")[0]),
        say("plot.times_sub_open" if m.of.endswith("_open") else "plot.times_sub", lang),
        note(lang, *made_up(book, lang)),
    )
    for n, channel in enumerate(groups):
        own = v[v.channel == channel]
        part = own[m.of].dropna() * (60 if hours else 1)
        low, q1, middle, q3, high = np.maximum(np.quantile(part, (0.05, 0.25, 0.5, 0.75, 0.95)), 1 / 60)
        axis.plot([low, high], [-n, -n], color=SKY, linewidth=2, zorder=2)
        axis.plot([q1, q3], [-n, -n], color=BLUE, linewidth=8, solid_capstyle="butt", zorder=3)
        axis.plot(middle, -n, "o", color="white", markersize=6, markeredgecolor=INK, zorder=4)
        axis.annotate(
            _clock(middle, lang), (middle, -n), xytext=(0, 12), textcoords="offset points", ha="center", fontsize=8.5
        )
        limit = book.desk.channels.get(channel)
        if limits and limit is not None:
            kept = float(own.first_in_time.mean())
            axis.plot([limit.first_response] * 2, [-n - 0.22, -n + 0.16], color=VERMILLION, linewidth=2.2, zorder=5)
            axis.annotate(
                say("plot.times_below", lang, share=f"{kept:.0%}", limit=_clock(limit.first_response, lang)),
                (1.01, -n),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=8.5,
                color=VERMILLION if kept < 0.7 else GREY,
                annotation_clip=False,
            )
    axis.set_xscale("log")
    ticks = [x for x in (1 / 6, 1, 10, 60, 360, 1440, 4320, 10080) if axis.get_xlim()[0] <= x <= axis.get_xlim()[1]]
    axis.set_xticks(ticks, [_clock(x, lang) for x in ticks])
    axis.set_xticks([], minor=True)
    axis.set_yticks([-n for n in range(len(groups))], [label("channel", c, lang) for c in groups], fontsize=9.5)
    axis.set_ylim(-len(groups) + 0.4, 0.6)
    axis.grid(axis="x")
    axis.grid(visible=False, axis="y")
    axis.spines["left"].set_visible(False)
    return figure


def _clock(minutes: float, lang: str) -> str:
    """Minutes as people say them."""
    if minutes < 1:
        return f"{minutes * 60:.0f} 秒" if lang == "zh" else f"{minutes * 60:.0f} s"
    if minutes < 60:
        return say("measure.minutes", lang, number=f"{minutes:.0f}" if minutes >= 10 else f"{minutes:.2g}")
    if minutes < 1440:
        return say("measure.hours", lang, number=f"{minutes / 60:.2g}")
    return say("measure.days", lang, number=f"{minutes / 1440:.2g}")


@styled
def scores(book: Casebook, by: str = "team", lang: str = "zh") -> Figure:
    """Surveys by score, a bar per group, divided at the middle of the threes: left of it unhappy, right of it happy."""
    v = book.values[book.values.csat.notna()]
    table = pd.crosstab(v[by], v.csat.astype(int)).reindex(columns=range(1, 6), fill_value=0)
    table = table[table.sum(axis=1) >= LEAST_SCORES]
    share = table.div(table.sum(axis=1), axis=0)
    share = share.loc[(share[4] + share[5]).sort_values(ascending=False).index]
    subtitle = say("plot.scores_sub", lang, what=heading(by, lang))
    height = 1.85 + 0.42 * len(share)
    figure, (axis,) = sheet(height, say("plot.scores_title", lang), subtitle, note(lang, *made_up(book, lang)))
    for n, (group, row) in enumerate(share.iterrows()):
        left = -(row[1] + row[2] + row[3] / 2)
        for score in range(1, 6):
            colour = SCORE_COLOURS[score - 1]
            axis.barh(-n, row[score], left=left, height=0.66, color=colour, edgecolor="white", linewidth=0.8)
            if row[score] >= 0.045:
                middle = left + row[score] / 2
                text = f"{100 * row[score]:.0f}"
                axis.text(middle, -n, text, ha="center", va="center", fontsize=8, color=readable(colour))
            left += row[score]
        told = say("plot.scores_n", lang, n=f"{int(table.loc[group].sum()):,}")
        axis.text(1.005, -n, told, transform=axis.get_yaxis_transform(), va="center", fontsize=8, color=GREY)
    axis.axvline(0, color=INK, linewidth=0.8, zorder=0)
    for score, colour in enumerate(SCORE_COLOURS, 1):
        axis.bar(0, 0, color=colour, label=say("plot.scores_score", lang, score=score))
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.1, "handlelength": 1.0}
    axis.legend(ncols=5, handletextpad=0.4, columnspacing=1.3, **where)
    axis.set_yticks([-n for n in range(len(share))], [label(by, g, lang) for g in share.index], fontsize=9.5)
    axis.set_ylim(-len(share) + 0.5, 0.55)
    axis.set_xticks([])
    axis.grid(visible=False)
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    return figure
