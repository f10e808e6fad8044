"""Answer files as a trainee might send them: each is read, or has one reason why not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from csworkshop.exercises import answers
from csworkshop.grading.submission import Fault, Unfit, clean, parse_answers, read_regular, read_submission, usable_name
from csworkshop.text.language import LANGUAGES


def _file(text: object) -> bytes:
    return json.dumps({"schema": 1, "answers": {"a": {"revision": 1, "text": text}}}).encode()


BAD_FILES = {
    "empty": (b"", "json_damaged"),
    "truncated": (_file("hello")[:-5], "json_damaged"),
    "binary": (bytes(range(256)), "json_damaged"),
    "not utf-8": (_file("x").replace(b"x", b"\xff"), "json_damaged"),
    "a list": (b"[1, 2]", "json_form"),
    "a word": (b'"full marks"', "json_form"),
    "no schema": (b'{"answers": {}}', "json_form"),
    "another schema": (b'{"schema": 99, "answers": {}}', "json_form"),
    "true for a schema": (b'{"schema": true, "answers": {}}', "json_form"),
    "answers as a list": (b'{"schema": 1, "answers": []}', "json_form"),
    "deep lists": (b"[" * 400_000, "json_deep"),
    "deep objects": (b'{"a":' * 150_000, "json_deep"),
    "NaN": (b'{"schema": 1, "answers": {"a": {"revision": NaN, "text": "x"}}}', "json_number"),
    "Infinity": (b'{"schema": 1, "answers": {"a": {"revision": -Infinity}}}', "json_number"),
    "a huge number": (b'{"schema": ' + b"9" * 100_000 + b', "answers": {}}', "json_number"),
    "an answer twice": (b'{"schema": 1, "answers": {"a": {"text": "x"}, "a": {"text": "y"}}}', "json_twice"),
    "a text twice": (b'{"schema": 1, "answers": {"a": {"text": "x", "text": "y"}}}', "json_twice"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_has_one_reason(name: str) -> None:
    raw, key = BAD_FILES[name]
    with pytest.raises(Unfit) as caught:
        parse_answers(raw)
    assert caught.value.fault == Fault(key)
    assert all(caught.value.fault.text(lang) for lang in LANGUAGES)


@pytest.mark.parametrize("text", [None, 1, 1.5, True, ["x"], {"text": "x"}])
def test_an_answer_that_is_no_text_has_a_reason_of_its_own(text: object) -> None:
    assert parse_answers(_file(text))["a"] == Fault("answer_form")


def test_what_the_answer_file_writes_is_read_unchanged(tmp_path: Path) -> None:
    text = "您好,\n\t今天18点前“送到”😀。\u3000<b>&\\u0041"
    file = answers.AnswerFile(tmp_path)
    file.save("a", text, 0)
    file.note("b", hints=2)
    assert parse_answers(file.path.read_bytes()) == {"a": text, "b": ""}


def test_characters_that_no_page_can_hold_are_replaced() -> None:
    assert parse_answers(b'{"schema": 1, "answers": {"a": {"text": "x\\ud83d\\ude00\\ud800y\\u0000z"}}}')["a"] == (
        "x😀\ufffdy\ufffdz"
    )
    clean("\ud800" * 10).encode("utf-8")


def test_over_long_answers_are_cut_but_stay_too_long() -> None:
    from csworkshop.exercises.marking import MAX_CHARACTERS

    assert MAX_CHARACTERS < len(clean("好" * 900_000)) <= answers.MAX_CHARACTERS


def test_only_ordinary_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root:x:0:0")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "big").write_bytes(b"x" * 101)
    os.mkfifo(tmp_path / "pipe")  # opening it for reading would wait for a writer for ever
    found = {}
    for name in ("link", "folder", "pipe", "big", "none"):
        with pytest.raises(Unfit) as caught:
            read_regular(tmp_path / name, 100)
        found[name] = caught.value.fault.key
    assert found == {
        "link": "file_link", "folder": "file_kind", "pipe": "file_kind", "big": "file_big", "none": "file_missing"
    }  # fmt: skip
    assert read_regular(tmp_path / "secret", 100) == b"root:x:0:0"


def test_a_link_where_the_system_cannot_refuse_it_while_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_NOFOLLOW")  # as on Windows
    (tmp_path / "secret").write_text("x")
    (tmp_path / "answers.json").symlink_to(tmp_path / "secret")
    with pytest.raises(Unfit):
        read_regular(tmp_path / "answers.json", 100)


@pytest.mark.parametrize("stamp", ["", "yesterday", "x" * 5000, "99999-99-99 99:99 UTC", "2026-11-21 10:00 +99999999"])
def test_an_odd_time_is_noted_and_nothing_more(tmp_path: Path, stamp: str) -> None:
    (tmp_path / "timestamp.txt").write_text(stamp)
    submission = read_submission(tmp_path)
    assert (submission.timestamp, submission.timestamp_odd) == (None, True)
    assert submission.fault == Fault("file_missing")


@pytest.mark.parametrize("secret", [b"\xff\xfe" * 20, b"../../etc/passwd\n", b"short", b"x" * 100_000])
def test_an_odd_secret_is_not_used(tmp_path: Path, secret: bytes) -> None:
    (tmp_path / "submission_secret.txt").write_bytes(secret)
    assert read_submission(tmp_path).secret == ""


def test_names_that_can_stand_for_a_trainee() -> None:
    assert all(map(usable_name, ["alice", "张伟", "o.neil-2", "a b", "x+y@example.com", "学员 12"]))
    assert not any(map(usable_name, ["", ".hidden", "..", "a/b", "<img src=x>", 'a"b', "a\nb", "x" * 200, "a\u202eb"]))
