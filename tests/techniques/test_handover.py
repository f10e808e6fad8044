"""The nine parts of a hand-over note: filler is absent, evidence is what was typed, what is missing has advice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from csworkshop.techniques import handover as room
from csworkshop.techniques.encoder import PART, PARTS, Reading
from csworkshop.techniques.handover import PartWeight, handover, look, parts, read_parts, weights
from csworkshop.text.datafile import DataFileError
from csworkshop.text.normalise import fold

FULL = """转技术
账号:user_4471
环境:安卓 14,App 6.2.0
路径:我的→订单→申请售后
现象:点提交后白屏,提示“E-203”
时间:3 月 2 日 20:15 起,每次都这样
已试:清缓存、重装,仍白屏
影响:客户明天要出国,不能退就误了签证
请求:查提交接口日志,告知能否后台代提
承诺:3 月 3 日 12:00 前给客户回电"""
EMPTY = """账号:见附件
环境:-
路径:无
现象:不好用
时间:前几天
已试:无
影响:急
请求:请跟进
时限:尽快"""


class Mute:
    """A reader that gives every part the same log-odds."""

    def __init__(self, odds: float) -> None:
        self.odds = odds

    def read_beside(self, text: str, context: str) -> Reading:
        columns = tuple(PART + p for p in PARTS)
        spans = tuple((n, n + 1) for n in range(len(text)))
        return Reading(columns, np.full(len(columns), self.odds), np.zeros((len(text), len(columns))), spans)


def test_a_full_note_has_all_nine() -> None:
    found = handover(FULL)
    assert [p.part for p in found.parts.values()] == list(PARTS)
    assert not found.missing
    by_part = {p: [e.text for e in f.evidence] for p, f in found.parts.items()}
    assert by_part["account"] == ["user_4471"]
    assert by_part["request"] == ["查提交接口日志,告知能否后台代提"]


@pytest.mark.parametrize("odds", [-3.0, 0.0, 1.5])
def test_filler_behind_labels_is_absent_even_if_the_reader_leans_the_other_way(odds: float) -> None:
    assert [f.part for f in handover(EMPTY, reader=Mute(odds)).missing] == list(PARTS)


def test_nothing_in_a_note_of_filler() -> None:
    assert len(handover(EMPTY).missing) == len(PARTS)


@pytest.mark.parametrize(
    ("note", "part", "held"),
    [
        ("运单 SF20038814 没更新。", "account", True),
        ("客户李先生来电。", "account", False),
        ("客户说应该是最新版。", "environment", False),
        ("固件 2.4.1,手机 iOS 17.2。", "environment", True),
        ("答应她今晚 8 点前回电话。", "deadline", True),
        ("客户要求今晚 8 点前必须解决。", "deadline", False),
        ("会尽快给客户答复。", "deadline", False),
        ("请核实。", "request", False),
        ("请财务核实一下。", "request", False),
        ("请查这笔退款卡在哪个渠道。", "request", True),
        ("建议客户重启,还没试。", "tried", False),
        ("重启、重装都试过,还是报错。", "tried", True),
        ("客户很急。", "impact", False),
        ("客户说不解决就去 12315。", "impact", True),
    ],
)
def test_signs_tell_these_apart_without_a_reader(note: str, part: str, held: bool) -> None:
    seen = look(fold(note).text)[part]
    assert bool(seen.signs or seen.value) is held


def test_labels_are_read_in_several_forms() -> None:
    for note in ("3. 看到什么:白屏", "· 表现:白屏", "【现象】白屏", "What: 白屏", "—— 情况:白屏"):
        text = fold(note).text
        value = look(text)["symptom"].value
        assert value and text[slice(*value)] == "白屏", note
    assert look("客户说：“现象：没有”，就挂了。")["symptom"].value is None


@pytest.mark.parametrize("note", [FULL, EMPTY, "", "  \n", "😀" * 300, "无", "账号:" * 50, "【" * 40])
def test_evidence_is_what_was_typed(note: str) -> None:
    for f in handover(note).parts.values():
        assert 0 <= f.score <= 1 and f.present == (f.score >= 0.5)
        for e in f.evidence:
            assert note[e.start : e.end] == e.text != ""
        assert not f.present or f.evidence


def test_what_is_missing_has_advice_in_both_languages() -> None:
    for f in handover("").missing:
        assert f.advice["zh"] and f.advice["en"]
        assert not any("\u4e00" <= c <= "\u9fff" for c in f.advice["en"])
    assert len({p.advice["zh"] for p in parts().values()}) == len(PARTS)


def test_each_source_pushes_the_probability_its_own_way() -> None:
    for weight in weights().values():
        assert weight.odds > 0 and weight.sign > 0 and weight.value > 0 and weight.void < 0
    neutral = PartWeight(1.0, 2.0, 2.0, -4.0, 0.0)
    seen = look(fold(FULL).text)["account"]
    assert neutral.probability(seen, 0.0) == pytest.approx(1 / (1 + np.exp(-4.0)))


def test_a_file_with_unknown_parts_is_named(tmp_path: Path) -> None:
    path = tmp_path / "handover.toml"
    source = room.FILE.read_text("utf-8")
    path.write_text(source.replace("[parts.when]", "[parts.whenever]"), "utf-8")
    with pytest.raises(DataFileError, match="parts: must be account, environment"):
        read_parts(path)
    path.write_text(source.replace("'平台',", "'平(台',", 1), "utf-8")
    with pytest.raises(DataFileError, match=r"parts\.environment: .* is no expression"):
        read_parts(path)
