"""The answer file: what trainees wrote, beside their notebook, in `answers.json`.

Trainees' answers are the most precious data there is, so: writing is atomic (a new file takes the old one's place),
locked against other notebooks and tabs, numbered (a writer who didn't know the latest revision makes a conflict, and
both texts stay), and earlier versions are kept. A file that can't be read is moved aside, never overwritten; one
written by a newer kit is left alone. Keys that this version doesn't know stay in the file.

    {"schema": 1, "answers": {"m2-login": {"revision": 3, "text": "…", "saved_at": "2026-11-21T09:30:00+08:00",
     "history": [{"revision": 2, "text": "…", "saved_at": "…", "conflict": false}], "hints": 1}}}

In a graded assignment an entry may also hold `disputes`, see csworkshop.exercises.disputes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from csworkshop.exercises.disputes import set_dispute
from csworkshop.exercises.versions import Version, drop_oldest_version, push, read_version, saved_at, worth_keeping

SCHEMA = 1
NAME = "answers.json"
MAX_CHARACTERS = 20_000  # of one answer; far more than any reply, and the grader's cap on the file holds
MAX_FILE_BYTES = 900_000  # earlier versions are dropped, oldest first, before the file outgrows the grader's 1 MiB
GRADED_BYTES = 1_000_000  # a file above this would be refused when handed in, so it isn't written
LOCK_SECONDS = 3.0

Problem = Literal["full", "read_only", "busy", "newer", "damaged", "too_long", "other"]


class AnswerFileError(OSError):
    """The answer could not be saved or read. The message says why, in one sentence; nothing was overwritten.

    `problem` names the reason for a screen that has its own words for it, in two languages.
    """

    def __init__(self, message: str, problem: Problem = "other") -> None:
        super().__init__(message)
        self.problem: Problem = problem


@dataclass(frozen=True)
class Answer:
    """The text as last saved, its revision (1, 2, …), earlier versions (oldest first) and the hints taken.

    Revision 0 with an empty text is an exercise whose hints were read before anything was written.
    """

    revision: int
    text: str
    saved_at: str
    history: tuple[Version, ...] = ()
    hints: int = 0
    solution_seen: bool = False
    entry: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)  # as the file holds it


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
        if entry is None:
            return None
        return Answer(
            revision=entry["revision"],
            text=entry.get("text", ""),
            saved_at=str(entry.get("saved_at", "")),
            history=tuple(read_version(v) for v in entry.get("history", [])),
            hints=int(entry.get("hints", 0)),
            solution_seen=bool(entry.get("solution_seen", False)),
            entry=entry,
        )

    def save(self, exercise: str, text: str, based_on: int, keep_current: bool = False) -> Saved:
        """Save `text` as written by someone who knew revision `based_on` (0: none).

        The text that stood there becomes an earlier version if someone else wrote it, if words were deleted, after
        a pause now and then, and always with `keep_current` (an earlier version is being restored).
        Raises AnswerFileError when it could not be saved (folder read-only, disk full, another program holds the
        file, file from a newer version of the kit); the old answer then stands unharmed.
        """
        _fits(text)
        with self._changing() as (data, aside):
            entry = data["answers"].setdefault(exercise, {})
            old, revision = entry.get("text"), entry.get("revision", 0)
            if old == text:
                return Saved(revision, moved_aside=aside)
            conflict = revision != based_on and bool(old)
            if old and (keep_current or worth_keeping(entry, text, conflict)):
                push(entry, {"revision": revision, "text": old, "saved_at": saved_at(entry), "conflict": conflict})
            entry |= {"revision": revision + 1, "text": text, "saved_at": _now()}
            self._write(data)
            return Saved(revision + 1, conflict, moved_aside=aside)

    def keep(self, exercise: str, text: str) -> None:
        """Put `text` among the earlier versions without touching the current one: nobody's words are lost."""
        _fits(text)
        with self._changing() as (data, _):
            entry = data["answers"].setdefault(exercise, {"revision": 0})
            if text in ("", entry.get("text"), *(v["text"] for v in entry.get("history", []))):
                return
            push(entry, {"revision": entry["revision"], "text": text, "saved_at": _now(), "conflict": True})
            self._write(data)

    def note(self, exercise: str, **facts: int | bool) -> None:
        """Remember `hints` taken, `checks` asked for, `solution_seen`, without touching the text or its revision."""
        with self._changing() as (data, _):
            entry = data["answers"].setdefault(exercise, {"revision": 0})
            entry |= facts
            self._write(data)

    def dispute(self, exercise: str, item: str, reason: str) -> None:
        """Remember what the trainee says against an item's mark; an empty reason takes it back."""
        with self._changing() as (data, _):
            entry = data["answers"].setdefault(exercise, {"revision": 0})
            set_dispute(entry, item, reason, _now())
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
                    aside = self._move_aside()
                    data = _empty()
                yield data, aside
        except Timeout:
            raise AnswerFileError(f"{self.path} is held by another program; try again in a moment", "busy") from None
        except AnswerFileError:
            raise
        except OSError as error:
            raise self._failed(error) from error

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return _empty()
        except (ValueError, RecursionError):
            raise _Unreadable(f"{self.path} is damaged; the next save moves it aside and keeps it", "damaged") from None
        except OSError as error:
            raise self._failed(error) from error
        # Before its form is looked at: a newer kit may have another form, and its file is not ours to move.
        if isinstance(data, dict) and isinstance(data.get("schema"), int) and data["schema"] > SCHEMA:
            message = f"{self.path} was written by a newer csworkshop; update the kit to work on it"
            raise AnswerFileError(message, "newer")
        if not _well_formed(data):
            message = f"{self.path} is no answer file; the next save moves it aside and keeps it"
            raise _Unreadable(message, "damaged")
        return data

    def _write(self, data: dict[str, Any]) -> None:
        raw = _dump(data)
        while len(raw) > MAX_FILE_BYTES and drop_oldest_version(data):
            raw = _dump(data)
        if len(raw) > GRADED_BYTES:
            message = f"{self.path} would grow to {len(raw)} bytes; at most {GRADED_BYTES} can be handed in"
            raise AnswerFileError(message, "too_long")
        # One name for all (we hold the lock), so a killed writer leaves at most one file behind, and the next
        # writer takes it over. Plain open, so that the answers can be read by whom the folder allows.
        fresh = self.path.with_name(f".{NAME}.tmp")
        try:
            with fresh.open("wb") as f:
                f.write(raw)
                f.flush()
                os.fsync(f.fileno())
            _replace(fresh, self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise

    def _move_aside(self) -> str:
        """Rename the unreadable file to a name that is still free, and return that."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        names = (f"answers.unreadable-{stamp}{'-' + str(n) if n else ''}.json" for n in range(1000))
        name = next(n for n in names if not self.path.with_name(n).exists())
        _replace(self.path, self.path.with_name(name))
        return name

    def _failed(self, error: OSError) -> AnswerFileError:
        problem = _PROBLEMS.get(error.errno or 0, "other")
        return AnswerFileError(f"{self.path}: {error.strerror or error}", problem)


_PROBLEMS: dict[int, Problem] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}


class _Unreadable(AnswerFileError):
    pass


def _empty() -> dict[str, Any]:
    return {"schema": SCHEMA, "answers": {}}


def _well_formed(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("schema"), int)
        and isinstance(data.get("answers"), dict)
        and all(_entry_well_formed(a) for a in data["answers"].values())
    )


def _entry_well_formed(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("revision"), int)
        and isinstance(entry.get("text", ""), str)
        and isinstance(entry.get("hints", 0), int)
        and isinstance(entry.get("history", []), list)
        and all(isinstance(v, dict) and isinstance(v.get("text"), str) for v in entry.get("history", []))
    )


def _fits(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        message = f"the answer has {len(text)} characters; at most {MAX_CHARACTERS} can be saved"
        raise AnswerFileError(message, "too_long")


def _dump(data: dict[str, Any]) -> bytes:
    # backslashreplace writes a lone surrogate (half an emoji, from a broken paste) as \uD83D, which JSON reads back
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _replace(source: Path, target: Path) -> None:
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
