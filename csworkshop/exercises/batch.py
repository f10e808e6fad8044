"""Judge and mark replies in bulk: JSON Lines in, JSON Lines out, through the same checker as everything else.

Lines go in and come out as text, because the work may be done in other processes or on other machines
(`csworkshop.exercises.jobs`); answers come in the order of the lines whoever did the work.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from csworkshop.exercises.definition import Exercise, from_scenario
from csworkshop.exercises.feedback import as_text, verdict
from csworkshop.exercises.jobs import Do, Outcome, in_order
from csworkshop.exercises.lines import BadLine, Line, Tell, Trouble, read_lines, read_scenarios, reply_of, stop
from csworkshop.exercises.marking import Marks, mark
from csworkshop.techniques.checker import Level, Report, check
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError

CHUNK_LINES, CHUNK_BYTES = 32, 200_000  # what one worker gets at a time: about a fifth of a second's work


@dataclass(frozen=True)
class Work:
    """What is to be done with lines of a replies file. It travels to other processes."""

    kind: Literal["check", "mark"]
    scenarios: dict[str, Scenario]
    level: Level = "full"
    lang: str = "zh"

    def __call__(self, lines: Iterable[Line]) -> list[Outcome]:
        return [self._line(number, line) for number, line in lines]

    def _line(self, number: int, line: bytes) -> Outcome:
        try:
            record, scenario = reply_of(line, self.scenarios)
            return Outcome(number, answer=self._answer(record.id, record.reply, scenario))
        except BadLine as error:
            return Outcome(number, trouble=str(error))
        except Exception as error:  # whatever it is, it is this line's trouble; the others still want an answer
            return Outcome(number, trouble=f"could not be judged, which is our fault: {type(error).__name__}: {error}")

    def _answer(self, name: str, reply: str, scenario: Scenario) -> bytes:
        if self.kind == "check":
            said = {"items": items_of(check(reply, scenario, self.level))}
        else:
            said = marked(reply, scenario, self.lang, self.level)
        return _json({"id": name, "level": self.level} | said)


def answers(
    work: Do, replies: Path, *, jobs: int = 1, scheduler: str | None = None, tell: Tell = stop
) -> Generator[tuple[int, bytes | None], None, None]:
    """The line's number and the answer to it (JSON in UTF-8) for each line of `replies`, in order.

    A bad line is told to `tell`, which by default raises DataFileError; if it returns, the answer is None.
    `jobs` processes share the work, or the workers of the Dask cluster at `scheduler` (tcp://…).
    """
    for outcome in in_order(work, _chunks(read_lines(replies)), jobs=jobs, scheduler=scheduler):
        if outcome.answer is None:
            tell(Trouble(replies, outcome.line, outcome.trouble))
        yield outcome.line, outcome.answer


def check_records(
    scenarios: Path,
    replies: Path,
    *,
    level: Level = "full",
    jobs: int = 1,
    scheduler: str | None = None,
    tell: Tell = stop,
) -> Iterator[dict[str, Any]]:
    """Per reply: {"id", "level", "items": {item: {"present", "score", "evidence": [{"start", "end", "text"}]}}}.

    For `jobs`, `scheduler` and `tell` see `answers`; a script that asks for several jobs needs the usual
    `if __name__ == "__main__":`.
    """
    work = Work("check", known(scenarios, tell), level)
    found = answers(work, replies, jobs=jobs, scheduler=scheduler, tell=tell)
    return (json.loads(answer) for _, answer in found if answer is not None)


def mark_records(
    scenarios: Path,
    replies: Path,
    lang: str = "zh",
    *,
    level: Level = "full",
    jobs: int = 1,
    scheduler: str | None = None,
    tell: Tell = stop,
) -> Iterator[dict[str, Any]]:
    """Per reply, by the house's general scorecard: {"id", "level", "score": 0..1, "passed", "feedback": [...]}."""
    work = Work("mark", known(scenarios, tell), level, lang)
    found = answers(work, replies, jobs=jobs, scheduler=scheduler, tell=tell)
    return (json.loads(answer) for _, answer in found if answer is not None)


def known(path: Path, tell: Tell = stop) -> dict[str, Scenario]:
    """The scenarios of a file; DataFileError if there is none in it."""
    scenarios = read_scenarios(path, tell)
    if not scenarios:
        raise DataFileError(path, "", "has no scenario in it; each line is one, with id, customer, emotion, persona")
    return scenarios


def marked(reply: str, scenario: Scenario, lang: str = "zh", level: Level = "full") -> dict[str, Any]:
    """One reply marked by the general scorecard of its scenario."""
    exercise = _exercise(scenario)
    marks: Marks = mark(reply, exercise, level)
    feedback = as_text(marks, exercise, lang) if not marks.refusal else [verdict(marks, exercise, lang)]
    return {"score": marks.score, "passed": marks.passed, "feedback": feedback}


@lru_cache(maxsize=1024)
def _exercise(scenario: Scenario) -> Exercise:
    return from_scenario(scenario)


def items_of(report: Report) -> dict[str, Any]:
    """A report as plain data, every item of the catalogue in it."""
    return {
        item: {
            "present": f.present,
            "score": round(f.score, 4),
            "evidence": [{"start": e.start, "end": e.end, "text": e.text} for e in f.evidence],
        }
        for item, f in report.findings.items()
    }


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # half of a pair of surrogates, which JSON can say and UTF-8 cannot
        return json.dumps(value).encode("ascii")


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line[1])
        if len(chunk) >= CHUNK_LINES or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
