"""The trainee's log: one line per attempt in `progress.jsonl` at the top of their own folder. Nothing else is kept.

    {"schema": 1, "at": "2026-11-21T09:30:00+08:00", "attempt": "5f0c…", "exercise": "m2-vague-delivery",
     "kind": "rewrite", "module": "m2", "level": 1, "where": "lesson", "score": 0.72, "passed": true,
     "items": {"empathy": "earned", "vague": "fault"}, "words": {"vague": ["尽快"]}, "hints": 1, "solution": false,
     "tries": 0, "seconds": 184, "source": "studio", "text": "9a1f…", "refusal": ""}

Lines are only ever added: under a lock, in one write that is forced to disk, so two notebooks at once lose nothing and
a crash can break the last line at most; the next writer begins a new line behind it. Whatever can't be read is left
out and told in one sentence; the line itself stays in the file. Everything else the kit knows is computed from here.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from csworkshop.text.language import say
from csworkshop.text.tables import safe_cell

SCHEMA = 1
NAME = "progress.jsonl"
WORKSPACE_MARK = ".csworkshop"  # the kit's own folder at the top of a trainee's workspace
LOCK_SECONDS = 5.0
DISORDER = timedelta(minutes=10)  # two notebooks may write in another order than things happened

Outcome = Literal["earned", "missing", "partly", "clean", "fault", "critical", "unsure"]


class RecordError(OSError):
    """The log can't be written or read at all; the message says why, in one sentence."""


class Attempt(BaseModel):
    """One attempt. `score` is 0..1, `at` a time with its zone, `seconds` what it took (0: not known).

    `hints` were taken before it, `solution` says that the model answer had been seen, `tries` how many attempts at the
    same exercise came before it in the same sitting (their feedback was help too). `words` are the trainee's own words
    for faults. `text` is a fingerprint of what was written, never the text. `refusal` is marking's, "" if none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
    schema_: int = Field(default=SCHEMA, alias="schema")
    at: datetime
    attempt: str = Field(min_length=1, max_length=64)
    exercise: str = Field(min_length=1, max_length=80)
    kind: str = "rewrite"
    module: str = ""
    level: int = Field(default=2, ge=1, le=3)
    where: Literal["lesson", "assignment"] = "lesson"
    score: float = Field(ge=0, le=1)
    passed: bool
    items: dict[str, Outcome]
    words: dict[str, tuple[str, ...]] = {}
    hints: int = Field(default=0, ge=0)
    solution: bool = False
    tries: int = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0)
    source: str = ""
    text: str = ""
    refusal: str = ""

    @field_validator("at")
    @classmethod
    def _zoned(cls, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("a time with its zone is needed, such as 2026-11-21T09:30:00+08:00")
        return at

    def line(self) -> str:
        """The attempt as a line of the log, without its end."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=False)


@dataclass(frozen=True)
class Trouble:
    """A line of the log that is not as it should be. `kind`: cut, foreign, newer, older, clock, double."""

    line: int
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class History:
    """The attempts in the order in which they were written, each once, and what was wrong with the log.

    Times never run backwards: where the clock did, `attempts` has the time of the attempt before.
    """

    attempts: tuple[Attempt, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    path: Path | None = None

    def told(self, lang: str | None = None) -> str:
        """All troubles in one sentence; "" if there are none."""
        if not self.troubles:
            return ""
        parts = []
        for kind in dict.fromkeys(t.kind for t in self.troubles):
            of = [t for t in self.troubles if t.kind == kind]
            shown = ", ".join(str(t.line) for t in of[:5]) + ("…" if len(of) > 5 else "")
            parts.append(say(f"progress.trouble_{kind}", lang, number=len(of), lines=shown, detail=of[0].detail))
        joined = say("progress.trouble_join", lang).join(parts)
        return say("progress.trouble", lang, name=self.path or NAME, parts=joined, read=len(self.attempts))


def log_folder(start: Path | str = ".") -> Path:
    """The top of the workspace that `start` lies in; `start` itself where there is none."""
    here = Path(start).resolve()
    return next((p for p in (here, *here.parents) if (p / WORKSPACE_MARK).is_dir()), here)


class Log:
    """The log of one trainee. Objects hold nothing; any number of them, in any process, may work on one file."""

    def __init__(self, folder: Path | str = ".") -> None:
        self.path = log_folder(folder) / NAME

    def read(self) -> History:
        """Everything that can be read. RecordError only if the file itself can't be opened."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return History(path=self.path)
        except OSError as error:
            raise RecordError(f"{self.path}: {error.strerror or error}") from error
        return read_lines(raw, self.path)

    def add(self, attempt: Attempt, unless: Callable[[Attempt], bool] | None = None) -> bool:
        """Add a line; False if there is one already of which `unless` is true, or one with the same attempt id."""
        with self._locked():
            for known in self.read().attempts:
                if known.attempt == attempt.attempt or (unless and unless(known)):
                    return False
            self._append(attempt.line())
        return True

    def delete(self, exercise: str | None = None) -> int:
        """Delete the log, or the lines about one exercise; returns how many lines went."""
        with self._locked():
            try:
                lines = self.path.read_bytes().splitlines(keepends=True)
            except FileNotFoundError:
                return 0
            keep = [] if exercise is None else [x for x in lines if _exercise_of(x) != exercise]
            if not keep:
                self.path.unlink()
                return len(lines)
            fresh = self.path.with_name(f".{NAME}.tmp")
            try:
                with fresh.open("wb") as file:
                    file.writelines(keep)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self.path)
            finally:
                fresh.unlink(missing_ok=True)
            return len(lines) - len(keep)

    def _append(self, line: str) -> None:
        new = not self.path.exists()
        # a lone surrogate (half an emoji, from a broken paste) is written as \udXXX, which JSON reads back
        data = (line + "\n").encode("utf-8", "backslashreplace")
        try:
            with self.path.open("ab+") as file:
                if file.seek(0, os.SEEK_END) > 0:
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":  # a writer was cut off here: its line ends, ours begins
                        data = b"\n" + data
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RecordError(f"{self.path}: {error.strerror or error}") from error
        if new and os.name == "posix":  # the file's name is on disk only when its folder is
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _locked(self) -> _Locked:
        return _Locked(self.path)


class _Locked:
    """The log's lock; RecordError where it can't be had."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(f".{NAME}.lock"), timeout=LOCK_SECONDS, thread_local=False)

    def __enter__(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise RecordError(f"{self.path} is held by another program; try again in a moment") from None
        except OSError as error:
            raise RecordError(f"{self.path}: {error.strerror or error}") from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def read_lines(raw: bytes, path: Path | None = None) -> History:
    """The attempts in the bytes of a log, and what is wrong with it."""
    attempts: list[Attempt] = []
    troubles: list[Trouble] = []
    known: set[str] = set()
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        found = _read(line, number, troubles)
        if found is None:
            continue
        if found.attempt in known:
            troubles.append(Trouble(number, "double", found.attempt))
            continue
        known.add(found.attempt)
        if attempts and found.at < attempts[-1].at:
            if attempts[-1].at - found.at > DISORDER:
                troubles.append(Trouble(number, "clock", found.at.isoformat()))
            found = found.model_copy(update={"at": attempts[-1].at})
        attempts.append(found)
    return History(tuple(attempts), tuple(troubles), path)


def _read(line: bytes, number: int, troubles: list[Trouble]) -> Attempt | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        troubles.append(Trouble(number, "cut"))
        return None
    if not isinstance(data, dict):
        troubles.append(Trouble(number, "foreign", f"{type(data).__name__}"))
        return None
    schema = data.get("schema", 0)
    if isinstance(schema, int) and schema > SCHEMA:
        troubles.append(Trouble(number, "newer", str(schema)))
        return None
    try:
        found = Attempt.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        troubles.append(Trouble(number, "foreign", ".".join(map(str, first["loc"])) or "line"))
        return None
    if not isinstance(schema, int) or schema < SCHEMA:  # has all that is needed; the rest has its usual value
        troubles.append(Trouble(number, "older", str(schema)))
    return found


def _exercise_of(line: bytes) -> str | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return data.get("exercise") if isinstance(data, dict) else None


COLUMNS = (
    "at", "exercise", "kind", "module", "level", "where", "score", "passed", "item", "outcome", "words",
    "hints", "solution", "tries", "seconds", "source", "refusal", "attempt",
)  # fmt: skip


def as_csv(attempts: Iterable[Attempt]) -> str:
    """One row per item of each attempt, an attempt without items one row; no cell is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for a in attempts:
        for item, outcome in a.items.items() or [("", "")]:
            row: dict[str, Any] = {**a.model_dump(), "at": a.at.isoformat(), "item": item, "outcome": outcome}
            row["words"] = " / ".join(a.words.get(item, ()))
            writer.writerow([safe_cell(row[c]) for c in COLUMNS])
    return out.getvalue()
