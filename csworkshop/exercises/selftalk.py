"""Does a line that one says to oneself steady, or is it oil on the fire? Declared in `selftalk.toml`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from csworkshop.exercises.ideas import letters
from csworkshop.text.datafile import read_toml
from csworkshop.text.normalise import fold

Effect = Literal["steadies", "feeds", "unclear"]
DECLARED = Path(__file__).with_name("selftalk.toml")
LEAST, MOST = 5, 60  # characters of a line that one can say in three seconds


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(group["any"])) for name, group in read_toml(DECLARED).items()}


def effect(line: str) -> Effect:
    """What the line does; `unclear` also for one that is no sentence or longer than a breath."""
    text = fold(line).text
    if _patterns()["feeds"].search(text):
        return "feeds"
    fits = len(letters(line)) >= LEAST and len(line) <= MOST
    return "steadies" if fits and _patterns()["steadies"].search(text) else "unclear"
