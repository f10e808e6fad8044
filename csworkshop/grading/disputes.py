"""The queue of disputes: what trainees say against their marks, from the submissions collected last, and the verdicts.

What a trainee wrote is only shown here. A mark changes where an instructor accepts, and then as an override.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.disputes import read_disputes, text_print
from csworkshop.exercises.marking import mark
from csworkshop.exercises.overriding import Override, item_name, overridden
from csworkshop.grading.course import Done, grade
from csworkshop.grading.decisions import (
    Decisions,
    Ruling,
    record_overrides,
    record_ruling,
    reply_key,
    signed,
    usable_comment,
)
from csworkshop.grading.graded import assignments, dispute_id, handed_in, open_plan, students
from csworkshop.grading.opening import Course, CourseError, open_course
from csworkshop.grading.overrides import cell_of, check
from csworkshop.grading.submission import clean
from csworkshop.text.language import say


@dataclass(frozen=True)
class Disputed:
    """One dispute: about what, why, and how the item stands. `state`: waiting, accepted, rejected or moot."""

    id: str
    state: str
    assignment: str
    student: str
    exercise: str
    item: str
    mark: str
    points: float
    possible: float
    reason: str
    at: str
    rewritten: bool
    reply: str
    evidence: tuple[str, ...]
    comment: str = ""
    who: str = ""

    def text(self, lang: str | None = None) -> str:
        """A few lines for a terminal."""
        name, marked = item_name(self.item, lang), say(f"marks.{self.mark}", lang)
        state = say(f"people.dispute_{self.state}", lang)
        since = f" ({say('people.dispute_changed_since', lang)})" if self.rewritten else ""
        worth = f"{self.points:g} / {self.possible:g}"
        about = " · ".join((self.assignment, self.student, self.exercise, name))
        rows = [
            f"{self.id}  {about} [{marked} {worth}] {state}{since}",
            f"    > {_line(self.reply)}",
            f"    {_line(self.reason)}",
        ]
        return "\n".join([*rows, f"    {self.who}: {_line(self.comment)}"] if self.comment else rows)

    def data(self) -> dict[str, Any]:
        return asdict(self)


def queue(course_dir: Path | str = ".", assignment: str | None = None, *, everything: bool = False) -> list[Disputed]:
    """Disputes that wait for a verdict, the oldest first; with `everything` also decided and settled ones."""
    course = open_course(course_dir)
    named = assignments(course)
    if assignment is not None and assignment not in named:
        raise CourseError(f"the gradebook has no assignment {assignment!r}; it has {', '.join(named) or 'none'}")
    found = [d for a in ([assignment] if assignment else named) for d in _of(course, a)]
    return sorted((d for d in found if everything or d.state == "waiting"), key=lambda d: (d.at, d.student, d.id))


def _of(course: Course, assignment: str) -> Iterator[Disputed]:
    names = students(course, assignment, "submitted")
    if not names:
        return
    plan, decisions = open_plan(course, assignment), Decisions(course.root)
    for student in names:
        submission, entries = handed_in(course, assignment, student)
        for cell in (c for cells in plan.notebooks.values() for c in cells):
            exercise, answer = cell.exercise, submission.answer(cell.exercise.id)
            if not isinstance(exercise, Exercise) or not isinstance(answer, str):
                continue
            disputes = read_disputes(entries.get(exercise.id), exercise.scorecard.items)
            if not disputes:
                continue
            said = decisions.of(assignment, student).about(exercise.id, answer)
            lines = {x.item: x for x in overridden(mark(answer, exercise), exercise, said, cell.maximum).lines}
            for item, dispute in disputes.items():
                known = dispute_id(assignment, student, exercise.id, dispute, answer)
                ruling, line = decisions.rulings.get(known), lines[item]
                points, possible = (round(x * cell.maximum / 100, 2) for x in (line.points, line.possible))
                yield Disputed(
                    known, _state(ruling, line.state), assignment, student, exercise.id, item, line.state, points,
                    possible, clean(dispute.reason), clean(dispute.at), bool(dispute.about)
                    and dispute.about != text_print(answer), answer, tuple(e.text for e in line.evidence),
                    ruling.comment if ruling else "", ruling.who if ruling else "",
                )  # fmt: skip


def _state(ruling: Ruling | None, mark_state: str) -> str:
    if ruling:
        return "accepted" if ruling.accepted else "rejected"
    return "moot" if mark_state in ("earned", "clean") else "waiting"


def decide(
    course_dir: Path | str,
    ids: Sequence[str],
    accepted: bool,
    comment: str,
    who: str | None = None,
    *,
    points: float | None = None,
    lang: str | None = None,
) -> Done:
    """Decide disputes; accepting makes an override (full points, or `points`) and grades the trainee again."""
    course = open_course(course_dir)
    comment, signature = usable_comment(comment), signed(who)
    known = {d.id: d for d in queue(course.root, everything=True)}
    for wanted in ids:
        if wanted not in known:
            raise CourseError(f"there is no dispute {wanted!r}; `csworkshop course disputes` lists those that wait")
        if known[wanted].state in ("accepted", "rejected"):
            raise CourseError(f"dispute {wanted} is decided already; `csworkshop course override` changes the mark")
    lines = []
    for wanted in dict.fromkeys(ids):
        lines += _decide(course, known[wanted], accepted, comment, signature, points, lang)
    return Done(tuple(lines))


def _decide(
    course: Course, d: Disputed, accepted: bool, comment: str, who: str, points: float | None, lang: str | None
) -> list[str]:
    about = {"assignment": d.assignment, "student": d.student, "exercise": d.exercise, "item": d.item}
    lines = []
    if accepted and d.state != "moot":
        verdict = "points" if points is not None else "earned" if _earns(d) else "removed"
        new = Override(d.item, verdict, comment, who, points=points)  # type: ignore[arg-type]
        check(cell_of(open_plan(course, d.assignment), d.exercise), new)
        worth = {"points": points} if points is not None else {}
        entry = {**about, "verdict": verdict, **worth, "comment": comment, "who": who, "dispute": d.id}
        record_overrides(course.root, [{**entry, "reply": reply_key(d.reply)}])
    record_ruling(course.root, {"id": d.id, **about, "reason": d.reason}, accepted, comment, who)
    state = say(f"people.dispute_{'accepted' if accepted else 'rejected'}", lang)
    lines.append(say("people.dispute_decided", lang, id=d.id, state=state))
    if accepted and d.state != "moot":
        for result in grade(d.assignment, course.root, students=[d.student], lang=lang).results:
            told = {"student": result.student, "score": result.score, "maximum": result.maximum}
            lines.append(say("people.regraded", lang, **told))
    return lines


def _earns(d: Disputed) -> bool:
    """Whether the item is a technique, which earns, and no fault."""
    from csworkshop.techniques.catalogue import catalogue

    return catalogue().items[d.item].type == "technique"


def _line(text: str) -> str:
    """A trainee's words on one line of a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
