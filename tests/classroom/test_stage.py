"""The instructor's end, and what becomes of it on the dashboard and on the trainees' panels."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csworkshop.classroom.board import Board
from csworkshop.classroom.board_pages import board_page, caution_page, half_day_words, queue_page
from csworkshop.classroom.live import STUCK_AFTER, Watch
from csworkshop.classroom.moderation import Moderator
from csworkshop.classroom.pages import NUDGE_SECONDS, room_page, text_data, trainee_page
from csworkshop.classroom.presence import Membership, Presence
from csworkshop.classroom.records import Share, Summary
from csworkshop.classroom.stage import RESULTS, Stage
from csworkshop.classroom.store import SESSION, Class, ClassError

T = 1_500_000_000.0  # in the past: files written now are then never too old
NAMES = ("林小满", "邓子轩", "欧阳静")
TEXTS = ("林小满给您道歉，今天18点前送到。", "请您打13800138000找我。", "给您换一台，明天上午到。")
FAULT = Summary(0.4, False, (("vague", "fault", ((0, 3),)), ("empathy", "earned", ((0, 3),))))


@pytest.fixture
def stage(klass: Class) -> Stage:
    made = Stage(klass, clock=lambda: T, rng=random.Random(5))
    made.start("沟通技巧", "m2-vague-delivery")
    return made


@pytest.fixture
def joined(klass: Class, stage: Stage, tmp_path: Path) -> list[Presence]:
    """Three trainees who share their texts, a fourth who doesn't."""
    people: list[Presence] = []
    shares: list[Share] = ["texts", "texts", "texts", "progress"]
    for n, share in enumerate(shares):
        clock = iter(range(int(T), int(T) + 9000, 10))
        name = (*NAMES, "安静的人")[n]
        person = Presence(
            klass, stage.session, name, share, private=tmp_path / f"p{n}",
            clock=lambda: T, steady=lambda clock=clock: float(next(clock)),  # type: ignore[misc]
        )  # fmt: skip
        person.update("m2-vague-delivery", FAULT, (*TEXTS, "这句话不共享。")[n])
        people.append(person)
    return people


def _everything(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def test_a_poll_from_question_to_noted_counts(klass: Class, stage: Stage, joined: list[Presence]) -> None:
    poll = stage.ask("客户急着用，先说什么？", ["先致歉", "先给时间"])
    for person, n in zip(joined, (1, 1, 0, 1), strict=True):
        person.vote(poll.id, poll.options[n].id)
    watch = Watch(klass)
    open_ = room_page(watch.snapshot(T))["poll"]
    assert [o["votes"] for o in open_["options"]] == [1, 3]
    assert trainee_page_of(joined[0], klass)["poll"]["options"][0]["votes"] is None  # votes shouldn't follow votes
    stage.close("poll", watch.snapshot(T))
    joined[0].vote(poll.id, poll.options[0].id)  # too late
    shown = trainee_page_of(joined[1], klass)["poll"]
    assert [o["votes"] for o in shown["options"]] == [1, 3] and shown["voted"] == poll.options[1].id
    (noted,) = (klass.instructor / RESULTS).read_text("utf-8").splitlines()
    assert [c["votes"] for c in json.loads(noted)["counts"]] == [1, 3]
    assert not any(name in noted for name in NAMES)


def trainee_page_of(person: Presence, klass: Class, now: float = T) -> dict[str, Any]:
    member = Membership.__new__(Membership)
    member.__dict__.update(person.__dict__)
    return trainee_page(member, klass.session(), now)


def test_the_gallery_names_nobody_and_stands_in_an_order_of_chance(
    klass: Class, stage: Stage, joined: list[Presence]
) -> None:
    room = Watch(klass).snapshot(T)
    numbers = [s.number for s in room.seats if s.file.share == "texts"]
    orders: Counter[tuple[str, ...]] = Counter()
    for _ in range(30):
        gallery = stage.show(room, numbers, "哪一句更让人放心？")
        orders[tuple(o.text for o in gallery.options)] += 1
    assert len(orders) == 6
    shown = _everything(trainee_page_of(joined[3], klass)["gallery"])
    assert "13800138000" not in shown and not any(name in shown for name in NAMES)
    assert "今天18点前送到" in shown
    secret = (klass.folder / SESSION).read_text("utf-8")
    assert not any(str(seat.number) in secret and seat.key in secret for seat in room.seats)


def test_only_shared_texts_of_one_exercise_are_shown(klass: Class, stage: Stage, joined: list[Presence]) -> None:
    room = Watch(klass).snapshot(T)
    by_share = {s.file.share: s.number for s in room.seats}
    with pytest.raises(ClassError, match="共享文字"):
        stage.show(room, list(by_share.values()))
    with pytest.raises(ClassError, match="2 到 12"):
        stage.show(room, [by_share["texts"]])
    joined[0].update("m2-login", FAULT, "另一道题。")
    room = Watch(klass).snapshot(T)
    with pytest.raises(ClassError, match="同一道题"):
        stage.show(room, [s.number for s in room.seats if s.file.share == "texts"])


def test_the_dashboard_has_names_only_where_they_are_wanted(klass: Class, joined: list[Presence]) -> None:
    room = Watch(klass).snapshot(T + STUCK_AFTER)
    hidden, shown = _everything(room_page(room)), _everything(room_page(room, names=True))
    for name in (*NAMES, "安静的人"):
        assert name not in hidden and name in shown
    assert not any(seat.key in shown for seat in room.seats)
    assert "这句话不共享" not in shown
    page = room_page(room)
    assert page["heat"][0]["item"] == "empathy" and page["heat"][0]["share"] == 1.0
    assert page["common"][0]["item"] == "vague"
    assert page["common"][0]["count"] == {"zh": "4 人中有 4 人", "en": "4 of 4"}


def test_the_instructor_reads_a_text_masked_and_as_it_is(klass: Class, joined: list[Presence]) -> None:
    room = Watch(klass).snapshot(T)
    texts = {s.file.nickname: text_data(room, s.number) for s in room.seats}
    assert texts["安静的人"] is None and text_data(room, 5000) is None
    assert texts["邓子轩"] == {"masked": "请您打▇▇▇找我。", "text": TEXTS[1]}


def test_timer_and_nudge(klass: Class, stage: Stage, joined: list[Presence]) -> None:
    stage.count_down(90, "独立改写")
    stage.nudge("  注意\n时限要具体  ")
    at = {s: trainee_page_of(joined[0], klass, T + s) for s in (-5, 0, 30.5, 90, 9000)}
    assert [at[s]["timer"]["text"]["zh"] for s in at] == ["剩余 1:30", "剩余 1:30", "剩余 1:00", "时间到", "时间到"]
    assert at[0]["nudge"]["text"] == "注意 时限要具体"
    assert trainee_page_of(joined[0], klass, T + NUDGE_SECONDS)["nudge"] is None
    stage.clear("timer")
    assert trainee_page_of(joined[0], klass)["timer"] is None
    for seconds in (0, -1, float("nan"), 1e9):
        with pytest.raises(ClassError):
            stage.count_down(seconds)


@pytest.mark.parametrize("options", [[], ["一个"], ["好", " "], [str(n) for n in range(13)]])
def test_questions_that_are_none(stage: Stage, options: list[str]) -> None:
    with pytest.raises(ClassError):
        stage.ask("选哪个？", options)


def test_a_lesson_ends_and_nothing_stays(klass: Class, stage: Stage, joined: list[Presence]) -> None:
    before = stage.session.id
    assert stage.end() == 4
    assert list(klass.live.iterdir()) == []
    with pytest.raises(ClassError, match="没有正在上的课"):
        stage.nudge("还有人吗？")
    assert room_page(Watch(klass).snapshot(T))["lesson"] is False
    assert trainee_page_of(joined[0], klass)["poll"] is None
    assert stage.start("第三课").id != before


def test_a_broken_session_file_is_told_and_a_new_lesson_mends_it(klass: Class, stage: Stage) -> None:
    (klass.folder / SESSION).write_text('{"schema": 1, "id": "../x"}', "utf-8")
    with pytest.raises(ClassError, match=r"session\.json"):
        Watch(klass).snapshot(T)
    stage.start("重新开始")
    assert Watch(klass).snapshot(T).session is not None


def test_the_boards_page(klass: Class, board_of: Callable[[str], Board]) -> None:
    key = board_of("ann").post("<b>今天好累</b>", topic="rest")
    answer = board_of("ben").answer(key, "早点休息。")
    board_of("cat").mark(answer, "report")
    page = board_page(board_of("ann").view())
    (post,) = page["posts"]
    assert post["body"] == "<b>今天好累</b>" and post["own"] and post["topic"]["zh"] == "下班以后"
    assert post["when"] == {"zh": "3 月 5 日下午", "en": "2026-03-05, afternoon"}
    assert page["examples"] and page["self_talk"][0]["lines"]
    view = board_of("i").view(everything=True)
    queue = queue_page(Moderator(klass).queue(view), view)
    assert [(e["id"], e["under"], e["reports"]) for e in queue["entries"]] == [(answer, "<b>今天好累</b>", 1)]
    text = "我叫周小雨，电话13800138000"
    told = caution_page(text, board_of("ann").look(text))
    assert "手机号" in _everything(told) and [text[t["start"] : t["end"]] for t in told][-1] == "13800138000"
    assert half_day_words("<script>") == {"zh": "", "en": ""}
