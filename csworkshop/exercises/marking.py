"""The one marking function. The widget, nbgrader's grading and the commands all call `mark`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from csworkshop.exercises.definition import Activity, Exercise, Scorecard
from csworkshop.techniques.catalogue import Bilingual, Item, catalogue
from csworkshop.techniques.checker import UNSURE, Evidence, Finding, Level, Report, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.relevance import irrelevant, parrots
from csworkshop.techniques.sincere import insincere
from csworkshop.text.normalise import fold

State = Literal["earned", "partly", "unsure", "missing", "clean", "fault", "critical"]
Refusal = Literal[
    "", "empty", "unreadable", "unchanged", "copied", "too_long", "no_reply", "parrot",
    "grader", "rubric", "withdrawn", "hidden", "language", "insult", "invented", "other_case", "template",
]  # fmt: skip

# An auto-fail keeps at most this share of the mark: the reply failed, yet the trainee still sees what was good in it.
CRITICAL_CAP = 0.3
HELD = ("insult", "invented", "other_case", "template")  # marked, but held below the pass mark as by an auto-fail
INSULTING = 0.975  # of good replies that the reader had not read, it finds one in two hundred above this
CRITICAL_SURE = 0.75  # an auto-fail takes more than likelihood; below this the trainee is warned
MAX_CHARACTERS = 5000
HONEST_CHARACTERS = 15
COPIED = 0.92  # similarity from which on a text counts as the given one


@dataclass(frozen=True)
class About:
    """What a line is about that is no item of the catalogue: a line of an activity's own scorecard."""

    name: Bilingual
    type: Literal["technique", "fault"]
    why: Bilingual
    advice: Bilingual


@dataclass(frozen=True)
class Line:
    """One line of the marked scorecard. `points` are percent of the full mark: earned, or lost (negative)."""

    item: str
    state: State
    points: float
    possible: float
    evidence: tuple[Evidence, ...]
    reason_zh: str
    reason_en: str
    own: About | None = None
    right: tuple[str, ...] = ()  # of several things that were ticked, those that belong there …
    wrong: tuple[str, ...] = ()  # … and those that don't; what is open to argument is in neither

    @property
    def about(self) -> Item | About:
        return self.own or catalogue().items[self.item]

    def rescaled(self, by: float) -> Line:
        """The line worth `by` times as much."""
        return replace(self, points=round(self.points * by, 4) + 0.0, possible=round(self.possible * by, 4))

    def reason(self, lang: str = "zh") -> str:
        return self.reason_en if lang == "en" else self.reason_zh


@dataclass(frozen=True)
class Marks:
    """An answer marked by an exercise's scorecard: `score` in 0..1, the lines it is made of, and the report.

    `refusal` says why a text can't pass whatever is in it: its score is 0 then, or held at CRITICAL_CAP for the
    reasons in HELD; "" for an honest reply to this customer.
    """

    exercise: str
    score: float
    passed: bool
    refusal: Refusal
    lines: tuple[Line, ...]
    report: Report

    @property
    def honest_try(self) -> bool:
        """True for a text of the trainee's own that is long enough to learn something from the model answer."""
        return not self.refusal and len(_words(self.report.reply)) >= HONEST_CHARACTERS

    def points(self, maximum: float) -> float:
        """Points out of `maximum`, rounded to two decimals, never outside 0..maximum."""
        return round(min(max(self.score, 0.0), 1.0) * float(maximum), 2)


def mark(answer: str, exercise: Exercise | Activity, level: Level = "full") -> Marks:
    """Mark `answer` by the exercise's scorecard; an activity's answer is a text of JSON, see `exercises.activity`.

    Marks that count are made at level `full`; `fast` (rules alone) is for the blink before it is there.

    A technique that is present earns its weight, an unsure one half of it; a sure fault costs its penalty, an unsure
    one nothing (the trainee is told, not judged); on a graded scorecard points follow the probability between unsure's
    bounds. A critical fault caps the score and fails the reply. An empty text, the flawed reply unchanged, the model
    answer or the customer's words copied, a pile of key words, and words that aren't meant for the customer earn
    nothing; an insult, an answer to another case or to any case, and made-up facts are held below the pass mark.
    """
    if isinstance(exercise, Activity):
        from csworkshop.exercises.activity import mark_activity  # kinds make their lines and marks of ours

        return mark_activity(answer, exercise, level)
    return marks_of(check(answer[:MAX_CHARACTERS], exercise.scenario, level), answer, exercise)


def marks_of(report: Report, answer: str, exercise: Exercise) -> Marks:
    """Marks from what the checker found in `answer`."""
    card = exercise.scorecard
    enough = card.enough or sum(t.weight for t in card.techniques)
    lines = [_technique(report[t.item], 100 * t.weight / enough, card) for t in card.techniques]
    lines += [_fault(report[f.item], f.penalty, card) for f in card.faults]
    lines += [_critical(report[c], card) for c in card.critical]
    refusal = _refusal(answer, exercise)
    score, passed = settle(lines, refusal, exercise)
    if not refusal and score > CRITICAL_CAP:  # below that it makes no difference whom the reply answers
        insulted = passed and report.insult >= INSULTING
        refusal = "insult" if insulted else irrelevant(answer, exercise.scenario, passing=passed)
        score, passed = settle(lines, refusal, exercise)
    return Marks(exercise.id, score, passed, refusal, tuple(lines), report)


def settle(lines: Sequence[Line], refusal: Refusal, exercise: Exercise) -> tuple[float, bool]:
    """The score in 0..1 that the lines make, and whether it passes: the one sum, overridden lines included."""
    earned = exercise.scorecard.base + sum(line.points for line in lines if line.points > 0)
    score = (min(earned, 100.0) + sum(line.points for line in lines if line.points < 0)) / 100
    failed = any(line.state == "critical" for line in lines)
    if failed or refusal in HELD:
        score = min(score, CRITICAL_CAP)
    score = 0.0 if refusal and refusal not in HELD else round(min(max(score, 0.0), 1.0), 4)
    return score, not refusal and not failed and score * 100 >= exercise.scorecard.pass_mark - 1e-9


def _technique(finding: Finding, possible: float, card: Scorecard) -> Line:
    state: State = "unsure" if finding.unsure else "earned" if finding.present else "missing"
    return _line(finding, state, possible * _share(finding, 0.5, card), possible)


def _fault(finding: Finding, penalty: float, card: Scorecard) -> Line:
    state: State = "unsure" if finding.unsure else "fault" if finding.present else "clean"
    return _line(finding, state, -penalty * _share(finding, 0.0, card), penalty)


def _critical(finding: Finding, card: Scorecard) -> Line:
    sure = finding.score >= CRITICAL_SURE
    state: State = "critical" if sure else "unsure" if finding.unsure or finding.present else "clean"
    return _line(finding, state, -card.critical_penalty * _share(finding, 0.0, card), 0.0)


def _share(finding: Finding, unsure: float, card: Scorecard) -> float:
    """How much of an item counts: all, nothing, or `unsure`; by its probability on a graded scorecard."""
    if card.graded:
        return min(max((finding.score - UNSURE[0]) / (UNSURE[1] - UNSURE[0]), 0.0), 1.0)
    return unsure if finding.unsure else float(finding.present)


def _line(finding: Finding, state: State, points: float, possible: float) -> Line:
    item = catalogue().items[finding.item]
    reasons = (finding.reason_zh or item.why.zh, finding.reason_en or item.why.en)
    return Line(finding.item, state, round(points, 4) + 0.0, round(possible, 4), finding.evidence, *reasons)


def _refusal(answer: str, exercise: Exercise) -> Refusal:
    plain = _words(answer)
    if not plain:
        return "empty"
    if len(answer) > MAX_CHARACTERS:
        return "too_long"
    given = _given(plain, exercise)
    if given or not credible(answer):
        return given or "no_reply"
    if parrots(answer, exercise.scenario):
        return "parrot"
    return insincere(answer, exercise.scenario.customer)


def _given(plain: str, exercise: Exercise) -> Refusal:
    """Whose words these are, if they aren't the trainee's own."""
    if _alike(plain, _words(exercise.flawed_reply)):
        return "unchanged"
    if _alike(plain, _words(exercise.scenario.customer)):
        return "parrot"
    return "copied" if _alike(plain, _words(exercise.model_answer)) else ""


@lru_cache(maxsize=256)  # the flawed reply and the model answer are compared at every key press
def _words(text: str) -> str:
    """Only the characters that carry words: blanks and punctuation neither make nor hide a copy."""
    return "".join(c for c in fold(text).text if c.isalnum())


def _alike(a: str, b: str) -> bool:
    if not b:
        return False
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.real_quick_ratio() >= COPIED and matcher.quick_ratio() >= COPIED and matcher.ratio() >= COPIED
