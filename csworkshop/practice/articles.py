"""The knowledge base: articles by trade, read from `data/knowledge/*.toml` and checked.

An article is one answer to one question, with its conditions and the days on which it is in force. Some are earlier
editions of others, some look alike and hold for another product or plan; whoever looks something up must tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import DataFileError, read_own
from csworkshop.text.shipped import content

Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
State = Literal["current", "expired", "upcoming"]
NOT_ARTICLES = ("synonyms.toml",)


class Article(BaseModel):
    """One article. `steps` are short paragraphs; `version` counts editions from 1; both days of validity are
    included, in Chinese time."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Id
    title: Text
    topic: Id
    applies: Text
    asks: tuple[Text, ...] = Field(min_length=1)
    keywords: tuple[Text, ...] = Field(min_length=2)
    steps: tuple[Text, ...] = Field(min_length=1)
    limits: tuple[Text, ...] = ()
    version: int = Field(default=1, ge=1)
    valid_from: date
    valid_until: date | None = None
    replaces: Id | None = None
    related: tuple[Id, ...] = ()
    audience: Literal["customer", "internal"] = "customer"
    trade: str = ""  # the loader fills it in from the file

    @model_validator(mode="after")
    def _in_order(self) -> Article:
        if self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until: {self.valid_until} lies before valid_from, {self.valid_from}")
        if self.replaces == self.id:
            raise ValueError("replaces: an article can't replace itself; name the earlier edition")
        for key, words in (("asks", self.asks), ("keywords", self.keywords), ("related", self.related)):
            twice = [word for word, n in Counter(words).items() if n > 1]
            if twice:
                raise ValueError(f"{key}: {twice[0]!r} stands there twice")
        return self

    def state(self, on: date) -> State:
        """Whether the article is in force on that day."""
        if on < self.valid_from:
            return "upcoming"
        return "expired" if self.valid_until and on > self.valid_until else "current"

    @property
    def body(self) -> str:
        """Steps and conditions, one a line: what is searched and shown."""
        return "\n".join((*self.steps, *self.limits))

    def overlaps(self, other: Article) -> bool:
        """Both are in force on some day."""
        last = min(a.valid_until or date.max for a in (self, other))
        return max(self.valid_from, other.valid_from) <= last


class Trade(BaseModel):
    """The articles of one trade; `domains` are the domains of the scenarios that it serves."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal[1] = Field(alias="schema")
    trade: Id
    name: Bilingual
    domains: tuple[Text, ...] = Field(min_length=1)
    article: tuple[Article, ...] = Field(min_length=1)


class Knowledge(Mapping[str, Article]):
    """All articles by id, and the trades they belong to."""

    def __init__(self, trades: tuple[Trade, ...]) -> None:
        self.trades = {t.trade: t for t in trades}
        self._articles = {a.id: a for t in trades for a in t.article}
        self._successors = {a.replaces: a.id for a in self._articles.values() if a.replaces}

    def __getitem__(self, article: str) -> Article:
        return self._articles[article]

    def __iter__(self) -> Iterator[str]:
        return iter(self._articles)

    def __len__(self) -> int:
        return len(self._articles)

    def successor(self, article: str) -> Article | None:
        """The edition that replaced the article, if there is one."""
        later = self._successors.get(article)
        return self._articles[later] if later else None

    def trade_of(self, domain: str) -> str | None:
        """The trade that serves a scenario's domain."""
        return next((t.trade for t in self.trades.values() if domain in t.domains), None)


def knowledge_folder() -> Path:
    """Folder of the shipped trades, synonyms and questions."""
    return content() / "data" / "knowledge"


def trade_files(folder: Path | None = None) -> list[Path]:
    """The trades' files, in order of their names."""
    return [p for p in sorted((folder or knowledge_folder()).glob("*.toml")) if p.name not in NOT_ARTICLES]


def read_trade(path: Path) -> Trade:
    """The trade in `path`; DataFileError names file, key, what is wrong and what is allowed."""
    trade = read_own(path, Trade, "trade")
    articles = tuple(a.model_copy(update={"trade": trade.trade}) for a in trade.article)
    return trade.model_copy(update={"article": articles})


@lru_cache(maxsize=4)
def knowledge(folder: Path | None = None) -> Knowledge:
    """All articles below `folder` (default: the shipped ones); DataFileError for the first fault."""
    found = Knowledge(tuple(read_trade(path) for path in trade_files(folder)))
    faults = review_articles(folder)
    if faults:
        raise faults[0]
    return found


def review_articles(folder: Path | None = None) -> list[DataFileError]:
    """Everything that is wrong with the articles, file by file and then between them."""
    faults: list[DataFileError] = []
    placed: list[tuple[Path, int, Article]] = []
    domains: dict[str, Path] = {}
    files = trade_files(folder)
    if not files:
        where = folder or knowledge_folder()
        return [DataFileError(where, "", "there is no article file (*.toml) in this folder")]
    for path in files:
        try:
            trade = read_trade(path)
        except DataFileError as error:
            faults.append(error)
            continue
        placed += [(path, n, article) for n, article in enumerate(trade.article)]
        for domain in trade.domains:
            if domain in domains:
                faults.append(DataFileError(path, "domains", f"{domain!r} is served by {domains[domain].name} too"))
            domains.setdefault(domain, path)
    return faults + _between(placed, complete=not faults)


def _between(placed: list[tuple[Path, int, Article]], *, complete: bool) -> list[DataFileError]:
    """What is wrong between articles. Unknown ids are told only where every file could be read."""
    known: dict[str, Article] = {}
    replaced: dict[str, str] = {}
    faults: list[DataFileError] = []
    for path, n, a in placed:
        key = f"article[{n}] ({a.id})"
        if a.id in known:
            faults.append(DataFileError(path, f"{key}.id", f"{a.id!r} is the id of another article; choose a new one"))
        known.setdefault(a.id, a)
    for path, n, a in placed:
        key = f"article[{n}] ({a.id})"
        for name, ids in (("related", a.related), ("replaces", (a.replaces,) if a.replaces else ())):
            for other in ids:
                if complete and other not in known:
                    faults.append(DataFileError(path, f"{key}.{name}", f"there is no article {other!r}"))
        if a.id in a.related:
            faults.append(DataFileError(path, f"{key}.related", "an article can't be related to itself"))
        if a.replaces in replaced:
            what = f"{a.replaces!r} is replaced by {replaced[a.replaces]!r} already; an edition has one successor"
            faults.append(DataFileError(path, f"{key}.replaces", what))
        if a.replaces:
            replaced[a.replaces] = a.id
        if a.replaces in known:
            faults += [DataFileError(path, f"{key}.{name}", what) for name, what in _succession(a, known[a.replaces])]
    return faults + _twins(placed)


def _succession(new: Article, old: Article) -> Iterator[tuple[str, str]]:
    """What contradicts in an article and the edition that it replaces: key and sentence."""
    if (new.topic, new.applies) != (old.topic, old.applies):
        yield "replaces", f"{old.id!r} has another topic or another 'applies'; an edition keeps both"
    if new.version <= old.version:
        yield (
            "version",
            f"must be above {old.version}, the version of {old.id!r} that it replaces (found {new.version})",
        )
    if old.valid_until is None:
        yield "replaces", f"{old.id!r} has no valid_until: give it the last day before {new.valid_from}"
    elif old.valid_until >= new.valid_from:
        yield "valid_from", f"must come after {old.valid_until}, the last day of {old.id!r} (found {new.valid_from})"


def _twins(placed: list[tuple[Path, int, Article]]) -> list[DataFileError]:
    """Articles that rule the same thing for the same product on the same day, or have the same title and validity."""
    faults = []
    for (_, _, a), (path, n, b) in combinations(placed, 2):
        if a.id == b.id or not a.overlaps(b):
            continue
        key = f"article[{n}] ({b.id})"
        if (a.trade, a.topic, a.applies) == (b.trade, b.topic, b.applies):
            what = f"rules {b.topic!r} for {b.applies!r} at the same time as {a.id!r}; end one or tell them apart"
            faults.append(DataFileError(path, f"{key}.topic", what))
        elif (a.trade, a.title) == (b.trade, b.title):
            faults.append(DataFileError(path, f"{key}.title", f"is the title of {a.id!r} too"))
        elif a.steps == b.steps:
            faults.append(DataFileError(path, f"{key}.steps", f"are word for word those of {a.id!r}"))
    return faults
