"""Copies the kit's lessons into a trainee's folder, and keeps them up to date without ever overwriting work.

A record in the folder says which edition of each lesson was given out. When the kit brings a newer one, the trainee's
copy is replaced only if they have not changed it; otherwise the new edition is put beside it, once, under a name that
says so. JupyterLab rewrites a notebook whenever it saves (outputs, counts, metadata, the empty cell that Shift+Enter
adds at the end), so a notebook counts as changed when the type, source or attachments of a non-empty cell changed.
Answers live in answers.json, which the kit neither ships nor touches.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock

from csworkshop.exercises.library import content
from csworkshop.text.language import default_language, say
from csworkshop.text.shipped import HANDBOOKS

HIDDEN = ".csworkshop"  # our own folder in the workspace; file browsers don't show it
RECORD = "lessons.json"
HOME = "首页.ipynb"  # the trainee's own page; it comes after the lessons for whom it is all new
ANSWERS = "answers.json"


@dataclass(frozen=True)
class Change:
    """What was done for one lesson: `new`, `updated` or `beside`; `file` is the path in the workspace."""

    kind: str
    lesson: str
    file: str

    def sentence(self, lang: str | None = None) -> str:
        """The change in words."""
        return say(f"lab.lesson_{self.kind}", lang, lesson=self.lesson, file=self.file)


def default_workspace() -> Path:
    """Where a trainee works unless they say otherwise."""
    return Path.home() / "csworkshop-workspace"


def lessons(kit: Path | None = None) -> list[str]:
    """Relative paths, with `/`, of everything in the kit's notebooks folder that belongs into a trainee's workspace.

    Instructors' handbooks, which take the lessons' exercises apart, come with `csworkshop course init`.
    """
    source = kit or content() / "notebooks"
    found = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    return sorted(
        path.as_posix()
        for path in found
        if path.name != ANSWERS
        and path.parts[0] != HANDBOOKS
        and not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    )


def first_lesson(kit: Path | None = None) -> str | None:
    """The lesson to open for someone who comes for the first time."""
    return next((name for name in lessons(kit) if name.endswith(".ipynb")), None)


def bring_lessons(
    workspace: Path, *, kit: Path | None = None, lang: str | None = None, today: date | None = None
) -> list[Change]:
    """Bring the workspace up to date with the kit; returns what was done. OSError if it can't be written.

    `kit` is the folder of the lessons (default: the shipped ones); `today` goes into the name of a newer edition.
    """
    source = kit or content() / "notebooks"
    hidden = hidden_folder(workspace)
    with FileLock(hidden / f"{RECORD}.lock"):  # two labs may be started on one workspace
        record = _read_record(hidden / RECORD)
        changes = []
        for name in lessons(source):
            beside = _beside(workspace / name, lang or default_language(), today or date.today())
            kind, file = _bring(source / name, workspace / name, beside, record.setdefault(name, {}))
            if kind:
                changes.append(Change(kind, name, file.relative_to(workspace).as_posix()))
                # After each one: being cut off here must not make a given lesson look like the trainee's own.
                _write(hidden / RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode())
        _write(hidden / RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode())
    return changes


def hidden_folder(workspace: Path) -> Path:
    """Our own folder in the workspace, made if needed. Others may not read it: the server's log has the token in it."""
    hidden = workspace / HIDDEN
    hidden.mkdir(mode=0o700, parents=True, exist_ok=True)
    return hidden


def _bring(lesson: Path, copy: Path, beside: Path, entry: dict[str, str]) -> tuple[str, Path]:
    """Bring one lesson; returns what was done ("" for nothing) and the file that was written, and updates the entry.

    The entry holds fingerprints: `given`, the edition that the copy was made from; `latest`, the one last offered.
    """
    data = lesson.read_bytes()
    edition = fingerprint(data, lesson.suffix)
    if not os.path.lexists(copy):
        _write(copy, data)
        entry.update(given=edition, latest=edition)
        return "new", copy
    if entry.get("latest") == edition:
        return "", copy
    entry["latest"] = edition
    # A link, or a folder of that name, is the trainee's own arrangement.
    theirs = None if copy.is_symlink() or not copy.is_file() else fingerprint(copy.read_bytes(), copy.suffix)
    if theirs == edition:
        entry["given"] = edition
        return "", copy
    if theirs is not None and theirs == entry.get("given"):
        _write(copy, data)
        entry["given"] = edition
        return "updated", copy
    _write(beside, data)
    return "beside", beside


def fingerprint(data: bytes, suffix: str) -> str:
    """A hash of what its author wrote in a file: of a notebook without what JupyterLab adds, otherwise of all bytes."""
    if suffix == ".ipynb":
        try:
            cells = [_written(cell) for cell in json.loads(data)["cells"]]
        except (ValueError, KeyError, TypeError, AttributeError):  # damaged: then it's its bytes that count
            pass
        else:
            data = json.dumps([cell for cell in cells if cell[1].strip()], sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()


def _written(cell: dict[str, Any]) -> tuple[str, str, Any]:
    source = cell["source"]
    return cell["cell_type"], source if isinstance(source, str) else "".join(source), cell.get("attachments") or {}


def _beside(copy: Path, lang: str, today: date) -> Path:
    """A free name beside the copy that says it's a newer edition."""
    name = say("lab.newer_name", lang, stem=copy.stem, date=today.isoformat())
    path, number = copy.with_name(name + copy.suffix), 1
    while os.path.lexists(path):
        number += 1
        path = copy.with_name(f"{name} {number}{copy.suffix}")
    return path


def _read_record(path: Path) -> dict[str, dict[str, str]]:
    """The record; {} if there is none. A damaged one counts as none: then every changed copy is the trainee's own."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return record if isinstance(record, dict) and all(isinstance(entry, dict) for entry in record.values()) else {}


def _write(path: Path, data: bytes) -> None:
    """Write a file wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
