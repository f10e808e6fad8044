"""What lies in a class folder, as records: a trainee's own file, and the session file that the instructor writes.

A trainee's file is his own to write, so it is believed in nothing but its form: short plain texts, numbers in their
bounds, known words. Keys that this version doesn't know are passed over, so that a newer kit may write more.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from csworkshop.classroom.files import parse_object
from csworkshop.text.unvouched import Unfit

if TYPE_CHECKING:
    from csworkshop.exercises.marking import Marks

SCHEMA = 1
SEAT_LIMIT = 64 * 1024  # bytes of a trainee's file
SESSION_LIMIT = 256 * 1024
LONGEST_NAME = 24  # characters of a nickname
LONGEST_TEXT = 5000  # characters of an answer, as marking allows
KEPT_SCORES = 12  # per exercise, the latest
KEPT_WORK = 40  # exercises per trainee, the latest
KEPT_LINES = 600  # of all exercises together; with a full text that stays below SEAT_LIMIT
KEPT_VOTES = 40

Share = Literal["progress", "texts"]
State = Literal["earned", "partly", "unsure", "missing", "clean", "fault", "critical"]
FAULTY = ("fault", "critical")
_R = TypeVar("_R", bound=BaseModel)
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")


def plain(text: str, longest: int) -> str:
    """`text` on one line, without invisible signs, cut to `longest` characters."""
    kept = "".join(" " if c in "\n\t" else c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    return re.sub(r"\s+", " ", kept).strip()[:longest]


def readable(text: str, longest: int) -> str:
    """`text` with its lines, without other control characters, cut to `longest` characters."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t\u200d" or unicodedata.category(c) not in _UNSEEN)
    return kept[:longest]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


Id = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,64}$")]
Moment = Annotated[float, Field(ge=0, le=1e11)]  # epoch seconds by the writer's clock
Name = Annotated[str, AfterValidator(lambda text: plain(text, LONGEST_NAME))]
Text = Annotated[str, AfterValidator(lambda text: readable(text, LONGEST_TEXT))]
Short = Annotated[str, AfterValidator(lambda text: plain(text, 200))]
Span = Annotated[list[int], Field(min_length=2, max_length=2)]


class MarkedLine(_Record):
    """One item of a scorecard as it stands; `spans` are code-point offsets into the text, only with share `texts`."""

    item: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    state: State
    spans: list[Span] = Field(default_factory=list, max_length=20)


class Work(_Record):
    """A trainee's state in one exercise: score in 0..1, the last scores (oldest first), the scorecard's lines."""

    score: float = Field(ge=0, le=1)
    passed: bool = False
    scores: list[Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=list, max_length=KEPT_SCORES)
    lines: list[MarkedLine] = Field(default_factory=list, max_length=40)
    changed_at: Moment


class SeatFile(_Record):
    """A trainee's own file: what he shares in this session, and his votes."""

    schema_: Literal[1] = Field(alias="schema")
    session: Id
    nickname: Name
    share: Share
    shared_at: Moment  # when that was chosen
    writer: Id  # tells two notebooks of one trainee apart
    joined_at: Moment
    seen_at: Moment
    changed_at: Moment
    exercise: Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,64}$")] = ""
    text: Text = ""
    work: dict[Id, Work] = Field(default_factory=dict, max_length=KEPT_WORK)
    votes: dict[Id, Id] = Field(default_factory=dict, max_length=KEPT_VOTES)


class Option(_Record):
    """One thing to vote for: an answer of a poll or a rewrite in the gallery."""

    id: Id
    text: Text


class Ballot(_Record):
    """A poll or a gallery: while `open`, each trainee has one vote and may change it. `counts` once shown to all."""

    id: Id
    title: Short
    options: list[Option] = Field(min_length=2, max_length=12)
    open: bool = True
    counts: dict[Id, int] | None = None


class Poll(Ballot):
    """A question to the class with two to twelve answers."""


class Gallery(Ballot):
    """Rewrites of one exercise side by side, without names, in an order that says nothing about their writers."""

    exercise: Id


class Timer(_Record):
    """A countdown that all see: `seconds` from `started_at` on, by the instructor's clock."""

    id: Id
    label: Short
    started_at: Moment
    seconds: float = Field(gt=0, le=86400)

    def left(self, now: float) -> float:
        """Seconds left at `now`, never below 0 nor above the whole, however the clocks differ."""
        return min(max(self.started_at + self.seconds - now, 0.0), self.seconds)


class Nudge(_Record):
    """A line from the instructor to everybody."""

    id: Id
    text: Short
    at: Moment


class Session(_Record):
    """What the instructor shows the class now. `id` changes with every lesson: who joined one is in no other."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: Id
    title: Short
    opened_at: Moment
    open: bool = True
    exercise: Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,64}$")] = ""
    poll: Poll | None = None
    gallery: Gallery | None = None
    timer: Timer | None = None
    nudge: Nudge | None = None

    def ballot(self, ballot: str) -> Ballot | None:
        """The poll or gallery with this id, if it is on show."""
        return next((b for b in (self.poll, self.gallery) if b is not None and b.id == ballot), None)


@dataclass(frozen=True)
class Summary:
    """What presence takes from an exercise: score in 0..1, passed, and (item, state, spans) per line."""

    score: float
    passed: bool
    lines: tuple[tuple[str, State, tuple[tuple[int, int], ...]], ...] = ()


def summary_of(marks: Marks) -> Summary:
    """The summary of a marked answer."""
    lines = []
    for x in marks.lines:
        spans = tuple((e.start, e.end) for e in x.evidence if e.start < e.end)  # an activity's evidence has no place
        lines.append((x.item, x.state, spans))
    return Summary(marks.score, marks.passed, tuple(lines))


def read_seat(data: bytes) -> SeatFile:
    """A trainee's file; Unfit("form") if it is none."""
    return _read(SeatFile, data)


def read_session(data: bytes) -> Session:
    """The session file; Unfit("form") if it is none."""
    return _read(Session, data)


def as_json(record: BaseModel) -> dict[str, Any]:
    """A record as its file holds it."""
    return record.model_dump(by_alias=True)


def _read(kind: type[_R], data: bytes) -> _R:
    try:
        return kind.model_validate(parse_object(data))
    except ValidationError:
        raise Unfit("form") from None
