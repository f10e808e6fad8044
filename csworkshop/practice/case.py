"""A role-play case is a TOML file: who the customer is, what they know, what the back office shows, what they say.

`data/roleplay/README.md` explains every key to whoever writes one. A file that can't be used is refused with one
sentence that names the file, the key and what is allowed. `practice/lint.py` finds what is allowed but won't play well.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from csworkshop.practice.condition import STAGES, Feeling, Stage, When
from csworkshop.practice.parts import (
    REQUIRED_LINES,
    SITUATIONS,
    Asks,
    Beat,
    Desk,
    End,
    Event,
    Hidden,
    Knows,
    Level,
    Line,
    Lines,
    Option,
    Part,
    Settles,
    StageOf,
    Text,
    Who,
)  # fmt: skip
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.scenario import Channel
from csworkshop.text.datafile import read_own
from csworkshop.text.shipped import content

Ending = Literal["escalated", "lost", "resolved_loyal", "resolved_cool"]
ENDINGS: tuple[Ending, ...] = ("escalated", "lost", "resolved_loyal", "resolved_cool")  # in the order they are asked
GOOD_ENDS: frozenset[Ending] = frozenset({"resolved_loyal", "resolved_cool"})

# Flags that come in any case; `docs`: data/roleplay/README.md.
PLAIN_FLAGS = (
    "accepted", "hidden", "met", "promise", "kept", "broken", "caught", "corrected", "lie", "out_of_patience",
    "nothing_left", "nothing_new", "heard", "waited", "offered", "told", "unknown", "settled",
)  # fmt: skip


class Case(Part):
    """One role-play case."""

    schema_: Literal[1] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    title: Bilingual
    module: Literal["m1", "m2", "m3", "m4", "m5", "m6", "m7"]
    level: int = Field(ge=1, le=3)
    channel: Channel = "chat"
    domain: Text
    task: Text
    clock: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    pace: int = Field(default=2, ge=1, le=30)
    opening: Lines = Field(min_length=2)
    persona: Who
    mood: dict[Feeling, Level]
    settles: Settles = Settles()
    desk: tuple[Desk, ...] = Field(min_length=3)
    knows: tuple[Knows, ...] = Field(min_length=6)
    asks: tuple[Asks, ...] = ()
    options: tuple[Option, ...] = Field(min_length=2)
    hidden: Hidden
    beats: tuple[Beat, ...] = ()
    events: tuple[Event, ...] = ()
    stages: dict[Stage, StageOf]
    lines: dict[str, Lines]
    ends: dict[Ending, End]

    @model_validator(mode="after")
    def _whole(self) -> Case:
        for key, rows in (
            ("desk", self.desk), ("knows", self.knows), ("asks", self.asks), ("options", self.options),
            ("beats", self.beats), ("events", self.events),
        ):  # fmt: skip
            ids = [row.id for row in rows]
            for n, i in enumerate(ids):
                if i in ids[:n]:
                    raise ValueError(f"{key}[{n}].id: {i!r} stands there twice")
        missing: list[str] = [s for s in STAGES if s not in self.stages] or [e for e in ENDINGS if e not in self.ends]
        if missing:
            raise ValueError(f"stages/ends: {', '.join(missing)} is missing")
        missing = [s for s in REQUIRED_LINES if s not in self.lines]
        if missing:
            raise ValueError(f"lines: {', '.join(missing)} is missing")
        allowed = {**SITUATIONS, **catalogue().items}
        for key in self.lines:
            if key not in allowed:
                raise ValueError(f"lines.{key}: is no situation; allowed: {', '.join(allowed)}")
        for key, when in self.conditions():
            for flag in when.flags:
                if flag not in self.flags:
                    raise ValueError(f"{key}: {flag!r} can never come; see the list of flags in README.md")
        return self

    def conditions(self) -> Iterator[tuple[str, When]]:
        """Every condition of the case with the key where it stands."""
        for stage, part in self.stages.items():
            yield from ((f"stages.{stage}.leave[{n}]", w) for n, w in enumerate(part.leave))
        for end, ways in self.ends.items():
            yield from ((f"ends.{end}.when[{n}]", w) for n, w in enumerate(ways.when))
        yield from ((f"hidden.unlocked[{n}]", w) for n, w in enumerate(self.hidden.unlocked))
        yield from ((f"beats.{b.id}.when", b.when) for b in self.beats)
        yield from ((f"events.{e.id}.when", e.when) for e in self.events)
        for a in self.asks:
            yield f"asks.{a.id}.when", a.when
            yield f"asks.{a.id}.until", When(did=a.until)
        yield from ((f"options.{o.id}.wants", When(did=o.wants)) for o in self.options)

    @cached_property
    def flags(self) -> frozenset[str]:
        """Every flag that can come in a talk of this case."""
        found = {*catalogue().items, *SITUATIONS, *PLAIN_FLAGS}
        found |= {f"told:{d.id}" for d in self.desk if d.true} | {f"asked:{k.id}" for k in self.knows}
        found |= {f"false:{d.id}" for d in self.desk} | {f"answered:{a.id}" for a in self.asks}
        found |= {f"beat:{b.id}" for b in self.beats} | {f"event:{e.id}" for e in self.events}
        found |= {f"stage:{s}" for s in STAGES}
        for o in self.options:
            found |= {f"offered:{o.id}", f"denied:{o.id}"} | ({f"accepted:{o.id}"} if o.allowed else set())
        return frozenset(found)

    def pools(self) -> Iterator[tuple[str, tuple[Line, ...]]]:
        """Every group of lines with the key where it stands."""
        yield "opening", self.opening
        for k in self.knows:
            yield from ((f"knows.{k.id}.says", k.says), (f"knows.{k.id}.again", k.again))
        for a in self.asks:
            yield from ((f"asks.{a.id}.says", a.says), (f"asks.{a.id}.glad", a.glad))
        for o in self.options:
            yield from (
                (f"options.{o.id}.{key}", getattr(o, key)) for key in ("accepts", "weighs", "declines", "caught")
            )
        yield from ((f"desk.{d.id}.caught", d.caught) for d in self.desk)
        yield from (("hidden.says", self.hidden.says), ("hidden.glad", self.hidden.glad))
        yield from ((f"beats.{b.id}.says", b.says) for b in self.beats)
        yield from ((f"events.{e.id}.says", e.says) for e in self.events)
        yield from ((f"stages.{s}.push", part.push) for s, part in self.stages.items())
        yield from ((f"lines.{s}", lines) for s, lines in self.lines.items())
        yield from ((f"ends.{e}.says", end.says) for e, end in self.ends.items())


def roleplay_folder() -> Path:
    """Folder of the case files that ship with the kit."""
    return content() / "data" / "roleplay"


def case_files(folder: Path | None = None) -> list[Path]:
    """All case files in `folder` (default: those that ship), in order of their names."""
    return sorted((folder or roleplay_folder()).glob("*.toml"))


def read_case(path: Path) -> Case:
    """The case in `path`; DataFileError names file, key, what is wrong and what is allowed."""
    return read_own(path, Case)


class UnknownCase(KeyError):
    """No case has this id. The message lists those that there are."""

    def __str__(self) -> str:
        return str(self.args[0])


@lru_cache(maxsize=64)
def load_case(case_id: str) -> Case:
    """The shipped case with this id; UnknownCase lists the ids that there are."""
    path = roleplay_folder() / f"{case_id}.toml"
    if path not in case_files():
        raise UnknownCase(f"there is no case {case_id!r}; there are: {', '.join(p.stem for p in case_files())}")
    return read_case(path)
