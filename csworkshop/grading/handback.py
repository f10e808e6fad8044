"""Handing back: what a graded submission's feedback page needs, gathered, and the page written where nbgrader wants it.

The words are those that were graded (autograded/…/answers.json), the scores the gradebook's. nbgrader's exchange
carries one page per notebook, so an assignment of several notebooks gets the same whole page under each name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from traitlets import Bool, TraitError
from traitlets.config import Configurable

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.disputes import Dispute, read_disputes
from csworkshop.exercises.marking import MAX_CHARACTERS, mark
from csworkshop.exercises.overriding import overridden
from csworkshop.exercises.versions import Version
from csworkshop.grading.basis import common_basis, fingerprint
from csworkshop.grading.book import Book, Entry
from csworkshop.grading.decisions import Decisions, Ruling
from csworkshop.grading.feedback_page import Attempt, Page, Part, page_html
from csworkshop.grading.graded import dispute_id, graded_answers
from csworkshop.grading.opening import Course, CourseError
from csworkshop.grading.plan import Cell, Plan, read_plan
from csworkshop.grading.standing import keep_basis, page_stands
from csworkshop.grading.submission import Submission, clean, parse_answers
from csworkshop.text.language import default_language, say

ATTEMPTS = "attempts"  # folder in the course: what was handed back before, by assignment and trainee
MOST_ATTEMPTS = 20
_TRAVEL = ("timestamp.txt", "submission_secret.txt")  # the exchange finds the trainee's copy by these


class FeedbackPage(Configurable):
    """Settings of the page, for course_settings.py: `c.FeedbackPage.model_answer = True`."""

    model_answer = Bool(False, help="show the model answer of every exercise on the feedback pages").tag(config=True)


@dataclass(frozen=True)
class Handed:
    """A page; `warning` says that the gradebook is older than the rules in force.

    `fresh` is false for a page of an earlier run that stands, because nothing it rests on has changed.
    """

    student: str
    path: Path
    warning: str = ""
    fresh: bool = True


def write_pages(
    course: Course,
    assignment: str,
    students: Sequence[str],
    lang: str | None = None,
    on_page: Callable[[Handed, int, int], None] | None = None,
    *,
    everything: bool = False,
) -> list[Handed]:
    """Write the pages of graded trainees into feedback/; PlanError or CourseError before the first.

    Unless `everything` is asked for, a page that would come out the same is left as it is.
    """
    lang = lang or default_language()
    with course.gradebook() as gradebook:
        plan = read_plan(gradebook, assignment, course.root)
        book = Book(gradebook, assignment)
        entries = book.entries(students)
    common = json.dumps(common_basis(course, plan, book.duedate, lang))
    try:
        decisions, settings = Decisions(course.root), FeedbackPage(config=course.config)
    except TraitError as error:
        raise CourseError(f"course_settings.py: {error}") from error
    done = []
    for student in students:
        if student not in entries:
            continue
        gathering = _Gathering(course, plan, student, entries[student], decisions, lang)
        try:
            basis = gathering.basis(common, settings.model_answer)
            if not everything and page_stands(gathering.target, basis, plan.notebooks):
                handed = Handed(student, gathering.target / gathering.first, fresh=False)
            else:
                page, stale = gathering.page(settings.model_answer)
                # a page that disagrees with the gradebook is told of each time, so it never stands
                path = gathering.write(page, "" if stale else basis)
                warning = say("page.stale", lang, student=student, assignment=assignment) if stale else ""
                handed = Handed(student, path, warning)
        except OSError as error:
            raise CourseError(f"{error}; the command may be run again") from error
        done.append(handed)
        if on_page:
            on_page(done[-1], len(done), len(entries))
    return done


@dataclass(frozen=True)
class _Gathering:
    course: Course
    plan: Plan
    student: str
    entry: Entry
    decisions: Decisions
    lang: str

    @property
    def folder(self) -> Path:
        return self.course.folder("autograded", self.student, self.plan.assignment)

    @property
    def target(self) -> Path:
        return self.course.folder("feedback", self.student, self.plan.assignment)

    @property
    def first(self) -> str:
        return f"{next(iter(self.plan.notebooks))}.html"

    def basis(self, common: str, model_answers: bool) -> str:
        """A fingerprint of all that the page depends on; `common` is what all pages of the assignment share."""
        submission, entries = graded_answers(self.course, self.plan.assignment, self.student)
        rulings = []
        for exercise in (c.exercise for cells in self.plan.notebooks.values() for c in cells):
            answer = submission.answer(exercise.id)
            for dispute in self._disputes(exercise, entries.get(exercise.id)).values():
                known = dispute_id(self.plan.assignment, self.student, exercise.id, dispute, answer)
                rulings.append(repr(self.decisions.rulings.get(known)))
        decided = self.decisions.of(self.plan.assignment, self.student).digest
        travelling = [self.folder / name for name in (*_TRAVEL, *(f"{n}.ipynb" for n in self.plan.notebooks))]
        files = [p.read_bytes() if p.is_file() else b"" for p in travelling]
        fault = submission.fault.key if submission.fault else ""
        own = (self.entry.digest, decided, repr(rulings), repr(self._attempts(submission.raw_answers)), fault)
        settings = repr((model_answers, self.course.directory.groupshared))
        return fingerprint(common, settings, submission.raw_answers, *own, *files)

    @staticmethod
    def _disputes(exercise: Any, entry: Any) -> dict[str, Dispute]:
        return dict(read_disputes(entry, exercise.scorecard.items)) if isinstance(exercise, Exercise) else {}

    def page(self, model_answers: bool) -> tuple[Page, bool]:
        """The page, and whether a mark on it differs from the gradebook's."""
        submission, entries = graded_answers(self.course, self.plan.assignment, self.student)
        raw = submission.raw_answers
        attempts = self._attempts(raw)
        parts, stale = [], False
        for notebook, cells in self.plan.notebooks.items():
            sheet = _Sheet(self.folder / f"{notebook}.ipynb")
            for cell in cells:
                part, differs = self._part(notebook, cell, submission, entries.get(cell.exercise.id), sheet)
                earlier = tuple(a[cell.exercise.id] for a in attempts if cell.exercise.id in a)
                parts.append(replace(part, attempts=earlier))
                stale = stale or differs
        stamp = self.entry.timestamp
        handed_in = f"{stamp:%Y-%m-%d %H:%M} UTC" if stamp else ""
        penalty = sum(p or 0.0 for p in self.entry.penalties.values())
        page = Page(self.plan.assignment, self.student, handed_in, parts, penalty, model_answers)
        self._remember(raw, page, parts)
        return page, stale

    def _part(self, notebook: str, cell: Cell, submission: Submission, entry: Any, sheet: _Sheet) -> tuple[Part, bool]:
        grade = self.entry.marks.get((notebook, cell.name))
        part = Part(
            cell.exercise.title[self.lang], cell.maximum, round(grade.score, 2) if grade else 0.0,
            manual=grade.manual if grade else None, extra=grade.extra if grade else None,
        )  # fmt: skip
        exercise, answer = cell.exercise, submission.answer(cell.exercise.id)
        overrides = self.decisions.of(self.plan.assignment, self.student).about(exercise.id, answer)
        if not isinstance(exercise, Exercise) or not isinstance(answer, str):
            return replace(part, html=sheet.shown(cell.name)), False
        marks = overridden(mark(answer, exercise), exercise, overrides, cell.maximum)
        disputes: dict[str, tuple[Dispute, Ruling | None]] = {}
        for item, dispute in self._disputes(exercise, entry).items():
            known = dispute_id(self.plan.assignment, self.student, exercise.id, dispute, answer)
            disputes[item] = dispute, self.decisions.rulings.get(known)
        full = replace(
            part, exercise=exercise, marks=marks, overrides=overrides, disputes=disputes, drafts=_drafts(entry, answer)
        )
        differs = grade is not None and grade.auto is not None
        return full, bool(differs and grade and abs((grade.auto or 0.0) - marks.points(cell.maximum)) > 0.005)

    def write(self, page: Page, basis: str) -> Path:
        """Write the page under every notebook's name, the folder taking the old one's place at once."""
        target = self.target
        target.parent.mkdir(parents=True, exist_ok=True)
        html = page_html(page, self.lang)
        aside = Path(tempfile.mkdtemp(prefix=f".{self.plan.assignment}-", dir=target.parent))
        try:
            for notebook in self.plan.notebooks:
                (aside / f"{notebook}.html").write_text(html, "utf-8", "replace")
            if basis:
                keep_basis(aside, basis, html)
            for name in _TRAVEL:
                if (self.folder / name).is_file():
                    shutil.copyfile(self.folder / name, aside / name)
            shared = self.course.directory.groupshared
            os.chmod(aside, 0o2775 if shared else 0o755)
            for file in aside.iterdir():
                os.chmod(file, 0o664 if shared else 0o644)
            if target.exists():
                shutil.rmtree(target)
            os.replace(aside, target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        return target / self.first

    # --- earlier submissions: what was handed back before ---

    @property
    def _log(self) -> Path:
        return self.course.root / ATTEMPTS / self.plan.assignment / f"{self.student}.json"

    def _kept(self) -> list[dict[str, Any]]:
        try:
            kept = json.loads(self._log.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return [k for k in kept if isinstance(k, dict)] if isinstance(kept, list) else []

    def _attempts(self, raw: bytes) -> list[dict[str, Attempt]]:
        now = _key(raw)
        return [
            {e: Attempt(k["handed_in"], t["text"], t["points"], t["maximum"]) for e, t in k["answers"].items()}
            for k in self._kept() if k.get("key") != now
        ]  # fmt: skip

    def _remember(self, raw: bytes, page: Page, parts: Sequence[Part]) -> None:
        answers = {
            p.exercise.id: {"text": p.marks.report.reply, "points": p.score, "maximum": p.maximum}
            for p in parts if p.exercise and p.marks
        }  # fmt: skip
        others = [k for k in self._kept() if k.get("key") != _key(raw)]
        entry = {"key": _key(raw), "handed_in": page.handed_in, "answers": answers}
        self._log.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._log.with_suffix(".tmp")
        kept = json.dumps([*others, entry][-MOST_ATTEMPTS:], ensure_ascii=False, indent=1)
        fresh.write_text(kept, "utf-8", "backslashreplace")
        os.replace(fresh, self._log)


def _key(raw: bytes) -> str:
    """Which submission it is: by what was written, so that disputing or grading again makes no new attempt."""
    texts = sorted((k, v) for k, v in parse_answers(raw).items() if isinstance(v, str)) if raw else []
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]


def _drafts(entry: Any, answer: str) -> tuple[Version, ...]:
    """Kept versions of an answer, from a file that anybody may have written."""
    history = entry.get("history") if isinstance(entry, dict) else None
    found = []
    for version in history[-MOST_ATTEMPTS:] if isinstance(history, list) else []:
        text = version.get("text") if isinstance(version, dict) else None
        if isinstance(text, str) and text.strip() and text != answer:
            at = version.get("saved_at")
            stamp = at if isinstance(at, str) and re.fullmatch(r"[0-9T:.+-]{10,40}", at) else ""
            found.append(Version(0, clean(text)[:MAX_CHARACTERS], stamp))
    return tuple(found)


class _Sheet:
    """The marked notebook in autograded/, for cells that aren't marked from a reply: code, and what went wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cells: list[Any] | None = None

    def shown(self, name: str) -> str:
        """The explanation under a graded cell, with the code that a trainee wrote above it; harmless HTML."""
        from csworkshop.grading.steps import harmless

        code = ""
        for cell in self._read():
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                if about.get("grade_id") == name:
                    html = (o.get("data", {}).get("text/html", "") for o in cell.get("outputs", ()))
                    return code + "".join(harmless("text/html", h) for h in html if h)
                code = ""
            elif about.get("solution") and cell.cell_type == "code":
                code += f'<pre class="typed">{escape(cell.source)}</pre>'
        return ""

    def _read(self) -> list[Any]:
        if self._cells is None:
            import nbformat

            try:
                self._cells = nbformat.read(self._path, as_version=4).cells
            except (OSError, ValueError):
                self._cells = []
        return self._cells or []
