"""Code exercises of an assignment: which cells run, what they left, and the reference to compare it with.

Which cells run, and in which order, is the released notebook's; of the submitted one only the text of the cells that
trainees were to write in is taken, found by nbgrader's id. Each notebook runs in one confined process; each reference
is worked out in another one, by the teacher's script, before any trainee's code runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csworkshop.exercises.code import FOLDER, CodeExercise, Data, Limits, read_data
from csworkshop.grading.plan import Cell, Plan, PlanError, graded_call
from csworkshop.grading.sandbox import UNCONFINED, Ran, Run, Take, means, run
from csworkshop.grading.submission import FILE_LIMIT, Fault, Unfit, clean, read_regular
from csworkshop.text.language import say

CODE_LIMIT = 100_000  # characters of a cell
DATA_LIMIT = 64 << 20  # bytes of an exercise's data files
_CACHE = ".expected.json"

Written = Mapping[str, str | Fault]  # what a trainee wrote, by the id of the cell


@dataclass(frozen=True)
class Outcome:
    """What became of a graded code cell: data to compare, or `reason` why there is none; `notes` go with both."""

    expected: Data | None = None
    data: Data | None = None
    fault: Fault | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class CodeCells:
    """The code exercises of a plan, ready to run; without any it does nothing. Making it raises PlanError."""

    root: Path
    source: Path
    plan: Plan
    released: Mapping[str, Any]
    expected: dict[str, Data] = field(init=False, default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for notebook in self.plan.notebooks:
            exercises = self._exercises(notebook)
            if not exercises:
                continue
            if means().level == "none":
                raise PlanError(f"{means().text()} ({UNCONFINED}=1 runs it all the same)")
            self.files[notebook] = {}
            for exercise in exercises:
                for name, raw in data_files(self.root, self.source, exercise).items():
                    if self.files[notebook].setdefault(name, raw) != raw:
                        raise PlanError(f"{notebook}.ipynb: two exercises bring different files {name!r}")
                self.expected[exercise.id] = expected_data(self.root, self.source, exercise)
            if not self._own_cells(notebook):
                raise PlanError(f"{notebook}.ipynb: the release has no cell for trainees to write in; release it again")

    def read(self, folder: Path) -> dict[str, Written]:
        """What is written in a submission's notebooks, those without code exercises left out."""
        return {name: read_written(folder / f"{name}.ipynb", self._own_cells(name)) for name in self.files}

    def outcomes(self, notebook: str, written: Mapping[str, Written], lang: str) -> dict[str, Outcome]:
        """Run a notebook's cells; what became of each graded code cell, by its id."""
        if notebook not in self.files:
            return {}
        graded = {c.name: c for c in self.plan.notebooks[notebook] if isinstance(c.exercise, CodeExercise)}
        if notebook not in written:  # the submission is a link, in which nothing was looked at
            return {name: Outcome(fault=Fault("folder_link")) for name in graded}
        codes = written[notebook]
        steps = self._steps(notebook, codes, graded)
        whole = next((w for w in codes.values() if isinstance(w, Fault) and w.key == "code_notebook"), None)
        limits = _together([c.exercise.limits for c in graded.values() if isinstance(c.exercise, CodeExercise)])
        ran = Ran() if whole else run(steps, self.files[notebook], limits)
        found = {}
        before: list[str] = []
        for step in steps:
            if isinstance(step, Run):
                before.append(step.name)
            else:
                found[step.name] = self._outcome(graded[step.name], codes, before, ran, limits, lang)
                before = []
        return found | {n: Outcome(fault=Fault("code_missing")) for n in graded if n not in found}

    def show(self, notebook: str, sheet: Any, written: Mapping[str, Written]) -> None:
        """Put what was written into the marked notebook, for people to read."""
        for block in sheet.cells:
            text = written.get(notebook, {}).get(_id(block))
            if isinstance(text, str) and block.cell_type == "code":
                block.source = clean(text)
        if notebook in self.files:
            sheet.metadata["csworkshop"] = {"code": means().text("en")}

    def told(self, lang: str) -> str:
        """How code was run, in a sentence; "" where none had to be."""
        return means().text(lang) if self.files else ""

    def basis(self, written: Mapping[str, Written]) -> list[str]:
        """What the marks of a submission rest on besides its answers."""
        if not self.files:
            return []
        told = json.dumps([sorted((k, repr(v)) for k, v in w.items()) for w in written.values()])
        given = [hashlib.sha256(raw).hexdigest() for files in self.files.values() for raw in files.values()]
        return [told, *given, *(data.model_dump_json() for data in self.expected.values()), means().level]

    def _exercises(self, notebook: str) -> list[CodeExercise]:
        return [c.exercise for c in self.plan.notebooks[notebook] if isinstance(c.exercise, CodeExercise)]

    def _own_cells(self, notebook: str) -> list[str]:
        return [_id(b) for b in self.released[notebook].cells if _is_own(b)]

    def _steps(self, notebook: str, codes: Written, graded: Mapping[str, Cell]) -> list[Run | Take]:
        """The released notebook's code cells in order; a graded cell is where its variable is taken."""
        steps: list[Run | Take] = []
        limits = [e.limits.seconds for e in self._exercises(notebook)]
        for number, block in enumerate(self.released[notebook].cells):
            name = _id(block)
            if name in graded and block.metadata.get("nbgrader", {}).get("grade"):
                exercise = graded[name].exercise
                assert isinstance(exercise, CodeExercise)
                steps.append(Take(name, exercise.variable))
            elif block.cell_type == "code" and not block.metadata.get("nbgrader", {}).get("grade"):
                code = codes[name] if _is_own(block) else block.source
                if isinstance(code, str) and graded_call(code) is None:
                    steps.append(Run(name or f"#{number + 1}", code, max(limits)))
        return steps

    def _outcome(
        self, cell: Cell, codes: Written, before: Sequence[str], ran: Ran, limits: Limits, lang: str
    ) -> Outcome:
        """`before` names the cells that ran since the graded cell before this one."""
        exercise = cell.exercise
        own = self._before(cell)
        fault = next((codes[name] for name in own if isinstance(codes[name], Fault)), None)
        if isinstance(fault, Fault):
            return Outcome(fault=fault)
        said = [(n, ran.errors[n]) for n in before if ran.errors.get(n, "").startswith("error:")]
        notes = [say("code.cell_error", lang, name=n, error=clean(e.removeprefix("error:"))) for n, e in said]
        if means().level != "namespaces":
            notes.append(means().text(lang))
        known = Outcome(expected=self.expected[exercise.id], notes=tuple(notes))
        if cell.name in ran.data:
            try:
                return Outcome(known.expected, read_data(ran.data[cell.name]), notes=known.notes)
            except ValueError:  # pydantic's ValidationError is one
                return Outcome(reason=say("code.odd_data", lang), notes=known.notes)
        why = ran.errors.get(cell.name, "")
        values = {"seconds": limits.seconds, "memory": limits.memory_mb, "name": _variable(cell)}
        if why.startswith("no_data:"):
            reason = say("code.no_data", lang, error=clean(why.removeprefix("no_data:")))
        else:
            reason = say(f"code.stop_{ran.stopped}" if ran.stopped and not why else "code.absent", lang, **values)
        return Outcome(reason=reason, notes=known.notes)

    def _before(self, cell: Cell) -> list[str]:
        """The trainee's own cells between the graded cell before this one and this one."""
        for notebook, cells in self.plan.notebooks.items():
            if cell not in cells:
                continue
            own: list[str] = []
            for block in self.released[notebook].cells:
                if _is_own(block):
                    own.append(_id(block))
                elif block.metadata.get("nbgrader", {}).get("grade"):
                    if _id(block) == cell.name:
                        return own
                    own = []
        return []


def read_written(path: Path, wanted: Sequence[str]) -> dict[str, str | Fault]:
    """The text of the wanted cells of a submitted notebook, or why there is none. Never raises for its contents."""
    try:
        data = json.loads(read_regular(path, FILE_LIMIT))
        cells = data["cells"]
        assert isinstance(cells, list)
    except (Unfit, ValueError, RecursionError, KeyError, TypeError, AssertionError):
        return {name: Fault("code_notebook") for name in wanted}
    found: dict[str, list[str | Fault]] = {name: [] for name in wanted}
    for cell in cells:
        try:
            name, source, kind = cell["metadata"]["nbgrader"]["grade_id"], cell["source"], cell["cell_type"]
        except (KeyError, TypeError):
            continue
        if isinstance(name, str) and name in found and kind == "code":
            found[name].append(_text(source))
    return {name: _the_one(texts) for name, texts in found.items()}


def _text(source: Any) -> str | Fault:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return Fault("code_missing")
    return source if len(source) <= CODE_LIMIT else Fault("code_big")


def _the_one(texts: list[str | Fault]) -> str | Fault:
    """A cell that was copied and not changed is still one cell."""
    if not texts:
        return Fault("code_missing")
    return texts[0] if all(t == texts[0] for t in texts) else Fault("code_twice")


def data_files(root: Path, source: Path, exercise: CodeExercise) -> dict[str, bytes]:
    """The exercise's files: its own folder's, which replace those that trainees were given, else the assignment's."""
    found, total = {}, 0
    for name in exercise.files:
        path = next((p for p in (root / FOLDER / exercise.id / name, source / name) if p.is_file()), None)
        if path is None:
            raise PlanError(f"{exercise.id}: there is no file {name!r}, neither in {source} nor in {root / FOLDER}")
        found[name] = path.read_bytes()
        total += len(found[name])
    if total > DATA_LIMIT:
        raise PlanError(f"{exercise.id}: its data files are larger than {DATA_LIMIT >> 20} MB in all")
    return found


def expected_data(root: Path, source: Path, exercise: CodeExercise, fresh: bool = False) -> Data:
    """The reference's result, kept beside the exercise for as long as neither it nor its files change."""
    folder, files = root / FOLDER / exercise.id, data_files(root, source, exercise)
    named = folder / str(exercise.expected or exercise.reference)
    try:
        raw = named.read_bytes()
        if exercise.expected:
            return read_data(raw)
        text = raw.decode("utf-8")
    except (OSError, ValueError) as error:
        raise PlanError(f"{named}: {str(error).splitlines()[0]}") from None
    parts = [raw, exercise.variable.encode()]
    parts += [part for name, data in sorted(files.items()) for part in (name.encode(), data)]
    digest = hashlib.sha256(b"".join(hashlib.sha256(p).digest() for p in parts)).hexdigest()
    if not fresh:
        try:
            kept = json.loads((folder / _CACHE).read_text("utf-8"))
            if kept["digest"] == digest:
                return read_data(json.dumps(kept["data"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass  # made anew
    if means().level == "none":
        raise PlanError(f"{means().text()} ({UNCONFINED}=1 runs it all the same)")
    ran = run([Run("reference", text, exercise.limits.seconds), Take("x", exercise.variable)], files, exercise.limits)
    if "x" not in ran.data:
        why = ran.errors.get("reference") or ran.errors.get("x") or ran.stopped
        raise PlanError(f"{named} left no {exercise.variable!r}: {why.partition(':')[2] or why}")
    (folder / _CACHE).write_text(json.dumps({"digest": digest, "data": json.loads(ran.data["x"])}), "utf-8")
    return read_data(ran.data["x"])


def _together(limits: Sequence[Limits]) -> Limits:
    """A notebook's limits: the exercises' seconds added up, of the others the largest."""
    return Limits(
        seconds=min(sum(x.seconds for x in limits), 600), memory_mb=max(x.memory_mb for x in limits),
        output_kb=max(x.output_kb for x in limits),
    )  # fmt: skip


def _id(block: Any) -> str:
    return str(block.metadata.get("nbgrader", {}).get("grade_id", ""))


def _is_own(block: Any) -> bool:
    """A code cell that trainees were to write in."""
    about = block.metadata.get("nbgrader", {})
    return block.cell_type == "code" and bool(about.get("solution")) and not about.get("grade")


def _variable(cell: Cell) -> str:
    return cell.exercise.variable if isinstance(cell.exercise, CodeExercise) else ""
