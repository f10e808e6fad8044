"""A skeleton of a new exercise, for an instructor's own case."""

from __future__ import annotations

import re
from pathlib import Path

from csworkshop.exercises.kinds import REWRITE, kind_named
from csworkshop.exercises.library import exercise_files
from csworkshop.text.datafile import DataFileError

TEMPLATE = Path(__file__).with_name("skeleton.toml")
MODULES = ("m1", "m2", "m3", "m4", "m5", "m6", "m7")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def write_skeleton(path: Path, kind: str = REWRITE, module: str = "m2") -> Path:
    """Write a new exercise file to fill in; `path` ends in <id>.toml, and nothing is overwritten.

    For kinds other than rewriting it is a shipped exercise of that kind under the new id, to be changed. DataFileError
    says what is wrong with the name, the kind or the place.
    """
    if path.suffix != ".toml" or not _ID.fullmatch(path.stem) or len(path.stem) > 40:
        raise DataFileError(path, "", "the name must be <id>.toml, the id of small letters, digits and single dashes")
    if path.exists():
        raise DataFileError(path, "", "is there already; nothing was written")
    if path.stem in {p.stem for p in exercise_files()}:
        raise DataFileError(path, "id", f"the library has an exercise {path.stem!r}; choose another id")
    if kind == REWRITE:
        text = TEMPLATE.read_text("utf-8").format(id=path.stem, module=module)
    else:
        kind_named(kind, path)
        example = next(iter(exercise_files(kind=kind)), None)
        if example is None:
            raise DataFileError(path, "kind", f"the library has no {kind} yet to begin from")
        text = example.read_text("utf-8")
        text = re.sub(r"^id\s*=.*$", f'id = "{path.stem}"', text, count=1, flags=re.MULTILINE)
        text = re.sub(r"^module\s*=.*$", f'module = "{module}"', text, count=1, flags=re.MULTILINE)
        text = f"# 照着 {example.stem} 改 changed from {example.stem}\n{text}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path
