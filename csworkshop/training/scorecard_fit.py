"""Fit the house's general scorecard (`exercises/general.toml`): points that rank replies as inspectors rate them.

    python -m csworkshop.training.scorecard_fit            fits, writes general.toml, prints figures
    python -m csworkshop.training.scorecard_fit --check    prints the figures of the shipped scorecard only

Non-negative ridge regression of the second inspector's ratings on both inspectors' labels: a technique can only earn,
a fault only cost. Some items may count more for upset or for other customers or for a persona; these extra weights
are pulled harder towards nothing. Then one scale turns rating points into percent: of all that let good replies pass,
and keep model answers and flawed replies where they belong, the one with most room. Replies are marked on what a
reader said of them that hadn't read their writer; leave-writer-out means that the weights hadn't either.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from csworkshop.exercises.definition import GENERAL, UPSET, General, from_scenario, general
from csworkshop.exercises.marking import Marks, marks_of
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Report, check
from csworkshop.techniques.encoder import Reading
from csworkshop.techniques.scenario import Persona, Scenario
from csworkshop.training import readings
from csworkshop.training.labelled import labelled_folder, natural
from csworkshop.training.ratings import CRITICAL, Rated, read_rated, spearman

RIDGE, EXTRA_RIDGE = 1.0, 15.0
MORE: dict[str, tuple[str, ...]] = {
    "upset": ("empathy", "own", "restate", "specific_time", "follow_up", "defend_first"),
    "calm": ("solution", "proactive", "ask_facts", "check_resolved", "jargon"),
    "senior": ("check_resolved", "jargon", "off_register"),
    "enterprise": ("contact", "specific_time", "off_register"),
}
LEAST = 2  # percent: an item that the fit gives less still stands on the card
ZEROS, FULLS = np.arange(0.6, 1.81, 0.1), np.arange(3.3, 4.61, 0.1)  # ratings that may become 0 and 100 percent
GOOD_PASS, MODEL, FLAWED = 0.6, 0.9, 0.4

ABOUT = """\
# The house's general scorecard, for a scenario that brings none of its own; all figures are percent of the full mark.
# Written by `python -m csworkshop.training.scorecard_fit`, which fits it to inspectors' ratings. An honest reply starts
# from `base`; techniques add to it up to the full mark, which no reply needs all of; faults cost; a critical fault
# costs and fails the reply. [upset], [calm] and [persona.…] say what counts more for such customers.
"""


@dataclass(frozen=True)
class Fit:
    """Rating points: `start` of a reply that shows nothing, and per item what it adds or takes (all >= 0)."""

    start: float
    items: dict[str, float]
    critical: float
    more: dict[str, dict[str, float]]

    def card(self, zero: float, full: float) -> General:
        """The scorecard in whole percent, on which a rating of `zero` is 0 and one of `full` is 100 percent."""
        scale = 100 / (full - zero)

        def percent(points: float, least: int = LEAST) -> float:
            return float(max(round(points * scale), least))

        techniques = {i.id: percent(self.items[i.id]) for i in catalogue().techniques}
        faults = {i.id: percent(self.items[i.id]) for i in catalogue().faults if i.id not in CRITICAL}
        more = {k: {i: percent(v, 0) for i, v in m.items() if v * scale >= 1} for k, m in self.more.items()}
        personas: dict[Persona, dict[str, float]] = {"senior": more["senior"], "enterprise": more["enterprise"]}
        return General(
            pass_mark=60,
            base=float(round((self.start - zero) * scale)),
            critical=CRITICAL,
            critical_penalty=percent(self.critical),
            techniques=techniques,
            faults=faults,
            upset=more["upset"],
            calm=more["calm"],
            persona=personas,
        )


def fit(rated: Sequence[Rated]) -> Fit:
    """Rating points of all items from labelled replies."""
    known = catalogue().items
    columns: list[tuple[str, str]] = [("", i) for i in known if i not in CRITICAL] + [("", "critical")]
    columns += [(k, i) for k, items in MORE.items() for i in items]
    x = np.array([[_value(r, kind, item) for kind, item in columns] for r in rated])
    y = np.array([float(r.rating) for r in rated])
    pull = np.array([EXTRA_RIDGE if kind else RIDGE for kind, _ in columns])
    weights, start = _non_negative(x, y, pull)
    points = dict(zip(columns, weights.tolist(), strict=True))
    more = {k: {i: points[k, i] for i in items} for k, items in MORE.items()}
    items = {i: points["", i] for i in known if i not in CRITICAL}
    return Fit(start, items, points["", "critical"], more)


def _value(r: Rated, kind: str, item: str) -> float:
    if item == "critical":
        return -float(sum(r.labels.get(c, 0.0) for c in CRITICAL))
    if kind and kind not in ("upset" if r.scenario.emotion in UPSET else "calm", r.scenario.persona):
        return 0.0
    seen = r.labels.get(item, 0.0)
    return seen if catalogue().items[item].type == "technique" else -seen


def _non_negative(x: np.ndarray, y: np.ndarray, pull: np.ndarray, rounds: int = 400) -> tuple[np.ndarray, float]:
    """Ridge regression with weights >= 0 and a free start, by coordinate descent."""
    weights, start = np.zeros(x.shape[1]), float(y.mean())
    left = y - start
    squares = (x * x).sum(axis=0) + pull
    for _ in range(rounds):
        for j in range(x.shape[1]):
            fresh = max(0.0, float(x[:, j] @ left + (squares[j] - pull[j]) * weights[j]) / squares[j])
            left += x[:, j] * (weights[j] - fresh)
            weights[j] = fresh
        shift = float(left.mean())
        start, left = start + shift, left - shift
    return weights, start


@dataclass(frozen=True)
class _Kept:
    """Reads as the reader did when the reply's writer was unread."""

    reading: Reading

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        return self.reading


@dataclass(frozen=True)
class Checked:
    """What there is to mark: replies that unread readings are kept of, and each scenario's model answer and flawed
    reply, with the checker's reports."""

    rated: list[Rated]
    reports: dict[str, Report]
    scenarios: list[Scenario]
    models: list[Report]
    flawed: list[Report]

    @classmethod
    def of(cls, rated: Sequence[Rated], heard: Mapping[str, Reading]) -> Checked:
        chosen = [r for r in rated if r.id in heard]
        reports = {r.id: check(r.reply, r.scenario, reader=_Kept(heard[r.id])) for r in chosen}
        scenarios = list({r.scenario.id: r.scenario for r in rated}.values())
        models = [check(s.exemplar, s) for s in scenarios]
        return cls(chosen, reports, scenarios, models, [check(s.flawed_reply, s) for s in scenarios])

    def scores(self, card: General, rated: Sequence[Rated] | None = None) -> np.ndarray:
        """Scores of the replies (default: all of them) by `card`; a good one that doesn't pass has less than 0.6."""
        marked = [self.marks(r, card) for r in (self.rated if rated is None else rated)]
        return np.array([m.score if m.passed else min(m.score, GOOD_PASS - 1e-4) for m in marked])

    def marks(self, r: Rated, card: General) -> Marks:
        """A reply marked by `card`, the model answer and the flawed reply left out of it."""
        return marks_of(self.reports[r.id], r.reply, from_scenario(_bare(r.scenario), card))

    def given(self, card: General) -> tuple[np.ndarray, np.ndarray]:
        """Scores of the model answers and of the flawed replies, as if they were the trainee's own."""
        models = zip(self.scenarios, self.models, strict=True)
        flawed = zip(self.scenarios, self.flawed, strict=True)
        return (
            np.array([marks_of(r, s.exemplar, from_scenario(_bare(s), card)).score for s, r in models]),
            np.array([marks_of(r, s.flawed_reply, from_scenario(_bare(s), card)).score for s, r in flawed]),
        )

    def shares(self, card: General) -> tuple[float, float, float]:
        """Shares of good replies that pass, of model answers at 0.9 or more, of flawed replies at 0.4 or less."""
        models, flawed = self.given(card)
        good = self.scores(card, [r for r in self.rated if r.good])
        return tuple(float(v.mean()) for v in (good >= GOOD_PASS, models >= MODEL, flawed <= FLAWED))  # type: ignore[return-value]


def _bare(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"exemplar": "", "flawed_reply": ""})


def scaled(found: Fit, checked: Checked) -> tuple[float, float]:
    """The ratings that become 0 and 100 percent: the scale whose worst share is best."""

    def worth(scale: tuple[float, float]) -> tuple[float, float]:
        shares = checked.shares(found.card(*scale))
        return min(*shares, 0.96), sum(shares)

    coarse = [(float(z), float(f)) for z in ZEROS[::2] for f in FULLS[::2]]
    z, f = max(coarse, key=worth)
    fine = [(z + dz, f + df) for dz in (-0.1, 0.0, 0.1) for df in (-0.1, 0.0, 0.1)]
    z, f = max(fine, key=worth)
    return round(z, 2), round(f, 2)


def figures(card: General, checked: Checked, left_out: np.ndarray | None = None) -> str:
    """The card's figures as text; `left_out` are scores by cards fitted without each reply's writer."""
    scores, ratings = checked.scores(card), [r.rating for r in checked.rated]
    of = np.array([r.writer for r in checked.rated])
    lines = [f"{len(scores)} replies of writers unread: Spearman with ratings {spearman(scores, ratings):.3f}"]
    if left_out is not None:
        lines.append(f"weights fitted without the writer: {spearman(left_out, ratings):.3f}")
    for writer in sorted(set(of), key=natural):
        rows = of == writer
        shown = scores if left_out is None else left_out
        lines.append(f"  {writer:4} {spearman(shown[rows], np.array(ratings)[rows]):.3f} on {rows.sum()}")
    good, models, flawed = checked.shares(card)
    lines.append(f"good replies that pass {good:.3f}; model answers at 0.9 {models:.3f}; flawed at 0.4 {flawed:.3f}")
    refused = [
        r
        for r in checked.rated
        if marks_of(checked.reports[r.id], r.reply, from_scenario(_bare(r.scenario), card)).refusal
    ]
    good_refused = sum(r.good for r in refused)
    lines.append(f"honest replies refused or held: {len(refused)} of {len(scores)}, {good_refused} of them good")
    return "\n".join(lines)


def written(card: General) -> str:
    """The card as TOML."""
    lines = [ABOUT, f"pass_mark = {card.pass_mark}", f"base = {card.base:g}"]
    lines.append("critical = [" + ", ".join(f'"{c}"' for c in card.critical) + "]")
    lines.append(f"critical_penalty = {card.critical_penalty:g}")
    tables = {"techniques": card.techniques, "faults": card.faults, "upset": card.upset, "calm": card.calm}
    tables |= {f"persona.{p}": m for p, m in card.persona.items()}
    for name, table in tables.items():
        if table:
            lines += ["", f"[{name}]", *(f"{item} = {points:g}" for item, points in table.items())]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str], out: Path = GENERAL) -> None:
    folder = labelled_folder()
    rated = read_rated(folder)
    checked = Checked.of(rated, readings.load(folder / readings.FILE))
    if "--check" in arguments:
        print(figures(general(), checked))
        return
    found = fit(rated)
    scale = scaled(found, checked)
    left_out = np.zeros(len(checked.rated))
    of = np.array([r.writer for r in checked.rated])
    for writer in sorted(set(of)):
        card = fit([r for r in rated if r.writer != writer]).card(*scale)
        left_out[of == writer] = checked.scores(card, [r for r in checked.rated if r.writer == writer])
    card = found.card(*scale)
    print(f"rating {scale[0]:g} is 0, rating {scale[1]:g} is 100 percent")
    print(figures(card, checked, left_out))
    out.write_text(written(card), "utf-8", newline="\n")
    print(f"wrote {out}")


if __name__ == "__main__":
    main(sys.argv[1:])
