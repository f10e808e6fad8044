"""Case review: marks turn by turn, with their reasons; a mark without reason costs; the texts are read for ideas."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from csworkshop.exercises.kinds.case_review import KIND, CaseReview
from csworkshop.exercises.library import exercise_files, load_any
from csworkshop.exercises.marking import Marks, mark

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="case_review")
EXERCISE = "m6-review-birthday-cake"
OURS = [
    "m6-review-birthday-cake",
    "m6-review-leaking-washer",
    "m7-review-visa-passport",
    "m7-review-overcompensated",
    "m7-review-quiet-exit",
    "m7-review-hotel-double-booking",
]
# Two texts of other writers for each case: both ideas that are needed must be found in them.
OTHERS = {
    "m6-review-birthday-cake": (
        "出了错不要先请客户去翻备注，自己查一下就认，然后给两个来得及的方案并说明几点能到，由客户来选。",
        "裱花师写完牌子以后，要请另一位同事对照订单核对一遍再装盒，店长每天抽查三单，从本周六开始。",
    ),
    "m6-review-leaking-washer": (
        "碰到漏水这样的急事，第一步是教客户关水，别急着要订单号，等水停了再登记，还要把楼下的邻居也安排进来。",
        "师傅装完机器要当着客户的面试水十分钟，拍照上传系统才能结单，区域主管每周抽查。",
    ),
    "m7-review-visa-passport": (
        "接单时把客户的截止时间写在工单最上面，然后由一位同事全程跟进，出件后提前联系快递改成自取。",
        "转签证部的单子增加必填的截止时间，没填不能提交，系统组月底前上线，客服主管每天早会检查快到期的单。",
    ),
    "m7-review-overcompensated": (
        "先弄清楚客户真正要的是什么，缺了草莓就想办法补送草莓，而不是拿钱砸；退款按规定来，额外的要解释清楚。",
        "补偿超过规定的要组长批准并写明理由，主管每周检查一次，从下周一开始。",
    ),
    "m7-review-quiet-exit": (
        "修好以后请客户再导入一次，确认行数一致才关闭工单，客户提到月底对账就先给他缺失明细应急。",
        "客户邮件里出现月底、对账等时间点，客服要当天登记到日历，并在前一天提醒技术，组长负责检查。",
    ),
    "m7-review-hotel-double-booking": (
        "遇到没房的情况，当场给出两个方案让客人选，把差价、早餐和孩子的床都讲清楚，由一位同事全程陪同。",
        "给值班经理退差价的权限，不用再等审批，本月底前写进制度，店长每月检查一次。",
    ),
}
EMPTY = (
    "以后要加强管理，提高服务意识，认真对待每一位客户，避免类似问题再次发生，努力做到让客户满意。",
    "今天天气很好，我们一起去公园散步吧，散步的时候看到了很多花，真是美好的一天啊。",
)


@pytest.fixture
def cake() -> CaseReview:
    return loaded(EXERCISE, CaseReview)


def marked(exercise: CaseReview, turns: dict[str, Any] | None = None, **texts: str) -> Marks:
    value = KIND.model_answer(exercise)
    if turns is not None:
        value["turns"] = turns
    return mark(json.dumps({**value, **texts}), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, model = sound(path, CaseReview)
    assert model.score == 1
    assert 8 <= len(exercise.turns) <= 20
    used = {t.instead for t in exercise.turns if t.instead}
    assert len(exercise.remedies) > len(used)  # some remedies fit nothing


def test_there_are_enough_of_them_and_they_differ() -> None:
    assert {path.stem for path in FILES} >= set(OURS)
    cases = [load_any(name) for name in OURS]
    assert sum(c.module == "m7" for c in cases) >= 4 and sum(c.module == "m6" for c in cases) >= 2
    reviews = [c for c in cases if isinstance(c, CaseReview)]
    assert len({r.domain for r in reviews}) == len(reviews) and len({r.channel for r in reviews}) >= 3
    assert any(r.turns[-1].who == "customer" for r in reviews)  # not all end with a word of ours


@pytest.mark.parametrize("name", OURS)
def test_others_texts_are_understood_and_empty_ones_are_not(name: str) -> None:
    exercise = load_any(name)
    assert isinstance(exercise, CaseReview)
    keep, change = OTHERS[name]
    marks = marked(exercise, keep=keep, change=change)
    assert row(marks, "keep").state == "earned" and row(marks, "change").state == "earned"
    for text in EMPTY:
        empty = marked(exercise, keep=text, change=text)
        assert row(empty, "keep").state == "missing" and row(empty, "change").state == "missing"


def test_a_turning_point_may_be_marked_where_it_shows(cake: CaseReview) -> None:
    turn, near = next((n, t.near[0]) for n, t in enumerate(cake.turns, 1) if t.near)
    way = cake.turns[turn - 1].way
    line = row(marked(cake, {str(near): {"way": way}}), "way-1")
    assert line.state == "earned" and f"第 {near} 轮" in line.about.name.zh
    wrong = row(marked(cake, {str(near): {"way": "better" if way == "worse" else "worse"}}), "way-1")
    assert wrong.state == "missing" and "变好" in wrong.reason_zh


def test_a_wrong_decision_needs_its_name_too(cake: CaseReview) -> None:
    n = next(n for n, t in enumerate(cake.turns, 1) if t.deed == "wrong")
    turn = cake.turns[n - 1]
    found = row(marked(cake, {str(n): {"deed": "wrong"}}), "wrong-1")
    assert found.state == "partly" and "再选一条" in found.reason_zh
    named = row(marked(cake, {str(n): {"deed": "wrong", "instead": turn.instead}}), "wrong-1")
    assert named.state == "earned" and turn.why in named.reason_zh
    other = next(r.id for r in cake.remedies if r.id not in {t.instead for t in cake.turns})
    false = row(marked(cake, {str(n): {"deed": "wrong", "instead": other}}), "wrong-1")
    assert false.state == "partly" and "救不回" in false.reason_zh


def test_a_mark_without_reason_costs_and_a_doubtful_turn_does_not(cake: CaseReview) -> None:
    full = marked(cake).points(100)
    right = KIND.model_answer(cake)["turns"]
    doubtful = next(str(n) for n, t in enumerate(cake.turns, 1) if t.open and t.who != "customer")
    open_ok = marked(cake, {**right, doubtful: {"deed": "good"}})
    assert open_ok.points(100) == full
    false = marked(cake, {**right, "1": {"way": "worse"}})
    line = row(false, "unjust-1-worse")
    assert line.state == "fault" and line.points == -7
    assert "第 1 轮" in line.reason_zh and false.points(100) == pytest.approx(full - 7, abs=0.01)


def test_marks_alone_or_texts_alone_are_not_enough(cake: CaseReview) -> None:
    assert not marked(cake, keep="", change="").passed
    assert not marked(cake, {}).passed


def test_texts_that_are_copied_short_or_piled_are_told_why(cake: CaseReview) -> None:
    line = row(marked(cake, keep=cake.turns[5].text + cake.turns[2].text), "keep")
    assert line.points == 0 and "抄来的" in line.reason_zh
    assert "至少写" in row(marked(cake, keep="先认错。"), "keep").reason_zh
    assert "最多" in row(marked(cake, keep="先认错再给办法，" * 60), "keep").reason_zh
    remedies = "，".join(r.text for r in cake.remedies)
    assert row(marked(cake, keep=remedies), "keep").points == 0  # the list on the screen is no text of one's own


def test_a_missing_line_leads_without_naming_the_turn(cake: CaseReview) -> None:
    marks = marked(cake, {})
    for item in ("way-1", "good-1", "wrong-1"):
        line = row(marks, item)
        assert line.state == "missing"
        assert cake.turns[1].look in row(marks, "wrong-1").reason_zh
        assert cake.turns[1].why not in line.reason_zh


@pytest.mark.parametrize(
    "text",
    [
        '{"turns": {"99": {"way": "better"}}}',
        '{"turns": {"1": {"deed": "good"}}}',  # a customer's turn is no decision of ours
        '{"turns": {"2": {"deed": "good", "instead": "ahead"}}}',
        '{"turns": {"2": {"deed": "wrong", "instead": "nobody"}}}',
        '{"turns": {"2": {"way": "sideways"}}}',
        '{"keep": ' + json.dumps("好" * 2000) + "}",
        '{"turns": 5}',
        "{",
    ],
)
def test_an_answer_that_is_none_earns_nothing(cake: CaseReview, text: str) -> None:
    unreadable(text, cake)


def test_random_marks_never_pass(cake: CaseReview) -> None:
    seed, remedies = random.Random(5), [r.id for r in cake.remedies]
    for _ in range(50):
        turns: dict[str, Any] = {}
        for n, turn in enumerate(cake.turns, 1):
            made: dict[str, Any] = {}
            if seed.random() < 0.4:
                made["way"] = seed.choice(["better", "worse"])
            if turn.who != "customer" and seed.random() < 0.5:
                made["deed"] = seed.choice(["good", "wrong"])
                if made["deed"] == "wrong":
                    made["instead"] = seed.choice(remedies)
            if made:
                turns[str(n)] = made
        assert not marked(cake, turns).passed


def test_the_screen_holds_no_key(cake: CaseReview) -> None:
    shown = json.dumps(KIND.screen(cake), ensure_ascii=False)
    assert '"deed"' not in shown and '"near"' not in shown
    assert not [t.why for t in cake.turns if t.why and t.why in shown]
    assert not [i for i in (*cake.keep.ideas, *cake.change.ideas) if i.look in shown]
