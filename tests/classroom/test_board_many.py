"""Many processes, and several accounts, at one board."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from csworkshop.classroom.board import Board
from csworkshop.classroom.board_file import DATABASE, JOURNAL, BoardError, change
from csworkshop.classroom.live import Watch
from csworkshop.classroom.moderation import Moderator
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class

WRITER = Path(__file__).with_name("board_writer.py")
WRITERS, EACH = 20, 3
ACCOUNTS = (61001, 61002)

as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="takes several accounts")


def _write(klass: Class, private: Path, name: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(klass.folder), str(private), name, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


def _keys(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.split()


def test_twenty_writers_at_once_lose_nothing(klass: Class, tmp_path: Path) -> None:
    writers = [_write(klass, tmp_path / f"p{n}", f"w{n}", str(EACH)) for n in range(WRITERS)]
    keys = [key for writer in writers for key in _keys(writer)]
    assert len(set(keys)) == WRITERS * EACH
    posts = Board(klass, private=tmp_path / "reader").view().posts
    assert {p.id for p in posts} == set(keys)
    assert all(p.helpful == 1 for p in posts)
    with closing(sqlite3.connect(klass.board / DATABASE)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_writer_that_dies_in_the_middle_harms_nothing(klass: Class, tmp_path: Path) -> None:
    board = Board(klass, private=tmp_path / "p")
    key = board.post("先发一条，站得住。")

    class Died(BaseException):
        pass

    def half(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM post")
        raise Died

    with pytest.raises(Died):
        change(board.path, half)
    code = (
        "import os, sys; from pathlib import Path; from csworkshop.classroom.board_file import change\n"
        "change(Path(sys.argv[1]), lambda db: ("
        "db.execute('PRAGMA cache_spill = 1'), db.execute('PRAGMA cache_size = 1'),"
        " db.execute('DELETE FROM post'), [db.execute('INSERT INTO post VALUES (?, ?, ?, ?, ?)', (str(n), 'x' * 900,"
        " 'y', 'z', 'w')) for n in range(200)], os._exit(9)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(board.path)], check=False)
    assert done.returncode == 9
    assert (klass.board / JOURNAL).stat().st_size > 0  # it died with pages already overwritten
    assert [p.id for p in board.view().posts] == [key]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW spy AS SELECT 1",
        "CREATE TRIGGER spy AFTER INSERT ON post BEGIN DELETE FROM post; END",
        "ALTER TABLE post ADD COLUMN who TEXT",
    ],
)
def test_a_file_with_other_tables_is_refused(klass: Class, tmp_path: Path, statement: str) -> None:
    board = Board(klass, private=tmp_path / "p")
    with closing(sqlite3.connect(board.path)) as db:
        db.execute(statement)
    with pytest.raises(BoardError, match="没有打开"):
        board.view()
    with pytest.raises(BoardError, match="没有打开"):
        board.post("这条不该写进去。")


def test_forged_rows_are_passed_over(klass: Class, tmp_path: Path) -> None:
    board = Board(klass, private=tmp_path / "p")
    key = board.post("真的帖子。")
    with closing(sqlite3.connect(board.path)) as db:
        db.execute("INSERT INTO post VALUES ('long', 'other', ?, '2026-01-01am', 'o')", ("长" * 100_000,))
        db.execute("INSERT INTO post VALUES ('blob', 'other', x'00ff', '2026-01-01am', 'o')")
        db.commit()
    assert [p.id for p in board.view().posts] == [key]
    Moderator(klass).review_first(True)
    assert [p.id for p in board.view().posts] == [key]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other accounts can reach, which pytest's own isn't."""
    folder = Path(tempfile.mkdtemp(prefix="cs-class-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@as_root
def test_several_accounts_write_one_board_and_leave_no_file_of_theirs(shared: Path) -> None:
    klass = Class.create(shared / "class1")
    homes = {uid: shared / f"home{uid}" for uid in ACCOUNTS}
    for uid, home in homes.items():
        home.mkdir()
        os.chown(home, uid, uid)
    writers = [_write(klass, home / "p", f"u{uid}", "3", str(uid)) for uid, home in homes.items()]
    assert sum(len(_keys(writer)) for writer in writers) == 6
    assert len(Board(klass, private=shared / "r").view().posts) == 6
    assert {(p.name, p.stat().st_uid) for p in klass.board.iterdir()} == {(DATABASE, 0), (JOURNAL, 0)}


@as_root
def test_other_accounts_can_neither_moderate_nor_list_nor_remove(shared: Path) -> None:
    klass = Class.create(shared / "class1")
    key = Board(klass, private=shared / "r").post("讲师账号发的一条。")
    Moderator(klass).hide(key)
    code = (
        "import os, sys; from pathlib import Path; folder = Path(sys.argv[1])\n"
        "(folder / 'x' / '..').resolve(); os.setgid(61001); os.setuid(61001)\n"
        "def tried(act):\n"
        "    try: act()\n"
        "    except OSError: return 'refused'\n"
        "    return 'done'\n"
        "print(tried(lambda: os.listdir(folder / 'live')), tried(lambda: os.listdir(folder / 'instructor')),\n"
        "      tried(lambda: (folder / 'board' / 'moderation.json').write_text('{}')),\n"
        "      tried(lambda: (folder / 'board' / 'board.db').unlink()),\n"
        "      tried(lambda: (folder / 'session.json').write_text('{}')),\n"
        "      tried(lambda: (folder / 'live' / 'abc.json').write_text('{}')))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(klass.folder)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused"] * 5 + ["done"]


@as_root
def test_another_account_joins_a_lesson_and_the_instructor_sees_it(shared: Path) -> None:
    klass = Class.create(shared / "class1")
    Stage(klass).start("第二课")
    (shared / "home").mkdir()
    os.chown(shared / "home", ACCOUNTS[0], ACCOUNTS[0])
    code = (
        "import codecs, os, sys; codecs.lookup('ascii'); from pathlib import Path\n"
        "from csworkshop.classroom.presence import Presence; from csworkshop.classroom.records import Summary\n"
        "from csworkshop.classroom.store import Class; os.umask(0o077); os.setgid(61001); os.setuid(61001)\n"
        "klass = Class.open(sys.argv[1]); private = Path(sys.argv[2])\n"
        "one = Presence(klass, klass.session(), '小周', private=private)\n"
        "one.update('m2-login', Summary(0.5, False)); one.flush(force=True); print(one.problem)"
    )
    command = [sys.executable, "-c", code, str(klass.folder), str(shared / "home" / "p")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    (seat,) = Watch(klass).snapshot(time.time()).seats
    assert (seat.file.nickname, seat.file.exercise) == ("小周", "m2-login")
