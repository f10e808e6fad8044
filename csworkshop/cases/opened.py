"""Case data opened once for a notebook, and narrowed to what a table asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

from csworkshop.cases.casebook import Casebook, open_casebook
from csworkshop.cases.files import shipped, table_path
from csworkshop.cases.measures import SPOKEN, measures
from csworkshop.cases.review import week_of
from csworkshop.cases.wording import heading, label
from csworkshop.text.language import say

NAMES = {"agent": "agent_id"}  # what people call a column, where its own name is longer
GROUPS = ("agent", "team", "channel", "category", "week", "month")
MOST_TOLD = 12  # values that a message lists; of more the first and the last
SAMPLE = 2  # tickets of each agent and month that are listened to for pictures of techniques


def book_of(data: Path | str | None = None, per: int = 0, lang: str = "zh") -> Casebook:
    """The casebook of a folder (default: the shipped year), read again only if the files have changed."""
    folder = Path(data) if data is not None else shipped()
    path = table_path(folder, "tickets")
    if not path.is_file():
        raise ValueError(say("desk.no_folder", lang, folder=folder, file=path.name))
    stamps = tuple(p.stat().st_mtime_ns for p in sorted(folder.iterdir()) if p.suffix in (".parquet", ".csv"))
    return _opened(folder, per, stamps, lang)


@lru_cache(maxsize=4)
def _opened(folder: Path, per: int, stamps: tuple[int, ...], lang: str) -> Casebook:
    if not per:
        return open_casebook(folder)
    from tqdm.auto import tqdm

    with tqdm(desc=say("desk.listening", lang), leave=False) as bar:

        def told(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        return open_casebook(folder, per=per, told=told)


def column_of(by: str, lang: str) -> str:
    """The column of a grouping; ValueError says which there are."""
    if by not in GROUPS:
        raise ValueError(say("desk.no_group", lang, by=by, allowed=", ".join(GROUPS)))
    return NAMES.get(by, by)


def narrowed(values: pd.DataFrame, only: Mapping[str, str], lang: str) -> tuple[pd.DataFrame, str]:
    """The rows of `values` that `only` asks for (agent="A05", week="2026-W10", month="2026-03"), and how to say so.

    ValueError names what isn't there, and what is.
    """
    said = []
    for name, wanted in only.items():
        column = column_of(name, lang)
        at: object = wanted
        if name == "week":
            at = pd.Timestamp(week_of(wanted))
        elif name == "month":
            try:
                at = pd.Timestamp(f"{wanted}-01")
            except ValueError:
                raise ValueError(say("desk.no_value", lang, column=name, value=wanted, known="2026-03 …")) from None
        there = values[column].dropna().unique()
        if at not in set(there):
            some = [_plain(name, column, k) for k in sorted(there)]
            told = f"{some[0]} … {some[-1]}" if len(some) > MOST_TOLD else ", ".join(some) or "–"
            raise ValueError(say("desk.no_value", lang, column=name, value=wanted, known=told))
        values = values[values[column] == at]
        said.append(f"{heading(column, lang)} {wanted if name == 'week' else label(column, at, lang)}")
    if values.empty:
        raise ValueError(say("desk.no_rows", lang))
    return values, " · ".join(said)


def _plain(name: str, column: str, value: object) -> str:
    """A value as it is asked for."""
    if name == "week" and isinstance(value, pd.Timestamp):
        year, number, _ = value.isocalendar()
        return f"{year}-W{number:02d}"
    return label(column, value, "zh") if name == "month" else str(value)


def known(names: Iterable[str], lang: str) -> None:
    """ValueError for a name that is no measure, or for none at all; it says which there are."""
    names = tuple(names)
    wrong = [n for n in names if n not in measures()]
    if wrong or not names:
        plain = ", ".join(n for n in measures() if not n.startswith(SPOKEN))
        raise ValueError(say("desk.no_measure", lang, name="".join(wrong[:1]), names=plain))
