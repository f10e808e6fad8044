"""The simulated customer: a talk is a fold over the trainee's replies. Same case, seed and replies: the same talk.

`start` opens a talk, `say` answers a reply, `replay` makes a talk again from the replies that an answer file holds.
What a reply says comes from the one checker and the case (`hearing.py`), what it does to the customer from `mood.py`,
what the customer says from the case's own lines (`answering.py`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from csworkshop.practice.answering import Occasion, answer
from csworkshop.practice.case import ENDINGS, GOOD_ENDS, Case, Ending
from csworkshop.practice.clock import minutes_of, waited
from csworkshop.practice.condition import FEELINGS, STAGES
from csworkshop.practice.consequences import (
    accept,
    asked_of,
    beat_now,
    event_now,
    happenings,
    lies_out,
    lies_told,
    missed,
    progress,
    promises_after,
)  # fmt: skip
from csworkshop.practice.hearing import Heard, hear, scenario_of
from csworkshop.practice.mood import Change, Happening, Mood, moved, shifted
from csworkshop.practice.talk import Lie, Part, State, Talk, Turn
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level, check

CALM = 40.0  # whoever feels no worse than this needs no comfort before facts
JITTER, LONGER = 4.0, 6  # seeds differ so much in how people feel; turns more, once something was accepted
EVENT = Bilingual(zh="事情有了变化", en="something happened")
LONGEST = 2000  # characters of a reply that are heard


class TalkOver(ValueError):
    """The customer has left; nothing more can be said."""


def start(case: Case, seed: int = 0) -> Talk:
    """A new talk: the customer has said the first words."""
    rng = random.Random(f"{case.id}/{seed}/start")
    levels = {f: min(max(case.mood.get(f, 0.0) + rng.uniform(-JITTER, JITTER), 0.0), 100.0) for f in FEELINGS}
    opening = rng.choice(case.opening).say
    calm = all(levels[f] < CALM for f in FEELINGS if f != "trust")
    counts = {"stage:greeting": 1} | ({"heard": 1} if calm else {})
    return Talk(case, seed, opening, State(Mood(**levels), "greeting", counts=counts, used=frozenset({opening})))


def replay(case: Case, seed: int, replies: Iterable[str], level: Level = "full") -> Talk:
    """The talk that these replies make; replies after its end are left out."""
    talk = start(case, seed)
    for reply in replies:
        if talk.end:
            break
        talk = say(talk, reply, level)
    return talk


def ready(talk: Talk, level: Level = "full") -> None:
    """Read the customer's last words ahead, while the trainee thinks: the next `say` then takes half as long."""
    if not talk.end:
        check("您好", scenario_of(talk.case, talk.words, talk.mood.emotion()), level)


def say(talk: Talk, reply: str, level: Level = "full") -> Talk:
    """The talk after `reply`, with the customer's answer; TalkOver if it has ended.

    `/等 30` (or `/wait 30`) lets 30 minutes pass instead.
    """
    if talk.end:
        raise TalkOver("the customer has left this talk")
    minutes = waited(reply)
    state = replace(talk.state, turn=talk.state.turn + 1, minute=talk.state.minute + (minutes or talk.case.pace))
    if minutes is not None:
        return _after(talk, reply, None, state, minutes)
    scenario = scenario_of(talk.case, talk.words, talk.mood.emotion())
    now = minutes_of(talk.case.clock) + state.minute
    before = [t.reply for t in talk.turns if t.heard]
    return _after(
        talk,
        reply,
        hear(
            reply[:LONGEST],
            talk.case,
            scenario,
            before,
            now,
            level,
            closing=bool(talk.state.accepted),
            comforted=talk.state.had("heard"),
        ),
        state,
        0,
    )


def _after(talk: Talk, reply: str, heard: Heard | None, state: State, minutes: int) -> Talk:
    """The fold's step: flags, promises, lies, mood, stage, acceptance, end, and the answer."""
    case, before, rng = talk.case, talk.state, random.Random(f"{talk.case.id}/{talk.seed}/{state.turn}")
    now, flags = Occasion(heard), Counter[str]()
    now.asked, now.again = asked_of(heard, before)
    now.first = frozenset(f.item for f in heard.findings if not before.had(f.item)) if heard else frozenset()
    state = promises_after(state, heard, now, flags)
    state = lies_told(state, heard, case, now, flags, rng)
    progress(state, heard, case, now, flags)
    events = happenings(heard, state, now, flags, minutes)
    mood, changes = moved(state.mood, events, before.counts, case.persona, _heard_first(heard, before))
    state = replace(state, mood=mood, counts=_added(before.counts, flags))
    state, more = _caught(state, case, now, lies_out(state), flags)
    changes += more
    if not now.caught:
        state, more = _chosen(talk, state, heard, now, flags)
        changes += more
    state, more, now, flags, parts = _answered(talk, state, now, flags)
    changes += more
    turn = Turn(
        number=state.turn,
        reply=reply,
        minute=state.minute,
        heard=heard,
        changes=changes,
        mood=state.mood,
        tone=state.mood.tone(),
        stage=state.stage,
        flags=tuple(sorted(f for f, n in flags.items() if n)),
        missed=missed(before, heard),
        promises=state.promises,
        lies=state.lies,
        parts=parts,
        end=now.end,
    )
    return replace(talk, state=state, turns=(*talk.turns, turn))


def _answered(
    talk: Talk, state: State, now: Occasion, flags: Counter[str]
) -> tuple[State, tuple[Change, ...], Occasion, Counter[str], tuple[Part, ...]]:
    """The answer, and the state with what the customer brought up in it: only what was really said has come up."""
    silent: set[str] = set()
    while True:
        occasion, new = replace(now), Counter(flags)
        after, changes, parts = _told(talk, state, occasion, new, silent)
        said = {p.key for p in parts}
        unsaid = {"hidden"} if occasion.unlocked and "hidden.says" not in said else set()
        if occasion.beat and f"beats.{occasion.beat.id}.says" not in said:
            unsaid.add(f"beat:{occasion.beat.id}")
        if not unsaid:
            break
        silent |= unsaid
    untold = {f"asked:{i}": 1 for i in occasion.asked if f"knows.{i}.says" not in said}
    if untold and not occasion.end:  # something else came in between; to be asked again
        after, new = replace(after, counts=_without(after.counts, untold)), new - Counter(untold)
    return after, changes, occasion, new, parts


def _told(
    talk: Talk, state: State, now: Occasion, flags: Counter[str], silent: Collection[str]
) -> tuple[State, tuple[Change, ...], tuple[Part, ...]]:
    """What happens of itself, stage, end, and the answer; `silent` are flags that there is no room for."""
    case = talk.case
    state, changes = _happened(state, case, now, flags, silent)
    state = _flagged(_staged(state, case), case, talk.seed, flags)
    now.end = _ended(case, state)
    if now.end in GOOD_ENDS and any(x.fate == "pending" for x in state.lies):
        now.end = None  # before hanging up the customer checks what was said
        pending = tuple(x for x in state.lies if x.fate == "pending")
        state, more = _caught(state, case, now, pending, flags)
        changes += more
        now.end = _ended(case, state)
    parts, state = answer(now, case, state, talk.seed)
    if not parts:  # whoever has nothing left to say goes
        flags["nothing_left"] += 1
        state = replace(state, counts=_added(state.counts, {"nothing_left": 1}))
        now.end = _ended(case, state) or ("escalated" if state.mood.anger >= 50 else "lost")
        parts, state = answer(now, case, state, talk.seed)
    return state, changes, parts


def _without(counts: Mapping[str, int], flags: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(dict(counts)) - Counter(dict(flags)))


def _added(counts: Mapping[str, int], flags: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(dict(counts)) + Counter(dict(flags)))


def _heard_first(heard: Heard | None, before: State) -> bool:
    """Whether the customer's feelings had been heard by the time the facts of this reply came."""
    if before.had("heard") or heard is None:
        return True
    comfort = [e.start for f in heard.findings if f.item in ("empathy", "own") for e in f.evidence]
    facts = [e.start for f in heard.findings if f.item in ("solution", "options") for e in f.evidence]
    return bool(comfort) and (not facts or min(comfort) <= min(facts))


def _caught(
    state: State, case: Case, now: Occasion, out: tuple[Lie, ...], flags: Counter[str]
) -> tuple[State, tuple[Change, ...]]:
    """What comes out about untrue words: trust falls, and what was accepted on their strength is off."""
    if not out:
        return state, ()
    now.caught = out
    had = state.counts
    mood, changes = moved(state.mood, [Happening("caught", (out[0].words,))], had, case.persona, True)
    flags["caught"] += 1
    lies = tuple(replace(x, fate="caught") if x in out else x for x in state.lies)
    state = replace(state, mood=mood, lies=lies, counts=_added(had, {"caught": 1}), accepted="", leaning="")
    return state, changes


def _happened(
    state: State, case: Case, now: Occasion, flags: Counter[str], silent: Collection[str]
) -> tuple[State, tuple[Change, ...]]:
    """Events that the clock has reached, and the beat that the customer brings up."""
    now.events = event_now(state, case)
    now.beat = None if now.events or _ended(case, state) else beat_now(state, case, now, silent)
    changes: tuple[Change, ...] = ()
    rows = [(f"event:{e.id}", e.moves) for e in now.events]
    rows += [(f"beat:{now.beat.id}", now.beat.moves)] if now.beat else []
    for flag, moves in rows:
        mood, more = shifted(state.mood, moves, flag, EVENT)
        flags[flag] += 1
        state = replace(state, mood=mood, counts=_added(state.counts, {flag: 1}))
        changes += more
    if not state.had("hidden") and any(w.holds(state) for w in case.hidden.unlocked):
        told = any(f"asked:{i}" in w.flags for i in now.asked for w in case.hidden.unlocked)  # in the answer itself
        now.unlocked = not (now.met or told)
        if now.unlocked and "hidden" in silent:
            now.unlocked = False
            return state, changes
        flags["hidden"] += 1
        state = replace(state, counts=_added(state.counts, {"hidden": 1}))
    return state, changes


def _chosen(
    talk: Talk, state: State, heard: Heard | None, now: Occasion, flags: Counter[str]
) -> tuple[State, tuple[Change, ...]]:
    """Options weighed, and one accepted where mood and knowledge allow."""
    state = accept(state, heard, talk.case, now, talk.seed)
    if not now.accepted:
        return state, ()
    mood, changes = moved(state.mood, [Happening("settled")], state.counts, talk.case.persona, state.had("heard"))
    new = {"accepted": 1, f"accepted:{now.accepted}": 1, "settled": 1}
    flags.update(new)
    return replace(state, mood=mood, counts=_added(state.counts, new)), changes


def _staged(state: State, case: Case) -> State:
    """The stage that the customer has come to."""
    while state.stage != "close":
        done = (
            state.accepted if state.stage == "solution" else any(w.holds(state) for w in case.stages[state.stage].leave)
        )
        if not done and not state.accepted:
            break
        stage = STAGES[STAGES.index(state.stage) + 1]
        state = replace(state, stage=stage, counts=_added(state.counts, {f"stage:{stage}": 1}))
    if state.stage == "close" and not state.accepted:  # what was settled is off again
        state = replace(state, stage="solution")
    return state


def _flagged(state: State, case: Case, seed: int, flags: Counter[str]) -> State:
    """Patience: after so many replies with nothing settled the customer has had enough."""
    most = case.persona.patience + random.Random(f"{case.id}/{seed}/patience").choice((-1, 0, 0, 1))
    over = state.turn >= most + (LONGER if state.accepted else 0)
    if not over or state.had("out_of_patience"):
        return state
    flags["out_of_patience"] += 1
    return replace(state, counts=_added(state.counts, {"out_of_patience": 1}))


def _ended(case: Case, state: State) -> Ending | None:
    """The first end whose condition holds; good ends come a reply after acceptance at the earliest."""
    for end in ENDINGS:
        if end in GOOD_ENDS and (not state.accepted or state.since_accepted < 1):
            continue
        if any(w.holds(state) for w in case.ends[end].when):
            return end
    return None
