"""The picture of `csworkshop bench mastery`: two learners as the model sees them, and how far probabilities hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from csworkshop.bench.mastery import LAWS, MASTERY, bins, filtered, last_five, learners
from csworkshop.progress.filtering import interval, success
from csworkshop.progress.topics import EARNED, UNSURE, parameters

MODEL, SIMPLE, TRUE = "#0b6e8a", "#b3541e", "#333333"
ITEM_NUMBER = 800


def draw(path: Path, seed: int) -> None:
    """Write the picture; its ending (.png, .svg, .pdf) says which kind."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7.2))
    axes = figure.subplots(2, 2)
    rng = np.random.default_rng([seed, 5])
    made = learners("smooth", ITEM_NUMBER, rng)
    belief, _, _ = filtered(parameters(["empathy"]), made.data)
    simple = last_five(made.data.outcome)
    late = made.mastered.argmax(1) * made.mastered.any(1)
    climber = int(np.abs(late - 10).argmin())
    never = np.flatnonzero(~made.mastered.any(1))
    stuck = int(never[np.argsort(made.success[never, -1])[len(never) // 2]])  # the middle one of them
    for ax, n, title in ((axes[0, 0], climber, "a learner who gets there"), (axes[0, 1], stuck, "one who doesn't")):
        _learner(ax, belief[n], made.success[n], made.data.outcome[n], simple[n])
        ax.set_title(title)
    for ax, law in zip(axes[1], LAWS, strict=True):
        _reliability(ax, law, np.random.default_rng([seed, 6]))
    figure.tight_layout()
    figure.savefig(path, dpi=150)


def _learner(ax: Any, belief: np.ndarray, true: np.ndarray, outcome: np.ndarray, simple: np.ndarray) -> None:
    t = np.arange(1, len(true) + 1)
    low, high = interval(belief)
    ax.fill_between(t, low, high, color=MODEL, alpha=0.18, lw=0, label="model, 90 % interval")
    ax.plot(t, success(belief), color=MODEL, lw=2, label="model")
    ax.plot(t, true, color=TRUE, lw=1.5, ls="--", label="truth")
    ax.plot(t, simple, color=SIMPLE, lw=1, marker=".", label="last five")
    for value, mark, height in ((EARNED, "o", 1.06), (UNSURE, "$?$", 1.06), (0, "x", -0.06)):
        at = outcome == value
        ax.plot(t[at], np.full(at.sum(), height), ls="", marker=mark, color=TRUE, ms=4)
    ax.axhline(MASTERY, color=TRUE, lw=0.6, ls=":")
    ax.set(ylim=(-0.12, 1.12), xlabel="attempt", ylabel="success at level 2")
    ax.legend(fontsize=8, loc="lower right", bbox_to_anchor=(1, 0.05))


def _reliability(ax: Any, law: Any, rng: np.random.Generator) -> None:
    made = learners(law, ITEM_NUMBER, rng)
    _, sure, _ = filtered(parameters(["empathy"]), made.data)
    truth = made.mastered[:, 1:]
    for values, colour, name in (
        (sure[:, 1:], MODEL, "model, priors"),
        (last_five(made.data.outcome)[:, 1:], SIMPLE, "last five"),
    ):
        points = bins(values, truth)
        ax.plot([p for p, _, _ in points], [s for _, s, _ in points], color=colour, marker="o", ms=4, label=name)
    ax.plot([0, 1], [0, 1], color=TRUE, lw=0.8, ls=":")
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="said: probability of mastery", ylabel="true: share mastered")
    ax.set_title(f"{law} learners: is it mastered?")
    ax.legend(fontsize=8, loc="upper left")
