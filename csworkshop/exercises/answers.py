"""The answer file: what trainees wrote, beside their notebook, in `answers.json`.

Trainees' answers are the most precious data there is, so: writing is atomic (a new file takes the old one's place),
locked against other notebooks and tabs, numbered (a writer who didn't know the latest revision makes a conflict, and
both texts stay), and earlier versions are kept. A file that can't be read is moved aside, never overwritten.

    {"schema": 1, "answers": {"m2-login": {"revision": 3, "text": "…", "saved_at": "2026-11-21T09:30:00+08:00",
     "history": [{"revision": 2, "text": "…", "saved_at": "…", "conflict": false}], "hints": 1, "tries": 2}}}
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

SCHEMA = 1
NAME = "answers.json"
MAX_CHARACTERS = 20_000  # of one answer; far more than any reply, and the grader's cap on the file holds
MAX_FILE_BYTES = 900_000  # earlier versions are dropped, oldest first, before the file outgrows the grader's 1 MiB
KEEP_VERSIONS = 20
VERSION_SECONDS = 30  # a version is kept at most this often, unless words were deleted
LOCK_SECONDS = 3.0


class AnswerFileError(OSError):
    """The answer could not be saved or read. The message says why, in one sentence; nothing was overwritten."""


@dataclass(frozen=True)
class Version:
    """An earlier text; `conflict` marks one that another window wrote over."""

    revision: int
    text: str
    saved_at: str
    conflict: bool = False


@dataclass(frozen=True)
class Answer:
    """The text as last saved, its revision (1, 2, …), earlier versions (oldest first) and the hints taken."""

    revision: int
    text: str
    saved_at: str
    history: tuple[Version, ...] = ()
    hints: int = 0
    solution_seen: bool = False


@dataclass(frozen=True)
class Saved:
    """Outcome of a save: the revision that now stands, and whether another writer's text went into history."""

    revision: int
    conflict: bool = False
    moved_aside: str = field(default="", kw_only=True)


class AnswerFile:
    """The answers in one folder. Objects are cheap and hold no text; any number may work on the same file."""

    def __init__(self, folder: Path | str = ".") -> None:
        self.path = Path(folder).resolve() / NAME

    def load(self, exercise: str) -> Answer | None:
        """The saved answer, or None. AnswerFileError if a file is there but can't be read."""
        entry = self._read()["answers"].get(exercise)
        if entry is None or "text" not in entry:
            return None
        return Answer(
            revision=int(entry["revision"]),
            text=str(entry["text"]),
            saved_at=str(entry.get("saved_at", "")),
            history=tuple(Version(**v) for v in entry.get("history", [])),
            hints=int(entry.get("hints", 0)),
            solution_seen=bool(entry.get("solution_seen", False)),
        )

    def save(self, exercise: str, text: str, based_on: int) -> Saved:
        """Save `text` as written by someone who knew revision `based_on` (0: none).

        Raises AnswerFileError when it could not be saved (folder read-only, disk full, another program holds the
        file, file from a newer version of the kit); the old answer then stands unharmed.
        """
        if len(text) > MAX_CHARACTERS:
            raise AnswerFileError(f"the answer has {len(text)} characters; at most {MAX_CHARACTERS} can be saved")
        with self._changing() as (data, aside):
            entry = data["answers"].setdefault(exercise, {})
            old, revision = entry.get("text"), int(entry.get("revision", 0))
            if old == text:
                return Saved(revision, moved_aside=aside)
            conflict = revision != based_on and old is not None
            if old is not None and _worth_keeping(entry, text, conflict):
                version = {"revision": revision, "text": old, "saved_at": entry["saved_at"], "conflict": conflict}
                entry["history"] = [*entry.get("history", []), version][-KEEP_VERSIONS:]
            entry |= {"revision": revision + 1, "text": text, "saved_at": _now()}
            self._write(data)
            return Saved(revision + 1, conflict, moved_aside=aside)

    def note(self, exercise: str, **facts: int | bool) -> None:
        """Remember facts beside an answer (`hints`, `solution_seen`), without touching its text or revision."""
        with self._changing() as (data, _):
            data["answers"].setdefault(exercise, {"revision": 0}).update(facts)
            self._write(data)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[tuple[dict[str, Any], str]]:
        """The file's data under the lock, and the name that an unreadable file was moved to ("" if none)."""
        lock = FileLock(self.path.with_name(f".{NAME}.lock"), timeout=LOCK_SECONDS, thread_local=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with lock:
                aside = ""
                try:
                    data = self._read()
                except _Unreadable:
                    aside = f"answers.unreadable-{time.strftime('%Y%m%d-%H%M%S')}.json"
                    os.replace(self.path, self.path.with_name(aside))
                    data = _empty()
                yield data, aside
        except Timeout:
            raise AnswerFileError(f"{self.path.name} is held by another program; try again in a moment") from None
        except AnswerFileError:
            raise
        except OSError as error:
            raise AnswerFileError(f"{self.path}: {error.strerror or error}") from error

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return _empty()
        except (ValueError, RecursionError):
            raise _Unreadable(f"{self.path} is damaged; the next save moves it aside and keeps it") from None
        except OSError as error:
            raise AnswerFileError(f"{self.path}: {error.strerror or error}") from error
        if not _well_formed(data):
            raise _Unreadable(f"{self.path} is no answer file; the next save moves it aside and keeps it")
        if data["schema"] > SCHEMA:
            raise AnswerFileError(f"{self.path} was written by a newer csworkshop; update the kit to work on it")
        return data

    def _write(self, data: dict[str, Any]) -> None:
        raw = _dump(data)
        while len(raw) > MAX_FILE_BYTES and _drop_oldest_version(data):
            raw = _dump(data)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{NAME}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as f:
                f.write(raw)
                f.flush()
                os.fsync(f.fileno())
            _replace(name, self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


class _Unreadable(AnswerFileError):
    pass


def _empty() -> dict[str, Any]:
    return {"schema": SCHEMA, "answers": {}}


def _well_formed(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("schema"), int)
        and isinstance(data.get("answers"), dict)
        and all(isinstance(a, dict) and isinstance(a.get("revision"), int) for a in data["answers"].values())
    )


def _worth_keeping(entry: dict[str, Any], text: str, conflict: bool) -> bool:
    """Keep the old text as a version: another writer's, one that loses words, or half a minute after the last."""
    history = entry.get("history", [])
    if conflict or not history or len(text) < len(entry["text"]) - 5:
        return True
    age = datetime.now().astimezone() - datetime.fromisoformat(history[-1]["saved_at"])
    return age.total_seconds() > VERSION_SECONDS


def _drop_oldest_version(data: dict[str, Any]) -> bool:
    """Drop the oldest kept version of all; current texts are never dropped. False when there is none left."""
    with_history = [a for a in data["answers"].values() if a.get("history")]
    if not with_history:
        return False
    min(with_history, key=lambda a: a["history"][0]["saved_at"])["history"].pop(0)
    return True


def _dump(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _replace(source: str, target: Path) -> None:
    """os.replace, patient with scanners that hold a file for a moment on Windows."""
    for patience in range(20):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or patience == 19:
                raise
            time.sleep(0.02)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
