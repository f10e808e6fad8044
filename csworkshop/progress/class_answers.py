"""The answers of a class, from a course's item-level export or from the logs of its trainees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from csworkshop.progress.records import NAME, RecordError, read_lines
from csworkshop.text.datafile import DataFileError
from csworkshop.text.tables import Row, read_table

NEEDED = ("course", "assignment", "trainee", "cell", "exercise", "item", "state", "cell_score", "cell_possible")
VALUE = {"earned": 1.0, "clean": 1.0, "missing": 0.0, "fault": 0.0, "critical": 0.0, "unsure": 0.5, "partly": 0.5}


@dataclass(frozen=True)
class Answer:
    """One answer of a trainee. `score` 0..1, `states` by item, `at` None where it isn't known."""

    group: str
    trainee: str
    exercise: str
    module: str
    at: datetime | None
    score: float
    states: Mapping[str, str]
    refused: bool = False
    half: int = -1  # 0 before, 1 after; -1 by order


@dataclass(frozen=True)
class Remark:
    """Why an exercise should be repaired, or a trainee be talked to: a key of `classreport` and its values."""

    about: str
    key: str
    values: Mapping[str, Any]


def ordered(answers: Iterable[Answer]) -> list[Answer]:
    """By time; those without keep their place at the beginning."""
    return sorted(answers, key=lambda a: a.at.timestamp() if a.at else float("-inf"))


def read_answers(path: Path, lang: str | None = None) -> tuple[list[Answer], list[str]]:
    """Answers of an export, or of all logs below a folder, and what was wrong with the logs, a sentence each."""
    return _from_folder(path, lang) if path.is_dir() else (_from_export(path), [])


def _from_export(path: Path) -> list[Answer]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in read_table(path, NEEDED):
        groups[row["course"], row["assignment"], row["trainee"], row["notebook"], row["cell"]].append(row)
    found = []
    for (course, assignment, trainee, _, cell), rows in groups.items():
        first = rows[0]
        score = _number(path, first, "cell_score") / max(_number(path, first, "cell_possible"), 1e-9)
        exercise = first["exercise"] or cell
        states = {r["item"]: r["state"] for r in rows if r["item"] and r["state"] in VALUE}
        at = first["handed_in"].replace("Z", "+00:00")
        found.append(
            Answer(
                group=course,
                trainee=trainee,
                exercise=exercise,
                module=_module(exercise) or _module(assignment) or assignment,
                at=_time(path, first.line, at) if at else None,
                score=min(max(score, 0.0), 1.0),
                states=states,
                refused=bool(first["refusal"] or first["fault"]),
            )
        )
    return found


def _number(path: Path, row: Row, column: str) -> float:
    try:
        return float(row[column])
    except ValueError:
        raise DataFileError(path, f"line {row.line}, {column}", f"{row[column]!r} is no number") from None


def _time(path: Path, line: int, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        message = f"{text!r} is no time such as 2026-11-21T09:30:00Z"
        raise DataFileError(path, f"line {line}, handed_in", message) from None


def _from_folder(folder: Path, lang: str | None) -> tuple[list[Answer], list[str]]:
    logs = sorted(folder.rglob(NAME))
    if not logs:
        raise DataFileError(folder, "", f"holds no {NAME}; one folder per trainee is needed, or an items.csv")
    found, told = [], []
    for path in logs:
        try:
            history = read_lines(path.read_bytes(), path)
        except OSError as error:
            raise RecordError(f"{path}: {error.strerror}") from error
        told += [history.told(lang)] if history.troubles else []
        for a in history.attempts:
            module = a.module or _module(a.exercise)
            group = path.parent.parent.name if path.parent != folder else folder.name
            states = dict(a.items)
            found.append(Answer(group, path.parent.name, a.exercise, module, a.at, a.score, states, bool(a.refusal)))
    return found, told


def _module(name: str) -> str:
    head = name.split("-", maxsplit=1)[0]
    return head if len(head) == 2 and head[0] == "m" and head[1].isdigit() else ""
