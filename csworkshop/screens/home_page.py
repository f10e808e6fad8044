"""The trainee's home page as plain data: lessons, techniques, reviews, today's session, feedback, where to go on."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from csworkshop.classroom.pages import exercise_title
from csworkshop.exercises.library import exercise_files
from csworkshop.progress.lessons import lesson_exercises, lesson_of, lesson_title, lessons
from csworkshop.progress.mastery import Mastery
from csworkshop.progress.plan import Plan, make_plan
from csworkshop.progress.plan_view import plan_view
from csworkshop.progress.records import Attempt, History
from csworkshop.progress.topics import name_of
from csworkshop.text.language import LANGUAGES, say

MODULES = ("m1", "m2", "m3", "m4", "m5", "m6", "m7")
SESSION = "今日练习.ipynb"
MOST_TOPICS = 12


def home_page(history: History, workspace: Path, now: datetime) -> dict[str, Any]:
    """Everything that the home page shows. `workspace` is where the trainee's notebooks lie."""
    attempts = history.attempts
    plans = {lang: make_plan(attempts, now, lang=lang) for lang in LANGUAGES}
    plan = plans["zh"]
    topics = sorted((t for t in plan.mastery if t.practised), key=lambda t: (t.estimate, t.item))
    return {
        "attempts": len(attempts),
        "modules": [_module(m, attempts, workspace) for m in MODULES if m in lessons()],
        "topics": [_topic(t, plan) for t in topics[:MOST_TOPICS]],
        "more_topics": max(len(topics) - MOST_TOPICS, 0),
        "plan": plan_view(plans, len(attempts)),
        "first": _first(attempts, workspace),
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
        source = f'# 练习框\nfrom csworkshop import studio\n\nstudio("{step.exercise}")'
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
        "title": lesson_title(module),
        "tried": sum(1 for e in asked if e in best),
        "passed": sum(1 for e in asked if e in passed),
        "of": len(asked),
        "file": lesson.name if (workspace / lesson.name).exists() else "",
    }


def _topic(t: Mastery, plan: Plan) -> dict[str, Any]:
    return {
        "item": t.item,
        "name": {lang: name_of(t.item, lang) for lang in LANGUAGES},
        "estimate": round(t.estimate, 3),
        "low": round(t.low, 3),
        "high": round(t.high, 3),
        "closed": t.closed,
        "practised": t.practised,
        "due": t.item in plan.due,
    }


def _first(attempts: Sequence[Attempt], workspace: Path) -> dict[str, Any] | None:
    """The first lesson, for who has done nothing yet and has it at hand."""
    path = next(iter(lessons().values()), None)
    if attempts or path is None or not (workspace / path.name).exists():
        return None
    return {"module": path.name[:2], "title": lesson_title(path.name[:2]), "file": path.name}


def _feedback(workspace: Path) -> list[dict[str, str]]:
    """Feedback pages in the workspace, the newest first: nbgrader fetches them into ASSIGNMENT/feedback."""
    pages = sorted(workspace.glob("*/feedback/**/*.html"), key=lambda p: p.stat().st_mtime, reverse=True)
    day = [f"{datetime.fromtimestamp(p.stat().st_mtime):%Y-%m-%d}" for p in pages[:5]]
    return [
        {"name": f"{p.stem} · {on}", "file": p.relative_to(workspace).as_posix()}
        for p, on in zip(pages[:5], day, strict=True)
    ]


def _last(attempts: Sequence[Attempt], workspace: Path) -> dict[str, Any] | None:
    """The exercise that was left last, and the notebook that it stands in."""
    if not attempts:
        return None
    a = attempts[-1]
    titles = {p.stem for p in exercise_files()}
    module = lesson_of(a.exercise)
    file = lessons()[module].name if module and (workspace / lessons()[module].name).exists() else ""
    title = exercise_title(a.exercise) if a.exercise in titles else dict.fromkeys(LANGUAGES, a.exercise)
    return {"exercise": a.exercise, "title": title, "score": round(100 * a.score), "passed": a.passed, "file": file}
