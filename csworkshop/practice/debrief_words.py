"""Words for a debrief: the trainee's reply in pieces, and the sentences of `debrief.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from csworkshop.practice.parts import Part
from csworkshop.practice.talk import Turn
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.text.datafile import read_as

FILE = Path(__file__).with_name("debrief.toml")


class Sentences(Part):
    """The whole file: sentences by group and key."""

    stages: dict[str, Bilingual]
    stage_missing: dict[str, Bilingual]
    stage_early: dict[str, Bilingual]
    stage_needless: dict[str, Bilingual]
    better: dict[str, Bilingual]


@lru_cache(maxsize=1)
def sentences() -> Sentences:
    """The sentences that ship with the kit; DataFileError names what is wrong with the file."""
    return read_as(FILE, Sentences)


def written(turn: Turn) -> tuple[tuple[str, str], ...]:
    """The reply in pieces, each with the item that it shows; where several show, a fault has the words."""
    reply, items = turn.reply, catalogue().items
    owner = [""] * len(reply)
    found = turn.heard.findings if turn.heard else ()
    for finding in sorted(found, key=lambda f: items[f.item].type == "fault"):
        for e in finding.evidence:
            owner[e.start : e.end] = [finding.item] * (min(e.end, len(reply)) - e.start)
    pieces: list[tuple[str, str]] = []
    start = 0
    for i in range(1, len(reply) + 1):
        if i == len(reply) or owner[i] != owner[start]:
            pieces.append((reply[start:i], owner[start]))
            start = i
    return tuple(pieces)
