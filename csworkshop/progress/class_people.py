"""Which trainees of a class an instructor should talk to, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from csworkshop.progress.class_answers import VALUE, Answer, Remark, ordered

LOW = 1.25  # standard deviations of the class below its mean
FALL = 0.15  # of the full mark, from the earlier to the later half of at least FALL_NEEDS answers
FALL_NEEDS = 4
AWAY_DAYS = 10
REFUSALS = 2
IN_A_ROW = 4
LEAST_CLASS = 5  # trainees below which nobody is compared with the class


def talk_to(answers: Sequence[Answer], now: datetime | None = None) -> list[Remark]:
    """A remark per trainee and reason: low, falling, away (only with `now`), refused, one item missed in a row."""
    groups: dict[str, dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for a in ordered(answers):
        groups[a.group][a.trainee].append(a)
    found = []
    for _, trainees in sorted(groups.items()):
        means = {t: float(np.mean([a.score for a in rows])) for t, rows in trainees.items()}
        mean, sd = float(np.mean(list(means.values()))), float(np.std(list(means.values())))
        for trainee, rows in sorted(trainees.items()):
            if len(trainees) >= LEAST_CLASS and sd > 0.01 and means[trainee] < mean - LOW * sd:
                values = {"score": f"{means[trainee]:.0%}", "mean": f"{mean:.0%}"}
                found.append(Remark(trainee, "talk_low", values))
            found += _course(trainee, rows, now)
    return found


def _course(trainee: str, rows: Sequence[Answer], now: datetime | None) -> list[Remark]:
    found = []
    middle = len(rows) // 2
    if len(rows) >= FALL_NEEDS:
        early, late = (float(np.mean([a.score for a in half])) for half in (rows[:middle], rows[-middle:]))
        if early - late >= FALL:
            found.append(Remark(trainee, "talk_falling", {"before": f"{early:.0%}", "after": f"{late:.0%}"}))
    last = rows[-1].at
    if now and last and (now - last).days >= AWAY_DAYS:
        found.append(Remark(trainee, "talk_away", {"days": (now - last).days}))
    refused = sum(a.refused for a in rows)
    if refused >= REFUSALS:
        found.append(Remark(trainee, "talk_refused", {"n": refused}))
    for item in dict.fromkeys(i for a in rows for i in a.states):
        states = [VALUE[a.states[item]] for a in rows if item in a.states]
        run = next((n for n, v in enumerate(reversed(states)) if v > 0), len(states))
        if run >= IN_A_ROW:
            found.append(Remark(trainee, "talk_item", {"item": item, "n": run}))
    return found
