"""Small files in a shared folder: written in one step, and read with suspicion where somebody else wrote them."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csworkshop.text.unvouched import Raw, Unfit, read_unvouched

_PATIENCE = 2.0  # seconds for which Windows may keep a file that somebody is reading


def read_small(path: Path, limit: int, known: tuple[int, int, int] | None = None) -> Raw | None:
    """A regular file of at most `limit` bytes, under one name only; Unfit otherwise, None if its stamp is `known`."""
    return read_unvouched(path, limit, lambda seen, opened: "link" if opened.st_nlink > 1 else "", known)


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
