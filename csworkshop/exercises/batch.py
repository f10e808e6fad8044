"""Judge and mark replies in bulk: JSON Lines in, JSON Lines out, through the same checker as everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from csworkshop.exercises.definition import from_scenario
from csworkshop.exercises.feedback import as_text, verdict
from csworkshop.exercises.marking import Marks, mark
from csworkshop.techniques.checker import Report, check
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError, explain


class ReplyRecord(BaseModel):
    """One line of a replies file; other keys (labels, rating) may stand there and are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    scenario: str
    reply: str


class ScenarioRecord(Scenario):
    """One line of a scenarios file; keys we don't know are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Numbered JSON values of a JSON Lines file, blank lines left out; DataFileError names the line."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise DataFileError(path, f"line {number}", f"is no JSON: {error}") from None
    except FileNotFoundError:
        raise DataFileError(path, "", "there is no such file") from None
    except IsADirectoryError:
        raise DataFileError(path, "", "is a folder; a JSON Lines file is needed") from None
    except UnicodeDecodeError as error:
        raise DataFileError(path, "", f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def read_scenarios(path: Path) -> dict[str, Scenario]:
    """Scenarios by id; DataFileError for a line that is none or an id that stands twice."""
    scenarios: dict[str, Scenario] = {}
    for number, value in read_lines(path):
        record = _parse(path, number, ScenarioRecord, value)
        if record.id in scenarios:
            raise DataFileError(path, f"line {number}.id", f"{record.id!r} stands there twice; an id must be unique")
        scenarios[record.id] = record
    return scenarios


def read_replies(path: Path, scenarios: dict[str, Scenario]) -> Iterator[tuple[ReplyRecord, Scenario]]:
    """Replies with their scenarios, line by line."""
    for number, value in read_lines(path):
        record = _parse(path, number, ReplyRecord, value)
        if record.scenario not in scenarios:
            message = f"{record.scenario!r} is no id of the scenarios file (it has {len(scenarios)})"
            raise DataFileError(path, f"line {number}.scenario", message)
        yield record, scenarios[record.scenario]


def check_records(scenarios: Path, replies: Path) -> Iterator[dict[str, Any]]:
    """Per reply: {"id", "items": {item: {"present", "score", "evidence": [{"start", "end", "text"}]}}}."""
    for record, scenario in read_replies(replies, read_scenarios(scenarios)):
        yield {"id": record.id, "items": items_of(check(record.reply, scenario))}


def mark_records(scenarios: Path, replies: Path, lang: str = "zh") -> Iterator[dict[str, Any]]:
    """Per reply, by the house's general scorecard: {"id", "score": 0..1, "passed", "feedback": [sentences]}."""
    for record, scenario in read_replies(replies, read_scenarios(scenarios)):
        yield {"id": record.id} | marked(record.reply, scenario, lang)


def marked(reply: str, scenario: Scenario, lang: str = "zh") -> dict[str, Any]:
    """One reply marked by the general scorecard of its scenario."""
    exercise = from_scenario(scenario)
    marks: Marks = mark(reply, exercise)
    feedback = as_text(marks, exercise, lang) if not marks.refusal else [verdict(marks, exercise, lang)]
    return {"score": marks.score, "passed": marks.passed, "feedback": feedback}


def items_of(report: Report) -> dict[str, Any]:
    """A report as plain data, every item of the catalogue in it."""
    return {
        item: {
            "present": f.present,
            "score": round(f.score, 4),
            "evidence": [{"start": e.start, "end": e.end, "text": e.text} for e in f.evidence],
        }
        for item, f in report.findings.items()
    }


M = TypeVar("M", bound=BaseModel)


def _parse(path: Path, number: int, model: type[M], value: Any) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = explain(path, error)
        raise DataFileError(path, f"line {number}" + (f".{fault.key}" if fault.key else ""), fault.message) from None
