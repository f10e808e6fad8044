"""The personal plan in a notebook: today's exercises and why, what to work on, how far one is; no widget needed.

`my_plan()` as the last line of a cell shows the card; `my_plan().start(2)` is its second exercise, ready to work on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from csworkshop.progress.plan import SESSION_MINUTES, Advice, Plan, make_plan, step_words
from csworkshop.progress.recorder import now
from csworkshop.progress.records import Log
from csworkshop.progress.topics import name_of
from csworkshop.text.language import default_language, say
from csworkshop.text.shipped import content
from csworkshop.widgets.screen import Shown

if TYPE_CHECKING:
    from csworkshop.widgets.saved import SavedExercise

# Styles stand in the tags, and colours are the page's own, mixed: outputs of a notebook that isn't trusted lose
# <style>, and what is written in currentColor is right in a light page and in a dark one.
_QUIET = "opacity:.72;font-size:.92em"
_LINE = "1px solid rgba(128,128,128,.35)"
_BAR = "background:rgba(128,128,128,.25);border-radius:5px;height:10px;width:min(320px,100%);overflow:hidden"
_DONE = "background:#3a9650;height:10px"
_PILL = "border:1px solid rgba(128,128,128,.55);border-radius:10px;padding:0 8px;margin-left:8px;font-size:.85em"


@dataclass(frozen=True, repr=False)
class PlanCard(Shown):
    """The card, the plan that it shows, and the folder whose answers it is about."""

    plan: Plan | None = None
    folder: str = "."

    def start(self, number: int = 1) -> SavedExercise:
        """The plan's exercise with this number, as a widget."""
        from csworkshop.widgets.studio import studio

        steps = self.plan.steps if self.plan else ()
        if not 1 <= number <= len(steps):
            lang = self.plan.lang if self.plan else default_language()
            raise ValueError(say("plan_card.no_step", lang, number=number, last=len(steps)))
        assert self.plan is not None
        return studio(steps[number - 1].exercise, lang=self.plan.lang, folder=self.folder)


def my_plan(minutes: float = SESSION_MINUTES, folder: Path | str = ".", lang: str | None = None) -> PlanCard:
    """The plan for a session of about `minutes`, from the attempts of the workspace that `folder` lies in."""
    lang = lang or default_language()
    if not 1 <= minutes <= 240:
        raise ValueError(say("plan_card.minutes", lang))
    history = Log(folder).read()
    plan = make_plan(history.attempts, now(), minutes=minutes, lang=lang)
    text = [*plan.lines(), history.told(lang)]
    return PlanCard(
        "\n".join(filter(None, text)), as_card(plan, len(history.attempts), history.told(lang)), plan, str(folder)
    )


def as_card(plan: Plan, attempts: int, trouble: str = "") -> str:
    """The plan as HTML, everything escaped: what trainees wrote is quoted in its reasons."""
    lang = plan.lang
    parts = [_head(plan, attempts)]
    if plan.steps:
        parts.append(
            f'<ol style="margin:12px 0 4px;padding-left:22px">{"".join(_step(plan, n) for n in _numbers(plan))}</ol>'
        )
    columns = [
        _advice(f"plan.{key}", found, lang) for key, found in (("focus", plan.focus), ("strengths", plan.strengths))
    ]
    if any(columns):
        parts.append(f'<div style="display:flex;flex-wrap:wrap;gap:4px 32px;margin-top:8px">{"".join(columns)}</div>')
    if plan.due:
        mark = "、" if lang == "zh" else ", "
        parts.append(f"<p>{escape(say('plan.due', lang, names=mark.join(name_of(i, lang) for i in plan.due)))}</p>")
    notes = [trouble, say("plan_card.foot", lang)]
    parts += [f'<p style="{_QUIET};margin:8px 0 0">{escape(t)}</p>' for t in notes if t]
    code = "en" if lang == "en" else "zh-CN"
    return (
        f'<section lang="{code}" style="border:{_LINE};border-radius:10px;padding:16px 20px;max-width:760px;'
        f'line-height:1.7">{"".join(parts)}</section>'
    )


def _head(plan: Plan, attempts: int) -> str:
    lang = plan.lang
    title = say("plan.nothing", lang) if not plan.steps else say(
        "plan.title", lang, number=len(plan.steps), minutes=round(plan.minutes)
    )  # fmt: skip
    share = round(100 * plan.closed / plan.topics) if plan.topics else 0
    score = escape(say("plan.score", lang, closed=plan.closed, of=plan.topics))
    so_far = escape(say("plan_card.so_far" if attempts else "plan_card.first", lang, number=attempts))
    return (
        f'<strong style="font-size:1.15em">{escape(title)}</strong>'
        f'<div style="display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;margin-top:6px">'
        f'<div role="img" aria-label="{score}" style="{_BAR}"><div style="{_DONE};width:{share}%"></div></div>'
        f'<span style="{_QUIET}">{score}{" " if lang == "en" else ""}{so_far}</span></div>'
    )


def _numbers(plan: Plan) -> range:
    return range(len(plan.steps))


def _step(plan: Plan, n: int) -> str:
    lang, step = plan.lang, plan.steps[n]
    words = step_words(step, lang)
    lesson = lesson_of(step.exercise)
    meta = [words["level"], say("plan_card.minutes_of", lang, minutes=words["minutes"])]
    if lesson:
        meta.append(say("plan_card.lesson", lang, lesson=lesson))
    why = escape(say(f"plan_card.why_{step.why}", lang))
    return (
        f'<li style="margin:0 0 10px"><strong>{escape(step.title[lang])}</strong><span style="{_PILL}">{why}</span><br>'
        f'<span style="{_QUIET}">{escape(" · ".join(meta))}</span><br>{escape(step.reason)}</li>'
    )


def _advice(key: str, found: tuple[Advice, ...], lang: str) -> str:
    if not found:
        return ""
    rows = "".join(f"<li>{escape(a.text)}</li>" for a in found)
    return (
        f'<div style="flex:1 1 280px"><strong>{escape(say(key, lang))}</strong>'
        f'<ul style="margin:2px 0 0;padding-left:20px">{rows}</ul></div>'
    )


@lru_cache(maxsize=1)
def _lessons() -> dict[str, str]:
    """Exercise -> the lesson that it stands in, as its file is called."""
    found: dict[str, str] = {}
    for path in sorted((content() / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        for exercise in re.findall(r'studio\(\s*"([^"]+)"', code):
            found.setdefault(exercise, path.stem)
    return found


def lesson_of(exercise: str) -> str:
    """The name of the lesson that an exercise stands in; "" for one that stands in none."""
    return _lessons().get(exercise, "")
