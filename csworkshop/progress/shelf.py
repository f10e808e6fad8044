"""The library as arrays: what each exercise judges and trains, how hard, how long, and what makes two alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.progress.topics import Parameters, parameters, table

OTHER_KIND = 0.6  # an exercise of a kind that doesn't serve the topic's gap

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Shelf:
    """The library as arrays. `card` (E, K): the exercise judges the topic; `share` (E, K): how much it trains it.

    `level` (E,) 1..3, `scene` and `kind` (E,) numbers of what makes exercises alike, `minutes` (E,) at a common pace.
    """

    ids: tuple[str, ...]
    parameters: Parameters
    card: Truths
    share: Floats
    level: Ints
    scene: Ints
    kind: Ints
    minutes: Floats

    @property
    def supply(self) -> Floats:
        """(K,) how many exercises train each topic, as a share of the shelf; at least one exercise's worth."""
        exercises = max(len(self.ids), 1)
        return np.maximum(self.share.sum(0), 1) / exercises


def exercises() -> list[Any]:
    """Every exercise of the shipped library, of all kinds."""
    return [read_any(path) for path in exercise_files()]


def shelf_of(exercises: Sequence[Any], more_items: Iterable[str] = ()) -> Shelf:
    """The exercises as a shelf; of each only id, kind, module, level and items (or its scorecard's) are asked.

    `more_items` are topics that no exercise here has, but records may.
    """
    items = [items_of(e) for e in exercises]
    serves = [table().kind(e.kind).serves for e in exercises]
    named = dict.fromkeys(i for found in (*items, *serves, tuple(more_items)) for i in found)
    known = parameters(sorted(named))
    card = np.zeros((len(exercises), len(known.ids)), bool)
    share = np.zeros(card.shape)
    for n, exercise in enumerate(exercises):
        gap = table().kind(exercise.kind).gap
        for item in serves[n]:
            share[n, known.index(item)] = 0.5
        for item in items[n]:
            card[n, known.index(item)] = True
            share[n, known.index(item)] = 1.0 if table().gap(item) == gap else OTHER_KIND
    minutes = [getattr(e, "minutes", table().kind(e.kind).minutes * (0.75 + 0.25 * (e.level - 1))) for e in exercises]
    return Shelf(
        ids=tuple(e.id for e in exercises),
        parameters=known,
        card=card,
        share=share,
        level=np.array([e.level for e in exercises], int),
        scene=_numbered([_scene(e) for e in exercises]),
        kind=_numbered([e.kind for e in exercises]),
        minutes=np.array(minutes, float),
    )


def items_of(exercise: Any) -> tuple[str, ...]:
    """The items that an exercise of any kind judges."""
    found = getattr(exercise, "items", None)
    if found is None:
        card = getattr(exercise, "scorecard", None)
        found = card.items if card is not None else ()
    return tuple(found() if callable(found) else found)


def _scene(exercise: Any) -> tuple[str, str]:
    scenario = getattr(exercise, "scenario", exercise)
    return str(getattr(scenario, "persona", exercise.kind)), str(getattr(scenario, "emotion", exercise.module))


def _numbered(values: Sequence[Any]) -> Ints:
    known = {v: n for n, v in enumerate(dict.fromkeys(values))}
    return np.array([known[v] for v in values], int)
