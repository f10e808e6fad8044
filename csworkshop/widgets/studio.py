"""The reply studio: a flawed reply is rewritten while the checker marks the trainee's own words.

Besides the messages of every exercise (`csworkshop.widgets.saved`):

    dispute {client, item, reason}               -> disputes {disputes}: item -> reason, in a graded assignment
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from html import escape
from pathlib import Path

from csworkshop.exercises.answers import Answer, AnswerFileError
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.disputes import read_disputes
from csworkshop.exercises.feedback import as_html, as_text, marked_reply
from csworkshop.exercises.library import OWN, load_any
from csworkshop.exercises.marking import HONEST_CHARACTERS, mark
from csworkshop.techniques.checker import Level
from csworkshop.text.language import say
from csworkshop.widgets.esm import joined, style
from csworkshop.widgets.saved import LOCK, Message, SavedExercise, both, told, whole
from csworkshop.widgets.screen import Shown, exercise_data, marks_data

PARTS = "page spans drafts wire windows status shell editor findings talk dispute dial score help".split()
SCRIPTS = [f"{name}.js" for name in (*PARTS, "studio")]  # the one with `export default` comes last
STYLES = ("theme.css", "studio.css", "parts.css")
LEVELS: tuple[Level, ...] = ("fast", "full")


def studio(exercise_id: str, points: float | None = None, lang: str | None = None, folder: str = ".") -> SavedExercise:
    """The exercise as a widget, whatever its kind; as the last line of a cell it is shown.

    The answer is kept in `folder`/answers.json, beside the notebook unless told otherwise; an instructor's own exercise
    is looked for in the folder `exercises` beside the notebook. With `points` it is part
    of a graded assignment: the score is shown out of the points, the model answer withheld until it is graded.
    """
    exercise = load_any(exercise_id, Path(OWN))
    if isinstance(exercise, Exercise):
        return ReplyStudio(exercise, points, lang, folder)
    from csworkshop.widgets.activity import activity

    return activity(exercise, points, lang, folder)


class ReplyStudio(SavedExercise):
    """One exercise on the screen. Three verbs work from code too: `check()`, `hint()` and `solution()`."""

    _esm = joined(*SCRIPTS)
    _css = style(*STYLES)
    exercise: Exercise

    def __init__(
        self, exercise: Exercise, points: float | None = None, lang: str | None = None, folder: str = "."
    ) -> None:
        super().__init__(exercise, points, lang, folder, exercise_data(exercise, 100 if points is None else points))

    def check(self) -> Shown:
        """The answer as it stands, marked by the exercise's scorecard."""
        with LOCK:
            marks = mark(self._known().text, self.exercise)
        lines = as_text(marks, self.exercise, self.lang, self.maximum)
        return Shown("\n".join(lines), as_html(marks, self.exercise, self.lang, self.maximum))

    def solution(self) -> Shown:
        """The model answer beside one's own, after an honest try; in a graded assignment after grading only."""
        with LOCK:
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

    def _hello(self, message: Message) -> None:
        super()._hello(message)
        _get_ready(self.exercise)

    def _handlers(self) -> dict[str, Callable[[Message], object]]:
        return {"dispute": self._dispute}

    def _extra(self, answer: Answer) -> Message:
        return {"disputes": self._disputes(answer)}

    def _edit(self, message: Message) -> None:
        client, seq, text = message["client"], message["seq"], whole(message["text"])
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
                ack["why"] = both("failed_checker")
            self.send(ack)
        if ack["state"] != "failed":
            self._tell_others(client, text, ack["revision"], marks)

    def _send_marks(self, client: str, seq: int, text: str, level: Level) -> Message:
        marked = mark(text, self.exercise, level)
        marks = marks_data(marked, self.exercise, self.maximum)
        self.send({"kind": "result", "client": client, "seq": seq, "marks": marks})
        if level == "full":
            self._attempted(marked, text)
        return marks

    def _dispute(self, message: Message) -> None:
        if self.points is None or message["item"] not in self.exercise.scorecard.items:
            return
        try:
            self.answers.dispute(self.exercise.id, message["item"], message["reason"])
        except AnswerFileError as error:
            self.send({"kind": "problem", "why": told(error)})
            return
        self.send({"kind": "disputes", "disputes": self._disputes(self._load())})

    def _disputes(self, answer: Answer) -> dict[str, str]:
        found = read_disputes(answer.entry, self.exercise.scorecard.items) if self.points is not None else {}
        return {item: dispute.reason for item, dispute in found.items()}

    def _marks(self, text: str, level: Level = "full") -> Message:
        return marks_data(mark(text, self.exercise, level), self.exercise, self.maximum)

    def _solution(self) -> Message:
        if self.points is not None:
            return {"allowed": False, "why": both("solution_withheld")}
        answer = self._known()
        if not (answer.solution_seen or mark(answer.text, self.exercise).honest_try):
            return {"allowed": False, "why": both("solution_first", n=HONEST_CHARACTERS)}
        self._remember(solution_seen=True)
        return {"allowed": True, "text": self.exercise.model_answer, "marks": self._marks(self.exercise.model_answer)}


_ready = threading.Event()


def _get_ready(exercise: Exercise) -> None:
    """Load both readers while the trainee still reads the task, once a kernel: otherwise the first key waits for them,
    and where a whole class begins to type at once, so does everybody's."""
    if not _ready.is_set():
        _ready.set()
        threading.Thread(target=_mark_once, args=(exercise,), daemon=True, name="csworkshop-readers").start()


def _mark_once(exercise: Exercise) -> None:
    for level in LEVELS:
        mark(exercise.model_answer, exercise, level)
