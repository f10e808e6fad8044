"""What the tagger adds to the rules, that its sums are right, and how a bad file of weights is told."""

from __future__ import annotations

import itertools
import random
from math import exp
from pathlib import Path

import pytest

from csworkshop.cases import tagger
from csworkshop.cases.kinds import marked
from csworkshop.cases.numerals import plain
from csworkshop.cases.personal import Reader, found_in, personal_data, usual
from csworkshop.cases.tagger import FOLLOWS, TAGS, WEIGHTS, Weights, load, names_and_addresses, rules_alone
from csworkshop.cases.tagger_marks import TEMPLATES, Marks
from csworkshop.text.datafile import DataFileError

# Written after the training lines, by who had read them, in other words than theirs.
ALONE = [
    "我把存折放在⟦桂兰⟧那里了，你先别注销",
    "这单子是⟦志强⟧填的，字写得潦草你们别介意",
    "回头让⟦晓敏⟧陪我去一趟网点",
    "⟦建军⟧说他那个套餐早就退了，怎么还在扣",
    "去年装宽带的时候是⟦海涛⟧跑的腿",
    "钥匙在⟦淑芬⟧手里，到了先喊一声",
    "退款麻烦打到⟦玉梅⟧那张卡上",
    "卡是⟦梓萱⟧的，她还没满十六岁",
    "上个月⟦国平⟧替我签的收，他不记得放哪了",
    "奶粉是给⟦雨桐⟧买的，批次不对",
    "听⟦丽娟⟧讲你们周末也上班？",
    "我跟⟦文彬⟧一人一半，发票分开开",
]
PLACES = [
    "放到⟦翠湖路农贸市场西门口⟧就行，我去拿",
    "车坏在⟦机场高速辅路加油站旁边⟧了，麻烦快点来",
    "我爸在⟦市第二医院住院部6楼18床⟧，报告送那里",
]
NOTHING = [
    "一号线和三号线哪个到火车站快",
    "海涛拍岸那幅画框碎了，能换吗",
    "高峰时段排队的人太多，建议晚点来",
    "你们二楼会议室的投影坏了多久了",
    "国庆期间仓库照常发货吗",
]


def _found(text: str, read: Reader = names_and_addresses) -> set[tuple[int, int]]:
    return {(s, e) for s, e, _, _ in found_in(plain(text), usual(), read)}


@pytest.mark.parametrize(("lines", "least", "rules"), [(ALONE, 0.8, 0.4), (PLACES, 0.6, 0.4)])
def test_more_is_found_than_rules_find(lines: list[str], least: float, rules: float) -> None:
    def share(read: Reader) -> float:
        hits = 0
        for line in lines:
            text, spans = marked(line)
            inside = {i for s, e in _found(text, read) for i in range(s, e)}
            hits += all(i in inside for i in range(*spans[0]))
        return hits / len(lines)

    assert share(names_and_addresses) >= least
    assert share(rules_alone) <= rules


def test_little_else_is_found() -> None:
    assert sum(bool(_found(text)) for text in NOTHING) <= 1


def test_given_names_of_full_names_are_found_again() -> None:
    text = "学生姓名：岑浩然。昨天说过退课，浩然妈妈又来问；浩然今天没来"
    assert [text[f.start : f.end] for f in personal_data(text)] == ["岑浩然", "浩然", "浩然"]


def test_what_is_known_to_be_a_number_is_no_name() -> None:
    text = "王建国13800138000"
    assert [f.kind for f in personal_data(text)] == ["name", "mobile"]


def test_every_character_has_a_key_for_each_template() -> None:
    for text in ("收", "寄到朝阳路8号，找Linda，王 伟收\n谢谢", "\u2028\t\x1c", "⟦¤⟧"):
        marks = Marks(plain(text), [], [], [])
        for i in range(len(marks.text)):
            keys = marks.keys(i)
            assert len(keys) == TEMPLATES and not set("".join(keys)) & set("\t\n\u2028\x1c\x85")


def _lines(rng: random.Random, size: int) -> tuple[list[Weights], list[tuple[float, ...]]]:
    scores = [(rng.gauss(0, 2), rng.gauss(0, 2), rng.gauss(0, 2), rng.gauss(0, 2)) for _ in range(size)]
    return scores, [tuple(rng.gauss(0, 1) for _ in TAGS) for _ in TAGS]


@pytest.mark.parametrize("seed", range(5))
def test_sums_and_best_tags_are_those_of_all_sequences(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forward and backward sums and the Viterbi path against every sequence of tags that is allowed."""
    monkeypatch.setattr(tagger, "GAIN", (0.0, 0.0, 0.0))
    scores, after = _lines(random.Random(seed), 4)
    total, inside, best = 0.0, [0.0] * 4, (-1.0, ())
    for tags in itertools.product(range(5), repeat=4):
        if tags[0] in (2, 4) or any(b not in FOLLOWS[a] for a, b in itertools.pairwise(tags)):
            continue
        said = sum((0.0, *scores[i])[t] for i, t in enumerate(tags))
        weight = exp(said + sum(after[a][b] for a, b in itertools.pairwise(tags)))
        total += weight
        best = max(best, (weight, tags))
        inside = [p + weight * (t > 0) for p, t in zip(inside, tags, strict=True)]
    assert tagger._inside(scores, after) == pytest.approx([p / total for p in inside])
    covered = {i for s, e, _ in tagger._best(scores, after) for i in range(s, e)}
    assert covered == {i for i, t in enumerate(best[1]) if t}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\n0\t", "\n0 ", "no row of weights; csworkshop train personal makes the file"),
        ("\n0\t", "\n77\t", "line 7: no row of weights"),
        ("\t", " ", "lines 2 to 6: no row of weights"),
    ],
)
def test_bad_weights_are_told_in_a_sentence(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "tagger.tsv"
    path.write_text(WEIGHTS.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError) as error:
        load(path)
    assert str(error.value).startswith(str(path)) and told in str(error.value)


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="csworkshop train personal makes it"):
        load(tmp_path / "tagger.tsv")
