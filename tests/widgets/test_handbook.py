"""The handbook shows every item of the catalogue with sentences for and against, in both languages, as text only."""

from __future__ import annotations

import json
import re

import pytest

from csworkshop import handbook
from csworkshop.exercises.library import content
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import check


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_item_has_reason_advice_and_sentences_for_and_against(lang: str) -> None:
    page = handbook(lang=lang).markup
    sections = page.split("<details")[1:]
    assert len(sections) == len(catalogue().items) == 28
    for section, item in zip(sections, catalogue().items.values(), strict=True):
        plain = re.sub(r"<[^>]+>", "", section).replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
        assert item.name[lang] in plain and item.why[lang] in plain and item.advice[lang] in plain
        assert section.count("<li>") >= 6 and "text-decoration:underline" in section


def test_what_is_underlined_is_what_the_checker_sees() -> None:
    page = handbook("vague").markup
    words = re.findall(r"underline-offset:4px\">([^<]+)</span>", page)
    assert words
    for example in catalogue().items["vague"].shows[:3]:
        assert any(f.item == "vague" for f in check(example.reply, example.scenario).present)


def test_only_those_asked_for_and_what_there_is_for_a_wrong_name() -> None:
    page = handbook("empathy").markup
    assert page.count("<details") == 1 and " open>" in page
    with pytest.raises(ValueError, match=r"'warmth'.*empathy"):
        handbook("warmth")


def test_trainees_have_it_beside_their_lessons() -> None:
    cells = json.loads((content() / "notebooks" / "技巧手册.ipynb").read_text("utf-8"))["cells"]
    assert "handbook()" in "".join(cells[1]["source"])
    lesson = next((content() / "notebooks").glob("m1-*.ipynb")).read_text("utf-8")
    assert "(技巧手册.ipynb)" in lesson
