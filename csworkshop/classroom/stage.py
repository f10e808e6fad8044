"""The instructor's end of a lesson: begin and end it, ask, show rewrites side by side, count down, call to all.

Everything goes into the one session file that the class reads. Votes lie in the trainees' own files and are counted
from the room; when a poll or gallery is closed, its counts are shown to all and noted, without names, in
`instructor/results.jsonl`.
"""

from __future__ import annotations

import json
import random
import re
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from csworkshop.classroom.live import Room
from csworkshop.classroom.records import Ballot, Gallery, Nudge, Option, Poll, Session, Timer, plain
from csworkshop.classroom.store import Class, ClassError
from csworkshop.text.language import say

RESULTS = "results.jsonl"
LONGEST_LINE = 200  # characters of a question, an answer, a call
MOST_OPTIONS = 12


class Stage:
    """What the instructor can do in a class. `clock` is epoch seconds, `rng` the order of a gallery."""

    def __init__(self, klass: Class, clock: Callable[[], float] = time.time, rng: random.Random | None = None) -> None:
        self.klass = klass
        self._clock, self._rng = clock, rng or random.SystemRandom()

    @property
    def session(self) -> Session:
        """The lesson that is on; ClassError if none is."""
        session = self.klass.session()
        if session is None or not session.open:
            raise ClassError(say("class.no_session"))
        return session

    def start(self, title: str = "", exercise: str = "") -> Session:
        """Begin a lesson. Trainees join it anew; what lay there of an earlier one is deleted.

        ClassError for an `exercise` that is no id.
        """
        session = Session(
            schema=1,
            id=secrets.token_hex(8),
            title=plain(title, 80) or self.klass.title,
            opened_at=self._clock(),
            exercise=_id(exercise),
        )
        self.klass.write_session(session)
        self.klass.erase_live()
        return session

    def end(self) -> int:
        """End the lesson and delete what the trainees shared in it; how many files that were."""
        self.klass.write_session(self.session.model_copy(update={"open": False, "poll": None, "gallery": None}))
        return self.klass.erase_live()

    def set_exercise(self, exercise: str) -> Session:
        """Send everybody to an exercise ("": to none); ClassError for what is no id and would spoil the file."""
        return self._show(exercise=_id(exercise))

    def ask(self, title: str, options: Sequence[str]) -> Poll:
        """Put a question with two to twelve answers to the class; ClassError for fewer, more or empty ones."""
        poll = Poll(id=secrets.token_hex(6), title=_line(title), options=_options(map(_line, options)))
        self._show(poll=poll)
        return poll

    def show(self, room: Room, numbers: Sequence[int], title: str = "") -> Gallery:
        """Show what the seats with these numbers wrote side by side, without names, in an order of chance.

        Only who shares his texts can be chosen, and all must be on one exercise; ClassError says what is wrong.
        """
        seats = [seat for seat in room.seats if seat.number in set(numbers)]
        if any(seat.file.share != "texts" or not seat.file.text.strip() for seat in seats):
            raise ClassError(say("class.gallery_share"))
        if len({seat.file.exercise for seat in seats}) > 1:
            raise ClassError(say("class.gallery_exercise"))
        texts = list(dict.fromkeys(room.masked(s.file.text, s.file.exercise).strip() for s in seats))
        options = _options(texts)  # refuses fewer than two
        self._rng.shuffle(options)
        exercise = seats[0].file.exercise
        gallery = Gallery(id=secrets.token_hex(6), title=_line(title or exercise), options=options, exercise=exercise)
        self._show(gallery=gallery)
        return gallery

    def close(self, which: Literal["poll", "gallery"], room: Room) -> Ballot:
        """End the voting and show the counts to all."""
        ballot: Ballot | None = getattr(self.session, which)
        if ballot is None:
            raise ClassError(say("class.no_ballot"))
        done = ballot.model_copy(update={"open": False, "counts": room.votes(ballot)})
        self._show(**{which: done})
        self._note(which, done)
        return done

    def count_down(self, seconds: float, label: str = "") -> Timer:
        """Start a timer that all see; another one takes its place."""
        if not 0 < seconds <= 86400:
            raise ClassError(say("class.timer"))
        timer = Timer(id=secrets.token_hex(6), label=plain(label, 60), started_at=self._clock(), seconds=float(seconds))
        self._show(timer=timer)
        return timer

    def nudge(self, text: str) -> Nudge:
        """Call a line to everybody."""
        nudge = Nudge(id=secrets.token_hex(6), text=_line(text), at=self._clock())
        self._show(nudge=nudge)
        return nudge

    def clear(self, which: Literal["poll", "gallery", "timer", "nudge"]) -> Session:
        """Take something off the screens."""
        return self._show(**{which: None})

    def _show(self, **changed: Any) -> Session:
        with self.klass.alone():
            session = self.session.model_copy(update=changed)
            self.klass.write_session(session)
        return session

    def _note(self, which: str, ballot: Ballot) -> None:
        at = datetime.fromtimestamp(self._clock()).astimezone().isoformat(timespec="seconds")
        counts = [{"text": o.text, "votes": (ballot.counts or {}).get(o.id, 0)} for o in ballot.options]
        line = {"at": at, "kind": which, "title": ballot.title, "counts": counts}
        path = self.klass.instructor / RESULTS
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise ClassError(f"{path}: {error.strerror or error}") from error


def _id(exercise: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{0,64}", exercise):
        raise ClassError(say("class.exercise_form", exercise=plain(exercise, 40)))
    return exercise


def _line(text: str) -> str:
    found = plain(text, LONGEST_LINE)
    if not found:
        raise ClassError(say("class.empty"))
    return found


def _options(texts: Iterable[str]) -> list[Option]:
    found = [Option(id=secrets.token_hex(6), text=text) for text in texts]
    if not 2 <= len(found) <= MOST_OPTIONS:
        raise ClassError(say("class.options", most=MOST_OPTIONS))
    return found
