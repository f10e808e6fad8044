"""What instructors have decided: overrides of marks and verdicts on disputes, two logs in the course folder.

`overrides.jsonl` and `disputes.jsonl` only ever grow, one JSON object a line: who, when, why. The newest line about an
item of a trainee's reply holds; `withdrawn` takes it back. An override is about the words that the instructor read
(`reply`, their fingerprint): grading again keeps it, other words handed in later are marked as they are.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from csworkshop.exercises.overriding import Override, Verdict
from csworkshop.grading.opening import CourseError
from csworkshop.grading.submission import Fault, clean

OVERRIDES = "overrides.jsonl"
DISPUTES = "disputes.jsonl"
WITHDRAWN = "withdrawn"
LONGEST_COMMENT = 1000  # characters
_TEXTS = ("assignment", "student", "exercise", "item", "verdict", "comment", "who", "when", "reply")


@dataclass(frozen=True)
class Decided:
    """An override in force, and the fingerprint of the words that it is about."""

    override: Override
    reply: str


@dataclass(frozen=True)
class Ruling:
    """The verdict on a dispute."""

    accepted: bool
    comment: str
    who: str
    when: str


@dataclass(frozen=True)
class StudentDecisions:
    """A trainee's overrides in an assignment: exercise -> item -> what was decided."""

    by_exercise: Mapping[str, Mapping[str, Decided]] = field(default_factory=dict)

    def about(self, exercise: str, answer: str | Fault) -> dict[str, Override]:
        """Overrides by item that hold for this answer."""
        key = reply_key(answer)
        return {i: d.override for i, d in self.by_exercise.get(exercise, {}).items() if d.reply == key}

    def outdated(self, exercise: str, answer: str | Fault) -> list[Override]:
        """Overrides about other words than these."""
        key = reply_key(answer)
        return [d.override for d in self.by_exercise.get(exercise, {}).values() if d.reply != key]

    @property
    def digest(self) -> str:
        """A fingerprint of all of it; "" if there is nothing."""
        if not self.by_exercise:
            return ""
        told = sorted((e, i, repr(d)) for e, items in self.by_exercise.items() for i, d in items.items())
        return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


NOTHING = StudentDecisions()


class Decisions:
    """The logs of a course folder as they stand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._overrides: dict[tuple[str, str], dict[str, dict[str, Decided]]] = {}
        self.rulings: dict[str, Ruling] = {}
        for number, entry in _entries(root / OVERRIDES):
            self._take(entry, root / OVERRIDES, number)
        for number, entry in _entries(root / DISPUTES):
            if not all(isinstance(entry.get(k), str) for k in ("id", "comment", "who", "when")):
                raise _damaged(root / DISPUTES, number)
            ruling = Ruling(entry.get("accepted") is True, entry["comment"], entry["who"], entry["when"])
            self.rulings[entry["id"]] = ruling

    def of(self, assignment: str, student: str) -> StudentDecisions:
        """What was decided about a trainee's submission."""
        return StudentDecisions(self._overrides.get((assignment, student), {}))

    def students(self, assignment: str) -> list[str]:
        """Trainees with overrides in the assignment."""
        return sorted(s for (a, s), by in self._overrides.items() if a == assignment and any(by.values()))

    def _take(self, entry: dict[str, Any], path: Path, number: int) -> None:
        points = entry.get("points")
        known = entry.get("verdict") in (*get_args(Verdict), WITHDRAWN)
        if not (all(isinstance(entry.get(k), str) for k in _TEXTS) and known):
            raise _damaged(path, number)
        if points is not None and (isinstance(points, bool) or not isinstance(points, int | float)):
            raise _damaged(path, number)
        exercises = self._overrides.setdefault((entry["assignment"], entry["student"]), {})
        items = exercises.setdefault(entry["exercise"], {})
        items.pop(entry["item"], None)
        if entry["verdict"] != WITHDRAWN:
            override = Override(
                entry["item"], entry["verdict"], entry["comment"], entry["who"], entry["when"],
                None if points is None else float(points),
            )  # fmt: skip
            items[entry["item"]] = Decided(override, entry["reply"])


def reply_key(answer: str | Fault) -> str:
    """The fingerprint of an answer's words."""
    text = f"fault:{answer.key}" if isinstance(answer, Fault) else answer
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def record_overrides(root: Path, entries: Iterable[dict[str, Any]]) -> None:
    """Append to the log of overrides; each needs assignment, student, exercise, item, verdict, comment, who, reply."""
    _append(root / OVERRIDES, [{**e, "when": _now()} for e in entries])


def record_ruling(root: Path, about: dict[str, Any], accepted: bool, comment: str, who: str) -> None:
    """Append the verdict on a dispute; `about` holds its id and what it is about."""
    _append(root / DISPUTES, [{**about, "accepted": accepted, "comment": comment, "who": who, "when": _now()}])


def signed(name: str | None) -> str:
    """Who decides: the given name, else the account's."""
    try:
        who = name or getpass.getuser()
    except (OSError, KeyError, ImportError):
        who = "instructor"
    return clean(who).strip()[:80] or "instructor"


def usable_comment(comment: str) -> str:
    """A comment as it is kept; CourseError if it is empty or far too long."""
    text = clean(comment).strip()
    if not text:
        raise CourseError("a comment is needed: the trainee will read it (--comment TEXT)")
    if len(text) > LONGEST_COMMENT:
        raise CourseError(f"the comment has {len(text)} characters; at most {LONGEST_COMMENT} are kept")
    return text


def _append(path: Path, entries: list[dict[str, Any]]) -> None:
    from filelock import FileLock, Timeout

    lines = "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries)
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=10), path.open("ab+") as file:
            if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                lines = "\n" + lines  # a line that was cut off stays a line of its own
            file.write(lines.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
    except Timeout:
        raise CourseError(f"{path} is held by another program; try again in a moment") from None
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror or error}; nothing was decided") from error


def _entries(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} can't be read ({error}); it holds what instructors decided") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            raise _damaged(path, number) from None
        if not isinstance(entry, dict):
            raise _damaged(path, number)
        yield number, entry


def _damaged(path: Path, number: int) -> CourseError:
    return CourseError(f"{path}, line {number}: no decision that csworkshop wrote; mend the line or take it out")


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
