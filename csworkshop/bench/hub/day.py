"""A workshop's day on a hub: a class comes, fetches, answers, hands in and goes; marks and pages come back.

Everybody does each step at once, as a class does when the trainer says so.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from csworkshop.bench.hub.doors import closed_doors, hand_in_as
from csworkshop.bench.hub.kernel import Kernel
from csworkshop.bench.hub.memory import Memory, memory_of
from csworkshop.bench.hub.site import Site
from csworkshop.bench.hub.visitor import Visitor
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.library import load_any

ASSIGNMENT = "m2"
STEPS = ("log in", "server", "fetch", "kernel", "answer", "hand in", "feedback")  # what everybody waits for
REPLY = (
    "让您久等了，换谁都着急，这是我们的错，实在抱歉。我是{number}号客服，查到您的单子还在路上，今天下午{hour}点{minute}分前"
    "给您办好并回电；您要是等不了，也可以现在就给您改办别的方式，您看哪种方便？"
)


@dataclass
class Person:
    """A trainee in their browser, what they wrote, and the points that the studio showed for it."""

    number: int
    web: Visitor
    kernel: Kernel | None = None
    words: str = ""
    points: float = 0.0
    page: str = ""


@dataclass
class Day:
    """What was measured, in seconds and megabytes, and what went wrong."""

    users: int
    own_accounts: bool
    seconds: dict[str, list[float]] = field(default_factory=dict)
    memory: list[Memory] = field(default_factory=list)
    commands: dict[str, float] = field(default_factory=dict)  # the instructor's
    problems: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)

    def expect(self, held: bool, problem: str) -> None:
        if not held:
            self.problems.append(problem)


def spend(site: Site, tell: Callable[[str], None] = lambda line: None) -> Day:
    """Spend the day; HubFailed, KernelFailed or RuntimeError where it can't go on."""
    day = Day(len(site.trainees), site.teacher.own)
    people = [Person(n, Visitor(site.address, t.name, site.password)) for n, t in enumerate(site.trainees, 1)]
    _teach(day, site, "course init", str(site.course), "--exchange", str(site.exchange))
    _teach(day, site, "release", ASSIGNMENT, "--course", str(site.course))
    with ThreadPoolExecutor(len(people)) as pool:

        def everybody(step: str, do: Callable[[Person], Sequence[float] | None]) -> None:
            def timed(person: Person) -> Sequence[float]:
                begun = time.perf_counter()
                own = do(person)  # a step of several parts says itself how long each took
                return [time.perf_counter() - begun] if own is None else own

            taken = [s for each in pool.map(timed, people) for s in each]
            day.seconds.setdefault(step, []).extend(taken)
            tell(f"{step}: done by {len(people)}")

        everybody("log in", lambda p: p.web.log_in())
        everybody("server", lambda p: p.web.start())
        everybody("fetch", lambda p: _fetch(site, p))
        everybody("kernel", _open)
        everybody("answer", _answer)
        day.memory = memory_of([p.web.name for p in people])
        everybody("hand in", lambda p: _hand_in(site, p))
        day.problems += closed_doors(site, people)
        impostor = hand_in_as(site, people, ASSIGNMENT)
        everybody("log out", _leave)
        _grade(day, site, people, impostor)
        _look_at_formgrader(day, site)
        everybody("log in again", lambda p: p.web.log_in())
        everybody("server again", lambda p: p.web.start())
        everybody("feedback", lambda p: _read_feedback(site, p))
    _check_pages(day, people)
    return day


def _teach(day: Day, site: Site, command: str, *arguments: str) -> str:
    begun = time.perf_counter()
    said = site.instructor(*command.split(), *arguments)
    day.commands[command] = time.perf_counter() - begun
    return said


def _fetch(site: Site, person: Person) -> None:
    person.web.assignments("fetch", site.course_id, ASSIGNMENT)


def _open(person: Person) -> None:
    """The notebook, its kernel, and the first exercise on the screen."""
    person.kernel, cells = person.web.open(f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    person.words = json.dumps(cells)
    person.kernel.widget(cells[0])


def _rewrites(cell: str) -> bool:
    """Whether the cell's studio takes a text; what is done in the other kinds isn't waited for here."""
    named = re.search(r'studio\("([^"]+)"', cell)
    return named is not None and isinstance(load_any(named[1]), Exercise)


def _answer(person: Person) -> list[float]:
    """An answer to every reply that is to be rewritten; the seconds from sending to saved, each."""
    assert person.kernel is not None
    cells, taken = json.loads(person.words), []
    person.words = REPLY.format(number=person.number, hour=person.number % 4 + 2, minute=10 + person.number)
    for cell in filter(_rewrites, cells):
        model = person.kernel.widget(cell)
        begun = time.perf_counter()
        marks = person.kernel.answer(model, person.words)
        taken.append(time.perf_counter() - begun)
        person.points += float(marks["points"])
    return taken


def _hand_in(site: Site, person: Person) -> None:
    listed = person.web.assignments("submit", site.course_id, ASSIGNMENT)
    assert any(a["status"] == "submitted" for a in listed), listed


def _leave(person: Person) -> None:
    assert person.kernel is not None
    person.kernel.close()
    person.web.log_out()


def _grade(day: Day, site: Site, people: Sequence[Person], impostor: str) -> None:
    """Collect, grade, hand back; the gradebook must say what the studio said."""
    where = ("--course", str(site.course))
    collected = _teach(day, site, "collect", ASSIGNMENT, *where)
    day.expect(not impostor or impostor in collected, "collecting did not name the account that handed in for another")
    _teach(day, site, "grade", ASSIGNMENT, *where)
    _teach(day, site, "feedback", ASSIGNMENT, *where)
    told = json.loads(site.instructor("course", "status", ASSIGNMENT, *where, "--json", "--trainees"))
    standing = {t["student"]: t for t in told["assignments"][0]["trainees"]}
    day.expect(standing.keys() == {p.web.name for p in people}, f"the gradebook has other people: {sorted(standing)}")
    for person in people:
        score = standing.get(person.web.name, {}).get("score")
        day.scores[person.web.name] = score
        same = score is not None and abs(score - person.points) < 0.02
        day.expect(same, f"{person.web.name}: {person.points:g} in the studio, {score} in the gradebook")


def _look_at_formgrader(day: Day, site: Site) -> None:
    """The instructor at the hub: formgrader has the class, and may be shown inside JupyterLab."""
    web = Visitor(site.address, site.teacher.name, site.password)
    web.log_in()
    web.start()
    found: dict[str, Any] = {a["name"]: a for a in web.own_json("formgrader/api/assignments")}
    number = found.get(ASSIGNMENT, {}).get("num_submissions")
    day.expect(number == day.users, f"formgrader shows {number} submissions of {day.users}")
    policy = web.headers("formgrader/").get("Content-Security-Policy", "")
    day.expect("frame-ancestors 'self'" in policy, f"formgrader may not be shown in JupyterLab: {policy}")
    web.log_out()


def _read_feedback(site: Site, person: Person) -> None:
    person.web.assignments("fetch_feedback", site.course_id, ASSIGNMENT)
    (stamp,) = person.web.files(f"{ASSIGNMENT}/feedback")
    person.page = person.web.file(f"{ASSIGNMENT}/feedback/{stamp}/{ASSIGNMENT}.html")


def _check_pages(day: Day, people: Sequence[Person]) -> None:
    """Everybody has their own page and nobody else's."""
    for person in people:
        numbers = set(re.findall(r"我是(\d+)号客服", re.sub(r"<[^>]*>", "", person.page)))
        day.expect(numbers == {str(person.number)}, f"{person.web.name} got a page with the words of {sorted(numbers)}")
        day.expect(person.web.name in person.page, f"{person.web.name}: the page bears another name")
