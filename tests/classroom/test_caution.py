"""What is warned of before words go to others, and the kit's own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.classroom.caution import cautions, masked
from csworkshop.classroom.seeds import FILE, read_seeds, seeds, self_talk
from csworkshop.text.datafile import DataFileError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我的电话是13800138000，随时打", {"mobile": "13800138000"}),
        ("客户的工单号是GD-20260305-017，拖了三天", {"case_number": "GD-20260305-017"}),
        ("会员编号：HY88231207，一直在骂", {"case_number": "HY88231207"}),
        ("我Ｌｉｌｙ今天真的撑不住了", {"own_name": "Ｌｉｌｙ"}),
        ("蓝鲸计划上线那天全崩了", {"secret": "蓝鲸计划"}),
        ("今天接了87通电话，被骂了3次，10点才下班", {}),
        ("i like my job, but today was hard", {}),
        ("满意度从92.5掉到了88.1，差4个点", {}),
    ],
)
def test_what_is_found(text: str, found: dict[str, str]) -> None:
    got = cautions(text, names=["lily", "li", "周"], secrets=["蓝鲸计划"])
    assert {c.kind: text[c.start : c.end] for c in got} == found


def test_masking_leaves_what_the_exercise_told() -> None:
    text = "王女士您好，我是小周，订单号2026030512345678，您也可以打13800138000"
    assert masked(text, ["小周"], "客户王女士，订单号2026030512345678") == (
        "王女士您好，我是▇▇▇，订单号2026030512345678，您也可以打▇▇▇"
    )


def test_a_nickname_is_taken_out_even_where_the_exercise_has_it() -> None:
    assert masked("小周为您查", ["小周"], "小周说过") == "▇▇▇为您查"


def test_the_examples_themselves_give_nobody_away() -> None:
    for seed in seeds():
        for text in (seed.body, *seed.answers):
            assert cautions(text) == [], text
            assert "\n" not in text and not set(text) & set(" ,?!:;")
    assert {s.topic for s in seeds()} >= {"anger", "unfair", "mistake", "overload", "doubt", "team", "rest", "good"}
    talk = self_talk()
    lines = [*talk.before, *talk.during, *talk.after]
    assert len(set(lines)) == len(lines) and all(len(line) <= 32 for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('topic = "unfair"', 'topic = "unfare"', "unfare"),
        ("[self_talk]", "[selftalk]", "self_talk"),
        ('good = { zh = "一件好事"', 'god = { zh = "一件好事"', "topics"),
    ],
)
def test_a_seed_file_that_is_wrong_is_refused_by_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "seeds.toml"
    path.write_text(FILE.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError, match=says):
        read_seeds(path)
