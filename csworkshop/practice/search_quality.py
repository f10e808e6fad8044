"""How well the search finds: recall among the first three and mean reciprocal rank, on queries with known answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from csworkshop.practice.articles import Knowledge
from csworkshop.practice.pieces import Synonyms, triples
from csworkshop.practice.search import Found, Index
from csworkshop.text.datafile import DataFileError, explain, read_toml

Search = Callable[[str], list[Found]]
_FILE: TypeAdapter[dict[str, dict[str, list[tuple[str, str]]]]] = TypeAdapter(
    dict[str, dict[str, list[tuple[str, str]]]]
)
FIRST = 3  # hits that somebody reads before rewording


@dataclass(frozen=True)
class Query:
    """A query, the articles that answer it, its sort (colloquial, typo …) and its part of the file."""

    text: str
    answers: frozenset[str]
    sort: str
    part: str


@dataclass(frozen=True)
class Quality:
    """Figures of one sort of queries: how many, share with an answer among the first FIRST, mean reciprocal rank."""

    queries: int
    recall: float
    reciprocal_rank: float


def read_queries(path: Path, articles: Knowledge) -> list[Query]:
    """The queries in a file `[part] sort = [["query", "id id"], …]`; DataFileError for an unknown id."""
    data = read_toml(path)
    try:
        parts = _FILE.validate_python(data)
    except ValidationError as error:
        raise explain(path, error) from None
    found = []
    for part, sorts in parts.items():
        for sort, rows in sorts.items():
            for n, (text, ids) in enumerate(rows):
                answers = frozenset(ids.split())
                unknown = sorted(i for i in answers if i not in articles)
                if unknown or not answers:
                    what = f"there is no article {unknown[0]!r}" if unknown else "names no article"
                    raise DataFileError(path, f"{part}.{sort}[{n}]", what)
                found.append(Query(text, answers, sort, part))
    return found


def rank(query: Query, search: Search) -> int:
    """Place of the first answer among the hits, from 1; 0 if it isn't there."""
    hits = search(query.text)
    return next((n for n, hit in enumerate(hits, 1) if hit.article.id in query.answers), 0)


def quality(queries: Iterable[Query], search: Search) -> Quality:
    """The figures over `queries`."""
    ranks = [rank(query, search) for query in queries]
    if not ranks:
        return Quality(0, 0.0, 0.0)
    number = len(ranks)
    return Quality(
        number,
        sum(0 < r <= FIRST for r in ranks) / number,
        sum(1 / r for r in ranks if r) / number,
    )


def ways(articles: Knowledge, same: Synonyms) -> dict[str, Search]:
    """The search as it is, and ways of searching that it is measured beside."""
    made = {
        "pairs, characters, synonyms": Index(articles.values(), same),
        "pairs, characters": Index(articles.values()),
        "pairs, synonyms": Index(articles.values(), same, letters=False),
        "trigrams, characters, synonyms": Index(articles.values(), same, cut=triples),
        "trigrams, synonyms": Index(articles.values(), same, cut=triples, letters=False),
    }
    return {name: found.search for name, found in made.items()}
