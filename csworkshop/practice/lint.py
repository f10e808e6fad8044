"""What a case file allows but won't play well: dead ends, lines nobody will ever hear, moods that can't be left,
moods in which there is nothing to say, lines that stand twice, rows that contradict their own patterns.

What can come is computed, not played: flags by what can bring them (a fixed point), feelings by all that can move them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from csworkshop.practice.case import Case, read_case
from csworkshop.practice.condition import FEELINGS, STAGES, TONES, Feeling, Tone, When
from csworkshop.practice.consequences import LIKED, LIKES_JITTER
from csworkshop.practice.customer import JITTER, LONGER
from csworkshop.practice.mood import TONE_OF, table
from csworkshop.practice.parts import REQUIRED_LINES, SITUATIONS, Line
from csworkshop.practice.statements import match, stated
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError
from csworkshop.text.normalise import fold

FEWEST_LINES = 60
ALIKE = 0.85
FEWEST: dict[str, int] = {"pile": 3, "dont_know": 3, "ignored": 3, "vague": 3, "blame": 3, "sorry_again": 2}


@dataclass(frozen=True)
class Fault:
    """Something to mend in a case file."""

    path: Path
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.key}: {self.message}"


def lint(path: Path) -> list[Fault]:
    """Everything to mend in the case file `path`; a file that can't be read is one fault."""
    try:
        case = read_case(path)
    except DataFileError as error:
        return [Fault(path, error.key, error.message)]
    return [Fault(path, key, message) for key, message in faults(case)]


def faults(case: Case) -> Iterator[tuple[str, str]]:
    """Key and message of everything to mend in `case`."""
    reach = Reach(case)
    yield from _dead_ends(case, reach)
    yield from _moods(case, reach)
    yield from _never_said(case, reach)
    yield from _nothing_to_say(case)
    yield from _twice(case)
    yield from _rows(case)


class Reach:
    """What can come in a talk of a case: flags, and how far each feeling can go."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lowest = {f: _bound(case, f, down=True) for f in FEELINGS}
        self.highest = {f: _bound(case, f, down=False) for f in FEELINGS}
        self.flags = set(self._given())
        while new := set(self._brought()) - self.flags:
            self.flags |= new

    def _given(self) -> Iterator[str]:
        """Flags that a trainee's words bring about whenever they like."""
        case = self.case
        yield from (*catalogue().items, *SITUATIONS, "heard", "told", "unknown", "promise", "kept", "broken", "lie")
        yield from ("caught", "corrected", "waited", "nothing_new", "nothing_left", "out_of_patience", "offered", "met")
        yield from (f"told:{d.id}" for d in case.desk if d.true)
        yield from (f"false:{d.id}" for d in case.desk if d.false or d.most)
        yield from (f"asked:{k.id}" for k in case.knows)
        yield from (f"{verb}:{o.id}" for o in case.options for verb in ("offered", "denied"))
        yield "stage:greeting"

    def _brought(self) -> Iterator[str]:
        """Flags that come of others."""
        case = self.case
        for o in case.options:
            if (
                o.allowed
                and o.likes + LIKES_JITTER >= LIKED
                and all(f in self.flags for f in o.wants)
                and self.settles()
            ):
                yield from ("accepted", "settled", f"accepted:{o.id}")
        yield from (f"answered:{a.id}" for a in case.asks if self.can(a.when) and any(f in self.flags for f in a.until))
        yield from (f"beat:{b.id}" for b in case.beats if self.can(b.when))
        yield from (f"event:{e.id}" for e in case.events if self.can(e.when) and (e.at or "accepted" in self.flags))
        if any(self.can(w) for w in case.hidden.unlocked):
            yield "hidden"
        for stage, after in pairwise(STAGES):
            left = "accepted" in self.flags or any(self.can(w) for w in case.stages[stage].leave)
            if f"stage:{stage}" in self.flags and left and (after != "close" or "accepted" in self.flags):
                yield f"stage:{after}"

    def settles(self) -> bool:
        """Whether the customer can get calm enough to choose."""
        return all(self.lowest[f] <= getattr(self.case.settles, f) for f in FEELINGS if f != "trust")

    def can(self, when: When) -> bool:
        """Whether the condition can hold at some time."""
        return not self.why_not(when)

    def why_not(self, when: When) -> str:
        """Why the condition can never hold; "" if it can."""
        return next(self._against(when), "")

    def _against(self, when: When) -> Iterator[str]:
        """Everything that keeps the condition from holding."""
        missing = [f for f in (*when.did, *when.count) if f not in self.flags]
        if missing:
            yield f"{', '.join(missing)} can never come"
        if when.any and not any(f in self.flags for f in when.any):
            yield f"none of {', '.join(when.any)} can ever come"
        both = {*when.did, *when.count} & set(when.never)
        if both:
            yield f"{', '.join(sorted(both))} must have come and must never have come"
        for f in FEELINGS:
            low, high = when.at_least.get(f, 0), when.at_most.get(f, 100)
            if low > high:
                yield f"{f} must be at least {low:g} and at most {high:g}"
            if self.highest[f] < low:
                yield f"{f} gets to {self.highest[f]:.0f} at most, {low:g} is asked"
            if self.lowest[f] > high:
                yield f"{f} gets down to {self.lowest[f]:.0f} at best, {high:g} is asked"
        if when.stages and not any(f"stage:{s}" in self.flags for s in when.stages):
            yield f"the customer never gets to {', '.join(when.stages)}"
        if when.turns > self.case.persona.patience + LONGER or when.since_accepted > LONGER:
            yield "no talk goes on for so long"


def _bound(case: Case, feeling: Feeling, *, down: bool) -> float:
    """How far a feeling can go from where it starts, were everything said that moves it so."""
    total = 0.0
    for rule in table().rules.values():
        by = rule.moves.get(feeling, 0.0)
        if by == 0 or (by < 0) != down:
            continue
        good = (by > 0) == (feeling == "trust")
        times = 1 / (1 - rule.fades) if good and rule.fades < 1 else 3.0
        total += abs(by) * times * (case.persona.calms if good else case.persona.feels).get(feeling, 1.0)
    start = case.mood.get(feeling, 0.0)
    return max(start - JITTER - total, 0.0) if down else min(start + JITTER + total, 100.0)


def _dead_ends(case: Case, reach: Reach) -> Iterator[tuple[str, str]]:
    for key, when in case.conditions():
        why = reach.why_not(when) if not key.endswith((".until", ".wants")) else ""
        if why:
            yield key, f"can never hold: {why}"
    for stage in STAGES[:3]:
        if not any(reach.can(w) for w in case.stages[stage].leave):
            yield (
                f"stages.{stage}.leave",
                "dead end: the customer can't get out of this stage; give a condition that can hold",
            )
    yield from _options(case, reach)
    for end, ways in case.ends.items():
        if not any(reach.can(w) for w in ways.when):
            yield f"ends.{end}.when", "this end can never be reached"
    bad = [w for e in ("escalated", "lost") for w in case.ends[e].when]
    if not any(w.did == ("out_of_patience",) and not (w.at_least or w.at_most or w.never or w.count) for w in bad):
        yield (
            "ends.lost.when",
            'dead end: a talk can go on for ever; one condition must be { did = ["out_of_patience"] }',
        )


def _options(case: Case, reach: Reach) -> Iterator[tuple[str, str]]:
    asked = {f for a in case.asks for f in a.until}
    for o in (o for o in case.options if o.allowed):
        for flag in o.wants:
            if flag not in reach.flags:
                yield f"options.{o.id}.wants", f"dead end: {flag!r} can never come, so this option is never accepted"
            elif flag not in asked:
                yield f"options.{o.id}.wants", f"dead end: no [[asks]] asks for {flag!r}, so the trainee can't find out"
    good = [o for o in case.options if o.allowed and f"accepted:{o.id}" in reach.flags]
    if len(good) < 2:
        yield "options", "at least two allowed options must be acceptable, or there is only one way to win"


def _moods(case: Case, reach: Reach) -> Iterator[tuple[str, str]]:
    for f in FEELINGS:
        if f == "trust":
            continue
        most = getattr(case.settles, f)
        if reach.lowest[f] > most:
            low = f"gets down to {reach.lowest[f]:.0f} at best"
            yield f"settles.{f}", f"a mood that can't be left: {f} {low}, the customer chooses at {most:g}"
        if reach.lowest[f] >= table().loud:
            yield f"mood.{f}", f"a mood that can't be left: {f} stays at {reach.lowest[f]:.0f} whatever is said"


def _never_said(case: Case, reach: Reach) -> Iterator[tuple[str, str]]:
    bounds = {f"beats.{b.id}.says": b.when for b in case.beats} | {f"asks.{a.id}.says": a.when for a in case.asks}
    bounds |= {f"events.{e.id}.says": e.when for e in case.events}
    chosen = When(at_most={f: getattr(case.settles, f) for f in FEELINGS if f != "trust"})
    bounds |= {f"options.{o.id}.accepts": chosen for o in case.options if o.allowed}
    for key, pool in case.pools():
        whens = [bounds[key]] if key in bounds else []
        if key.startswith("ends."):
            whens = list(case.ends[key.split(".")[1]].when)  # type: ignore[index]
        for line in pool:
            if line.mood and not any(_can_sound(t, w, reach) for t in line.mood for w in whens or [When()]):
                yield key, f"never said: in no mood of {', '.join(line.mood)} can it come to {line.say!r}"
    for o in case.options:
        if o.likes - LIKES_JITTER >= LIKED and o.declines:
            yield (
                f"options.{o.id}.declines",
                f"never said: an option liked with {o.likes:g} isn't declined (below {LIKED:g})",
            )
        if o.likes + LIKES_JITTER < LIKED and not o.declines:
            yield (
                f"options.{o.id}.declines",
                f"is missing: an option liked with {o.likes:g} is declined (below {LIKED:g})",
            )
        if o.allowed and o.caught:
            yield f"options.{o.id}.caught", "never said: nobody is caught offering what is allowed"
    for d in case.desk:
        if d.caught and not (d.false or d.most):
            yield f"desk.{d.id}.caught", "never said: nothing is declared false of this row"


def _can_sound(tone: Tone, when: When, reach: Reach) -> bool:
    """Whether the customer can be in this tone while the condition holds."""
    loud = next((f for f, t in TONE_OF.items() if t == tone), None)
    if loud is None:
        return tone == "calm" or when.at_most.get("trust", 100) >= table().warm
    return when.at_most.get(loud, 100) >= table().loud and reach.highest[loud] >= table().loud


def _nothing_to_say(case: Case) -> Iterator[tuple[str, str]]:
    always = [f"lines.{s}" for s in (*REQUIRED_LINES, "caught") if s not in ("too_upset", "kept")]
    needed = {*always, *(f"knows.{k.id}.says" for k in case.knows), *(f"ends.{e}.says" for e in case.ends)}
    needed |= {f"stages.{s}.push" for s in STAGES} | {f"asks.{a.id}.says" for a in case.asks} | {"opening"}
    number = 0
    for key, pool in case.pools():
        number += len(pool)
        silent = [t for t in TONES if key in needed and not any(not x.mood or t in x.mood for x in pool)]
        if silent:
            yield key, f"nothing to say in the mood {', '.join(silent)}; add a line for it, or one without mood"
        fewest = FEWEST.get(key.removeprefix("lines."), 0) if key.startswith("lines.") else 0
        if len(pool) < fewest:
            yield key, f"needs at least {fewest} lines, since it may come more than once (found {len(pool)})"
        if pool and all(_places(x) for x in pool) and not key.endswith(".caught"):  # those fall back on lines.caught
            yield key, "every line quotes the trainee; write one without {…} for words too long to quote"
    if number < FEWEST_LINES:
        yield "lines", f"a case needs at least {FEWEST_LINES} lines in all (found {number})"


def _places(line: Line) -> bool:
    return bool(re.search(r"\{(?:words|promise|claim)\}", line.say))


def _twice(case: Case) -> Iterator[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    for key, pool in case.pools():
        for line in pool:
            for other, text in said:
                alike = SequenceMatcher(None, line.say, text, autojunk=False)
                if line.say == text or (alike.real_quick_ratio() >= ALIKE and alike.quick_ratio() >= ALIKE
                                        and alike.ratio() >= ALIKE):  # fmt: skip
                    yield key, f"{line.say!r} stands nearly so under {other} too; the customer would repeat themselves"
                    break
            said.append((key, line.say))


def _rows(case: Case) -> Iterator[tuple[str, str]]:
    for d in case.desk:
        value = fold(d.value).text
        if d.true and not match(d.true, value):
            yield f"desk.{d.id}.true", f"doesn't match the row's own value {d.value!r}: telling it would not count"
        if stated(d.false, value):
            yield f"desk.{d.id}.false", f"matches the row's own value {d.value!r}: telling the truth would be a lie"
    for o in case.options:
        if o.allowed and not match(o.offers, fold(o.title.zh).text):
            yield f"options.{o.id}.offers", f"doesn't match the option's own title {o.title.zh!r}"
        if not o.allowed and not o.caught:
            yield f"options.{o.id}.caught", "is missing: what does the customer say when it turns out to be forbidden?"
    groups = [(f"knows.{k.id}.asked", k.asked) for k in case.knows] + [("hidden.met", case.hidden.met)]
    groups += [(f"options.{o.id}.offers", o.offers) for o in case.options]
    for key, patterns in groups:
        for pattern in patterns:
            if re.search(pattern, "") or re.search(pattern, "您好"):
                yield key, f"{pattern!r} matches everything"
