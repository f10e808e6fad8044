"""What a trainee must not reach from their own kernel or browser: other people's words, the course, others' names.

Tried from real kernels under real accounts. Where all share one account the operating system has nothing to forbid,
and only the hub's own doors are tried.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from csworkshop.bench.hub.site import Site

if TYPE_CHECKING:
    from csworkshop.bench.hub.day import Person

PROBE = """
import json, os, stat
def attempt(do, *about):
    try:
        do(*about)
        return "open"
    except PermissionError:
        return "denied"
    except FileNotFoundError:
        return "absent"
exchange, course, other, lesson, answers = {places!r}
inside = os.path.join(exchange, {course_id!r})
print(json.dumps({{
    "list what others handed in": attempt(os.listdir, os.path.join(inside, "inbound")),
    "list others' feedback": attempt(os.listdir, os.path.join(inside, "feedback")) if {handed_back} else "denied",
    "look into another's home": attempt(os.listdir, other),
    "read another's answers": attempt(open, answers),
    "look into the course": attempt(os.listdir, course),
    "read the gradebook": attempt(open, os.path.join(course, "gradebook.db")),
    "change what is handed out": attempt(open, os.path.join(inside, "outbound", lesson, "new.txt"), "w"),
    "take the course's place": "denied" if os.stat(exchange).st_mode & stat.S_ISVTX else "open",
}}))
"""
FORGERY = """
import subprocess, sys
done = subprocess.run(
    [sys.executable, "-m", "nbgrader", "submit", {assignment!r}, "--course", {course_id!r}, "--student", {other!r}],
    cwd="..", capture_output=True, text=True,
)
print(done.returncode, done.stderr[-500:])
"""


def closed_doors(site: Site, people: Sequence[Person]) -> list[str]:
    """Everybody tries the next one's doors; returns what was open."""
    found = []
    for person, other in zip(people, [*people[1:], people[0]], strict=True):
        if other is person:
            continue
        for path in (f"/user/{other.web.name}/api/contents/m2/answers.json", f"/user/{other.web.name}/lab"):
            status = person.web.status_at(path)
            if status not in (403, 404):
                found.append(f"{person.web.name} got {status} at {path}")
        status = person.web.status_at(f"/user/{person.web.name}/formgrader/")
        if status != 404:
            found.append(f"{person.web.name}, a trainee, has formgrader: {status}")
        if site.teacher.own:
            found += _from_kernel(site, person, other)
    return found


def _from_kernel(site: Site, person: Person, other: Person) -> list[str]:
    assert person.kernel is not None
    home = site.folder / "home" / other.web.name
    answers = home / "csworkshop-workspace" / "m2" / "answers.json"
    places = tuple(map(str, (site.exchange, site.course, home, "m2", answers)))
    handed_back = (site.exchange / site.course_id / "feedback").is_dir()
    told = json.loads(
        person.kernel.printed(PROBE.format(places=places, course_id=site.course_id, handed_back=handed_back))
    )
    return [f"{person.web.name} could {what} ({how})" for what, how in told.items() if how != "denied"]


def hand_in_as(site: Site, people: Sequence[Person], assignment: str) -> str:
    """The first hands in under the second's name, later than they did; the first's name, or "" if it wasn't tried."""
    if not site.teacher.own or len(people) < 2:
        return ""
    forger, other = people[0], people[1]
    assert forger.kernel is not None
    said = forger.kernel.printed(FORGERY.format(assignment=assignment, course_id=site.course_id, other=other.web.name))
    if not said.startswith("0 "):
        raise RuntimeError(f"the forgery could not be handed in, so nothing was shown: {said}")
    return forger.web.name
