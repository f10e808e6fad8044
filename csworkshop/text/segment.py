"""Cut folded text into sentences and clauses; a span is a pair of code-point offsets, end exclusive."""

from __future__ import annotations

import re

Span = tuple[int, int]

# Speech turned into text has blanks where others put commas; a blank between Hanzi ends a clause.
_HANZI = "\u3400-\u9fff"
_SENTENCE = re.compile(r"[^。！？\n…]+(?:[。！？\n…]|[”’」）])*|[。！？\n…]+")
# One dash joins the steps of a path (我的—订单), two make a pause.
_CLAUSE_END = re.compile(
    rf"(?:[，。！？；、\n…～]|——)+[”’）]*|(?<=[{_HANZI}]) +(?=[{_HANZI}\w])|(?<=\w) +(?=[{_HANZI}])"
)
_WORD = re.compile(r"[^\W_]")


def sentences(text: str) -> list[Span]:
    """Spans of the sentences in `text`, closing marks included, blank ones left out."""
    return [_trim(text, m.start(), m.end()) for m in _SENTENCE.finditer(text) if _has_word(m.group())]


def clauses(text: str) -> list[Span]:
    """Spans of the clauses in `text` without their closing marks, blank ones left out.

    A list joined by 、 is cut too: its parts are small, and rules that need the whole read the sentence.
    """
    spans: list[Span] = []
    start = 0
    for m in _CLAUSE_END.finditer(text):
        if _has_word(text[start : m.start()]):
            spans.append(_trim(text, start, m.start()))
        start = m.end()
    if _has_word(text[start:]):
        spans.append(_trim(text, start, len(text)))
    return spans


def _has_word(piece: str) -> bool:
    return bool(_WORD.search(piece))


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
