"""The leading emotion of a message: scores, evidence as typed, what it calls for, and the data file behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from csworkshop.techniques import emotions
from csworkshop.techniques.emotions import EmotionWeight, emotion, kinds, read_kinds, weights
from csworkshop.techniques.encoder import EMOTION, EMOTIONS, Reading
from csworkshop.text.datafile import DataFileError

CLEAR = {
    "anger": "气死我了!修了三次还是漏,你们太不负责任了,再也不用你们家的东西!",
    "anxiety": "急死了,还有二十分钟就检票了,票一直出不来,来得及吗?",
    "disappointment": "算了,退就退吧。本来是想给女儿当生日礼物的,现在也没什么意思了。",
    "confusion": "看不懂这个账单,“调整项”是什么意思?到底是要我交钱还是退给我?",
    "calm": "你好,麻烦把收货地址改成新的,周末再送也可以,不着急,谢谢。",
}


@pytest.mark.parametrize("expected", EMOTIONS)
def test_clear_messages(expected: str) -> None:
    found = emotion(CLEAR[expected])
    assert found.emotion == expected
    assert not found.unsure
    assert found.evidence
    assert found.action == kinds()[expected].action


@pytest.mark.parametrize("text", [*CLEAR.values(), "  ", "好", "😀！！", "１２３\u200b\r\n" * 40])
def test_scores_sum_to_one_and_evidence_is_what_was_typed(text: str) -> None:
    found = emotion(text)
    assert sum(found.scores.values()) == pytest.approx(1)
    assert set(found.scores) == set(EMOTIONS)
    assert found.scores[found.emotion] == max(found.scores.values())
    for e in found.evidence:
        assert text[e.start : e.end] == e.text != ""
    assert list(found.evidence) == sorted(found.evidence, key=lambda e: e.start)


def test_a_blank_message_is_calm_and_unsure() -> None:
    found = emotion(" \n")
    assert (found.emotion, found.unsure, found.evidence) == ("calm", True, ())


class Mute:
    """A reader that hears nothing in particular."""

    def __init__(self, **odds: float) -> None:
        self.odds = odds

    def read_beside(self, text: str, context: str) -> Reading:
        columns = tuple(EMOTION + e for e in EMOTIONS)
        odds = np.array([self.odds.get(e, -2.0) for e in EMOTIONS])
        return Reading(columns, odds, np.zeros((len(text), len(columns))), tuple((n, n + 1) for n in range(len(text))))


def test_signs_and_reader_both_count() -> None:
    text = "算了,不等了。"
    assert emotion(text, reader=Mute()).emotion == "disappointment"
    assert emotion(text, reader=Mute(anger=8.0)).emotion == "anger"
    assert emotion("嗯。", reader=Mute(anger=0.0, calm=-0.5)).unsure


def test_the_fitted_weights_let_a_louder_reader_raise_the_score() -> None:
    for weight in weights().values():
        assert weight.score(3.0, (False, False)) > weight.score(-3.0, (False, False))
        assert weight.strong > weight.sign > 0


def test_words_that_no_piece_points_at_are_the_likeliest_clause() -> None:
    found = emotion("东西收到了。盒子压扁了。", reader=Mute(anger=5.0))
    assert [e.text for e in found.evidence] == ["东西收到了"]


def test_every_emotion_says_what_to_do_in_both_languages() -> None:
    for kind in kinds().values():
        for both in (kind.name, kind.action, kind.why):
            assert both["zh"] != both["en"]
            assert not any("\u4e00" <= c <= "\u9fff" for c in both["en"])


def test_a_file_with_a_broken_expression_is_named(tmp_path: Path) -> None:
    path = tmp_path / "emotions.toml"
    source = emotions.FILE.read_text("utf-8")
    path.write_text(source.replace("'气死|", "'气死(|", 1), "utf-8")
    with pytest.raises(DataFileError, match=r"emotions\.anger: .* is no expression"):
        read_kinds(path)
    path.write_text(source.replace("[emotions.calm]", "[emotions.cool]"), "utf-8")
    with pytest.raises(DataFileError, match="must be anger, anxiety, disappointment, confusion, calm"):
        read_kinds(path)
    path.write_text(source.replace("action =", "act =", 1), "utf-8")
    with pytest.raises(DataFileError, match=r"emotions\.anger\.ac"):
        read_kinds(path)


def test_log_odds_beyond_the_clip_say_no_more() -> None:
    weight = EmotionWeight(1.0, 0.5, 2.0, 0.0)
    assert weight.score(50.0, (True, False)) == weight.score(8.0, (True, False)) == 8.5
