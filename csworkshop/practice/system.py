"""A simulated system and the customer in front of it: checks are made one by one, each shows something and costs.

A check belongs to a layer (who is it and what, which version, in which situation, which common cause). What it shows
may depend on what was done before: a check can leave a state behind (`sets`), and later ones look at it. The customer
has so much patience; when it is used up they hang up, and only what the system itself can show is left. Everything is
a fold over the list of checks made, so a log can be replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.techniques.echo import plain
from csworkshop.text.normalise import fold

Layer = Literal["identity", "version", "situation", "cause"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
AGAIN = 1  # patience that it costs more to be asked the same thing again
LONGEST_QUERY = 40  # characters


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shows(_Strict):
    """What a check shows when all states of `when` hold and none of `unless`."""

    text: str = Field(min_length=1)
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def fits(self, states: frozenset[str]) -> bool:
        return states.issuperset(self.when) and not states.intersection(self.unless)


class Check(_Strict):
    """Something to ask or to look up. `words` find it by search; a `hidden` one stands in no menu.

    `minutes` is what it takes, `annoys` what it costs of the customer's patience (nothing where the system is asked).
    """

    id: str = Field(pattern=r"^[a-z0-9-]{1,24}$")
    layer: Layer
    who: Literal["customer", "system"] = "customer"
    name: str = Field(min_length=1, max_length=40)
    words: tuple[str, ...] = ()
    hidden: bool = False
    minutes: int = Field(default=1, ge=0, le=60)
    annoys: int = Field(default=1, ge=0, le=5)
    shows: tuple[Shows, ...] = Field(min_length=1)
    sets: tuple[str, ...] = ()


class System(_Strict):
    """The checks that there are, and the customer's patience."""

    checks: tuple[Check, ...] = Field(min_length=6, max_length=24)
    patience: int = Field(ge=3, le=20)
    hangs_up: str = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> System:
        ids = [c.id for c in self.checks]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"checks: {twice[0]!r} stands there twice")
        missing = [layer for layer in LAYERS if layer not in {c.layer for c in self.checks}]
        if missing:
            raise ValueError(f"checks: there is none of the layer {missing[0]!r}")
        states = {s for c in self.checks for s in c.sets}
        for check in self.checks:
            unknown = {s for shows in check.shows for s in (*shows.when, *shows.unless)} - states
            if unknown:
                raise ValueError(f"checks: {check.id!r} asks for the state {sorted(unknown)[0]!r}, which nothing sets")
            if check.shows[-1].when or check.shows[-1].unless:
                raise ValueError(f"checks: the last of what {check.id!r} shows must fit always")
        return self

    def __getitem__(self, check: str) -> Check:
        return next(c for c in self.checks if c.id == check)

    def __contains__(self, check: object) -> bool:
        return any(c.id == check for c in self.checks)


@dataclass(frozen=True)
class Row:
    """One check that was made: what it showed, at which minute it was done, whether it had been made before, whether
    the customer was gone already."""

    check: Check
    text: str
    minute: int
    again: bool
    gone: bool


@dataclass(frozen=True)
class Run:
    """All checks that were made, and how the customer stands afterwards."""

    rows: tuple[Row, ...]
    minutes: int
    patience: int
    hung_up: bool

    @property
    def made(self) -> tuple[str, ...]:
        """Ids of the checks that showed something, each once, in the order of their first time."""
        return tuple(dict.fromkeys(r.check.id for r in self.rows if not r.gone))


def run(system: System, log: Sequence[str]) -> Run:
    """Make the checks of `log`, one after the other."""
    rows: list[Row] = []
    states: frozenset[str] = frozenset()
    minutes, patience, hung_up = 0, system.patience, False
    for check in (system[i] for i in log):
        asked = check.who == "customer"
        again = any(r.check.id == check.id and not r.gone for r in rows)
        if asked and hung_up:
            rows.append(Row(check, "", minutes, again, True))
            continue
        minutes += check.minutes
        if asked:
            patience -= check.annoys + AGAIN * again
        hung_up = hung_up or patience < 0
        if asked and hung_up:
            rows.append(Row(check, system.hangs_up, minutes, again, True))
            continue
        text = next(shows.text for shows in check.shows if shows.fits(states))
        states |= frozenset(check.sets)
        rows.append(Row(check, text, minutes, again, False))
    return Run(tuple(rows), minutes, max(patience, 0), hung_up)


def search(system: System, query: str) -> list[Check]:
    """Checks whose name or words share something with the query, the best first; a blank divides words."""
    asked = [w for w in plain(fold(query[:LONGEST_QUERY]).text).split() if w]
    found = []
    for check in system.checks:
        texts = [plain(fold(t).text) for t in (check.name, *check.words)]
        score = sum(max((len(w) + 1 if w == t else len(w)) for t in texts if _shares(w, t)) for w in asked
                    if any(_shares(w, t) for t in texts))  # fmt: skip
        if score:
            found.append((-score, system.checks.index(check), check))
    return [check for _, _, check in sorted(found, key=lambda row: row[:2])]


def _shares(word: str, text: str) -> bool:
    """The word stands in the text, or the text in the word; one letter alone says nothing."""
    return len(word) > 1 and (word in text or (len(text) > 1 and text in word))
