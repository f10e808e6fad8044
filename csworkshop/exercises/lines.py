"""JSON Lines as people send them: read line by line; a bad line is told and passed over, it doesn't end the work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ConfigDict, ValidationError

from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError, explain

LONGEST_LINE = 4_000_000  # bytes; a longer one isn't even read into memory
LONGEST_REPLY = 100_000  # characters
KEYS = ("id", "scenario", "reply")
_BOM = b"\xef\xbb\xbf"

Line = tuple[int, bytes]  # the number in its file, from 1, and what stands there; a line too long is cut


@dataclass(frozen=True)
class Trouble:
    """A line that cannot be used: what is wrong with it, and what is allowed."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.message}"


Tell = Callable[[Trouble], None]


class BadLine(ValueError):
    """A line that cannot be used; the message says what is wrong and what is allowed."""


@dataclass(frozen=True)
class ReplyRecord:
    """One line of a replies file; other keys (labels, rating) may stand there and are passed over."""

    id: str
    scenario: str
    reply: str


class ScenarioRecord(Scenario):
    """One line of a scenarios file; keys we don't know are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str


def stop(trouble: Trouble) -> None:
    """Let a bad line end the work: DataFileError."""
    raise DataFileError(trouble.path, f"line {trouble.line}", trouble.message)


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file that are not blank, numbered; DataFileError if it cannot be opened."""
    try:
        with path.open("rb") as file:
            yield from _numbered(file)
    except FileNotFoundError:
        raise DataFileError(path, "", "there is no such file") from None
    except IsADirectoryError:
        raise DataFileError(path, "", "is a folder; a JSON Lines file is needed") from None
    except PermissionError:
        raise DataFileError(path, "", "may not be read; check who owns it, or whether it is a folder") from None


def _numbered(file: BinaryIO) -> Iterator[Line]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        if number == 1:
            line = line.removeprefix(_BOM)
        if line.strip():
            yield number, line


def value_of(line: bytes) -> Any:
    """The JSON value of a line; BadLine if there is none."""
    if len(line) > LONGEST_LINE:
        raise BadLine(f"is longer than {LONGEST_LINE:,} bytes, the most that a line may have")
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine(f"is not UTF-8 text (byte {error.start} of the line); save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadLine(f"is no JSON: {error}; each line is one JSON object") from None


def strings_of(line: bytes, keys: tuple[str, ...]) -> dict[str, Any]:
    """The object in a line, which has a string under each of `keys`; BadLine says what is wrong."""
    value = value_of(line)
    if not isinstance(value, dict):
        raise BadLine(f"is {_kind(value)}; an object with the keys {', '.join(keys)} is needed")
    for key in keys:
        if key not in value:
            raise BadLine(f"{key}: this key is missing; the keys {', '.join(keys)} are needed")
        if not isinstance(value[key], str):
            raise BadLine(f"{key}: is {_kind(value[key])}; a string is needed")
    return value


def reply_of(line: bytes, scenarios: dict[str, Scenario]) -> tuple[ReplyRecord, Scenario]:
    """The reply in a line with its scenario; BadLine says what is wrong."""
    value = strings_of(line, KEYS)
    record = ReplyRecord(*(value[key] for key in KEYS))
    if len(record.reply) > LONGEST_REPLY:
        raise BadLine(f"reply: has {len(record.reply):,} characters; at most {LONGEST_REPLY:,} are read")
    if record.scenario not in scenarios:
        named = ", ".join(list(scenarios)[:3]) + (", …" if len(scenarios) > 3 else "")
        raise BadLine(
            f"scenario: {_short(record.scenario)} is no id of the scenarios file; it has {len(scenarios)}: {named}"
        )
    return record, scenarios[record.scenario]


def read_scenarios(path: Path, tell: Tell = stop) -> dict[str, Scenario]:
    """Scenarios by id. A line that is none and an id that stands twice (the first one counts) are told to `tell`."""
    scenarios: dict[str, Scenario] = {}
    for number, line in read_lines(path):
        try:
            record = ScenarioRecord.model_validate(value_of(line))
            if record.id in scenarios:
                raise BadLine(f"id: {_short(record.id)} stands there twice; an id must be unique")
            scenarios[record.id] = record
        except ValidationError as error:
            fault = explain(path, error)
            tell(Trouble(path, number, f"{fault.key}: {fault.message}" if fault.key else fault.message))
        except BadLine as error:
            tell(Trouble(path, number, str(error)))
    return scenarios


def _kind(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {str: "a string", bool: "true or false", type(None): "null", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _short(text: str) -> str:
    return ascii(text)[:60] if not text.isprintable() else repr(text[:60])
