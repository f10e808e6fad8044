"""How trainees work: at their own speed and in their own way, at human pace, with all that a lesson offers.

steady     goes through the lesson, types, reads the marks, improves
slow       the same at a third of the speed
jumper     leaves exercises half done and comes back; takes hints, looks at the solution, switches languages
falling    begins well and makes it worse with every draft
stuck      writes a few words and then nothing for minutes
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from csworkshop.bench.room.view import View
from csworkshop.exercises.activity import dump
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.kinds import kind_of
from csworkshop.progress.recorder import PAUSE
from csworkshop.text.segment import sentences

SPEEDS = (35.0, 90.0)  # characters a minute; an input method hands over one to four at a time
READING = (3.0, 9.0)  # seconds that marks are looked at before the next thing is done
CLICK = (1.0, 4.0)  # seconds between two changes of an activity's board
STAND = PAUSE + 2.0  # seconds after which a text that is left alone has become an attempt
STUCK = 300.0  # seconds for which somebody who is stuck does nothing: longer than the dashboard waits


@dataclass(frozen=True)
class Way:
    """A trainee's way: its name, characters a minute, and the trainee's own chance."""

    name: str
    speed: float
    chance: random.Random


def way_of(n: int, hurry: float = 1.0) -> Way:
    """The way of the n-th trainee: of ten, six are steady and each of the others is there once."""
    chance = random.Random(f"way-{n}")
    name = ("steady", "falling", "steady", "stuck", "steady", "jumper", "steady", "slow", "steady", "steady")[n % 10]
    speed = chance.uniform(*SPEEDS) * (1 / 3 if name == "slow" else 1.0)
    return Way(name, speed * hurry, chance)


async def work(views: dict[str, View], exercises: dict[str, Any], way: Way, until: float) -> None:
    """Work on the lesson's exercises, one after the other and round again, until the clock says `until`."""
    order = list(exercises)
    begin = way.chance.randrange(len(order)) if way.name == "jumper" else way.chance.randrange(3)
    drafts = {e: _answers(exercise, way, n) for n, (e, exercise) in enumerate(exercises.items())}
    done: set[str] = set()
    turn = begin
    while time.time() < until and len(done) < len(order):
        exercise = order[turn % len(order)]
        turn += way.chance.randrange(1, 4) if way.name == "jumper" else 1
        if exercise not in done:
            view = views[exercise]
            rounds = 1 if way.name == "jumper" else way.chance.randrange(1, 4)
            for _ in range(rounds):
                answer = next(drafts[exercise], None)
                if answer is None:
                    done.add(exercise)
                elif view.rewrite:
                    await _write(view, answer, way, until)
                else:
                    await _fill(view, answer, way, until)
                await _pause(way.chance.uniform(*READING), until)
                if time.time() >= until:
                    return
            if way.name == "jumper":
                await _look_around(view, way)
            elif view.rewrite and way.chance.random() < 0.5:  # thinks about it; others go on and it stands meanwhile
                await _pause(STAND, until)


async def _write(view: View, text: str, way: Way, until: float) -> None:
    """Change the text into this one: what is the same at the beginning stays, the rest is deleted and typed anew."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(view.text, text, strict=False)))
    if view.text[same:]:
        await view.edit(text[:same])
    while same < len(text):
        chunk = way.chance.randrange(1, 5)
        if not await _pause(60 * chunk / way.speed * way.chance.uniform(0.6, 1.5), until):
            return
        same = min(same + chunk, len(text))
        await view.edit(text[:same])
        if way.name == "stuck" and same > 12 and way.chance.random() < 0.2:
            await _pause(STUCK, until)


async def _fill(view: View, answer: dict[str, Any], way: Way, until: float) -> None:
    """Work an activity's board towards this answer, part by part, and ask for the marks."""
    parts = list(answer)
    for n in range(1, len(parts) + 1):
        if not await _pause(way.chance.uniform(*CLICK) * 60 / way.speed, until):
            return
        text = dump({key: answer[key] for key in parts[:n]})
        if text != view.text:
            await view.edit(text)
    if not view.live:
        await view.check()


async def _look_around(view: View, way: Way) -> None:
    """What the buttons under an exercise are for."""
    what = way.chance.choice(("hint", "solution", "versions", "lang"))
    if what == "lang":
        view.speak(way.chance.choice(("zh", "en")))
    else:
        await view.ask(what)


async def _pause(seconds: float, until: float) -> bool:
    """Wait; False if the lesson is over."""
    await asyncio.sleep(max(min(seconds, until - time.time()), 0.0))
    return time.time() < until


def _answers(exercise: Any, way: Way, salt: int) -> Iterator[Any]:
    """What the trainee tries, one after the other: texts of a reply without end, an activity's answers each once."""
    if isinstance(exercise, Exercise):
        yield from _replies(exercise, way, salt)
        return
    kind = kind_of(exercise)
    answers = [*kind.poor_answers(exercise), kind.model_answer(exercise)]
    yield from (a for a in (answers[::-1] if way.name == "falling" else answers) if a)


def _replies(exercise: Exercise, way: Way, salt: int) -> Iterator[str]:
    """Drafts of a reply: more and more of a good one (or less and less), among it what the flawed one says."""
    good, flawed = _sentences(exercise.model_answer), _sentences(exercise.flawed_reply)
    share = 0.9 if way.name == "falling" else 0.2
    for n in range(1000):
        kept = [s for s in good if way.chance.random() < share] or good[:1]
        kept += [s for s in flawed if way.chance.random() > share]
        yield "".join([*kept, f"我的工号是{1000 * (salt + 1) + n}，有事您随时找我。"])
        share = max(share - 0.25, 0.05) if way.name == "falling" else share + (0.95 - share) * way.chance.random()


def _sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]
