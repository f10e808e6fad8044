"""An instructor's word over the checker's: items of a marked reply overridden, and the total worked out anew.

The sum is the marking function's own (`settle`), so an overridden reply can't leave 0..maximum either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Literal

from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.marking import Line, Marks, settle
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.language import say

Verdict = Literal["earned", "missing", "removed", "found", "points"]
REFUSAL = "refusal"  # in the place of an item: the reply was refused as a whole (a copy, no reply …)
TOTAL = "total"  # in the place of an item: the points of the whole reply


class WrongOverride(ValueError):
    """An override that makes no sense for its item; the message says what is allowed."""


@dataclass(frozen=True)
class Override:
    """What an instructor says of one item: the verdict, why, who and when.

    `points` goes with the verdict `points`, out of the graded cell's maximum: what a technique earns (0 or more), what
    a fault costs (0 or less), or the whole reply's.
    """

    item: str
    verdict: Verdict
    comment: str
    who: str
    when: str = ""
    points: float | None = None

    def words(self, lang: str | None = None) -> str:
        """The verdict in words."""
        return say(f"people.verdict_{self.verdict}", lang, points=self.points if self.points is not None else 0.0)


def overridden(marks: Marks, exercise: Exercise | Activity, overrides: Mapping[str, Override], maximum: float) -> Marks:
    """`marks` with the overrides, by item, in force. Overrides of items that the scorecard no longer has do nothing.

    Of an activity only the total can be overridden: its lines depend on the answer.
    """
    if not overrides:
        return marks
    lines, refusal, score, passed = marks.lines, marks.refusal, marks.score, marks.passed
    if isinstance(exercise, Exercise):
        said = ((line, overrides.get(line.item)) for line in lines)
        lines = tuple(_line(line, override, maximum) if override else line for line, override in said)
        refusal = "" if REFUSAL in overrides else refusal
        score, passed = settle(lines, refusal, exercise)
    total = overrides.get(TOTAL)
    if total is not None and total.points is not None and maximum > 0:
        score = round(min(max(total.points / maximum, 0.0), 1.0), 4)
        passed = score * 100 >= exercise.pass_mark - 1e-9
    return replace(marks, lines=lines, refusal=refusal, score=score, passed=passed)


def _line(line: Line, override: Override, maximum: float) -> Line:
    line = replace(line, reason_zh=override.comment, reason_en=override.comment)
    if override.verdict == "points":
        low, high = (0.0, line.possible) if line.about.type == "technique" else (-line.possible, 0.0)
        points = min(max((override.points or 0.0) * 100 / maximum if maximum else 0.0, low), high)
        if line.about.type == "technique":
            return replace(line, state="earned" if points > 0 else "missing", points=round(points, 4))
        return replace(line, state="fault" if points < 0 else "clean", points=round(points, 4))
    if override.verdict == "earned":
        return replace(line, state="earned", points=line.possible)
    if override.verdict == "found":  # an auto-fail costs no points of its own: it caps the whole
        return replace(line, state="fault" if line.possible else "critical", points=-line.possible)
    state: Literal["missing", "clean"] = "missing" if override.verdict == "missing" else "clean"
    return replace(line, state=state, points=0.0, evidence=())


def item_name(item: str, lang: str | None = None) -> str:
    """An item's name for people; REFUSAL and TOTAL have names too."""
    known = catalogue().items.get(item)
    if known:
        return known.name.en if lang == "en" else known.name.zh
    return say(f"people.item_{item}", lang) if item in (REFUSAL, TOTAL) else item


def overrides_html(overrides: Iterable[Override], lang: str) -> str:
    """The overrides as a list for a notebook's output; "" if there are none. Comments are escaped."""
    rows = "".join(
        f"<li><strong>{escape(item_name(o.item, lang))}</strong> · {escape(o.words(lang))} · {escape(o.comment)} "
        f"({escape(o.who)})</li>"
        for o in overrides
    )
    return f"<p><strong>{escape(say('people.overrides', lang))}</strong></p><ul>{rows}</ul>" if rows else ""


def check_override(override: Override, exercise: Exercise, maximum: float) -> None:
    """WrongOverride unless the override fits the exercise's scorecard: item, verdict, points, a comment."""
    card = exercise.scorecard
    techniques = {t.item: t.weight * maximum / sum(x.weight for x in card.techniques) for t in card.techniques}
    faults = {f.item: f.penalty * maximum / 100 for f in card.faults}
    item, verdict, points = override.item, override.verdict, override.points
    allowed: tuple[str, ...]
    low, high = 0.0, maximum
    if item in techniques:
        allowed, high = ("earned", "missing", "points"), techniques[item]
    elif item in faults:
        allowed, low, high = ("removed", "found", "points"), -faults[item], 0.0
    elif item in card.critical:
        allowed = ("removed", "found")
    elif item == REFUSAL:
        allowed = ("removed",)
    elif item == TOTAL:
        allowed = ("points",)
    else:
        known = ", ".join([*techniques, *faults, *card.critical, REFUSAL, TOTAL])
        raise WrongOverride(f"{exercise.id} has no item {item!r}; it has {known}")
    if verdict not in allowed:
        raise WrongOverride(f"{item}: {verdict!r} makes no sense here; allowed: {', '.join(allowed)}")
    if verdict == "points" and (points is None or not low - 0.005 <= points <= high + 0.005):
        raise WrongOverride(f"{item}: points must be a number from {low:g} to {high:g}")
    if not override.comment.strip():
        raise WrongOverride(f"{item}: a comment is needed, the trainee will read it")
