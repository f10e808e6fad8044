"""What would have gone better in the two turns that went worst: tried out on the very customer, not guessed.

A reply of one of the case's strategies that fits the talk as it stood is said to the customer as they were then; it is
shown if it does clearly more good than the trainee's did. Otherwise the advice that belongs to what went wrong is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from csworkshop.practice.agents import Agents, agents_file, read_agents
from csworkshop.practice.condition import FEELINGS, When
from csworkshop.practice.customer import say
from csworkshop.practice.debrief_words import sentences
from csworkshop.practice.mood import Change, Mood
from csworkshop.practice.replays import beginnings
from csworkshop.practice.statements import match
from csworkshop.practice.talk import Talk, Turn
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.text.normalise import fold

MOST = 2  # turns that are looked at again
WELL = 12.0  # all feelings together: a reply that does so much good needs no better one
TRIED = 4  # replies that are tried out for one turn
CLEARLY = 6.0  # how much more good a reply must do to be shown
BY_CAUSE = (
    "pile", "not_for_me", "template", "same_again", "broken", "ignored", "already_said", "waited",
)  # fmt: skip


@dataclass(frozen=True)
class Better:
    """A turn looked at again: why it went badly, and a reply that would have gone better.

    `words` is "" where no strategy fits; `mood` and `customer` are what the reply would have brought.
    """

    turn: int
    before: Mood
    after: Mood
    why: tuple[Bilingual, ...]
    advice: tuple[Bilingual, ...]
    words: str = ""
    mood: Mood | None = None
    customer: str = ""


def better_moves(talk: Talk, most: int = MOST) -> tuple[Better, ...]:
    """The worst turns in their order, each with what would have gone better."""
    stood = beginnings(talk)
    turns = [(t, gain(stood[n].mood, t.mood)) for n, t in enumerate(talk.turns)]
    worst = sorted((row for row in turns if row[1] < WELL and not _settled(row[0])), key=lambda row: row[1])[:most]
    agents = _agents(talk)
    found: list[Better] = []
    for turn, _ in sorted(worst, key=lambda row: row[0].number):
        found.append(_better(stood[turn.number - 1], turn, agents, {b.words for b in found}))
    return tuple(found)


def _settled(turn: Turn) -> bool:
    """Whether a turn needs no other words: it ended the talk well, or let time pass without harm."""
    return turn.end in ("resolved_loyal", "resolved_cool") or (turn.heard is None and "waited" not in _harm(turn))


def _hurts(change: Change) -> bool:
    return (change.delta > 0) != (change.feeling == "trust")


def _harm(turn: Turn) -> set[str]:
    return {"waited" if c.item == "waiting" else c.item for c in turn.changes if _hurts(c)}


def _better(before: Talk, turn: Turn, agents: Agents | None, told: set[str]) -> Better:
    why, advice = _why(turn)
    found = Better(turn.number, before.mood, turn.mood, why, advice)
    tried = [say(before, words) for words in _candidates(before, agents) if words not in told]
    least = max(gain(before.mood, turn.mood) + CLEARLY, 0.0)
    tried = [t for t in tried if gain(before.mood, t.mood) >= least and t.end not in ("escalated", "lost")]
    if not tried:
        return found
    best = max(tried, key=lambda t: gain(before.mood, t.mood))
    last = best.turns[-1]
    return Better(turn.number, before.mood, turn.mood, why, advice, last.reply, best.mood, last.text)


def _why(turn: Turn) -> tuple[tuple[Bilingual, ...], tuple[Bilingual, ...]]:
    """What hurt in a turn, or was missing, and what to do about it; two of each at most."""
    items, said = catalogue().items, sentences().better
    hurt = sorted((c for c in turn.changes if _hurts(c)), key=lambda c: -abs(c.delta))
    reasons = dict.fromkeys((c.reason.zh, c.reason.en) for c in hurt)
    advice = [_caught(turn)] if "caught" in turn.flags else []
    advice += [said[cause] for cause in BY_CAUSE if cause in _harm(turn) or cause in turn.flags]
    advice += [items[i].advice for i in dict.fromkeys(c.item for c in hurt) if i in items]
    advice += [items[i].advice for i in turn.missed]
    if not advice and "nothing_new" in turn.flags:
        advice.append(said["nothing_new"])
    why = [Bilingual(zh=zh, en=en) for zh, en in reasons] or [said["slow"]]
    return tuple(why[:2]), tuple(advice[:2])


def _caught(turn: Turn) -> Bilingual:
    """What is said of an untruth that came out: where it was told."""
    lie = max((x for x in turn.lies if x.fate == "caught"), key=lambda x: x.out)
    text = sentences().better["caught"]
    return Bilingual(**{lang: text[lang].format(n=lie.turn, words=lie.words or "…") for lang in ("zh", "en")})


def _candidates(before: Talk, agents: Agents | None) -> Iterator[str]:
    """What the strategies would say next: to the customer's question first; nothing that isn't known yet."""
    if agents is None:
        return
    case, state, said = before.case, before.state, set(before.replies)
    found: list[str] = []
    for strategy in agents.model:
        steps = [s for s in strategy.steps if not said & set(s.say)]
        asked = [s for s in steps if s.asking and s.asking == state.asking]
        next_ = [s for s in steps if not s.asking and s.when.holds(state)]
        if state.had("heard"):  # the opening comforts; who has done that goes on
            next_ = [s for s in next_ if s.when != When()] or next_
        found += [s.say[before.seed % len(s.say)] for s in [*asked, *next_[: 2 if state.had("heard") else 1]]]
    hidden = not any(state.had(f) for w in case.hidden.unlocked for f in ("hidden", "met", *w.did))
    yield from [w for w in dict.fromkeys(found) if not (hidden and match(case.hidden.met, fold(w).text))][:TRIED]


def _agents(talk: Talk) -> Agents | None:
    """The case's strategies; None for a case that has none (an instructor's own)."""
    path = agents_file(talk.case.id)
    return read_agents(path, talk.case) if path.exists() else None


def gain(before: Mood, after: Mood) -> float:
    """How much better the mood is, all four feelings together."""
    changes = {f: after.levels[f] - before.levels[f] for f in FEELINGS}
    return round(sum(by if f == "trust" else -by for f, by in changes.items()), 1)
