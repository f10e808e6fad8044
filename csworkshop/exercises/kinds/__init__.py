"""Kinds of exercises other than rewriting: one module each, found by its name.

A module here defines the file's form (a subclass of `Activity`), how an answer is marked, what the screen shows, and
says so once in `KIND`. The screen's own part is `csworkshop/widgets/static/kind_<name>.js`. What every kind gets for
nothing: saving, versions and drafts, hints, feedback in notebook, gradebook and feedback page, `exercises check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from csworkshop.exercises.definition import Activity
from csworkshop.text.datafile import DataFileError, read_toml

if TYPE_CHECKING:
    from csworkshop.exercises.marking import Marks
    from csworkshop.techniques.checker import Level

REWRITE = "rewrite"
Value = dict[str, Any]  # an answer as the screen has it: a JSON object


@dataclass(frozen=True)
class Kind:
    """What the rest of the kit needs to know of a kind.

    `model`    the form of its file
    `mark`     marks an answer: (value, exercise, level) -> Marks; `value` has passed `answer`
    `answer`   the form of an answer, from the object that the screen sent: a clean object, or ValueError with a reason
    `screen`   what the screen's part draws: plain data without the key to the answer
    `model_answer` an answer that must pass; `poor_answers` answers that must not: authors' mistakes are found by them
    `live`     marks come while the trainee works; otherwise when asked for (检查), and never in a graded assignment
    `respond`  what the exercise's own world says to the screen's question `name` with `data`, given the answer so far:
               a search, a customer, a simulated system. It must not tell what is right.
    `withheld` questions whose answers tell how well it was done: not answered in a graded assignment
    `slow`     questions whose answers may take seconds: nothing else waits for them
    `show`     the answer itself for a page, besides its marks: (value, exercise, lang) -> HTML, escaped, in the few
               tags and inline styles that `csworkshop.grading.steps.harmless` lets through
    `styles`   style sheets besides the common ones; `scripts` pieces of other screens that the board is made of
    """

    name: str
    model: type[Any]
    mark: Callable[[Value, Any, Level], Marks]
    answer: Callable[[Value, Any], Value]
    screen: Callable[[Any], Value]
    model_answer: Callable[[Any], Value]
    poor_answers: Callable[[Any], list[Value]]
    live: bool = False
    respond: Callable[[Any, Value, str, Mapping[str, Any]], Value] | None = None
    withheld: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    show: Callable[[Value, Any, str], str] | None = None
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def kind_names() -> tuple[str, ...]:
    """Names of all kinds but rewriting."""
    return tuple(sorted(m.name for m in iter_modules(__path__)))


def kind_named(name: str, path: Path | None = None) -> Kind:
    """The kind with this name; DataFileError (for the file at `path`) says which there are."""
    if name not in kind_names():
        known = ", ".join([REWRITE, *kind_names()])
        raise DataFileError(path or Path(__file__), "kind", f"{name!r} is not allowed; allowed: {known}")
    kind: Kind = import_module(f"{__name__}.{name}").KIND
    return kind


def kind_of(exercise: Activity) -> Kind:
    """The kind of an exercise."""
    return kind_named(exercise.kind)


def kind_in(path: Path) -> str:
    """The kind that a file says it is of, without reading all of it where that can be avoided."""
    found = re.search(r'^kind\s*=\s*["\']([\w-]+)["\']', path.read_text("utf-8", "replace"), re.MULTILINE)
    return found[1] if found else str(read_toml(path).get("kind", REWRITE))
