"""Folding: one form for the same words, and a way back to what was typed."""

from __future__ import annotations

import pytest

from csworkshop.text.normalise import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("您好,稍等!行吗?", "您好，稍等！行吗？"),
        ("（今天）到；明天退：", "（今天）到；明天退："),
        ("(今天)到;明天退:", "（今天）到；明天退："),
        ("ｈｅｌｌｏ　２０２４", "hello 2024"),
        ("妳好「在途」", "你好“在途”"),
        ("｢在途｣｡", "“在途”。"),
        ("OK!666??", "OK！666？？"),
        ("App(iOS)打不开", "App（iOS）打不开"),
        ("好的.我查一下.", "好的。我查一下。"),
        ("稍等..马上", "稍等……马上"),
        ("真是的。。。", "真是的。。。"),
        ("一行\r\n两行\u2028三行", "一行\n两行\n三行"),
    ],
)
def test_one_form_for_widths_and_marks(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("18:30前到", "18:30前到"),
        ("18：30前到", "18:30前到"),
        ("单号7731：3天内", "单号7731：3天内"),
        ("3～5天", "3~5天"),
        ("3~5天", "3~5天"),
        ("3,000元", "3,000元"),
        ("3，000元", "3,000元"),
        ("订单12345,3天内", "订单12345，3天内"),
        ("3.5元,v2.1.4", "3.5元，v2.1.4"),
        ("点http://a.cn/?id=3,再登", "点http://a.cn/?id=3，再登"),
        ("写信到help@shop.cn,写单号", "写信到help@shop.cn，写单号"),
    ],
)
def test_figures_and_addresses_stay_whole(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("退\u200b款\u200d好\ufeff了", "退款好了"),
        ("👨\u200d👩\u200d👧好", "👨\u200d👩\u200d👧好"),
        ("❤️\u200d🔥好", "❤️\u200d🔥好"),
        ("①3天②5天", "①3天②5天"),
    ],
)
def test_invisible_litter_goes_and_emoji_stay(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("在 2 小时内给您", "在2小时内给您"),
        ("2 小时内给您", "2小时内给您"),
        ("打开 App 就行", "打开App就行"),
        ("再试 2 次。", "再试2次。"),
        ("用 iPhone 13 打开", "用iPhone 13打开"),
        ("可以退 3天到账", "可以退 3天到账"),
        ("尾号8826 人家说的", "尾号8826 人家说的"),
        ("您先看 不行再说", "您先看 不行再说"),
    ],
)
def test_blanks_around_latin_words_go_and_pauses_stay(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@pytest.mark.parametrize(
    ("typed", "words", "shown"),
    [
        ("您好,今天18：30前到", "18:30", "18：30"),
        ("退\u200b款好了", "退款", "退\u200b款"),
        ("我 在 2 小时内给您", "2小时内", "2 小时内"),
        ("哈哈👨\u200d👩\u200d👧好!", "好！", "好!"),
        ("一\r\n二,三", "二，三", "二,三"),
    ],
)
def test_span_leads_back_to_what_was_typed(typed: str, words: str, shown: str) -> None:
    folded = fold(typed)
    start = folded.text.index(words)
    a, b = folded.span(start, start + len(words))
    assert typed[a:b] == shown


@pytest.mark.parametrize("typed", ["", " ", "!", "\u200b", "好", "好\u200b", "a b", "在 2 小时内,好.\r\n"])
def test_offsets_rise_and_end_at_the_end(typed: str) -> None:
    folded = fold(typed)
    assert len(folded.origin) == len(folded.text) + 1
    assert list(folded.origin) == sorted(set(folded.origin))
    assert folded.origin[-1] == len(typed)
    assert folded.span(0, 0)[0] == folded.span(0, 0)[1]


def test_folding_twice_changes_nothing() -> None:
    once = fold("您好,18：30 前到!在 2 小时内 「好」...").text
    assert fold(once).text == once
