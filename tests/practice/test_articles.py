"""The knowledge base as it ships, and what is said of articles that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from csworkshop.exercises.definition import read_exercise
from csworkshop.exercises.library import exercise_files
from csworkshop.practice.articles import knowledge, knowledge_folder, read_trade, review_articles
from csworkshop.text.datafile import DataFileError

HEAD = 'schema = 1\ntrade = "tea"\nname = { zh = "茶", en = "Tea" }\ndomains = ["茶馆"]\n'


def article(**keys: str) -> str:
    """The TOML of one article; `keys` are TOML values that replace or add to the usual ones, "" leaves one out."""
    values = {
        "id": '"tea-one"',
        "title": '"茶叶受潮能不能换"',
        "topic": '"damp"',
        "applies": '"散茶"',
        "asks": '["茶潮了"]',
        "keywords": '["受潮", "换货"]',
        "steps": '["7天内可换一次。"]',
        "valid_from": "2025-01-01",
    } | keys
    return "[[article]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items() if value)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A folder with one trade of the given articles."""

    def write(*articles: str, head: str = HEAD) -> Path:
        (tmp_path / "tea.toml").write_text(head + "".join(articles), "utf-8")
        return tmp_path

    return write


def complaints(folder: Path) -> str:
    return "\n".join(map(str, review_articles(folder)))


def test_the_shipped_articles_are_sound_and_many() -> None:
    assert review_articles() == []
    base = knowledge()
    assert len(base) >= 80
    assert len(base.trades) >= 15


def test_every_exercise_finds_its_trade() -> None:
    """Articles serve the domains of the exercises; these stand outside because no article of a trade fits."""
    base = knowledge()
    domains = {read_exercise(p).scenario.domain for p in exercise_files(kind="rewrite")}
    served = {d for d in domains if base.trade_of(d)}
    assert len(served) >= 0.85 * len(domains), sorted(domains - served)


def test_there_are_editions_look_alikes_and_internal_articles() -> None:
    base = knowledge()
    expired = [a for a in base.values() if a.state(date(2025, 10, 16)) == "expired"]
    assert len(expired) >= 15
    assert all(base.successor(a.id) for a in expired)
    topics: dict[tuple[str, str], set[str]] = {}
    for a in base.values():
        topics.setdefault((a.trade, a.topic), set()).add(a.applies)
    assert sum(len(found) > 1 for found in topics.values()) >= 12
    assert sum(a.audience == "internal" for a in base.values()) >= 4


def test_validity_has_a_first_and_a_last_day() -> None:
    old = knowledge()["shop-coupon-back-2024"]
    new = knowledge()["shop-coupon-back"]
    assert old.state(date(2025, 6, 30)) == "current"
    assert old.state(date(2025, 7, 1)) == "expired"
    assert new.state(date(2025, 6, 30)) == "upcoming"
    assert new.state(date(2025, 7, 1)) == "current"
    assert knowledge().successor(old.id) == new
    assert knowledge().successor(new.id) is None


def test_an_article_says_what_the_exercise_says() -> None:
    """Facts of exercises that articles touch: the same figures."""
    base = knowledge()
    for i, words in {
        "shop-points-back": "24小时内自动退回",
        "shop-clothes-return": "15天内可以退换",
        "bank-limit": "最低可设为每天500元",
        "bank-stop-payment": "2分钟内生效",
        "insurance-allowance": "每天150元",
        "games-event-token": "1个折10金币",
        "travel-car-rental": "首日租金",
        "appliances-large-repair": "延保12个月",
        "utilities-gas-smell": "5568-1999",
    }.items():
        assert words in base[i].body, i


def test_articles_know_their_trade() -> None:
    assert all(a.trade == t.trade for t in knowledge().trades.values() for a in t.article)
    assert all(a.trade for a in knowledge().values())


@pytest.mark.parametrize(
    ("articles", "says"),
    [
        ([article(related='["tea-two"]')], "there is no article 'tea-two'"),
        ([article(), article()], "'tea-one' is the id of another article"),
        ([article(related='["tea-one"]')], "can't be related to itself"),
        ([article(replaces='"tea-one"')], "can't replace itself"),
        ([article(valid_until="2024-01-01")], "lies before valid_from"),
        ([article(keywords='["茶", "茶"]')], "'茶' stands there twice"),
        ([article(steps="")], "article[0].steps: this key is missing"),
        ([article(price="3")], "no such key is known here"),
        ([article(id='"Tea One"')], "article[0].id"),
        ([article(valid_from='"soon"')], "article[0].valid_from"),
        ([article(audience='"boss"')], "article[0].audience"),
        (
            [article(), article(id='"tea-two"', title='"茶潮了怎么办"', steps='["10天内可换。"]')],
            "rules 'damp' for '散茶' at the same time as 'tea-one'",
        ),
        ([article(), article(id='"tea-two"', applies='"茶饼"', steps='["不换。"]')], "is the title of 'tea-one' too"),
        (
            [article(), article(id='"tea-two"', title='"茶饼受潮"', applies='"茶饼"')],
            "steps: are word for word those of 'tea-one'",
        ),
        (
            [article(), article(id='"tea-two"', version="2", replaces='"tea-one"', valid_from="2025-06-01")],
            "'tea-one' has no valid_until",
        ),
        (
            [
                article(valid_until="2025-06-30"),
                article(id='"tea-two"', version="2", replaces='"tea-one"', valid_from="2025-06-01"),
            ],
            "must come after 2025-06-30",
        ),
        (
            [
                article(valid_until="2025-05-31"),
                article(id='"tea-two"', replaces='"tea-one"', valid_from="2025-06-01"),
            ],
            "must be above 1",
        ),
        (
            [
                article(valid_until="2025-05-31"),
                article(id='"tea-two"', version="2", replaces='"tea-one"', valid_from="2025-06-01"),
                article(id='"tea-three"', version="3", replaces='"tea-one"', valid_from="2026-06-01"),
            ],
            "is replaced by 'tea-two' already",
        ),
    ],
)
def test_what_is_wrong_is_named(written: Callable[..., Path], articles: list[str], says: str) -> None:
    folder = written(*articles)
    found = complaints(folder)
    assert says in found
    assert "tea.toml" in found
    with pytest.raises(DataFileError):
        knowledge(folder)


def test_a_sound_folder_of_ones_own(written: Callable[..., Path]) -> None:
    folder = written(
        article(valid_until="2025-05-31"),
        article(id='"tea-two"', version="2", replaces='"tea-one"', valid_from="2025-06-01", related='["tea-one"]'),
    )
    assert review_articles(folder) == []
    assert list(knowledge(folder)) == ["tea-one", "tea-two"]


def test_a_file_is_named_like_its_trade(tmp_path: Path) -> None:
    path = tmp_path / "coffee.toml"
    path.write_text(HEAD + article(), "utf-8")
    with pytest.raises(DataFileError, match="must be the file's own name, 'coffee'"):
        read_trade(path)


def test_broken_toml_and_empty_folders_are_named(tmp_path: Path) -> None:
    assert "there is no article file" in complaints(tmp_path)
    (tmp_path / "tea.toml").write_text("schema = \n", "utf-8")
    assert "is not valid TOML" in complaints(tmp_path)


def test_a_domain_is_served_once(tmp_path: Path) -> None:
    (tmp_path / "tea.toml").write_text(HEAD + article(), "utf-8")
    other = HEAD.replace('"tea"', '"teb"') + article(id='"teb-one"')
    (tmp_path / "teb.toml").write_text(other, "utf-8")
    assert "'茶馆' is served by tea.toml too" in complaints(tmp_path)


def test_the_folder_lies_where_the_wheel_puts_it() -> None:
    assert knowledge_folder().parts[-2:] == ("data", "knowledge")
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert '"data/knowledge" = "csworkshop/content/data/knowledge"' in project
