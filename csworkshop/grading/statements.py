"""Marks as xAPI statements (version 1.0.3): who, answered or scored, what, how well.

The only thing said of a person is the account's name, as the course knows it; no words that they wrote. A statement's
id is made from its content, so that a record store that gets the same marks twice keeps them once.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from csworkshop.exercises.library import UnknownExercise, load_any
from csworkshop.text.datafile import DataFileError

HOME = "https://csworkshop.invalid"  # a name that can belong to nobody (RFC 2606), until the instructor gives one
VERBS = {
    "answered": ("http://adlnet.gov/expapi/verbs/answered", "answered", "作答"),
    "scored": ("http://adlnet.gov/expapi/verbs/scored", "scored", "得分"),
}
QUESTION = "http://adlnet.gov/expapi/activities/question"
ASSESSMENT = "http://adlnet.gov/expapi/activities/assessment"


class Statements:
    """Makes the statements of one course; `home` is the address that accounts and activities belong to."""

    def __init__(self, course: str, home: str | None = None) -> None:
        self.home = (home or HOME).rstrip("/")
        self.course = f"{self.home}/courses/{quote(course, safe='')}"

    def exercise(
        self,
        student: str,
        assignment: str,
        cell: str,
        kept: dict[str, Any],
        score: float,
        maximum: float,
        when: datetime | None,
    ) -> dict[str, Any]:
        """A graded cell: the trainee answered its exercise. `kept` is the cell's record, {} where there is none."""
        parent = self._assignment(assignment)
        what = self._activity(f"{parent}/cells/{quote(cell, safe='')}", QUESTION, _title(kept.get("exercise", "")))
        result = _result(score, maximum)
        extensions = {f"{self.home}/xapi/items": {i["item"]: i["state"] for i in kept.get("items", [])}}
        if kept.get("items"):
            result["extensions"] = extensions
        if kept and score == kept["points"]:  # else an instructor gave another score
            result["success"] = bool(kept["passed"])
        return self._statement(student, "answered", what, result, [parent], when)

    def assignment(
        self, student: str, assignment: str, score: float, maximum: float, when: datetime | None
    ) -> dict[str, Any]:
        """A graded submission: the trainee scored in the assignment."""
        what = self._activity(self._assignment(assignment), ASSESSMENT, {"und": assignment})
        return self._statement(student, "scored", what, _result(score, maximum), [], when)

    def _assignment(self, name: str) -> str:
        return f"{self.course}/assignments/{quote(name, safe='')}"

    def _activity(self, identity: str, kind: str, name: dict[str, str]) -> dict[str, Any]:
        definition = {"type": kind} | ({"name": name} if name else {})
        return {"objectType": "Activity", "id": identity, "definition": definition}

    def _statement(
        self, student: str, verb: str, what: Any, result: Any, parents: list[str], when: datetime | None
    ) -> dict[str, Any]:
        iri, en, zh = VERBS[verb]
        around: dict[str, Any] = {"grouping": [{"objectType": "Activity", "id": self.course}]}
        if parents:
            around["parent"] = [{"objectType": "Activity", "id": p} for p in parents]
        told = {
            "actor": {"objectType": "Agent", "account": {"homePage": self.home, "name": student}},
            "verb": {"id": iri, "display": {"en": en, "zh-CN": zh}},
            "object": what,
            "result": result,
            "context": {"platform": "csworkshop", "contextActivities": around},
        }
        if when is not None:
            told["timestamp"] = when.isoformat(timespec="milliseconds") + "Z"
        told["version"] = "1.0.3"
        return {"id": str(uuid5(NAMESPACE_URL, json.dumps(told, sort_keys=True))), **told}


def _result(score: float, maximum: float) -> dict[str, Any]:
    """Extra credit may go beyond the maximum; xAPI's score may not."""
    raw = round(min(max(score, 0.0), maximum), 4)
    told: dict[str, Any] = {"completion": True}
    if maximum > 0:
        told["score"] = {"scaled": round(raw / maximum, 4), "raw": raw, "min": 0.0, "max": maximum}
    return told


def _title(exercise: str) -> dict[str, str]:
    try:
        title = load_any(exercise).title
    except (UnknownExercise, DataFileError):
        return {}
    return {"zh-CN": title.zh, "en": title.en}
