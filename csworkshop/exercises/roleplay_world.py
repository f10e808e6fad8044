"""What a role-play says to the screen: the talk so far, the back office, a ticket's number, a hint, the debrief.

Each answer is a pure function of the exercise and the question, which carries the seed and the replies; so it doesn't
matter whether the browser asks before or after the answer was saved. A language model, if the kit's settings name one
(`CSWORKSHOP_LLM_URL` …), puts the customer's last turn into other words and changes nothing else.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from csworkshop.exercises.kinds import Value
from csworkshop.practice.case import Case
from csworkshop.practice.clock import minutes_of, shown, waited
from csworkshop.practice.customer import ready
from csworkshop.practice.debriefing import data, debrief
from csworkshop.practice.endpoint import EndpointError, settings_of_environment
from csworkshop.practice.nudges import nudges
from csworkshop.practice.parts import Desk
from csworkshop.practice.replays import replayed
from csworkshop.practice.talk import Talk, Turn
from csworkshop.practice.voice import Voice
from csworkshop.techniques.handover import handover
from csworkshop.text.datafile import one_line

if TYPE_CHECKING:
    from csworkshop.exercises.kinds.roleplay import Roleplay

MOST_MOVES, LONGEST, MOST_TEXT = 40, 900, 12_000  # replies, characters of one, characters of all as JSON
SPOKEN = 500  # characters of a reply where people talk: a letter may be longer
MOST_SEED = 2**31 - 1
MOST_TRIES = 12  # earlier tries that an answer keeps, as far as there is room
MOST_HINTS = 3
WAITS = (5, 10, 30, 120, 1440)  # minutes that the screen offers to let pass
TELLING = frozenset({"debrief", "tries"})  # what tells how well it was done: after grading only
SLOW = frozenset({"speak"})  # what may take seconds
TICKET_PARTS = ("account", "symptom", "request", "deadline")


class _Asked(BaseModel):
    """What a question carries; whatever else a browser sends is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: int = 0
    seed: int = Field(default=0, ge=0, le=MOST_SEED)
    moves: tuple[Annotated[str, Field(min_length=1, max_length=LONGEST)], ...] = Field(
        default=(), max_length=MOST_MOVES
    )
    since: int = Field(default=0, ge=0)
    said: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=MOST_MOVES + 1)
    looked: bool = False
    done: bool = False
    number: int = Field(default=0, ge=0, le=100)
    table: str = Field(default="", max_length=20)
    query: str = Field(default="", max_length=40)
    ticket: dict[str, str | int] = {}
    tries: tuple[dict[str, Any], ...] = Field(default=(), max_length=MOST_TRIES + 1)


def screen(exercise: Roleplay) -> Value:
    """What the screen draws before anything is said: nothing of what the customer knows, feels or wants."""
    case = exercise.played
    tables = dict.fromkeys(d.table for d in case.desk)
    return {
        "name": case.persona.name,
        "persona": case.persona.kind,
        "domain": case.domain,
        "channel": case.channel,
        "brief": case.task,
        "clock": case.clock,
        "mood": exercise.mood == "shown",
        "seed": exercise.seed,
        "tables": list(tables),
        "voice": _settings() is not None,
        "limits": {
            "moves": MOST_MOVES,
            "reply": LONGEST if case.channel in ("email", "review") else SPOKEN,
            "text": MOST_TEXT,
            "tries": MOST_TRIES,
            "seed": MOST_SEED,
        },
        "waits": list(WAITS),
    }


def respond(exercise: Roleplay, value: Value, name: str, asked: Mapping[str, Any]) -> Value:
    """The answer to the screen's question; one that can't be understood is answered with `refused`."""
    try:
        question = _Asked.model_validate(dict(asked))
    except ValidationError as error:
        return {"key": asked.get("key", 0) if isinstance(asked.get("key"), int) else 0, "refused": one_line(error)}
    found = ANSWERS[name](exercise, question) if name in ANSWERS else {"refused": f"{name!r} is no question"}
    return {"key": question.key, **found}


def _talk(exercise: Roleplay, asked: _Asked) -> Talk:
    return replayed(exercise.played, asked.seed if exercise.seed is None else exercise.seed, asked.moves)


# --- the talk -----------------------------------------------------------------------------------------------------


def _told(exercise: Roleplay, asked: _Asked) -> Value:
    """The talk from turn `since` + 1 on, and how it stands."""
    talk = _talk(exercise, asked)
    open_ = exercise.mood == "shown"
    first = replayed(talk.case, talk.seed, ())
    return {
        "opening": {"text": first.opening, "clock": first.time, "mood": _mood(first) if open_ else None},
        "turns": [_turn(t, talk.case, open_) for t in talk.turns[asked.since :]],
        "number": len(talk.turns),
        "stage": talk.stage,
        "mood": _mood(talk) if open_ else None,
        "clock": talk.time,
        "end": talk.end,
        "full": not talk.end and len(asked.moves) >= MOST_MOVES,
        "accepted": bool(talk.state.accepted),
    }


def _turn(turn: Turn, case: Case, open_: bool) -> Value:
    return {
        "n": turn.number,
        "clock": shown(minutes_of(case.clock) + turn.minute),
        "waited": waited(turn.reply),
        "text": turn.text,
        "mood": {f: round(x) for f, x in turn.mood.levels.items()} if open_ else None,
        "stage": turn.stage,
        "sum": checksum(turn),
    }


def _mood(talk: Talk) -> dict[str, int]:
    return {f: round(x) for f, x in talk.mood.levels.items()}


def checksum(turn: Turn) -> int:
    """A fingerprint of what the customer says in a turn, to notice a replay that goes another way."""
    return zlib.crc32(turn.text.encode("utf-8")) & 0xFFFF


def _listen(exercise: Roleplay, asked: _Asked) -> Value:
    """Read ahead while the trainee thinks: the next reply is then answered in half the time."""
    ready(_talk(exercise, asked))
    return {}


@lru_cache(maxsize=1)
def _settings() -> Any:
    """The endpoint that the environment names; None where it names none that can be used."""
    try:
        return settings_of_environment()
    except EndpointError:
        return None


@lru_cache(maxsize=1)
def _voice() -> Voice | None:
    """One voice for a kernel: it remembers how often the endpoint failed."""
    settings = _settings()
    return Voice(settings) if settings else None


def _speak(exercise: Roleplay, asked: _Asked) -> Value:
    """The last turn in the model's words, or in the case's own with `trouble` in its way."""
    talk, voice = _talk(exercise, asked), _voice()
    if voice is None or not talk.turns:
        return {"text": talk.customer, "by": "offline"}
    spoken = voice.speak(talk, asked.said or None)
    return {"text": spoken.text, "by": spoken.by}


# --- back office, ticket, hint ------------------------------------------------------------------------------------


def _look(exercise: Roleplay, asked: _Asked) -> Value:
    """Rows of the back office: a table's, or those that hold the words that were typed."""
    rows = exercise.played.desk
    found = [d for d in rows if d.table == asked.table] if asked.table else _search(rows, asked.query)
    return {
        "table": asked.table,
        "query": asked.query,
        "rows": [{"table": d.table, "label": d.label, "value": d.value} for d in found],
    }


def _search(rows: tuple[Desk, ...], query: str) -> list[Desk]:
    """Rows with all the words, or else those that share most pairs of characters with the query."""
    words = query.split()
    texts = [(d, f"{d.label}{d.value}") for d in rows]
    found = [d for d, text in texts if words and all(w in text for w in words)]
    if found:
        return found
    pairs = {w[i : i + 2] for w in words for i in range(len(w) - 1)}
    shared = [(sum(p in text for p in pairs), d) for d, text in texts]
    most = max((n for n, _ in shared), default=0)
    return [d for n, d in shared if n and n == most]


def _ticket(exercise: Roleplay, asked: _Asked) -> Value:
    """The number under which the ticket was opened, and when."""
    talk = _talk(exercise, asked)
    number = zlib.crc32(f"{exercise.id}/{talk.seed}".encode()) % 10_000
    return {"ticket": f"GD{talk.time.replace(':', '')}-{number:04}", "clock": talk.time}


def ticket_text(ticket: Mapping[str, Any] | None) -> str:
    """The ticket as whoever takes it over reads it; "" for none."""
    rows = ((label, str((ticket or {}).get(key, "")).strip()) for label, key in _FIELDS)
    return "\n".join(f"{label}：{words}" for label, words in rows if words)


_FIELDS = (("情况", "what"), ("要做的", "who"), ("答应客户的时间", "by"))


def _hint(exercise: Roleplay, asked: _Asked) -> Value:
    """Hint `number` (0, 1, 2) for the situation."""
    found = nudges(_talk(exercise, asked), asked.looked)[:MOST_HINTS]
    number = min(asked.number, len(found) - 1)
    return {"hint": found[number].say.model_dump(), "number": number, "more": number + 1 < len(found)}


# --- looking back -------------------------------------------------------------------------------------------------


def _debrief(exercise: Roleplay, asked: _Asked) -> Value:
    """The debrief, once the talk is over or the trainee has ended it."""
    talk = _talk(exercise, asked)
    over = bool(talk.end) or asked.done or len(asked.moves) >= MOST_MOVES
    if not over or not talk.turns:
        return {"debrief": None}
    text = ticket_text(asked.ticket)
    parts = handover(text).parts if text else {}
    lacking = [parts[p].advice.model_dump() for p in TICKET_PARTS if p in parts and not parts[p].present]
    return {"debrief": data(debrief(talk)), "lacking": lacking}


def _tries(exercise: Roleplay, asked: _Asked) -> Value:
    """How other tries went, in short; one that can't be read is left out."""
    rows = []
    for row in asked.tries:
        try:
            one = _Asked.model_validate({"seed": row.get("seed") or 0, "moves": row.get("moves") or ()})
        except ValidationError:
            continue
        talk = _talk(exercise, one)
        first = replayed(talk.case, talk.seed, ())
        used = {f.item for t in talk.turns if t.heard for f in t.heard.findings if f.item in exercise.techniques}
        rows.append(
            {"turns": len(talk.turns), "end": talk.end, "from": _mood(first), "to": _mood(talk), "used": len(used)}
        )
    return {"tries": rows, "of": len(exercise.techniques)}


ANSWERS: dict[str, Callable[[Any, _Asked], Value]] = {
    "talk": _told,
    "listen": _listen,
    "speak": _speak,
    "look": _look,
    "ticket": _ticket,
    "hint": _hint,
    "debrief": _debrief,
    "tries": _tries,
}
