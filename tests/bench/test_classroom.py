"""The class at work: real kernels, real files; what is lost is told; what the page showed belongs to what was sent."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from csworkshop.bench.room.lesson import Lesson
from csworkshop.bench.room.verify import Delays, losses
from csworkshop.bench.room.view import Mark, Record, Sent
from csworkshop.bench.room.watched import Seen
from csworkshop.classroom.live import Watch
from csworkshop.classroom.pages import exercise_title
from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class
from csworkshop.progress.records import Log

VAGUE, TONE = "m2-vague-delivery", "m2-tone-game"


def test_two_kernels_lose_nothing_and_a_lost_line_is_told(tmp_path: Path) -> None:
    klass = Class.create(tmp_path / "class", "一班")
    Stage(klass).start("第二课")
    lesson = Lesson(klass, tmp_path, trainees=2, seconds=8, hurry=20)
    lesson.start()
    try:
        while not lesson.worked:
            time.sleep(0.1)
        if lesson.trouble is not None:
            raise lesson.trouble
        room = Watch(klass).snapshot(time.time())
    finally:
        lesson.stop()
    found = losses(lesson.people, room)
    assert found.all == [] and found.unreadable == 0
    sent = [(one, attempt) for one in lesson.people for attempt in one.record.attempts]
    assert sent, "nobody tried anything"
    assert found.lines >= len(sent)
    for one in lesson.people:
        assert len(one.views) >= 10, "the lesson's cells were run"
        assert one.record.nickname in {seat.file.nickname for seat in room.seats}
    one, attempt = sent[0]
    Log(one.workspace).delete(attempt.exercise)
    (one.workspace / "answers.json").unlink()
    told = losses(lesson.people, room)
    assert any(attempt.exercise in line for line in told.attempts)
    assert told.texts


def _seen(at: float, exercise: str, score: int) -> Seen:
    return Seen(at, "学员01", exercise_title(exercise)["zh"], score, "working")


@pytest.fixture
def record() -> Record:
    """Three states, of which the second is an attempt."""
    marks = [Mark(10.0, VAGUE, 20), Mark(11.0, VAGUE, 60), Mark(40.0, TONE, 60)]
    return Record("学员01", marks=marks, attempts=[Sent(VAGUE, "a", marks[1])])


def test_delay_is_from_sending_to_the_page(record: Record) -> None:
    found = Delays()
    found.add(record, [_seen(10.4, VAGUE, 20), _seen(11.9, VAGUE, 60), _seen(41.0, TONE, 60)])
    assert found.attempts == pytest.approx([0.9])
    assert found.changes == pytest.approx([0.4, 0.9, 1.0])
    assert not found.missing and not found.overtaken


def test_an_attempt_that_the_page_never_showed_is_missing(record: Record) -> None:
    found = Delays()
    found.add(record, [_seen(10.4, VAGUE, 20), _seen(41.0, TONE, 60)])
    assert found.missing == ["学员01: m2-vague-delivery, 60 points"]
    assert found.overtaken == 1 and found.attempts == []


def test_what_was_there_before_is_no_answer(record: Record) -> None:
    found = Delays()
    found.add(record, [_seen(9.0, VAGUE, 60), _seen(10.4, VAGUE, 20)])
    assert found.attempts == [] and len(found.missing) == 1


def test_a_change_that_the_next_one_overtook_is_not_missed() -> None:
    record = Record("学员01", marks=[Mark(10.0, VAGUE, 20), Mark(10.2, VAGUE, 30)])
    found = Delays()
    found.add(record, [_seen(11.0, VAGUE, 30)])
    assert found.overtaken == 1 and not found.missing
