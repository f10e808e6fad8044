"""How text is cut so that a full-text index finds Chinese: pairs of characters, Latin words, model numbers.

SQLite knows words by the blanks between them; Chinese has none. So every text is cut here, the same way when it is
indexed and when it is asked for, and SQLite gets pieces with blanks between. On 105 queries that nothing was tuned on,
pairs of characters with single characters beside them found an answer among the first three hits for 90 % (0.905),
words of a segmenter (rjieba) for as many, and rows of three, as SQLite's trigram tokenizer cuts, for 50 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from csworkshop.practice.articles import Text, knowledge_folder
from csworkshop.text.datafile import DataFileError, read_as
from csworkshop.text.normalise import fold

Cut = Callable[[str], list[str]]  # a run of Hanzi -> its pieces

_HANZI = re.compile(r"[\u3400-\u9fff]+")
# F-680, SAML 403 and 6.2.0 are one name each, however the parts are joined.
_LATIN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*%?(?:[-_ ][a-z0-9]+(?:\.[0-9]+)*%?)*")
_PART = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)*%?")
# Characters that carry no subject; alone they find anything.
_EMPTY = frozenset(
    "的了吗呢吧啊哦我你您他她它们这那个是在有就都也还要会能不没怎么什多少几和跟把被给到说想让请好一下上里"
)


def plain(text: str) -> str:
    """`text` as it is compared: folded, Latin letters small."""
    return fold(text).text.lower()


def pairs(run: str) -> list[str]:
    """Pairs of neighbouring characters; a character alone stands for itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def triples(run: str) -> list[str]:
    """Rows of three characters, as SQLite's own trigram tokenizer cuts; for comparison."""
    return [run[i : i + 3] for i in range(len(run) - 2)]


def pieces(text: str, cut: Cut = pairs) -> list[str]:
    """Pieces of `plain` text: Hanzi as `cut` cuts them, Latin words and numbers whole and in parts."""
    found = [piece for run in _HANZI.findall(text) for piece in cut(run)]
    for m in _LATIN.finditer(text):
        parts = _PART.findall(m[0])
        found += parts
        if len(parts) > 1:
            found.append("".join(parts))
            found += [a + b for a, b in pairwise(parts) if len(parts) > 2]
    return found


def characters(text: str) -> list[str]:
    """Single Hanzi of `plain` text that carry a subject."""
    return [c for run in _HANZI.findall(text) for c in run if c not in _EMPTY]


class Group(BaseModel):
    """Words that mean the same to somebody who searches."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: tuple[Text, ...] = Field(min_length=2)


class SynonymFile(BaseModel):
    """`synonyms.toml`: groups of words, and slips of the pen with what was meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    same: tuple[Group, ...] = ()
    slips: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Synonyms:
    """Groups of `plain` words, and slips in `plain` form."""

    groups: tuple[tuple[str, ...], ...] = ()
    slips: tuple[tuple[str, str], ...] = ()

    def mend(self, text: str) -> str:
        """`plain` text with its slips of the pen put right."""
        for slip, meant in self.slips:
            text = text.replace(slip, meant)
        return text

    def within(self, text: str) -> list[int]:
        """Numbers of the groups that `plain` text has a word of."""
        return [n for n, words in enumerate(self.groups) if any(word in text for word in words)]


@lru_cache(maxsize=4)
def synonyms(folder: Path | None = None) -> Synonyms:
    """The synonyms in `folder` (default: the shipped ones); none if the folder has no `synonyms.toml`."""
    path = (folder or knowledge_folder()) / "synonyms.toml"
    if folder is not None and not path.exists():
        return Synonyms()
    read = read_as(path, SynonymFile)
    for slip, meant in read.slips.items():
        if slip in meant:
            raise DataFileError(path, f"slips.{slip}", f"{meant!r} has the slip in it; it would be mended for ever")
    groups = tuple(tuple(dict.fromkeys(plain(word) for word in g.words)) for g in read.same)
    return Synonyms(groups, tuple((plain(slip), plain(meant)) for slip, meant in read.slips.items()))
