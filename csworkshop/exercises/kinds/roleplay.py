"""Role-play: a whole talk with a simulated customer, in chat bubbles, marked by replaying the trainee's replies.

An answer is the seed and the trainee's replies; everything that the customer says, feels and decides is made again
from them, here and in the browser's questions (`roleplay_world.py`). With a language model in the customer's seat its
wording is kept in `spoken` for whoever reads the talk, and counts for nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from csworkshop.exercises import roleplay_world as world
from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.debrief import talk_html
from csworkshop.exercises.definition import Activity
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Marks
from csworkshop.exercises.roleplay_card import Weights, card_lines
from csworkshop.exercises.roleplay_world import LONGEST, MOST_MOVES, MOST_SEED, MOST_TRIES
from csworkshop.practice.agents import Agents, agents_file, play, read_agents
from csworkshop.practice.agents import Kind as AgentKind
from csworkshop.practice.case import Case, UnknownCase, load_case
from csworkshop.practice.debriefing import debrief
from csworkshop.practice.replays import replayed
from csworkshop.practice.talk import Talk
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.checker import Level
from csworkshop.text.datafile import DataFileError
from csworkshop.text.language import LANGUAGES, say

SEEDS, WELL = 6, 0.95  # days on which the strategies are tried until one of them is marked so well


class Roleplay(Activity):
    """A talk with the customer of `case` (data/roleplay).

    `mood`        "shown": a meter beside the talk; "hidden": the trainee has to read it from the words
    `seed`        a number: the same day for everybody (an examination); left out: each try has a day of its own
    `techniques`  those that this talk calls for; each counts once it was heard
    `critical`    faults that fail the whole talk
    `weights`     what the lines of the scorecard count
    `strategy`    which of the case's strategies is the model answer (default: the one that is marked best)
    """

    kind: Literal["roleplay"]
    case: str
    mood: Literal["shown", "hidden"] = "shown"
    seed: int | None = Field(default=None, ge=0, le=MOST_SEED)
    techniques: tuple[str, ...] = Field(min_length=3, max_length=16)
    critical: tuple[str, ...] = ("rude", "privacy")
    weights: Weights = Weights()
    strategy: str = ""

    @field_validator("case")
    @classmethod
    def _there(cls, case: str) -> str:
        try:
            load_case(case)
        except (UnknownCase, DataFileError) as error:
            raise ValueError(str(error)) from None
        return case

    @model_validator(mode="after")
    def _known(self) -> Roleplay:
        for key, named, kind in (("techniques", self.techniques, "technique"), ("critical", self.critical, "fault")):
            allowed = [i.id for i in catalogue().items.values() if i.type == kind]
            for n, item in enumerate(named):
                if item not in allowed or item in named[:n]:
                    raise ValueError(
                        f"{key}[{n}]: {item!r} is not allowed here, or twice; allowed: {', '.join(allowed)}"
                    )
        return self

    @property
    def played(self) -> Case:
        return load_case(self.case)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.trains, *self.techniques)))


Reply = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Count = Annotated[int, Field(ge=0, le=MOST_MOVES)]


class _Try(AnswerForm):
    """One try: the day, and the replies in their order (`/等 30` lets time pass)."""

    seed: int | None = Field(default=None, ge=0, le=MOST_SEED)
    moves: tuple[Reply, ...] = Field(default=(), max_length=MOST_MOVES)


class _Look(AnswerForm):
    """A look into the back office before reply `at` + 1: at a table, or for words."""

    at: Count = 0
    table: str = Field(default="", max_length=20)
    query: str = Field(default="", max_length=40)


class _Ticket(AnswerForm):
    """The ticket that was opened from the talk after reply `at`."""

    at: Count = 0
    what: str = Field(default="", max_length=300)
    who: str = Field(default="", max_length=300)
    by: str = Field(default="", max_length=120)


class _Answer(_Try):
    """What is kept of the talk. Only `seed`, `moves` and `ticket` count."""

    seen: tuple[Annotated[int, Field(ge=0, le=0xFFFF)], ...] = Field(default=(), max_length=MOST_MOVES)
    spoken: dict[Annotated[str, Field(pattern=r"^\d{1,2}$")], Annotated[str, Field(max_length=200)]] = Field(
        default={}, max_length=MOST_MOVES
    )
    looks: tuple[_Look, ...] = Field(default=(), max_length=80)
    pauses: tuple[Count, ...] = Field(default=(), max_length=80)
    hints: tuple[Count, ...] = Field(default=(), max_length=80)
    ticket: _Ticket | None = None
    draft: str = Field(default="", max_length=LONGEST)
    done: bool = False
    earlier: tuple[_Try, ...] = Field(default=(), max_length=MOST_TRIES)


def _answer(value: Value, exercise: Roleplay) -> Value:
    said = checked(_Answer, value)
    return said.model_dump(exclude_defaults=True, mode="json")


def _talk(value: Value, exercise: Roleplay) -> Talk:
    """The talk that the answer makes."""
    seed = exercise.seed if exercise.seed is not None else value.get("seed", 0)
    return replayed(exercise.played, seed, value.get("moves", ()))


def _mark(value: Value, exercise: Roleplay, level: Level) -> Marks:
    """Marked by the talk as the screen had it: at level `full` always, since another level hears another talk."""
    talk = _talk(value, exercise)
    if not talk.turns:
        nothing = Bilingual(zh="还没有说过一句话。", en="Nothing has been said yet.")
        name = Bilingual(**{lang: say("roleplay_card.end", lang) for lang in LANGUAGES})
        return marks(exercise, [line("end", name, 0.0, 1.0, nothing)])
    ticket = world.ticket_text(value.get("ticket"))
    found = debrief(talk, better=False)
    lines = card_lines(talk, found, exercise.weights, exercise.techniques, exercise.critical, ticket)
    shown = value.get("seen", ())
    differs = next((n for n, (a, t) in enumerate(zip(shown, talk.turns, strict=False), 1) if a != world.checksum(t)), 0)
    if differs:
        name, reason = (
            Bilingual(**{lang: say(f"roleplay_card.{key}", lang, n=differs) for lang in LANGUAGES})
            for key in ("replay", "replay_differs")
        )
        lines.append(line("replay", name, 0.0, 0.0, reason, state="unsure"))
    return marks(exercise, lines)


def _show(value: Value, exercise: Roleplay, lang: str) -> str:
    """The talk and its debrief for a page: what an instructor reads and comments on."""
    talk = _talk(value, exercise)
    if not talk.turns:
        return ""
    return talk_html(
        talk, lang, spoken=value.get("spoken", {}), ticket=value.get("ticket"), earlier=value.get("earlier", ())
    )


# --- answers for the author's checks ------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _played(case_id: str, kind: AgentKind, strategy: str, seed: int) -> Talk:
    """A talk of one of the case's agents on one day."""
    case = load_case(case_id)
    return play(case, _agents(case_id), kind, seed, strategy)


@lru_cache(maxsize=64)
def _agents(case_id: str) -> Agents:
    return read_agents(agents_file(case_id), load_case(case_id))


def _value(talk: Talk) -> Value:
    return {"seed": talk.seed, "moves": list(talk.replies), "done": True}


def _model(exercise: Roleplay) -> Value:
    """The talk of the case's strategies that is marked best: the exercise's strategy and day, if it names them."""
    strategies = [exercise.strategy] if exercise.strategy else [s.id for s in _agents(exercise.case).model]
    days = [exercise.seed] if exercise.seed is not None else range(1, SEEDS + 1)
    best: tuple[float, Value] = (-1.0, {})
    for day in days:
        for strategy in strategies:
            value = _with_ticket(_played(exercise.case, "model", strategy, day), exercise)
            best = max(best, (_mark(value, exercise, "full").score, value), key=lambda row: row[0])
        if best[0] >= WELL:
            break
    return best[1]


def _with_ticket(talk: Talk, exercise: Roleplay) -> Value:
    """An agent's talk as an answer, with a ticket where one is asked for."""
    if not exercise.weights.ticket:
        return _value(talk)
    case = exercise.played
    taken = next((o.title.zh for o in case.options if o.id == talk.state.accepted), "")
    known = "；".join(f"{d.label}：{d.value}" for d in case.desk if d.table in ("order", "account"))
    promised = "；".join(p.words for p in talk.state.promises)
    fields = {
        "what": f"{known}。{talk.opening}"[:300],
        "who": f"请按客户选定的办理：{taken}。"[:300],
        "by": promised[:120],
    }
    return {**_value(talk), "ticket": {"at": len(talk.turns), **fields}}


def _poor(exercise: Roleplay) -> list[Value]:
    """Said nothing; cold; key words in piles; friendly and untrue; the model's first reply alone."""
    kinds: tuple[AgentKind, ...] = ("cold", "stuffer", "liar")
    day = exercise.seed if exercise.seed is not None else 1
    model = _model(exercise)
    first = {**model, "moves": model["moves"][:1]}
    return [{"seed": day, "done": True}, *(_value(_played(exercise.case, k, "", day)) for k in kinds), first]


KIND = Kind(
    "roleplay",
    Roleplay,
    _mark,
    _answer,
    world.screen,
    _model,
    _poor,
    respond=world.respond,
    withheld=world.TELLING,
    slow=world.SLOW,
    show=_show,
    scripts=tuple(
        f"roleplay_{name}.js" for name in ("mood", "log", "compose", "desk", "end", "flow", "curve", "steps", "debrief")
    ),
    styles=("roleplay_debrief.css",),
)
