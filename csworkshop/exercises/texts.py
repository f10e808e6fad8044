"""Customers' messages and hand-over notes in bulk: JSON Lines in, JSON Lines out (`csworkshop.exercises.batch`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from csworkshop.exercises.batch import answers
from csworkshop.exercises.jobs import Outcome
from csworkshop.exercises.lines import LONGEST_REPLY, BadLine, Line, Tell, stop, strings_of
from csworkshop.techniques.checker import Evidence
from csworkshop.techniques.emotions import Feeling, emotion
from csworkshop.techniques.handover import Handover, handover

Kind = Literal["emotions", "handover"]
TEXT = {"emotions": "text", "handover": "note"}  # the key that the text stands under


@dataclass(frozen=True)
class TextWork:
    """What is to be done with lines of a file of messages or notes. It travels to other processes."""

    kind: Kind

    def __call__(self, lines: Iterable[Line]) -> list[Outcome]:
        return [self._line(number, line) for number, line in lines]

    def _line(self, number: int, line: bytes) -> Outcome:
        key = TEXT[self.kind]
        try:
            value = strings_of(line, ("id", key))
            text = value[key]
            if len(text) > LONGEST_REPLY:
                raise BadLine(f"{key}: has {len(text):,} characters; at most {LONGEST_REPLY:,} are read")
            said = feeling(emotion(text)) if self.kind == "emotions" else note_parts(handover(text))
            # Half of a pair of surrogates can be said in JSON and not in UTF-8; it stays escaped.
            answer = json.dumps({"id": value["id"]} | said, ensure_ascii=False).encode("utf-8", "backslashreplace")
            return Outcome(number, answer=answer)
        except BadLine as error:
            return Outcome(number, trouble=str(error))
        except Exception as error:  # whatever it is, it is this line's trouble; the others still want an answer
            return Outcome(number, trouble=f"could not be judged, which is our fault: {type(error).__name__}: {error}")


def emotion_records(messages: Path, *, jobs: int = 1, tell: Tell = stop) -> Iterator[dict[str, Any]]:
    """Per message: {"id", "emotion", "scores": {emotion: 0..1}, "evidence": [{"start", "end", "text"}]}."""
    found = answers(TextWork("emotions"), messages, jobs=jobs, tell=tell)
    return (json.loads(answer) for _, answer in found if answer is not None)


def handover_records(notes: Path, *, jobs: int = 1, tell: Tell = stop) -> Iterator[dict[str, Any]]:
    """Per note: {"id", "parts": {part: {"present", "score", "evidence": [{"start", "end", "text"}]}}}."""
    found = answers(TextWork("handover"), notes, jobs=jobs, tell=tell)
    return (json.loads(answer) for _, answer in found if answer is not None)


def feeling(found: Feeling) -> dict[str, Any]:
    """A message's emotion as plain data."""
    scores = {e: round(p, 4) for e, p in found.scores.items()}
    return {"emotion": found.emotion, "scores": scores, "evidence": _words(found.evidence)}


def note_parts(found: Handover) -> dict[str, Any]:
    """A note's parts as plain data, all nine of them."""
    return {
        "parts": {
            part: {
                "present": f.present,
                "score": round(f.score, 4),
                "evidence": _words(f.evidence if f.present else ()),
            }
            for part, f in found.parts.items()
        }
    }


def _words(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [{"start": e.start, "end": e.end, "text": e.text} for e in evidence]
