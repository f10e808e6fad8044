"""One exercise in one browser tab, without the browser: what `static/wire.js` sends and waits for.

Every view notes what it has sent and when, so that afterwards log, class and dashboard can be asked for it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from csworkshop.bench.room.kernel import Kernel, Message
from csworkshop.progress.recorder import NO_ATTEMPT, PAUSE, SHORTEST, fingerprint, words_of

ANSWER = 60.0  # seconds that an answer may take before the run is given up
CLEAR = 1.5  # seconds before and after PAUSE in which nothing is typed: whether a text stood is then beyond doubt


@dataclass(frozen=True)
class Mark:
    """Marks that the trainee was shown: when what they are about was sent, of which exercise, points out of 100."""

    at: float
    exercise: str
    score: int


@dataclass(frozen=True)
class Sent:
    """An attempt that must be in the log; `mark` is what the dashboard must show of it."""

    exercise: str
    text: str  # fingerprint
    mark: Mark


@dataclass
class Record:
    """All that one trainee did."""

    nickname: str
    marks: list[Mark] = field(default_factory=list)
    attempts: list[Sent] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)  # seconds from an edit to the first marks
    saves: list[float] = field(default_factory=list)  # seconds from an edit to its acknowledgement
    texts: dict[str, str] = field(default_factory=dict)  # exercise -> the last text that was saved
    failed: list[str] = field(default_factory=list)


class View:
    """A view of one exercise."""

    def __init__(
        self, kernel: Kernel, record: Record, exercise: str, client: str, *, live: bool, rewrite: bool
    ) -> None:
        self.kernel, self.record, self.exercise, self.client = kernel, record, exercise, client
        self.live, self.rewrite = live, rewrite
        self.text = ""
        self._seq, self._revision = 0, 0
        self._news: asyncio.Queue[tuple[float, Message]] = asyncio.Queue()
        self._standing: tuple[Mark, str, tuple[object, ...]] | None = None  # marks, text and outcome that aren't in yet
        self._last: tuple[object, ...] | None = None  # the outcome of the last attempt
        self._known: set[str] = set()  # fingerprints of all that stood
        kernel.listen(exercise, lambda message: self._news.put_nowait((time.time(), message)))

    async def open(self) -> None:
        """What the browser does when the widget is drawn."""
        self.kernel.tell(self.exercise, {"kind": "hello", "client": self.client})
        _, welcome = await self._hear("welcome")
        self._revision, self.text = welcome["revision"], welcome["text"]

    async def edit(self, text: str) -> None:
        """The text changed under the trainee's fingers: send it, wait until it is marked and saved."""
        await self._settle()
        self._seq += 1
        begin = time.time()
        message = {"seq": self._seq, "text": text, "revision": self._revision, "restore": False}
        self.kernel.tell(self.exercise, {"kind": "edit", "client": self.client, **message})
        at, result = await self._hear("result")
        self.record.answers.append(at - begin)
        if self.rewrite:  # the quick reader answered first, the learned one has the last word
            _, result = await self._hear("result")
        at, ack = await self._hear("ack")
        self.record.saves.append(at - begin)
        self._revision, self.text = ack["revision"], text
        if ack["state"] != "saved" or ack["why"]:
            self.record.failed.append(f"{self.exercise}: {ack['state']} {ack['why']}")
        else:
            self.record.texts[self.exercise] = text
        if result["marks"] is not None:
            self._shown(begin, result["marks"], text)

    async def check(self) -> None:
        """The button 检查: the answer as it is saved is an attempt."""
        begin = time.time()
        self.kernel.tell(self.exercise, {"kind": "check", "client": self.client})
        at, told = await self._hear("marks")
        self.record.answers.append(at - begin)
        self._shown(begin, told["marks"], self.text)
        self._stands()

    async def ask(self, kind: str) -> None:
        """`hint`, `solution` or `versions`."""
        self.kernel.tell(self.exercise, {"kind": kind, "client": self.client})
        await self._hear("hints" if kind == "hint" else kind)

    def speak(self, lang: str) -> None:
        """The switch of languages."""
        self.kernel.change(self.exercise, lang=lang)

    async def close(self) -> None:
        """The tab is closed: what stands there is an attempt."""
        await self.kernel.tell_and_wait(self.exercise, {"kind": "bye", "client": self.client})
        if self.rewrite or self.live:
            self._stands()

    async def _settle(self) -> None:
        """Note whether the text stood long enough to be an attempt; keep clear of the moment when it becomes one."""
        if self._standing is None:
            return
        stood = time.time() - self._standing[0].at
        if PAUSE - CLEAR < stood < PAUSE + CLEAR:
            await asyncio.sleep(PAUSE + CLEAR - stood)
            stood = PAUSE + CLEAR
        if stood >= PAUSE + CLEAR:
            self._stands()
        self._standing = None

    def _shown(self, at: float, marks: Message, text: str) -> None:
        mark = Mark(at, self.exercise, round(100 * marks["score"]))
        self.record.marks.append(mark)
        states = () if marks["refusal"] else tuple(sorted((line["item"], line["state"]) for line in marks["lines"]))
        if marks["refusal"] in NO_ATTEMPT or (self.rewrite and len(words_of(text)) < SHORTEST):
            self._standing = None
        else:
            self._standing = mark, text, (states, marks["passed"], marks["refusal"])

    def _stands(self) -> None:
        """The recorder's rule as a trainee can tell it: new words, and something came out differently."""
        if self._standing is None:
            return
        (mark, text, outcome), self._standing = self._standing, None
        words = fingerprint(text)
        if words not in self._known and outcome != self._last:
            self.record.attempts.append(Sent(self.exercise, words, mark))
            self._last = outcome
        self._known.add(words)

    async def _hear(self, kind: str) -> tuple[float, Any]:
        """The next message of this kind for this view, and when it came."""
        while True:
            at, message = await asyncio.wait_for(self._news.get(), ANSWER)
            mine = message.get("client", self.client) == self.client
            stale = kind in ("result", "ack") and message.get("seq") not in (None, self._seq)
            if message["kind"] == "problem":
                self.record.failed.append(f"{self.exercise}: {message['why']}")
            if message["kind"] == kind and mine and not stale:
                return at, message
