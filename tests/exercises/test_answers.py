"""The answer file under attack: many writers, kill -9, full disks, damaged files, newer kits, half emoji."""

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
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from csworkshop.exercises import answers
from csworkshop.exercises.answers import AnswerFile, AnswerFileError


@pytest.fixture
def file(tmp_path: Path) -> AnswerFile:
    return AnswerFile(tmp_path)


def _age(file: AnswerFile, exercise: str, seconds: float) -> None:
    """Make a saved answer and its versions `seconds` older than they are."""
    data = json.loads(file.path.read_text("utf-8"))
    entry = data["answers"][exercise]
    for stamped in (entry, *entry.get("history", [])):
        then = datetime.fromisoformat(stamped["saved_at"]) - timedelta(seconds=seconds)
        stamped["saved_at"] = then.isoformat(timespec="seconds")
    file.path.write_text(json.dumps(data), "utf-8")


def _texts(file: AnswerFile, exercise: str = "a") -> list[str]:
    answer = file.load(exercise)
    assert answer
    return [v.text for v in answer.history]


# --- the ordinary life of an answer ---


def test_nothing_saved_yet(file: AnswerFile) -> None:
    assert file.load("a") is None
    assert not file.path.exists()


def test_saved_text_comes_back_with_its_revision(file: AnswerFile) -> None:
    assert file.save("a", "您好,🙂", 0).revision == 1
    assert file.save("a", "您好,🙂!", 1).revision == 2
    answer = file.load("a")
    assert answer and (answer.revision, answer.text) == (2, "您好,🙂!")
    assert datetime.fromisoformat(answer.saved_at).tzinfo


def test_same_text_makes_no_revision(file: AnswerFile) -> None:
    file.save("a", "您好", 0)
    assert file.save("a", "您好", 1).revision == 1
    assert file.save("a", "您好", 0).conflict is False


def test_exercises_do_not_touch_each_other(file: AnswerFile) -> None:
    file.save("a", "甲", 0)
    file.save("b", "乙", 0)
    file.save("a", "甲甲", 1)
    assert (file.load("b") or pytest.fail()).text == "乙"


def test_a_stale_writer_makes_a_conflict_and_both_texts_stay(file: AnswerFile) -> None:
    file.save("a", "一号窗口写的", 0)
    saved = file.save("a", "二号窗口写的", 0)
    assert saved.conflict and saved.revision == 2
    answer = file.load("a")
    assert answer and answer.text == "二号窗口写的"
    assert [(v.text, v.conflict) for v in answer.history] == [("一号窗口写的", True)]


def test_typing_fast_does_not_fill_the_history(file: AnswerFile) -> None:
    text = ""
    for n, c in enumerate("很抱歉让您等了这么久,我马上为您查。"):
        text += c
        file.save("a", text, n)
    assert _texts(file) == []


def test_deleted_words_are_kept(file: AnswerFile) -> None:
    file.save("a", "很抱歉让您等了这么久", 0)
    file.save("a", "", 1)
    assert _texts(file) == ["很抱歉让您等了这么久"]


def test_a_pause_makes_a_version(file: AnswerFile) -> None:
    file.save("a", "很抱歉让您等了", 0)
    _age(file, "a", 60)
    file.save("a", "很抱歉让您等了这么久", 1)
    assert _texts(file) == ["很抱歉让您等了"]


def test_restoring_keeps_the_current_text(file: AnswerFile) -> None:
    file.save("a", "第一稿写在这里", 0)
    file.save("a", "第二稿写在这里了", 1, keep_current=True)
    file.save("a", "第一稿写在这里", 2, keep_current=True)
    assert _texts(file) == ["第一稿写在这里", "第二稿写在这里了"]


def test_keep_adds_a_version_once_and_leaves_the_current_text(file: AnswerFile) -> None:
    file.save("a", "现在的", 0)
    for text in ("掉线时写的", "掉线时写的", "现在的", ""):
        file.keep("a", text)
    answer = file.load("a")
    assert answer and (answer.text, answer.revision) == ("现在的", 1)
    assert _texts(file) == ["掉线时写的"]


def test_hints_are_noted_before_anything_is_written(file: AnswerFile) -> None:
    file.note("a", hints=2)
    answer = file.load("a")
    assert answer and (answer.hints, answer.text, answer.revision) == (2, "", 0)
    assert file.save("a", "您好", 0) == answers.Saved(1)
    file.note("a", solution_seen=True)
    answer = file.load("a")
    assert answer and (answer.hints, answer.solution_seen, answer.text, answer.revision) == (2, True, "您好", 1)


def test_history_keeps_the_newest_twenty(file: AnswerFile) -> None:
    for n in range(30):
        file.save("a", f"窗口{n}写的", -1)
    assert _texts(file) == [f"窗口{n}写的" for n in range(9, 29)]


def test_history_is_pruned_before_the_file_grows_too_big_and_current_texts_stay(file: AnswerFile) -> None:
    for n in range(25):
        for exercise in ("a", "b"):
            file.save(exercise, f"{n}{'字' * 15_000}", -1)
        assert file.path.stat().st_size <= answers.MAX_FILE_BYTES
    for exercise in ("a", "b"):
        answer = file.load(exercise)
        assert answer and answer.text == f"24{'字' * 15_000}"
        assert answer.history[-1].text.startswith("23")


def test_texts_that_together_could_not_be_handed_in_are_refused(file: AnswerFile) -> None:
    for n in range(16):
        file.save(f"x{n}", "字" * 20_000, 0)
    with pytest.raises(AnswerFileError) as caught:
        file.save("x16", "字" * 20_000, 0)
    assert caught.value.problem == "too_long"
    assert file.load("x15") and file.load("x16") is None


def test_too_long_a_text_is_refused_and_the_old_one_stays(file: AnswerFile) -> None:
    file.save("a", "旧", 0)
    with pytest.raises(AnswerFileError, match="at most 20000") as caught:
        file.save("a", "长" * 20_001, 1)
    assert caught.value.problem == "too_long"
    assert (file.load("a") or pytest.fail()).text == "旧"


def test_the_folder_is_made(tmp_path: Path) -> None:
    AnswerFile(tmp_path / "第 1 课" / "m2").save("a", "您好", 0)
    assert (tmp_path / "第 1 课" / "m2" / "answers.json").exists()


def test_a_linked_folder_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    AnswerFile(tmp_path / "real").save("a", "您好", 0)
    linked = AnswerFile(tmp_path / "link")
    assert linked.save("a", "您好吗", 1).conflict is False
    assert linked.path == AnswerFile(tmp_path / "real").path


def test_other_users_may_read_what_the_folder_allows(file: AnswerFile) -> None:
    old = os.umask(0o022)
    try:
        file.save("a", "您好", 0)
    finally:
        os.umask(old)
    assert file.path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "text", ["半个表情\ud83d", "\udc00开头", "\x00零\x1b[0m", "a\r\nb\u2028c", "𠮷野家", "</script>"]
)
def test_odd_characters_come_back_as_they_were(file: AnswerFile, text: str) -> None:
    file.save("a", text, 0)
    assert (file.load("a") or pytest.fail()).text == text
    assert file.save("a", text, 1).revision == 1


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
    assert _texts(file) == ["早先的", "次早", "手改过的文件"]
    assert data["answers"]["a"]["history"][0]["colour"] == "red"


def test_a_clock_put_back_does_not_stop_versions(file: AnswerFile) -> None:
    file.save("a", "写得很早的一稿", 0)
    _age(file, "a", -86_400)
    file.save("a", "写得很早的一稿,又写了", 1)
    assert _texts(file) == ["写得很早的一稿"]


def test_a_folder_in_the_files_place_is_an_error_not_a_crash(file: AnswerFile) -> None:
    file.path.mkdir()
    with pytest.raises(AnswerFileError):
        file.load("a")
    with pytest.raises(AnswerFileError):
        file.save("a", "x", 0)
