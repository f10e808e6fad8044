"""A made-up class for measuring: many different replies, and what real classes hand in besides, from a seed.

The same submissions go into two course folders: one of ours, and one as stock nbgrader has them, whose graded cells
call our marking in the trainee's kernel, so that its grades can be compared.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.exercises.activity import dump
from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.library import content, load_any

ASSIGNMENT = "m2"
STOCK_CELL = """\
from csworkshop import mark
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import load_any

saved = AnswerFile(".").load({exercise!r})
mark(saved.text if saved else "", load_any({exercise!r})).points({points:g})
"""
Asked = Sequence[Exercise | Activity]
Make = Callable[[random.Random, Sequence[str], Asked], bytes | None]


@dataclass(frozen=True)
class Handed:
    """One made submission: its kind, the answer file (None: not handed in) and whether the notebook is whole."""

    student: str
    kind: str
    answers: bytes | None
    notebook: str = "whole"  # or "corrupt", "missing"


def replies() -> list[str]:
    """The labelled replies of the checkout, by all writers."""
    files = sorted((content() / "data" / "labelled").glob("d*.replies.jsonl"))
    return [json.loads(line)["reply"] for file in files for line in file.read_text("utf-8").splitlines()]


def make_class(number: int, seed: int = 1) -> list[Handed]:
    """`number` submissions; a smaller class is the beginning of a larger one."""
    texts, asked = replies(), [load_any(e) for e in exercises()]
    made = []
    for n in range(number):
        rng = random.Random(f"{seed}-{n}")
        kind = rng.choices(list(KINDS), [share for share, _, _ in KINDS.values()])[0]
        _, make, notebook = KINDS[kind]
        made.append(Handed(f"s{n:04d}", kind, make(rng, texts, asked), notebook))
    return made


def exercises() -> list[str]:
    """The exercises of the shipped assignment."""
    import nbformat

    notebook: Any = nbformat.read(content() / "exercises" / "source" / ASSIGNMENT / "m2.ipynb", as_version=4)
    graded = [c.metadata["nbgrader"] for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    return [str(about["grade_id"]) for about in graded]


def _file(texts: dict[str, str]) -> bytes:
    entries = {e: {"revision": 1, "text": t, "saved_at": "2026-11-21T09:30:00+08:00"} for e, t in texts.items()}
    return json.dumps({"schema": 1, "answers": entries}, ensure_ascii=False).encode()


def _varied(rng: random.Random, texts: Sequence[str]) -> str:
    """A reply, one in three changed: cut, joined with another one, or spaced otherwise."""
    text = rng.choice(texts)
    change = rng.randrange(9)
    if change == 0:
        return text[: rng.randint(1, len(text))]
    if change == 1:
        return text + rng.choice(["\n", "", " "]) + rng.choice(texts)
    return text.replace("，", ",\n" if change == 2 else "，")


def _answer(rng: random.Random, texts: Sequence[str], exercise: Exercise | Activity) -> str:
    """A reply to rewrite; of an activity the model answer or one of the poor ones."""
    if isinstance(exercise, Exercise):
        return _varied(rng, texts)
    kind = kind_of(exercise)
    return dump(rng.choice([kind.model_answer(exercise), *kind.poor_answers(exercise)]))


def _unchanged(rng: random.Random, texts: Sequence[str], asked: Asked) -> bytes:
    return _file({e.id: e.flawed_reply if isinstance(e, Exercise) else "" for e in asked})


def _copied(rng: random.Random, texts: Sequence[str], asked: Asked) -> bytes:
    def model(e: Exercise | Activity) -> str:
        return e.model_answer if isinstance(e, Exercise) else dump(kind_of(e).model_answer(e))

    return _file({e.id: model(e) for e in asked})


def _full(rng: random.Random, texts: Sequence[str], asked: Asked) -> bytes:
    return _file({e.id: _answer(rng, texts, e) for e in asked})


def _partly(rng: random.Random, texts: Sequence[str], asked: Asked) -> bytes:
    return _file({e.id: _answer(rng, texts, e) for e in asked if rng.random() < 0.5})


def _too_long(rng: random.Random, texts: Sequence[str], asked: Asked) -> bytes:
    whole = {e.id: _answer(rng, texts, e) for e in asked}
    return _file({**whole, asked[0].id: _varied(rng, texts) * 400})


def _truncated(rng: random.Random, texts: Sequence[str], asked: Asked) -> bytes:
    whole = _full(rng, texts, asked)
    return whole[: rng.randint(1, len(whole) - 2)]


KINDS: dict[str, tuple[int, Make, str]] = {  # kind: share of the class, its answer file, its notebook
    "answered": (67, _full, "whole"),
    "partly answered": (10, _partly, "whole"),
    "empty": (5, lambda rng, texts, asked: _file({e.id: "" for e in asked}), "whole"),
    "unchanged": (4, _unchanged, "whole"),
    "copied": (3, _copied, "whole"),
    "too long": (1, _too_long, "whole"),
    "no answer file": (2, lambda rng, texts, asked: None, "whole"),
    "truncated": (2, _truncated, "whole"),
    "empty file": (1, lambda rng, texts, asked: b"", "whole"),
    "binary": (1, lambda rng, texts, asked: rng.randbytes(2000), "whole"),
    "corrupt notebook": (2, _full, "corrupt"),
    "missing notebook": (2, _full, "missing"),
}


def make_ours(root: Path, handed: Sequence[Handed]) -> None:
    """A course folder of ours with the class's submissions."""
    from csworkshop.grading.course import course_init, release

    course_init(root)
    release(ASSIGNMENT, root, exchange=root / "exchange")
    _submit(root, handed)


def make_stock(root: Path, handed: Sequence[Handed]) -> None:
    """A course folder as stock nbgrader has them, with the same submissions."""
    import nbformat

    from csworkshop.grading.engine import make_gradebook

    shipped: Any = nbformat.read(content() / "exercises" / "source" / ASSIGNMENT / "m2.ipynb", as_version=4)
    for cell in shipped.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            cell.source = STOCK_CELL.format(exercise=about["grade_id"], points=float(about["points"]))
        elif cell.cell_type == "code":
            cell.source = "pass"
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(shipped, folder / "m2.ipynb")
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "stock"\n')
    make_gradebook(f"sqlite:///{root / 'gradebook.db'}")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    _submit(root, handed)


def _submit(root: Path, handed: Sequence[Handed]) -> None:
    for one in handed:
        folder = root / "submitted" / one.student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-11-21 10:00:00.000000 UTC")
        (folder / "submission_secret.txt").write_text(f"secret-of-{one.student}-0123456789abcdef")
        if one.answers is not None:
            (folder / "answers.json").write_bytes(one.answers)
        if one.notebook == "corrupt":
            (folder / "m2.ipynb").write_text('{"cells": [')
        elif one.notebook == "whole":
            shutil.copyfile(root / "release" / ASSIGNMENT / "m2.ipynb", folder / "m2.ipynb")
