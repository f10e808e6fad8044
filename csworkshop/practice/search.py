"""Full-text search in the knowledge base: SQLite FTS5 in memory, Chinese cut by `pieces`, ranked by bm25.

A hit in the title or the keywords weighs more than one in the body. A word finds its synonyms: every group of them is
one more piece, in the index and in the query alike. Marks are offsets (code points) into the article's own text.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from csworkshop.practice.articles import Article, knowledge
from csworkshop.practice.pieces import Cut, Synonyms, characters, pairs, pieces, plain, synonyms
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span

COLUMNS = ("title", "asks", "keywords", "body", "letters")
WEIGHTS = (6.0, 4.0, 5.0, 1.0, 0.6)  # other weights found as much
MODULE = "fts5"
SNIPPET = 60  # characters of a snippet, about two lines in a list of hits
_HANZI_CHAR = re.compile(r"[\u3400-\u9fff]")


class SearchUnavailable(RuntimeError):
    """This Python's SQLite can't search full text. The message says so, and what to do."""


@dataclass(frozen=True)
class Marked:
    """A stretch of an article's text, and the spans in it that the query found (offsets into `text`)."""

    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True)
class Found:
    """One hit: the article, its score (higher is better), its title and its most telling line with marks."""

    article: Article
    score: float
    title: Marked
    snippet: Marked


class Index:
    """An index over articles. It may be asked from several threads."""

    def __init__(
        self, articles: Iterable[Article], same: Synonyms | None = None, *, cut: Cut = pairs, letters: bool = True
    ) -> None:
        self._letters = letters
        self._articles = list(articles)
        self._same = same or Synonyms()
        self._cut = cut
        self._lock = threading.Lock()
        self._db = _connect()
        with self._db:
            self._db.executemany(
                f"INSERT INTO articles(rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
                ((n, *self._row(a)) for n, a in enumerate(self._articles, 1)),
            )

    def __len__(self) -> int:
        return len(self._articles)

    def search(self, query: str, *, trade: str | None = None, limit: int = 10) -> list[Found]:
        """The best hits for `query`, best first; none for a query without letters or figures."""
        asked = self._same.mend(plain(query))
        wanted = self._expression(asked)
        if not wanted:
            return []
        weights = ", ".join(map(str, WEIGHTS))
        statement = (
            f"SELECT rowid, bm25(articles, {weights}) AS rank FROM articles WHERE articles MATCH ? ORDER BY rank"
        )
        with self._lock:
            rows = self._db.execute(statement, (wanted,)).fetchall()
        chosen = [(self._articles[n - 1], -rank) for n, rank in rows]
        chosen = [(a, score) for a, score in chosen if trade is None or a.trade == trade][:limit]
        needles = self._needles(asked)
        return [Found(a, score, _marked(a.title, needles), _snippet(a, needles)) for a, score in chosen]

    def associated(self, query: str, *, trade: str | None = None, number: int = 8) -> list[str]:
        """Associated keywords of the best hits that the query doesn't hold: where else to look."""
        asked = self._same.mend(plain(query))
        found: dict[str, float] = {}
        for rank, hit in enumerate(self.search(query, trade=trade, limit=5)):
            for word in hit.article.keywords:
                if plain(word) not in asked:
                    found[word] = found.get(word, 0) + 1 / (rank + 1)
        return sorted(found, key=lambda word: -found[word])[:number]

    def _row(self, a: Article) -> list[str]:
        columns = [plain(a.title), plain("\n".join(a.asks)), plain("\n".join(a.keywords)), plain(a.body)]
        letters = characters("\n".join(columns[:3]))
        return [" ".join(self._pieces(text)) for text in columns] + [" ".join(letters)]

    def _pieces(self, text: str) -> list[str]:
        return pieces(text, self._cut) + [f"§{n}" for n in self._same.within(text)]

    def _expression(self, asked: str) -> str:
        """The query in FTS5's language: any of the pieces, and less weighty any of the characters."""
        words, letters = dict.fromkeys(self._pieces(asked)), dict.fromkeys(characters(asked))
        parts = [f"{{title asks keywords body}} : ({_any(words)})"] if words else []
        parts += [f"letters : ({_any(letters)})"] if letters and self._letters else []
        return " OR ".join(parts)

    def _needles(self, asked: str) -> list[str]:
        """What is marked in a hit: pieces of the query, and the synonyms of its words; longest first."""
        found = dict.fromkeys(pieces(asked, self._cut))
        for n in self._same.within(asked):
            found |= dict.fromkeys(self._same.groups[n])
        if not any(len(word) > 1 for word in found):
            found |= dict.fromkeys(characters(asked))
        return sorted(found, key=len, reverse=True)


@lru_cache(maxsize=2)
def index(folder: Path | None = None) -> Index:
    """The index over the articles of `folder` (default: the shipped ones), made once."""
    return Index(knowledge(folder).values(), synonyms(folder))


def _connect() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    options = (*COLUMNS, "tokenize = \"unicode61 tokenchars '.%§'\"")
    try:
        db.execute(f"CREATE VIRTUAL TABLE articles USING {MODULE}({', '.join(options)})")
    except sqlite3.OperationalError as error:
        db.close()
        raise SearchUnavailable(
            f"the SQLite {sqlite3.sqlite_version} of this Python was built without full-text search (FTS5: {error}); "
            "install Python from python.org, your system's package manager or conda, which have it"
        ) from None
    return db


def _any(words: Iterable[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


def _marked(text: str, needles: list[str]) -> Marked:
    """`text` with the spans where needles stand; spans that touch are one."""
    folded = fold(text)
    small = folded.text.lower()
    found: list[Span] = []
    for needle in needles:
        start = small.find(needle) if needle else -1
        while start >= 0:
            if _whole(small, start, needle):
                found.append(folded.span(start, start + len(needle)))
            start = small.find(needle, start + 1)
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return Marked(text, tuple(merged))


def _whole(text: str, start: int, needle: str) -> bool:
    """A Latin word or number is not found inside another; 5 is not in 15."""
    before, after = text[start - 1 : start], text[start + len(needle) : start + len(needle) + 1]
    for mine, beside in ((needle[0], before), (needle[-1], after)):
        latin = beside.isascii() and beside.isalnum() and not _HANZI_CHAR.match(mine)
        if latin and mine.isdigit() == beside.isdigit():
            return False
    return True


def _snippet(article: Article, needles: list[str]) -> Marked:
    """The line of the body that holds most of the query, cut to SNIPPET characters around its marks."""
    lines = [_marked(line, needles) for line in (*article.steps, *article.limits)]
    best = max(lines, key=lambda line: sum(end - start for start, end in line.marks))
    if len(best.text) <= SNIPPET or not best.marks:
        return Marked(best.text[:SNIPPET] + ("…" if len(best.text) > SNIPPET else ""), _inside(best.marks, 0, SNIPPET))
    starts = [start for start, _ in best.marks]
    window = max(starts, key=lambda s: sum(e - b for b, e in best.marks if s <= b and e <= s + SNIPPET - 10))
    start = max(0, min(window - 10, len(best.text) - SNIPPET))
    end = start + SNIPPET
    before, after = "…" if start else "", "…" if end < len(best.text) else ""
    shift = start - len(before)
    marks = tuple((a - shift, b - shift) for a, b in _inside(best.marks, start, end))
    return Marked(before + best.text[start:end] + after, marks)


def _inside(marks: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    return tuple((max(a, start), min(b, end)) for a, b in marks if a < end and b > start)
