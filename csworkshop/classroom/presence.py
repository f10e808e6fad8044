"""A trainee's end of a lesson: join, show how far one is, vote; nothing is shared before joining or after leaving.

    from csworkshop import join_class
    room = join_class("/class/class1", "小周")                    # progress only
    room = join_class("/class/class1", "小周", share="texts")     # also what one is writing
    room.shared()      # to the letter what the instructor's screen can read
    room.leave()       # takes it all away

Each trainee has one small file of his own in the class folder and puts a new one in its place: no lock, nobody waits
for anybody. A change is in the file within half a second, a sign of life every ten.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import secrets
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.classroom.files import read_small, write_small
from csworkshop.classroom.private import seat_name
from csworkshop.classroom.records import (
    KEPT_LINES,
    KEPT_SCORES,
    KEPT_VOTES,
    KEPT_WORK,
    LONGEST_NAME,
    LONGEST_TEXT,
    SCHEMA,
    SEAT_LIMIT,
    Session,
    Share,
    Summary,
    plain,
    read_seat,
    readable,
    summary_of,
)
from csworkshop.classroom.store import Class, ClassError
from csworkshop.exercises.watchers import watch
from csworkshop.text.language import default_language, say
from csworkshop.text.unvouched import Unfit

if TYPE_CHECKING:
    from csworkshop.exercises.marking import Marks

QUIET = 0.5  # seconds between two writings
BEAT = 10.0  # seconds between two signs of life
NEW_SCORE = 0.005  # a score that differs by less isn't noted as another one


class Presence:
    """What a trainee shares in one session. Methods may be called from any thread; none raises for a full disk or a
    lost drive: `problem` then says why nothing could be shared, and the next writing tries again. Two notebooks of one
    trainee write one file: each takes up what the other wrote, and the sharing that was chosen last holds for both."""

    def __init__(
        self,
        klass: Class,
        session: Session,
        nickname: str,
        share: Share = "progress",
        *,
        private: Path | None = None,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        name = plain(nickname, LONGEST_NAME)
        if not name:
            raise ClassError(say("class.no_nickname"))
        if share not in ("progress", "texts"):
            raise ClassError(say("class.share", share=share))
        if not session.open:
            raise ClassError(say("class.no_session"))
        self.path = klass.live / f"{seat_name(klass.id, session.id, private)}.json"
        self.klass, self.session_id = klass, session.id
        self.problem = ""
        self._clock, self._steady = clock, steady
        self._lock = threading.RLock()
        self._written, self._waiting, self._left = -BEAT, True, False
        self._seen = ""  # fingerprint of the last state, so that a change is noticed without sharing the words
        self._new_votes: dict[str, str] = {}
        now = clock()
        self._content: dict[str, Any] = {
            "schema": SCHEMA, "session": session.id, "nickname": name, "share": share, "shared_at": now,
            "writer": secrets.token_hex(8), "joined_at": now, "seen_at": now, "changed_at": now,
            "exercise": "", "text": "", "work": {}, "votes": {},
        }  # fmt: skip
        self.flush(force=True)

    @property
    def share(self) -> Share:
        """What is shared now."""
        return "texts" if self._content["share"] == "texts" else "progress"

    def update(self, exercise: str, summary: Summary | Marks, text: str = "") -> None:
        """The trainee is on this exercise, and it stands so. Cheap enough for every key press."""
        found = summary if isinstance(summary, Summary) else summary_of(summary)
        with self._lock:
            seen = hashlib.sha256(f"{exercise}\0{text}\0{found}".encode("utf-8", "replace")).hexdigest()
            if seen == self._seen or self._left:
                return
            self._seen = seen
            now, work = self._clock(), self._content["work"]
            scores = list(work.pop(exercise, {}).get("scores", []))
            if not scores or abs(scores[-1] - found.score) >= NEW_SCORE:
                scores.append(found.score)
            kept = readable(text, LONGEST_TEXT)
            lines = [{"item": i, "state": state, "spans": [list(s) for s in spans]} for i, state, spans in found.lines]
            for line in lines if kept != text else ():
                line["spans"] = []  # they would point beside the words
            work[exercise] = {
                "score": found.score, "passed": found.passed, "scores": scores[-KEPT_SCORES:], "changed_at": now,
                "lines": [line | {"spans": line["spans"][:20]} for line in lines[:40]],
            }  # fmt: skip
            self._content.update(exercise=exercise, text=kept, changed_at=now)
            self._waiting = True
            self._hold_back()
            self.flush()

    def vote(self, ballot: str, option: str) -> None:
        """Vote in a poll or gallery; a second vote takes the place of the first."""
        with self._lock:
            self._new_votes[ballot] = self._content["votes"][ballot] = option
            self._waiting = True
            self.flush()

    def voted(self, ballot: str) -> str:
        """The option voted for, or ""."""
        return str(self._content["votes"].get(ballot, ""))

    def flush(self, force: bool = False) -> bool:
        """Write if something waits, or a sign of life is due, and the last writing is QUIET ago; whether it was."""
        with self._lock:
            since = self._steady() - self._written
            if self._left or not (force or (self._waiting and since >= QUIET) or since >= BEAT):
                return False
            self._take_up()
            self._hold_back()
            self._content["seen_at"] = self._clock()
            self._written = self._steady()  # after a failure the next try is QUIET away too
            try:
                write_small(self.path, self._content)
            except OSError as error:
                self.problem = say("class.not_shared", why=error.strerror or error)
                return False
            self.problem, self._waiting, self._new_votes = "", False, {}
            return True

    def shared(self) -> dict[str, Any]:
        """What the file holds: all that anybody can read of this trainee."""
        with self._lock:
            return {} if self._left else copy.deepcopy(self._content)

    def leave(self) -> None:
        """Take the file away. What was shared is gone; joining again begins anew."""
        with self._lock:
            self._left = True
            self.path.unlink(missing_ok=True)

    def _take_up(self) -> None:
        """Take up what another notebook, or this one before a restart, wrote since."""
        ours = self._content
        try:
            raw = read_small(self.path, SEAT_LIMIT)
            theirs = read_seat(raw.data).model_dump() if raw else {}
        except Unfit:  # none yet, or spoilt: it is written anew
            return
        if not theirs or theirs["writer"] == ours["writer"]:
            return
        ours["joined_at"] = min(ours["joined_at"], theirs["joined_at"])
        if theirs["shared_at"] > ours["shared_at"]:
            ours.update(shared_at=theirs["shared_at"], share=theirs["share"], nickname=theirs["nickname"])
        if theirs["changed_at"] > ours["changed_at"] or not ours["exercise"]:
            ours.update({key: theirs[key] for key in ("exercise", "text", "changed_at")})
        both = [*theirs["work"].items(), *ours["work"].items()]
        ours["work"] = dict(sorted(both, key=lambda pair: pair[1]["changed_at"]))
        ours["votes"] = theirs["votes"] | self._new_votes

    def _hold_back(self) -> None:
        """Take out what isn't shared, what the text no longer shows, and what would make the file too long."""
        content, work, votes = self._content, self._content["work"], self._content["votes"]
        if self.share == "progress":
            content["text"] = ""
        for exercise, one in work.items():
            if self.share == "progress" or exercise != content["exercise"]:
                one["lines"] = [line | {"spans": []} for line in one["lines"]]
        while len(work) > KEPT_WORK or (len(work) > 1 and sum(len(one["lines"]) for one in work.values()) > KEPT_LINES):
            del work[next(iter(work))]
        while len(votes) > KEPT_VOTES:
            del votes[next(iter(votes))]


class Membership(Presence):
    """A presence that keeps itself up to date from a thread of its own, and tells in a notebook what is shared."""

    def __init__(self, *args: Any, lang: str | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.lang = lang or default_language()
        this, done = weakref.ref(self), threading.Event()
        self._done = done
        weakref.finalize(self, done.set)
        self._end_watch = watch(lambda exercise, marks, text: _hear(this, exercise, marks, text))
        threading.Thread(target=_keep_up, args=(this, done), daemon=True, name="csworkshop-class").start()

    def session(self) -> Session | None:
        """What the instructor shows now; None once the lesson is over or another has begun (join that one anew).

        ClassError while the folder can't be read.
        """
        session = self.klass.session()
        return session if session is not None and session.open and session.id == self.session_id else None

    def leave(self) -> None:
        self.retire()
        super().leave()

    def retire(self) -> None:
        """Stop sharing from here, and leave the file to whoever joined anew."""
        self._done.set()
        self._end_watch()
        if self in _joined:
            _joined.remove(self)

    def __repr__(self) -> str:
        if self._left:
            return say("live.left", self.lang)
        key = f"live.sharing_{self.share}"
        return "\n".join((say("live.joined", self.lang, name=self._content["nickname"]), say(key, self.lang)))


_joined: list[Membership] = []


def join_class(
    folder: Path | str,
    nickname: str,
    share: Share = "progress",
    *,
    lang: str | None = None,
    private: Path | None = None,
) -> Membership:
    """Join the lesson that is on in the class folder, under a nickname; ClassError, in one sentence, if none is.

    With `share="progress"` the instructor sees which exercise one is on, the marks by item, and when they last
    changed; with `share="texts"` also what one is writing, which he may show to the class without a name.
    """
    klass = Class.open(folder)
    session = klass.session()
    if session is None or not session.open:
        raise ClassError(say("class.no_session", lang))
    for earlier in list(_joined):  # a cell that was run again; its thread needn't go on
        if earlier.klass.id == klass.id:
            earlier.retire()
    member = Membership(klass, session, nickname, share, lang=lang, private=private)
    _joined.append(member)
    return member


def joined() -> Membership | None:
    """The lesson that this kernel joined last and has not left."""
    return _joined[-1] if _joined else None


def _hear(this: weakref.ref[Membership], exercise: str, marks: Marks, text: str) -> None:
    member = this()
    if member is not None:
        member.update(exercise, marks, text)


def _keep_up(this: weakref.ref[Membership], done: threading.Event) -> None:
    turns = 0
    while not done.wait(QUIET / 2):
        member = this()
        if member is None:
            return
        turns += 1
        if turns % 20 == 0:  # every five seconds: what is over is shared no longer
            with contextlib.suppress(ClassError):  # the drive is away for a moment, which isn't the end
                if member.session() is None:
                    member.leave()
        member.flush()
        del member
