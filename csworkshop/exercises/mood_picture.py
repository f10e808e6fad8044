"""The mood curve of a talk as a figure, for reports and for whoever wants to keep it."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from csworkshop.cases.style import BLUE, GREY, INK, LIGHT, ORANGE, PALE, VERMILLION, end_labels, sheet, styled
from csworkshop.practice.clock import waited
from csworkshop.practice.condition import FEELINGS, Feeling
from csworkshop.practice.debriefing import Debrief, debrief
from csworkshop.practice.talk import Talk
from csworkshop.text.language import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS: dict[Feeling, str] = {"anger": VERMILLION, "anxiety": ORANGE, "disappointment": GREY, "trust": BLUE}
NAMES: dict[Feeling, str] = {"anxiety": "#8f6400"}  # orange letters are too pale to read
MARKERS: dict[Feeling, str] = {"anger": "s", "anxiety": "^", "disappointment": "D", "trust": "o"}
TOLD = 3  # turns whose reason is written into the figure
LONGEST = 16  # characters of a reason


@styled
def mood_figure(talk: Talk, lang: str = "zh") -> Figure:
    """Four feelings over the turns, with the reasons of the strongest moves."""
    found = debrief(talk, better=False)
    note = say("roleplay_told.figure_note", lang, case=found.case, seed=found.seed)
    title = say("roleplay_told.figure_title", lang, name=found.name)
    figure, (axis,) = sheet(4.0, title, say("roleplay_told.figure_about", lang), note)
    turns = list(range(len(found.curve)))
    for f in FEELINGS:
        levels = [mood.levels[f] for mood in found.curve]
        axis.plot(
            turns, levels, color=COLOURS[f], marker=MARKERS[f], markersize=4, linewidth=2 if f == "trust" else 1.6
        )
    axis.set_ylim(-3, 103)
    axis.set_xlim(-0.3, max(len(turns) - 1, 1) + 0.1)
    axis.set_xticks(turns, [str(n) if n else say("roleplay_told.figure_start", lang) for n in turns])
    axis.set_xlabel(say("roleplay_told.figure_turn", lang))
    last = found.curve[-1]
    ends = [
        (
            float(turns[-1]),
            last.levels[f],
            f"{say(f'kind_roleplay.feeling_{f}', lang)} {last.levels[f]:.0f}",
            NAMES.get(f, COLOURS[f]),
        )
        for f in FEELINGS
    ]
    end_labels(axis, ends, apart=0.07)
    _waits(axis, found)
    _reasons(axis, found, lang)
    return figure


def _waits(axis: Axes, found: Debrief) -> None:
    """Turns that let time pass stand on a pale band."""
    for step in found.steps:
        if waited(step.reply) is not None:
            axis.axvspan(step.number - 0.5, step.number + 0.5, color=PALE, zorder=0)


def _reasons(axis: Axes, found: Debrief, lang: str) -> None:
    """What moved the customer most, written above its turn."""
    strongest = sorted((s for s in found.steps if s.moved), key=lambda s: -abs(s.gain))[:TOLD]
    for step in strongest:
        reason = shorten(step.moved[0].reason[lang], 60, placeholder="…")
        text = reason if lang == "en" or len(reason) <= LONGEST else reason[: LONGEST - 1] + "…"
        axis.axvline(step.number, color=LIGHT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0)
        where = {"xytext": (0, 3), "textcoords": "offset points", "annotation_clip": False}
        axis.annotate(text, (step.number, 103), ha="center", va="bottom", fontsize=7.5, color=INK, **where)  # type: ignore[arg-type]
