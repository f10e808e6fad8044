"""Our steps in nbgrader's own converters: what `nbgrader generate_assignment`, `autograde` and formgrader run.

They are thin: plan, submission and sheet do the work, as they do for `csworkshop grade`. If one of them fails, so does
nbgrader's conversion of that submission, and no mark is written.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import find_all_files
from traitlets import Bool

from csworkshop.exercises.answers import NAME as ANSWERS
from csworkshop.exercises.code import CodeExercise
from csworkshop.grading.code_cells import CodeCells, expected_data
from csworkshop.grading.decisions import Decisions
from csworkshop.grading.plan import Plan, PlanError, graded_call, graded_exercise, read_plan
from csworkshop.grading.settings import refuse_other_steps
from csworkshop.grading.sheet import blank_sheet, fill_sheet, mark_cells, released_notebook
from csworkshop.grading.submission import FILE_LIMIT, read_submission, shown
from csworkshop.text.language import default_language

TRAVELLING = (ANSWERS, "timestamp.txt", "submission_secret.txt")  # what goes from a submission to autograded/


class _Step(NbGraderPreprocessor):
    """A step that settings can't switch off: without it nbgrader would believe the submitted notebook."""

    enabled = Bool(True)

    @property
    def _converter(self) -> Any:
        exporter: Any = self.parent
        return exporter.parent

    @property
    def _course(self) -> Any:
        return self._converter.coursedir

    def _folder(self, step: str, about: dict[str, str]) -> Path:
        return Path(self._course.format_path(step, about["student"], about["assignment"]))

    def _plan(self, about: dict[str, str]) -> Plan:
        """The plan of this notebook alone."""
        with Gradebook(about["db_url"], self._course.course_id) as gradebook:
            plan = read_plan(gradebook, about["assignment"], Path(self._course.root))
        return Plan(plan.assignment, {about["notebook"]: plan.notebooks[about["notebook"]]})


class UseReleasedNotebook(_Step):
    """Put the released notebook, with an explicit 0 in each graded cell, in place of the submitted one."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        refuse_other_steps(self._converter)
        about = resources["nbgrader"]
        self._leave_plain_files(about)
        release = Path(self._course.format_path(self._course.release_directory, ".", about["assignment"]))
        released = released_notebook(release / f"{about['notebook']}.ipynb")
        return blank_sheet(released, self._plan(about).notebooks[about["notebook"]]), resources

    def _leave_plain_files(self, about: dict[str, str]) -> None:
        """Take out of autograded/ what nbgrader has copied there: shadow modules, and what a link led to."""
        submitted = self._folder(self._course.submitted_directory, about)
        autograded = self._folder(self._course.autograded_directory, about)
        source = Path(self._course.format_path(self._course.source_directory, ".", about["assignment"]))
        ours = {Path(f).relative_to(source) for f in find_all_files(str(source), [*self._course.ignore, "*.ipynb"])}
        for copied in [Path(f) for f in find_all_files(str(autograded), ["*.ipynb"])]:
            name = copied.relative_to(autograded)
            plain = str(name) in TRAVELLING and _is_plain(submitted / name)
            if not plain and (name not in ours or name == Path(ANSWERS)):
                self.log.warning("Left out of autograded/: %s", shown(str(name)))
                copied.unlink()


class MarkAnswers(_Step):
    """Mark the trainee's answer file in this process, in the place of running the notebook in a kernel."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        refuse_other_steps(self._converter)
        about = resources["nbgrader"]
        name, folder = about["notebook"], self._folder(self._course.submitted_directory, about)
        plan, language = self._plan(about), default_language()
        source = Path(self._course.format_path(self._course.source_directory, ".", about["assignment"]))
        code = CodeCells(Path(self._course.root), source, plan, {name: nb})
        sheet = blank_sheet(nb, plan.notebooks[name])
        submission = read_submission(folder)
        written = {} if submission.is_link else code.read(folder)
        decided = Decisions(Path(self._course.root)).of(about["assignment"], about["student"])
        outcomes = code.outcomes(name, written, language)
        marks = mark_cells(plan.notebooks[name], submission, language, decided, outcomes)
        failed = [m.kit_failed for m in marks if m.kit_failed]
        if failed:  # nbgrader's SaveAutoGrades would take the 0 for the trainee's
            raise RuntimeError(f"marking failed: {failed[0]}")
        fill_sheet(sheet, marks)
        code.show(name, sheet, written)
        return sheet, resources


class CheckSource(_Step):
    """Before a release: every graded cell names an exercise, and no answers of the author's go out with it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        about = resources["nbgrader"]
        check_source(nb, f"{about['assignment']}/{about['notebook']}.ipynb", Path(self._course.root))
        release = self._folder(self._course.release_directory, about)
        for file in [*release.glob(f"{ANSWERS}*"), *release.glob("answers.unreadable-*.json")]:
            self.log.warning("Left out of the release: %s, what the author typed", file.name)
            file.unlink()
        return nb, resources


def check_source(nb: Any, where: str, root: Path) -> None:
    """PlanError for a graded cell that could not be marked, or whose studio shows other points than it is worth."""
    for block in nb.cells:
        about = block.metadata.get("nbgrader", {})
        if about.get("task") or (about.get("grade") and about.get("solution")):
            raise PlanError(f"{where}: cell {about.get('grade_id')!r} could only be marked by a person")
        if not about.get("grade"):
            continue
        exercise = graded_exercise(where, about["grade_id"], block.cell_type, block.source, root)
        if isinstance(exercise, CodeExercise):
            expected_data(root, root / "source" / where.partition("/")[0], exercise, fresh=True)
        call = graded_call(block.source)
        if call and call.points is not None and call.points != float(about["points"]):
            raise PlanError(
                f"{where}: cell {about['grade_id']!r} is worth {about['points']:g} points in nbgrader and "
                f"{call.points:g} in its call; make them the same"
            )


class CleanOutputs(Preprocessor):
    """Before a page is made of a notebook: keep of each output only harmless HTML or plain text.

    Marked cells come from us and need no cleaning; this holds for a notebook that got into autograded/ by another way.
    """

    enabled = Bool(True)

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        if cell.cell_type == "code":
            for output in cell.outputs:
                data = output.get("data")
                if data is not None:
                    output["data"] = {kind: harmless(kind, data[kind]) for kind in data if kind in _SHOWN}
        return cell, resources


_SHOWN = ("text/html", "text/plain", "image/png", "image/jpeg")
_TAGS = {"div", "p", "strong", "blockquote", "table", "tbody", "tr", "td", "span", "br", "em", "ul", "ol", "li", "h4"}
_STYLES = ["line-height", "white-space", "overflow-wrap", "border-collapse", "text-align", "padding", "vertical-align",
           "text-decoration"]  # fmt: skip


def harmless(kind: str, value: Any) -> Any:
    """An output as it may stand on a page: HTML without anything that runs, everything else as it is."""
    if kind != "text/html":
        return value
    from bleach import clean  # type: ignore[import-untyped]
    from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]

    html = "".join(value) if isinstance(value, list) else str(value)
    allowed = {"*": ["class", "lang", "style", "title"]}
    tidy = clean(html, tags=_TAGS, attributes=allowed, css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES))
    return f'<div class="tex2jax_ignore mathjax_ignore">{tidy}</div>'


def set_links_aside(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's pre_convert_hook: move what it would stumble over out of a submission before nbgrader copies it.

    nbgrader follows links when it copies, so the content of any file that the instructor may read could come back as
    feedback; it waits on pipes, copies files of any size, and fails on a time that it can't read. All that is moved,
    unopened, to refused/<student>/<assignment>/ in the course folder.
    """
    for folder in {Path(n).parent for n in notebooks}:
        course = folder.parents[2]
        refused = course / "refused" / folder.parent.name / folder.name
        whole = [p for p in (folder.parent, folder) if p.is_symlink()]
        inside = [Path(d) / n for d, dirs, files in os.walk(folder) for n in dirs + files] if not whole else []
        moved = whole or [p for p in inside if not _is_folder(p) and not (_is_plain(p) and _is_small(p))]
        if not whole and read_submission(folder).timestamp_odd:
            moved = list(dict.fromkeys([*moved, folder / "timestamp.txt"]))
        for path in moved:
            refused.mkdir(parents=True, exist_ok=True)
            os.replace(path, refused / path.name)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _is_small(path: Path) -> bool:
    return os.lstat(path).st_size <= FILE_LIMIT


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)
