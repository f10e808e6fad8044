"""The customer's mood: four feelings from 0 to 100, and the rules by which what was heard moves them.

The rules are data (`moods.toml`): which finding or event moves what by how much. How much that is in a talk depends on
the person (`feels`, `calms` of the case; `personas` of a rule), on the feeling they are in, on the order (comfort
before facts), and on how often it came: relief fades when repeated, harm grows. Every change keeps its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import Field, field_validator

from csworkshop.practice.condition import FEELINGS, Feeling, Tone
from csworkshop.practice.parts import Part, Who
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.scenario import Emotion, Persona
from csworkshop.text.datafile import DataFileError, read_as

FILE = Path(__file__).with_name("moods.toml")
SMALLEST = 0.5  # smaller changes aren't told
TONE_OF: dict[Feeling, Tone] = {"anger": "angry", "anxiety": "anxious", "disappointment": "let_down"}
EMOTION_OF: dict[Tone, Emotion] = {
    "angry": "anger", "anxious": "anxiety", "let_down": "disappointment", "calm": "calm", "warm": "calm",
}  # fmt: skip


@dataclass(frozen=True)
class Mood:
    """Levels from 0 to 100; trust is the one that is good to have."""

    anger: float
    anxiety: float
    disappointment: float
    trust: float

    @property
    def levels(self) -> dict[Feeling, float]:
        return {f: getattr(self, f) for f in FEELINGS}

    def tone(self) -> Tone:
        """How the customer speaks: the leading bad feeling, or calm, or warm."""
        worst = max(TONE_OF, key=lambda f: self.levels[f])
        if self.levels[worst] >= table().loud:
            return TONE_OF[worst]
        return "warm" if self.trust >= table().warm else "calm"

    def emotion(self) -> Emotion:
        """The same in the checker's words."""
        return EMOTION_OF[self.tone()]


class Rule(Part):
    """What one item does. `facts` says that it relieves little until the feelings were heard."""

    moves: dict[Feeling, float] = Field(min_length=1)
    fades: float = Field(default=0.5, ge=0, le=1)
    grows: float = Field(default=1.2, ge=1, le=2)
    facts: bool = False
    tones: dict[Tone, float] = Field(default={})
    personas: dict[Persona, float] = Field(default={})
    reason: Bilingual


class Table(Part):
    """The whole file.

    `unheard` multiplies relief by facts before comfort, `late` relief by comfort after facts; `most` and `most_trust`
    are how far one reply can better a feeling, `worst` how far it can worsen one.
    """

    loud: float
    warm: float
    unheard: float = Field(ge=0, le=1)
    late: float = Field(ge=0, le=1)
    most: float = Field(gt=0)
    most_trust: float = Field(gt=0)
    worst: float = Field(gt=0)
    rules: dict[str, Rule]

    @field_validator("rules")
    @classmethod
    def _every_move_counts(cls, rules: dict[str, Rule]) -> dict[str, Rule]:
        for item, rule in rules.items():
            if not any(rule.moves.values()):
                raise ValueError(f"{item}.moves: at least one feeling must move")
        return rules


@dataclass(frozen=True)
class Happening:
    """Something that moves the mood: a rule's id, the trainee's words for it, how sure it is, and a factor."""

    item: str
    words: tuple[str, ...] = ()
    sure: float = 1.0
    factor: float = 1.0


@dataclass(frozen=True)
class Change:
    """One feeling moved by `delta`, by what, with which words, and why; `nth` says how often it had come with this."""

    item: str
    feeling: Feeling
    delta: float
    words: tuple[str, ...]
    nth: int
    reason: Bilingual


def moved(
    mood: Mood, happenings: Sequence[Happening], counts: Mapping[str, int], who: Who, heard: bool
) -> tuple[Mood, tuple[Change, ...]]:
    """The mood after `happenings`, in their order, and every change with its reason.

    `counts` says how often each item had come before; `heard`, whether the customer's feelings have been heard.
    """
    levels, changes, tone = dict(mood.levels), [], mood.tone()
    came = Counter(dict(counts))
    relief, harm = dict.fromkeys(FEELINGS, 0.0), dict.fromkeys(FEELINGS, 0.0)
    for event in happenings:
        rule = table().rules.get(event.item)
        if rule is None:
            continue
        came[event.item] += 1
        nth = came[event.item]
        for feeling, by in rule.moves.items():
            good = (by > 0) == (feeling == "trust")
            delta = by * event.sure * event.factor * rule.tones.get(tone, 1.0) * rule.personas.get(who.kind, 1.0)
            if good:
                delta *= rule.fades ** (nth - 1) * who.calms.get(feeling, 1.0)
                delta *= table().unheard if rule.facts and not heard and feeling != "anxiety" else 1.0
                left = (table().most_trust if feeling == "trust" else table().most) - relief[feeling]
                delta = min(delta, left) if delta > 0 else max(delta, -left)
                relief[feeling] += abs(delta)
            else:
                delta *= min(rule.grows ** (nth - 1), 2.0) * who.feels.get(feeling, 1.0)
                left = table().worst - harm[feeling] if event.item != "caught" else 100.0
                delta = min(delta, left) if delta > 0 else max(delta, -left)
                harm[feeling] += abs(delta)
            change = _within(levels[feeling], delta)
            if abs(change) >= SMALLEST:
                levels[feeling] += change
                changes.append(Change(event.item, feeling, round(change, 1), event.words, nth, rule.reason))
    return Mood(**levels), tuple(changes)


def shifted(
    mood: Mood, moves: Mapping[Feeling, float], item: str, reason: Bilingual
) -> tuple[Mood, tuple[Change, ...]]:
    """The mood after plain `moves`, as a beat or an event of the case brings them."""
    levels, changes = dict(mood.levels), []
    for feeling, by in moves.items():
        change = _within(levels[feeling], by)
        levels[feeling] += change
        changes.append(Change(item, feeling, round(change, 1), (), 1, reason))
    return Mood(**levels), tuple(changes)


def _within(level: float, delta: float) -> float:
    return min(max(level + delta, 0.0), 100.0) - level


@lru_cache(maxsize=1)
def table() -> Table:
    """The rules that ship with the kit."""
    return read_table(FILE)


def read_table(path: Path) -> Table:
    """The rules of a file; DataFileError names what is wrong."""
    from csworkshop.practice.case import PLAIN_FLAGS
    from csworkshop.practice.parts import SITUATIONS
    from csworkshop.techniques.catalogue import catalogue

    found = read_as(path, Table)
    allowed = {*catalogue().items, *SITUATIONS, *PLAIN_FLAGS}
    for item in found.rules:
        if item not in allowed:
            raise DataFileError(
                path, f"rules.{item}", f"is nothing that happens; allowed: {', '.join(sorted(allowed))}"
            )
    return found
