"""The tree hole as its users meet it: post, answer, mark once, take back, hide, report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csworkshop.classroom.board import LONGEST_POST, Board, NeedsThought, NotPosted
from csworkshop.classroom.board_file import BoardError
from csworkshop.classroom.moderation import MODERATION, Moderator, read_moderation
from csworkshop.classroom.store import Class, ClassError

People = Callable[[str], Board]
HARD = "客户骂了我半个小时，挂了电话手还在抖。"


def test_a_post_is_read_by_all_and_known_as_own_by_its_writer_alone(board_of: People) -> None:
    key = board_of("ann").post(HARD, topic="anger")
    (mine,) = board_of("ann").view().posts
    (theirs,) = board_of("ben").view().posts
    assert (mine.id, mine.body, mine.topic, mine.half_day) == (key, HARD, "anger", "2026-03-05pm")
    assert mine.mine and not theirs.mine


def test_colleagues_and_seniors_answer_seniors_first(klass: Class, board_of: People) -> None:
    key = board_of("ann").post(HARD)
    code = Moderator(klass).new_senior_code()
    board_of("ben").answer(key, "抱抱，我上周也遇到过。")
    board_of("cat").answer(key, "先把脚踩实，慢慢呼一口气。", senior_code=code.upper().replace("-", " "))
    (post,) = board_of("ann").view().posts
    assert [(a.role, a.body[:2]) for a in post.answers] == [("senior", "先把"), ("colleague", "抱抱")]
    with pytest.raises(NotPosted, match="口令"):
        board_of("ben").answer(key, "我也来说两句。", senior_code="abcd-efgh-jkmn-pqrs")
    Moderator(klass).new_senior_code()
    with pytest.raises(NotPosted, match="口令"):
        board_of("cat").answer(key, "旧口令不能再用了。", senior_code=code)
    assert code not in (klass.board / MODERATION).read_text("utf-8")


def test_one_mark_a_person_a_post_and_it_can_be_taken_back(board_of: People) -> None:
    key = board_of("ann").post(HARD)
    for _ in range(3):
        board_of("ben").mark(key, "same")
    board_of("cat").mark(key, "same")
    board_of("cat").mark(key, "helpful")
    (post,) = board_of("ben").view().posts
    assert (post.same, post.helpful, post.marked) == (2, 1, {"same"})
    board_of("ben").mark(key, "same", on=False)
    assert board_of("ben").view().posts[0].same == 1


def test_own_posts_can_be_taken_back_with_all_that_hangs_on_them(board_of: People) -> None:
    key = board_of("ann").post(HARD)
    answer = board_of("ben").answer(key, "我陪你说说话。")
    board_of("cat").mark(answer, "helpful")
    with pytest.raises(NotPosted, match="自己"):
        board_of("ben").delete(key)
    with pytest.raises(NotPosted, match="自己"):
        board_of("ann").delete(answer)
    board_of("ann").delete(key)
    assert board_of("ben").view().posts == ()
    with pytest.raises(NotPosted):
        board_of("ben").mark(answer, "helpful")


def test_who_forgets_the_secret_owns_nothing_any_more(board_of: People) -> None:
    ann = board_of("ann")
    key = ann.post(HARD)
    ann.secret.forget()
    assert not board_of("ann").view().posts[0].mine
    with pytest.raises(NotPosted):
        board_of("ann").delete(key)
    assert not ann.secret.path.exists()


def test_looking_makes_no_secret(board_of: People) -> None:
    board = board_of("ann")
    board.view()
    assert not board.secret.path.exists()


def test_the_writer_is_warned_before_posting_and_decides(klass: Class, tmp_path: Path) -> None:
    Moderator(klass).warn_of(["蓝鲸计划"])
    board = Board(klass, names=["周小雨"], private=tmp_path / "p")
    text = "我周小雨在蓝鲸计划里被客户投诉，工单号 GD20260305017。"
    with pytest.raises(NeedsThought) as caught:
        board.post(text)
    assert {text[c.start : c.end] for c in caught.value.found} >= {"周小雨", "蓝鲸计划", "GD20260305017"}
    assert board.view().posts == ()
    board.post(text, despite=True)
    assert board.view().posts[0].body == text


@pytest.mark.parametrize(
    ("text", "says"),
    [("  \n ", "太短"), ("好", "太短"), ("难" * (LONGEST_POST + 1), "太长"), ("\u200b\u202e\x00" * 9, "太短")],
)
def test_texts_that_are_no_post(board_of: People, text: str, says: str) -> None:
    with pytest.raises(NotPosted, match=says):
        board_of("ann").post(text)


def test_the_instructor_hides_restores_pins_closes_and_removes(klass: Class, board_of: People) -> None:
    first, second = (board_of("ann").post(f"{HARD}{n}") for n in (1, 2))
    moderator = Moderator(klass)
    moderator.hide(first, "提到了客户的姓名")
    assert [p.id for p in board_of("ann").view().posts] == [second]
    assert {p.id: p.hidden for p in board_of("i").view(everything=True).posts} == {first: True, second: False}
    moderator.restore(first)
    moderator.pin(max(first, second))
    assert [p.id for p in board_of("ben").view().posts] == sorted((first, second), reverse=True)
    moderator.close(second)
    with pytest.raises(NotPosted, match="不再接收"):
        board_of("ben").answer(second, "还想说一句。")
    moderator.remove(second)
    assert [p.id for p in board_of("ben").view(everything=True).posts] == [first]
    assert second not in (klass.board / MODERATION).read_text("utf-8")


def test_reports_queue_until_looked_at_and_come_back_with_the_next(klass: Class, board_of: People) -> None:
    key = board_of("ann").post(HARD)
    answer = board_of("ben").answer(key, "你就是太矫情了。")
    for name in ("cat", "cat", "dan"):
        board_of(name).mark(answer, "report")
    moderator = Moderator(klass)
    (queued,) = moderator.queue(board_of("i").view(everything=True))
    assert (queued.id, queued.reports) == (answer, 2)
    moderator.keep(answer, 2)
    assert moderator.queue(board_of("i").view(everything=True)) == []
    board_of("eve").mark(answer, "report")
    assert [q.id for q in moderator.queue(board_of("i").view(everything=True))] == [answer]
    moderator.hide(answer)
    assert board_of("ann").view().posts[0].answers == ()
    assert moderator.queue(board_of("i").view(everything=True)) == []


def test_posts_may_wait_for_the_instructor(klass: Class, board_of: People) -> None:
    there = board_of("ann").post(HARD)
    moderator = Moderator(klass)
    moderator.review_first(True)
    new = board_of("ann").post("今天被夸了一句，开心。", topic="good")
    assert {p.id for p in board_of("ben").view().posts} == {there}
    assert {p.id for p in board_of("ann").view().posts} == {there, new}  # her own words aren't gone
    assert [q.id for q in moderator.queue(board_of("i").view(everything=True))] == [new]
    moderator.let_through(new)
    assert {p.id for p in board_of("ben").view().posts} == {there, new}


def test_a_broken_moderation_file_brings_nothing_hidden_to_light(klass: Class, board_of: People) -> None:
    Moderator(klass).hide(board_of("ann").post(HARD))
    (klass.board / MODERATION).write_text('{"schema": 1, "hidden": ', "utf-8")
    with pytest.raises(BoardError, match="隐藏"):
        board_of("ben").view()


def test_examples_stand_in_an_empty_board_and_make_room(board_of: People) -> None:
    assert len(board_of("ann").view().examples) >= 8
    for n in range(6):
        board_of("ann").post(f"{HARD}{n}")
    assert board_of("ann").view().examples == ()


def test_moderation_is_the_instructors(klass: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Class, "is_instructor", lambda self: False)
    with pytest.raises(ClassError, match="讲师"):
        Moderator(klass)
    assert read_moderation(klass).hidden == {}
