"""Typed pseudonyms such as 〔姓名bkdwzt〕: one value, one pseudonym, and no way back without the key.

The code is cut from HMAC-SHA256 (RFC 2104) of kind and folded value. Who lacks the key cannot try out a dictionary
of names or all phone numbers; who has it can make exports that can be linked, or name a scope for ones that cannot.
Codes have consonants only: no digit that could be read as a time or an amount, no vowel that could make a word, and no
order. A pseudonym is not a plausible name or number on purpose: nobody takes it for a person's, a second run leaves it
alone, and a scan of the result finds what was missed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from csworkshop.cases.numerals import plain

KEY_VARIABLE = "CSWORKSHOP_KEY"
SHORTEST_KEY = 16  # bytes
CODE_LETTERS = "bcdfghjkmnpqrstvwxyz"
CODE_LENGTH = 6  # 20 ** 6 = 64 million codes of a kind
TAG = re.compile(rf"〔[\u4e00-\u9fffA-Z]{{1,6}}[{CODE_LETTERS}]{{{CODE_LENGTH}}}〕")
_FIGURES = frozenset({"mobile", "landline", "id_card", "bank_card", "qq", "order", "tracking", "plate", "wechat"})


class KeyFault(ValueError):
    """A key that cannot be used; the message never holds the key."""


@dataclass(frozen=True)
class Pseudonyms:
    """Makes pseudonyms with a key; `scope` keeps data sets apart that share one."""

    key: bytes = field(repr=False)
    scope: str = ""

    def code(self, kind: str, value: str, letters: int = CODE_LENGTH) -> str:
        """Letters that stand for a value of a kind."""
        number = int.from_bytes(self._digest(kind, canonical(kind, value)), "big")
        code = ""
        for _ in range(letters):
            number, place = divmod(number, len(CODE_LETTERS))
            code += CODE_LETTERS[place]
        return code

    def tag(self, kind: str, label: str, value: str) -> str:
        """The pseudonym as it stands in a text."""
        return f"〔{label}{self.code(kind, value)}〕"

    def weeks(self, person: str, most: int) -> int:
        """By how many weeks this person's dates move: from -most to most, never 0."""
        drawn = int.from_bytes(self._digest("weeks", person), "big") % (2 * most)
        return drawn - most if drawn < most else drawn - most + 1

    def _digest(self, kind: str, value: str) -> bytes:
        message = b"\0".join(part.encode("utf-8", "surrogatepass") for part in (self.scope, kind, value))
        return hmac.new(self.key, message, hashlib.sha256).digest()


@lru_cache(maxsize=1024)
def canonical(kind: str, value: str) -> str:
    """One spelling of a value, so that 138-0013-8000 and 一三八零零一三八零零零 get one pseudonym."""
    view = plain(value)
    text = view.figures if kind in _FIGURES else view.text
    text = (
        re.sub(r"[\s\-_.·•/*—–()（）、，。；:：~～+]|转|分机", "", text) if kind != "email" else text.replace(" ", "")
    )
    text = text.casefold()
    if kind in ("mobile", "landline"):
        digits = re.sub(r"\D", "", text)
        return digits[-11:] if kind == "mobile" else digits
    if kind == "email":
        return text.replace("艾特", "@").replace("点", ".")
    return text


def read_key(path: Path | None, beside: Path) -> bytes | None:
    """The key of a file or of the environment, None if neither is given.

    A key in the folder of the result would travel with it, so that is refused.
    """
    if path is None:
        key = os.environ.get(KEY_VARIABLE, "").encode("utf-8", "surrogateescape")
        where = KEY_VARIABLE
        if not key:
            return None
    else:
        where = str(path)
        if path.resolve().parent == beside.resolve():
            raise KeyFault(f"{path}: lies beside the result and would travel with it; keep the key in another folder")
        try:
            key = path.read_bytes().strip()
        except OSError as error:
            raise KeyFault(f"{path}: the key cannot be read: {error.strerror}") from None
    if len(key) < SHORTEST_KEY:
        raise KeyFault(f"{where}: a key needs at least {SHORTEST_KEY} bytes (found {len(key)}); see --new-key")
    return key


def new_key(path: Path) -> None:
    """Write a fresh key that only its owner may read; a file that is there is kept."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFault(f"{path}: is there already; a key that was used must not be overwritten") from None
    except OSError as error:
        raise KeyFault(f"{path}: cannot be written: {error.strerror}") from None
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def passing_key() -> bytes:
    """A key for one run that is kept nowhere: what comes out can be linked with nothing."""
    return secrets.token_bytes(32)
