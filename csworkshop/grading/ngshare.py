"""nbgrader's exchange where people share no file system: the service ngshare, as on Kubernetes.

Needs ngshare_exchange, which asks for a Jupyter of 2022 and is therefore installed with `pip install --no-deps`.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from csworkshop.grading.exchange import DEEPEST, FOLDER_LIMIT, MOST_FILES
from csworkshop.grading.submission import FILE_LIMIT, shown


def use_ngshare(config: Any, url: str | None = None) -> None:
    """Let assignments travel through ngshare; for course_settings.py: `use_ngshare(c)`.

    `url` is ngshare's address; the default is CSWORKSHOP_NGSHARE_URL, else where it is in a Zero to JupyterHub cluster.
    """
    from ngshare_exchange import ExchangeCollect, configureExchange

    configureExchange(config, url or os.environ.get("CSWORKSHOP_NGSHARE_URL"))

    class CollectDecodedFiles(ExchangeCollect):
        """ngshare's collector, which would write a file wherever its name says, `../` included."""

        checks_paths = True

        def do_copy(self, src: Any, dest: str) -> None:
            for name in write_files(src, Path(dest)):
                self.log.warning("Not collected: %s", shown(name))

    config.ExchangeFactory.collect = CollectDecodedFiles


def write_files(files: Iterable[dict[str, Any]], folder: Path) -> list[str]:
    """Write what a trainee handed in, `{"path", "content"}` in base64, below `folder`; returns names left out.

    Left out is what has no place there, what is too large, and what comes after too much; the answers come first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(
        files, key=lambda f: (str(f.get("path")) not in ("answers.json", "timestamp.txt"), str(f.get("path")))
    )
    left, refused = FOLDER_LIMIT, [str(f.get("path")) for f in found[MOST_FILES:]]
    for file in found[:MOST_FILES]:
        name = str(file.get("path"))
        try:
            raw = base64.b64decode(file["content"])
        except (KeyError, TypeError, ValueError, binascii.Error):
            refused.append(name)
            continue
        place = _place(name, folder) if isinstance(file.get("path"), str) else None
        if place is None or len(raw) > min(FILE_LIMIT, left):
            refused.append(name)
            continue
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(raw)
        except OSError:  # a name too long, or one that is a folder's, too
            refused.append(name)
            continue
        left -= len(raw)
    return refused


def _place(name: str, folder: Path) -> Path | None:
    """Where a file of that name belongs; None if nowhere below `folder`."""
    path = PurePosixPath(name)
    odd = path.is_absolute() or ".." in path.parts or not path.name or "\0" in name or "\\" in name
    if odd or len(path.parts) > DEEPEST or os.path.splitdrive(name)[0]:
        return None
    return folder / path
