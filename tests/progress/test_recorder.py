"""A text counts as an attempt when it stands for a while, is the trainee's own, and something came out differently."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from csworkshop import load_exercise, mark
from csworkshop.exercises.marking import Marks
from csworkshop.progress.recorder import PAUSE, Recorder
from csworkshop.progress.records import Attempt, Log
from tests.progress.made import NOW, Made

EXERCISE = load_exercise("m2-vague-delivery")
GOOD = (
    "晚上要招待八个客人,海鲜还没到,换谁都急,实在抱歉,是我们晚了。骑手的车坏了,已经换车,今天下午2点20分前送到您家;"
    "冰袋能保冷六个小时,开箱化了您当场拒收,全额退款。2点20分我打电话跟您确认。"
)
VAGUE = "您好,给您带来不便非常抱歉,我们会尽快给您送到的,请您再耐心等待一下,谢谢。"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def recorder(folder: Path, clock: Clock, **more: Any) -> Recorder:
    return Recorder(folder, clock=clock, timer=None, **more)


def marks(text: str) -> Marks:
    return mark(text, EXERCISE)


def read(folder: Path) -> list[Attempt]:
    return list(Log(folder).read().attempts)


def test_typing_is_no_attempt_but_a_text_that_stands_is(tmp_path: Path) -> None:
    clock = Clock()
    r = recorder(tmp_path, clock)
    for n in range(20, len(GOOD) + 1, 3):
        r.seen(EXERCISE, marks(GOOD[:n]))
        clock.on(0.4)
    r.seen(EXERCISE, marks(GOOD), hints=1)
    clock.on(PAUSE - 1)
    assert r.tick() == []
    clock.on(2)
    assert len(r.tick()) == 1
    assert r.tick() == []
    (found,) = read(tmp_path)
    assert (found.exercise, found.module, found.level, found.hints) == ("m2-vague-delivery", "m2", 1, 1)
    assert found.items["specific_time"] == "earned"
    assert found.items["rude"] == "clean"
    assert found.score == marks(GOOD).score
    assert 5 < found.seconds < 60
    assert found.at == (clock.now - timedelta(seconds=PAUSE + 1)).replace(microsecond=0)
    assert GOOD[:6] not in (tmp_path / "progress.jsonl").read_text("utf-8")


def test_the_next_key_press_finds_that_the_text_before_stood(tmp_path: Path) -> None:
    clock = Clock()
    r = recorder(tmp_path, clock)
    r.seen(EXERCISE, marks(VAGUE))
    clock.on(PAUSE + 5)
    r.seen(EXERCISE, marks(GOOD))
    (found,) = read(tmp_path)
    assert found.items["vague"] == "fault"
    assert found.words["vague"] == ("尽快",)
    assert found.at == NOW


def test_leaving_and_asking_need_no_pause(tmp_path: Path) -> None:
    clock = Clock()
    r = recorder(tmp_path, clock, where="assignment")
    assert r.check(EXERCISE, marks(VAGUE))
    clock.on(3)
    r.seen(EXERCISE, marks(GOOD))
    assert len(r.leave()) == 1
    assert r.leave() == []
    first, second = read(tmp_path)
    assert (first.tries, second.tries) == (0, 1)
    assert first.where == "assignment"


def test_what_is_no_text_of_their_own_is_no_attempt(tmp_path: Path) -> None:
    r = recorder(tmp_path, Clock())
    for text in ("", "好的", EXERCISE.flawed_reply):
        assert r.check(EXERCISE, marks(text)) is None
    assert read(tmp_path) == []


def test_a_refused_text_is_recorded_without_items(tmp_path: Path) -> None:
    r = recorder(tmp_path, Clock())
    assert r.check(EXERCISE, marks(EXERCISE.model_answer), solution_seen=True)
    (found,) = read(tmp_path)
    assert (found.refusal, found.items, found.score, found.solution) == ("copied", {}, 0.0, True)


def test_the_same_words_count_once_in_any_window(tmp_path: Path) -> None:
    clock = Clock()
    one, two = recorder(tmp_path, clock), recorder(tmp_path, clock)
    assert one.check(EXERCISE, marks(VAGUE))
    assert two.check(EXERCISE, marks(VAGUE.replace(",", "，") + " ")) is None
    clock.on(3 * 86400)
    assert two.check(EXERCISE, marks(VAGUE)) is None
    assert len(read(tmp_path)) == 1


def test_polishing_that_changes_no_outcome_is_the_same_attempt(tmp_path: Path) -> None:
    clock = Clock()
    r = recorder(tmp_path, clock)
    assert r.check(EXERCISE, marks(VAGUE))
    polished = VAGUE.replace("谢谢", "感谢")
    assert [x.state for x in marks(polished).lines] == [x.state for x in marks(VAGUE).lines]
    clock.on(60)
    assert r.check(EXERCISE, marks(polished)) is None
    clock.on(3600)  # another sitting: the same outcome in other words is another attempt
    again = r.check(EXERCISE, marks(polished))
    assert again
    assert again.tries == 0


def test_windows_at_once_write_one_attempt(tmp_path: Path) -> None:
    clock, found = Clock(), marks(GOOD)
    all_of_them = [recorder(tmp_path, clock) for _ in range(8)]
    threads = [threading.Thread(target=r.check, args=(EXERCISE, found)) for r in all_of_them]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(read(tmp_path)) == 1


def test_a_timer_rings_until_nothing_waits(tmp_path: Path) -> None:
    clock, rings = Clock(), []
    r = Recorder(tmp_path, clock=clock, timer=lambda seconds, act: rings.append((seconds, act)))
    r.seen(EXERCISE, marks(VAGUE))
    clock.on(5)
    r.seen(EXERCISE, marks(GOOD))
    assert len(rings) == 1  # one timer, however many keys
    clock.on(PAUSE - 5)
    rings.pop()[1]()
    assert read(tmp_path) == []
    ((seconds, act),) = rings
    assert 4 < seconds <= 5
    clock.on(seconds)
    act()
    assert len(read(tmp_path)) == 1
    assert len(rings) == 1


def test_a_full_disk_is_told_and_nothing_is_raised(tmp_path: Path) -> None:
    r = recorder(tmp_path / "file", Clock())
    (tmp_path / "file").write_text("a file where a folder should be")
    assert r.check(EXERCISE, marks(GOOD)) is None
    assert str(tmp_path / "file") in r.problem


def test_other_kinds_tell_what_they_know(tmp_path: Path) -> None:
    drill = Made("m4-drill", kind="decode", module="m4", items=("empathy", "vague"))
    r = recorder(tmp_path, Clock())
    assert r.done(drill, {"anger": "earned"}, 1.0, True, seconds=12.34, text="a")
    assert r.done(drill, {"anger": "missing"}, 0.0, False, text="b")
    assert r.done(drill, {"anger": "missing"}, 0.0, False, text="b") is None
    first, second = read(tmp_path)
    assert (first.kind, first.seconds, second.tries) == ("decode", 12.3, 1)


def test_what_an_exercise_trains_counts_by_its_score(tmp_path: Path) -> None:
    quiz = Made("m2-quiz", kind="choice", items=("empathy", "vague"))
    r = recorder(tmp_path, Clock())
    expected = ((0.9, "earned", "clean"), (0.6, "partly", "partly"), (0.2, "missing", "fault"))
    for n, (score, technique, fault) in enumerate(expected):
        found = Marks("m2-quiz", score, score > 0.6, "", (), marks("").report)
        assert r.check(quiz, found, text=f'{{"q1": {n}}}')
        items = read(tmp_path)[-1].items
        assert (items["empathy"], items["vague"]) == (technique, fault)
