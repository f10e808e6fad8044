"""Collecting from nbgrader's exchange, where every trainee can write, without following what they put there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc

from csworkshop.grading.owners import forger
from csworkshop.grading.settings import IGNORED
from csworkshop.grading.submission import FILE_LIMIT, Unfit, read_regular, read_submission, shown, usable_name

FOLDER_LIMIT = 20 << 20
MOST_FILES = 500
DEEPEST = 8


class CollectPlainFiles(ExchangeCollect):
    """nbgrader's collector, copying only ordinary files of sane sizes.

    Stock follows symbolic links as the instructor, and one folder with an odd name, or one that is too large, ends
    the collecting for the whole class. Here what can't be copied is left out with a warning, and the class goes on.
    """

    on_progress: Callable[[int, int], None] = staticmethod(lambda done, of: None)

    def copy_files(self) -> None:
        """Stock's, one submission at a time."""
        records = self.src_records
        for number, record in enumerate(records, 1):
            self.src_records = [record]
            super().copy_files()
            self.on_progress(number, len(records))
        self.src_records = records
        if not records:
            super().copy_files()  # which says that there is nothing

    def _path_to_record(self, path: str) -> dict[str, Any]:
        nobody = {"username": "", "filename": os.path.basename(path), "timestamp": datetime.min}
        try:
            record: dict[str, Any] = super()._path_to_record(path)
            who = forger(record["username"], os.lstat(path).st_uid)
        except (ExchangeError, ValueError, OverflowError, TypeError):  # a name that `nbgrader submit` doesn't make
            return nobody
        if who:  # told here: nbgrader goes on with each trainee's newest alone, which would be this one
            name = shown(record["username"])
            self.log.warning("Not collected: %s handed this in under %s's name, which is an account here", who, name)
            return {**nobody, "forged": True}
        return record

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [record for record in self.src_records if self._fit(record)]

    def _fit(self, record: dict[str, Any]) -> bool:
        status = os.lstat(os.path.join(self.inbound_path, record["filename"]))
        if usable_name(record["username"]) and stat.S_ISDIR(status.st_mode):
            return True
        if "forged" not in record:
            self.log.warning("Not collected, no submission: %s", shown(record["filename"]))
        return False

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the ordinary files of `src`, up to the limits; what a link leads to is never read."""
        left, target = FOLDER_LIMIT, Path(dest)
        target.mkdir(parents=True)
        for name in self._names(Path(src)):
            try:
                raw = read_regular(Path(src, name), min(FILE_LIMIT, left))
            except Unfit as unfit:
                self.log.warning("Not collected (%s): %s", unfit.fault.key, shown(f"{Path(src).name}/{name}"))
                continue
            left -= len(raw)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(raw)
        if read_submission(target).timestamp is None:  # nbgrader's next collect would stumble over it
            (target / "timestamp.txt").write_text(str(parse_utc(Path(src).name.rsplit("+", 3)[2])) + " UTC", "utf-8")

    def _names(self, src: Path) -> list[str]:
        """Paths below `src`, the nearest first, with answers.json and the notebooks before what may use up limits."""
        found: list[str] = []
        for folder, inner, files in os.walk(src):
            inner[:] = [] if len(Path(folder).relative_to(src).parts) >= DEEPEST else sorted(inner)
            found += [str(Path(folder, name).relative_to(src)) for name in sorted(files)]
            found += [str(Path(folder, name).relative_to(src)) for name in inner if os.path.islink(Path(folder, name))]
            if len(found) > MOST_FILES:
                break
        wanted = ("answers.json", "timestamp.txt", "submission_secret.txt")
        found.sort(key=lambda name: (name not in wanted, not name.endswith(".ipynb")))
        return [name for name in found[:MOST_FILES] if not _ignored(name, IGNORED)]


def _ignored(name: str, patterns: Iterable[str]) -> bool:
    from fnmatch import fnmatch

    return any(fnmatch(part, pattern) for part in Path(name).parts for pattern in patterns)
