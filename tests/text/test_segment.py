"""Sentences and clauses of folded text."""

from __future__ import annotations

from itertools import pairwise

import pytest

from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses, sentences


def _cut(typed: str, cut: object) -> list[str]:
    text = fold(typed).text
    return [text[a:b] for a, b in cut(text)]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("好的。今天到!行吗?", ["好的。", "今天到！", "行吗？"]),
        ("他写“到了吗?”我看见了。", ["他写“到了吗？”", "我看见了。"]),
        ("第一行\n第二行", ["第一行\n", "第二行"]),
        ("稍等……马上来", ["稍等……", "马上来"]),
        ("共3.5元。v2.1.4已更新。", ["共3.5元。", "v2.1.4已更新。"]),
        ("好的.我查一下", ["好的。", "我查一下"]),
        ("？！。。。", []),
        ("😊", []),
        ("", []),
        ("   ", []),
    ],
)
def test_sentences(typed: str, parts: list[str]) -> None:
    assert [p.strip() for p in _cut(typed, sentences)] == [p.strip() for p in parts]


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("您好,今天18:30前到;明天退。", ["您好", "今天18:30前到", "明天退"]),
        ("今天18：30前到", ["今天18:30前到"]),
        ("退3.5元,运费1,200元", ["退3.5元", "运费1,200元"]),
        ("3~5天到", ["3~5天到"]),
        ("在呢~马上", ["在呢", "马上"]),
        ("我查了 没丢 下午到", ["我查了", "没丢", "下午到"]),
        ("尾号8826 人家说的", ["尾号8826", "人家说的"]),
        ("可以退 3天到账", ["可以退", "3天到账"]),
        ("在 2 小时内给您", ["在2小时内给您"]),
        ("打开 App 就行", ["打开App就行"]),
        ("用iPhone 13打开", ["用iPhone 13打开"]),
        ("苹果、梨、桃", ["苹果", "梨", "桃"]),
        ("等等——我看看", ["等等", "我看看"]),
        ("“好。”他说", ["“好", "他说"]),
        ("!!??", []),
        ("", []),
    ],
)
def test_clauses(typed: str, parts: list[str]) -> None:
    assert _cut(typed, clauses) == parts


@pytest.mark.parametrize("typed", ["您好,  在吗 ?", " 前后有空 \n 第二行 ", "👨\u200d👩\u200d👧好,行", "a,b。c"])
@pytest.mark.parametrize("cut", [sentences, clauses])
def test_spans_are_in_order_apart_and_trimmed(typed: str, cut: object) -> None:
    text = fold(typed).text
    spans = cut(text)  # type: ignore[operator]
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)
