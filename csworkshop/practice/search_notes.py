"""What the way somebody searched tells, in sentences: found at once, overlooked, out of date, what to try instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from csworkshop.practice.articles import Knowledge
from csworkshop.practice.pieces import plain
from csworkshop.practice.searching import Behaviour, SearchLog, Way
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.language import say

SOON = 2  # queries within which an article is found straight away
WORDS = 3  # associated words that a note offers


def search_notes(how: Behaviour, log: SearchLog, base: Knowledge) -> Iterator[Bilingual]:
    """Notes on a search, first on the way to each needed article."""
    if not log.events:
        yield _told("no_log")
        return
    asked = plain(" ".join(e.query for e in log.events))
    for way in how.ways:
        yield _way(way, asked, base)
    if how.reworded:
        yield _told("reworded", number=how.reworded)
    for key, queries in (("repeated", how.repeated), ("empty", how.empty)):
        if queries:
            yield _told(key, queries="、".join(f"“{q}”" for q in queries))
    if how.irrelevant:
        yield _told("irrelevant", number=len(how.irrelevant), articles=_titles(how.irrelevant, base))
    for key, ids in (("outdated", how.outdated), ("outdated_cited", how.outdated_cited)):
        if ids:
            yield _told(key, articles=_titles(ids, base))
    if how.cited_unopened:
        yield _told("unopened", articles=_titles(how.cited_unopened, base))


def _way(way: Way, asked: str, base: Knowledge) -> Bilingual:
    """How one article was reached, with associated words that were not tried where that took long."""
    article = base[way.article]
    words = [w for w in article.keywords if plain(w) not in asked][:WORDS] or list(article.keywords[:WORDS])
    if way.queries is not None and way.queries <= SOON:
        return _told("straight", article=article.title, queries=max(1, way.queries))
    if way.queries is not None:
        return _told("roundabout", article=article.title, queries=way.queries, words="、".join(words))
    if way.overlooked:
        return _told("overlooked", article=article.title, shown=way.shown_first)
    return _told("never", article=article.title, words="、".join(words))


def _titles(ids: Iterable[str], base: Knowledge) -> str:
    return "、".join(f"《{base[i].title}》" if i in base else i for i in ids)


def _told(key: str, **values: object) -> Bilingual:
    return Bilingual(zh=say(f"searching.{key}", "zh", **values), en=say(f"searching.{key}", "en", **values))
