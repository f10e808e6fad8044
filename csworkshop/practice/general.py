"""Lines for what few cases foresee, by who the customer is (`general_lines.toml`); a case's own group comes first."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import RootModel

from csworkshop.practice.case import Case
from csworkshop.practice.parts import SITUATIONS, Line, Lines
from csworkshop.techniques.scenario import Persona
from csworkshop.text.datafile import DataFileError, read_as

FILE = Path(__file__).with_name("general_lines.toml")


class _File(RootModel[dict[str, dict[Persona, Lines]]]):
    """Situation, kind of customer, lines."""


def lines_of(case: Case, situation: str) -> tuple[Line, ...]:
    """The lines of [lines] for `situation`; the general ones where the case brings none, if there are any."""
    return case.lines.get(situation) or table().get(situation, {}).get(case.persona.kind, ())


@lru_cache(maxsize=1)
def table() -> dict[str, dict[Persona, Lines]]:
    """The general lines that ship with the kit; DataFileError names what is wrong with the file."""
    found = read_as(FILE, _File).root
    for situation in found:
        if situation not in SITUATIONS:
            raise DataFileError(FILE, situation, f"is no situation; allowed: {', '.join(SITUATIONS)}")
    return found
