"""`csworkshop bench roleplay`: scripted trainees of four kinds play every case, and what comes of it.

A case is good if whoever does it well wins with each of at least two strategies, and nobody wins by coldness, key words
or lies. Repeats and loops are counted, and how long the customer takes for a turn.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from csworkshop.practice.agents import KINDS, Agents, Kind, agents_file, play, read_agents
from csworkshop.practice.case import Case, case_files, load_case, read_case
from csworkshop.practice.customer import replay
from csworkshop.practice.talk import Talk

TARGETS: dict[Kind, tuple[str, float]] = {
    "model": ("at least", 0.95), "cold": ("at most", 0.05), "stuffer": ("at most", 0.05), "liar": ("at most", 0.10),
}  # fmt: skip
LONGEST = 30  # a talk of so many replies goes round in circles
SLOWEST = 50.0  # ms, 95th percentile of a customer's turn


@dataclass(frozen=True)
class Row:
    """What one agent made of one case: shares of good ends, in all and per strategy, and what went wrong."""

    case: str
    kind: Kind
    good: float
    strategies: dict[str, float]
    replies: float
    repeats: int
    circles: int
    unlike: int
    milliseconds: tuple[float, ...]

    @property
    def reached(self) -> bool:
        """Whether the target is reached, for the model agent by each strategy, and nothing went wrong."""
        which, target = TARGETS[self.kind]
        shares = [*self.strategies.values()] or [self.good]
        fine = min(shares) >= target if which == "at least" else self.good <= target
        return fine and not (self.repeats or self.circles or self.unlike)


def measure(case: Case, agents: Agents, kind: Kind, seeds: Sequence[int]) -> Row:
    """Play `case` with one agent once per seed; the model agent with each of its strategies."""
    plans = [s.id for s in agents.model] if kind == "model" else [""]
    talks: dict[str, list[Talk]] = {plan: [] for plan in plans}
    times: list[float] = []
    for plan in plans:
        for seed in seeds:
            began = time.perf_counter()
            talk = play(case, agents, kind, seed, plan)
            times.append(1000 * (time.perf_counter() - began) / max(len(talk.turns), 1))
            talks[plan].append(talk)
    all_ = [t for some in talks.values() for t in some]
    return Row(
        case=case.id,
        kind=kind,
        good=_share(all_),
        strategies={plan: _share(some) for plan, some in talks.items()} if kind == "model" else {},
        replies=sum(len(t.turns) for t in all_) / len(all_),
        repeats=sum(_repeats(t) for t in all_),
        circles=sum(len(t.turns) >= LONGEST for t in all_),
        unlike=sum(replay(case, t.seed, t.replies).words != t.words for t in all_[:2]),
        milliseconds=tuple(times),
    )


def _share(talks: Sequence[Talk]) -> float:
    return sum(t.good for t in talks) / max(len(talks), 1)


def _repeats(talk: Talk) -> int:
    """Customer lines that were said more than once in a talk."""
    said = [p.text for t in talk.turns for p in t.parts] + [talk.opening]
    return len(said) - len(set(said))


def _cases(chosen: Sequence[str]) -> Iterator[tuple[Case, Agents]]:
    for name in chosen or [str(p) for p in case_files()]:
        path = Path(name)
        case = read_case(path) if path.suffix == ".toml" else load_case(name)
        yield case, read_agents(agents_file(case.id, path.parent if path.suffix == ".toml" else None), case)


def main(args: argparse.Namespace) -> int:
    """Print the table, or the talks of one seed; exit status 1 if a target is missed."""
    kinds = tuple(args.agent or KINDS)
    if args.show is not None:
        for case, agents in _cases(args.case):
            _show(case, agents, kinds, args.show)
        return 0
    rows = []
    print(f"{'case':26} {'agent':8} {'good ends':>9} {'target':>13} {'replies':>7} {'ms a turn':>9}  strategies")
    for case, agents in _cases(args.case):
        for kind in kinds:
            row = measure(case, agents, kind, range(args.seeds))
            rows.append(row)
            which, target = TARGETS[kind]
            mean = sum(row.milliseconds) / len(row.milliseconds)
            ways = ", ".join(f"{i} {share:.0%}" for i, share in row.strategies.items())
            troubles = [
                f"{n} {what}" for n, what in (
                    (row.repeats, "lines repeated"), (row.circles, "in circles"), (row.unlike, "replayed unlike"),
                ) if n
            ]  # fmt: skip
            verdict = "" if row.reached else "  <- missed"
            print(
                f"{case.id:26} {kind:8} {row.good:9.0%} {which:>8} {target:4.0%} {row.replies:7.1f} {mean:9.1f}  "
                f"{ways}{'; '.join(troubles)}{verdict}",
                flush=True,
            )
    _turns(args.case)
    missed = sum(not r.reached for r in rows)
    print(f"{len(rows)} rows, {missed} missed their target")
    return 1 if missed else 0


def _turns(chosen: Sequence[str]) -> None:
    """How long a turn takes in talks that nobody played before; on a busy machine only processor time tells."""
    turns = list(_timed(chosen))
    wall, cpu = sorted(w for w, _ in turns), sorted(c for _, c in turns)
    at = min(int(len(turns) * 0.95), len(turns) - 1)
    print(
        f"\na customer's turn, {len(turns)} turns: p50 {wall[len(wall) // 2]:.1f} ms, p95 {wall[at]:.1f} ms (target "
        f"{SLOWEST:.0f}); processor time p50 {cpu[len(cpu) // 2]:.1f} ms, p95 {cpu[at]:.1f} ms"
    )


def _timed(chosen: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Wall and processor milliseconds of each turn."""
    from csworkshop.practice.customer import ready, say, start

    for case, agents in _cases(chosen):
        for strategy in agents.model:
            talk = start(case, 1000)  # a seed that nothing was played with
            for step in strategy.steps:
                if not talk.end:
                    ready(talk)  # as the terminal and the widget do before the trainee types
                    wall, cpu = time.perf_counter(), time.process_time()
                    talk = say(talk, step.say[0])
                    yield 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _show(case: Case, agents: Agents, kinds: Sequence[Kind], seed: int) -> None:
    for kind in kinds:
        for plan in [s.id for s in agents.model] if kind == "model" else [""]:
            talk = play(case, agents, kind, seed, plan)
            print(f"\n=== {case.id}, {kind} {plan}, seed {seed}: {talk.end or 'not ended'}\n{talk.opening}")
            for t in talk.turns:
                heard = ", ".join(f.item for f in t.heard.findings) if t.heard else ""
                gate = f"[{t.heard.gate}] " if t.heard and t.heard.gate else ""
                flags = " ".join(f for f in t.flags if ":" in f or f in ("lie", "met", "ignored", "nothing_new"))
                levels = " ".join(f"{f} {n:.0f}" for f, n in t.mood.levels.items())
                print(f"> {t.reply}\n  {gate}{heard} | {flags} | {levels} | {t.stage}")
                print(f"{t.text}   ({', '.join(p.key for p in t.parts)})")
