"""What a question asks for: which information of a case, of which kind, openly or not, politely or not.

An author declares each piece of information by cues: groups of words (regular expressions, blanks between the groups)
that all stand in the question, in whatever order. `<WHEN>` and its like stand for the word lists of `asking.toml`. A
question that no cue foresaw goes to the information whose topic words it has most of, or whose example questions share
most of its rarer words with it, or, if it is plainly about the wish, to the case's one wish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from csworkshop.exercises.definition import Text
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.echo import pair_weights, pairs_of, plain
from csworkshop.text.datafile import read_toml
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses, sentences

FILE = Path(__file__).with_name("asking.toml")
NEAR, AHEAD = 0.4, 0.08  # share of a question's rarer pairs that an example has, and the lead over the next one
Kind = Literal["fact", "need", "preference"]
KINDS: tuple[Kind, ...] = ("fact", "need", "preference")
_NAME = re.compile(r"(?<!\?P)<([A-Z]+)>")


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, str | list[str]]]:
    return read_toml(FILE)


def reply_to(key: str) -> str:
    """What the customer says to a question that the exercise has no words for."""
    return str(_file()["replies"][key])


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with its <NAMES> filled in; ValueError says what is wrong with it."""
    lexicon = _file()["lexicon"]

    def words(m: re.Match[str]) -> str:
        if m[1] not in lexicon:
            raise ValueError(f"<{m[1]}> is no word list; there are: {', '.join(lexicon)}")
        return f"(?:{lexicon[m[1]]})"

    for _ in range(2):  # a list may name another
        pattern = _NAME.sub(words, pattern)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no pattern: {error}") from None


def _is_cue(cue: str) -> str:
    for group in cue.split(" "):
        compiled(group)
    return cue


Cue = Annotated[str, Field(min_length=1), AfterValidator(_is_cue)]


class Information(BaseModel):
    """One thing to be asked: its kind, how it is asked (cues, examples), what the customer answers.

    `topics` are words that point to it where no cue was met: the thing with most of them is meant.

    `look` leads there whoever has not asked for it. `weight` is relative to the other things.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9]{1,12}$")
    kind: Kind
    name: Bilingual
    asked: tuple[Cue, ...] = Field(min_length=1)
    unless: tuple[Cue, ...] = ()
    topics: tuple[Cue, ...] = ()
    examples: tuple[Text, ...] = Field(min_length=2)
    answer: Text
    look: Text
    weight: float = Field(default=1, gt=0, le=5)


class Said(BaseModel):
    """What need not be asked, since it was said or can be seen (`where`), or must not be asked (`why`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9]{1,12}$")
    asked: tuple[Cue, ...] = Field(min_length=1)
    unless: tuple[Cue, ...] = ()
    why: Text
    answer: str = ""


@dataclass(frozen=True)
class Question:
    """A question as it was understood: the ids of what it asks for, what it repeats, what it must not ask."""

    text: str
    asks: bool
    open: bool
    kind: Kind | None
    gets: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    presumes: str = ""
    talks_back: bool = False
    secret: bool = False


def understood(
    text: str, wanted: Sequence[Information], known: Sequence[Said] = (), never: Sequence[Said] = ()
) -> Question:
    """The question `text` as it is read; what isn't a question asks for nothing."""
    asking = [s for s in _sentences(text) if _any("question", s)]
    back, secret = (_any(key, fold(text).text) for key in ("talks_back", "secret"))
    if not asking:
        return Question(text, False, False, None, presumes=_presumed(text), talks_back=back, secret=secret)
    forbidden = tuple(s.id for s in never if any(_hit(s.asked, s.unless, q) for q in asking))
    gets = () if forbidden else _asked_for(asking, wanted, [*known, *never])
    confirms = any(_any("confirms", q) for q in asking)
    repeats = () if gets or confirms else tuple(s.id for s in known if any(_hit(s.asked, s.unless, q) for q in asking))
    kinds = [i.kind for i in wanted if i.id in gets]
    kind = min(kinds, key=KINDS.index) if kinds else None if repeats else _general(asking)
    opens = _any("open", fold(text).text) or _open(asking)
    return Question(text, True, opens, kind, gets, repeats, forbidden, _presumed(text), back, secret)


def _sentences(text: str) -> list[str]:
    folded = fold(text).text
    return [folded[a:b] for a, b in sentences(folded)]


def _any(key: str, text: str) -> bool:
    return any(compiled(p).search(text) for p in _file()["form"][key])


def _hit(asked: Iterable[str], unless: Iterable[str], text: str) -> bool:
    def all_of(cue: str) -> bool:
        return all(compiled(group).search(text) for group in cue.split(" "))

    return any(all_of(c) for c in asked) and not any(all_of(c) for c in unless)


def _asked_for(asking: list[str], wanted: Sequence[Information], said: Sequence[Said]) -> tuple[str, ...]:
    found = {i for q in asking for i in _by_cue(q, wanted)}
    whole = "".join(asking)
    if not found and len(asking) > 1:  # the topic in one sentence, the question in the next
        found = _by_cue(whole, wanted)
    if found or any(_hit(s.asked, s.unless, q) for s in said for q in asking):
        return tuple(i.id for i in wanted if i.id in found)
    left = [i for i in wanted if not _hit(i.unless, (), whole)]
    found = _by_topic(whole, left)
    if not found and (near := _nearest(whole, left)):
        found = {near}
    if not found and (kind := _general(asking)) and sum(i.kind == kind for i in wanted) == 1:
        found = {i.id for i in left if i.kind == kind}
    return tuple(i.id for i in wanted if i.id in found)


def _nearest(question: str, wanted: Sequence[Information]) -> str:
    """The information whose examples share most with the question; "" where that is too little or not clear."""
    weights = pair_weights()

    def share(example: str) -> float:
        both = pairs & pairs_of(plain(fold(example).text))
        return sum(weights.get(p, 1.0) for p in both) / whole if len(both) > 1 else 0.0

    pairs = pairs_of(plain(question))
    whole = sum(weights.get(p, 1.0) for p in pairs)
    if not whole or not wanted:
        return ""
    rows = sorted(((max(map(share, i.examples)), i.id) for i in wanted), reverse=True)
    first, second = rows[0], rows[1] if len(rows) > 1 else (0.0, "")
    return first[1] if first[0] >= NEAR and first[0] - second[0] >= AHEAD else ""


def _by_cue(question: str, wanted: Sequence[Information]) -> set[str]:
    """The information whose cues one sentence meets; where it asks one thing only, the one with most topic words."""
    found = [i for i in wanted if _hit(i.asked, i.unless, question)]
    asked = sum(_any("question", question[a:b]) for a, b in clauses(question))
    if len(found) < 2 or asked > 1:
        return {i.id for i in found}
    counts = {i.id: sum(bool(compiled(t).search(question)) for t in i.topics) for i in found}
    return {i for i, count in counts.items() if count == max(counts.values())}


def _by_topic(question: str, wanted: Sequence[Information]) -> set[str]:
    """The information that most topic words point to; none where two are pointed to alike."""
    counts = {i.id: sum(bool(compiled(t).search(question)) for t in i.topics) for i in wanted}
    most = max(counts.values(), default=0)
    best = [i for i, count in counts.items() if count == most]
    return set(best) if most and len(best) == 1 else set()


def _general(asking: list[str]) -> Kind | None:
    """The kind of a question by its words alone; None where they don't tell."""
    kinds: tuple[Kind, ...] = ("preference", "need")
    return next((k for k in kinds if any(compiled(p).search(q) for p in _file()["type"][k] for q in asking)), None)


def _open(asking: list[str]) -> bool:
    """Whether the customer may answer in words of their own: no yes or no, no choice of two."""
    return _any("wh", "".join(asking)) and not all(_any("closed", q) for q in asking)


def _presumed(text: str) -> str:
    """The words that take an answer, mostly the customer's fault, for granted; "" where there are none."""
    folded = fold(text)
    for pattern in _file()["form"]["presumes"]:
        if m := compiled(pattern).search(folded.text):
            start, end = folded.span(m.start(), m.end())
            return text[start:end]
    return ""
