"""Earlier versions of an answer: which texts are worth keeping, and which go first when the file grows too large.

Works on entries of the answer file (see `csworkshop.exercises.answers`): {"text", "saved_at", "history": [...]}.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

KEEP_VERSIONS = 20
VERSION_SECONDS = 30  # a version is kept at most this often, unless words were deleted …
PAUSE_SECONDS = 5  # … and after a pause in typing, when the text says something
SHORTEST_VERSION = 6  # characters; less isn't worth a place in the list


@dataclass(frozen=True)
class Version:
    """An earlier text; `conflict` marks one that another window wrote over."""

    revision: int
    text: str
    saved_at: str
    conflict: bool = False


def read_version(entry: dict[str, Any]) -> Version:
    """A kept version as the file holds it, odd numbers put right."""
    number, conflict = entry.get("revision", 0), entry.get("conflict", False)
    return Version(number if isinstance(number, int) else 0, entry["text"], saved_at(entry), bool(conflict))


def saved_at(entry: dict[str, Any]) -> str:
    """When a text was saved, as the file says; empty if it doesn't."""
    return str(entry.get("saved_at", ""))


def push(entry: dict[str, Any], version: dict[str, Any]) -> None:
    """Add a version, the newest last; a text that is there already moves to the end instead of standing twice."""
    others = [v for v in entry.get("history", []) if v["text"] != version["text"]]
    entry["history"] = [*others, version][-KEEP_VERSIONS:]


def worth_keeping(entry: dict[str, Any], text: str, conflict: bool) -> bool:
    """Keep the old text as a version: another writer's, one that loses words, or now and then after a pause."""
    old = entry["text"]
    if conflict:
        return True
    if len(old.strip()) < SHORTEST_VERSION:
        return False
    if len(text) < len(old) - 5:
        return True
    history = entry.get("history", [])
    kept = _seconds_since(history[-1]) if history else VERSION_SECONDS + 1
    return kept > VERSION_SECONDS and (_seconds_since(entry) > PAUSE_SECONDS or kept > 4 * VERSION_SECONDS)


def _seconds_since(entry: dict[str, Any]) -> float:
    """Age of a saved text; infinite where its time can't be read or lies in the future (a clock put back)."""
    try:
        then = datetime.fromisoformat(saved_at(entry)).astimezone()
    except ValueError:
        return float("inf")
    age = (datetime.now().astimezone() - then).total_seconds()
    return age if age >= 0 else float("inf")


def drop_oldest_version(data: dict[str, Any]) -> bool:
    """Drop the oldest kept version of all; current texts are never dropped. False when there is none left."""
    with_history = [a for a in data["answers"].values() if a.get("history")]
    if not with_history:
        return False
    min(with_history, key=lambda a: (saved_at(a["history"][0]), -len(a["history"])))["history"].pop(0)
    return True
