"""The personal plan in a notebook: today's exercises and why, what to work on, how far one is; no widget needed.

`my_plan()` as the last line of a cell shows the card; `my_plan().start(2)` is its second exercise, ready to work on.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.progress.plan import SESSION_MINUTES, Plan, make_plan
from csworkshop.progress.plan_view import plan_view
from csworkshop.progress.recorder import now
from csworkshop.progress.records import Log
from csworkshop.text.language import default_language, say
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
    view = plan_view({lang: plan}, attempts)
    parts = [_head(view, lang)]
    if view["steps"]:
        steps = "".join(_step(step, lang) for step in view["steps"])
        parts.append(f'<ol style="margin:12px 0 4px;padding-left:22px">{steps}</ol>')
    columns = [_advice(view, "focus", lang, view["gaps"]), _advice(view, "strengths", lang, [])]
    if any(columns):
        parts.append(f'<div style="display:flex;flex-wrap:wrap;gap:12px 32px;margin-top:12px">{"".join(columns)}</div>')
    if view["due"]:
        parts.append(f'<p style="margin:12px 0 0">{escape(view["due"][lang])}</p>')
    notes = [trouble, say("plan_card.foot", lang)]
    parts += [f'<p style="{_QUIET};margin:12px 0 0">{escape(t)}</p>' for t in notes if t]
    code = "en" if lang == "en" else "zh-CN"
    return (
        f'<section lang="{code}" style="border:{_LINE};border-radius:12px;padding:16px 20px;max-width:760px;'
        f'line-height:1.7">{"".join(parts)}</section>'
    )


def _head(view: dict[str, Any], lang: str) -> str:
    score, so_far = escape(view["score"][lang]), escape(view["so_far"][lang])
    return (
        f'<strong style="font-size:1.15em">{escape(view["title"][lang])}</strong>'
        f'<div style="display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;margin-top:6px">'
        f'<div role="img" aria-label="{score}" style="{_BAR}"><div style="{_DONE};width:{view["share"]}%"></div></div>'
        f'<span style="{_QUIET}">{score}{" " if lang == "en" else ""}{so_far}</span></div>'
    )


def _step(step: dict[str, Any], lang: str) -> str:
    title, why, about, reason = (escape(step[key][lang]) for key in ("title", "why", "about", "reason"))
    return (
        f'<li style="margin:0 0 10px"><strong>{title}</strong><span style="{_PILL}">{why}</span><br>'
        f'<span style="{_QUIET}">{about}</span><br>{reason}</li>'
    )


def _advice(view: dict[str, Any], key: str, lang: str, more: list[dict[str, str]]) -> str:
    if not view[key]:
        return ""
    rows = "".join(f"<li>{escape(one[lang])}</li>" for one in view[key])
    notes = "".join(f'<p style="{_QUIET};margin:4px 0 0">{escape(one[lang])}</p>' for one in more)
    return (
        f'<div style="flex:1 1 280px"><strong>{escape(view[f"{key}_title"][lang])}</strong>'
        f'<ul style="margin:2px 0 0;padding-left:20px">{rows}</ul>{notes}</div>'
    )
