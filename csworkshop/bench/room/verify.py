"""What became of everything that the trainees did: in their logs, in their answer files, in the class, on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from csworkshop.bench.room.lesson import Trainee
from csworkshop.bench.room.view import Mark, Record
from csworkshop.bench.room.watched import Seen
from csworkshop.classroom.live import Room
from csworkshop.classroom.pages import exercise_title
from csworkshop.exercises.answers import AnswerFile
from csworkshop.progress.records import Log


@dataclass
class Losses:
    """What is missing, a line for each."""

    attempts: list[str] = field(default_factory=list)  # not in the log
    texts: list[str] = field(default_factory=list)  # not in the answer file as they were last saved
    class_: list[str] = field(default_factory=list)  # the class folder holds another state than the trainee last saw
    unsaved: list[str] = field(default_factory=list)  # the widget said that something failed
    lines: int = 0  # lines of all logs
    unreadable: int = 0  # of them

    @property
    def all(self) -> list[str]:
        return [*self.attempts, *self.texts, *self.class_, *self.unsaved]


def losses(people: Iterable[Trainee], room: Room) -> Losses:
    """Everything that was sent against what the files hold. `room` is the class after everybody has finished."""
    found = Losses()
    seats = {seat.file.nickname: seat.file for seat in room.seats}
    for one in people:
        record = one.record
        history = Log(one.workspace).read()
        found.lines += len(history.attempts)
        found.unreadable += len(history.troubles)
        there = {(a.exercise, a.text) for a in history.attempts}
        found.attempts += [
            f"{record.nickname}: {sent.exercise}, {sent.mark.score} points"
            for sent in record.attempts
            if (sent.exercise, sent.text) not in there
        ]
        answers = AnswerFile(one.workspace)
        for exercise, text in record.texts.items():
            saved = answers.load(exercise)
            if saved is None or saved.text != text:
                found.texts.append(f"{record.nickname}: the text of {exercise}")
        last = {mark.exercise: mark.score for mark in record.marks}
        work = seats[record.nickname].work if record.nickname in seats else {}
        held = {exercise: round(100 * state.score) for exercise, state in work.items()}
        if held != last:
            found.class_.append(f"{record.nickname}: the class holds {held}, marks were {last}")
        found.unsaved += [f"{record.nickname}: {line}" for line in record.failed]
    return found


@dataclass
class Delays:
    """Seconds from sending to the dashboard's page, and what the page never showed."""

    attempts: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)  # of all marks that differ from the ones before
    missing: list[str] = field(default_factory=list)  # attempts that stood long enough and were not shown
    overtaken: int = 0  # changes that the trainee's next one came too soon after

    def add(self, record: Record, seen: Sequence[Seen]) -> None:
        """`seen` is what the page showed of this trainee, in order."""
        attempts = {(sent.mark.exercise, sent.mark.at) for sent in record.attempts}
        changes = _changes(record.marks)
        for n, (mark, same) in enumerate(changes):
            end = changes[n + 1][0].at if n + 1 < len(changes) else float("inf")
            is_attempt = any((m.exercise, m.at) in attempts for m in same)
            delay = _shown_after(mark, end, seen)
            if delay is None:
                self.overtaken += 1
                if is_attempt and end - same[-1].at > LONG:
                    self.missing.append(f"{record.nickname}: {mark.exercise}, {mark.score} points")
                continue
            self.changes.append(delay)
            if is_attempt:
                self.attempts.append(delay)


LONG = 10.0  # seconds: marks that stand longer must have been on the page


def _changes(marks: Sequence[Mark]) -> list[tuple[Mark, list[Mark]]]:
    """The marks that changed what the card shows, each with those after it that changed nothing."""
    found: list[tuple[Mark, list[Mark]]] = []
    for mark in marks:
        if found and (found[-1][0].exercise, found[-1][0].score) == (mark.exercise, mark.score):
            found[-1][1].append(mark)
        else:
            found.append((mark, [mark]))
    return found


def _shown_after(mark: Mark, end: float, seen: Sequence[Seen]) -> float | None:
    """Seconds until the page showed these marks; None if it didn't before the next ones were sent and drawn."""
    title = exercise_title(mark.exercise)["zh"]
    for one in seen:
        if one.at >= mark.at and (one.title, one.score) == (title, mark.score):
            return one.at - mark.at if one.at < end + LONG else None
    return None
