"""How often the checker is right, item by item: on writers it had not read, or on any labelled file.

Leaving writers out: every reply is judged from a reading by a reader that had not read its writer (kept readings), with
a judge fitted without its writer's fold. The rules' authors had read d1, d2, d3, d7, d8 and d11, so `UNREAD` writers
are told apart. `Source` says who was asked: rules and reader together, one of them alone, or rules and the quick
reader (`--fast`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Level, Report, check
from csworkshop.techniques.emotions import EmotionWeight, Feeling, emotion
from csworkshop.techniques.encoder import EMOTIONS, PARTS, Reading
from csworkshop.techniques.handover import Handover, PartWeight, handover
from csworkshop.techniques.judge import CLIP, Weight, weights
from csworkshop.techniques.pointing import Evidence
from csworkshop.techniques.rules import PRESENT
from csworkshop.techniques.scenario import Scenario
from csworkshop.training import TrainingError, judge_fit, notes_fit
from csworkshop.training.figures import calibration_error, f1
from csworkshop.training.labelled import FOLDS, Labelled, Note
from csworkshop.training.notes_fit import Texts

Source = Literal["both", "rules", "reader", "quick"]  # quick: rules and the quick reader, as with --fast
SOURCES: tuple[Source, ...] = ("both", "rules", "reader")
UNREAD = ("d4", "d9", "d10", "d12")  # writers whom the rules' authors had not read
Words = tuple[Evidence, ...]
_NO_PIECES = np.zeros((0, len(catalogue().items)))


@dataclass(frozen=True)
class Row:
    """One item's figures. `clear` is F1 without border cases, `dice` the evidence's overlap where both see the item."""

    name: str
    precision: float
    recall: float
    f1: float
    clear: float
    calibration: float
    number: int
    border: int
    dice: float


@dataclass(frozen=True, eq=False)
class Judged:
    """What was said of texts beside what inspectors said; arrays have shape (texts, columns).

    `dice` is the evidence's overlap where both see the item, else nan; `words` what was shown, by row and column.
    """

    ids: list[str]
    columns: list[str]
    truth: np.ndarray
    probability: np.ndarray
    present: np.ndarray
    border: np.ndarray
    dice: np.ndarray
    words: dict[tuple[int, int], Words]

    def pick(self, rows: Callable[[str], bool]) -> Judged:
        """Those texts whose id `rows` wants."""
        at = [n for n, i in enumerate(self.ids) if rows(i)]
        new = {old: n for n, old in enumerate(at)}
        words = {(new[n], k): found for (n, k), found in self.words.items() if n in new}
        return Judged(
            ids=[self.ids[n] for n in at],
            columns=self.columns,
            truth=self.truth[at],
            probability=self.probability[at],
            present=self.present[at],
            border=self.border[at],
            dice=self.dice[at],
            words=words,
        )

    @cached_property
    def table(self) -> list[Row]:
        """Figures per column, in the columns' order."""
        return [self._row(k, name) for k, name in enumerate(self.columns)]

    def _row(self, k: int, name: str) -> Row:
        truth, present, clear = self.truth[:, k], self.present[:, k], 1.0 - self.border[:, k]
        hit = float((truth * present).sum())
        return Row(
            name=name,
            precision=hit / present.sum() if present.any() else float("nan"),
            recall=hit / truth.sum() if truth.any() else float("nan"),
            f1=f1(truth, present),
            clear=f1(truth, present, clear),
            calibration=calibration_error(truth, self.probability[:, k]),
            number=int(truth.sum()),
            border=int(self.border[:, k].sum()),
            dice=_mean(self.dice[:, k]),
        )

    @property
    def macro(self) -> Row:
        """The mean over the columns of which there is at least one text."""
        rows = [r for r in self.table if r.number]
        if not rows:
            raise TrainingError("no text here shows any item; labelled ones are needed")

        def mean(key: str) -> float:
            return _mean(np.array([getattr(r, key) for r in rows]))

        return Row(
            name="macro",
            precision=mean("precision"),
            recall=mean("recall"),
            f1=mean("f1"),
            clear=mean("clear"),
            calibration=mean("calibration"),
            number=sum(r.number for r in rows),
            border=sum(r.border for r in rows),
            dice=_mean(self.dice),
        )

    @property
    def accuracy(self) -> float:
        """The share of texts of which all columns are right (of emotions: the leading one)."""
        return float((self.truth == self.present).all(1).mean())


def leave_writers_out(replies: Sequence[Labelled], readings: Mapping[str, Reading], source: Source = "both") -> Judged:
    """Replies judged by what had not read their writer; TrainingError if there are readings of one fold only."""
    known = [r for r in replies if r.id in readings]
    evidence = judge_fit.Evidence(known, readings)
    folds = [fold for pair in FOLDS if (fold := [r for r in evidence.replies if r.writer in pair])]
    if len(folds) < 2:
        raise TrainingError("readings of writers of two folds at least are needed; csworkshop train reader makes them")
    if source == "rules":
        mute = _Read(Reading(tuple(sorted(catalogue().items)), np.full(len(catalogue().items), -CLIP), _NO_PIECES, ()))
        own = dict.fromkeys(catalogue().items, _OwnWord(0.0, 0.0, 0.0, 0.0))
        return _of_reports(evidence.replies, lambda r: check(r.reply, r.scenario, reader=mute, judge=own))
    judges: dict[str, dict[str, Weight]] = {}
    for fold in folds:
        rest = np.array([r.writer not in {x.writer for x in fold} for r in evidence.replies])
        fitted = _reader_only(evidence, rest) if source == "reader" else _pointing(judge_fit.fit(evidence, rest)[0])
        judges |= {r.id: fitted for r in fold}
    if source == "reader":
        return _of_odds(evidence, judges)
    return _of_reports(
        evidence.replies,
        lambda r: check(r.reply, r.scenario, reader=_Read(readings[r.id]), judge=judges[r.id]),
    )


def on_replies(replies: Sequence[Labelled], level: Level = "full") -> Judged:
    """Labelled replies judged by the checker as it ships."""
    return _of_reports(replies, lambda r: check(r.reply, r.scenario, level))


def messages_left_out(texts: Texts, source: Source = "both") -> Judged:
    """Customers' messages, each judged by what was fitted without its fold."""
    rows = []
    for rest, tested in notes_fit.splits(texts.messages):
        fitted = {e: _emotion_alone(w, source) for e, w in notes_fit.fit_emotions(texts, rest).items()}
        rows += [(n, fitted) for n in tested]
    return _of_messages([n for n, _ in rows], [emotion(n.text, reader=texts.kept(n), judge=w) for n, w in rows])


def notes_left_out(texts: Texts, source: Source = "both") -> Judged:
    """Hand-over notes, each judged by what was fitted without its fold."""
    rows = []
    for rest, tested in notes_fit.splits(texts.handovers):
        fitted = {p: _part_alone(w, source) for p, w in notes_fit.fit_parts(texts, rest).items()}
        rows += [(n, fitted) for n in tested]
    return _of_handovers([n for n, _ in rows], [handover(n.text, reader=texts.kept(n), judge=w) for n, w in rows])


def on_messages(notes: Sequence[Note]) -> Judged:
    """Labelled messages judged as the kit ships."""
    return _of_messages(notes, [emotion(n.text) for n in notes])


def on_notes(notes: Sequence[Note]) -> Judged:
    """Labelled hand-over notes judged as the kit ships."""
    return _of_handovers(notes, [handover(n.text) for n in notes])


# --- one source alone -------------------------------------------------------------------------------------------


def _reader_only(evidence: judge_fit.Evidence, rows: np.ndarray) -> dict[str, Weight]:
    """The judge as it would be if there were no rules."""
    silent = np.zeros(len(evidence.replies))
    return {item: judge_fit._weight(evidence, k, silent, rows) for k, item in enumerate(evidence.items)}


def _pointing(fitted: dict[str, Weight]) -> dict[str, Weight]:
    """Whose words are shown is left as it ships; it decides nothing but the evidence."""
    return {item: replace(w, point=weights()[item].point) for item, w in fitted.items()}


class _OwnWord(Weight):
    """A rule's own score, whatever a reader says."""

    def probability(self, rule: float, odds: float) -> float:
        return rule


def _emotion_alone(weight: EmotionWeight, source: Source) -> EmotionWeight:
    if source == "rules":
        return EmotionWeight(0.0, weight.sign, weight.strong, 0.0)
    return EmotionWeight(weight.odds, 0.0, 0.0, weight.bias) if source == "reader" else weight


def _part_alone(weight: PartWeight, source: Source) -> PartWeight:
    if source == "rules":  # a sign or a value behind a label says present
        return PartWeight(0.0, weight.sign, weight.value, weight.void, -min(weight.sign, weight.value) / 2)
    return PartWeight(weight.odds, 0.0, 0.0, 0.0, 0.0) if source == "reader" else weight


# --- from judgements to arrays ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """Reads as the reader did that had not read the reply's writer."""

    reading: Reading

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        return self.reading


@dataclass(frozen=True)
class _Said:
    """One text: what inspectors marked, per column; score, verdict and words of ours; columns they differ on."""

    id: str
    text: str
    marked: Mapping[str, list[str]]
    ours: Mapping[str, tuple[float, bool, Words]]
    border: frozenset[str] = frozenset()


def _of_reports(replies: Sequence[Labelled], judge: Callable[[Labelled], Report]) -> Judged:
    items = sorted(catalogue().items)
    said = []
    for r in replies:
        findings = judge(r).findings
        ours = {i: (findings[i].score, findings[i].present, findings[i].evidence) for i in items}
        said.append(_Said(r.id, r.reply, r.labels, ours, frozenset(i for i in items if r.border(i))))
    return _arrays(said, items)


def _of_odds(evidence: judge_fit.Evidence, weights: Mapping[str, dict[str, Weight]]) -> Judged:
    said = []
    for n, r in enumerate(evidence.replies):
        ours: dict[str, tuple[float, bool, Words]] = {}
        for k, item in enumerate(evidence.items):
            p = weights[r.id][item].probability(0.0, float(evidence.odds[n, k]))
            ours[item] = p, p >= PRESENT, ()
        said.append(_Said(r.id, r.reply, r.labels, ours, frozenset(i for i in evidence.items if r.border(i))))
    return _arrays(said, list(evidence.items))


def _of_messages(notes: Sequence[Note], found: Sequence[Feeling]) -> Judged:
    said = []
    for n, f in zip(notes, found, strict=True):
        ours = {e: (f.scores[e], e == f.emotion, f.evidence if e == f.emotion else ()) for e in EMOTIONS}
        said.append(_Said(n.id, n.text, n.labels, ours))
    return _arrays(said, list(EMOTIONS))


def _of_handovers(notes: Sequence[Note], found: Sequence[Handover]) -> Judged:
    said = []
    for n, f in zip(notes, found, strict=True):
        ours = {p: (g.score, g.present, g.evidence) for p, g in f.parts.items()}
        said.append(_Said(n.id, n.text, n.labels, ours))
    return _arrays(said, list(PARTS))


def _arrays(said: Sequence[_Said], columns: list[str]) -> Judged:
    shape = len(said), len(columns)
    truth, probability, present, border = (np.zeros(shape) for _ in range(4))
    dice, words = np.full(shape, np.nan), {}
    for n, s in enumerate(said):
        for k, column in enumerate(columns):
            truth[n, k], border[n, k] = column in s.marked, column in s.border
            probability[n, k], present[n, k], shown = s.ours[column]
            if shown:
                words[n, k] = shown
            if truth[n, k] and present[n, k] and shown:
                dice[n, k] = overlap(s.text, s.marked[column], shown)
    return Judged([s.id for s in said], columns, truth, probability, present, border, dice, words)


def overlap(text: str, quotes: Sequence[str], shown: Words) -> float:
    """Dice overlap of the characters that inspectors marked and ours; nan if their quotes aren't in the text."""
    theirs: set[int] = set()
    for quote in quotes:
        if (start := text.find(quote)) >= 0:
            theirs.update(range(start, start + len(quote)))
    ours = {n for e in shown for n in range(e.start, e.end)}
    return 2 * len(theirs & ours) / (len(theirs) + len(ours)) if theirs else float("nan")


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
