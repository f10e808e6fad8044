"""A hint for the situation that a talk is in: what to look at next, never what the answer is (`nudges.toml`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from csworkshop.practice.condition import When
from csworkshop.practice.parts import Part
from csworkshop.practice.talk import Talk
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import read_as

FILE = Path(__file__).with_name("nudges.toml")
Needs = Literal[
    "", "caught", "pile", "not_for_me", "template", "same_again", "overdue", "hurt", "asking", "unlooked", "too_upset",
    "unasked", "weighing",
]  # fmt: skip
HURTING = ("rude", "blame", "brush_off", "excuse", "privacy", "overacting", "defend_first", "off_register")
SOON = 3  # minutes before a promise comes due


class Nudge(Part):
    """One hint; `needs` is something about the last turn, `when` about the whole talk: both must hold."""

    id: str
    when: When = When()
    needs: Needs = ""
    say: Bilingual


class _File(Part):
    nudges: tuple[Nudge, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Given:
    """A hint that fits, in both languages."""

    id: str
    say: Bilingual


def nudges(talk: Talk, looked: bool) -> list[Given]:
    """The hints that fit the talk as it stands, the most urgent first; `looked`: the back office was looked at."""
    found = []
    for nudge in table():
        words = _needs(talk, looked)[nudge.needs]()
        if words is not None and nudge.when.holds(talk.state):
            found.append(Given(nudge.id, Bilingual(**{k: t.format(words=words) for k, t in nudge.say})))
    return found


@lru_cache(maxsize=1)
def table() -> tuple[Nudge, ...]:
    """The hints that ship with the kit; DataFileError names what is wrong with the file."""
    return read_as(FILE, _File).nudges


def _needs(talk: Talk, looked: bool) -> dict[Needs, Callable[[], str | None]]:
    """What a nudge may need: the words that it is about ("" where it needs none), None where it doesn't hold."""
    last, state = (talk.turns[-1] if talk.turns else None), talk.state
    flags = last.flags if last else ()
    plain = {name: _came(name in flags) for name in ("caught", "pile", "not_for_me", "template", "same_again")}
    return {
        "": lambda: "",
        **plain,  # type: ignore[dict-item]  # the five names above
        "overdue": lambda: next(
            (p.words for p in state.promises if p.fate == "open" and p.due - SOON <= state.minute and p.due > 0), None
        ),
        "hurt": lambda: _hurt(talk),
        "asking": _came(bool(state.asking)),
        "unlooked": _came(not looked and state.stage != "close"),
        "too_upset": _came(any(p.key == "lines.too_upset" for p in last.parts) if last else False),
        "unasked": _came(not any(state.had(f"asked:{k.id}") for k in talk.case.knows)),
        "weighing": _came(bool(state.leaning) and not state.accepted),
    }


def _came(holds: bool) -> Callable[[], str | None]:
    return lambda: "" if holds else None


def _hurt(talk: Talk) -> str | None:
    """The trainee's words that hurt in the last reply."""
    heard = talk.turns[-1].heard if talk.turns else None
    if heard is None or heard.gate:
        return None
    return next((w for item in HURTING for w in heard.words(item)[:1]), None)
