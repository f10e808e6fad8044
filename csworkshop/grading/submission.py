"""A submission, read with suspicion: three small files are looked at, everything else in the folder is left alone.

The trainee's notebook is never opened. `answers.json` must be a regular file of at most 1 MiB, reached through no
link, and hold what csworkshop.exercises.answers writes. Whatever is wrong becomes a `Fault`, which the grader turns
into an explicit 0 with the reason; nothing here raises for what a trainee sent.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from csworkshop.exercises import answers
from csworkshop.text import unvouched
from csworkshop.text.language import say
from csworkshop.text.unvouched import is_link, read_unvouched

ANSWERS_LIMIT = 1 << 20
FILE_LIMIT = 5 << 20  # of any file that is copied, collecting included
SMALL_LIMIT = 4096  # of timestamp.txt and submission_secret.txt
LOOKED_AT = 1000  # entries of a folder that are looked at for links
_SECRET = re.compile(rb"[A-Za-z0-9_+=/.-]{16,1024}")
_MARKUP = frozenset("<>&\"'`\\/")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Fault:
    """Why something can't be marked; `key` names a sentence in the strings' group [grading]."""

    key: str

    def text(self, lang: str) -> str:
        return say(f"grading.{self.key}", lang)


class Unfit(Exception):
    """A file that isn't read; carries the Fault."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.fault = Fault(key)


@dataclass(frozen=True)
class Submission:
    """What could be read: the answers by exercise id, or the fault of the whole; `strange` names links and the like."""

    answers: dict[str, str | Fault] = field(default_factory=dict)
    fault: Fault | None = None
    timestamp: datetime | None = None
    timestamp_odd: bool = False
    secret: str = ""
    raw_answers: bytes = b""
    strange: tuple[str, ...] = ()

    @property
    def is_link(self) -> bool:
        """Whether the folder itself leads elsewhere, so that nothing in it was looked at."""
        return self.fault is not None and self.fault.key == "folder_link"

    def answer(self, exercise: str) -> str | Fault:
        """The text for an exercise, "" where nothing was written, or why it can't be marked."""
        return self.fault or self.answers.get(exercise, "")


def read_submission(folder: Path) -> Submission:
    """Read `folder` (submitted/<student>/<assignment>). Never raises for its contents and never waits."""
    if _leads_elsewhere(folder) or _leads_elsewhere(folder.parent):
        return Submission(fault=Fault("folder_link"), strange=(shown(folder.name),))
    stamp, odd = _timestamp(folder / "timestamp.txt")
    known: dict[str, Any] = {"timestamp": stamp, "timestamp_odd": odd, "secret": _secret(folder)}
    known["strange"] = _strange(folder)
    try:
        raw = read_regular(folder / answers.NAME, ANSWERS_LIMIT)
        return Submission(answers=parse_answers(raw), raw_answers=raw, **known)
    except Unfit as unfit:
        return Submission(fault=unfit.fault, **known)


def lacking_notebooks(folder: Path, names: Iterable[str]) -> str:
    """The notebooks that are not in a submission's folder, for a note."""
    return ", ".join(name for name in names if not (folder / f"{name}.ipynb").is_file())


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes that is no link; Unfit otherwise.

    A hard link counts as one if its owner isn't the folder's: refusing every file with two names would let a trainee
    who can link to a classmate's spoil that one too. Never waits on a FIFO.
    """

    def refused(seen: os.stat_result, opened: os.stat_result) -> str:
        if opened.st_nlink > 1 and opened.st_uid != os.stat(path.parent).st_uid:  # somebody else's, under another name
            return "link"
        return "" if (opened.st_dev, opened.st_ino) == (seen.st_dev, seen.st_ino) else "kind"

    try:
        raw = read_unvouched(path, limit, refused)
    except unvouched.Unfit as unfit:
        raise Unfit(f"file_{unfit.reason}") from None
    assert raw is not None  # no stamp was known
    return raw.data


def parse_answers(raw: bytes) -> dict[str, str | Fault]:
    """Answers by exercise id from the bytes of an answer file; Unfit if the file as a whole is none."""
    try:
        data = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_object, parse_int=_integer, parse_constant=_no_constant
        )
    except RecursionError:
        raise Unfit("json_deep") from None
    except ValueError:  # includes UnicodeDecodeError and JSONDecodeError
        raise Unfit("json_damaged") from None
    if not isinstance(data, dict) or data.get("schema") != answers.SCHEMA or isinstance(data["schema"], bool):
        raise Unfit("json_form")
    if not isinstance(data.get("answers"), dict):
        raise Unfit("json_form")
    return {exercise: _entry(entry) for exercise, entry in data["answers"].items()}


def clean(text: str) -> str:
    """`text` fit for UTF-8 and HTML: paired surrogates joined, what can't be shown replaced, over-long texts cut.

    A cut text is still longer than marking allows, so cutting changes no mark.
    """
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNPRINTABLE.sub("\ufffd", joined[: answers.MAX_CHARACTERS])


def shown(name: str) -> str:
    """A file's name, safe to print in a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:80]


def usable_name(student: str) -> bool:
    """True for a folder name that can stand for a trainee in paths, in the gradebook and on formgrader's pages."""
    return 0 < len(student) <= 128 and student[0] != "." and student.isprintable() and not set(student) & _MARKUP


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # which of two answers counts must not depend on who reads the file
        raise Unfit("json_twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 18:
        raise Unfit("json_number")
    return int(digits)


def _no_constant(name: str) -> float:
    raise Unfit("json_number")


def _entry(entry: Any) -> str | Fault:
    if not isinstance(entry, dict):
        return Fault("answer_form")
    text = entry.get("text", "")  # an entry without a text only notes hints that were taken
    return clean(text) if isinstance(text, str) else Fault("answer_form")


def _leads_elsewhere(folder: Path) -> bool:
    try:
        return is_link(os.lstat(folder))
    except OSError:
        return False  # reading it says why


def _strange(folder: Path) -> tuple[str, ...]:
    """Names in the folder that are links or no ordinary files: for the instructor to know, never to be followed."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(LOOKED_AT), entries, strict=False):
                status = entry.stat(follow_symlinks=False)
                ordinary = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
                if is_link(status) or not ordinary:
                    found.append(shown(entry.name))
    except OSError:
        return ()  # the answer file in it can't be read either, and that is said
    return tuple(sorted(found))


def _timestamp(path: Path) -> tuple[datetime | None, bool]:
    """When it was handed in (UTC, naive, as nbgrader keeps it), and whether what stands there is odd."""
    from nbgrader.utils import parse_utc

    try:
        text = read_regular(path, SMALL_LIMIT).decode("utf-8").strip()
        if not text or len(text) > 64:
            return None, True
        return parse_utc(text), False
    except Unfit as unfit:
        return None, unfit.fault.key != "file_missing"
    except (ValueError, OverflowError, TypeError):  # what dateutil raises for text that is no time
        return None, True


def _secret(folder: Path) -> str:
    """The secret that names the trainee's feedback in the exchange; "" if it is missing or no plain word."""
    try:
        raw = read_regular(folder / "submission_secret.txt", SMALL_LIMIT)
    except Unfit:
        return ""
    return raw.decode("ascii") if _SECRET.fullmatch(raw) else ""
