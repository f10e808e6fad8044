"""What a submission's marks rest on, as fingerprints by part: same parts, same marks, no need to grade again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import csworkshop
from csworkshop.grading.opening import Course
from csworkshop.grading.plan import Plan
from csworkshop.grading.submission import Submission

PARTS = ("answers", "handed_in", "release", "exercises", "overrides", "gradebook", "checker", "late", "language")
ROOMS = ("text", "techniques", "exercises", "grading")  # the code and data that make a mark and its page


def fingerprint(*pieces: bytes | str) -> str:
    """A short hash of pieces, none of which can run into the next."""
    made = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        raw = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        made.update(len(raw).to_bytes(8, "big") + raw)
    return made.hexdigest()


@lru_cache(maxsize=1)
def checker_print() -> str:
    """The checker that is installed: its code, catalogue and weights, byte for byte (25 MB, read once a run)."""
    top = Path(csworkshop.__file__).parent
    files = [p for room in ROOMS for p in sorted((top / room).rglob("*")) if "__pycache__" not in p.parts]
    prints = (fingerprint(p.relative_to(top).as_posix(), p.read_bytes()) for p in files if p.is_file())
    return fingerprint(csworkshop.__version__, *prints)


def common_basis(course: Course, plan: Plan, duedate: Any, lang: str) -> dict[str, str]:
    """The parts that all submissions of an assignment share."""
    from nbgrader.utils import find_all_files

    cells = [cell for of in plan.notebooks.values() for cell in of]
    source = course.folder("source", ".", plan.assignment)
    beside = [Path(f) for f in sorted(find_all_files(str(source), [*course.directory.ignore, "*.ipynb"]))]
    released = [course.folder("release", ".", plan.assignment) / f"{name}.ipynb" for name in plan.notebooks]
    asked = [json.dumps([name, c.name, c.maximum, c.source, c.checksum]) for name, of in plan.notebooks.items()
             for c in of]  # fmt: skip
    return {
        "release": fingerprint(*asked, *(fingerprint(p.name, _read(p)) for p in [*released, *beside])),
        "exercises": fingerprint(*(c.exercise.model_dump_json() for c in cells)),
        "checker": checker_print(),
        "late": fingerprint(str(duedate), _late_settings(course)),
        "language": lang,
    }


def submission_basis(submission: Submission, lacking: str, code: Sequence[str] = ()) -> dict[str, str]:
    """The parts that are a submission's own; `lacking` names notebooks that were not handed in.

    `code` is what marks of code exercises rest on (see CodeCells.basis).
    """
    fault = submission.fault.key if submission.fault else ""
    brought = (submission.timestamp, submission.timestamp_odd, submission.secret, submission.strange)
    return {
        "answers": fingerprint(fault, submission.raw_answers, *code),
        "handed_in": fingerprint(repr(brought), lacking),
    }


def changed(old: dict[str, str], new: dict[str, str]) -> tuple[str, ...]:
    """The parts that differ, in the order in which an instructor wants to hear of them."""
    return tuple(part for part in PARTS if part in new and old.get(part) != new[part])


def _late_settings(course: Course) -> str:
    """What decides on late penalties. A plugin may be written in course_settings.py, so that counts with it."""
    section = course.config.get("AssignLatePenalties")
    if not section:
        return ""
    files = [course.root / name for name in ("course_settings.py", "nbgrader_config.py")]
    return fingerprint(repr(section), repr(course.config.get("LateSubmissionPlugin")), *map(_read, files))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
