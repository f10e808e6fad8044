"""Whether an agent took the steps in their order: take up the feeling, find out, offer, close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from csworkshop.practice.customer import start
from csworkshop.practice.debrief_words import sentences
from csworkshop.practice.talk import Talk, Turn
from csworkshop.techniques.catalogue import Bilingual

Doing = Literal["emotion", "problem", "solution", "close"]
ORDER: tuple[Doing, ...] = ("emotion", "problem", "solution", "close")
SHOWS: dict[Doing, tuple[str, ...]] = {  # items that are this step
    "emotion": ("empathy", "own"),
    "problem": ("confirm_understanding", "ask_need", "restate"),
    "solution": (),
    "close": ("follow_up", "contact", "check_resolved"),
}


@dataclass(frozen=True)
class Moment:
    """When a step was first taken (turn 0: never) and in which words; `ok` says whether it came, and not too early."""

    stage: Doing
    name: Bilingual
    turn: int
    words: str
    ok: bool
    why: Bilingual | None


def moments(talk: Talk) -> tuple[Moment, ...]:
    """The four steps of a talk."""
    said = sentences()
    calm = start(talk.case, talk.seed).state.had("heard")
    accepted = next((t.number for t in talk.turns if "accepted" in t.flags), 0)
    found: list[Moment] = []
    latest = 0
    for stage in ORDER:
        turn, words = next(_shown(talk, stage, accepted), (0, ""))
        why: Bilingual | None = None
        ok = turn > 0 and turn >= latest
        if not turn and stage == "emotion" and calm:
            ok, why = True, said.stage_needless[stage]
        elif not turn:
            why = said.stage_missing[stage]
        elif not ok:
            why = said.stage_early[stage]
        latest = max(latest, turn)
        found.append(Moment(stage, said.stages[stage], turn, words, ok, why))
    return tuple(found)


def _shown(talk: Talk, stage: Doing, accepted: int) -> Iterator[tuple[int, str]]:
    """Turns in which a step was taken, with the words that show it."""
    for turn in talk.turns:
        if turn.heard is None or turn.heard.gate or (stage == "close" and not 0 < accepted <= turn.number):
            continue
        item = next((i for i in SHOWS[stage] if turn.heard.has(i)), "")
        if item or _came(talk, turn, stage):
            yield turn.number, next(iter(turn.heard.words(item)), "")


def _came(talk: Talk, turn: Turn, stage: Doing) -> bool:
    """Whether a flag of the turn shows the step."""
    if stage == "problem":
        return any(f.startswith("asked:") for f in turn.flags)
    allowed = {f"offered:{o.id}" for o in talk.case.options if o.allowed}
    return stage == "solution" and bool(allowed & set(turn.flags))
