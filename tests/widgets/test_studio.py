"""The studio's side in Python: the messages, two windows, saves that fail."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from csworkshop.exercises import answers
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.feedback import segments
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.progress.records import Log
from csworkshop.widgets import studio as module
from csworkshop.widgets.studio import ReplyStudio, studio
from tests.widgets.tab import Screen, sent

from .conftest import EXERCISE, HONEST


def _saved(folder: Path) -> str | None:
    answer = AnswerFile(folder).load(EXERCISE)
    return answer.text if answer else None


# --- messages ---


def test_welcome_tells_an_empty_start(screen: Screen) -> None:
    welcome = screen.welcome
    assert (welcome["kind"], welcome["text"], welcome["revision"], welcome["hints"]) == ("welcome", "", 0, [])
    assert welcome["marks"]["refusal"] == "empty"
    assert welcome["problem"] is None


def test_edit_is_marked_by_the_one_marking_function_and_saved(screen: Screen, tmp_path: Path) -> None:
    ack = screen.type(HONEST)
    assert (ack["state"], ack["revision"], ack["why"]) == ("saved", 1, None)
    assert _saved(tmp_path) == HONEST
    marks = mark(HONEST, load_exercise(EXERCISE))
    shown = screen.result["marks"]
    assert (shown["score"], shown["passed"]) == (marks.score, marks.passed)
    assert [(line["item"], line["state"]) for line in shown["lines"]] == [(x.item, x.state) for x in marks.lines]
    assert shown["pieces"] == [[s, e, marks.lines.index(line)] for s, e, line in segments(marks)]
    words = [HONEST[start:end] for start, end, _ in shown["pieces"]]
    assert "这事是我们耽误了" in words


def test_first_result_goes_out_before_the_text_is_saved(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    save = AnswerFile.save
    monkeypatch.setattr(AnswerFile, "save", lambda *a, **k: (order.append("save"), save(*a, **k))[1])
    screen.widget.send = lambda content, buffers=None: order.append(content["kind"])  # type: ignore[method-assign]
    screen._deliver("edit", {"seq": 1, "text": "您好", "revision": 0})
    assert order == ["result", "save", "result", "ack"]


def test_words_are_saved_even_if_marking_fails(screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a rule's author made a mistake")

    monkeypatch.setattr(module, "mark", broken)
    messages: list[dict[str, Any]] = []
    screen.widget.send = lambda content, buffers=None: messages.append(content)  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        screen.widget._receive(None, {"kind": "edit", "client": "tab1", "seq": 1, "text": HONEST, "revision": 0}, None)
    assert [m["kind"] for m in messages] == ["ack"]
    assert "评分时程序出错" in messages[0]["why"]["zh"]
    assert _saved(tmp_path) == HONEST


def test_offsets_count_code_points(screen: Screen) -> None:
    text = "😀𠮷😀换谁都急"
    screen.type(text)
    assert max(end for _, end, _ in screen.result["marks"]["pieces"]) == 7  # in UTF-16 it would be 10


def test_half_a_surrogate_pair_does_not_stop_a_message(screen: Screen, tmp_path: Path) -> None:
    assert screen.type("您好\ud83d，换谁都急")["state"] == "saved"
    assert _saved(tmp_path) == "您好\ufffd，换谁都急"


def test_texts_beyond_all_reason_are_marked_and_not_saved(screen: Screen, tmp_path: Path) -> None:
    assert screen.type("好" * 20_000)["state"] == "saved"
    assert screen.result["marks"]["refusal"] == "too_long"
    ack = screen.type("好" * 20_001)
    assert ack["state"] == "failed" and "太长" in ack["why"]["zh"] and "too long" in ack["why"]["en"]
    assert _saved(tmp_path) == "好" * 20_000


def test_answer_is_found_again_by_a_new_kernel(tmp_path: Path) -> None:
    Screen(studio(EXERCISE, folder=str(tmp_path))).type(HONEST)
    again = Screen(studio(EXERCISE, folder=str(tmp_path)))
    assert (again.welcome["text"], again.revision) == (HONEST, 1)
    assert again.type(HONEST + "再见")["state"] == "saved"


def test_restoring_keeps_what_was_there(screen: Screen) -> None:
    screen.type("第一稿写在这里")
    screen.type("第二稿写在这里了", restore=True)
    [versions] = screen.ask("versions")
    assert [(v["text"], v["conflict"]) for v in versions["versions"]] == [("第一稿写在这里", False)]


def test_unsaved_words_of_an_earlier_view_are_put_away(screen: Screen) -> None:
    screen.type("现在的文字")
    [kept] = screen.ask("keep", texts=["掉线时写的"], keys=["k1"])
    assert (kept["kind"], kept["keys"]) == ("kept", ["k1"])
    [versions] = screen.ask("versions")
    assert [v["text"] for v in versions["versions"]] == ["掉线时写的"]


# --- two windows ---


def test_another_tab_with_the_same_widget_is_told(screen: Screen) -> None:
    second = Screen(screen.widget, "tab2")
    screen.type("一号写的")
    assert [(m["kind"], m["from"], m["text"], m["revision"]) for m in screen.others] == [
        ("other", "tab1", "一号写的", 1)
    ]
    ack = second.type("二号没看见，接着写")  # still based on revision 0
    assert ack["state"] == "conflict" and ack["revision"] == 2
    [versions] = second.ask("versions")
    assert [(v["text"], v["conflict"]) for v in versions["versions"]] == [("一号写的", True)]


def test_a_lone_tab_is_not_told_its_own_words(screen: Screen) -> None:
    screen.type("一号写的")
    assert screen.others == []


def test_a_tab_that_said_goodbye_is_not_told(screen: Screen) -> None:
    second = Screen(screen.widget, "tab2")
    second.ask("bye")
    screen.type("一号写的")
    assert screen.others == []


def test_a_sibling_widget_of_the_same_exercise_is_told(screen: Screen, tmp_path: Path) -> None:
    sibling = studio(EXERCISE, folder=str(tmp_path))
    other = studio(EXERCISE, folder=str(tmp_path / "elsewhere"))
    Screen(sibling, "tab2")
    Screen(other, "tab3")
    heard = sent(sibling, lambda: screen.type("一号写的"))
    assert [(m["kind"], m["text"]) for m in heard] == [("other", "一号写的")]
    assert sent(other, lambda: screen.type("一号又写")) == []


def test_a_window_that_comes_to_the_front_learns_what_another_kernel_wrote(screen: Screen, tmp_path: Path) -> None:
    assert screen.ask("look", revision=0) == []
    AnswerFile(tmp_path).save(EXERCISE, "别的内核写的", 0)
    [news] = screen.ask("look", revision=0)
    assert (news["kind"], news["to"], news["text"], news["revision"]) == ("other", "tab1", "别的内核写的", 1)
    assert screen.ask("look", revision=1) == []


def test_another_kernels_words_go_to_the_versions(screen: Screen, tmp_path: Path) -> None:
    screen.type("一号写的")
    AnswerFile(tmp_path).save(EXERCISE, "别的内核写的", 1)
    assert screen.type("一号接着写")["state"] == "conflict"
    history = (AnswerFile(tmp_path).load(EXERCISE) or pytest.fail()).history
    assert [(v.text, v.conflict) for v in history] == [("别的内核写的", True)]


def test_sending_again_after_silence_is_no_conflict(screen: Screen) -> None:
    screen.type("写了一半")
    screen.revision = 0  # the acknowledgement never arrived
    assert screen.type("写了一半又写")["state"] == "saved"


def test_callbacks_in_several_threads_lose_nothing(widget: ReplyStudio, tmp_path: Path) -> None:
    sibling = studio(EXERCISE, folder=str(tmp_path))
    screens = [Screen(widget, "tab1"), Screen(sibling, "tab2")]
    for one in (widget, sibling):
        one.send = lambda content, buffers=None: None  # type: ignore[method-assign]
    failed: list[BaseException] = []

    def write(screen: Screen) -> None:
        try:
            for n in range(25):
                screen._deliver("edit", {"seq": n, "text": f"{screen.client}写的{n}", "revision": 0})
                screen._deliver("hint", {})
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(s,)) for s in screens]
    for thread in threads:
        thread.start()
    for _ in range(5):
        widget.check()
    for thread in threads:
        thread.join(60)
    assert not failed and not any(t.is_alive() for t in threads)
    assert (AnswerFile(tmp_path).load(EXERCISE) or pytest.fail()).revision == 50


# --- a disk that says no ---


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, ("磁盘满了", "disk is full")),
        (errno.EROFS, ("不让写入", "cannot be written")),
        (errno.EIO, ("", "")),
    ],
)
def test_a_failed_save_is_told_and_nothing_is_lost(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: tuple[str, str]
) -> None:
    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    screen.type("存好的")
    with monkeypatch.context() as patch:
        patch.setattr(answers.os, "fsync", fail)
        ack = screen.type("存好的，又写了些" + HONEST)
        assert ack["state"] == "failed" and ack["revision"] == 1
        assert told[0] in ack["why"]["zh"] and told[1] in ack["why"]["en"] and "未保存" in ack["why"]["zh"]
        assert screen.result["marks"]["score"] > 0  # judged all the same
        assert "致歉担责" in repr(screen.widget.check())  # and the verbs know the newest words
        assert _saved(tmp_path) == "存好的"
        kinds = [m["kind"] for m in screen.ask("hint")]
        assert kinds == ["problem", "hints"]  # a hint is given though it can't be noted
    assert screen.type("存好的，又写了些" + HONEST)["state"] == "saved"
    assert _saved(tmp_path) == "存好的，又写了些" + HONEST


def test_a_file_of_a_newer_kit_is_left_alone_and_told(tmp_path: Path) -> None:
    content = '{"schema": 2, "answers": {}}'
    (tmp_path / "answers.json").write_text(content)
    screen = Screen(studio(EXERCISE, folder=str(tmp_path)))
    assert "更新版本" in screen.welcome["problem"]["zh"]
    assert screen.type("写点什么")["state"] == "failed"
    assert (tmp_path / "answers.json").read_text() == content


def test_what_stands_when_the_page_is_left_is_an_attempt(screen: Screen, tmp_path: Path) -> None:
    screen.type("晚")
    screen.type(HONEST)
    assert Log(tmp_path).read().attempts == ()
    screen.ask("bye")
    (attempt,) = Log(tmp_path).read().attempts
    marks = mark(HONEST, load_exercise(EXERCISE))
    assert (attempt.exercise, attempt.score, attempt.where) == (EXERCISE, marks.score, "lesson")
    assert attempt.items["own"] == "earned"


def test_a_damaged_file_is_moved_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text('{"schema": 1, "ans')
    screen = Screen(studio(EXERCISE, folder=str(tmp_path)))
    assert "损坏" in screen.welcome["problem"]["zh"] and "damaged" in screen.welcome["problem"]["en"]
    ack = screen.type("接着写")
    assert ack["state"] == "saved" and "answers.unreadable-" in ack["why"]["zh"]
    assert len(list(tmp_path.glob("answers.unreadable-*.json"))) == 1
    assert screen.type("接着写下去")["why"] is None
