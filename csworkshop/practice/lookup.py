"""Judge the answer to a compound question: facts, articles cited, steps, order, and how the trainee searched.

The judgement is data: lines with points and reasons in both languages, ready to become lines of a scorecard. Points
are percent of the whole. How the trainee searched is told in notes and costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from csworkshop.practice.articles import Knowledge, knowledge
from csworkshop.practice.lookup_lines import (
    LEVELS,
    ROOM,
    Kind,
    Line,
    allowed,
    article_lines,
    both,
    fact_lines,
    letters_of,
    manner_lines,
    order_lines,
    steps_line,
    trap_lines,
)
from csworkshop.practice.questions import Question, question_files, read_question, review_question
from csworkshop.practice.search_notes import search_notes
from csworkshop.practice.searching import Behaviour, SearchLog, behaviour
from csworkshop.practice.stating import read_answer, states
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.credible import credible
from csworkshop.text.datafile import DataFileError

Refusal = Literal["", "empty", "pile", "copied", "long"]

PASS = 60.0
COPIED_RUN, MOST_COPIED = 12, 0.5  # letters in a row that count as copied; share of the answer that may be
FAR_TOO_LONG = 3.2  # times the model answer


@dataclass(frozen=True)
class LookupJudgement:
    """The judgement. `score` is 0 to 1. A refused answer scores 0 and says why; `failed` names the line that fails
    an answer whatever it scores (a critical fact contradicted, internal matter told)."""

    question: str
    level: int
    score: float
    passed: bool
    refused: Refusal
    refusal: Bilingual | None
    failed: str
    lines: tuple[Line, ...]
    notes: tuple[Bilingual, ...]
    behaviour: Behaviour

    def of(self, kind: Kind) -> tuple[Line, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.kind == kind)


def judge_lookup(
    question: Question,
    cited_articles: Sequence[str],
    answer_text: str,
    log: SearchLog | None = None,
    level: int | None = None,
    base: Knowledge | None = None,
) -> LookupJudgement:
    """Judge an answer and the articles that it cites; `level` (default: the question's own) decides what counts."""
    base = base or knowledge()
    level = level or question.level
    weights = LEVELS[level]
    cited = tuple(dict.fromkeys(cited_articles))
    answer = read_answer(answer_text, question.today)
    stated = [states(answer, fact, question.today, allowed(question, base)) for fact in question.fact]
    lines = [
        *fact_lines(question, stated, weights, base),
        *article_lines(question, cited, weights, base),
        *trap_lines(question, answer, stated, weights, base),
        steps_line(question, answer, stated, weights),
        *order_lines(question, stated, weights),
        *manner_lines(question, answer_text, weights),
    ]
    refused = _refusal(question, cited, answer_text, base)
    failed = next((line.key for line in lines if _fails(question, line)), "")
    earned = sum(line.points for line in lines) / sum(line.of for line in lines if line.of > 0)
    score = 0.0 if refused else round(min(1.0, max(0.0, earned)), 4)
    log = log or SearchLog()
    needed = [n.article for n in question.need]
    how = behaviour(log, base, needed=needed, cited=cited, on=question.today)
    return LookupJudgement(
        question=question.id,
        level=level,
        score=score,
        passed=not refused and not failed and score * 100 >= PASS,
        refused=refused,
        refusal=both(f"lookup.refused_{refused}") if refused else None,
        failed=failed,
        lines=tuple(lines),
        notes=tuple(search_notes(how, log, base)),
        behaviour=how,
    )


def _refusal(question: Question, cited: tuple[str, ...], text: str, base: Knowledge) -> Refusal:
    """Why the answer as a whole is none: nothing, a pile of words, the articles themselves, all that was found."""
    letters = letters_of(text)
    if not letters:
        return "empty"
    if not credible(text):
        return "pile"
    model = len(letters_of(question.model_answer))
    ids = {n.article for n in question.need} | {t.article for t in question.tempts} | {i for i in cited if i in base}
    source = letters_of("".join(base[i].title + base[i].body for i in sorted(ids)))
    if copied(letters, source) > MOST_COPIED and len(letters) > COPIED_RUN * 4:
        return "copied"
    return "long" if len(letters) > max(FAR_TOO_LONG * model, model + 3 * ROOM) else ""


def copied(letters: str, source: str) -> float:
    """Share of `letters` that stands in runs of at least COPIED_RUN in `source`."""
    done = reach = 0
    for i in range(len(letters) - COPIED_RUN + 1):
        if letters[i : i + COPIED_RUN] in source:
            done += i + COPIED_RUN - max(reach, i)
            reach = i + COPIED_RUN
    return done / max(1, len(letters))


def _fails(question: Question, line: Line) -> bool:
    if line.kind == "trap":
        return any(t.article == line.key and t.kind == "internal" for t in question.tempts)
    critical = {f.id for f in question.fact if f.critical}
    return line.kind == "fact" and line.status == "contradicted" and line.key in critical


def review_questions(folder: Path | None, base: Knowledge) -> list[DataFileError]:
    """What is wrong with the questions in `folder`: between them and the articles, and with their model answers,
    which must earn the full mark, while the articles themselves must be refused as an answer."""
    faults: list[DataFileError] = []
    for path in question_files(folder):
        found = review_question(path, base)
        faults += found
        if found:
            continue
        question = read_question(path)
        needed = [n.article for n in question.need]
        judged = judge_lookup(question, needed, question.model_answer, base=base)
        for line in judged.lines:
            if line.points < line.of or line.points < 0:
                faults.append(DataFileError(path, "model_answer", f"{line.kind} {line.key}: {line.reason.en}"))
        if judged.refused:
            faults.append(DataFileError(path, "model_answer", f"is refused: {judged.refused}"))
        if judge_lookup(question, needed, "\n".join(base[i].body for i in needed), base=base).passed:
            faults.append(DataFileError(path, "need", "the articles copied as they are pass as an answer"))
    return faults
