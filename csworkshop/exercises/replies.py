"""The marks of a reply inside an activity as lines of that activity's scorecard.

The reply itself is marked by the one marking function (`csworkshop.exercises.activity.reply_marks`).
"""

from __future__ import annotations

from functools import lru_cache

from csworkshop.exercises.activity import line, reply_marks
from csworkshop.exercises.definition import Activity, Scorecard
from csworkshop.exercises.feedback import explain_line, verdict
from csworkshop.exercises.marking import HELD, Line, Marks
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario


def reply_lines(
    key: str, who: Bilingual, inner: Marks, exercise: Activity, worth: float, cost: float | None = None
) -> list[Line]:
    """A marked reply as lines `key.<item>` that together earn `worth` percent of the activity's full mark.

    `who` stands before each line's name. Faults cost as if the reply alone were worth `cost` (default: `worth`).
    A reply that is refused, or held below passing, is one line.
    """
    if inner.refusal:
        reason = Bilingual(zh=verdict(inner, exercise, "zh"), en=verdict(inner, exercise, "en"))
        held = inner.score if inner.refusal in HELD else 0.0
        return [line(f"{key}.reply", who, held, worth, reason)]
    whole = sum(x.possible for x in inner.lines if x.about.type == "technique") or 1.0
    return [_inner_line(key, who, x, worth / whole, (cost or worth) / 100) for x in inner.lines if x.state != "clean"]


def _inner_line(key: str, who: Bilingual, inner: Line, earns: float, costs: float) -> Line:
    name = Bilingual(zh=f"{who.zh}：{inner.about.name.zh}", en=f"{who.en}: {inner.about.name.en}")
    reason = Bilingual(zh=explain_line(inner, "zh"), en=explain_line(inner, "en"))
    fault = inner.about.type == "fault"
    possible = inner.possible * (costs if fault else earns)
    share = abs(inner.points) / inner.possible if inner.possible else float(inner.state == "critical")
    quotes = [e.text for e in inner.evidence]
    item = f"{key}.{inner.item}"
    return line(item, name, share, possible, reason, quotes=quotes, fault=fault, state=inner.state)


@lru_cache(maxsize=256)  # of several replies on a screen one changes at a time
def marked(text: str, scenario: Scenario, card: Scorecard, exercise: Activity, level: Level) -> Marks:
    """`reply_marks`, remembered. Exercises are frozen, and what they hold too."""
    return reply_marks(text, scenario, card, exercise, level)
