"""When a text counts as an attempt, and how it gets into the log.

The studio marks at every key press; a record of each would be noise. An attempt is a text that the trainee *let
stand*: nothing was typed for `PAUSE` seconds, or they left the exercise, or they asked for the marks (`check`), and

- it was marked in full (not by the quick reader), and it is a text of their own: not empty, not the flawed reply
  unchanged, at least 15 characters of words (a text refused for another reason is recorded with that reason, and no
  item of it counts);
- its words are not those of an earlier attempt at this exercise in the log (fingerprint of the words, so blanks and
  punctuation make no new attempt; two notebooks that show the same answer record it once);
- within a sitting (less than `SITTING` since the last attempt at the exercise) some item came out differently:
  polishing that changes nothing the checker sees is the same attempt. Later attempts of a sitting carry `tries`,
  because live feedback on the earlier ones was help.

Items of an exercise of another kind are its own; where it says which techniques it trains, those count by its score:
done from `WELL` on, not done below `POORLY`, partly between.

`Recorder` has the clock as an argument and starts no thread where `timer` is None; then `tick()` must be called.
"""

from __future__ import annotations

import atexit
import hashlib
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from csworkshop.progress.records import Attempt, Log, Outcome, RecordError
from csworkshop.progress.topics import table, type_of
from csworkshop.text.normalise import fold

PAUSE = 20.0  # seconds without a key after which a text stands
SITTING = timedelta(minutes=30)
SHORTEST = 15  # characters that carry words, as marking's honest try
NO_ATTEMPT = ("empty", "unchanged", "unreadable")
LONGEST_WORDS = 16  # characters of a quoted fault; the log holds no sentences
MOST_WORDS = 3
WELL, POORLY = 0.8, 0.5
IDLE = 120.0  # a longer gap between two key presses is no time spent on the exercise

Clock = Callable[[], datetime]
Timer = Callable[[float, Callable[[], None]], Any]


class Exercise(Protocol):
    """What is asked of an exercise of any kind."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def module(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def items(self) -> tuple[str, ...]: ...


@dataclass
class _Standing:
    """The newest marks of one exercise that aren't in the log yet, and the time spent since the last attempt."""

    exercise: Exercise
    marks: Any
    text: str
    at: datetime
    hints: int = 0
    solution: bool = False
    seconds: float = 0.0


def now() -> datetime:
    """The computer's clock, with its zone."""
    return datetime.now().astimezone()


def start_timer(seconds: float, act: Callable[[], None]) -> threading.Timer:
    """A thread that acts once after `seconds` and doesn't keep the program alive."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


@dataclass(eq=False)
class Recorder:
    """Turns what widgets see into attempts. All methods may be called from any thread; none raises for a full disk:
    `problem` then says in one sentence why nothing could be recorded (the answer itself is saved elsewhere)."""

    folder: Path | str = "."
    where: Literal["lesson", "assignment"] = "lesson"
    source: str = "studio"
    clock: Clock = now
    timer: Timer | None = start_timer
    problem: str = ""
    _standing: dict[str, _Standing] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _armed: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        this = weakref.ref(self)
        atexit.register(lambda: (recorder := this()) and recorder.leave())

    def seen(
        self, exercise: Exercise, marks: Any, *, text: str | None = None, hints: int = 0, solution_seen: bool = False
    ) -> None:
        """Marks at level `full` were shown. Cheap: nothing is written before the text stands.

        `text` is the answer as it was saved; a reply's own text where it isn't given.
        """
        text = marks.report.reply if text is None else text
        with self._lock:
            at = self.clock()
            self.tick()
            before = self._standing.get(exercise.id)
            spent = 0.0
            if before:
                spent = before.seconds + min(max((at - before.at).total_seconds(), 0.0), IDLE)
                if before.marks is not None and fingerprint(before.text) == fingerprint(text):
                    at = before.at  # the same text marked again (another tab): it stands since then
            self._standing[exercise.id] = _Standing(exercise, marks, text, at, hints, solution_seen, spent)
            self._arm(PAUSE)

    def check(
        self, exercise: Exercise, marks: Any, *, text: str | None = None, hints: int = 0, solution_seen: bool = False
    ) -> Attempt | None:
        """The trainee asked for the marks: the text stands at once."""
        with self._lock:
            self.seen(exercise, marks, text=text, hints=hints, solution_seen=solution_seen)
            return self._record(exercise.id)

    def leave(self, exercise_id: str | None = None) -> list[Attempt]:
        """The exercise (or everything) was left; what stands there is recorded."""
        with self._lock:
            ids = [i for i in self._standing if exercise_id in (None, i)]
            return [a for i in ids if (a := self._record(i))]

    def tick(self) -> list[Attempt]:
        """Record every text that has stood for `PAUSE` seconds."""
        with self._lock:
            stands = self.clock() - timedelta(seconds=PAUSE)
            return [a for i, s in list(self._standing.items()) if s.marks and s.at <= stands and (a := self._record(i))]

    def done(
        self,
        exercise: Exercise,
        items: Mapping[str, Outcome],
        score: float,
        passed: bool,
        *,
        words: Mapping[str, Iterable[str]] | None = None,
        hints: int = 0,
        solution_seen: bool = False,
        seconds: float = 0.0,
        text: str = "",
        source: str | None = None,
    ) -> Attempt | None:
        """An attempt that is over by itself: a role-play's end, a drill's answer. `text` tells two of them apart."""
        with self._lock:
            found = _attempt(exercise, self.clock(), dict(items), score, passed, text=fingerprint(text))
            return self._write(
                found.model_copy(
                    update={
                        "words": _quoted(words or {}), "hints": hints, "solution": solution_seen,
                        "seconds": round(seconds, 1), "where": self.where, "source": source or self.source,
                    }
                )
            )  # fmt: skip

    def _arm(self, seconds: float) -> None:
        if self.timer and not self._armed:
            self._armed = True
            this = weakref.ref(self)

            def rings() -> None:
                if recorder := this():
                    recorder._rings()

            self.timer(seconds, rings)

    def _rings(self) -> None:
        with self._lock:
            self._armed = False
            self.tick()
            waiting = [s.at for s in self._standing.values() if s.marks]
            if waiting:
                rest = PAUSE - (self.clock() - min(waiting)).total_seconds()
                self._arm(min(max(rest, 0.05), PAUSE))

    def _record(self, exercise_id: str) -> Attempt | None:
        standing = self._standing[exercise_id]
        marks, standing.marks = standing.marks, None
        short = standing.exercise.kind == "rewrite" and len(words_of(standing.text)) < SHORTEST
        if marks is None or marks.refusal in NO_ATTEMPT or short:
            return None
        items = {} if marks.refusal else outcomes(standing.exercise, marks)
        found = _attempt(
            standing.exercise, standing.at, items, marks.score, marks.passed, text=fingerprint(standing.text)
        ).model_copy(
            update={
                "words": _words(marks), "hints": standing.hints, "solution": standing.solution,
                "seconds": round(standing.seconds, 1), "where": self.where, "source": self.source,
                "refusal": marks.refusal,
            }
        )  # fmt: skip
        written = self._write(found)
        if written:
            standing.seconds = 0.0
        return written

    def _write(self, attempt: Attempt) -> Attempt | None:
        log = Log(self.folder)
        earlier: list[Attempt] = []
        try:
            earlier = [a for a in log.read().attempts if a.exercise == attempt.exercise]
            sitting = _sitting(earlier, attempt.at)
            if sitting and attempt.text and same_outcome(sitting[-1], attempt):
                return None
            attempt = attempt.model_copy(update={"tries": len(sitting)})
            added = log.add(attempt, unless=lambda known: bool(attempt.text) and _same(known, attempt))
        except RecordError as error:
            self.problem = str(error)
            return None
        self.problem = ""
        return attempt if added else None


def _attempt(exercise: Exercise, at: datetime, items: dict[str, Outcome], score: float, passed: bool, text: str) -> Any:
    key = f"{exercise.id}\0{text}\0{at.isoformat()}"
    return Attempt(
        at=at.replace(microsecond=0),
        attempt=hashlib.sha256(key.encode()).hexdigest()[:20],
        exercise=exercise.id,
        kind=exercise.kind,
        module=exercise.module,
        level=min(max(int(exercise.level), 1), 3),
        score=min(max(float(score), 0.0), 1.0),
        passed=bool(passed),
        items=items,
        text=text,
    )


def _sitting(earlier: list[Attempt], at: datetime) -> list[Attempt]:
    """The attempts at the exercise that are one sitting with something at `at`."""
    sitting: list[Attempt] = []
    for a in reversed(earlier):
        if not timedelta(0) <= at - a.at < SITTING:
            break
        sitting.insert(0, a)
        at = a.at
    return sitting


def _same(known: Attempt, new: Attempt) -> bool:
    return known.exercise == new.exercise and known.text == new.text


def same_outcome(a: Attempt, b: Attempt) -> bool:
    """Whether two attempts differ in nothing that the checker sees."""
    return (a.items, a.passed, a.refusal) == (b.items, b.passed, b.refusal) and b.hints <= a.hints


def words_of(text: str) -> str:
    """Only the characters that carry words, in one form: blanks, punctuation and width make no difference."""
    return "".join(c for c in fold(text).text if c.isalnum())


def fingerprint(text: str) -> str:
    """What tells texts apart in the log without holding them."""
    return hashlib.sha256(words_of(text).encode("utf-8", "replace")).hexdigest()[:16] if text else ""


def outcomes(exercise: Exercise, marks: Any) -> dict[str, Outcome]:
    """What came of each item, and by the score of each technique that the exercise trains without judging it."""
    found: dict[str, Outcome] = {line.item: line.state for line in marks.lines}
    for item in exercise.items:
        if item not in found:
            fault = type_of(item) == "fault"
            done: Outcome = "clean" if fault else "earned"
            not_done: Outcome = "fault" if fault else "missing"
            found[item] = done if marks.score >= WELL else not_done if marks.score < POORLY else "partly"
    return found


def _words(marks: Any) -> dict[str, tuple[str, ...]]:
    faults = (line for line in marks.lines if line.state in ("fault", "critical"))
    return {} if marks.refusal else _quoted({line.item: [e.text for e in line.evidence] for line in faults})


def _quoted(words: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    short = {item: [q for w in found for q in _quotes(item, w.strip())] for item, found in words.items()}
    return {item: tuple(dict.fromkeys(found))[:MOST_WORDS] for item, found in short.items() if found}


def _quotes(item: str, words: str) -> list[str]:
    """The words of a fault that are worth quoting: those that make it one, or short ones as they are."""
    known = [w for w in table().own(item).words if w in words]
    return known or ([words] if 0 < len(words) <= LONGEST_WORDS else [])
