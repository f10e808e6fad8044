"""Where the shipped lessons and exercises lie, and how to find an exercise by its id."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from csworkshop.exercises.definition import Exercise, read_exercise
from csworkshop.text.shipped import content

COURSE_ID = "csworkshop"  # the course's name in nbgrader's exchange, unless the instructor's settings say another


class UnknownExercise(KeyError):
    """No exercise has this id. The message lists ids that come close."""

    def __str__(self) -> str:
        return str(self.args[0])


def library_folder() -> Path:
    """Folder of the exercise files that lessons and assignments share, one subfolder per module."""
    return content() / "exercises" / "library"


def exercise_files(folder: Path | None = None) -> list[Path]:
    """All exercise files below `folder` (default: the shipped library), in order of their paths."""
    return sorted((folder or library_folder()).rglob("*.toml"))


@lru_cache(maxsize=256)
def load_exercise(exercise_id: str) -> Exercise:
    """The exercise with this id; UnknownExercise names those that come close."""
    for path in exercise_files():
        if path.stem == exercise_id:
            return read_exercise(path)
    from difflib import get_close_matches

    known = [p.stem for p in exercise_files()]
    close = get_close_matches(exercise_id, known, n=3, cutoff=0.3) or known[:5]
    raise UnknownExercise(f"there is no exercise {exercise_id!r}; did you mean {', '.join(close)}?")
