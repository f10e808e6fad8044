"""Fold the ways of typing the same Chinese sentence into one, and remember where each character stood.

Patterns and models read the folded text; people are shown marks in what they typed. `Folded.span` is the way back.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Half-width punctuation becomes its Chinese form, so a pattern needs to know one form only. Between two Latin
# letters or digits it stays: 18:30, 3,000 and addresses are no punctuation.
_WIDE = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "（", ")": "）", "~": "～"}
_SAME = {"「": "“", "」": "”", "『": "“", "』": "”", "〜": "～", "﹖": "？", "﹗": "！", "．": ".", "妳": "你"}
_KEEP_WIDE = set("，？！；：（）～。、…“”‘’—《》【】·")


@dataclass(frozen=True)
class Folded:
    """Folded text with the way back to what was typed.

    `origin[i]` is the offset in `typed` of the character that `text[i]` came from; it has one more entry than
    `text`, the end of the typed text. Offsets count code points, as Python strings do.
    """

    typed: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the typed text for the folded span [start, end)."""
        if end <= start:
            return self.origin[start], self.origin[start]
        return self.origin[start], self.origin[end - 1] + 1


def _is_latin(c: str) -> bool:
    return c.isascii() and c.isalnum()


def _fold_char(c: str) -> str:
    if c in _SAME:
        return _SAME[c]
    if c in _KEEP_WIDE:
        return c
    if c == "\u3000" or c == "\xa0" or c == "\t":
        return " "
    if unicodedata.category(c) == "Cf" and c != "\u200d":  # zero-width marks; the joiner holds emoji together
        return ""
    wide = unicodedata.normalize("NFKC", c)
    return wide if len(wide) == 1 else c


def fold(typed: str) -> Folded:
    """Fold widths, punctuation and invisible characters of `typed`; its letters, digits and words stay."""
    chars: list[str] = []
    origin: list[int] = []
    for i, c in enumerate(typed):
        folded = _fold_char(c)
        if folded:
            chars.append(folded)
            origin.append(i)
    for i, c in enumerate(chars):
        if c in _WIDE:
            before = chars[i - 1] if i else ""
            after = chars[i + 1] if i + 1 < len(chars) else ""
            if not (before and after and _is_latin(before) and _is_latin(after)):
                chars[i] = _WIDE[c]
    return Folded(typed, "".join(chars), (*origin, len(typed)))
