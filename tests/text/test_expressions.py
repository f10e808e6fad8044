"""The sieve never hides a match: what it leaves finds the same words as all expressions together."""

from __future__ import annotations

import pytest

from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.expressions import ALWAYS, Sieve, join, needs
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("退款", {"退款"}),
        ("退款|退[给回]您", {"退款", "给您", "回您"}),
        ("给您?退", {"您退", "给退"}),
        ("[您你][^，]{0,4}记错", {"记错"}),
        (r"\d{1,2}[点时]", {"0"}),
        ("SKU|KPI", {"ku", "pi"}),
        ("(?<!不)好(?=的)", {"好"}),
        ("(?:真的)*好", {"好"}),
        ("(?:真的)+", {"真的"}),
        ("[^，]+|好", set()),
        ("ß", set()),
        ("(?P<x>好)不(?P=x)", {"好不"}),
    ],
)
def test_words_that_an_expression_needs(source: str, words: set[str]) -> None:
    assert set(needs(source)[0]) == words


@pytest.mark.parametrize(
    ("group", "text", "found"),
    [
        (("好的", "的"), "这是好的", (2, 4)),
        (("的", "好的"), "这是好的", (2, 4)),
        (("好", "好的"), "好的", (0, 1)),
        (("ski",), "SKI", (0, 3)),
        (("ski",), "ſKı", (0, 3)),
        ((r"\d天",), "٣天", (0, 2)),
        (("退款",), "退 款", None),
        (("x*",), "", (0, 0)),
    ],
)
def test_the_first_match_is_found(group: tuple[str, ...], text: str, found: tuple[int, int] | None) -> None:
    sieve = Sieve([("别的",), group])
    assert sieve.search(sieve.groups[group] & sieve.sift(text)(0, len(text)), text) == found
    assert join(group).search(text) == found


def test_nothing_of_the_catalogue_is_hidden() -> None:
    sieve = catalogue().sieve
    left = total = 0
    for item in catalogue().items.values():
        for example in item.shows:
            text = fold(example.reply).text
            mask = sieve.sift(text)
            for start, end in [*clauses(text), (0, len(text))]:
                for group, bits in sieve.groups.items():
                    here = bits & mask(start, end)
                    left, total = left + here.bit_count(), total + len(group)
                    assert sieve.search(here, text[start:end]) == join(group).search(text[start:end])
                assert mask(start, end) & ALWAYS
    assert left < total / 50
