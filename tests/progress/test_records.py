"""The log loses nothing: not to two notebooks at once, not to kill -9; and says what it could not read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from csworkshop.lab.workspace import HIDDEN
from csworkshop.progress.records import NAME, WORKSPACE_MARK, Attempt, Log, RecordError, as_csv
from tests.progress.made import NOW, Made, attempt

WRITER = """
import sys
from csworkshop.progress.records import Attempt, Log
from datetime import datetime, timezone
log, who, many = Log(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for n in range(many):
    a = Attempt(at=datetime.now(timezone.utc), attempt=f"{who}-{n}", exercise="x", score=1, passed=True,
                items={"empathy": "earned"}, source="客" * 400)
    assert log.add(a)
    print(n, flush=True)
"""
EXERCISE = Made("m2-x", items=("empathy", "vague"))


def write(folder: Path, *lines: str, end: str = "\n") -> Log:
    (folder / NAME).write_text("\n".join(lines) + end, "utf-8")
    return Log(folder)


def line(number: int = 0, **changes: object) -> str:
    return attempt(EXERCISE, number, **changes).line()


def writer(folder: Path, who: str, many: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), who, str(many)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_what_is_added_is_read_again(tmp_path: Path) -> None:
    log = Log(tmp_path)
    one = attempt(EXERCISE, 1, good=False, words={"vague": ("尽快",)}, hints=2, seconds=61.5, refusal="")
    assert log.read().attempts == ()
    assert log.add(one)
    assert log.add(attempt(EXERCISE, 2))
    history = log.read()
    assert history.attempts[0] == one
    assert [a.attempt for a in history.attempts] == ["m2-x-1", "m2-x-2"]
    assert history.told("zh") == history.told("en") == ""
    raw = json.loads((tmp_path / NAME).read_text("utf-8").splitlines()[0])
    assert raw["schema"] == 1
    assert raw["at"].endswith("+08:00")
    assert raw["words"] == {"vague": ["尽快"]}


def test_the_log_lies_at_the_top_of_the_workspace(tmp_path: Path) -> None:
    assert WORKSPACE_MARK == HIDDEN
    (tmp_path / HIDDEN).mkdir()
    inside = tmp_path / "m2" / "deep"
    inside.mkdir(parents=True)
    Log(inside).add(attempt(EXERCISE))
    assert (tmp_path / NAME).exists()
    assert len(Log(tmp_path).read().attempts) == 1


def test_an_attempt_stands_there_once(tmp_path: Path) -> None:
    log = Log(tmp_path)
    assert log.add(attempt(EXERCISE))
    assert not log.add(attempt(EXERCISE))
    assert not log.add(attempt(EXERCISE, 2, text="same"), unless=lambda known: known.exercise == "m2-x")
    assert len(log.read().attempts) == 1


def test_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    running = [writer(tmp_path, f"w{n}", 15) for n in range(3)]
    assert [p.wait(60) for p in running] == [0, 0, 0]
    for p in running:
        assert p.stdout
        p.stdout.close()
    history = Log(tmp_path).read()
    assert not history.troubles
    assert sorted(a.attempt for a in history.attempts) == sorted(f"w{n}-{k}" for n in range(3) for k in range(15))


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 there")
def test_kill_9_loses_no_line_that_was_told_as_written(tmp_path: Path) -> None:
    told = 0
    for n in range(4):
        p = writer(tmp_path, f"k{n}", 100_000)
        assert p.stdout
        for _ in range(3):
            p.stdout.readline()
        time.sleep(0.003 * n)
        p.send_signal(signal.SIGKILL)
        rest = p.stdout.read().splitlines()
        told += 3 + len([x for x in rest if x.strip().isdigit()])
        p.wait()
        p.stdout.close()
    log = Log(tmp_path)
    assert log.add(
        attempt(EXERCISE, at=datetime.now().astimezone())
    )  # the lock was given back, and the next line begins anew
    history = log.read()
    assert len(history.attempts) >= told + 1
    assert {t.kind for t in history.troubles} <= {"cut"}
    assert history.attempts[-1].attempt == "m2-x-0"


def test_a_line_cut_in_the_middle_costs_itself_only(tmp_path: Path) -> None:
    whole = line(1)
    log = write(tmp_path, line(0), whole[: len(whole) // 2], end="")
    assert log.add(attempt(EXERCISE, 2))
    history = log.read()
    assert [a.attempt for a in history.attempts] == ["m2-x-0", "m2-x-2"]
    assert "第 2 行" in history.told("zh")
    assert "line 2" in history.told("en")
    assert "\n" not in history.told("en")
    assert history.told("en").count("; ") == 1


def test_bytes_that_are_no_text_are_a_broken_line(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(line(0).encode() + b"\n\xff\xfe\x00\n" + line(1).encode() + b"\n")
    history = Log(tmp_path).read()
    assert len(history.attempts) == 2
    assert [t.kind for t in history.troubles] == ["cut"]


@pytest.mark.parametrize(
    ("foreign", "detail"),
    [
        ('{"hello": "world"}', "at"),
        ("[1, 2]", "list"),
        (line(7).replace('"score": 1.0', '"score": 7'), "score"),
        (line(7).replace("+08:00", ""), "at"),
        (line(7).replace('"earned"', '"wonderful"'), "items.empathy"),
    ],
)
def test_a_foreign_line_is_named_and_left_out(tmp_path: Path, foreign: str, detail: str) -> None:
    history = write(tmp_path, line(0), foreign, line(1)).read()
    assert len(history.attempts) == 2
    assert [(t.line, t.kind, t.detail) for t in history.troubles] == [(2, "foreign", detail)]
    assert detail in history.told("zh")


def test_older_and_newer_forms(tmp_path: Path) -> None:
    old = {"at": NOW.isoformat(), "attempt": "old", "exercise": "m2-x", "score": 0.5, "passed": False, "items": {}}
    newer = json.loads(line(3)) | {"schema": 99}
    history = write(tmp_path, json.dumps(old), json.dumps(newer), line(1, ago=0)).read()
    assert [a.attempt for a in history.attempts] == ["old", "m2-x-1"]
    assert (history.attempts[0].level, history.attempts[0].hints) == (2, 0)
    assert [(t.line, t.kind) for t in history.troubles] == [(1, "older"), (2, "newer")]
    for lang in ("zh", "en"):
        assert history.told(lang).count("\n") == 0


def test_a_clock_that_ran_backwards(tmp_path: Path) -> None:
    history = write(tmp_path, line(0, ago=1), line(1, ago=40), line(2, ago=0.5)).read()
    assert [a.attempt for a in history.attempts] == ["m2-x-0", "m2-x-1", "m2-x-2"]
    assert history.attempts[1].at == history.attempts[0].at
    assert [(t.line, t.kind) for t in history.troubles] == [(2, "clock")]


def test_two_notebooks_out_of_step_are_no_trouble(tmp_path: Path) -> None:
    history = write(tmp_path, line(0, ago=1), line(1, ago=1 + 30 / 86400)).read()
    assert not history.troubles
    assert history.attempts[1].at == history.attempts[0].at


def test_delete_all_or_one_exercise(tmp_path: Path) -> None:
    other = Made("m3-y")
    log = write(tmp_path, line(0), "broken", attempt(other).line(), line(1))
    assert log.delete("m2-x") == 2
    assert [a.exercise for a in log.read().attempts] == ["m3-y"]
    assert b"broken" in log.path.read_bytes()
    assert log.delete() == 2
    assert not log.path.exists()
    assert log.delete() == 0


def test_a_folder_that_takes_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(RecordError, match=NAME):
        Log(tmp_path).read()
    with pytest.raises(RecordError, match=NAME):
        Log(tmp_path).add(attempt(EXERCISE))


def test_export_has_a_row_per_item_and_no_formula() -> None:
    bad = attempt(EXERCISE, 0, good=False, words={"vague": ("=1+1",)}, source="-x")
    rows = as_csv([bad, attempt(EXERCISE, 1, items={})]).splitlines()
    assert len(rows) == 1 + 2 + 1
    assert ",vague,fault,'=1+1," in rows[2]
    assert ",'-x," in rows[2]


def test_half_an_emoji_is_kept(tmp_path: Path) -> None:
    log = Log(tmp_path)
    assert log.add(attempt(EXERCISE, words={"vague": ("尽快\ud83d",)}))
    assert len(log.read().attempts) == 1


def test_times_need_their_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        Attempt(at=NOW.replace(tzinfo=None), attempt="a", exercise="x", score=1, passed=True, items={})
    assert attempt(EXERCISE).at.utcoffset() == timedelta(hours=8)
