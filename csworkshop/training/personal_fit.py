"""Fit the tagger of names and addresses (`csworkshop.cases.tagger`) to marked lines, in numpy.

A conditional random field: the logarithm of the likelihood of all lines' tags, less a penalty on the squares of the
weights, is climbed with L-BFGS (Nocedal 1980; step by halving). Keys that few characters have weigh nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from csworkshop.cases.numerals import Plain, plain
from csworkshop.cases.personal import found_in, usual
from csworkshop.cases.tagger import FOLLOWS, STEP, TAGS, Tagged, Tagger
from csworkshop.cases.tagger_marks import TEMPLATES, Find, Marks, Span
from csworkshop.training.personal_lots import Line, examples
from csworkshop.training.personal_more import Renaming

PENALTY = 0.6  # on half the sum of the squares of the weights
SEEN = 4  # a key that fewer characters have weighs nothing
COPIES, COPY = 2, 1.0  # of a line, and what one counts beside the line
STEPS = 40  # of L-BFGS
KEPT = 8  # steps that L-BFGS remembers
LEAST = 2  # of 1 / STEP: smaller weights are dropped
_MOST = 127
MAY_DIFFER = 0.01  # share of weights that rounding on another machine may move
_T = len(TAGS)
_KIND = {"name": 1, "address": 3}


@dataclass(frozen=True)
class Stretch:
    """A part of a line that the tagger reads: its characters' keys, and their right tags."""

    keys: list[tuple[str, ...]]
    tags: list[int]
    weight: float


def marks_of(text: str) -> Marks:
    """What the tagger sees of a text."""
    seen: list[Marks] = []

    def look(view: Plain, busy: list[Span], homes: list[Find], people: list[Find]) -> list[Tagged]:
        seen.append(Marks(view, busy, homes, people))
        return []

    found_in(plain(text), usual(), look)
    return seen[0]


def stretches(line: Line, weight: float = 1.0) -> list[Stretch]:
    """The stretches of a line with their right tags."""
    marks = marks_of(line.text)
    view = plain(line.text)
    tags = [0] * len(view.text)
    for kind, start, end in line.spans:
        if kind not in _KIND:
            continue
        inside = [i for i in range(len(view.text)) if start <= view.origin[i] < end]
        for i in inside:
            tags[i] = _KIND[kind] + (i > inside[0])
    found = []
    for s, e in marks.stretches():
        cut = tags[s:e]
        if cut[0] in (2, 4):  # begins before what the tagger reads
            cut[0] -= 1
        found.append(Stretch([marks.keys(i) for i in range(s, e)], cut, weight))
    return found


class Lots:
    """Lots of lines and their stretches, with copies of the lines that have other people's names in them."""

    def __init__(self, lines: Sequence[Line], seed: int = 1) -> None:
        self.all = [*lines, *examples()]
        self.names = sorted({line.lot for line in lines if line.spans})  # lots that can be measured
        renaming = Renaming(seed, self.all)
        self.parts: dict[str, list[Stretch]] = {}
        for line in self.all:
            parts = self.parts.setdefault(line.lot, [])
            parts += stretches(line)
            if any(kind in _KIND for kind, _, _ in line.spans):
                for _ in range(COPIES):
                    parts += stretches(renaming.line(line), COPY)

    def lines(self, lot: str) -> list[Line]:
        """The lines of a lot."""
        return [line for line in self.all if line.lot == lot]

    def fit(self, without: str = "") -> Tagger:
        """The tagger fitted to all lots, or all but one."""
        return Fit([p for lot, parts in self.parts.items() if lot != without for p in parts]).tagger()


class Fit:
    """The stretches as numbers, characters in order of their place in a stretch: `flat` places in `vocabulary` (from 1)
    of the keys of all characters, where `row` says at which key each character's begin."""

    def __init__(self, parts: Sequence[Stretch]) -> None:
        parts = sorted((p for p in parts if p.keys), key=lambda p: -len(p.keys))
        counts: list[Counter[str]] = [Counter() for _ in range(TEMPLATES)]
        for part in parts:
            for row in part.keys:
                for count, key in zip(counts, row, strict=True):
                    count[key] += 1
        self.vocabulary: list[tuple[int, str]] = []
        place: list[dict[str, int]] = []
        for t, count in enumerate(counts):
            chosen = sorted(key for key, n in count.items() if n >= SEEN and key)
            place.append({key: len(self.vocabulary) + n + 1 for n, key in enumerate(chosen)})
            self.vocabulary += [(t, key) for key in chosen]
        size = [len(p.keys) for p in parts]
        self.alive = [sum(n > t for n in size) for t in range(max(size))]  # stretches that go on at time t
        self.starts = np.concatenate([[0], np.cumsum(self.alive)])
        order = [(t, n) for t, count in enumerate(self.alive) for n in range(count)]
        keys = np.array(
            [[p.get(k, 0) for p, k in zip(place, parts[n].keys[t], strict=True)] for t, n in order], np.int32
        )
        self.tags = np.array([parts[n].tags[t] for t, n in order])
        self.weight = np.array([parts[n].weight for t, n in order], np.float32)
        rows, columns = np.nonzero(keys)  # no row is empty: every character has the last template's key
        self.flat = keys[rows, columns]
        self.row = np.searchsorted(rows, np.arange(len(keys)))
        order_of = np.argsort(self.flat, kind="stable")
        self.sorted = rows[order_of].astype(np.int32)
        self.first = np.searchsorted(self.flat[order_of], np.arange(1, len(self.vocabulary) + 1))
        self.allowed = np.zeros((_T, _T), bool)
        for a, follows in enumerate(FOLLOWS):
            self.allowed[a, list(follows)] = True

    def run(self) -> tuple[np.ndarray, np.ndarray]:
        """Weights (keys + 1, 4) and of tags after tags (5, 5)."""
        count = (len(self.vocabulary) + 1) * (_T - 1)
        x = climb(self._loss, np.zeros(count + _T * _T), STEPS)
        return x[:count].reshape(-1, _T - 1), x[count:].reshape(_T, _T)

    def _loss(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        count = (len(self.vocabulary) + 1) * (_T - 1)
        weights, after = x[:count].reshape(-1, _T - 1).astype(np.float32), x[count:].reshape(_T, _T)
        scores = np.zeros((len(self.tags), _T))
        scores[:, 1:] = np.add.reduceat(weights[self.flat], self.row, axis=0)
        loss, by_score, by_after = self._chain(scores, after)
        slope = by_score[:, 1:].astype(np.float32)
        sums = np.zeros_like(weights)
        sums[1:] = np.add.reduceat(slope[self.sorted], self.first, axis=0)
        gradient = np.concatenate([sums.ravel(), (by_after * self.allowed).ravel()]).astype(np.float64)
        return loss + 0.5 * PENALTY * float(x @ x), gradient + PENALTY * x

    def _chain(self, scores: np.ndarray, after: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Loss and its slopes by scores and by tags after tags (forward and backward sums, scaled)."""
        top = scores.max(1, keepdims=True)
        seen = np.exp(scores - top)
        steps = np.where(self.allowed, np.exp(after), 0.0)
        forward, scale = np.zeros_like(seen), np.zeros(len(seen))
        begin = np.array([1.0, 1, 0, 1, 0])
        for t, n in enumerate(self.alive):
            at = slice(self.starts[t], self.starts[t] + n)
            before = begin if t == 0 else forward[self.starts[t - 1] : self.starts[t - 1] + n] @ steps
            row = before * seen[at]
            scale[at] = row.sum(1)
            forward[at] = row / scale[at][:, None]
        behind = np.ones_like(seen)
        by_after = np.zeros((_T, _T))
        for t in range(len(self.alive) - 1, 0, -1):
            n, at = self.alive[t], slice(self.starts[t], self.starts[t] + self.alive[t])
            last = slice(self.starts[t - 1], self.starts[t - 1] + n)
            ahead = seen[at] * behind[at] / scale[at][:, None]
            behind[last] = ahead @ steps.T
            by_after += (forward[last] * self.weight[last][:, None]).T @ ahead * steps
            np.subtract.at(by_after, (self.tags[last], self.tags[at]), self.weight[at])
        share = forward * behind
        share /= share.sum(1, keepdims=True)
        right = scores[np.arange(len(scores)), self.tags]
        loss = float((self.weight * (np.log(scale) + top[:, 0] - right)).sum())
        for t in range(1, len(self.alive)):
            n = self.alive[t]
            last, at = slice(self.starts[t - 1], self.starts[t - 1] + n), slice(self.starts[t], self.starts[t] + n)
            loss -= float((self.weight[at] * after[self.tags[last], self.tags[at]]).sum())
        share[np.arange(len(share)), self.tags] -= 1.0
        return loss, share * self.weight[:, None], by_after

    def tagger(self) -> Tagger:
        """The fitted tagger, rounded as it is kept."""
        weights, after = self.run()
        rounded = np.clip(np.round(weights * STEP), -_MOST, _MOST).astype(int)
        tables: tuple[dict[str, tuple[float, ...]], ...] = tuple({} for _ in range(TEMPLATES))
        for (t, key), row in zip(self.vocabulary, rounded[1:].tolist(), strict=True):
            if max(map(abs, row)) >= LEAST:
                tables[t][key] = tuple(v / STEP for v in row)
        return Tagger(tables, tuple(tuple(v) for v in (np.round(after * STEP) / STEP).tolist()))  # type: ignore[arg-type]


def climb(loss: Callable[[np.ndarray], tuple[float, np.ndarray]], x: np.ndarray, steps: int) -> np.ndarray:
    """The x of least loss, by `steps` steps of L-BFGS from `x`."""
    value, slope = loss(x)
    moves: list[tuple[np.ndarray, np.ndarray, float]] = []
    for _ in range(steps):
        way = slope.copy()
        shares = []
        for move, change, inverse in reversed(moves):
            share = inverse * (move @ way)
            shares.append(share)
            way -= share * change
        if moves:
            move, change, inverse = moves[-1]
            way /= inverse * (change @ change)
        else:
            way /= max(1.0, float(np.abs(way).max()))
        for (move, change, inverse), share in zip(moves, reversed(shares), strict=True):
            way += (share - inverse * (change @ way)) * move
        size, down = 1.0, float(slope @ way)
        while True:
            new = x - size * way
            new_value, new_slope = loss(new)
            if new_value <= value - 1e-4 * size * down or size < 1e-4:
                break
            size /= 2
        move, change = new - x, new_slope - slope
        if move @ change > 1e-10:
            moves = [*moves[1 - KEPT :], (move, change, 1.0 / float(move @ change))]
        done = value - new_value < 1e-5 * abs(value)
        x, value, slope = new, new_value, new_slope
        if done:
            break
    return x


def write(path: Path, tagger: Tagger, made_from: str) -> None:
    """Write `tagger.tsv`; made_from: `personal_lots.fingerprint` of the lines."""
    rows = [f"# {made_from} csworkshop train personal made this file"]
    rows += ["\t".join(str(round(v * STEP)) for v in row) for row in tagger.after]
    for t, table in enumerate(tagger.tables):
        rows += [f"{t}\t{key}\t" + "\t".join(str(round(v * STEP)) for v in table[key]) for key in sorted(table)]
    path.write_text("\n".join(rows) + "\n", "utf-8")


def differing(one: Tagger, other: Tagger, same: float) -> float:
    """The share of weights that lie further apart than `same`."""
    pairs = list(zip(one.after, other.after, strict=True))
    nothing = (0.0, 0.0, 0.0, 0.0)
    for a, b in zip(one.tables, other.tables, strict=True):
        pairs += [(a.get(key, nothing), b.get(key, nothing)) for key in {*a, *b}]
    far = [any(abs(v - w) > same for v, w in zip(x, y, strict=True)) for x, y in pairs]
    return sum(far) / len(far)
