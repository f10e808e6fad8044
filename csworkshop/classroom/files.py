"""Small files in a shared folder: written in one step, and read with suspicion where somebody else wrote them."""

from __future__ import annotations

import json
import os
import secrets
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_JUNCTION = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which only Windows has
_PATIENCE = 2.0  # seconds for which Windows may keep a file that somebody is reading


class Unfit(Exception):
    """A file that isn't taken: `reason` is missing, link, kind, big, unreadable or form."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Raw:
    """A file's bytes, when it was last written (epoch seconds by the file system's clock), and its stamp.

    Two readings with the same stamp are of the same file in the same state.
    """

    data: bytes
    written: float
    stamp: tuple[int, int, int]


def read_small(path: Path, limit: int, known: tuple[int, int, int] | None = None) -> Raw | None:
    """A regular file of at most `limit` bytes, reached through no link; Unfit otherwise, None if its stamp is `known`.

    The file is opened before it is looked at: a network file system tells a fresh state on opening, and may tell one
    that is many seconds old on listing. Never waits on a FIFO.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        seen = os.lstat(path)
        if stat.S_ISLNK(seen.st_mode) or getattr(seen, "st_reparse_tag", 0) == _JUNCTION:
            raise Unfit("link")
        if not stat.S_ISREG(seen.st_mode):  # asked before opening too: opening a device can have effects
            raise Unfit("kind")
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise Unfit("missing") from None
    except (OSError, ValueError):
        raise Unfit("unreadable") from None
    with os.fdopen(handle, "rb") as file:
        now = os.fstat(file.fileno())
        if not stat.S_ISREG(now.st_mode):
            raise Unfit("kind")
        if now.st_nlink > 1:
            raise Unfit("link")
        if now.st_size > limit:
            raise Unfit("big")
        stamp = (now.st_ino, now.st_mtime_ns, now.st_size)
        if stamp == known:
            return None
        try:
            data = file.read(limit + 1)
        except OSError:
            raise Unfit("unreadable") from None
    if len(data) > limit:
        raise Unfit("big")
    return Raw(data, now.st_mtime, stamp)


def parse_object(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8; Unfit("form") for anything else, NaN and bottomless nesting included."""
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):  # includes UnicodeDecodeError and JSONDecodeError
        raise Unfit("form") from None
    if not isinstance(found, dict):
        raise Unfit("form")
    return found


def write_small(path: Path, content: Mapping[str, Any], mode: int = 0o644, *, keep: bool = False) -> None:
    """Put a JSON object in the place of the file in one step: readers see the old one or the new one, never a part.

    `mode` holds whatever the umask is. With `keep` it is on the disk before this returns; a state that is written
    anew within seconds needs no such wait.
    """
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    fresh = path.with_name(f".{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(fresh, flags, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            file.write(data.encode("utf-8", "replace"))
            if keep:
                file.flush()
                os.fsync(file.fileno())
        _replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _replace(fresh: Path, path: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            os.replace(fresh, path)
            return
        except PermissionError:  # on Windows also while somebody has the old file open
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _no_constant(name: str) -> float:
    raise ValueError(name)
