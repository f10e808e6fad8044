"""Fold the ways of typing the same Chinese sentence into one, and remember where each character stood.

Patterns and models read the folded text; people are shown marks in what they typed. `Folded.span` is the way back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Half-width punctuation becomes its Chinese form, so a pattern needs to know one form only. Inside addresses, clock
# times, spans and thousands it stays half-width, whichever way it was typed: 18:30, 3~5, 3,000, a@b.cn.
_WIDE = {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "（", ")": "）", "~": "～"}
_NARROW = {"：": ":", "～": "~", "，": ",", "．": "."}
_SAME = {"「": "“", "」": "”", "『": "“", "』": "”", "〝": "“", "〞": "”", "〜": "～", "⋯": "…", "妳": "你"}
_KEEP_WIDE = set("，？！；：（）～。、…“”‘’—《》【】·")
_ALIKE, _WIDENED = str.maketrans(_SAME), str.maketrans(_WIDE)
# What may need more than that: nearly nothing of a reply.
_UNPLAIN = re.compile(rf"[^\u4e00-\u9fff{''.join(sorted(_KEEP_WIDE))}]")
_FIGURE = re.compile(r"[A-Za-z\d][:：~～,，．.@/-]")  # without such there is nothing to keep half-width
_BLANKS = "\t\u3000\xa0"
_LINE_ENDS = "\n\r\u2028\u2029\x85\x0b\x0c"

_HANZI = r"\u3400-\u9fff"
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[\x21-\x7e]*[A-Za-z0-9/=&#]|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.IGNORECASE
)
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4])([:：])[0-5]\d(?!\d)")
_SPAN = re.compile(r"(?<=[A-Za-z0-9])([~～])(?=[A-Za-z0-9])")
_THOUSANDS = re.compile(r"(?<![\d,，])\d{1,3}(?:[,，]\d{3})+(?![\d,，])")
_LATIN_COLON = re.compile(r"(?<=[A-Za-z0-9])(:)(?=[A-Za-z0-9])")
_POINT = re.compile(r"(?<=\d)．(?=\d)")
_FULL_STOP = re.compile(rf"(?<=[{_HANZI}”’）])\.(?![.A-Za-z0-9])")  # 好的.我查一下
_DOTS = re.compile(r"\.{2,}")
# People who put a blank around Latin words and figures (在 2 小时内) don't mean a pause by it.
_TOKEN = r"[A-Za-z0-9][A-Za-z0-9.:%/+~#_-]*(?: [A-Za-z0-9][A-Za-z0-9.:%/+~#_-]*)*"
_AIRY = re.compile(
    rf"(?<=[{_HANZI}])( +){_TOKEN}(?:( +)(?=[{_HANZI}])|(?=[，。！？；：、）”\n]|$))"
    rf"|(?:(?<=[，。！？；：、（“\n])|^)\d[\d.:~-]*( +)(?=[{_HANZI}])"
)


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


@lru_cache(maxsize=256)  # at each key press several readers fold the same reply
def fold(typed: str) -> Folded:
    """Fold widths, punctuation and invisible characters of `typed`; its letters, digits and words stay."""
    chars = list(typed.translate(_ALIKE))
    dropped = False
    for m in _UNPLAIN.finditer(typed):
        i = m.start()
        chars[i] = _fold_char(chars[i], typed[i - 1] if i else "", typed[i + 1] if i + 1 < len(typed) else "")
        dropped = dropped or not chars[i]
    origin = [i for i, c in enumerate(chars) if c] if dropped else list(range(len(chars)))
    chars = _fold_marks([chars[i] for i in origin] if dropped else chars)
    text = "".join(chars)
    if " " in text:
        kept = _without_airy_blanks(text)
        text, origin = "".join(text[i] for i in kept), [origin[i] for i in kept]
    return Folded(typed, text, (*origin, len(typed)))


def _fold_char(c: str, before: str, after: str) -> str:
    kind = unicodedata.category(c)
    if c in _KEEP_WIDE:
        return c
    if c in _BLANKS:
        return " "
    if c in _LINE_ENDS:
        return "" if c == "\r" and after == "\n" else "\n"
    if kind == "Cf":  # invisible litter, except the joiner that holds emoji together
        return c if c == "\u200d" and before and unicodedata.category(before) in ("So", "Sk", "Mn") else ""
    if kind != "No":  # ① stays ①: as 1 it would run into a figure beside it
        plain = unicodedata.normalize("NFKC", c)
        c = plain if len(plain) == 1 else c
    return _SAME.get(c, c)


def _fold_marks(chars: list[str]) -> list[str]:
    """Punctuation in one form: Chinese between words, half-width inside addresses and figures."""
    text = "".join(chars)
    half: set[int] = set()
    if _FIGURE.search(text):
        for m in _ADDRESS.finditer(text):
            half.update(range(*m.span()))
        for pattern in (_CLOCK, _SPAN, _LATIN_COLON):
            half.update(m.start(1) for m in pattern.finditer(text))
        for m in _THOUSANDS.finditer(text):
            half.update(i for i in range(*m.span()) if text[i] in ",，")
        half.update(m.start() for m in _POINT.finditer(text))
    folded = list(text.translate(_WIDENED))
    for i in half:
        folded[i] = _NARROW.get(text[i], text[i])
    if "." in text:
        for m in _FULL_STOP.finditer(text):
            folded[m.start()] = "。"
        for m in _DOTS.finditer(text):
            if not half.intersection(range(*m.span())):
                folded[m.start() : m.end()] = "…" * (m.end() - m.start())
    return folded


def _without_airy_blanks(text: str) -> list[int]:
    """Offsets of the characters that stay when the blanks set around Latin words and figures go."""
    dropped: set[int] = set()
    for m in _AIRY.finditer(text):
        for group in (1, 2, 3):
            dropped.update(range(*m.span(group)) if m[group] else ())
    return [i for i in range(len(text)) if i not in dropped]
