"""A class folder: what lies where in it, and who may read and write what.

    class1/               the class; trainees may enter and read, only the instructor may write
      class.json          its id and title
      session.json        what the instructor shows now
      live/               one small file per trainee, each written by its owner alone
      board/              the tree hole: board.db, which everybody writes in place, and moderation.json, which only
                          the instructor writes
      instructor/         closed to everybody else

On a system with several accounts this rests on file permissions alone. `live/` may be entered and added to, but not
listed, and nobody can remove another's file (mode 1733); names in it can't be guessed. The board's two files exist from
the beginning and belong to the instructor, so that whoever writes in them leaves no file of his own behind. On Windows
and on drives without such permissions everybody can do everything; the kit says so when the class is made.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.classroom.board_file import make_board
from csworkshop.classroom.files import parse_object, read_small, write_small
from csworkshop.classroom.records import SCHEMA, SEAT_LIMIT, SESSION_LIMIT, Session, as_json, plain, read_session
from csworkshop.text.language import say
from csworkshop.text.unvouched import Raw, Unfit

CLASS = "class.json"
SESSION = "session.json"
LIVE = "live"
BOARD = "board"
INSTRUCTOR = "instructor"
MOST_SEATS = 500  # files in live/ that are looked at; a class has forty
_ID = re.compile(r"[a-z0-9]{16,64}")


class ClassError(Exception):
    """The class folder can't be used. The message is one sentence."""


@dataclass(frozen=True)
class Class:
    """A class folder that exists. Objects are cheap and hold nothing open."""

    folder: Path
    id: str
    title: str

    @classmethod
    def create(cls, folder: Path | str, title: str = "", group: str | None = None) -> Class:
        """Make the folder, or bring an existing class's permissions in order; what is in it stays.

        With `group` only members of that group of the operating system get in, else everybody who can reach the
        folder. ClassError if it can't be made.
        """
        root = Path(folder).expanduser().resolve()
        try:
            root.mkdir(parents=True, exist_ok=True)
            if not (root / CLASS).exists():
                if any(root.iterdir()):
                    raise ClassError(say("class.not_empty", folder=root))
                about = {"schema": SCHEMA, "id": secrets.token_hex(12), "title": plain(title or root.name, 80)}
                write_small(root / CLASS, about, keep=True)
            for name in (LIVE, BOARD, INSTRUCTOR):
                (root / name).mkdir(exist_ok=True)
            make_board(root / BOARD)
            _permit(root, group)
        except OSError as error:
            raise ClassError(f"{error.filename or root}: {error.strerror or error}") from error
        return cls.open(root)

    @classmethod
    def open(cls, folder: Path | str) -> Class:
        """The class in `folder`; ClassError if there is none or it can't be read."""
        root = Path(folder).expanduser().resolve()
        try:
            raw = read_small(root / CLASS, 4096)
            about: dict[str, Any] = parse_object(raw.data) if raw else {}
        except Unfit as unfit:
            raise ClassError(say(f"class.{unfit.reason}", folder=root)) from None
        name, title = about.get("id"), about.get("title")
        if about.get("schema") != SCHEMA or not isinstance(name, str) or not _ID.fullmatch(name):
            raise ClassError(say("class.form", folder=root))
        return cls(root, name, plain(title, 80) if isinstance(title, str) else root.name)

    @property
    def live(self) -> Path:
        return self.folder / LIVE

    @property
    def board(self) -> Path:
        return self.folder / BOARD

    @property
    def instructor(self) -> Path:
        return self.folder / INSTRUCTOR

    def is_instructor(self) -> bool:
        """Whether this account may write what only the instructor writes."""
        return os.access(self.instructor, os.W_OK | os.X_OK) and os.access(self.folder, os.W_OK)

    def permissions_hold(self) -> bool:
        """Whether the system and the drive keep the permissions that were set."""
        if os.name != "posix":
            return False
        closed = stat.S_IMODE(self.instructor.stat().st_mode) == 0o700
        return closed and not stat.S_IMODE(self.live.stat().st_mode) & 0o004

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """While one of the instructor's windows changes what another may be changing. ClassError if it takes long."""
        from filelock import FileLock, Timeout

        if not self.is_instructor():
            raise ClassError(say("class.not_instructor", folder=self.folder))
        try:
            with FileLock(self.instructor / ".lock", timeout=10):
                yield
        except Timeout:
            raise ClassError(say("class.locked", folder=self.folder)) from None

    def session(self) -> Session | None:
        """The lesson that is on, or the last one; None before the first. ClassError if its file can't be read."""
        try:
            raw = read_small(self.folder / SESSION, SESSION_LIMIT)
            return read_session(raw.data) if raw else None
        except Unfit as unfit:
            if unfit.reason == "missing":
                return None
            raise ClassError(say("class.session_form", folder=self.folder)) from None

    def write_session(self, session: Session) -> None:
        """Show the class this; ClassError for whoever isn't the instructor."""
        if not self.is_instructor():
            raise ClassError(say("class.not_instructor", folder=self.folder))
        try:
            write_small(self.folder / SESSION, as_json(session), keep=True)
        except OSError as error:
            raise ClassError(f"{error.filename or self.folder}: {error.strerror or error}") from error

    def erase_live(self) -> int:
        """Delete every trainee's file; how many there were. For the instructor, when a lesson is over."""
        if not self.is_instructor():
            raise ClassError(say("class.not_instructor", folder=self.folder))
        names = [entry.path for entry in os.scandir(self.live) if not entry.is_dir(follow_symlinks=False)]
        for name in names:
            Path(name).unlink(missing_ok=True)
        return len(names)


@dataclass(frozen=True)
class Found:
    """A file in live/: its name without ending, and its bytes or why they weren't taken."""

    name: str
    raw: Raw | None
    reason: str = ""


class Scan:
    """Reads live/ again and again; a file that has not changed is opened but not read anew. For one thread."""

    def __init__(self, live: Path) -> None:
        self.live = live
        self._known: dict[str, Found] = {}

    def read(self) -> list[Found]:
        """The files as they stand, in the order of their names; more than MOST_SEATS are left out."""
        try:
            names = sorted(n for n in os.listdir(self.live) if n.endswith(".json") and not n.startswith("."))
        except OSError as error:
            raise ClassError(say("class.live_closed", folder=self.live)) from error
        found: dict[str, Found] = {}
        for name in names[:MOST_SEATS]:
            known = self._known.get(name)
            try:
                raw = read_small(self.live / name, SEAT_LIMIT, known.raw.stamp if known and known.raw else None)
                found[name] = Found(name[:-5], raw) if raw or not known else known
            except Unfit as unfit:
                if unfit.reason != "missing":  # taken away between listing and reading
                    found[name] = Found(name[:-5], None, unfit.reason)
        self._known = found
        return list(found.values())


def _permit(root: Path, group: str | None) -> None:
    """Set the permissions that the module's docstring tells."""
    if group is not None:
        try:
            for path in (root, root / LIVE, root / BOARD, *_files(root)):
                shutil.chown(path, group=group)
        except (LookupError, AttributeError):
            raise ClassError(say("class.no_group", group=group)) from None
    enter, write = (0o2750, 0o660) if group is not None else (0o755, 0o666)
    modes = {
        root: enter,
        root / LIVE: 0o3730 if group is not None else 0o1733,
        root / BOARD: enter,
        root / INSTRUCTOR: 0o700,
        **{path: write for path in _files(root)},
    }
    for path, mode in modes.items():
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)


def _files(root: Path) -> list[Path]:
    from csworkshop.classroom.board_file import DATABASE, JOURNAL

    return [root / BOARD / DATABASE, root / BOARD / JOURNAL]
