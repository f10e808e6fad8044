"""What a trainee says against a mark: kept with the answer, so that it travels with the submission.

An entry of the answer file may hold {"disputes": {"empathy": {"reason": "…", "at": "…", "about": "…"}}}. Whoever
reads a submission reads it with suspicion: only items of the scorecard, short plain text. A dispute changes no mark;
an instructor's verdict on it may.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST_REASON = 500  # characters
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Dispute:
    """A trainee's reason against an item's mark, when it was written, and a fingerprint of the reply it was about."""

    item: str
    reason: str
    at: str = ""
    about: str = ""


def text_print(text: str) -> str:
    """A short fingerprint of a reply."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_disputes(entry: Any, items: Iterable[str]) -> dict[str, Dispute]:
    """The disputes in an answer file's entry, by item; whatever has another form, or no reason, is none."""
    kept = entry.get("disputes") if isinstance(entry, dict) else None
    if not isinstance(kept, dict):
        return {}
    found = {}
    for item in items:
        told = kept.get(item)
        if isinstance(told, dict) and tidy(told.get("reason")):
            reason = tidy(told["reason"])
            found[item] = Dispute(item, reason, _short(told.get("at"), 32), _short(told.get("about"), 16))
    return found


def set_dispute(entry: dict[str, Any], item: str, reason: str, at: str) -> None:
    """Put a dispute into an entry, or take it out if the reason is empty."""
    kept = entry.get("disputes")
    disputes = dict(kept) if isinstance(kept, dict) else {}
    disputes.pop(item, None)
    if tidy(reason):
        disputes[item] = {"reason": tidy(reason), "at": at, "about": text_print(entry.get("text", ""))}
    if disputes:
        entry["disputes"] = disputes
    else:
        entry.pop("disputes", None)


def tidy(reason: Any) -> str:
    """A reason as it is kept: text without invisible characters, at most LONGEST_REASON; "" for anything else."""
    if not isinstance(reason, str):
        return ""
    whole = reason[: 4 * LONGEST_REASON].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNPRINTABLE.sub("", whole).strip()[:LONGEST_REASON]


def _short(value: Any, most: int) -> str:
    return tidy(value)[:most]
