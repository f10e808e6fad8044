"""What a reply brings about: promises made and kept, untruths told and found out, progress, choice, what was missed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from csworkshop.practice.answering import GRAVE, MOST_ANSWERS, Occasion
from csworkshop.practice.case import Case
from csworkshop.practice.condition import FEELINGS, Stage
from csworkshop.practice.hearing import Heard
from csworkshop.practice.mood import Happening, table
from csworkshop.practice.parts import Beat, Event, Option
from csworkshop.practice.talk import Lie, Promise, State
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import UNSURE

FAR = 180  # minutes: a promise further off is for after the talk
LIKED, LIKES_JITTER = 45.0, 6.0  # how much an option must please; how far seeds differ in taste
SURE_OVERPROMISE = 0.85
REPORTS = (
    "查到",
    "查好",
    "查清",
    "查完",
    "核实",
    "有结果",
    "办好",
    "登记好",
    "弄好",
    "问到",
    "问清",
    "已经为您",
    "已为您",
    "已给您",
)
CHECKS = re.compile(  # promises that only the trainee can keep
    r"查|核实|问(?!题)|确认|看一?下|回[复您电来话]|答复|了解|联系|告诉[您你]|(?:跟|和|给|向)[您你](?:说|讲|准信|回话|消息|一个?(?:说法|准信|回话))"
)
# To write something down as an improvement is no errand on which the customer waits.
IMPROVING = re.compile(r"改[进善]|整改|优化|复盘|培训|写[进入]|[记列]入|报上去|改(?:流程|页面|说明|标|过来)")
OURS = re.compile(CHECKS.pattern + r"|电话|消息|短信|通知|告诉|说一声|给您|上门|发|退|到账|处理|办|送|寄|安排|跟进")
COMFORT, FACTS = ("empathy", "own"), ("solution", "options", "tradeoffs", "excuse")
MOVING = ("confirm_understanding", "ask_need", "follow_up", "contact", "compensation", "improvement", "proactive",
          "specific_time", "restate")  # fmt: skip
EXPECTED: dict[Stage, tuple[str, ...]] = {
    "greeting": ("empathy", "own"),
    "emotion": ("empathy", "own", "restate"),
    "problem": ("ask_facts", "confirm_understanding", "ask_need"),
    "solution": ("options", "specific_time", "solution"),
    "close": ("follow_up", "check_resolved"),
}


def asked_of(heard: Heard | None, before: State) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Facts that the reply asks for: those not told yet, and those asked for again."""
    if heard is None or heard.gate or heard.insult or any(heard.has(i) for i in GRAVE):
        return (), ()
    new = tuple(i for i in heard.asked if not before.had(f"asked:{i}"))
    again = () if heard.told or heard.offered else tuple(i for i in heard.asked if i not in (*new, *heard.invited))
    return new[:MOST_ANSWERS], again


def promises_after(state: State, heard: Heard | None, now: Occasion, flags: Counter[str]) -> State:
    """Promises that this turn keeps or breaks, and the new ones."""
    delivers = heard is not None and (
        any(not state.had(f"told:{i}") for i in heard.told)
        or any(o.id not in state.offered for o in heard.offered)
        or any(word in heard.reply for word in REPORTS)
    )
    kept: list[Promise] = []
    broken: list[Promise] = []
    after: list[Promise] = []
    for p in state.promises:
        fate = p.fate
        if fate == "open" and state.minute > p.due:  # talk alone breaks no promise but that to come back with an answer
            fate = "broken" if heard is None or (CHECKS.search(p.words) and not state.accepted) else "open"
        elif fate == "open" and delivers and CHECKS.search(p.words) and p.due - p.made <= FAR:
            fate = "kept"
        after.append(replace(p, fate=fate))
        if fate != p.fate:
            (kept if fate == "kept" else broken).append(after[-1])
    now.broken = tuple(broken)
    now.kept = tuple(kept)
    flags.update({"kept": len(kept), "broken": len(now.broken)})
    if heard and not heard.gate:
        known = {p.words for p in state.promises}  # said again, it is no new one
        for words, due in heard.promises:
            if words not in known and OURS.search(words):
                after.append(Promise(words, state.turn, state.minute, state.minute + due))
                waits = due <= FAR and (CHECKS.search(words) or not IMPROVING.search(words))
                now.promised = now.promised or (words if waits else "")
                flags["promise"] += 1
    return replace(state, promises=tuple(after))


def lies_told(
    state: State, heard: Heard | None, case: Case, now: Occasion, flags: Counter[str], rng: random.Random
) -> State:
    """Untrue words of this reply, and the turn in which they come out; those taken back are forgiven."""
    if heard is None or heard.gate in ("pile", "not_for_me", "same_again"):
        return state
    lies = list(state.lies)
    if heard.admits and any(x.fate == "pending" for x in lies):
        lies = [replace(x, fate="corrected") if x.fate == "pending" else x for x in lies]
        now.corrected = True
        flags["corrected"] += 1
        heard_false: list[tuple[str, str, int]] = []
    else:
        checks = {d.id: d.check for d in case.desk}
        heard_false = [(x.id, x.words, checks.get(x.id, 1)) for x in heard.false]
        forbidden = {o.id for o in case.options if not o.allowed}
        heard_false += [(f"option:{o.id}", o.words, 1) for o in heard.offered if o.id in forbidden]
        if not heard_false:
            heard_false += [
                ("overpromise", f.evidence[0].text if f.evidence else "", 2)
                for f in heard.findings
                if f.item == "overpromise" and f.score >= SURE_OVERPROMISE
            ]
    for i, words, check in heard_false:
        if not any(x.id == i and x.fate == "pending" for x in lies):
            lies.append(Lie(i, words, state.turn, state.turn + check + rng.choice((0, 0, 1))))
        flags["lie"] += 1
        flags[f"false:{i}"] += 1
    return replace(state, lies=tuple(lies))


def lies_out(state: State) -> tuple[Lie, ...]:
    """Untrue words that come out in this turn."""
    return tuple(x for x in state.lies if x.fate == "pending" and x.out <= state.turn)


def progress(state: State, heard: Heard | None, case: Case, now: Occasion, flags: Counter[str]) -> None:
    """Flags of the reply, which of the customer's questions it answers, and whether anything moved on."""
    if heard is None:
        flags["waited"] += 1
        return
    if heard.gate:
        flags[heard.gate] += 1
    flags.update(f.item for f in heard.findings)
    flags.update({"rude": 1} if heard.insult and not heard.has("rude") else {})
    if heard.gate in ("pile", "not_for_me", "same_again"):
        return
    false = {x.id for x in heard.false}
    flags.update(f"told:{i}" for i in heard.told if i not in false)
    flags.update(f"asked:{i}" for i in (*now.asked, *now.again))
    flags.update(f"offered:{o.id}" for o in heard.offered)
    flags.update(f"denied:{i}" for i in heard.denied)
    flags.update({"offered": len(heard.offered), "told": len(heard.told), "unknown": int(heard.unknown)})
    if heard.met and not state.had("met"):
        now.met = True
        flags["met"] += 1
    if any(heard.has(i) for i in COMFORT):
        flags["heard"] += 1
    favourite = max((o for o in case.options if o.allowed), key=lambda o: o.likes)
    now.denied = favourite.id in heard.denied and not heard.offered
    had = set(state.counts) | {f for f, n in flags.items() if n}
    now.answered = tuple(
        a
        for a in case.asks
        if any(f in flags and flags[f] and not state.had(f) for f in a.until)
        and a.when.holds(state)
        and (a.id == state.asking or not any(state.had(f) for f in a.until))  # glad once, or when asked again
    )
    flags.update(f"answered:{a.id}" for a in now.answered)
    pending = next((a for a in case.asks if a.id == state.asking), None)
    open_question = (
        pending is not None and not any(f in had for f in pending.until) and not state.believes(pending.until)
    )
    now.ignored = open_question and not (now.promised or now.asked or heard.unknown or now.met)
    new = [f for f in flags if flags[f] and f.split(":")[0] in ("told", "offered", "asked") and not state.had(f)]
    moving = any(i in now.first for i in (*COMFORT, *MOVING)) or heard.has("check_resolved")
    now.nothing_new = not (new or moving or now.answered or now.promised or now.met or now.kept or now.corrected)
    flags.update({"nothing_new": int(now.nothing_new), "ignored": int(now.ignored), "already_said": len(now.again)})


def happenings(heard: Heard | None, state: State, now: Occasion, flags: Counter[str], minutes: int) -> list[Happening]:
    """What moves the mood, in the order of the reply's words."""
    events = [Happening("broken", (p.words,)) for p in now.broken]
    if heard is None:
        return [*events, Happening("waiting", factor=min(minutes / 10, 3.0))]
    if heard.insult:
        events.append(Happening("rude"))
    if heard.gate:
        events.append(Happening(heard.gate))
    starts = {f.item: min((e.start for e in f.evidence), default=0) for f in heard.findings}
    facts = min((starts[i] for i in FACTS if i in starts), default=None)
    for f in sorted(heard.findings, key=lambda f: starts[f.item]):
        late = f.item in COMFORT and facts is not None and starts[f.item] > facts and not state.had("heard")
        sure = 0.5 if UNSURE[0] <= f.score < UNSURE[1] else 1.0
        events.append(Happening(f.item, heard.words(f.item), sure, table().late if late else 1.0))
    if heard.gate in ("pile", "not_for_me", "same_again"):
        return events
    events += [Happening("told") for i in heard.told if flags.get(f"told:{i}") and not state.had(f"told:{i}")]
    for item, came in (
        ("met", now.met), ("corrected", now.corrected), ("ignored", now.ignored), ("denied", now.denied),
        ("already_said", bool(now.again) and not now.asked), ("nothing_new", now.nothing_new),
    ):  # fmt: skip
        events += [Happening(item)] if came else []
    return events + [Happening("kept", (p.words,)) for p in now.kept]


# --- options -----------------------------------------------------------------------------------------------------


def accept(state: State, heard: Heard | None, case: Case, now: Occasion, seed: int) -> State:
    """What the customer makes of the options: accepts, weighs, declines, or is too upset to choose."""
    if heard is None or state.accepted:
        return state
    named = {o.id for o in heard.offered}
    new = [o.id for o in heard.offered if o.id not in state.offered]
    state = replace(state, offered=(*state.offered, *new))
    offered = sorted((o for o in case.options if o.id in state.offered), key=lambda o: -_liking(o, case, seed))
    liked = [o for o in offered if _liking(o, case, seed) >= LIKED]
    if not liked:
        now.declined = offered[0].id if new else ""
        return state
    best = liked[0]
    if not _clear(best, state) and (best.id == state.leaning or best.id not in named):
        best = next((o for o in liked if _clear(o, state)), best)  # enough is known of another good one
    fresh = best.id != state.leaning
    state = replace(state, leaning=best.id)
    upset = any(state.levels[f] > getattr(case.settles, f) for f in FEELINGS if f != "trust")
    if upset or not state.had("heard"):  # nobody who is upset chooses before they were heard
        now.too_upset = bool(new)
        return state
    if not _clear(best, state) or now.broken:
        now.weighing = best.id if fresh or new else ""
        return state
    now.accepted = best.id
    return replace(state, accepted=best.id, accepted_turn=state.turn, accepted_minute=state.minute)


def _clear(option: Option, state: State) -> bool:
    """Whether the customer knows all that they want to know of an option, and it can be had."""
    return option.allowed and all(state.had(f) for f in option.wants)


def _liking(option: Option, case: Case, seed: int) -> float:
    return option.likes + random.Random(f"{case.id}/{seed}/{option.id}").uniform(-LIKES_JITTER, LIKES_JITTER)


# --- what happens of itself --------------------------------------------------------------------------------------


def event_now(state: State, case: Case) -> tuple[Event, ...]:
    """The next event whose time has come."""
    found = []
    for e in case.events:
        if state.had(f"event:{e.id}") or not e.when.holds(state):
            continue
        if (e.at is not None and e.at <= state.minute) or (
            e.after is not None and state.accepted and _since(state) >= e.after
        ):
            found.append(e)
    return tuple(found[:1])


def _since(state: State) -> int:
    """Minutes since acceptance."""
    return state.minute - state.accepted_minute if state.accepted else 0


def beat_now(state: State, case: Case, now: Occasion, silent: Collection[str] = ()) -> Beat | None:
    """The first beat whose condition holds; None where the customer has other things to say. `silent` are flags of
    beats that there was no room for in this answer."""
    busy = now.accepted or now.weighing or now.broken or now.caught
    if busy or len(now.asked) > 1 or now.heard is None or now.heard.gate:
        return None
    new = (b for b in case.beats if f"beat:{b.id}" not in silent and not state.had(f"beat:{b.id}"))
    return next((b for b in new if b.when.holds(state)), None)


def missed(before: State, heard: Heard | None) -> tuple[str, ...]:
    """Techniques that the customer was waiting for at this stage, had not had yet, and didn't get."""
    if heard is None:
        return ()
    upset = any(before.levels[f] >= table().loud for f in FEELINGS if f != "trust")
    wanted = EXPECTED[before.stage] if upset or before.stage not in ("greeting", "emotion") else ("restate",)
    known = catalogue().items
    return tuple(i for i in wanted if i in known and not before.had(i) and not heard.has(i))
