"""Ideas that a text must hold, declared with the wordings that count, and whether a text is its writer's own.

A wording is made of parts: parts divided by blanks must all stand in one sentence, `|` divides ways to say one part.
`先|第一步 道歉|认错` is held by 第一步要认错. Texts are compared folded, with numerals as digits and persons alike
(`csworkshop.techniques.echo.plain`), so 三号 and 3号 are one wording.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from csworkshop.exercises.definition import Text
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.credible import credible
from csworkshop.techniques.echo import plain
from csworkshop.techniques.sincere import insincere
from csworkshop.text.language import LANGUAGES, say
from csworkshop.text.normalise import fold
from csworkshop.text.segment import sentences

RUN = 7  # letters in a row that two texts share by copying, not by chance
COPIED = 0.6  # share of a text's letters in such runs from which on it isn't its writer's own
LONGEST_QUOTE = 60

# A part right behind one of these is denied: 不要先道歉 doesn't say to apologise first.
_DENIED = re.compile(r"(?:不必|不用|无需|无须|不要|不该|没有|没能|没|别|未|不)(?:再|去|能|会)?$")
_WEEKDAY = re.compile(r"((?:周|星期|礼拜)[一二三四五六])(?=[\d零一二三四五六七八九十])")
_DENIES = re.compile(r"^(?:不|没|别|未|无)")


class Idea(BaseModel):
    """Something that a text must say. `says` names it, `words` are accepted wordings, `look` leads whoever lacks it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    says: Text
    words: tuple[Text, ...] = Field(min_length=1, max_length=12)
    look: Text


def said(text: str, idea: Idea) -> str:
    """The words of `text` that hold the idea, as typed; "" where there are none."""
    folded = fold(text)
    for start, end in sentences(folded.text):
        forms = _forms(folded.text[start:end])
        if any(_holds(forms, wording) for wording in _wordings(idea.words)):
            a, b = folded.span(start, end)
            quote = text[a:b].strip()
            return quote if len(quote) <= LONGEST_QUOTE else quote[: LONGEST_QUOTE - 1] + "…"
    return ""


Forms = tuple[str, str]


def _forms(text: str) -> Forms:
    """A folded text as it is compared: with numerals as digits, and as they are. In 周五24点 the five is no 524."""
    return plain(_WEEKDAY.sub(r"\1，", text)), text.lower().replace("您", "你")


@lru_cache(maxsize=512)
def _wordings(words: tuple[str, ...]) -> tuple[tuple[tuple[Forms, ...], ...], ...]:
    """Per wording its parts, per part the ways to say it, each in both forms."""
    return tuple(
        tuple(tuple(_forms(fold(way).text) for way in part.split("|") if way) for part in wording.split())
        for wording in words
    )


def _holds(sentence: Forms, wording: tuple[tuple[Forms, ...], ...]) -> bool:
    """All parts stand in the sentence, and not denied, unless the wording itself denies: 别 手动退."""
    denies = any(_DENIES.match(way) for part in wording for way, _ in part)
    return all(
        any(_found(text, way, denies) for forms in part for text, way in zip(sentence, forms, strict=True))
        for part in wording
    )


def _found(sentence: str, way: str, denies: bool) -> bool:
    at = sentence.find(way)
    while at >= 0:
        if _whole(sentence, at, way) and (denies or not _DENIED.search(sentence[:at])):
            return True
        at = sentence.find(way, at + 1)
    return False


def _whole(sentence: str, at: int, way: str) -> bool:
    """A number is no part of a longer one: 8点 doesn't stand in 18点."""
    before, after = sentence[at - 1 : at], sentence[at + len(way) : at + len(way) + 1]
    return not (way[0].isdigit() and before.isdigit()) and not (way[-1].isdigit() and after.isdigit())


def letters(text: str) -> str:
    """Only what carries words, as texts are compared."""
    return "".join(c for c in plain(fold(text).text) if c.isalnum())


def shared_share(text: str, other: str, run: int = RUN) -> float:
    """Share of the letters of `text` that stand in `other` too, in runs of `run` letters or more."""
    mine, theirs = letters(text), letters(other)
    if not mine:
        return 0.0
    taken = [False] * len(mine)
    for i in range(len(mine) - run + 1):
        if mine[i : i + run] in theirs:
            taken[i : i + run] = [True] * run
    return sum(taken) / len(mine)


def alike(a: str, b: str) -> float:
    """How much of the shorter of two texts stands in the other in the same order, 0..1, short coincidences aside."""
    one, two = letters(a), letters(b)
    if not one or not two:
        return 0.0
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= 3) / min(len(one), len(two))


def not_own(text: str, given: Sequence[str], least: int, most: int) -> Bilingual | None:
    """Why `text` is no text of the trainee's that could be read for ideas; None where it is.

    `given` is what stands on the screen, and `least` and `most` are the numbers of characters that it may have.
    """
    if trouble := _wrong_size(text, least, most):
        return trouble
    if not credible(text, terse=True):
        return Bilingual(
            zh="这是一串词，还不是句子。写成别人照着能做的话：什么情况下，先做什么，再做什么。",
            en="These are words in a row. Write sentences that a colleague could act on: when, what first, what next.",
        )
    if why := insincere(text):
        zh, en = (say(f"marks.refused_{why}", lang, limit=most) for lang in LANGUAGES)
        return Bilingual(zh=zh, en=en)
    if shared_share(text, "\n".join(given)) >= COPIED:
        return Bilingual(
            zh="大半是从上面抄来的。用自己的话写，写给没看过这次会话的同事。",
            en="Most of it is copied from above. Use your own words, for a colleague who hasn't seen the case.",
        )
    return None


def _wrong_size(text: str, least: int, most: int) -> Bilingual | None:
    size = len(letters(text))
    if not size:
        return Bilingual(zh="这里还没有写。", en="Nothing written here yet.")
    if size < least:
        return Bilingual(
            zh=f"只写了 {size} 个字，看不出想法。至少写 {least} 个字，用完整的句子。",
            en=f"{size} characters show no thought. Write at least {least}, in whole sentences.",
        )
    if len(text) > most:
        return Bilingual(
            zh=f"写了 {len(text)} 个字，最多 {most} 个。挑要紧的写，什么都写等于没有重点。",
            en=f"{len(text)} characters, at most {most}. Choose what matters: all of it is no point at all.",
        )
    return None
