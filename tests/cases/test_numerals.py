"""Figures are read however they are written, and their places in what was typed are kept."""

from __future__ import annotations

import pytest

from csworkshop.cases.check_digits import business_licence, credit_code, id_card, id_shape, luhn, no_moment
from csworkshop.cases.numerals import numbers, plain, runs

PHONE = "13800138000"


@pytest.mark.parametrize(
    "written",
    [
        "138-0013-8000", "138 0013 8000", "１３８００１３８０００", "一三八零零一三八零零零", "幺三八洞洞幺三八洞洞洞",
        "壹叁捌零零壹叁捌零零零", "1 3 8 0 0 1 3 8 0 0 0", "138.0013.8000", "①③⑧00138000", "l38OO1380OO",
        "1️⃣3️⃣8️⃣00138000", "138零零138000", "一三八，零零一三，八零零零", "138后面0013然后8000", "138（0013）8000",
        "𝟏𝟑𝟖00138000",
    ],
)  # fmt: skip
def test_ways_of_writing_one_number(written: str) -> None:
    text = f"打{written}找我"
    view = plain(text)
    spelt = [(digits, view.span(s, e)) for chain in runs(view) for s, e, digits, _ in numbers(chain)]
    places = [text[s:e] for digits, (s, e) in spelt if digits == PHONE]
    assert written.rstrip("\ufe0f\u20e3") in {p.rstrip("\ufe0f\u20e3") for p in places}


@pytest.mark.parametrize("text", ["13800138000一直没人接", "13800138000三天了", "打一三八零零一三八零零零一直占线"])
def test_the_next_word_is_no_digit(text: str) -> None:
    assert PHONE in [digits for chain in runs(plain(text)) for _, _, digits, _ in numbers(chain)]


def test_views_are_of_one_length() -> None:
    for text in ("電話：１３８，0013", "АВС１２三 ①️⃣", "你好\r\n再见\u200b了"):
        view = plain(text)
        assert len(view.text) == len(view.figures) == len(view.origin) - 1


def test_traditional_and_look_alike_letters_are_folded() -> None:
    assert plain("電話號碼 АВ").text == "电话号码 AB"


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (luhn, "4111111111111111", "4111111111111112"),
        (id_card, "11010519491231002X", "110105194912310021"),
        (id_shape, "110105491231002", "110105491331002"),
        (credit_code, "91350211MA2XKQ7R4D", "91350211MA2XKQ7R4E"),
        (business_licence, "110108000000016", "110108000000017"),
        (no_moment, "88120315183000", "20240315183000"),
    ],
)
def test_check_digits(check: object, good: str, bad: str) -> None:
    assert callable(check)
    assert check(good) and not check(bad)
