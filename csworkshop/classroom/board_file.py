"""The tree hole's file: SQLite, written by many at once, in which nothing tells who wrote what, or when.

What could tell, and what is done about it:

- **Rows in the order of their arrival.** There are no row numbers (WITHOUT ROWID) and keys are random. SQLite still
  puts new rows into the free part of a page, so the places of the bytes would tell the order; after every change the
  whole file is laid out anew in the order of its keys (VACUUM), before anybody else can read it.
- **Deleted words.** Freed bytes are overwritten (secure_delete), the file is laid out anew, temporary copies stay in
  memory. The rollback journal is emptied after every change. Copies in backups or in the file system's own journal are
  beyond this.
- **Owners of files.** File and journal exist from the beginning and stay in place, so they belong to the instructor,
  whoever writes. (A write-ahead log would be a file of the writer's, would hold words in the order of their arrival,
  and doesn't work on network drives; hence the rollback journal, whose locks do work there.)
- **The file's time.** Every reading sets it as a writing does, so it tells when somebody looked, no more.
- **Times in rows.** There is none but the half-day.

Whoever watches file and room at the same moment can still guess. Locks are waited for, and tried anew, for `PATIENCE`
seconds. A file that others can write is read with suspicion: its tables must be ours to the letter.
"""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from csworkshop.text.language import say

DATABASE = "board.db"
JOURNAL = "board.db-journal"
PATIENCE = 30.0  # seconds that a writer waits for its turn
LARGEST = 64 << 20  # bytes; a board of ten thousand posts has ten million
KINDS = ("helpful", "same", "report")
TABLES = {
    "post": "CREATE TABLE post (id TEXT PRIMARY KEY, topic TEXT NOT NULL, body TEXT NOT NULL, half_day TEXT NOT NULL,"
    " own TEXT NOT NULL) WITHOUT ROWID",
    "answer": "CREATE TABLE answer (id TEXT PRIMARY KEY, post TEXT NOT NULL, role TEXT NOT NULL, body TEXT NOT NULL,"
    " half_day TEXT NOT NULL, own TEXT NOT NULL) WITHOUT ROWID",
    "mark": "CREATE TABLE mark (about TEXT NOT NULL, kind TEXT NOT NULL, token TEXT NOT NULL,"
    " PRIMARY KEY (about, kind, token)) WITHOUT ROWID",
}
_T = TypeVar("_T")


class BoardError(Exception):
    """The board can't be read or written. The message is one sentence; what was to be written is not in the file."""


def make_board(folder: Path) -> None:
    """Make the two files in `folder`, unless they are there."""
    path, journal = folder / DATABASE, folder / JOURNAL
    for file in (path, journal):
        if not file.exists():
            file.touch()
    if path.stat().st_size == 0:
        with contextlib.closing(_connect(path, PATIENCE)) as db:
            db.execute("BEGIN EXCLUSIVE")
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in TABLES.values():
                    db.execute(statement)
            db.execute("COMMIT")


def read(path: Path, work: Callable[[sqlite3.Connection], _T]) -> _T:
    """What `work` reads in one state of the board."""
    _usable(path)
    with contextlib.suppress(OSError):  # cover for writers; a drive that is only readable has none to cover
        os.utime(path)
        os.utime(path.with_name(JOURNAL))
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with contextlib.closing(_connect(path, PATIENCE / 3)) as db:
                db.execute("BEGIN")
                _ours(db)
                return work(db)
        except sqlite3.Error as error:
            _again_or_raise(error, until)


def change(path: Path, work: Callable[[sqlite3.Connection], _T], shuffle: random.Random | None = None) -> _T:
    """Do `work` alone on the board, in one transaction, and lay the file out anew before anybody else can look.

    Exceptions of `work` leave the board as it was. `shuffle` makes the waits between tries.
    """
    _usable(path)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with contextlib.closing(_connect(path, 2.0)) as db, _alone(db):
                _ours(db)
                done = work(db)
                db.execute("COMMIT")  # the lock stays until the connection is closed
                with contextlib.suppress(sqlite3.OperationalError):  # disk full: it stands; the next change lays it out
                    db.execute("VACUUM")
                return done
        except sqlite3.Error as error:
            _again_or_raise(error, until)
            time.sleep((shuffle or random).uniform(0.01, 0.1))


def remove(db: sqlite3.Connection, key: str) -> None:
    """Delete a post with its answers, or an answer, and all marks on them."""
    keys = [key, *(row[0] for row in db.execute("SELECT id FROM answer WHERE post = ?", (key,)).fetchall())]
    for one in keys:
        db.execute("DELETE FROM mark WHERE about = ?", (one,))
        db.execute("DELETE FROM answer WHERE id = ?", (one,))
        db.execute("DELETE FROM post WHERE id = ?", (one,))


@contextlib.contextmanager
def _alone(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("BEGIN EXCLUSIVE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=patience, isolation_level=None)
    for pragma in (
        "journal_mode = TRUNCATE",  # emptied in place: deleting it would take the right to write in the folder
        "secure_delete = ON",
        "temp_store = MEMORY",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "mmap_size = 0",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


def _usable(path: Path) -> None:
    try:
        if path.is_symlink() or not path.is_file():
            raise BoardError(say("board.missing", path=path))
        if path.stat().st_size > LARGEST:
            raise BoardError(say("board.damaged", path=path))
    except OSError as error:
        raise BoardError(f"{path}: {error.strerror or error}") from error


def _ours(db: sqlite3.Connection) -> None:
    """Refuse a file in which somebody put other tables, views or triggers: they could do anything on a reading."""
    found = {name: sql for name, sql in db.execute("SELECT name, sql FROM sqlite_master LIMIT 20")}
    if found != TABLES:
        raise BoardError(say("board.damaged", path=_path(db)))


def _path(db: sqlite3.Connection) -> str:
    return str(db.execute("PRAGMA database_list").fetchone()[2])


def _again_or_raise(error: sqlite3.Error, until: float) -> None:
    """Return if another try may help; BoardError otherwise."""
    busy = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
    )
    if busy and time.monotonic() < until:
        return
    raise BoardError(say("board.busy" if busy else "board.failed", why=error)) from error
