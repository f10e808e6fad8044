"""The promise grammar: which words commit our side to a time, and whether that time is definite."""

from __future__ import annotations

import re

from csworkshop.text.segment import Span, clauses

_N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半]+)"
_DEFINITE = re.compile(rf"{_N}个?(?:小时|分钟|工作日|天)[之以]?内|{_N}点(?:半|钟)?[之以]?前")
_OPEN = re.compile(r"尽快|稍后|马上|第一时间")


def promises(text: str, definite: bool = True) -> list[Span]:
    """Spans of clauses of folded `text` in which our side commits itself to a definite (or an open) time."""
    pattern = _DEFINITE if definite else _OPEN
    return [(a, b) for a, b in clauses(text) if pattern.search(text[a:b])]
