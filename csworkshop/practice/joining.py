"""How lines become one answer: each piece ends as a sentence, no mark stands twice, nothing begins with a comma."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLOSING = "”’」』）)】》"
_OPEN_END = "，、；：,;:—-"
_DOUBLED = (
    (re.compile(r"([。！？])[。，、；：]+"), r"\1"),  # 。。 and ！， but not ？？ and ！！, which people write
    (re.compile(r"([，、；：])[，、；：]+"), r"\1"),
    (re.compile(r"[，、；：]([。！？])"), r"\1"),
)
_START = re.compile(r"^[\s，、；：。]+")
_OPENING = re.compile(
    r"(行|好|嗯|对|哦|喔|唉|哎|诶|啊|呜|那|得|谢谢|谢了|没错|知道|可以)[吧了啊呀嗯对的么]*[，。！…,~～]"
)


def joined(pieces: Sequence[str]) -> str:
    """`pieces` as one text; a single piece keeps the end that its author gave it."""
    tidy = [t for t in (_tidied(p) for p in pieces) if t]
    return tidy[0] if len(tidy) == 1 else "".join(_ended(t) for t in tidy)


def opening_word(text: str) -> str:
    """The small word that a line begins with (行，… 嗯，…); "" if it begins with the matter."""
    m = _OPENING.match(text)
    return m[1] if m else ""


def _tidied(text: str) -> str:
    text = _START.sub("", text.strip())
    for pattern, instead in _DOUBLED:
        text = pattern.sub(instead, text)
    return text


def _ended(text: str) -> str:
    """`text` with a full stop where it ends in a letter or in the middle of a sentence."""
    text = text.rstrip(_OPEN_END) if text[-1] in "，、；：,;:" else text
    last = text.rstrip(_CLOSING)[-1:] or text[-1:]
    if last.isalnum() or last in "“‘「『（(":
        return text + "。"
    return text
