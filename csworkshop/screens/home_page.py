"""The trainee's home page as plain data: lessons, techniques, reviews, today's session, feedback, where to go on."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from csworkshop.classroom.pages import exercise_title
from csworkshop.exercises.library import content, exercise_files
from csworkshop.progress.mastery import Mastery, known_items, mastery
from csworkshop.progress.plan import Plan, make_plan
from csworkshop.progress.records import Attempt, History
from csworkshop.progress.shelf import exercises, shelf_of
from csworkshop.progress.topics import name_of
from csworkshop.text.language import LANGUAGES, say

MODULES = ("m1", "m2", "m3", "m4", "m5", "m6", "m7")
SESSION = "今日练习.ipynb"
MOST_TOPICS = 12
_STUDIO = re.compile(r'studio\(\s*\\?"([\w-]+)\\?"')


@lru_cache(maxsize=1)
def lessons() -> dict[str, Path]:
    """The lessons' notebooks by module."""
    found = sorted((content() / "notebooks").glob("m[1-7]-*.ipynb"))
    return {path.name[:2]: path for path in found}


@lru_cache(maxsize=1)
def lesson_exercises() -> dict[str, tuple[str, ...]]:
    """Ids of the exercises in each lesson, in its order."""
    return {m: tuple(dict.fromkeys(_STUDIO.findall(path.read_text("utf-8")))) for m, path in lessons().items()}


def home_page(history: History, workspace: Path, now: datetime) -> dict[str, Any]:
    """Everything that the home page shows. `workspace` is where the trainee's notebooks lie."""
    attempts = history.attempts
    plans = {lang: make_plan(attempts, now, lang=lang) for lang in LANGUAGES}
    topics = [t for t in mastery(shelf_of(exercises(), known_items(attempts)), attempts, now) if t.practised]
    return {
        "attempts": len(attempts),
        "modules": [_module(m, attempts, workspace) for m in MODULES if m in lessons()],
        "topics": [_topic(t, now) for t in sorted(topics, key=lambda t: (t.estimate, t.item))[:MOST_TOPICS]],
        "due": sum(1 for t in topics if t.due and t.due <= now),
        "session": _session(plans),
        "focus": _advice(plans, "focus"),
        "strengths": _advice(plans, "strengths"),
        "feedback": _feedback(workspace),
        "last": _last(attempts, workspace),
        "told": {lang: history.told(lang) for lang in LANGUAGES} if history.troubles else None,
    }


def session_notebook(plan: Plan) -> dict[str, Any]:
    """Today's session as a notebook: a studio for each step, and why it is there."""
    cells: list[dict[str, Any]] = [
        _markdown("today", f"# {say('home.session_title', 'zh')}\n\n{say('home.session_how', 'zh')}")
    ]
    for n, step in enumerate(plan.steps, 1):
        cells.append(_markdown(f"why-{n}", f"## {n}. {step.title['zh']}\n\n{step.reason}"))
        source = f'from csworkshop import studio\n\nstudio("{step.exercise}")'
        code: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "outputs": [],
            "source": source,
            "id": f"step-{n}",
        }
        cells.append({**code, "metadata": {"jupyter": {"source_hidden": True}}})
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def write_session(plan: Plan, workspace: Path) -> Path:
    """Write today's session beside the home page. Answers lie in answers.json, so nothing of the trainee's is lost."""
    path = workspace / SESSION
    fresh = path.with_name(f".{SESSION}.tmp")
    fresh.write_text(json.dumps(session_notebook(plan), ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(fresh, path)
    return path


def _markdown(cell: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell, "metadata": {}, "source": text}


def _module(module: str, attempts: Sequence[Attempt], workspace: Path) -> dict[str, Any]:
    asked = lesson_exercises().get(module, ())
    best: dict[str, float] = defaultdict(float)
    passed = set()
    for a in attempts:
        best[a.exercise] = max(best[a.exercise], a.score)
        if a.passed:
            passed.add(a.exercise)
    lesson = lessons()[module]
    return {
        "module": module,
        "title": lesson.stem.partition("-")[2],
        "tried": sum(1 for e in asked if e in best),
        "passed": sum(1 for e in asked if e in passed),
        "of": len(asked),
        "file": lesson.name if (workspace / lesson.name).exists() else "",
    }


def _topic(t: Mastery, now: datetime) -> dict[str, Any]:
    return {
        "item": t.item,
        "name": {lang: name_of(t.item, lang) for lang in LANGUAGES},
        "estimate": round(t.estimate, 3),
        "low": round(t.low, 3),
        "high": round(t.high, 3),
        "closed": t.closed,
        "practised": t.practised,
        "due": bool(t.due and t.due <= now),
    }


def _session(plans: dict[str, Plan]) -> list[dict[str, Any]]:
    steps = []
    for n, step in enumerate(plans["zh"].steps):
        reason = {lang: plans[lang].steps[n].reason for lang in LANGUAGES}
        title = {lang: step.title[lang] for lang in LANGUAGES}
        steps.append({"exercise": step.exercise, "title": title, "minutes": round(step.minutes), "reason": reason})
    return steps


def _advice(plans: dict[str, Plan], which: str) -> list[dict[str, str]]:
    count = len(getattr(plans["zh"], which))
    return [{lang: getattr(plans[lang], which)[n].text for lang in LANGUAGES} for n in range(count)]


def _feedback(workspace: Path) -> list[dict[str, str]]:
    """Feedback pages in the workspace, the newest first: nbgrader fetches them into ASSIGNMENT/feedback."""
    pages = sorted(workspace.glob("*/feedback/**/*.html"), key=lambda p: p.stat().st_mtime, reverse=True)
    return [{"name": p.stem, "file": p.relative_to(workspace).as_posix()} for p in pages[:5]]


def _last(attempts: Sequence[Attempt], workspace: Path) -> dict[str, Any] | None:
    """The exercise that was left last, and the notebook that it stands in."""
    if not attempts:
        return None
    a = attempts[-1]
    titles = {p.stem for p in exercise_files()}
    module = next((m for m, asked in lesson_exercises().items() if a.exercise in asked), "")
    file = lessons()[module].name if module and (workspace / lessons()[module].name).exists() else ""
    title = exercise_title(a.exercise) if a.exercise in titles else dict.fromkeys(LANGUAGES, a.exercise)
    return {"exercise": a.exercise, "title": title, "score": round(100 * a.score), "passed": a.passed, "file": file}
