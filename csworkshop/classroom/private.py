"""What stays on a trainee's own side: the secret of the tree hole and the name of his file in a lesson.

They lie in `~/.csworkshop` (or in the folder that CSWORKSHOP_PRIVATE names), readable by this account alone, and never
in the class folder. Whoever has the tree hole's secret can tell which posts are his; nobody can without it, and after
`forget()` nobody at all. All who share one account of the operating system share its secret.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from csworkshop.text.language import say

_SECRET = re.compile(r"[0-9a-f]{64}")
_SEAT = re.compile(r"[0-9a-f]{32}")


class PrivateError(Exception):
    """The private folder can't be used. The message is one sentence."""


def private_folder() -> Path:
    """Where this account's secrets lie."""
    given = os.environ.get("CSWORKSHOP_PRIVATE")
    return Path(given).expanduser() if given else Path.home() / ".csworkshop"


class Secret:
    """The tree hole's secret of one account for one class; made when it is first needed."""

    def __init__(self, class_id: str, folder: Path | None = None) -> None:
        self.path = (folder or private_folder()) / f"{class_id}.treehole"
        self._value = ""

    def token(self, purpose: str, about: str) -> str:
        """128 bits that only this secret makes for this purpose and thing; two tokens show no common maker."""
        if not self._value:
            self._value = _kept(self.path, _SECRET, lambda: secrets.token_hex(32))
        return hmac.digest(bytes.fromhex(self._value), f"{purpose}:{about}".encode(), "sha256").hex()[:32]

    def known(self) -> bool:
        """Whether there is a secret yet; without one nothing on the board is his."""
        return self.path.is_file()

    def forget(self) -> None:
        """Destroy the secret: from now on nothing ties this account to what it posted, and it can't take it back."""
        self._value = ""
        self.path.unlink(missing_ok=True)


def seat_name(class_id: str, session_id: str, folder: Path | None = None) -> str:
    """The name of this account's file in live/, which nobody can guess; the same after a restart of the kernel."""
    path = (folder or private_folder()) / f"{class_id}.seat"
    own = _kept(path, _SEAT, lambda: secrets.token_hex(16))
    return hmac.digest(bytes.fromhex(own), session_id.encode(), "sha256").hex()[:32]


def proof_of(token: str) -> str:
    """What the board keeps of a token, so that its holder can show it and nobody can make it up from the board."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _kept(path: Path, form: re.Pattern[str], make: Callable[[], str]) -> str:
    """The value in the file, made first if there is none. Two processes that begin at once get the same one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(make())
        value = path.read_text("ascii").strip()
        until = time.monotonic() + 1.0
        while not value and time.monotonic() < until:  # another process has made the file and is about to write
            time.sleep(0.01)
            value = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PrivateError(say("class.private", path=path, why=error)) from error
    if not form.fullmatch(value):
        raise PrivateError(say("class.private_form", path=path))
    return value
