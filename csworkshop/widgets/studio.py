"""The reply studio: a flawed reply is rewritten while the checker marks the trainee's own words.

The browser (static/*.js) draws and types, Python judges and saves. They talk in custom messages; `client` is one view
in one browser tab, since two tabs may show the same widget:

    hello {client}                               -> welcome {client, text, revision, marks, hints, problem}
    edit {client, seq, text, revision, restore}  -> result {client, seq, marks}, then ack {client, seq, revision, …}
    look {client, revision}                      -> other {…}, if someone else has written since
    keep {client, texts}                         -> kept {client, texts}: unsaved words put with the earlier versions
    hint | solution | versions {client}          -> hints {hints} | solution {client, …} | versions {client, …}
    dispute {client, item, reason}               -> disputes {disputes}: item -> reason, in a graded assignment
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
from html import escape
from typing import Any

import anywidget
import traitlets

from csworkshop.exercises.answers import Answer, AnswerFile, AnswerFileError
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.disputes import read_disputes
from csworkshop.exercises.feedback import as_html, as_text, marked_reply
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import HONEST_CHARACTERS, mark
from csworkshop.techniques.checker import Level
from csworkshop.text.language import LANGUAGES, default_language, say, strings
from csworkshop.widgets.esm import joined, style
from csworkshop.widgets.screen import Shown, exercise_data, marks_data

Message = dict[str, Any]
PARTS = ("page", "spans", "drafts", "wire", "editor", "findings", "talk", "dispute", "score", "help")
SCRIPTS = [f"{name}.js" for name in (*PARTS, "studio")]  # the one with `export default` comes last
STYLES = ("theme.css", "studio.css", "parts.css")

# Callbacks run in subshell threads, the three verbs in the main one, and siblings write to each other: one lock for
# all studios of a kernel is simple and never waits for more than one save.
_LOCK = threading.RLock()
_LIVE: weakref.WeakSet[ReplyStudio] = weakref.WeakSet()


def studio(exercise_id: str, points: float | None = None, lang: str | None = None, folder: str = ".") -> ReplyStudio:
    """The exercise as a widget; as the last line of a cell it is shown.

    The answer is kept in `folder`/answers.json, beside the notebook unless told otherwise. With `points` it is part
    of a graded assignment: the score is shown out of the points, the model answer withheld until it is graded.
    """
    return ReplyStudio(load_exercise(exercise_id), points, lang, folder)


class ReplyStudio(anywidget.AnyWidget):
    """One exercise on the screen. Three verbs work from code too: `check()`, `hint()` and `solution()`."""

    _esm = joined(*SCRIPTS)
    _css = style(*STYLES)
    content = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)  # which answer this is, for what the browser keeps
    lang = traitlets.Enum(LANGUAGES).tag(sync=True)

    def __init__(
        self, exercise: Exercise, points: float | None = None, lang: str | None = None, folder: str = "."
    ) -> None:
        self.exercise, self.points = exercise, points
        self.maximum = 100 if points is None else points
        self.answers = AnswerFile(folder)
        self._clients: dict[str, int] = {}  # the newest revision that each client has written
        self._unsaved: str | None = None  # the newest text, if it could not be saved
        self._hints = 0
        super().__init__(
            content={**exercise_data(exercise, self.maximum), "graded": points is not None},
            words={lang: _screen_words(lang) for lang in LANGUAGES},
            place=f"{self.answers.path.parent}#{exercise.id}",
            lang=lang or default_language(),
        )
        with _LOCK:
            _LIVE.add(self)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"{self.exercise.title[self.lang]} ({self.exercise.id}) · {say('studio.again', self.lang)}"

    # --- the three verbs ---

    def check(self) -> Shown:
        """The answer as it stands, marked by the exercise's scorecard."""
        with _LOCK:
            marks = mark(self._known().text, self.exercise)
        lines = as_text(marks, self.exercise, self.lang, self.maximum)
        return Shown("\n".join(lines), as_html(marks, self.exercise, self.lang, self.maximum))

    def hint(self) -> Shown:
        """The next hint. It is noted in the answer file that it was taken."""
        with _LOCK:
            hints = self._next_hint()
            more = len(hints) < len(self.exercise.hints)
        number = say("studio.hint_n", self.lang, n=len(hints), of=len(self.exercise.hints))
        label = say("studio.named", self.lang, name=number)
        return Shown(f"{label}{hints[-1]}" + ("" if more else f"\n{say('studio.hint_last', self.lang)}"))

    def solution(self) -> Shown:
        """The model answer beside one's own, after an honest try; in a graded assignment after grading only."""
        with _LOCK:
            found = self._solution()
            own = mark(self._known().text, self.exercise)
        if not found["allowed"]:
            return Shown(found["why"][self.lang])
        model = mark(self.exercise.model_answer, self.exercise)
        titles = say("studio.solution_yours", self.lang), say("studio.solution_model", self.lang)
        column = '<div style="flex:1 1 260px"><strong>{}</strong><p style="white-space:pre-wrap">{}</p></div>'
        columns = [
            column.format(escape(t), marked_reply(m, self.lang)) for t, m in zip(titles, (own, model), strict=True)
        ]
        markup = f'<div style="display:flex;flex-wrap:wrap;gap:8px 32px;line-height:1.8">{"".join(columns)}</div>'
        return Shown(f"{titles[1]}: {self.exercise.model_answer}", markup)

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
            "dispute": self._dispute,
            "bye": lambda m: self._clients.pop(m["client"], None),
        }
        with _LOCK:
            answers[message["kind"]](message)

    def _hello(self, message: Message) -> None:
        problem = None
        try:
            answer = self._load()
        except AnswerFileError as error:
            answer, problem = Answer(0, "", ""), _told(error)
        self._clients[message["client"]] = answer.revision
        self.send(
            {
                "kind": "welcome",
                "client": message["client"],
                "text": _whole(answer.text),
                "revision": answer.revision,
                "marks": self._marks(_whole(answer.text)),
                "hints": self._hints_taken(),
                "disputes": self._disputes(answer),
                "problem": problem,
            }
        )

    def _edit(self, message: Message) -> None:
        client, seq, text = message["client"], message["seq"], _whole(message["text"])
        ack = marks = None
        try:
            # The rules answer within a blink. The learned reader, which has the last word, comes when the words are
            # safe: writing them leaves the browser the time to paint the first answer.
            self._send_marks(client, seq, text, "fast")
            ack = self._save(client, seq, text, message)
            marks = self._send_marks(client, seq, text, "full")
        finally:  # whatever became of the marks, the words are saved
            ack = ack or self._save(client, seq, text, message)
            if marks is None and ack["why"] is None:
                ack["why"] = _both("failed_checker")
            self.send(ack)
        if ack["state"] != "failed":
            self._tell_others(client, text, ack["revision"], marks)

    def _send_marks(self, client: str, seq: int, text: str, level: Level) -> Message:
        marks = self._marks(text, level)
        self.send({"kind": "result", "client": client, "seq": seq, "marks": marks})
        return marks

    def _save(self, client: str, seq: int, text: str, message: Message) -> Message:
        """Save the text; the acknowledgement to send."""
        # A client that gave up waiting sends again, not knowing that its last words were saved after all.
        known = max(message["revision"], self._clients.get(client, 0))
        ack: Message = {"kind": "ack", "client": client, "seq": seq, "revision": message["revision"], "why": None}
        try:
            saved = self.answers.save(self.exercise.id, text, known, keep_current=message.get("restore", False))
        except AnswerFileError as error:
            self._unsaved = text
            return {**ack, "state": "failed", "why": _told(error)}
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
            text = _whole(answer.text)
            news = {"from": "", "to": message["client"], "text": text, "revision": answer.revision}
            self.send({"kind": "other", **news, "marks": self._marks(text)})

    def _keep(self, message: Message) -> None:
        try:
            for text in message["texts"]:
                self.answers.keep(self.exercise.id, _whole(text))
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": _told(error)})
            return
        self.send({"kind": "kept", "client": message["client"], "keys": message["keys"]})

    def _versions(self, message: Message) -> None:
        try:
            history = self._load().history
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": _told(error)})
            return
        versions = [{"text": _whole(v.text), "saved_at": v.saved_at, "conflict": v.conflict} for v in reversed(history)]
        self.send({"kind": "versions", "client": message["client"], "versions": versions})

    def _dispute(self, message: Message) -> None:
        if self.points is None or message["item"] not in self.exercise.scorecard.items:
            return
        try:
            self.answers.dispute(self.exercise.id, message["item"], message["reason"])
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": _told(error)})
            return
        self.send({"kind": "disputes", "disputes": self._disputes(self._load())})

    def _disputes(self, answer: Answer) -> dict[str, str]:
        found = read_disputes(answer.entry, self.exercise.scorecard.items) if self.points is not None else {}
        return {item: dispute.reason for item, dispute in found.items()}

    # --- what the messages and the verbs share ---

    def _load(self) -> Answer:
        answer = self.answers.load(self.exercise.id) or Answer(0, "", "")
        self._hints = min(max(self._hints, answer.hints), len(self.exercise.hints))
        return answer

    def _marks(self, text: str, level: Level = "full") -> Message:
        return marks_data(mark(text, self.exercise, level), self.exercise, self.maximum)

    def _hints_taken(self) -> list[str]:
        return list(self.exercise.hints[: self._hints])

    def _next_hint(self) -> list[str]:
        """Take one hint more; the screen is told, and the answer file if it can be written."""
        self._known()  # hints may have been taken in another window
        self._hints = min(self._hints + 1, len(self.exercise.hints))
        self._remember(hints=self._hints)
        self.send({"kind": "hints", "hints": self._hints_taken()})
        return self._hints_taken()

    def _solution(self) -> Message:
        if self.points is not None:
            return {"allowed": False, "why": _both("solution_withheld")}
        answer = self._known()
        if not (answer.solution_seen or mark(answer.text, self.exercise).honest_try):
            return {"allowed": False, "why": _both("solution_first", n=HONEST_CHARACTERS)}
        self._remember(solution_seen=True)
        return {"allowed": True, "text": self.exercise.model_answer, "marks": self._marks(self.exercise.model_answer)}

    def _known(self) -> Answer:
        """The answer as it stands; while the file can't be read, what this widget knows of it."""
        try:
            answer = self._load()
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": _told(error)})
            answer = Answer(0, "", "", hints=self._hints)
        return answer if self._unsaved is None else replace(answer, text=self._unsaved)

    def _remember(self, hints: int | None = None, solution_seen: bool | None = None) -> None:
        try:
            self.answers.note(self.exercise.id, hints=hints, solution_seen=solution_seen)
        except AnswerFileError as error:  # told on the screen; a full disk is no reason to withhold a hint
            self.send({"kind": "problem", "why": _told(error)})


def _screen_words(lang: str) -> dict[str, str]:
    states = ("earned", "unsure", "missing", "clean", "fault", "critical")
    own = {key: both[lang] for key, both in strings()["studio"].items()}
    return own | {f"state_{state}": strings()["marks"][state][lang] for state in states}


def _both(key: str, **values: object) -> dict[str, str]:
    return {lang: say(f"studio.{key}", lang, **values) for lang in LANGUAGES}


def _told(error: AnswerFileError) -> dict[str, str]:
    """Why saving or reading failed, in a sentence for the screen."""
    return _both(f"failed_{error.problem}", why=error)


def _whole(text: str) -> str:
    """`text` without halves of a surrogate pair (a broken paste), which no message could carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
