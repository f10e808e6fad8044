"""Every example in the catalogue is a test: its id names the item and the sentence."""

from __future__ import annotations

import pytest

from csworkshop.techniques.catalogue import HERE, Example, Item, catalogue, load
from csworkshop.techniques.checker import check

ITEMS = list(catalogue().items.values())


def test_every_pattern_compiles() -> None:
    assert load(HERE) == catalogue()


def _named(kind: str) -> list[object]:
    return [pytest.param(item, e, id=f"{item.id}-{e.reply[:24]}") for item in ITEMS for e in getattr(item, kind)]


@pytest.mark.parametrize(("item", "example"), _named("shows"))
def test_shows(item: Item, example: Example) -> None:
    finding = check(example.reply, example.scenario)[item.id]
    assert finding.present, f"{item.id} not found in {example.reply!r}"
    for start, end in example.evidence:
        assert any(e.start < end and start < e.end for e in finding.evidence), (
            f"marked {[e.text for e in finding.evidence]}, expected {example.reply[start:end]!r}"
        )


@pytest.mark.parametrize(("item", "example"), _named("lacks"))
def test_lacks(item: Item, example: Example) -> None:
    finding = check(example.reply, example.scenario)[item.id]
    assert not finding.present, f"{item.id} wrongly found: {[e.text for e in finding.evidence]}"
