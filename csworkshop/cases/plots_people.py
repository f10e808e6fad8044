"""Pictures of agents: who uses which technique, who differs on the same tickets, what a training brought."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from csworkshop.cases.casebook import Casebook
from csworkshop.cases.compare import against_peers
from csworkshop.cases.diagnose import NO_TEAM, PEERS
from csworkshop.cases.diagnosis import read_diagnosis
from csworkshop.cases.effect import effects
from csworkshop.cases.intervals import discoveries
from csworkshop.cases.measures import DUE, SPOKEN, measures
from csworkshop.cases.plots_time import made_up
from csworkshop.cases.style import BLUE, GREY, INK, LIGHT, ORANGE, PALE, VERMILLION, note, readable, sheet, styled
from csworkshop.cases.wording import day as day_of
from csworkshop.cases.wording import label
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST_REPLIES = 10
RATE = 0.1


class Lacking(ValueError):
    """The data can't make the picture; the message says what it lacks."""


def _with_teams(values: pd.DataFrame) -> pd.DataFrame:
    return values.assign(team=values.team.astype(object).where(values.team.notna(), NO_TEAM))


@styled
def heat(book: Casebook, lang: str = "zh", faults: bool = False) -> Figure:
    """Agents by techniques (or faults): the share of replies that show it; marked where it differs surely."""
    if not book.listened:
        raise Lacking("messages")
    items = catalogue().faults if faults else catalogue().techniques
    values = _with_teams(book.values)
    tables = {i.id: against_peers(values, SPOKEN + i.id, strata=PEERS["agent"]).set_index("agent_id") for i in items}
    replies = values.groupby("agent_id")[SPOKEN + items[0].id + DUE].sum()
    teams = values.groupby("agent_id").team.first()
    agents = [a for a in replies.index[replies >= LEAST_REPLIES]]
    agents.sort(key=lambda a: (str(teams[a]), a))
    rate = np.array([[tables[i.id].raw.get(a, math.nan) for i in items] for a in agents])
    p = [tables[i.id].p.get(a, math.nan) for a in agents for i in items]
    counted = np.array(discoveries(p, RATE)).reshape(rate.shape)
    above = np.array([[tables[i.id].difference.get(a, math.nan) > 0 for i in items] for a in agents])
    order = np.argsort(-np.nanmean(rate, axis=0))
    figure, (axis,) = sheet(
        2.35 + 0.185 * len(agents),
        say("plot.heat_title_faults" if faults else "plot.heat_title", lang),
        say("plot.heat_sub_faults" if faults else "plot.heat_sub", lang)
        + ("" if counted.any() else say("plot.heat_none", lang)),
        note(lang, say("plot.heat_note", lang, replies=f"{int(replies.sum()):,}"), *made_up(book, lang)),
    )
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm

    shades = LinearSegmentedColormap.from_list("blues", ["#FFFFFF", "#BFDDF0", "#5BA4D0", BLUE, "#003D66"])
    norm = PowerNorm(0.6, vmin=0, vmax=float(np.nanmax(rate)))  # most techniques are rare; they must not all look white
    axis.pcolormesh(rate[:, order], cmap=shades, norm=norm, edgecolors="white", linewidth=0.8)
    for y in range(len(agents)):
        for x, k in enumerate(order):
            if math.isnan(rate[y, k]):
                continue
            colour = readable_on(shades(float(norm(rate[y, k]))))
            sign = ("△" if above[y, k] else "▽") if counted[y, k] else ""
            text = f"{100 * rate[y, k]:.0f}"
            axis.text(x + (0.36 if sign else 0.5), y + 0.52, text, ha="center", va="center", fontsize=6.6, color=colour)
            if sign:
                axis.text(x + 0.74, y + 0.5, sign, ha="center", va="center", fontsize=7.5, color=colour)
    names = [items[k].name[lang] for k in order]
    turned: dict[str, Any] = {"rotation": 45, "ha": "left", "rotation_mode": "anchor"}
    axis.set_xticks(np.arange(len(items)) + 0.5, names, fontsize=8, **turned)
    axis.xaxis.tick_top()
    axis.tick_params(axis="x", length=0, pad=2)
    axis.set_yticks(np.arange(len(agents)) + 0.5, agents, fontsize=7.2)
    axis.invert_yaxis()
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    first = 0
    for n in range(1, len(agents) + 1):  # a line and a name per team
        if n == len(agents) or teams[agents[n]] != teams[agents[first]]:
            where = axis.get_yaxis_transform()
            axis.text(1.008, (first + n) / 2, label("team", teams[agents[first]], lang), transform=where, va="center",
                      fontsize=8.5)  # fmt: skip
            if n < len(agents):
                axis.axhline(n, color=INK, linewidth=0.9)
            first = n
    return figure


def readable_on(shade: Any) -> str:
    """The colour of letters on a shade."""
    from matplotlib.colors import to_hex

    return readable(to_hex(shade))


@styled
def forest(book: Casebook, measure: str = "fcr", lang: str = "zh", by: str = "agent_id") -> Figure:
    """Every agent's difference from colleagues on the same kind of tickets, beside the raw one; sorted."""
    m, values = measures()[measure], _with_teams(book.values)
    if m.of not in values:
        raise Lacking("messages")
    level = {"agent_id": PEERS["agent"], "team": PEERS["team"], "channel": PEERS["channel"]}[by]
    fair = against_peers(values, measure, by, level).set_index(by)
    plain = against_peers(values, measure, by, ("team",) if by == "agent_id" else ()).set_index(by)
    fair = fair[fair.difference.notna()].sort_values("difference", ascending=m.better == "low")
    if fair.empty:
        raise Lacking("tickets")
    counted = dict(zip(fair.index, discoveries(list(fair.p), RATE), strict=True))
    times, share = m.kind in ("median", "p90"), m.is_share
    figure, (axis,) = sheet(
        1.75 + 0.17 * len(fair),
        say("plot.forest_title", lang, name=m.name[lang]),
        say("plot.forest_sub" if by == "agent_id" else "plot.forest_sub_groups", lang),
        note(lang, say("plot.forest_note", lang), *made_up(book, lang)),
    )
    zero = 1.0 if times else 0.0
    axis.axvline(zero, color=INK, linewidth=0.9)
    for n, (group, row) in enumerate(fair.iterrows()):
        sure = counted[group]
        colour = VERMILLION if sure else BLUE
        axis.plot([row.low, row.high], [-n, -n], color=colour, linewidth=1.3 if sure else 1.0)
        axis.plot(row.difference, -n, "D" if sure else "o", color=colour, markersize=5.5 if sure else 4)
        raw = plain.difference[group]
        axis.plot(raw, -n, "o", markerfacecolor="none", markeredgecolor=GREY, markersize=4.5, markeredgewidth=0.9)
        if n % 2:
            axis.axhspan(-n - 0.5, -n + 0.5, color=PALE, alpha=0.5, linewidth=0, zorder=0)
    if times:
        axis.set_xscale("log")
        ticks = [x for x in (0.25, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 4) if axis.get_xlim()[0] <= x <= axis.get_xlim()[1]]
        axis.set_xticks(ticks, [f"×{x:g}" for x in ticks])
        axis.set_xticks([], minor=True)
    elif share:
        axis.xaxis.set_major_formatter(lambda x, _: f"{100 * x:+.0f}" if round(x, 6) else "0")
        axis.set_xlabel(say("plot.training_axis", lang), loc="right")
    axis.set_yticks([-n for n in range(len(fair))], [label(by, g, lang) for g in fair.index], fontsize=7.6)
    axis.set_ylim(-len(fair) + 0.4, 0.6)
    axis.annotate(say("plot.forest_zero", lang), (zero, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                  textcoords="offset points", ha="center", fontsize=8, color=GREY)  # fmt: skip
    axis.grid(visible=False, axis="y")
    axis.grid(axis="x")
    return figure


@styled
def training(book: Casebook, lang: str = "zh") -> Figure:
    """What a training brought: per measure the net change with its interval, and both groups' own changes."""
    if book.agents is None or not book.agents.training_at.notna().any():
        raise Lacking("agents.training_at")
    names = [n for n in read_diagnosis().training.measures if measures()[n].is_share]
    found = effects(book.values, book.agents, names)
    if not found:
        raise Lacking("agents.training_at")
    at = found[0].at
    found = [e for e in found if e.at == at]
    subtitle = say("plot.training_sub", lang, day=day_of(at, lang))
    figure, (axis,) = sheet(
        1.95 + 0.42 * len(found), say("plot.training_title", lang), subtitle,
        note(lang, say("plot.training_note", lang), *made_up(book, lang)),
    )  # fmt: skip
    axis.axvline(0, color=INK, linewidth=0.9)
    for n, e in enumerate(found):
        colour = BLUE if e.counts else LIGHT
        axis.plot([100 * e.low, 100 * e.high], [-n, -n], color=colour, linewidth=2.2)
        axis.plot(100 * e.effect, -n, "D", color=colour, markersize=7)
        axis.plot(100 * e.trained, -n - 0.27, "o", markerfacecolor=ORANGE, markeredgecolor="none", markersize=5)
        axis.plot(100 * e.others, -n - 0.27, "s", markerfacecolor="none", markeredgecolor=GREY, markersize=4.5)
        axis.plot([100 * e.others, 100 * e.trained], [-n - 0.27] * 2, color=LIGHT, linewidth=0.8, zorder=1)
        told = f"{100 * e.effect:+.1f}"
        axis.annotate(told, (100 * e.high, -n), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8.5,
                      color=INK if e.counts else GREY)  # fmt: skip
    axis.set_yticks([-n for n in range(len(found))], [measures()[e.measure].name[lang] for e in found], fontsize=9)
    axis.set_ylim(-len(found) + 0.35, 0.6)
    axis.set_xlabel(say("plot.training_axis", lang), loc="right")
    axis.xaxis.set_major_formatter(lambda x, _: f"{x:+g}" if x else "0")
    axis.grid(visible=False, axis="y")
    axis.grid(axis="x")
    axis.spines["left"].set_visible(False)
    trained, others = found[0].agents
    looks: dict[str, dict[str, Any]] = {
        say("plot.training_net", lang): {"marker": "D", "markersize": 7, "color": BLUE},
        say("plot.training_trained", lang, number=trained): {"marker": "o", "markersize": 5, "color": ORANGE},
        say("plot.training_others", lang, number=others): {
            "marker": "s",
            "markersize": 4.5,
            "color": GREY,
            "mfc": "none",
        },
    }
    handles = [axis.plot([], [], linestyle="none", label=name, **look)[0] for name, look in looks.items()]
    axis.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2, handletextpad=0.3
    )
    return figure
