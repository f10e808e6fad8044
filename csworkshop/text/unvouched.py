"""Read a file that nobody vouches for: an ordinary one, through no link, not larger than it may be, without waiting."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_JUNCTION = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which only Windows has


class Unfit(Exception):
    """A file that isn't taken: `reason` is missing, link, kind, big or unreadable, or one of whoever reads on."""

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


def is_link(status: os.stat_result) -> bool:
    """A symbolic link, or on Windows a junction. Other reparse points are ordinary: OneDrive makes them of any file."""
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION


def read_unvouched(
    path: Path,
    limit: int,
    refused: Callable[[os.stat_result, os.stat_result], str],
    known: tuple[int, int, int] | None = None,
) -> Raw | None:
    """A regular file of at most `limit` bytes that is no link; Unfit otherwise, None if its stamp is `known`.

    `refused(seen, opened)` says from the file's state before and after opening what else is wrong, "" for nothing. The
    file is opened before it is judged: a network file system tells a fresh state on opening, and may tell one that is
    many seconds old on listing. Never waits on a FIFO.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        seen = os.lstat(path)
        if is_link(seen):
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
        reason = refused(seen, now) if stat.S_ISREG(now.st_mode) else "kind"
        if reason or now.st_size > limit:
            raise Unfit(reason or "big")
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
