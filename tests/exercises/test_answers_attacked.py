"""The answer file under attack: many writers, kill -9, full disks, damaged files, newer kits."""

from __future__ import annotations

import contextlib
import errno
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csworkshop.exercises import answers
from csworkshop.exercises.answers import AnswerFile, AnswerFileError

from .conftest import age, texts

# --- many writers ---


def _write_many(folder: Path, name: str, times: int, results: multiprocessing.Queue) -> None:
    file, made = AnswerFile(folder), 0
    for n in range(times):
        for exercise in ("shared", name):
            before = file.load(exercise)
            made += file.save(exercise, f"{name}写的第{n}稿", before.revision if before else 0).revision > 0
    results.put(made)


def test_six_processes_lose_nothing(file: AnswerFile) -> None:
    times, names = 25, [f"p{n}" for n in range(6)]
    results: multiprocessing.Queue = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=_write_many, args=(file.path.parent, n, times, results)) for n in names]
    for worker in workers:
        worker.start()
    while any(w.is_alive() for w in workers):
        if file.path.exists():
            json.loads(file.path.read_text("utf-8"))  # a reader never meets half a file
        workers[0].join(0.01)
    assert sum(results.get() for _ in workers) == 6 * times * 2
    shared = file.load("shared")
    assert shared and shared.revision == 6 * times
    for name in names:
        own = file.load(name)
        assert own and (own.revision, own.text) == (times, f"{name}写的第{times - 1}稿")


def test_two_threads_with_one_object_lose_nothing(file: AnswerFile) -> None:
    failed: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for n in range(40):
                file.save(name, f"第{n}稿", n)
                file.save("shared", f"{name}{n}", -1)
                file.note(name, hints=n)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for name in ("甲", "乙"):
        answer = file.load(name)
        assert answer and (answer.revision, answer.text, answer.hints) == (40, "第39稿", 39)
    assert (file.load("shared") or pytest.fail()).revision == 80


def test_a_lock_held_elsewhere_is_told_not_waited_for_ever(file: AnswerFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.save("a", "旧", 0)
    monkeypatch.setattr(answers, "LOCK_SECONDS", 0.05)
    with answers.FileLock(file.path.with_name(".answers.json.lock")), pytest.raises(AnswerFileError) as caught:
        file.save("a", "新", 1)
    assert caught.value.problem == "busy"
    assert (file.load("a") or pytest.fail()).text == "旧"


_ENDLESS = """
import sys
from csworkshop.exercises.answers import AnswerFile
file, n = AnswerFile(sys.argv[1]), 0
while True:
    file.save("killed", f"{n}" + "长" * 19000, -1)
    n += 1
    print(n, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_kill_9_in_the_middle_never_corrupts(file: AnswerFile) -> None:
    file.save("mine", "别人的答案", 0)
    chance = random.Random(7)
    for _ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", _ENDLESS, str(file.path.parent)], stdout=subprocess.PIPE)
        assert writer.stdout
        for _ in range(chance.randrange(1, 6)):  # it writes already; then a moment anywhere inside a save
            writer.stdout.readline()
        threading.Event().wait(chance.random() * 0.03)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        answer = AnswerFile(file.path.parent).load("killed")
        assert answer and answer.text.endswith("长" * 19000)
        assert (file.load("mine") or pytest.fail()).text == "别人的答案"
    file.save("mine", "接着写", 1)
    assert sorted(p.name for p in file.path.parent.iterdir()) == [".answers.json.lock", "answers.json"]


# --- a disk that says no ---


def _failing_fsync(code: int) -> Callable[[int], None]:
    def fsync(_: int) -> None:
        raise OSError(code, os.strerror(code))

    return fsync


@pytest.mark.parametrize(
    ("code", "problem"),
    [(errno.ENOSPC, "full"), (errno.EROFS, "read_only"), (errno.EACCES, "read_only"), (errno.EIO, "other")],
)
def test_a_failed_write_says_why_and_keeps_the_old_answer(
    file: AnswerFile, monkeypatch: pytest.MonkeyPatch, code: int, problem: str
) -> None:
    file.save("a", "旧", 0)
    with monkeypatch.context() as patch:
        patch.setattr(answers.os, "fsync", _failing_fsync(code))
        with pytest.raises(AnswerFileError) as caught:
            file.save("a", "新", 1)
    assert caught.value.problem == problem
    assert str(file.path) in str(caught.value)
    assert (file.load("a") or pytest.fail()).text == "旧"
    assert not file.path.with_name(".answers.json.tmp").exists()
    assert file.save("a", "新", 1).revision == 2


def test_a_read_only_folder_says_so(file: AnswerFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(answers.FileLock, "acquire", refuse)
    with pytest.raises(AnswerFileError) as caught:
        file.save("a", "新", 0)
    assert caught.value.problem == "read_only"


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this system lets us mount no small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk"):
        file = AnswerFile(tmp_path / "disk")
        file.save("a", "短", 0)
        with pytest.raises(AnswerFileError) as caught:
            file.save("a", "长" * 19_999, 1)
        assert caught.value.problem == "full"
        assert (file.load("a") or pytest.fail()).text == "短"
        assert file.save("a", "还写得下", 1).revision == 2
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        with pytest.raises(AnswerFileError) as caught:
            file.save("a", "写不下了", 2)
        assert caught.value.problem == "read_only"
        assert (file.load("a") or pytest.fail()).text == "还写得下"


# --- files that somebody or something else wrote ---


@pytest.mark.parametrize(
    "content",
    [
        b'{"schema": 1, "answers": {"a": {"revision": 1, "te',
        b"\xff\xfe\x00",
        b"[]",
        b"[" * 100_000,
        b'{"schema": 1, "answers": []}',
        b'{"schema": 1, "answers": {"a": {"revision": "1", "text": "x"}}}',
        b'{"schema": 1, "answers": {"a": {"revision": 1, "text": ["x"]}}}',
        b'{"schema": 1, "answers": {"a": {"revision": 1, "text": "x", "history": [1]}}}',
        b"",
    ],
)
def test_a_damaged_file_is_moved_aside_never_overwritten(file: AnswerFile, content: bytes) -> None:
    file.path.write_bytes(content)
    with pytest.raises(AnswerFileError) as caught:
        file.load("a")
    assert caught.value.problem == "damaged"
    assert file.path.read_bytes() == content  # looking changes nothing
    saved = file.save("a", "接着写", 0)
    assert saved.revision == 1
    assert file.path.with_name(saved.moved_aside).read_bytes() == content
    assert (file.load("a") or pytest.fail()).text == "接着写"


def test_two_damaged_files_in_one_second_are_both_kept(file: AnswerFile) -> None:
    names = set()
    for content in ("{1", "{2", "{3"):
        file.path.write_text(content)
        names.add(file.save("a", "x", 0).moved_aside)
    assert sorted(file.path.with_name(n).read_text() for n in names) == ["{1", "{2", "{3"]


@pytest.mark.parametrize("content", ['{"schema": 2, "answers": {}}', '{"schema": 9, "whatever": []}'])
def test_a_newer_schema_is_refused_and_left_alone(file: AnswerFile, content: str) -> None:
    file.path.write_text(content)
    actions: list[Callable[[], object]] = [
        lambda: file.load("a"),
        lambda: file.save("a", "x", 0),
        lambda: file.note("a", hints=1),
        lambda: file.keep("a", "x"),
    ]
    for action in actions:
        with pytest.raises(AnswerFileError, match="newer") as caught:
            action()
        assert caught.value.problem == "newer"
    assert file.path.read_text() == content


def test_unknown_keys_and_odd_times_survive(file: AnswerFile) -> None:
    history = [{"text": "早先的", "saved_at": "gestern", "colour": "red"}, {"text": "次早"}]
    entry = {"revision": 3, "text": "手改过的文件", "saved_at": 7, "history": history, "mood": "good"}
    file.path.write_text(json.dumps({"schema": 1, "answers": {"a": entry}, "course": "m2"}))
    file.save("a", "手改过的文件,接着写", 3)
    data = json.loads(file.path.read_text("utf-8"))
    assert data["course"] == "m2" and data["answers"]["a"]["mood"] == "good"
    assert texts(file) == ["早先的", "次早", "手改过的文件"]
    assert data["answers"]["a"]["history"][0]["colour"] == "red"


def test_a_clock_put_back_does_not_stop_versions(file: AnswerFile) -> None:
    file.save("a", "写得很早的一稿", 0)
    age(file, "a", -86_400)
    file.save("a", "写得很早的一稿,又写了", 1)
    assert texts(file) == ["写得很早的一稿"]


def test_a_folder_in_the_files_place_is_an_error_not_a_crash(file: AnswerFile) -> None:
    file.path.mkdir()
    with pytest.raises(AnswerFileError):
        file.load("a")
    with pytest.raises(AnswerFileError):
        file.save("a", "x", 0)
