"""The room as it is now: a fold over the trainees' files, with the clock as an argument.

Nothing here knows a path or reads a clock: the same files at the same time make the same room, so every view of the
dashboard can be tested and replayed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from csworkshop.classroom.caution import masked
from csworkshop.classroom.records import FAULTY, Ballot, MarkedLine, SeatFile, Session, State, Work, read_seat
from csworkshop.classroom.store import Class, Found, Scan
from csworkshop.exercises.library import UnknownExercise, load_any
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError
from csworkshop.text.segment import clauses
from csworkshop.text.unvouched import Unfit

AWAY_AFTER = 45.0  # seconds without a sign from the kernel
STUCK_AFTER = 240.0  # seconds without a change in an exercise that isn't passed
FALLEN = 0.15  # below the best score of the exercise, after at least two steps down or sideways
EXAMPLES = 3  # clauses per fault
LONGEST_EXAMPLE = 60  # characters
NUMBERS = 90  # seats are numbered 10 to 99, in a crowd with three digits

# A text, names to take out, what an exercise gave and may stay -> the text as all may see it.
Mask = Callable[[str, Sequence[str], str], str]
Reason = Literal["", "idle", "falling"]
Standing = Literal["away", "new", "working", "stuck", "done"]


@dataclass(frozen=True)
class Seat:
    """A trainee in the room: a number that says nothing about him, his file, seconds since last sign and change."""

    number: int
    key: str
    file: SeatFile
    silent: float
    idle: float

    @property
    def work(self) -> Work | None:
        """Where the exercise stands that he is on."""
        return self.file.work.get(self.file.exercise)

    @property
    def reason(self) -> Reason:
        """Why he may need help: no change for minutes, or marks that fall."""
        if self.standing != "stuck":
            return ""
        return "idle" if self.idle >= STUCK_AFTER else "falling"

    @property
    def standing(self) -> Standing:
        if self.silent >= AWAY_AFTER:
            return "away"
        work = self.work
        if work is not None and work.passed:
            return "done"
        if self.file.exercise and (self.idle >= STUCK_AFTER or (work is not None and falling(work.scores))):
            return "stuck"
        return "working" if self.file.exercise else "new"


@dataclass(frozen=True)
class Heat:
    """How an item of the checker stands in the class: trainees by state, counted in each one's latest work."""

    item: str
    type: Literal["technique", "fault"]
    states: dict[State, int]

    @property
    def of(self) -> int:
        return sum(self.states.values())

    @property
    def share(self) -> float:
        """A technique's share that have it, a fault's share that are free of it; unsure and partly count half. 0..1."""
        good = self.states.get("earned", 0) + self.states.get("clean", 0)
        half = self.states.get("unsure", 0) + self.states.get("partly", 0)
        return (good + half / 2) / self.of if self.of else 0.0


@dataclass(frozen=True)
class CommonFault:
    """A fault, how many trainees have it in what they are writing, and clauses that show it, without names."""

    item: str
    trainees: int
    of: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Room:
    """Everybody who joined the session, as of `now` (epoch seconds); `unreadable` counts files by what is wrong."""

    session: Session | None
    now: float
    seats: tuple[Seat, ...]
    unreadable: dict[str, int]
    mask: Mask

    @cached_property
    def stuck(self) -> tuple[Seat, ...]:
        """Who may need help, the longest without a change first."""
        return tuple(sorted((s for s in self.seats if s.standing == "stuck"), key=lambda s: -s.idle))

    @cached_property
    def standings(self) -> Counter[Standing]:
        return Counter(seat.standing for seat in self.seats)

    @cached_property
    def present(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.standing != "away")

    @cached_property
    def heatmap(self) -> tuple[Heat, ...]:
        """Every item that a scorecard asked about, in the catalogue's order; a trainee's newest word on it counts."""
        counts: dict[str, Counter[State]] = {}
        for seat in self.seats:
            newest: dict[str, State] = {}
            for work in sorted(seat.file.work.values(), key=lambda w: w.changed_at):
                newest.update({line.item: line.state for line in work.lines})
            for item, state in newest.items():
                counts.setdefault(item, Counter())[state] += 1
        known = catalogue().items
        return tuple(Heat(i, known[i].type, dict(counts[i])) for i in known if i in counts)

    @cached_property
    def common_faults(self) -> tuple[CommonFault, ...]:
        """The three faults that most of those present have right now."""
        return self.faults(3)

    def faults(self, most: int) -> tuple[CommonFault, ...]:
        """The faults that those present have in what they are writing, the commonest first, at most `most`."""
        having: dict[str, list[tuple[Seat, MarkedLine]]] = {}
        writing = [seat for seat in self.present if seat.work is not None and seat.work.lines]
        for seat in writing:
            for line in {x.item: x for x in seat.work.lines if x.state in FAULTY}.values() if seat.work else ():
                having.setdefault(line.item, []).append((seat, line))
        known = catalogue().items
        ranked = sorted((i for i in having if i in known), key=lambda i: (-len(having[i]), list(known).index(i)))
        return tuple(
            CommonFault(item, len(having[item]), len(writing), self._examples(having[item])) for item in ranked[:most]
        )

    def votes(self, ballot: Ballot) -> dict[str, int]:
        """Votes per option; one a trainee, whatever else stands in his file."""
        counts = {option.id: 0 for option in ballot.options}
        for seat in self.seats:
            choice = seat.file.votes.get(ballot.id)
            if choice in counts:
                counts[choice] += 1
        return counts

    def masked(self, text: str, exercise: str = "") -> str:
        """`text` as it may be shown to all: personal data and the names of those in the room are taken out, but not
        what the exercise itself tells."""
        return self.mask(text, [seat.file.nickname for seat in self.seats], given_by(exercise))

    def _examples(self, having: Iterable[tuple[Seat, MarkedLine]]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        # In the order of keys, which are random: the first example isn't always the first seat's.
        for seat, line in sorted(having, key=lambda pair: pair[0].key):
            for start, end in line.spans[:1]:
                clause = clause_at(seat.file.text, start, end)
                if clause:
                    found[self.masked(clause, seat.file.exercise)] = None
            if len(found) >= EXAMPLES:
                break
        return tuple(found)[:EXAMPLES]


_seat = lru_cache(maxsize=256)(read_seat)  # most files haven't changed since the last look


def fold(session: Session | None, files: Iterable[Found], now: float, mask: Mask = masked) -> Room:
    """The room that the files make at `now`. Files of other sessions are passed over."""
    unreadable: Counter[str] = Counter()
    here: list[tuple[str, SeatFile, float]] = []
    for found in files:
        if found.raw is None:
            unreadable[found.reason] += 1
            continue
        try:
            file = _seat(found.raw.data)
        except Unfit as unfit:
            unreadable[unfit.reason] += 1
            continue
        if session is not None and file.session == session.id:
            here.append((found.name, file, found.raw.written))
    numbers = seat_numbers([(name, file.joined_at) for name, file, _ in here], session.id if session else "")
    seats = []
    for name, file, written in here:
        silent = max(now - written, 0.0)
        # Trainee and instructor may sit at machines whose clocks differ: each difference is of one clock.
        idle = max(file.seen_at - file.changed_at, 0.0) + silent
        seats.append(Seat(numbers[name], name, file, silent, idle))
    return Room(session, now, tuple(sorted(seats, key=lambda s: s.number)), dict(unreadable), mask)


class Watch:
    """The instructor's end: the room of a class, again and again. For one thread."""

    def __init__(self, klass: Class, mask: Mask = masked) -> None:
        self.klass = klass
        self._scan, self._mask = Scan(klass.live), mask

    def snapshot(self, now: float) -> Room:
        """The room as the files stand; ClassError for whoever may not read them."""
        return fold(self.klass.session(), self._scan.read(), now, self._mask)


def seat_numbers(joined: Sequence[tuple[str, float]], salt: str) -> dict[str, int]:
    """A number per file, from its random name: who comes later changes nobody's, and none tells when one came."""
    size = NUMBERS if len(joined) <= NUMBERS - 5 else 900
    taken: dict[int, str] = {}
    for name, _ in sorted(joined, key=lambda pair: (pair[1], pair[0])):
        place = int.from_bytes(hashlib.sha256(f"{salt}:{name}".encode()).digest()[:8], "big") % size
        while place in taken:
            place = (place + 1) % size
        taken[place] = name
    first = 10 if size == NUMBERS else 100
    return {name: place + first for place, name in taken.items()}


@lru_cache(maxsize=256)
def given_by(exercise: str) -> str:
    """All texts of an exercise in one; "" where the kit has none of this name."""
    try:
        return load_any(exercise).model_dump_json() if exercise else ""
    except (UnknownExercise, DataFileError):
        return ""


def falling(scores: Sequence[float]) -> bool:
    """Whether the last scores fall: well below the best, and not on the way up again."""
    return len(scores) > 2 and scores[-1] <= max(scores) - FALLEN and scores[-1] <= scores[-2]


def clause_at(text: str, start: int, end: int) -> str:
    """The clauses of `text` that the span touches, on one line; "" for a span outside the text."""
    if not 0 <= start < end <= len(text):
        return ""
    touched = [(a, b) for a, b in clauses(text) if a < end and b > start]
    first, last = (touched[0][0], touched[-1][1]) if touched else (start, end)
    piece = " ".join(text[first:last].split())
    return piece if len(piece) <= LONGEST_EXAMPLE else piece[: LONGEST_EXAMPLE - 1] + "…"
