"""Does an answer state a fact? Its words and figures near the matter; denials and contradictions are told apart.

An answer is cut into steps (lines, numbers, 首先 …) and sentences. A fact stands where all its wordings and figures
stand within two neighbouring sentences of one step whose head, or a sentence beside it, names the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from csworkshop.practice.figures import Figure, figures, same
from csworkshop.practice.questions import Fact, split_wordings
from csworkshop.text.normalise import Folded, fold
from csworkshop.text.segment import Span, clauses, sentences

Status = Literal["present", "partly", "missing", "contradicted"]

_STEP = re.compile(
    r"(?:^|(?<=[\n。！？；：]))\s*(?:(?:\d{1,2}[.、）)]|[（(]\d{1,2}[）)]|[①-⑩]|[一二三四五][、.]|第[一二三四][，,：、步件个点条]"
    r"|首先|其次|然后|再次|最后|另外|还有|再说|至于|关于|先说|接着|一是|二是|三是))"
    r"|\n"
)
_DENIED = re.compile(
    r"(?:无法|不能|不会|不可以?|[不没未别勿])[到有是能会可再给以]{0,2}$|(?:(?<!是)不是|并非|而非|没有)[^，。！？；、是]{0,6}$"
)
_FORMERLY = re.compile(r"以前|原来|之前|过去|旧版|旧规|去年|已经?(?:失效|作废|过期)|不再适用|[^，。；]{0,4}(?:的)?老规")
_BARE_QUESTION = re.compile(r"吗|呢|是不是|会不会|能不能|多久|几天|什么时候|哪")
_GAP = r"[^。！？\n]{0,8}?"
# Only these kinds contradict by themselves: 一次 and 一个 stand everywhere.
TELLING = frozenset({"minute", "workday", "month", "元", "share", "rate", "clock", "公斤", "度", "倍"})


@dataclass(frozen=True)
class Answer:
    """An answer as it is read: folded, with the spans of its steps, and of the sentences of each step."""

    folded: Folded
    steps: tuple[Span, ...]
    sentences: tuple[tuple[Span, ...], ...]
    figures: tuple[Figure, ...]  # their spans are those of the folded text

    @property
    def text(self) -> str:
        return self.folded.text


@dataclass(frozen=True)
class Stated:
    """What an answer does with a fact; `spans` are offsets into the answer as it was typed. `foreign` is the figure
    that contradicts it, where one does."""

    fact: Fact
    status: Status
    spans: tuple[Span, ...] = ()
    foreign: Figure | None = None
    said: str = ""


@lru_cache(maxsize=64)
def read_answer(typed: str, on: date) -> Answer:
    """`typed` cut into steps and sentences; its figures with days counted from `on`."""
    folded = fold(typed)
    text = folded.text
    cuts = sorted({0, *(m.start() for m in _STEP.finditer(text)), len(text)})
    pairs = [(a, b) for a, b in pairwise(cuts) if any(c.isalnum() for c in text[a:b])]
    steps = tuple(pairs) or ((0, len(text)),)
    inner = tuple(tuple((a + s, a + e) for s, e in sentences(text[a:b])) for a, b in steps)
    return Answer(folded, steps, inner, figures(text, on))


def states(answer: Answer, fact: Fact, on: date, allowed: frozenset[tuple[str, float, float]]) -> Stated:
    """Whether `answer` states `fact`. A figure of the same kind beside the matter contradicts it if it is none of
    `allowed`, the figures that the case and the articles needed give."""
    against = _contradiction(answer, fact, on)
    if against:
        return against
    found = _search(answer, fact, on)
    if found:
        return Stated(fact, "present", _typed(answer, found))
    against = _foreign(answer, fact, on, allowed)
    if against or not (fact.words and fact.figures):
        return against or Stated(fact, "missing")
    found = _search(answer, fact.model_copy(update={"words": ()}), on)  # the figure is right, the rest unsaid
    return Stated(fact, "partly", _typed(answer, found)) if found else Stated(fact, "missing")


def find(answer: Answer, wording: str, on: date) -> list[Span]:
    """Spans (folded) where one of the wordings or figures `a|b` stands, isn't denied and not told as past."""
    spans = [s for one in split_wordings((wording,)) for s in _finds(answer, one, on, 0, len(answer.text))]
    return [s for s in spans if not _set_aside(answer.text, *s)]


def _search(answer: Answer, fact: Fact, on: date) -> list[Span] | None:
    """Spans in the first place that states the fact; None if there is none."""
    for inner in answer.sentences:
        for n in range(len(inner)):
            found = _within(answer, fact, on, inner, n)
            if found:
                return found
    return None


def _within(answer: Answer, fact: Fact, on: date, inner: Sequence[Span], n: int) -> list[Span] | None:
    """Spans that state the fact in sentence `n` of a step, with the next one; None if something is lacking."""
    start, end = inner[n][0], inner[min(n + 1, len(inner) - 1)][1]
    near = [(inner[0][0], inner[0][1]), (inner[max(0, n - 1)][0], end)]
    if fact.about and not any(_has(answer, word, a, b) for word in fact.about for a, b in near):
        return None
    found: list[Span] = []
    for group in (*fact.words, *fact.figures):
        spans = [s for one in split_wordings((group,)) for s in _finds(answer, one, on, start, end)]
        if not fact.asked:
            spans = [s for s in spans if not _asked(answer.text, s)]
        if not spans:
            return None
        found.append(min(spans))
    return sorted(set(found))


def _contradiction(answer: Answer, fact: Fact, on: date) -> Stated | None:
    """Wordings or figures that the fact calls wrong, in sentences about the matter."""
    spans: list[Span] = []
    for start, end in (sentence for inner in answer.sentences for sentence in inner):
        if fact.about and not any(_has(answer, word, start, end) for word in fact.about):
            continue
        for wrong in split_wordings(fact.wrong):
            found = _finds(answer, wrong, on, start, end)
            spans += [s for s in found if not _set_aside(answer.text, *s) and not _asked(answer.text, s)]
    if not spans:
        return None
    typed = _typed(answer, sorted(spans))
    return Stated(fact, "contradicted", typed, said=answer.folded.typed[slice(*typed[0])])


def _foreign(answer: Answer, fact: Fact, on: date, allowed: frozenset[tuple[str, float, float]]) -> Stated | None:
    """A figure of the fact's kind beside the matter, which neither the case nor the articles needed give."""
    kinds = {f.kind for group in fact.figures for one in group.split("|") for f in figures(one, on)} & TELLING
    if not kinds or not fact.about:
        return None
    for inner in answer.sentences:
        for start, end in inner:
            if not any(_has(answer, word, start, end) for word in fact.about):
                continue
            for f in answer.figures:
                if not (start <= f.span[0] and f.span[1] <= end) or f.kind not in kinds or f.value in allowed:
                    continue
                if not _set_aside(answer.text, *f.span) and not _denied(answer.text, f.span[0]):
                    said = answer.folded.span(*f.span)
                    return Stated(fact, "contradicted", (said,), f, answer.folded.typed[slice(*said)])
    return None


def _finds(answer: Answer, wording: str, on: date, start: int, end: int) -> list[Span]:
    wanted = _as_figure(wording, on)
    if wanted:
        spans = [f.span for f in answer.figures if same(wanted, f) and start <= f.span[0] and f.span[1] <= end]
    else:
        spans = [m.span() for m in _pattern(wording).finditer(answer.text, start, end)]
    return [s for s in spans if not _denied(answer.text, s[0])]


def _has(answer: Answer, word: str, start: int, end: int) -> bool:
    return any(_pattern(w).search(answer.text, start, end) for w in split_wordings((word,)))


@lru_cache(maxsize=4096)
def _as_figure(wording: str, on: date) -> Figure | None:
    """The figure that the whole wording is; None for words."""
    for f in figures(wording, on):
        if f.span == (0, len(wording)):
            return f
    return None


@lru_cache(maxsize=4096)
def _pattern(wording: str) -> re.Pattern[str]:
    text = fold(wording).text.replace("您", "你")
    source = _GAP.join(re.escape(piece) for piece in text.split("…")).replace("你", "[你您]")
    return re.compile(source, re.IGNORECASE)


def _denied(text: str, start: int) -> bool:
    return bool(_DENIED.search(text[max(0, start - 9) : start]))


def _set_aside(text: str, start: int, end: int) -> bool:
    """The clause tells it as a thing of the past: 以前是30天, 现在是15天."""
    for a, b in clauses(text):
        if a <= start < b:
            return bool(_FORMERLY.search(text[a:b]))
    return False


def _asked(text: str, span: Span) -> bool:
    """The clause is a bare question, which states nothing."""
    for a, b in clauses(text):
        if a <= span[0] < b:
            return text[b : b + 1] == "？" and bool(_BARE_QUESTION.search(text[span[1] : b] or text[a:b]))
    return False


def _typed(answer: Answer, spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(answer.folded.span(a, b) for a, b in spans)
