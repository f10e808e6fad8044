"""What every exercise on the screen shares: its words are saved, its hints counted, its windows told of each other.

The browser (static/wire.js) draws and types, Python marks and saves. They talk in custom messages; `client` is one
view in one browser tab, since two tabs may show the same widget:

    hello {client}                               -> welcome {client, text, revision, marks, hints, problem}
    edit {client, seq, text, revision, restore}  -> result {client, seq, marks}, then ack {client, seq, revision, …}
    look {client, revision}                      -> other {…}, if someone else has written since
    keep {client, texts}                         -> kept {client, texts}: unsaved words put with the earlier versions
    hint | solution | versions {client}          -> hints {hints} | solution {client, …} | versions {client, …}
    bye {client}

A client has one edit under way at most, so a result needn't repeat the text it is about: the browser remembers what
it sent under that `seq`, and paints only if the text is still the same. After a save, the other clients of the same
answer are told: other {from, text, revision, marks}.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anywidget
import traitlets

from csworkshop.exercises import watchers
from csworkshop.exercises.answers import Answer, AnswerFile, AnswerFileError
from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.marking import Marks
from csworkshop.progress.recorder import Recorder
from csworkshop.text.language import LANGUAGES, default_language, say, strings
from csworkshop.widgets.screen import Shown

Message = dict[str, Any]

# Callbacks run in subshell threads, the three verbs in the main one, and siblings write to each other: one lock for
# all widgets of a kernel is simple and never waits for more than one save.
LOCK = threading.RLock()
_LIVE: weakref.WeakSet[SavedExercise] = weakref.WeakSet()


class SavedExercise(anywidget.AnyWidget):
    """An exercise on the screen, without what is particular to its kind: see `ReplyStudio` and `ActivityWidget`."""

    content = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)  # which answer this is, for what the browser keeps
    lang = traitlets.Enum(LANGUAGES).tag(sync=True)

    def __init__(
        self, exercise: Exercise | Activity, points: float | None, lang: str | None, folder: str, content: Message
    ) -> None:
        self.exercise, self.points = exercise, points
        self.maximum = 100 if points is None else points
        self.answers = AnswerFile(folder)
        self._clients: dict[str, int] = {}  # the newest revision that each client has written
        self._unsaved: str | None = None  # the newest text, if it could not be saved
        self._hints = 0
        self._solution_seen = False
        self.recorder = Recorder(self.answers.path.parent, where="lesson" if points is None else "assignment")
        super().__init__(
            content={**content, "graded": points is not None},
            words={lang: _screen_words(exercise.kind, lang) for lang in LANGUAGES},
            place=f"{self.answers.path.parent}#{exercise.id}",
            lang=lang or default_language(),
        )
        with LOCK:
            _LIVE.add(self)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"{self.exercise.title[self.lang]} ({self.exercise.id}) · {say('studio.again', self.lang)}"

    def hint(self) -> Shown:
        """The next hint. It is noted in the answer file that it was taken."""
        with LOCK:
            hints = self._next_hint()
            more = len(hints) < len(self.exercise.hints)
        number = say("studio.hint_n", self.lang, n=len(hints), of=len(self.exercise.hints))
        label = say("studio.named", self.lang, name=number)
        return Shown(f"{label}{hints[-1]}" + ("" if more else f"\n{say('studio.hint_last', self.lang)}"))

    # --- what a kind says ---

    def _marks(self, text: str) -> Message | None:
        """The marks that the screen may show of a text; None where it may not."""
        raise NotImplementedError

    def _edit(self, message: Message) -> None:
        """Save an edit, mark it, acknowledge it."""
        raise NotImplementedError

    def _solution(self) -> Message:
        """The model answer, or why it isn't shown yet."""
        raise NotImplementedError

    def _extra(self, answer: Answer) -> Message:
        """What a kind adds to the welcome."""
        return {}

    def _handlers(self) -> dict[str, Callable[[Message], object]]:
        """What a kind does with messages of its own."""
        return {}

    # --- messages ---

    def _receive(self, _: object, message: Message, __: object) -> None:
        answers: dict[str, Callable[[Message], object]] = {
            "hello": self._hello,
            "edit": self._edit,
            "look": self._look,
            "keep": self._keep,
            "hint": lambda _: self._next_hint(),
            "solution": lambda m: self.send({"kind": "solution", "client": m["client"], **self._solution()}),
            "versions": self._versions,
            "bye": self._bye,
            **self._handlers(),
        }
        with LOCK:
            answers[message["kind"]](message)

    def _hello(self, message: Message) -> None:
        problem = None
        try:
            answer = self._load()
        except AnswerFileError as error:
            answer, problem = Answer(0, "", ""), told(error)
        self._clients[message["client"]] = answer.revision
        self.send(
            {
                "kind": "welcome",
                "client": message["client"],
                "text": whole(answer.text),
                "revision": answer.revision,
                "marks": self._marks(whole(answer.text)),
                "hints": self._hints_taken(),
                **self._extra(answer),
                "problem": problem,
            }
        )

    def _bye(self, message: Message) -> None:
        self._clients.pop(message["client"], None)
        if not self._clients:
            self.recorder.leave(self.exercise.id)

    def _attempted(self, marks: Marks, text: str, *, asked: bool = False) -> None:
        """Marks in full that the trainee is shown: for a class that they joined, and what stands for their log."""
        watchers.tell(self.exercise.id, marks, text)
        record = self.recorder.check if asked else self.recorder.seen
        record(self.exercise, marks, text=text, hints=self._hints, solution_seen=self._solution_seen)

    def _save(self, client: str, seq: int, text: str, message: Message) -> Message:
        """Save the text; the acknowledgement to send."""
        # A client that gave up waiting sends again, not knowing that its last words were saved after all.
        known = max(message["revision"], self._clients.get(client, 0))
        ack: Message = {"kind": "ack", "client": client, "seq": seq, "revision": message["revision"], "why": None}
        try:
            saved = self.answers.save(self.exercise.id, text, known, keep_current=message.get("restore", False))
        except AnswerFileError as error:
            self._unsaved = text
            return {**ack, "state": "failed", "why": told(error)}
        self._unsaved = None
        self._clients[client] = saved.revision
        if saved.moved_aside:
            ack["why"] = {lang: say("studio.moved_aside", lang, name=saved.moved_aside) for lang in LANGUAGES}
        return {**ack, "revision": saved.revision, "state": "conflict" if saved.conflict else "saved"}

    def _tell_others(self, client: str, text: str, revision: int, marks: Message | None) -> None:
        news = {"kind": "other", "from": client, "text": text, "revision": revision, "marks": marks}
        for sibling in list(_LIVE):
            if sibling.place == self.place and set(sibling._clients) - {client}:
                sibling.send(news)

    def _look(self, message: Message) -> None:
        """A window came to the front: has another kernel written meanwhile?"""
        try:
            answer = self._load()
        except AnswerFileError:
            return  # the next save tells; nothing was typed yet that could be lost
        if answer.revision > max(message["revision"], self._clients.get(message["client"], 0)):
            text = whole(answer.text)
            news = {"from": "", "to": message["client"], "text": text, "revision": answer.revision}
            self.send({"kind": "other", **news, "marks": self._marks(text)})

    def _keep(self, message: Message) -> None:
        try:
            for text in message["texts"]:
                self.answers.keep(self.exercise.id, whole(text))
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": told(error)})
            return
        self.send({"kind": "kept", "client": message["client"], "keys": message["keys"]})

    def _versions(self, message: Message) -> None:
        try:
            history = self._load().history
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": told(error)})
            return
        versions = [{"text": whole(v.text), "saved_at": v.saved_at, "conflict": v.conflict} for v in reversed(history)]
        self.send({"kind": "versions", "client": message["client"], "versions": versions})

    # --- what the messages and the verbs share ---

    def _load(self) -> Answer:
        answer = self.answers.load(self.exercise.id) or Answer(0, "", "")
        self._hints = min(max(self._hints, answer.hints), len(self.exercise.hints))
        self._solution_seen = self._solution_seen or answer.solution_seen
        return answer

    def _hints_taken(self) -> list[str]:
        return list(self.exercise.hints[: self._hints])

    def _next_hint(self) -> list[str]:
        """Take one hint more; the screen is told, and the answer file if it can be written."""
        self._known()  # hints may have been taken in another window
        self._hints = min(self._hints + 1, len(self.exercise.hints))
        self._remember(hints=self._hints)
        self.send({"kind": "hints", "hints": self._hints_taken()})
        return self._hints_taken()

    def _known(self) -> Answer:
        """The answer as it stands; while the file can't be read, what this widget knows of it."""
        try:
            answer = self._load()
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": told(error)})
            answer = Answer(0, "", "", hints=self._hints)
        return answer if self._unsaved is None else replace(answer, text=self._unsaved)

    def _remember(self, **facts: int | bool) -> None:
        try:
            self.answers.note(self.exercise.id, **facts)
        except AnswerFileError as error:  # told on the screen; a full disk is no reason to withhold a hint
            self.send({"kind": "problem", "why": told(error)})


def _screen_words(kind: str, lang: str) -> dict[str, str]:
    """The interface's words: the common ones, then the kind's own group `kind_<kind>`."""
    states = ("earned", "partly", "unsure", "missing", "clean", "fault", "critical")
    groups = {**strings()["studio"], **strings().get(f"kind_{kind}", {})}
    own = {key: both[lang] for key, both in groups.items()}
    return own | {f"state_{state}": strings()["marks"][state][lang] for state in states}


def both(key: str, **values: object) -> dict[str, str]:
    return {lang: say(f"studio.{key}", lang, **values) for lang in LANGUAGES}


def told(error: AnswerFileError) -> dict[str, str]:
    """Why saving or reading failed, in a sentence for the screen."""
    return both(f"failed_{error.problem}", why=error)


def whole(text: str) -> str:
    """`text` without halves of a surrogate pair (a broken paste), which no message could carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
