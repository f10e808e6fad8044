"""Any exercise that isn't a rewrite, on the screen: the shell is the same, its board is the kind's own.

Besides the messages of every exercise (`csworkshop.widgets.saved`):

    check {client}               -> marks {client, marks}: what the answer is worth; not in a graded assignment
    ask {client, name, data}     -> told {client, name, …}: the exercise's own world answers (Kind.respond)

An answer's text is a JSON object, see `csworkshop.exercises.activity`. A board is `static/kind_<kind>.js`; what it
must have is written at the top of `static/activity.js`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from csworkshop.exercises.activity import dump, load
from csworkshop.exercises.answers import Answer
from csworkshop.exercises.definition import Activity
from csworkshop.exercises.feedback import as_html, as_text
from csworkshop.exercises.kinds import kind_named, kind_of
from csworkshop.exercises.marking import Marks, mark
from csworkshop.text.language import say
from csworkshop.widgets.esm import STATIC, joined, style
from csworkshop.widgets.saved import LOCK, Message, SavedExercise, both, whole
from csworkshop.widgets.screen import Shown, activity_data, activity_marks

COMMON = "page spans drafts wire windows status shell talk help dial results boards".split()
STYLES = ("theme.css", "studio.css", "parts.css", "activity.css")


def activity(exercise: Activity, points: float | None = None, lang: str | None = None, folder: str = ".") -> Any:
    """The exercise as a widget."""
    return _widget_for(exercise.kind)(exercise, points, lang, folder)


def scripts(kind: str) -> list[str]:
    """The files that a kind's widget is joined of; the one with `export default` comes last."""
    return [*(f"{name}.js" for name in COMMON), *kind_named(kind).scripts, f"kind_{kind}.js", "activity.js"]


def styles(kind: str) -> list[str]:
    """The style sheets of a kind's widget."""
    own = [*kind_named(kind).styles, f"kind_{kind}.css"]
    return [*STYLES, *(name for name in own if (STATIC / name).exists())]


@lru_cache(maxsize=64)
def _widget_for(kind: str) -> type[ActivityWidget]:
    """The widget with this kind's script and style: each kind's own script is all that its page loads."""
    parts = {"_esm": joined(*scripts(kind)), "_css": style(*styles(kind))}
    return type(f"{kind.title().replace('_', '')}Widget", (ActivityWidget,), parts)


class ActivityWidget(SavedExercise):
    """One exercise on the screen. Three verbs work from code too: `check()`, `hint()` and `solution()`."""

    exercise: Activity

    def __init__(
        self, exercise: Activity, points: float | None = None, lang: str | None = None, folder: str = "."
    ) -> None:
        self.kind = kind_of(exercise)
        super().__init__(exercise, points, lang, folder, activity_data(exercise, 100 if points is None else points))

    # --- the verbs ---

    def check(self) -> Shown:
        """The answer as it stands, marked; in a graded assignment only whether there is one."""
        if self.points is not None and not self.kind.live:
            return Shown(both("check_withheld")[self.lang])
        with LOCK:
            text = self._known().text
            marks = self._mark(text)
        lines = as_text(marks, self.exercise, self.lang, self.maximum)
        return Shown("\n".join(lines), as_html(marks, self.exercise, self.lang, self.maximum, text))

    def solution(self) -> Shown:
        """The model answer, marked, after an honest try; in a graded assignment after grading only."""
        with LOCK:
            found = self._solution()
        if not found["allowed"]:
            return Shown(found["why"][self.lang])
        marks = self._mark(found["text"])
        title = say("studio.solution_model", self.lang)
        return Shown(f"{title}: {found['text']}", as_html(marks, self.exercise, self.lang, self.maximum))

    # --- messages ---

    def _handlers(self) -> dict[str, Callable[[Message], object]]:
        return {"check": self._check, "ask": self._ask}

    def _edit(self, message: Message) -> None:
        client, seq, text = message["client"], message["seq"], whole(message["text"])
        ack = self._save(client, seq, text, message)
        try:
            marked = self._mark(text) if self.kind.live else None
            marks = self._shown(marked) if marked else None
            if marked:
                self._attempted(marked, text)
            self.send({"kind": "result", "client": client, "seq": seq, "marks": marks})
        except BaseException:
            ack["why"] = ack["why"] or both("failed_checker")
            marks = None
            raise
        finally:  # whatever became of the marks, the answer is saved
            self.send(ack)
        if ack["state"] != "failed":
            self._tell_others(client, text, ack["revision"], marks)

    def _check(self, message: Message) -> None:
        if self.points is not None:
            return
        answer = self._known()
        self._remember(checks=int(answer.entry.get("checks", 0)) + 1)
        marked = self._mark(answer.text)
        self.send({"kind": "marks", "client": message["client"], "marks": self._shown(marked)})
        self._attempted(marked, answer.text, asked=True)

    def _ask(self, message: Message) -> None:
        name = message["name"]
        if self.points is not None and name in self.kind.withheld:
            return
        value = load(self._known().text, self.exercise)
        if name in self.kind.slow:  # whoever asks waits; saving doesn't
            threading.Thread(target=self._tell, args=(message, value), daemon=True).start()
        else:
            self._tell(message, value)

    def _tell(self, message: Message, value: Message) -> None:
        assert self.kind.respond is not None
        said = self.kind.respond(self.exercise, value, message["name"], message["data"])
        self.send({**said, "kind": "told", "client": message["client"], "name": message["name"]})

    # --- what the messages and the verbs share ---

    def _mark(self, text: str) -> Marks:
        return mark(text, self.exercise)

    def _shown(self, marks: Marks) -> Message:
        return activity_marks(marks, self.exercise, self.maximum)

    def _marks(self, text: str) -> Message | None:
        return self._shown(self._mark(text)) if self.kind.live else None

    def _extra(self, answer: Answer) -> Message:
        return {"checks": int(answer.entry.get("checks", 0))}

    def _solution(self) -> Message:
        if self.points is not None:
            return {"allowed": False, "why": both("solution_withheld")}
        answer = self._known()
        if not (answer.solution_seen or answer.entry.get("checks") or (self.kind.live and answer.text)):
            return {"allowed": False, "why": both("solution_check_first")}
        self._remember(solution_seen=True)
        text = dump(self.kind.model_answer(self.exercise))
        return {"allowed": True, "text": text, "marks": self._shown(self._mark(text))}
