"""Kinds of personal data: one TOML file each in `personal/`, with its rules and its examples.

A rule looks at one of three views: `text` (folded), `figures` (Hanzi digits are digits too) or `digits` (whole
numbers, whatever stands between their groups). `before` and `after` say what must stand beside a match, `not_before`
and `not_after` what must not; `check` names a check digit. A rule that is not `sure` finds things for a person's eye.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from csworkshop.cases.check_digits import CHECKS
from csworkshop.text.datafile import read_own

HERE = Path(__file__).parent / "personal"
REACH = 24  # characters that `before` and `after` see


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class Rule(_Strict):
    """One way to find a kind; the value is the group `v` of the pattern, or all of it."""

    view: Literal["text", "figures", "digits"]
    pattern: str
    check: str = ""
    before: str = ""
    after: str = ""
    not_before: str = ""
    not_after: str = ""
    loose: bool = False  # digits only: words and commas may stand between the groups
    trim: bool = False  # the match may begin too early: cut it to the noun that it ends with
    sure: bool = True

    @field_validator("pattern", "before", "after", "not_before", "not_after")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        return value

    @field_validator("check")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in CHECKS:
            raise ValueError(f"is no check; allowed: {', '.join(CHECKS)}")
        return value

    @cached_property
    def _beside(self) -> tuple[re.Pattern[str] | None, ...]:
        return tuple(re.compile(p) if p else None for p in (self.before, self.after, self.not_before, self.not_after))

    @cached_property
    def find(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def stands_in(self, text: str, start: int, end: int) -> bool:
        """Whether what is beside [start, end) of `text` allows the match."""
        left, right = text[max(0, start - REACH) : start], text[end : end + REACH]
        before, after, not_before, not_after = self._beside
        if (before and not before.search(left)) or (after and not after.search(right)):
            return False
        return not ((not_before and not_before.search(left)) or (not_after and not_after.match(right)))

    def passes(self, value: str) -> bool:
        """Whether the check digit is right; separators don't count."""
        return not self.check or CHECKS[self.check](re.sub(r"[^0-9A-Za-z]", "", value))


class Kind(_Strict):
    """A kind of personal data."""

    id: str
    label: str  # stands in the pseudonym: 〔手机号…〕
    name: dict[Literal["zh", "en"], str]
    structured: bool = False  # has a form of its own, unlike names and addresses
    on_request: bool = False
    reader: Literal["", "names", "addresses"] = ""
    rules: tuple[Rule, ...] = ()
    shows: tuple[str, ...]
    lacks: tuple[str, ...]

    @model_validator(mode="after")
    def _has_all(self) -> Kind:
        if bool(self.rules) == bool(self.reader):
            raise ValueError("needs rules, or a reader, and not both")
        if not self.shows or not self.lacks:
            raise ValueError("needs shows and lacks")
        for line in self.shows:
            if "⟦" not in line:
                raise ValueError(f"shows needs ⟦ ⟧ around what is found (found {line!r})")
        return self


def load(folder: Path) -> dict[str, Kind]:
    """All kinds in `folder` by id; DataFileError names the file and the key."""
    found: dict[str, Kind] = {}
    for path in sorted(folder.glob("*.toml")):
        kind = read_own(path, Kind)
        found[kind.id] = kind
    return found


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """The kinds that ship with the kit."""
    return load(HERE)


def marked(line: str) -> tuple[str, list[tuple[int, int]]]:
    """An example without its ⟦ ⟧, and the spans that they enclose."""
    text, spans, start = "", [], 0
    for c in line:
        if c == "⟦":
            start = len(text)
        elif c == "⟧":
            spans.append((start, len(text)))
        else:
            text += c
    return text, spans
