"""The answer file in ordinary life: revisions, versions, conflicts, limits, odd characters."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from csworkshop.exercises import answers
from csworkshop.exercises.answers import AnswerFile, AnswerFileError

from .conftest import age, texts


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
    assert texts(file) == []


def test_deleted_words_are_kept(file: AnswerFile) -> None:
    file.save("a", "很抱歉让您等了这么久", 0)
    file.save("a", "", 1)
    assert texts(file) == ["很抱歉让您等了这么久"]


def test_a_pause_makes_a_version(file: AnswerFile) -> None:
    file.save("a", "很抱歉让您等了", 0)
    age(file, "a", 60)
    file.save("a", "很抱歉让您等了这么久", 1)
    assert texts(file) == ["很抱歉让您等了"]


def test_restoring_keeps_the_current_text(file: AnswerFile) -> None:
    file.save("a", "第一稿写在这里", 0)
    file.save("a", "第二稿写在这里了", 1, keep_current=True)
    file.save("a", "第一稿写在这里", 2, keep_current=True)
    assert texts(file) == ["第一稿写在这里", "第二稿写在这里了"]


def test_keep_adds_a_version_once_and_leaves_the_current_text(file: AnswerFile) -> None:
    file.save("a", "现在的", 0)
    for text in ("掉线时写的", "掉线时写的", "现在的", ""):
        file.keep("a", text)
    answer = file.load("a")
    assert answer and (answer.text, answer.revision) == ("现在的", 1)
    assert texts(file) == ["掉线时写的"]


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
    assert texts(file) == [f"窗口{n}写的" for n in range(9, 29)]


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
