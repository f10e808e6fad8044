"""The shipped lessons, and which exercise stands in which: what a plan and a home page point to."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from csworkshop.text.language import LANGUAGES, say
from csworkshop.text.shipped import content

_STUDIO = re.compile(r'studio\(\s*"([\w-]+)"')


@lru_cache(maxsize=1)
def lessons() -> dict[str, Path]:
    """The lessons' notebooks by module, m1 to m7."""
    found = sorted((content() / "notebooks").glob("m[1-7]-*.ipynb"))
    return {path.name[:2]: path for path in found}


@lru_cache(maxsize=1)
def lesson_exercises() -> dict[str, tuple[str, ...]]:
    """Ids of the exercises in each lesson, in its order."""
    found = {}
    for module, path in lessons().items():
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        found[module] = tuple(dict.fromkeys(_STUDIO.findall(code)))
    return found


def lesson_of(exercise: str) -> str:
    """The module in whose lesson an exercise stands; "" for one that stands in none."""
    return next((module for module, asked in lesson_exercises().items() if exercise in asked), "")


def lesson_title(module: str) -> dict[str, str]:
    """What a lesson is called, in every language."""
    return {lang: say(f"lessons.{module}", lang) for lang in LANGUAGES}
