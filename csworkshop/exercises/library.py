"""Where the shipped lessons and exercises lie, and how to find an exercise by its id.

An instructor's own exercises lie in a folder `exercises` beside the notebook that asks for them (in a course:
`source/<assignment>/exercises`, from where they travel with the assignment). They can't have an id of the library's.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from csworkshop.exercises.definition import Activity, Exercise, read_exercise
from csworkshop.exercises.kinds import REWRITE, kind_in, kind_named
from csworkshop.text.datafile import read_own
from csworkshop.text.shipped import content

OWN = "exercises"  # folder of own exercises beside a notebook
COURSE_ID = "csworkshop"  # the course's name in nbgrader's exchange, unless the instructor's settings say another


class UnknownExercise(KeyError):
    """No exercise has this id. The message lists ids that come close."""

    def __str__(self) -> str:
        return str(self.args[0])


def library_folder() -> Path:
    """Folder of the exercise files that lessons and assignments share, one subfolder per module."""
    return content() / "exercises" / "library"


def exercise_files(folder: Path | None = None, kind: str | None = None) -> list[Path]:
    """All exercise files below `folder` (default: the shipped library), in order of their paths; of one `kind` only."""
    files = sorted((folder or library_folder()).rglob("*.toml"))
    return files if kind is None else [path for path in files if kind_in(path) == kind]


def read_any(path: Path) -> Exercise | Activity:
    """The exercise in `path`, whatever its kind; DataFileError names file, key, what is wrong and what is allowed."""
    kind = kind_in(path)
    return read_exercise(path) if kind == REWRITE else read_own(path, kind_named(kind, path).model)


def load_any(exercise_id: str, own: Path | None = None) -> Exercise | Activity:
    """The exercise with this id, whatever its kind; UnknownExercise names those that come close.

    `own` is a folder of the instructor's exercises, where the id is looked for if the library hasn't got it.
    """
    found = _shipped(exercise_id)
    if found is None and own is not None and (path := own / f"{exercise_id}.toml").is_file():
        return read_any(path)
    if found is None:
        known = [*exercise_files(), *(exercise_files(own) if own else [])]
        raise _unknown(exercise_id, [p.stem for p in known])
    return found


@lru_cache(maxsize=512)
def _shipped(exercise_id: str) -> Exercise | Activity | None:
    path = next((p for p in exercise_files() if p.stem == exercise_id), None)
    return read_any(path) if path else None


def load_exercise(exercise_id: str) -> Exercise:
    """The rewriting exercise with this id; UnknownExercise names those that come close."""
    found = load_any(exercise_id)
    if not isinstance(found, Exercise):
        raise _unknown(exercise_id, [p.stem for p in exercise_files(kind=REWRITE)])
    return found


def _unknown(exercise_id: str, known: list[str]) -> UnknownExercise:
    from difflib import get_close_matches

    close = get_close_matches(exercise_id, known, n=3, cutoff=0.3) or known[:5]
    return UnknownExercise(f"there is no exercise {exercise_id!r}; did you mean {', '.join(close)}?")
