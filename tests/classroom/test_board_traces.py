"""What somebody finds who takes the board's files apart: no name, no account, no time, no order, nothing deleted."""

from __future__ import annotations

import base64
import getpass
import os
import platform
import random
import re
import shutil
import sqlite3
import struct
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from csworkshop.classroom.board import Board
from csworkshop.classroom.board_file import DATABASE, JOURNAL, change
from csworkshop.classroom.moderation import Moderator
from csworkshop.classroom.store import Class

PEOPLE = ("wangxiaoming", "lidandan", "zhaotiezhu")
POSTS = 40
GONE = (3, 15, 27, 39)  # posts that are deleted
AT = datetime(2026, 3, 5, 13, 47, 11)


def _body(n: int) -> str:
    """Posts of many lengths, so that pages split and rows spill over; each can be found again in the bytes."""
    return f"〔{n:03}〕" + "今天又遇到一位说不通的客户。" * (1 + n * 7 % 40)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A board with forty posts by three people in turn, answers, marks and reports; the keys in order of posting."""
    root = tmp_path_factory.mktemp("lived-in")
    klass = Class.create(root / "class1", "一班")
    keys: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for n in range(POSTS):
            person = PEOPLE[n % 3]
            for variable in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
                patch.setenv(variable, person)
            board = Board(klass, names=[person], private=root / "private" / person, clock=lambda: AT)
            keys.append(board.post(_body(n), despite=True))
            board.mark(keys[n // 2], "helpful")
            if n % 5 == 0:
                board.mark(board.answer(keys[n // 3], f"{n}：我懂。慢慢来。", despite=True), "report")
    return root, keys


@pytest.fixture
def lived_in(built: tuple[Path, list[str]], tmp_path: Path) -> tuple[Class, list[str]]:
    """That board, one's own to change; the private folders of its people beside it."""
    shutil.copytree(built[0], tmp_path, dirs_exist_ok=True)
    return Class.open(tmp_path / "class1"), built[1]


def _bytes(klass: Class) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(klass.folder.rglob("*")) if p.is_file())


def test_no_name_no_account_no_computer_no_secret(lived_in: tuple[Class, list[str]], tmp_path: Path) -> None:
    found = _bytes(lived_in[0])
    told = [*PEOPLE, platform.node(), str(tmp_path / "private"), str(Path.home() / ".csworkshop")]
    told += [getpass.getuser() + "@", f'"uid":{os.getuid() if hasattr(os, "getuid") else 0}']
    secrets = [p.read_text("ascii") for p in (tmp_path / "private").rglob("*.treehole")]
    assert len(secrets) == 3
    for word in (*told, *secrets):
        forms = (word.encode(), word.encode("utf-16-le"), base64.b64encode(word.encode()).rstrip(b"="))
        assert not any(form in found for form in forms), word


def test_no_time_but_the_half_day(lived_in: tuple[Class, list[str]]) -> None:
    db = (lived_in[0].board / DATABASE).read_bytes()
    assert b"2026-03-05pm" in db
    assert not re.search(rb"\d\d:\d\d|T\d{6}|20\d\d-\d\d-\d\d(?![ap]m)", db)
    for at in (AT.timestamp(), time.time()):
        for form in (f"{at:.0f}"[:6].encode(), struct.pack(">I", int(at))[:3], struct.pack("<I", int(at))[1:]):
            assert form not in db
    with closing(sqlite3.connect(lived_in[0].board / DATABASE)) as opened:
        for (table,) in opened.execute("SELECT name FROM sqlite_master").fetchall():
            for row in opened.execute(f"SELECT * FROM {table}").fetchall():
                assert all(isinstance(value, str) for value in row)
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                opened.execute(f"SELECT rowid FROM {table}")


def test_a_row_lies_in_the_file_once(lived_in: tuple[Class, list[str]]) -> None:
    db = (lived_in[0].board / DATABASE).read_bytes()
    for n, key in enumerate(lived_in[1]):
        assert db.count(_body(n)[:12].encode()) == 1
        assert db.count(key.encode() + b"other") == 1


def test_the_bytes_tell_what_is_there_and_not_in_which_order_it_came(
    lived_in: tuple[Class, list[str]], tmp_path: Path
) -> None:
    """The same rows, put in one by one in other orders and with others deleted in between, make the same bytes."""
    files = []
    with closing(sqlite3.connect(lived_in[0].board / DATABASE)) as db:
        rows = db.execute("SELECT * FROM post").fetchall()
    for turn in range(3):
        random.Random(turn).shuffle(rows)
        path = Class.create(tmp_path / f"turn{turn}").board / DATABASE
        for n, row in enumerate(rows):
            if n % 7 == turn:
                change(path, lambda db: db.execute("INSERT INTO post VALUES ('f', 'other', ?, '', '')", ("废" * 3000,)))
            change(path, lambda db, row=row: db.execute("INSERT INTO post VALUES (?, ?, ?, ?, ?)", row))
            change(path, lambda db: db.execute("DELETE FROM post WHERE id = 'f'")) if n % 7 == turn + 2 else None
        change(path, lambda db: db.execute("DELETE FROM post WHERE id = 'f'"))
        files.append(path.read_bytes()[100:])  # the header counts changes and names no one
    assert files[0] == files[1] == files[2]


def test_keys_and_tokens_come_from_no_counter_and_no_seed(klass: Class, tmp_path: Path) -> None:
    keys = []
    for turn in range(2):
        random.seed(7)
        board = Board(klass, private=tmp_path / f"p{turn}", clock=lambda: AT)
        keys.append(board.post("同样的话，同样的时间，同样的种子。"))
        board.mark(keys[0], "helpful")
    assert keys[0] != keys[1]
    with closing(sqlite3.connect(klass.board / DATABASE)) as db:
        assert db.execute("SELECT count(DISTINCT token) FROM mark").fetchone() == (2,)


def test_one_persons_tokens_have_nothing_in_common(lived_in: tuple[Class, list[str]]) -> None:
    with closing(sqlite3.connect(lived_in[0].board / DATABASE)) as db:
        values = [row[0] for row in db.execute("SELECT token FROM mark UNION ALL SELECT own FROM post")]
        values += [row[0] for row in db.execute("SELECT own FROM answer UNION ALL SELECT id FROM post")]
    assert len(set(values)) == len(values)
    starts = {value[:12] for value in values}
    assert len(starts) == len(values)


@pytest.mark.parametrize("who", ["writer", "instructor"])
def test_deleted_words_leave_the_files(lived_in: tuple[Class, list[str]], tmp_path: Path, who: str) -> None:
    klass, keys = lived_in
    for n in GONE:
        if who == "writer":
            Board(klass, private=tmp_path / "private" / PEOPLE[n % 3]).delete(keys[n])
        else:
            Moderator(klass).remove(keys[n])
    found = _bytes(klass)
    for n, key in enumerate(keys):
        there = n not in GONE
        assert (f"〔{n:03}〕".encode() in found) == there
        assert (key.encode() in found) == there
    assert (klass.board / JOURNAL).stat().st_size == 0


def test_a_reader_sets_the_files_time_as_a_writer_does(lived_in: tuple[Class, list[str]], tmp_path: Path) -> None:
    klass, _ = lived_in
    for name in (DATABASE, JOURNAL):
        os.utime(klass.board / name, (1_000_000_000, 1_000_000_000))
    Board(klass, private=tmp_path / "reader").view()
    assert min((klass.board / name).stat().st_mtime for name in (DATABASE, JOURNAL)) > 1_700_000_000


def test_no_file_of_the_writers_comes_and_goes(klass: Class, tmp_path: Path) -> None:
    before = {p.name: p.stat().st_ino for p in klass.board.iterdir()}
    folder = klass.board.stat().st_mtime_ns
    Board(klass, private=tmp_path / "p").post("写完之后，文件夹里还是这两个文件。")
    assert {p.name: p.stat().st_ino for p in klass.board.iterdir()} == before
    assert klass.board.stat().st_mtime_ns == folder  # nothing was made or taken away in between


def test_the_secret_lies_with_the_trainee_and_is_his_alone(klass: Class, tmp_path: Path) -> None:
    board = Board(klass, private=tmp_path / "p")
    board.post("写一条试试看。")
    assert board.secret.path.is_relative_to(tmp_path / "p")
    if os.name == "posix":
        assert board.secret.path.stat().st_mode & 0o077 == 0
