"""A trainee's own file: what is in it, what isn't, and what two notebooks make of it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from csworkshop.classroom.live import Watch
from csworkshop.classroom.presence import BEAT, QUIET, Membership, Presence, join_class, joined
from csworkshop.classroom.records import KEPT_SCORES, SEAT_LIMIT, Session, Share, Summary
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class, ClassError

T = 1_500_000_000.0  # in the past: files written now are then never too old
VAGUE = Summary(0.4, False, (("vague", "fault", ((0, 2),)), ("empathy", "missing", ())))
TEXT = "应该快到了，请耐心等待。"


class Clock:
    """A clock that stands until it is told to go on."""

    now = T

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def session(klass: Class) -> Session:
    return Stage(klass, clock=lambda: T).start("第二课")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def presence(klass: Class, session: Session, tmp_path: Path, clock: Clock, share: Share = "progress") -> Presence:
    return Presence(klass, session, "小周", share, private=tmp_path / "p", clock=clock, steady=clock)


def in_file(one: Presence) -> dict[str, Any]:
    return dict(json.loads(one.path.read_text("utf-8")))


def test_progress_shares_no_word(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock)
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT)
    found = one.path.read_text("utf-8")
    assert "应该" not in found and "[[" not in found
    assert in_file(one) == one.shared()
    assert in_file(one)["work"]["m2-login"]["score"] == 0.4
    (seat,) = Watch(klass).snapshot(clock.now).seats
    assert (seat.file.nickname, seat.standing) == ("小周", "working")


def test_texts_are_shared_by_who_chose_it(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT)
    room = Watch(klass).snapshot(clock.now)
    assert room.seats[0].file.text == TEXT
    assert room.common_faults[0].examples == ("应该快到了",)
    clock.now += 1
    one.update("m2-parcel", VAGUE, "换一道题。")
    assert "应该快到" not in one.path.read_text("utf-8")


def test_what_the_file_cannot_hold_points_nowhere(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    clock.now += 1
    one.update("m2-login", Summary(0.1, False, (("vague", "fault", ((3, 5),)),)), "\x00\x00\x00应该快到了")
    assert in_file(one)["text"] == "应该快到了"
    assert in_file(one)["work"]["m2-login"]["lines"][0]["spans"] == []


def test_key_presses_are_gathered_and_the_last_one_arrives(
    klass: Class, session: Session, tmp_path: Path, clock: Clock
) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    for n in range(1, 11):
        clock.now += QUIET / 5
        one.update("m2-login", Summary(n / 10, False), TEXT[:n])
    assert in_file(one)["text"] == TEXT[:10] or not one.flush()
    clock.now += QUIET
    one.flush()
    assert in_file(one)["text"] == TEXT[:10]
    assert in_file(one)["work"]["m2-login"]["scores"] == [n / 10 for n in range(1, 11)][-KEPT_SCORES:]


def test_a_sign_of_life_changes_nothing_else(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock)
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT)
    before = in_file(one)
    clock.now += BEAT - 0.1
    assert not one.flush()
    one.update("m2-login", VAGUE, TEXT)  # marked again, nothing new
    clock.now += 0.1
    assert one.flush()
    assert in_file(one) == {**before, "seen_at": clock.now}


def test_a_long_lesson_keeps_the_file_small(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    lines = tuple((f"item_{n}", "fault", tuple((k, k + 1) for k in range(50))) for n in range(60))
    for n in range(60):
        clock.now += 1
        one.update(f"m2-exercise-{n}", Summary(0.5, False, lines), "字" * 5000)  # type: ignore[arg-type]
    assert one.path.stat().st_size < SEAT_LIMIT
    (seat,) = Watch(klass).snapshot(clock.now).seats
    assert seat.file.exercise == "m2-exercise-59" and "m2-exercise-0" not in seat.file.work


def test_after_a_restart_votes_and_scores_are_still_there(
    klass: Class, session: Session, tmp_path: Path, clock: Clock
) -> None:
    one = presence(klass, session, tmp_path, clock)
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT)
    one.vote("p1", "o1")
    clock.now += 1
    one.flush()
    clock.now += 60
    two = presence(klass, session, tmp_path, clock)
    assert (two.path, two.voted("p1")) == (one.path, "o1")
    assert in_file(two)["joined_at"] == T and in_file(two)["work"]["m2-login"]["scores"] == [0.4]
    assert len(Watch(klass).snapshot(clock.now).seats) == 1


def test_two_notebooks_of_one_trainee_take_up_each_others_work(
    klass: Class, session: Session, tmp_path: Path, clock: Clock
) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    clock.now += 1
    two = presence(klass, session, tmp_path, clock, "texts")
    clock.now += 1
    one.update("m2-login", VAGUE, "第一个笔记本里写的。")
    clock.now += 1
    two.vote("p1", "o2")
    clock.now += 1
    two.update("m2-parcel", VAGUE, "第二个笔记本里写的。")
    clock.now += BEAT
    one.flush()
    assert set(in_file(one)["work"]) == {"m2-login", "m2-parcel"}
    assert in_file(one)["votes"] == {"p1": "o2"}
    assert in_file(one)["exercise"] == "m2-parcel" and in_file(one)["text"].startswith("第二个")


def test_sharing_less_holds_for_the_other_notebook_too(
    klass: Class, session: Session, tmp_path: Path, clock: Clock
) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT)
    clock.now += 1
    presence(klass, session, tmp_path, clock, "progress")
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT + "请放心。")
    assert one.share == "progress" and "请放心" not in one.path.read_text("utf-8")


def test_leaving_takes_everything_away(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock, "texts")
    one.leave()
    clock.now += 60
    one.update("m2-login", VAGUE, TEXT)
    one.flush(force=True)
    assert list(klass.live.iterdir()) == [] and one.shared() == {}


def test_a_lost_drive_is_told_and_tried_again(klass: Class, session: Session, tmp_path: Path, clock: Clock) -> None:
    one = presence(klass, session, tmp_path, clock)
    klass.live.rename(klass.folder / "away")
    clock.now += 1
    one.update("m2-login", VAGUE, TEXT)
    assert "再试" in one.problem
    (klass.folder / "away").rename(klass.live)
    clock.now += 1
    assert one.flush() and one.problem == ""
    assert in_file(one)["exercise"] == "m2-login"


@pytest.mark.parametrize("nickname", ["", "  ", "\u202e\u200b"])
def test_a_nickname_is_needed(klass: Class, session: Session, tmp_path: Path, nickname: str) -> None:
    with pytest.raises(ClassError, match="昵称"):
        Presence(klass, session, nickname, private=tmp_path / "p")


def test_nobody_joins_what_is_not_on(klass: Class, tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="没有正在上的课"):
        join_class(klass.folder, "小周", private=tmp_path / "p")
    with pytest.raises(ClassError, match="没有班级"):
        join_class(tmp_path / "nowhere", "小周", private=tmp_path / "p")


def test_join_class_keeps_itself_up_to_date_and_says_what_is_shared(klass: Class, tmp_path: Path) -> None:
    stage = Stage(klass)
    stage.start("第二课")
    member: Membership = join_class(klass.folder, "小周", "texts", private=tmp_path / "p")
    try:
        assert "正在写的文字" in repr(member) and "小周" in repr(member)
        member.update("m2-login", VAGUE, TEXT)  # within the quiet time after joining: its thread writes it
        watch, until = Watch(klass), time.monotonic() + 20
        while watch.snapshot(time.time()).seats[0].file.text != TEXT:
            assert time.monotonic() < until, "nothing arrived"
            time.sleep(0.05)
        assert member.session() is not None
        stage.end()
        assert member.session() is None
    finally:
        member.leave()
    assert list(klass.live.iterdir()) == [] and "已退出" in repr(member)


def test_what_a_widget_tells_reaches_the_class_once_one_has_joined(klass: Class, tmp_path: Path) -> None:
    from csworkshop.exercises.library import load_exercise
    from csworkshop.exercises.marking import mark
    from csworkshop.exercises.watchers import tell

    exercise = load_exercise("m2-vague-delivery")
    marks = mark("应该快到了，请耐心等待。", exercise, "fast")
    Stage(klass).start("第二课")
    tell(exercise.id, marks, "还没有加入，谁也听不见。")
    first = join_class(klass.folder, "小周", private=tmp_path / "p")
    member = join_class(klass.folder, "小周", "texts", private=tmp_path / "p")  # the cell was run again
    try:
        assert joined() is member
        tell(exercise.id, marks, "应该快到了，请耐心等待。")
        member.flush(force=True)
        (seat,) = Watch(klass).snapshot(time.time()).seats
        assert seat.file.exercise == exercise.id and seat.work is not None
        assert {line.item for line in seat.work.lines} == set(exercise.scorecard.items)
        assert first.shared()["exercise"] == ""
    finally:
        member.leave()
    tell(exercise.id, marks, "退出以后也听不见。")
    assert joined() is None and list(klass.live.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="POSIX files")
def test_links_pipes_and_great_files_in_live_are_not_read(klass: Class, session: Session, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"schema": 1}', "utf-8")
    (klass.live / "link.json").symlink_to(tmp_path / "secret.json")
    os.link(tmp_path / "secret.json", klass.live / "hard.json")
    os.mkfifo(klass.live / "pipe.json")
    (klass.live / "folder.json").mkdir()
    (klass.live / "great.json").write_bytes(b" " * (SEAT_LIMIT + 1))
    (klass.live / "notes.txt").write_text("passed over", "utf-8")
    room = Watch(klass).snapshot(T)
    assert room.seats == () and room.unreadable == {"link": 2, "kind": 2, "big": 1}
    klass.live.joinpath("folder.json").rmdir()
    assert Stage(klass).end() == 5 and list(klass.live.iterdir()) == []
    assert (tmp_path / "secret.json").exists()
