"""The measurements `mastery` and `cohort` of `csworkshop bench`."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any

# 97.5 % points of Student's t by degrees of freedom; beyond 30 the normal's is near enough
T = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228,
     11: 2.201, 12: 2.179, 14: 2.145, 19: 2.093, 24: 2.064, 29: 2.045}  # fmt: skip
TARGET = 0.20


def add_learning(kinds: Any) -> None:
    """Add `mastery` and `cohort`."""
    mastery = kinds.add_parser(
        "mastery",
        help="is the mastery estimate right, on simulated learners with known mastery",
        description="Brier score and calibration of the mastery model, beside per cent correct over the last five\n"
        "attempts, on learners made by the model's own law and by another; and whether fitting a class finds the\n"
        "parameters that it was made with. For example: csworkshop bench mastery --picture mastery.png",
    )
    mastery.add_argument("--learners", type=int, default=2000, help="learners per law (default %(default)s)")
    mastery.add_argument("--classes", type=int, default=40, help="classes that are fitted (default %(default)s)")
    mastery.add_argument("--seed", type=int, default=1)
    mastery.add_argument("--picture", type=Path, metavar="FILE", help="draw it (.png, .svg, .pdf)")
    mastery.set_defaults(run=_mastery)
    cohort = kinds.add_parser(
        "cohort",
        help="does the personal plan beat a fixed and a random order, on simulated trainees",
        description="Simulated trainees practise for some weeks, with exercises in the order of the personal plan, of\n"
        "the course, or shuffled, and learn, forget, slip and guess by other laws than the plan's model believes in\n"
        "(see docs/simulation.md). Exit status 1 if the plan doesn't need 20 % fewer attempts to mastery. About a\n"
        "minute per seed for 10,000 trainees; a first look: csworkshop bench cohort --trainees 500 --seeds 3",
    )
    cohort.add_argument("--trainees", type=int, default=10_000, help="(default %(default)s)")
    cohort.add_argument("--weeks", type=int, default=12, help="(default %(default)s)")
    cohort.add_argument("--seeds", type=int, default=10, help="how many, from 1 on (default %(default)s)")
    cohort.add_argument("--flat", action="store_true", help="learning doesn't depend on difficulty")
    cohort.add_argument("--progress", action="store_true", help="a progress bar even where stderr is no terminal")
    cohort.set_defaults(run=_cohort)


def _mastery(chosen: argparse.Namespace) -> int:
    from csworkshop.bench.mastery import measure, recovery
    from csworkshop.progress.fitting import FITTED

    print("Is it mastered, will the next attempt succeed: Brier score and calibration error, smaller is better\n")
    print(f"{'learners':10}{'predictor':18}{'mastery':>18}{'next outcome':>22}")
    scores = measure(chosen.learners, chosen.seed)
    for s in scores:
        told = [f"{b:.3f} / {c:.3f}" for b, c in (s.mastery, s.outcome)]
        print(f"{s.law:10}{s.name:18}{told[0]:>18}{told[1]:>22}")
    simple = {s.law: s for s in scores if s.name == "last five"}
    good = all(
        mine < theirs
        for s in scores
        for mine, theirs in zip((*s.mastery, *s.outcome), (*simple[s.law].mastery, *simple[s.law].outcome), strict=True)
        if s.name != "last five"
    )
    print(f"\nbetter than per cent correct in every figure: {'yes' if good else 'no'}")
    distance = recovery(chosen.classes, chosen.seed)
    print(f"\nFitted to {len(distance)} classes of 200: share of parameters within two stated errors of the truth")
    inside = (abs(distance) < 2).mean(0)
    for n, name in enumerate(FITTED):
        print(f"  {name:8}{inside[n]:6.0%}   mean {distance[:, n].mean():+.2f}, deviation {distance[:, n].std():.2f}")
    if chosen.picture:
        from csworkshop.bench.mastery_picture import draw

        draw(chosen.picture, chosen.seed)
        print(f"\n{chosen.picture}")
    return 0 if good and inside.min() >= 0.85 else 1


def _cohort(chosen: argparse.Namespace) -> int:
    from tqdm import tqdm

    from csworkshop.bench.cohort import GOALS, ORDERS, Setting, compare

    setting = Setting(chosen.trainees, chosen.weeks, chosen.flat)
    with tqdm(desc="cohort", disable=not (chosen.progress or sys.stderr.isatty()), unit="") as bar:

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        runs = compare(setting, range(1, chosen.seeds + 1), tell)
    print(f"{chosen.trainees:,} trainees, {chosen.weeks} weeks, {chosen.seeds} seeds; means over trainees and seeds\n")
    heads = (
        ("attempts to 9/10", 18),
        ("got there", 11),
        ("to all", 10),
        ("got there", 11),
        ("mastered in the end", 21),
    )
    print(f"{'order':9}" + "".join(f"{head:>{width}}" for head, width in heads))
    for order in ORDERS:
        of = runs[order]
        most, every = (_mean([r.needed(w) for r in of]) for w in GOALS)
        there, all_there = (_mean([r.reached(w) for r in of]) for w in GOALS)
        share = _mean([float(r.share.mean()) for r in of])
        print(f"{order:9}{most:18.1f}{there:11.0%}{every:10.1f}{all_there:11.0%}{share:17.1%}")
    print("\nThe plan needs fewer attempts, by (mean, 95 % interval over seeds, least):")
    good = True
    for other in ORDERS[1:]:
        for which, name in zip(GOALS, ("nine tenths", "all topics"), strict=True):
            saved = [1 - p.needed(which) / o.needed(which) for p, o in zip(runs["plan"], runs[other], strict=True)]
            mean, half = _mean(saved), _half(saved)
            print(
                f"  beside {other:7} {name:12} {mean:6.1%}  ({mean - half:.1%} … {mean + half:.1%})  {min(saved):.1%}"
            )
            good &= which == "all" or mean - half >= TARGET
    print(f"\ntarget: the interval for nine tenths above {TARGET:.0%}; {'reached' if good else 'missed'}")
    return 0 if good else 1


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _half(values: list[float]) -> float:
    """Half the 95 % interval of the mean; nan for one seed."""
    n = len(values)
    if n < 2:
        return math.nan
    mean = _mean(values)
    sd = math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1))
    near = max((d for d in T if d <= n - 1), default=1)
    return (T[near] if n <= 31 else 1.96) * sd / math.sqrt(n)
