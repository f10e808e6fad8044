"""What a trainee typed or is called, where people read it; and what the kit does with a bug of its own."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from csworkshop.bench.attacks import all_attacks

from .conftest import EXERCISES, HONEST, Class, expected


def test_what_a_trainee_typed_is_escaped_in_the_marked_notebook(course: Class) -> None:
    attacks = [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</blockquote><iframe src=javascript:alert(1)>",
        '" onmouseover="alert(1)', "$\\href{javascript:alert(1)}{x}$", "<!--", "]]>", "{{ 7*7 }}", "{% raw %}",
    ]  # fmt: skip
    course.submit("mallory", {EXERCISES[0]: HONEST + " ".join(attacks)})
    course.grade()
    notebook = nbformat.read(course.root / "autograded" / "mallory" / "m2" / "m2.ipynb", 4)
    card = next(c for c in notebook.cells if c.cell_type == "code").outputs[0].data["text/html"]
    assert card.startswith('<div class="tex2jax_ignore mathjax_ignore">')
    assert "{{ 7*7 }}" in card
    reader = _Reader()
    reader.feed(card)
    for attack in attacks:
        assert attack in reader.text
    assert reader.tags <= {"div", "p", "em", "strong", "blockquote", "span", "table", "tbody", "tr", "td"}
    assert reader.attributes <= {"class", "lang", "style", "title"}


class _Reader(HTMLParser):
    """What a browser would make of a page: its tags, its attributes, and the text that shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_folder_name_that_cannot_be_a_trainee_is_reported(course: Class, tmp_path: Path) -> None:
    course.submit("alice")
    all_attacks()["name_with_markup"].do(course.submit("mallory"), tmp_path / "wire")
    results = course.grade()
    assert [r.status for r in results.results] == ["graded", "refused"]
    assert results.results[1].student.startswith("mallory'\"><img")
    assert results.status == 1
    assert {row[0] for row in course.gradebook()} == {"alice"}


def test_a_bug_of_the_kits_own_asks_for_a_person_and_the_class_goes_on(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    from csworkshop.grading import sheet

    def mark(answer: str, *rest: Any) -> Any:
        if "BOOM" in answer:
            raise ZeroDivisionError("a pattern went wrong")
        return real(answer, *rest)

    real = sheet.mark
    monkeypatch.setattr(sheet, "mark", mark)
    course.submit("alice", {EXERCISES[0]: "BOOM"})
    course.submit("bob")
    results = course.grade()
    assert "ZeroDivisionError" in results["alice"].notes[0]
    assert [(r[0], r[2], r[3]) for r in course.gradebook() if r[1] == EXERCISES[0]] == [
        ("alice", 0.0, 1),
        ("bob", expected(), 0),
    ]
