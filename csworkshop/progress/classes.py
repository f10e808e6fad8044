"""An instructor's week: what a class learnt by module, which items tell trainees apart, whom to talk to.

Answers come from the item-level export of a course (`items.csv` of `csworkshop course export`), or from the logs of
many trainees (folders that each hold a `progress.jsonl`, named like the trainee).

Before and after: per trainee and module, the mean score of the earlier and of the later half of the answers, the middle
one left out; or all before a date and all from it on; or another export as before. The effect is Hedges' g of the
trainees' two means, difference over the pooled standard deviation of both, times 1 - 3 / (4 df - 1), df = 2 (n - 1);
its interval the 2.5 % and 97.5 % percentiles over 2,000 resamplings of trainees (fixed seed).

Items: of each trainee's first answer to an exercise. Difficulty is the share earned, an unsure one half; discrimination
the correlation of the item with the mean of the other items of that answer (corrected item-total; point-biserial).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from csworkshop.progress.class_answers import VALUE, Answer, Remark, ordered
from csworkshop.progress.class_people import talk_to
from csworkshop.progress.topics import type_of

RESAMPLINGS = 2000
LEAST = 12  # answers below which an item isn't judged
TOO_EASY, TOO_HARD, DOUBTFUL, REFUSED = 0.97, 0.1, 0.25, 0.2
WEAK = 0.2  # a discrimination that is surely below this is weak, surely below 0 negative …
SURE = 1.64  # … with 95 % (one-sided; its error is about one over the root of the answers)


@dataclass(frozen=True)
class ModuleRow:
    """A module of a class: trainees with both, mean scores before and after, g with its interval (nan: too few)."""

    group: str
    module: str
    trainees: int
    before: float
    after: float
    g: float
    low: float
    high: float


@dataclass(frozen=True)
class ItemRow:
    """An item of an exercise; discrimination is nan where there are too few answers or nothing varies."""

    exercise: str
    item: str
    answers: int
    difficulty: float
    discrimination: float
    unsure: float


@dataclass(frozen=True)
class ClassReport:
    """Everything that the page and the tables show."""

    name: str
    answers: int
    trainees: int
    exercises: int
    modules: tuple[ModuleRow, ...]
    items: tuple[ItemRow, ...]
    repair: tuple[Remark, ...]
    talk: tuple[Remark, ...]
    troubles: tuple[str, ...] = ()


def class_report(
    answers: Sequence[Answer],
    *,
    name: str = "",
    before: Sequence[Answer] = (),
    since: datetime | None = None,
    now: datetime | None = None,
    troubles: Sequence[str] = (),
) -> ClassReport:
    """The report on these answers. `before` are answers of an earlier time, `since` a date that divides `answers`."""
    if before:
        both = [*(replace(a, half=0) for a in before), *(replace(a, half=1) for a in answers)]
    elif since:
        both = [replace(a, half=int(a.at >= since)) for a in answers if a.at]
    else:
        both = list(answers)
    items = item_rows(answers)
    return ClassReport(
        name=name,
        answers=len(answers),
        trainees=len({(a.group, a.trainee) for a in answers}),
        exercises=len({a.exercise for a in answers}),
        modules=tuple(_modules(both)),
        items=tuple(items),
        repair=tuple(_repair(answers, items)),
        talk=tuple(talk_to(answers, now)),
        troubles=tuple(troubles),
    )


def _modules(answers: Sequence[Answer]) -> list[ModuleRow]:
    by: dict[tuple[str, str], dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for a in answers:
        by[a.group, a.module][a.trainee].append(a)
    found = []
    for (group, module), trainees in sorted(by.items()):
        pairs = np.array([p for rows in trainees.values() if (p := _halves(ordered(rows)))]).reshape(-1, 2)
        g, low, high = effect(pairs)
        means = pairs.mean(0) if len(pairs) else (float("nan"), float("nan"))
        found.append(ModuleRow(group, module, len(pairs), float(means[0]), float(means[1]), g, low, high))
    return found


def _halves(rows: Sequence[Answer]) -> tuple[float, float] | None:
    if all(a.half >= 0 for a in rows):
        early, late = ([a.score for a in rows if a.half == h] for h in (0, 1))
    else:
        middle = len(rows) // 2
        early, late = [a.score for a in rows[:middle]], [a.score for a in rows[len(rows) - middle :]]
    return (float(np.mean(early)), float(np.mean(late))) if early and late else None


def effect(pairs: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """Hedges' g of (N, 2) means before and after, with its 95 % interval; nan with fewer than 4 trainees."""
    n = len(pairs)
    if n < 4:
        return (float("nan"),) * 3
    drawn = np.random.default_rng(seed).integers(0, n, (RESAMPLINGS, n))
    all_g = _hedges(pairs[np.concatenate([np.arange(n)[None], drawn])])
    low, high = np.nanpercentile(all_g[1:], (2.5, 97.5)) if np.isfinite(all_g[1:]).any() else (np.nan, np.nan)
    return float(all_g[0]), float(low), float(high)


def _hedges(pairs: np.ndarray) -> np.ndarray:
    """(R,) of (R, N, 2)."""
    n = pairs.shape[1]
    pooled = np.sqrt(pairs.var(1, ddof=1).mean(-1))
    mean = pairs.mean(1)
    difference = mean[:, 1] - mean[:, 0]
    return np.divide(difference, pooled, out=np.full(len(pairs), np.nan), where=pooled > 1e-9) * (1 - 3 / (8 * n - 9))


def first_answers(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    """By exercise, each trainee's first answer."""
    found: dict[str, dict[tuple[str, str], Answer]] = defaultdict(dict)
    for a in ordered(answers):
        found[a.exercise].setdefault((a.group, a.trainee), a)
    return {e: list(of.values()) for e, of in sorted(found.items())}


def item_rows(answers: Sequence[Answer]) -> list[ItemRow]:
    """Item analysis of each exercise; refused answers are left out."""
    found = []
    for exercise, firsts in first_answers(answers).items():
        judged = [a for a in firsts if a.states and not a.refused]
        for item in dict.fromkeys(i for a in judged for i in a.states):
            those = [a for a in judged if item in a.states]
            values = np.array([VALUE[a.states[item]] for a in those])
            rest = np.array([_rest(a, item) for a in those])
            unsure = float(np.mean([a.states[item] == "unsure" for a in those]))
            found.append(ItemRow(exercise, item, len(those), float(values.mean()), _r(values, rest), unsure))
    return found


def _rest(answer: Answer, item: str) -> float:
    others = [VALUE[s] for i, s in answer.states.items() if i != item]
    return float(np.mean(others)) if others else float("nan")


def _r(values: np.ndarray, rest: np.ndarray) -> float:
    good = ~np.isnan(rest)
    values, rest = values[good], rest[good]
    if len(values) < LEAST or values.std() < 1e-9 or rest.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(values, rest)[0, 1])


def _repair(answers: Sequence[Answer], items: Sequence[ItemRow]) -> list[Remark]:
    found = []
    for exercise, firsts in first_answers(answers).items():
        refused = float(np.mean([a.refused for a in firsts]))
        if len(firsts) >= LEAST and refused > REFUSED:
            found.append(Remark(exercise, "repair_refused", {"p": f"{refused:.0%}"}))
        for row in (r for r in items if r.exercise == exercise and r.answers >= LEAST):
            r, p = f"{row.discrimination:.2f}", f"{row.difficulty:.0%}"
            if row.difficulty <= TOO_HARD:
                found.append(Remark(exercise, "repair_hard", {"item": row.item, "p": p}))
            elif row.difficulty >= TOO_EASY and type_of(row.item) != "fault":
                found.append(Remark(exercise, "repair_easy", {"item": row.item, "p": p}))
            elif row.discrimination + SURE / row.answers**0.5 < 0:
                found.append(Remark(exercise, "repair_negative", {"item": row.item, "r": r}))
            elif row.discrimination + SURE / row.answers**0.5 < WEAK:
                found.append(Remark(exercise, "repair_weak", {"item": row.item, "r": r}))
            if row.unsure > DOUBTFUL:
                found.append(Remark(exercise, "repair_unsure", {"item": row.item, "p": f"{row.unsure:.0%}"}))
    return found
