"""The log of a search: what it tells, and that it can be replayed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from csworkshop.practice.articles import knowledge
from csworkshop.practice.search import index
from csworkshop.practice.search_notes import search_notes
from csworkshop.practice.searching import Behaviour, SearchLog, SearchLogError, behaviour

START = datetime(2025, 10, 16, 9, 0)
ON = date(2025, 10, 16)
NEEDED = ("shop-points-back", "shop-coupon-back")


def played(*steps: str) -> SearchLog:
    """A log of steps a minute apart: `?query` is asked of the real index, anything else is the id of an article."""
    log = SearchLog()
    for n, step in enumerate(steps):
        at = START + timedelta(minutes=n)
        if step.startswith("?"):
            found = [hit.article.id for hit in index().search(step[1:], limit=5)]
            log = log.searched(step[1:], found, at=at)
        else:
            log = log.opened(step, at=at)
    return log


def told(log: SearchLog, cited: tuple[str, ...] = ()) -> Behaviour:
    return behaviour(log, knowledge(), needed=NEEDED, cited=cited, on=ON)


def test_a_straight_way() -> None:
    how = told(played("?积分退回", "shop-points-back", "?优惠券失效", "shop-coupon-back"), NEEDED)
    assert [(w.queries, w.shown_first) for w in how.ways] == [(1, 1), (1, 2)]
    assert [w.seconds for w in how.ways] == [60, 180]
    assert (how.queries, how.opened, how.reworded) == (2, 2, 0)
    assert not (how.repeated or how.empty or how.irrelevant or how.outdated or how.outdated_cited or how.cited_unopened)


def test_two_articles_found_with_one_query() -> None:
    how = told(played("?退款后积分和优惠券", "shop-coupon-back", "shop-points-back"))
    assert [w.queries for w in how.ways] == [0, 1]


def test_rewordings_repetitions_and_queries_without_hits() -> None:
    log = played("?积分没回来", "?抵扣的积分", "?抵扣的 积分！", "?龘龘", "?信用卡账单")
    how = told(log)
    assert how.reworded == 1
    assert how.repeated == ("抵扣的 积分！",)
    assert how.empty == ("龘龘",)


def test_an_article_that_was_shown_and_not_opened() -> None:
    how = told(played("?积分退回", "?优惠券失效", "shop-coupon-back"))
    points = how.ways[0]
    assert points.overlooked
    assert points.queries is None and points.shown_first == 1


def test_irrelevant_related_and_outdated_articles() -> None:
    log = played("?券", "shop-coupon-back-2024", "shop-refund-when", "hotel-pet-child", "gone-since")
    how = told(log, ("shop-coupon-back-2024", "bank-limit"))
    assert how.outdated == ("shop-coupon-back-2024",)
    assert how.outdated_cited == ("shop-coupon-back-2024",)
    assert how.irrelevant == ("hotel-pet-child", "gone-since")  # shop-refund-when is related
    assert how.cited_unopened == ("bank-limit",)


def test_no_search_at_all() -> None:
    how = told(SearchLog(), NEEDED)
    assert (how.queries, how.seconds, how.cited_unopened) == (0, 0.0, ())
    assert [n.en for n in search_notes(how, SearchLog(), knowledge())] == ["No record of a search."]


def test_a_log_is_replayed_from_its_lines() -> None:
    log = played("?积分退回", "shop-points-back", "?券", "shop-coupon-back-2024")
    again = SearchLog.replay(log.lines())
    assert again == log
    assert told(again) == told(log)
    assert SearchLog.replay(log.lines().splitlines()) == log
    assert len(log.as_json()) == 4
    assert log.as_json()[0]["query"] == "积分退回"


def test_a_log_is_never_changed() -> None:
    log = played("?积分退回")
    longer = log.opened("shop-points-back", at=START + timedelta(minutes=1))
    assert len(log.events) == 1
    assert len(longer.events) == 2


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('{"kind": "search", "at": "2025-10-16T09:00:00"}', "line 1: event: query: a search needs the words"),
        ('{"kind": "open", "at": "2025-10-16T09:00:00"}', "line 1: event: article: an opening needs the id"),
        ('{"kind": "jump", "at": "2025-10-16T09:00:00"}', "line 1: kind"),
        ('{"kind": "open", "at": "soon", "article": "a"}', "line 1: at"),
        ("{", "line 1: event: Invalid JSON"),
        (
            '{"kind": "open", "at": "2025-10-16T09:00:00", "article": "a"}\n\n'
            '{"kind": "open", "at": "2025-10-16T08:00:00", "article": "b"}',
            "line 3: 2025-10-16 08:00:00 lies before",
        ),
    ],
)
def test_a_line_that_cant_be_read_is_named(lines: str, says: str) -> None:
    with pytest.raises(SearchLogError) as caught:
        SearchLog.replay(lines)
    assert says in str(caught.value)


def test_time_goes_forward() -> None:
    with pytest.raises(SearchLogError, match="lies before the last event"):
        played("?券").opened("shop-coupon-back", at=START - timedelta(seconds=1))


def test_notes_say_what_to_try_in_both_languages() -> None:
    log = played("?券", "?卡券", "?退券", "shop-coupon-back-2024", "shop-coupon-back", "hotel-pet-child")
    how = told(log, ("shop-coupon-back-2024",))
    notes = list(search_notes(how, log, knowledge()))
    zh, en = "\n".join(n.zh for n in notes), "\n".join(n.en for n in notes)
    assert "查了 3 次才打开" in zh and "优惠券失效" in zh  # an associated word not tried
    assert "never found" in en and "积分规则" in en
    assert "带孩子、带宠物入住" in zh
    assert "out of force" in en
    assert "引用了已失效的" in zh
