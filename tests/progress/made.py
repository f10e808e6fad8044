"""Attempts and exercises made for tests of the progress room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from csworkshop.progress.records import Attempt
from csworkshop.progress.topics import type_of
from csworkshop.techniques.catalogue import Bilingual

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))


@dataclass(frozen=True)
class Made:
    """An exercise of any kind, with nothing but what the plan may rely on."""

    id: str
    kind: str = "rewrite"
    module: str = "m2"
    level: int = 2
    items: tuple[str, ...] = ("empathy",)
    persona: str = "adult"
    emotion: str = "calm"

    @property
    def title(self) -> Bilingual:
        return Bilingual(zh=f"题{self.id}", en=self.id)


def attempt(exercise: Any, number: int = 0, good: bool = True, ago: float = 1.0, **changes: Any) -> Attempt:
    """An attempt at the exercise some days ago, all items well or all badly done."""
    outcome = {"technique": ("missing", "earned"), "fault": ("fault", "clean"), "other": ("missing", "earned")}
    items = {i: outcome[type_of(i)][good] for i in exercise.items}
    values: dict[str, Any] = {
        "at": NOW - timedelta(days=ago),
        "attempt": f"{exercise.id}-{number}",
        "exercise": exercise.id,
        "kind": exercise.kind,
        "module": exercise.module,
        "level": exercise.level,
        "score": 1.0 if good else 0.2,
        "passed": good,
        "items": items,
    }
    return Attempt(**{**values, **changes})
