"""The tree hole (树洞): an anonymous board that a class shares. Post, answer, mark, report, take back.

    hole = Board("/class/class1")
    hole.look("…")                      # what in the text tells who somebody is
    post = hole.post("…", topic="anger")
    hole.answer(post, "…")              # as a colleague; with the seniors' code as a senior
    hole.mark(post, "same")             # 我也是
    hole.delete(post)                   # one's own, by the secret on this side

The file holds random keys, words, half-days and tokens. A token is what a trainee's own secret makes of one post and
one purpose (see csworkshop.classroom.private): the same person's second mark on a post makes the same token, so it is
the same mark; tokens on different posts have nothing in common that anybody without the secret could see. Who throws
the secret away can mark anew; that is the price of nobody keeping a list. What the file can't give away by itself, its
module csworkshop.classroom.board_file takes care of.

Everybody who may write the file could write nonsense into it with other tools: hidden stays hidden, since only the
instructor writes `moderation.json`, but a wrecked or forged post is possible, and a revealed one is not.
"""

from __future__ import annotations

import getpass
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from csworkshop.classroom.board_file import DATABASE, BoardError, change, read, remove
from csworkshop.classroom.caution import Caution, cautions
from csworkshop.classroom.moderation import Moderation, read_moderation, senior_code_fits
from csworkshop.classroom.private import Secret, proof_of
from csworkshop.classroom.records import readable
from csworkshop.classroom.seeds import TOPICS, Seed, seeds
from csworkshop.classroom.store import Class
from csworkshop.text.language import say

LONGEST_POST = 1200  # characters
SHORTEST_POST = 4
MOST_POSTS = 5000  # rows of a kind that are read
ENOUGH_POSTS = 6  # with fewer, examples stand beside them
Mark = Literal["helpful", "same", "report"]
Role = Literal["colleague", "senior"]
_NAMELESS = {"root", "admin", "user", "jovyan", "ubuntu", "student"}  # accounts that name nobody


class NotPosted(BoardError):
    """The words were not posted; the sentence says why. Whoever shows a text field keeps them in it."""


class NeedsThought(NotPosted):
    """The words tell who somebody is; `found` says where. Post again with `despite=True` to post them all the same."""

    def __init__(self, found: Sequence[Caution]) -> None:
        super().__init__(say("board.needs_thought", number=len(found)))
        self.found = tuple(found)


@dataclass(frozen=True)
class Answer:
    """An answer to a post. `mine` can be told on this side alone."""

    id: str
    role: Role
    body: str
    half_day: str
    helpful: int
    reports: int
    mine: bool
    marked: frozenset[str]


@dataclass(frozen=True)
class Post:
    """A post with its answers (seniors' first, then by helpfulness); `half_day` is like 2026-11-21am."""

    id: str
    topic: str
    body: str
    half_day: str
    helpful: int
    same: int
    reports: int
    mine: bool
    marked: frozenset[str]
    pinned: bool
    closed: bool
    hidden: bool
    waiting: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class BoardView:
    """The board as one trainee sees it: pinned posts, then the newest half-days, in an order of chance within each.

    `examples` are the kit's own posts with answers, shown as such while the class has few of its own.
    """

    posts: tuple[Post, ...]
    examples: tuple[Seed, ...]
    review_first: bool


class Board:
    """The tree hole of a class, for one account. Holds nothing open; any number may work at once.

    `names` are the writer's own names to be warned of, besides the account's; they are kept nowhere. `private` is the
    folder of the secret, `clock` the time of day.
    """

    def __init__(
        self,
        folder: Path | str | Class,
        *,
        names: Sequence[str] = (),
        private: Path | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.klass = folder if isinstance(folder, Class) else Class.open(folder)
        self.path = self.klass.board / DATABASE
        self.secret = Secret(self.klass.id, private)
        self._names, self._clock = (*names, *_account()), clock

    def look(self, text: str) -> list[Caution]:
        """What in the text tells who somebody is, or is the company's business."""
        return cautions(text, self._names, read_moderation(self.klass).secret_words)

    def post(self, text: str, topic: str = "other", *, despite: bool = False) -> str:
        """Post; returns the new post's id. NeedsThought for a text with personal data, unless `despite`."""
        body = self._fit(text, despite)
        if topic not in TOPICS:
            raise NotPosted(say("board.no_topic", topic=topic))
        key = secrets.token_hex(16)
        row = (key, topic, body, half_day(self._clock()), proof_of(self.secret.token("own", key)))
        change(self.path, lambda db: db.execute("INSERT INTO post VALUES (?, ?, ?, ?, ?)", row))
        return key

    def answer(self, post: str, text: str, *, senior_code: str = "", despite: bool = False) -> str:
        """Answer a post, as a senior with the code that the instructor gave to seniors; returns the answer's id."""
        state = read_moderation(self.klass)
        body = self._fit(text, despite)
        if senior_code and not senior_code_fits(state, senior_code):
            raise NotPosted(say("board.wrong_code"))
        if post in state.closed:
            raise NotPosted(say("board.closed_now"))
        key = secrets.token_hex(16)
        role: Role = "senior" if senior_code else "colleague"
        row = (key, post, role, body, half_day(self._clock()), proof_of(self.secret.token("own", key)))

        def work(db: sqlite3.Connection) -> None:
            if not _there(db, post, "post"):
                raise NotPosted(say("board.gone"))
            db.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)", row)

        change(self.path, work)
        return key

    def mark(self, about: str, kind: Mark = "helpful", on: bool = True) -> None:
        """Mark a post or answer as helpful, a post as `same` (我也是), or report either; or take the mark back."""
        if kind not in get_args(Mark):
            raise NotPosted(say("board.no_mark", kind=kind))
        row = (about, kind, self.secret.token(kind, about))

        def work(db: sqlite3.Connection) -> None:
            if not (_there(db, about, "post") or _there(db, about, "answer")):
                raise NotPosted(say("board.gone"))
            if on:
                db.execute("INSERT OR IGNORE INTO mark VALUES (?, ?, ?)", row)
            else:
                db.execute("DELETE FROM mark WHERE about = ? AND kind = ? AND token = ?", row)

        change(self.path, work)

    def delete(self, key: str) -> None:
        """Take back one's own post (with its answers) or answer; nothing of it stays in the file."""
        proof = proof_of(self.secret.token("own", key)) if self.secret.known() else ""

        def work(db: sqlite3.Connection) -> None:
            for table in ("post", "answer"):
                if db.execute(f"SELECT 1 FROM {table} WHERE id = ? AND own = ?", (key, proof)).fetchone():
                    return remove(db, key)
            raise NotPosted(say("board.not_yours"))

        change(self.path, work)

    def view(self, *, everything: bool = False) -> BoardView:
        """The board; with `everything` also what is hidden or waits for the instructor (who alone should look)."""
        state = read_moderation(self.klass)
        rows = read(self.path, _rows)
        posts = [self._as_post(row, rows, state, everything) for row in rows.posts]
        if not everything:
            posts = [p for p in posts if not p.hidden and (not p.waiting or p.mine)]
        posts.sort(key=lambda p: p.id)  # random
        posts.sort(key=lambda p: p.half_day, reverse=True)
        posts.sort(key=lambda p: not p.pinned)
        examples = seeds() if len(posts) < ENOUGH_POSTS else ()
        return BoardView(tuple(posts), tuple(examples), state.review_first)

    def _fit(self, text: str, despite: bool) -> str:
        body = readable(text, LONGEST_POST + 1).strip()
        if len(body) < SHORTEST_POST:
            raise NotPosted(say("board.too_short"))
        if len(body) > LONGEST_POST:
            raise NotPosted(say("board.too_long", most=LONGEST_POST))
        found = [] if despite else self.look(body)
        if found:
            raise NeedsThought(found)
        return body

    def _as_post(self, row: Sequence[str], rows: _Rows, state: Moderation, everything: bool) -> Post:
        key, topic, body, day, own = row
        answers = [self._as_answer(a, rows) for a in rows.answers if a[1] == key and (everything or state.shows(a[0]))]
        answers.sort(key=lambda a: (a.role != "senior", -a.helpful, a.id))
        return Post(
            id=key,
            topic=topic if topic in TOPICS else "other",
            body=readable(body, LONGEST_POST),
            half_day=day,
            helpful=rows.counts[key, "helpful"],
            same=rows.counts[key, "same"],
            reports=rows.counts[key, "report"],
            mine=self._mine(key, own),
            marked=self._marked(key, rows),
            pinned=key in state.pinned,
            closed=key in state.closed,
            hidden=key in state.hidden,
            waiting=state.waits(key),
            answers=tuple(answers),
        )

    def _as_answer(self, row: Sequence[str], rows: _Rows) -> Answer:
        key, _, role, body, day, own = row
        known: Role = "senior" if role == "senior" else "colleague"
        helpful, reports = rows.counts[key, "helpful"], rows.counts[key, "report"]
        mine = self._mine(key, own)
        return Answer(key, known, readable(body, LONGEST_POST), day, helpful, reports, mine, self._marked(key, rows))

    def _mine(self, key: str, own: str) -> bool:
        return self.secret.known() and proof_of(self.secret.token("own", key)) == own

    def _marked(self, key: str, rows: _Rows) -> frozenset[str]:
        if not self.secret.known():
            return frozenset()
        return frozenset(k for k in get_args(Mark) if (key, k, self.secret.token(k, key)) in rows.marks)


@dataclass(frozen=True)
class _Rows:
    """What the file holds, as far as it has our form: rows that other tools wrote otherwise are passed over."""

    posts: list[tuple[str, ...]]
    answers: list[tuple[str, ...]]
    marks: set[tuple[str, ...]]
    counts: Counter[tuple[str, str]]


def _rows(db: sqlite3.Connection) -> _Rows:
    posts = _texts(db, "post", ("id", "topic", "body", "half_day", "own"))
    answers = _texts(db, "answer", ("id", "post", "role", "body", "half_day", "own"))
    marks = set(_texts(db, "mark", ("about", "kind", "token")))
    return _Rows(posts, answers, marks, Counter((about, kind) for about, kind, _ in marks))


def _texts(db: sqlite3.Connection, table: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
    short = [f"typeof({c}) = 'text' AND length({c}) <= {LONGEST_POST if c == 'body' else 64}" for c in columns]
    query = f"SELECT {', '.join(columns)} FROM {table} WHERE {' AND '.join(short)} LIMIT {MOST_POSTS * 10}"
    return [tuple(row) for row in db.execute(query)]


def half_day(at: datetime) -> str:
    """All that is kept of a time: the day, and whether it was before noon."""
    return f"{at:%Y-%m-%d}{'am' if at.hour < 12 else 'pm'}"


def _there(db: sqlite3.Connection, key: str, table: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (key,)).fetchone() is not None


def _account() -> tuple[str, ...]:
    """The account's name, if it may be a person's."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ()
    return () if name.lower() in _NAMELESS else (name,)
