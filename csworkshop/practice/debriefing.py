"""A talk looked back at: what each reply did to the customer and why, what was missed, and what the customer hid.

`debrief` is a pure function of the talk. Pages, terminal and pictures draw what it returns; `data` makes plain JSON of
it, in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from csworkshop.practice.better_moves import Better, better_moves, gain
from csworkshop.practice.case import Case, Ending
from csworkshop.practice.clock import minutes_of, shown, waited
from csworkshop.practice.condition import Feeling, Stage, Tone
from csworkshop.practice.customer import start
from csworkshop.practice.debrief_stages import Moment, moments
from csworkshop.practice.debrief_words import written
from csworkshop.practice.mood import Change, Mood
from csworkshop.practice.talk import Talk, Turn
from csworkshop.techniques.catalogue import Bilingual, catalogue

__all__ = ["Debrief", "data", "debrief"]
PLAIN = {"hidden": "hidden", "met": "met", "ignored": "ignored", "out_of_patience": "patience"}  # flag: its note
Piece = tuple[str, str]  # words of a reply, and the item they show ("" for none)


@dataclass(frozen=True)
class Moved:
    """What one thing in a reply did: how far it moved each feeling, why, in which words, how often it had come."""

    item: str
    reason: Bilingual
    words: tuple[str, ...]
    deltas: Mapping[Feeling, float]
    nth: int
    good: bool


@dataclass(frozen=True)
class Note:
    """Something that a turn brought about: asked, told, untrue, offered, accepted, promised, kept …, and its words."""

    what: str
    words: str = ""
    truth: str = ""  # what the back office holds, where the words were untrue


@dataclass(frozen=True)
class Step:
    """One turn. `pieces` are the reply with its evidence; `gain` is how far mood bettered, all feelings together."""

    number: int
    clock: str
    reply: str
    waited: int | None
    gate: str
    pieces: tuple[Piece, ...]
    used: tuple[str, ...]
    faults: tuple[str, ...]
    missed: tuple[str, ...]
    moved: tuple[Moved, ...]
    notes: tuple[Note, ...]
    customer: str
    mood: Mood
    tone: Tone
    stage: Stage
    gain: float


@dataclass(frozen=True)
class Known:
    """A fact that the customer could tell, or a row of the back office, and the turn it came up in (0: never).

    `wrong` is the turn in which something untrue was said of it.
    """

    label: str
    words: str
    turn: int
    wrong: int = 0


@dataclass(frozen=True)
class Way:
    """A way out: the turn in which it was offered (0: never), and whether it could be had and was taken."""

    title: Bilingual
    turn: int
    allowed: bool
    taken: bool


@dataclass(frozen=True)
class Promised:
    """A promise, when it was due, and what became of it: kept, broken, open."""

    words: str
    turn: int
    due: Bilingual
    fate: str


@dataclass(frozen=True)
class Debrief:
    """All that there is to say of a talk. Turn 0 of the curve is before the first reply."""

    case: str
    title: Bilingual
    name: str
    seed: int
    end: Ending | None
    good: bool
    minutes: int
    curve: tuple[Mood, ...]
    steps: tuple[Step, ...]
    moments: tuple[Moment, ...]
    wish: str
    stake: str
    hidden_need: str
    unlocked: int
    met: int
    facts: tuple[Known, ...]
    desk: tuple[Known, ...]
    options: tuple[Way, ...]
    accepted: int
    promises: tuple[Promised, ...]
    better: tuple[Better, ...]
    missed: tuple[str, ...]  # techniques that never came, though this customer waited for them

    @property
    def techniques(self) -> dict[str, int]:
        """Techniques that were used, and in how many turns."""
        known = [i for step in self.steps for i in step.used]
        return {i: known.count(i) for i in dict.fromkeys(known)}


def debrief(talk: Talk, *, better: bool = True) -> Debrief:
    """What there is to learn from a talk, finished or not; without `better`, no other replies are tried out."""
    case, state = talk.case, talk.state
    first = start(case, talk.seed).mood
    moods = (first, *(t.mood for t in talk.turns))
    steps = tuple(_step(t, moods[n], case) for n, t in enumerate(talk.turns))
    used = {i for s in steps for i in s.used}
    missed = dict.fromkeys(i for s in steps for i in s.missed if i not in used)
    return Debrief(
        case=case.id,
        title=case.title,
        name=case.persona.name,
        seed=talk.seed,
        end=talk.end,
        good=talk.good,
        minutes=state.minute,
        curve=moods,
        steps=steps,
        moments=moments(talk),
        wish=case.persona.wish,
        stake=case.persona.stake,
        hidden_need=case.persona.hidden_need,
        unlocked=_first(talk, "hidden"),
        met=_first(talk, "met"),
        facts=tuple(Known("", _said(talk, k.id, k.says[0].say), _first(talk, f"asked:{k.id}")) for k in case.knows),
        desk=tuple(
            Known(d.label, d.value, _first(talk, f"told:{d.id}"), _first(talk, f"false:{d.id}")) for d in case.desk
        ),
        options=tuple(
            Way(o.title, _first(talk, f"offered:{o.id}"), o.allowed, o.id == state.accepted) for o in case.options
        ),
        accepted=_first(talk, "accepted"),
        promises=tuple(Promised(p.words, p.turn, _due(minutes_of(case.clock) + p.due), p.fate) for p in state.promises),
        better=better_moves(talk) if better else (),
        missed=tuple(missed),
    )


def _due(minutes: int) -> Bilingual:
    """Minutes from the first day's midnight as a time that people say."""
    days, at = minutes // (24 * 60), shown(minutes)
    if not days:
        return Bilingual(zh=at, en=at)
    if days == 1:
        return Bilingual(zh=f"次日{at}", en=f"{at} the next day")
    return Bilingual(zh=f"{days}天后{at}", en=f"{at} in {days} days")


def _first(talk: Talk, flag: str) -> int:
    """The turn in which a flag first came; 0 for never."""
    return next((t.number for t in talk.turns if flag in t.flags), 0)


def _said(talk: Talk, fact: str, otherwise: str) -> str:
    """How the customer told a fact in this talk."""
    return next((p.text for t in talk.turns for p in t.parts if p.key == f"knows.{fact}.says"), otherwise)


def _step(turn: Turn, before: Mood, case: Case) -> Step:
    heard = turn.heard
    items = catalogue().items
    found = [f.item for f in heard.findings] if heard else []
    return Step(
        number=turn.number,
        clock=shown(minutes_of(case.clock) + turn.minute),
        reply=turn.reply,
        waited=waited(turn.reply),
        gate=heard.gate if heard else "",
        pieces=written(turn),
        used=tuple(i for i in found if items[i].type == "technique"),
        faults=tuple(i for i in found if items[i].type == "fault"),
        missed=turn.missed if not turn.end else (),
        moved=_moved(turn.changes),
        notes=_notes(turn, case),
        customer=turn.text,
        mood=turn.mood,
        tone=turn.tone,
        stage=turn.stage,
        gain=gain(before, turn.mood),
    )


def _moved(changes: tuple[Change, ...]) -> tuple[Moved, ...]:
    """Changes of one cause taken together, the strongest first."""
    causes: dict[str, list[Change]] = {}
    for change in changes:
        causes.setdefault(change.item, []).append(change)
    found = []
    for item, rows in causes.items():
        deltas: dict[Feeling, float] = {}
        for c in rows:
            deltas[c.feeling] = round(deltas.get(c.feeling, 0.0) + c.delta, 1)
        good = sum(d * (1 if f == "trust" else -1) for f, d in deltas.items()) > 0
        found.append(Moved(item, rows[0].reason, rows[0].words, deltas, rows[0].nth, good))
    return tuple(sorted(found, key=lambda m: -sum(abs(d) for d in m.deltas.values())))


def _notes(turn: Turn, case: Case) -> tuple[Note, ...]:
    """What came about in a turn, for whoever reads the talk."""
    flags = set(turn.flags)
    rows = {d.id: d for d in case.desk}
    found = [Note("asked", p.text) for p in turn.parts if p.key.startswith("knows.") and p.key.endswith(".says")]
    found += [Note("told", f"{d.label}：{d.value}") for d in case.desk if f"told:{d.id}" in flags]
    for lie in turn.lies:
        if lie.turn == turn.number:
            row = rows.get(lie.id)
            found.append(Note("false", lie.words, f"{row.label}：{row.value}" if row else ""))
        elif lie.fate in ("caught", "corrected") and lie.fate in flags:
            found.append(Note(lie.fate, lie.words))
    found += [Note("offered", o.title.zh) for o in case.options if f"offered:{o.id}" in flags]
    found += [Note("accepted", o.title.zh) for o in case.options if f"accepted:{o.id}" in flags]
    found += [Note("promise", p.words) for p in turn.promises if p.turn == turn.number]
    found += [Note(p.fate, p.words) for p in turn.promises if p.fate in ("kept", "broken") and p.fate in flags]
    return tuple([*found, *(Note(what) for flag, what in PLAIN.items() if flag in flags)])


# --- as plain data ------------------------------------------------------------------------------------------------


def data(found: Debrief) -> dict[str, Any]:
    """The debrief as JSON: names of items beside their ids, moods as plain numbers."""
    items = catalogue().items
    named = {i for s in found.steps for i in (*s.used, *s.faults, *s.missed)} | set(found.missed)
    names = {i: {**items[i].name.model_dump(), "type": items[i].type} for i in sorted(named)}
    plain: dict[str, Any] = _plain(asdict(found))
    return {**plain, "names": names}


def _plain(value: Any) -> Any:
    """Models as their dicts, tuples as lists, numbers rounded as a person reads them."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return round(value, 1) if isinstance(value, float) else value
