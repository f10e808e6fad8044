"""Exercises and marks as plain data for a screen: everything the studio shows, in both languages, nothing it judges."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from csworkshop.exercises.definition import Activity, Entry, Exercise
from csworkshop.exercises.feedback import explain_line, segments, verdict
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.marking import CRITICAL_CAP, About, Line, Marks
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Item, catalogue
from csworkshop.text.language import LANGUAGES, say


@dataclass(frozen=True)
class Shown:
    """What a method hands back in a notebook: HTML for the screen, plain text for a terminal or a screen reader."""

    text: str
    markup: str = ""

    def _repr_html_(self) -> str:
        plain = f'<div style="white-space:pre-wrap;line-height:1.7">{html.escape(self.text)}</div>'
        # JupyterLab typesets outputs: a trainee's "$\\href{javascript:…}$" would become a live link
        return f'<div class="tex2jax_ignore mathjax_ignore">{self.markup or plain}</div>'

    def __repr__(self) -> str:
        return self.text


def exercise_data(exercise: Exercise, maximum: float) -> dict[str, Any]:
    """What the studio shows before anything is written. Hints and model answer stay out: they come on request."""
    card = exercise.scorecard
    total = sum(t.weight for t in card.techniques)
    return {
        **_common_data(exercise, maximum, exercise.pass_mark),
        **scene(exercise.scenario),
        "flawed": exercise.flawed_reply,
        "critical_cap": _short(CRITICAL_CAP * maximum),
        "card": [
            *(_row("techniques", t.item, t.weight / total * maximum) for t in card.techniques),
            *(_row("faults", f.item, f.penalty / 100 * maximum) for f in card.faults),
            *(_row("critical", c, 0) for c in card.critical),
        ],
        "items": {item.id: {lang: _words(item, lang) for lang in LANGUAGES} for item in catalogue().items.values()},
    }


def activity_data(exercise: Activity, maximum: float) -> dict[str, Any]:
    """What an activity shows before anything is done: `board` is its kind's own part, without the key to it."""
    kind = kind_of(exercise)
    common = _common_data(exercise, maximum, exercise.pass_mark)
    return {**common, "kind": kind.name, "live": kind.live, "board": kind.screen(exercise)}


def _common_data(exercise: Entry, maximum: float, pass_mark: int) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "module": exercise.module,
        "level": exercise.level,
        "title": exercise.title.model_dump(),
        "task": exercise.task.model_dump(),
        "hints": len(exercise.hints),
        "maximum": maximum,
        "pass_mark": _short(pass_mark * maximum / 100),
    }


def activity_marks(marks: Marks, exercise: Activity, maximum: float) -> dict[str, Any]:
    """The marks of an activity's answer: like `marks_data`, but lines bring their own names and the trainee's words."""
    return {
        "score": marks.score,
        "points": _short(marks.points(maximum)),
        "passed": marks.passed,
        "refusal": marks.refusal,
        "verdict": _outcome(marks, exercise),
        "lines": [
            {
                **_line_data(line, maximum),
                "name": {lang: line.about.name[lang] for lang in LANGUAGES},
                "type": line.about.type,
                "possible": _short(line.possible * maximum / 100),
                "quotes": list(dict.fromkeys(e.text for e in line.evidence)),
                "right": line.right,
                "wrong": line.wrong,
            }
            for line in marks.lines
        ],
    }


def marks_data(marks: Marks, exercise: Exercise, maximum: float) -> dict[str, Any]:
    """The marks of one text. Offsets count code points; `pieces` are stretches without overlap: start, end, line."""
    number = {id(line): n for n, line in enumerate(marks.lines)}
    on_card = {line.item for line in marks.lines}
    return {
        "score": marks.score,
        "points": _short(marks.points(maximum)),
        "passed": marks.passed,
        "refusal": marks.refusal,
        "verdict": _outcome(marks, exercise),
        "lines": [_line_data(line, maximum) for line in marks.lines],
        "pieces": [[start, end, number[id(line)]] for start, end, line in segments(marks)],
        "beyond": [
            {"item": f.item, "spans": [[e.start, e.end] for e in f.evidence]}
            for f in marks.report.present
            if f.item not in on_card and not f.unsure and catalogue().items[f.item].type == "technique"
        ],
    }


def _outcome(marks: Marks, exercise: Exercise | Activity) -> dict[str, str]:
    """The verdict, without the pass mark: that stands under it, out of the points that the cell gives."""
    plain = not (marks.passed or marks.refusal or any(line.state == "critical" for line in marks.lines))
    return {lang: say("marks.not_yet", lang) if plain else verdict(marks, exercise, lang) for lang in LANGUAGES}


def _row(group: str, item: str, possible: float) -> dict[str, Any]:
    return {"group": group, "item": item, "possible": _short(possible)}


def _words(item: Item | About, lang: str) -> dict[str, str]:
    return {"name": item.name[lang], "why": item.why[lang], "advice": item.advice[lang]}


def _line_data(line: Line, maximum: float) -> dict[str, Any]:
    return {
        "item": line.item,
        "state": line.state,
        "points": _short(line.points * maximum / 100),
        "spans": [[e.start, e.end] for e in line.evidence],
        "text": {lang: explain_line(line, lang) for lang in LANGUAGES},
    }


def _short(points: float) -> float:
    """Points as a person writes them: 33.3, but 6.25 of 10 keeps both digits."""
    return round(points, 1) if abs(points) >= 10 else round(points, 2)
