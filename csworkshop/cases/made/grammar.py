"""A small grammar of talk: templates with choices and slots, worked out into pools of sentences.

`(a|b)` is one of the two, `(a|b)?` one of them or nothing, `{name}` a slot. Every problem in `phrases/*.toml` brings
its own templates; `phrases/shared.toml` holds what is said whatever the problem is. To add a move to a problem, add its
key to MOVES here and say in `talk.py` where it is said.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from csworkshop.cases.made.world import World
from csworkshop.text.datafile import DataFileError, read_as, read_toml

FOLDER = Path(__file__).parent / "phrases"
EMOTIONS = ("anger", "anxiety", "disappointment", "confusion", "calm")
MOVES = (
    *EMOTIONS, "facts", "ask", "empathy", "solution", "options", "tradeoffs", "progress", "result", "proactive",
    "improvement", "defend", "excuse", "blame", "jargon",
)  # fmt: skip
WHAT = ("restate", "confirm")  # shared, yet about the problem
LATE_SLOTS = ("order", "amount", "time")  # filled in when a sentence is said
VARIANTS, SHARED_VARIANTS = 12, 120
CASES = 12  # of a problem and product: so many ways to fill its slots
_PIECE = re.compile(r"[^(){}|]+|\(|\)\??|\||\{\w+\}")
T = TypeVar("T")
Template = list[Any]  # of parts: text, a list of templates to choose from, the same in a tuple if nothing is a choice


class Problem(BaseModel):
    """One problem that customers come with; the templates of its moves."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    products: tuple[str, ...] = ()
    story: str = ""
    slots: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    slots_of: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)  # by product
    what: tuple[str, ...] = Field(min_length=1)
    anger: tuple[str, ...] = Field(min_length=1)
    anxiety: tuple[str, ...] = Field(min_length=1)
    disappointment: tuple[str, ...] = Field(min_length=1)
    confusion: tuple[str, ...] = Field(min_length=1)
    calm: tuple[str, ...] = Field(min_length=1)
    facts: tuple[str, ...] = Field(min_length=1)
    ask: tuple[str, ...] = Field(min_length=1)
    empathy: tuple[str, ...] = Field(min_length=1)
    solution: tuple[str, ...] = Field(min_length=1)
    options: tuple[str, ...] = Field(min_length=1)
    tradeoffs: tuple[str, ...] = Field(min_length=1)
    progress: tuple[str, ...] = Field(min_length=1)
    result: tuple[str, ...] = Field(min_length=1)
    proactive: tuple[str, ...] = Field(min_length=1)
    improvement: tuple[str, ...] = Field(min_length=1)
    defend: tuple[str, ...] = Field(min_length=1)
    excuse: tuple[str, ...] = Field(min_length=1)
    blame: tuple[str, ...] = Field(min_length=1)
    jargon: tuple[str, ...] = Field(min_length=1)


class _Problems(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    category: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Pools:
    """Sentences ready to be said.

    `groups`: (category, product, story or "") -> numbers of its cases. `moves`: move -> cases by variants;
    `shared`: "customer.good" and so on -> variants.
    """

    groups: dict[tuple[str, str, str], np.ndarray]
    moves: dict[str, np.ndarray]
    shared: dict[str, np.ndarray]


def read_problems(folder: Path = FOLDER) -> dict[str, tuple[Problem, ...]]:
    """The problems by category; DataFileError names file, key and what is wrong."""
    found: dict[str, tuple[Problem, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem == "shared":
            continue
        part = read_as(path, _Problems)
        found[part.category] = part.problems
        for n, problem in enumerate(part.problems):
            own = {slot for slots in problem.slots_of.values() for slot in slots}
            for move in (*MOVES, "what"):
                for template in getattr(problem, move):
                    _slots_known(path, f"problems[{n}].{move}", template, {"item", *problem.slots, *own})
    return found


def read_shared(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """The shared templates, "customer.good" -> templates."""
    path = folder / "shared.toml"
    found = {f"{who}.{move}": tuple(ts) for who, moves in read_toml(path).items() for move, ts in moves.items()}
    for key, templates in found.items():
        for template in templates:
            _slots_known(path, key, template, {"item", "what", *LATE_SLOTS})
    return found


def make_pools(world: World, seed: int) -> Pools:
    """Work the grammar out for what the company sells; the same for the same seed."""
    sold = {c: tuple(p for p, weights in world.products.items() if weights.get(c)) for c in world.categories}
    return _pools(tuple(sold.items()), seed)


@lru_cache(maxsize=2)
def _pools(products: tuple[tuple[str, tuple[str, ...]], ...], seed: int) -> Pools:
    sold = dict(products)
    rng = random.Random(seed)
    groups: dict[tuple[str, str, str], list[int]] = {}
    filled: list[tuple[Problem, dict[str, str]]] = []
    for category, problems in read_problems().items():
        for problem in problems:
            for item in problem.products or sold.get(category, ()):
                for slots in _cases(problem, item, rng):
                    groups.setdefault((category, item, problem.story), []).append(len(filled))
                    filled.append((problem, {"item": item, **slots}))
    moves = {
        move: _table([[say(_one(getattr(p, move), rng), s, rng) for _ in range(VARIANTS)] for p, s in filled])
        for move in MOVES
    }
    shared = read_shared()
    for move in WHAT:
        about = [
            [
                say(_one(shared[f"agent.{move}"], rng), s | {"what": say(_one(p.what, rng), s, rng)}, rng)
                for _ in range(VARIANTS)
            ]
            for p, s in filled
        ]
        moves[move] = _table(about)
    keep = {name: "{" + name + "}" for name in LATE_SLOTS}
    spoken = {
        key: np.array([say(_one(templates, rng), keep, rng) for _ in range(SHARED_VARIANTS)], object)
        for key, templates in shared.items()
        if key not in {f"agent.{move}" for move in WHAT}
    }
    return Pools({key: np.array(numbers) for key, numbers in groups.items()}, moves, spoken)


def say(template: str, slots: dict[str, str], rng: random.Random) -> str:
    """One sentence of a template."""
    return "".join(_said(parse(template), slots, rng))


@lru_cache(maxsize=4096)
def parse(template: str) -> Template:
    """The template's parts; ValueError if brackets don't match."""
    pieces = _PIECE.findall(template)
    if "".join(pieces) != template:
        raise ValueError("a bracket stands alone")
    found, rest = _parse(pieces)
    if rest:
        raise ValueError("a closing bracket has no opening one")
    return found[0] if len(found) == 1 else [found]


def _parse(pieces: list[str]) -> tuple[list[Template], list[str]]:
    """Choices up to the closing bracket (which stays in the rest)."""
    choices: list[Template] = [[]]
    while pieces:
        piece, *pieces = pieces
        if piece == "(":
            inner, pieces = _parse(pieces)
            if not pieces:
                raise ValueError("an opening bracket is not closed")
            choices[-1].append((inner,) if pieces[0] == ")?" else inner)
            pieces = pieces[1:]
        elif piece in (")", ")?"):
            return choices, [piece, *pieces]
        elif piece == "|":
            choices.append([])
        else:
            choices[-1].append(piece)
    return choices, []


def _said(template: Template, slots: dict[str, str], rng: random.Random) -> list[str]:
    out: list[str] = []
    for part in template:
        if isinstance(part, str):
            out.append(slots[part[1:-1]] if part[0] == "{" else part)
        elif isinstance(part, list):
            out += _said(_one(part, rng), slots, rng)
        elif rng.random() < 0.5:
            out += _said(_one(part[0], rng), slots, rng)
    return out


def _slots_known(path: Path, key: str, template: str, known: set[str]) -> None:
    try:
        parse(template)
    except ValueError as error:
        raise DataFileError(path, key, f"{error}: {template}") from None
    for slot in re.findall(r"\{(\w+)\}", template):
        if slot not in known:
            raise DataFileError(path, key, f"there is no slot {slot!r}; there are: {', '.join(sorted(known))}")


def _cases(problem: Problem, item: str, rng: random.Random) -> list[dict[str, str]]:
    slots = problem.slots | problem.slots_of.get(item, {})
    ways = [dict(zip(slots, values, strict=True)) for values in product(*slots.values())]
    ways.sort(key=lambda _: rng.random())
    return ways[:CASES]


def _one(choices: Sequence[T], rng: random.Random) -> T:
    return choices[int(rng.random() * len(choices))]


def _table(rows: list[list[str]]) -> np.ndarray:
    return np.array(rows, dtype=object)
