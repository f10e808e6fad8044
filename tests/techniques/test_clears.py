"""What looks like an item and is not: clears, openings, certain rules, figures that the case doesn't have."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.techniques.catalogue import HERE, catalogue, load
from csworkshop.techniques.checker import check
from csworkshop.techniques.judge import Weight
from csworkshop.techniques.rules import CERTAIN, SURE
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError
from csworkshop.text.times import promises

# Honest words, and from the words named on a fault: the clear must not hide it.
MIXED = [
    ("privacy", "请报一下下单的手机号,再把短信验证码也念给我。", "再把短信"),
    ("privacy", "卡号后四位说一下;另外登录密码也发我,我替您进去看。", "另外登录"),
    ("blame", "您一定很着急。不过这是您自己点错的,怪不了系统。", "不过这是"),
    ("blame", "贵司账号无异常。是您那边的人操作失误造成的。", "是您那边"),
    ("vague", "预计近期恢复,到时候再说吧。", "预计近期"),
    ("overpromise", "流量包退了,以后绝对不会再扣,百分之百放心。", "以后绝对"),
    ("rude", "您想好再回。爱退不退,随您的便。", "爱退不退"),
]


@pytest.mark.parametrize(("item", "reply", "words"), MIXED, ids=[f"{item}-{words}" for item, _, words in MIXED])
def test_a_fault_beside_cleared_words_is_found(item: str, reply: str, words: str) -> None:
    finding = check(reply)[item]
    assert finding.present
    assert any(e.end > reply.index(words) for e in finding.evidence)


def test_a_clear_is_read_with_the_word_lists(tmp_path: Path) -> None:
    for name in ("lexicon.toml", "blame.toml"):
        (tmp_path / name).write_text((HERE / name).read_text("utf-8"), "utf-8")
    text = (tmp_path / "blame.toml").read_text("utf-8")
    wrong = text.replace("[[shows]]", "[[clears]]\nkind = \"pattern\"\nany = ['<NOSUCH>']\n\n[[shows]]", 1)
    (tmp_path / "blame.toml").write_text(wrong, "utf-8")
    with pytest.raises(DataFileError, match="NOSUCH"):
        load(tmp_path)


def test_a_broken_clear_names_its_place(tmp_path: Path) -> None:
    (tmp_path / "lexicon.toml").write_text((HERE / "lexicon.toml").read_text("utf-8"), "utf-8")
    text = (HERE / "punctuation.toml").read_text("utf-8")
    wrong = text.replace("[[shows]]", "[[clears]]\nkind = \"pattern\"\nany = ['(unclosed']\n\n[[shows]]", 1)
    (tmp_path / "punctuation.toml").write_text(wrong, "utf-8")
    with pytest.raises(DataFileError, match=r"clears\[0\]\.any"):
        load(tmp_path)


def test_items_that_are_cleared_exist() -> None:
    named = {item for i in catalogue().items.values() for rule in i.clears for item in getattr(rule, "by", ())}
    assert named and named <= set(catalogue().items)


@pytest.mark.parametrize("emotion", ["anger", "disappointment", "anxiety"])
def test_an_apology_first_is_no_defence_whatever_comes_then(emotion: str) -> None:
    customer = Scenario(customer="蛋糕上的名字写错了!", emotion=emotion)  # type: ignore[arg-type]
    apology = "您好,我是12号客服小周。名字写错了,实在对不起。那天订单多,是新来的师傅写的。"
    assert not check(apology, customer)["defend_first"].present
    assert check("您好,我是12号客服小周。那天订单多,是新来的师傅写的。", customer)["defend_first"].score >= 0.4


def test_a_certain_rule_needs_no_second_witness() -> None:
    weight = Weight(odds=1.0, rule=0.1, hint=0.0, bias=-3.0)
    assert weight.probability(CERTAIN, -16.0) >= SURE
    assert weight.probability(CERTAIN - 0.01, -16.0) < SURE


@pytest.mark.parametrize("reply", ["回“1”改签,回“2”退票。", "今早班回A,今晚班回B,两班同价。"])
def test_a_choice_by_one_word_is_a_choice(reply: str) -> None:
    assert check(reply)["options"].present


@pytest.mark.parametrize("invented", ["您买的六张票", "您订的五桌酒席、四间房", "您家八口人的座位"])
def test_an_invented_figure_restates_nothing(invented: str) -> None:
    customer = Scenario(customer="我选了三次座,三次都付了钱,后天就飞,座位还是散的!", emotion="anger")
    assert not check(f"{invented}没安排好,对不起。", customer)["restate"].present


@pytest.mark.parametrize(
    ("text", "definite"),
    [
        ("大约两小时内修好。", True),
        ("大约40分钟后给您回电。", True),
        ("大约今晚八点给您送到。", True),
        ("大约三四天给您送到。", False),
        ("大概两天能修好。", False),
        ("大约过几天能修好。", False),
    ],
)
def test_about_measures_a_span_and_hedges_a_guess(text: str, definite: bool) -> None:
    assert bool(promises(text, definite=True)) is definite
