"""A plan as plain data for a screen, in every language it was made in: the card and the home page show this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from csworkshop.progress.lessons import lesson_of, lesson_title
from csworkshop.progress.plan import Plan, step_words
from csworkshop.text.language import say

Words = dict[str, str]


def plan_view(plans: Mapping[str, Plan], attempts: int) -> dict[str, Any]:
    """`plans` is one plan by language, `attempts` how many the log holds.

    Texts are {language: text}. `share` is how many per cent of the topics are mastered.
    """

    def both(of: Callable[[Plan], str]) -> Words:
        return {lang: of(plan) for lang, plan in plans.items()}

    def all_of(of: Callable[[Plan], list[str]]) -> list[Words]:
        return [dict(zip(plans, texts, strict=True)) for texts in zip(*map(of, plans.values()), strict=True)]

    one = next(iter(plans.values()))
    return {
        "title": both(_title),
        "score": both(lambda plan: say("plan.score", plan.lang, closed=plan.closed, of=plan.topics)),
        "so_far": both(lambda plan: _so_far(attempts, plan.lang)),
        "share": round(100 * one.closed / one.topics) if one.topics else 0,
        "steps": [
            {
                "exercise": step.exercise,
                "lesson": lesson_of(step.exercise),
                "title": {lang: step.title[lang] for lang in plans},
                "why": {lang: say(f"plan_card.why_{step.why}", lang) for lang in plans},
                "about": {lang: _about(plans[lang], n) for lang in plans},
                "reason": {lang: plans[lang].steps[n].reason for lang in plans},
            }
            for n, step in enumerate(one.steps)
        ],
        "focus_title": both(lambda plan: say("plan.focus", plan.lang)),
        "focus": all_of(lambda plan: [a.text for a in plan.focus]),
        "gaps": all_of(lambda plan: plan.gaps()),
        "strengths_title": both(lambda plan: say("plan.strengths", plan.lang)),
        "strengths": all_of(lambda plan: [a.text for a in plan.strengths]),
        "due": both(lambda plan: plan.due_line()) if one.due else None,
    }


def _title(plan: Plan) -> str:
    if not plan.steps:
        return say("plan.nothing", plan.lang)
    return say("plan.title", plan.lang, number=len(plan.steps), minutes=round(plan.minutes))


def _so_far(attempts: int, lang: str) -> str:
    key = "first" if not attempts else "so_far_one" if attempts == 1 else "so_far"
    return say(f"plan_card.{key}", lang, number=attempts)


def _about(plan: Plan, n: int) -> str:
    """Level, minutes and lesson of a step, in one line."""
    step, lang = plan.steps[n], plan.lang
    words = step_words(step, lang)
    parts = [words["level"], say("plan_card.minutes_of", lang, minutes=words["minutes"])]
    lesson = lesson_of(step.exercise)
    if lesson:
        parts.append(say("plan_card.lesson", lang, lesson=f"{lesson} {lesson_title(lesson)[lang]}"))
    return " · ".join(parts)
