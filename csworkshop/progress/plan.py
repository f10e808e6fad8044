"""The personal plan: today's exercises and why, computed anew from the log after every attempt.

Which exercise comes next is `choosing.choose`'s to say, the function that the cohort simulation measures; here it is
asked once per exercise of the session, and what it weighed is put into words, with the trainee's own from the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from csworkshop.progress.choosing import DUE, KEEP, NEW, WEAK, Standing, choose
from csworkshop.progress.fitting import read_fits
from csworkshop.progress.learner import learner
from csworkshop.progress.mastery import Mastery, known_items, of_learner
from csworkshop.progress.plan_words import Words
from csworkshop.progress.recorder import now
from csworkshop.progress.records import Attempt, Log
from csworkshop.progress.reviews import RETENTION
from csworkshop.progress.shelf import Shelf, exercises, shelf_of
from csworkshop.progress.topics import Gap, name_of, table, type_of
from csworkshop.text.language import default_language, say

SESSION_MINUTES = 15.0
ASSIGNED = re.compile(r"m\d-a-")  # how ids begin of exercises that an assignment keeps for itself
FOCUS = 3  # topics named as weak, and as strong
LEAST = 3.0  # minutes: what is left for which no further exercise is looked for, and how far over one may go
BEGUN = 5  # attempts after which demanding exercises are proposed too
PACE_NEEDS = 3  # attempts whose duration is known before a trainee's own pace counts
WHY = {NEW: "new", DUE: "due", KEEP: "keep"}


@dataclass(frozen=True)
class Step:
    """One exercise of the session. `why`: weak, new, due or keep."""

    exercise: str
    title: Any  # bilingual
    kind: str
    level: int
    minutes: float
    topic: str
    why: str
    reason: str


@dataclass(frozen=True)
class Advice:
    """A topic to work on, or a strength, in words; `gap` says what kind of exercise closes it (see `Plan.gaps`)."""

    topic: str
    text: str
    gap: Gap


@dataclass(frozen=True)
class Plan:
    """Today's session, what to work on first, what is due, strengths, and how far the trainee is.

    `closed` of `topics` are mastered; `mastery` has every topic, those too that no exercise of the library trains.
    """

    steps: tuple[Step, ...]
    focus: tuple[Advice, ...]
    due: tuple[str, ...]
    strengths: tuple[Advice, ...]
    closed: int
    topics: int
    lang: str
    mastery: tuple[Mastery, ...] = ()

    @property
    def minutes(self) -> float:
        return sum(s.minutes for s in self.steps)

    def lines(self) -> list[str]:
        """The plan as lines of text."""
        lang = self.lang
        if not self.steps:
            return [say("plan.nothing", lang)]
        found = [say("plan.title", lang, number=len(self.steps), minutes=round(self.minutes))]
        for n, s in enumerate(self.steps, 1):
            found.append(say("plan.step", lang, n=n, **step_words(s, lang)))
            found.append(f"   {s.reason}")
        colon = "：" if lang == "zh" else ":"
        for key, advice, more in (("focus", self.focus, self.gaps()), ("strengths", self.strengths, [])):
            if advice:
                lines = [*(a.text for a in advice), *more]
                found += [say(f"plan.{key}", lang) + colon, *(f"   {line}" for line in lines)]
        return [*found, *filter(None, [self.due_line()]), say("plan.score", lang, closed=self.closed, of=self.topics)]

    def gaps(self) -> list[str]:
        """What kind of gap the weak topics are, and what closes it: a sentence for each kind."""
        kinds = dict.fromkeys(a.gap for a in self.focus)
        named = {gap: _names([a.topic for a in self.focus if a.gap == gap], self.lang) for gap in kinds}
        return [say(f"plan.gap_{gap}", self.lang, names=names) for gap, names in named.items()]

    def due_line(self) -> str:
        """What is due for review; "" where nothing is."""
        return say("plan.due", self.lang, names=_names(self.due, self.lang)) if self.due else ""


def today(folder: Path | str = ".", lang: str | None = None, **more: Any) -> Plan:
    """The plan of the trainee whose workspace `folder` lies in, as of now; `more` goes to `make_plan`."""
    return make_plan(Log(folder).read().attempts, now(), lang=lang or default_language(), **more)


def practice() -> list[Any]:
    """The shipped exercises but those of assignments: what will be graded is no practice, and has no model answer."""
    return [e for e in exercises() if not ASSIGNED.match(e.id)]


def step_words(step: Step, lang: str) -> dict[str, Any]:
    """What a step's line says."""
    level = say(f"plan.level_{step.level}", lang)
    return {"title": step.title[lang], "exercise": step.exercise, "level": level, "minutes": round(step.minutes)}


def make_plan(
    attempts: Sequence[Attempt],
    now: datetime,
    *,
    library: Sequence[Any] | None = None,
    seed: int = 0,
    minutes: float = SESSION_MINUTES,
    lang: str = "zh",
    fitted: Path | None = None,
) -> Plan:
    """The plan as of `now`, for a session of about `minutes`. The same arguments give the same plan.

    `library` are exercises of any kind (default: all that ship but those of assignments); `fitted` is a file of a
    class's own parameters.
    """
    found = practice() if library is None else list(library)
    shelf = shelf_of(found, known_items(attempts))
    shelf = replace(shelf, parameters=read_fits(fitted, shelf.parameters)) if fitted else shelf
    known = learner(shelf, attempts)
    topics = of_learner(known, now)
    row, day = np.zeros(1, int), np.maximum(np.array([now.timestamp() / 86400]), np.nan_to_num(known.day))
    chance = np.random.default_rng([seed, len(attempts)])
    words = Words(attempts, now, lang)
    steps = []
    trained = {i for k, i in enumerate(shelf.parameters.ids) if shelf.share[:, k].any()}
    focus = _weakest(topics, trained, words)
    barred, first = _too_early(shelf, len(attempts)), [shelf.parameters.index(a.topic) for a in focus[:1]]
    pace = _pace(shelf, attempts)
    for n, topic, why in _session(shelf, known.standing(row, day), chance, minutes, pace, barred, first):
        e, item = found[n], shelf.parameters.ids[topic]
        kind = WHY.get(why, "weak")
        spent = float(shelf.minutes[n]) * pace
        steps.append(Step(e.id, e.title, e.kind, e.level, spent, item, kind, words.reason(item, kind)))
    return Plan(
        steps=tuple(steps),
        focus=tuple(focus),
        due=tuple(t.item for t in topics if t.closed and t.recall is not None and t.recall < RETENTION),
        strengths=tuple(_strongest(topics, words, lang)),
        closed=sum(t.closed for t in topics if t.item in trained),
        topics=len(trained),
        lang=lang,
        mastery=tuple(topics),
    )


def _session(
    shelf: Shelf,
    standing: Standing,
    chance: np.random.Generator,
    minutes: float,
    pace: float,
    barred: np.ndarray,
    first: Sequence[int],
) -> list[tuple[int, int, int]]:
    """Exercise, topic and why, one after the other, each chosen as if those before had been done.

    The session begins with the topics `first`: what went wrong last is what a trainee expects to see. What takes too
    long for the time that is left is passed over, as long as something worth it still fits.
    """
    found: list[tuple[int, int, int]] = []
    spent = 0.0
    while True:
        must = first[len(found)] if len(found) < len(first) else None
        others = np.zeros_like(barred) if must is None else shelf.share[None, :, must] == 0
        choice = choose(shelf, standing, chance, barred | others)
        n = int(choice.exercise[0])
        if n < 0 and must is not None:  # none that may come now trains it
            first = ()
            continue
        if n < 0:
            return found
        takes = float(shelf.minutes[n]) * pace
        if found and spent + takes > minutes + LEAST:
            if minutes - spent < LEAST:
                return found
            barred[0, n] = True
            continue
        spent += takes
        found.append((n, int(choice.topic[0]), int(choice.why[0])) if must is None else (n, must, WEAK))
        barred[0, n] = True
        standing = replace(
            standing,
            sitting=standing.sitting + (shelf.share[n] > 0),
            last=np.array([n]),
            scenes=np.array([[shelf.scene[n], standing.scenes[0, 0]]]),
            kinds=np.array([[shelf.kind[n], standing.kinds[0, 0]]]),
        )


def _too_early(shelf: Shelf, attempts: int) -> np.ndarray:
    """(1, E) the demanding exercises, as long as the trainee has hardly begun and there are others."""
    demanding = shelf.level[None] == 3
    return np.where(attempts < BEGUN and not demanding.all(), demanding, False)


def _pace(shelf: Shelf, attempts: Sequence[Attempt]) -> float:
    """How long this trainee takes beside what exercises are expected to take; 1 while too little is known."""
    expected = dict(zip(shelf.ids, shelf.minutes, strict=True))
    timed = [a.seconds / 60 / expected[a.exercise] for a in attempts if a.seconds > 0 and a.exercise in expected]
    return min(max(median(timed[-20:]), 0.5), 2.5) if len(timed) >= PACE_NEEDS else 1.0


def _weakest(topics: Sequence[Mastery], trained: set[str], words: Words) -> list[Advice]:
    weak = [t for t in topics if t.practised and not t.closed and t.item in trained and words.missed(t.item)]
    weak.sort(key=lambda t: (t.estimate, t.item))
    found = []
    for t in weak[:FOCUS]:
        found.append(Advice(t.item, words.reason(t.item, "weak"), table().gap(t.item)))
    return found


def _names(items: Sequence[str], lang: str) -> str:
    return say("plan.mark", lang).join(name_of(i, lang) for i in items)


def _strongest(topics: Sequence[Mastery], words: Words, lang: str) -> list[Advice]:
    strong = [t for t in topics if t.practised >= 2 and t.mastered >= 0.8 and words.done(t.item)]
    strong.sort(key=lambda t: (type_of(t.item) == "fault", -t.mastered, t.item))
    found = []
    for t in strong[:FOCUS]:
        n, k = words.done(t.item)
        text = say("plan.strength", lang, name=name_of(t.item, lang), n=n, k=k, p=f"{t.mastered:.0%}")
        found.append(Advice(t.item, text, table().gap(t.item)))
    return found
