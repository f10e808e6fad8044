"""A text as a word list cuts it (rjieba, without guessing): unknown words fall into single characters."""

from __future__ import annotations

from functools import lru_cache
from math import log

import rjieba


class Cut:
    """The words of a text: `words` are (start, end, tag), `at[i]` is the number of the word of character i."""

    def __init__(self, text: str) -> None:
        self.words: list[tuple[int, int, str]] = []
        self.at: list[int] = []
        place = 0
        for word, tag in rjieba.tag(text, False):
            self.at += [len(self.words)] * len(word)
            self.words.append((place, place + len(word), tag))
            place += len(word)

    def starts(self, i: int) -> bool:
        """Whether a word begins at character i, or the text ends there."""
        return i >= len(self.at) or self.words[self.at[i]][0] == i

    def word(self, i: int) -> tuple[int, int, str]:
        """The word that character i belongs to."""
        return self.words[self.at[i]]

    def tag(self, i: int) -> str:
        """The tag of the word that character i belongs to."""
        return self.words[self.at[i]][2]


_LIST = rjieba.Jieba()


@lru_cache(maxsize=4096)
def commonness(word: str) -> float:
    """Natural logarithm of how often the word list counted a word: 江洋 1.6, 小麦 7.4, 明白 9.3."""
    return log(1 + _LIST.suggest_freq(word))


@lru_cache(maxsize=8)  # names and addresses read the same text one after the other
def cut(text: str) -> Cut:
    """`text` cut into words."""
    return Cut(text)
