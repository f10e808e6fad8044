"""The plan as a card: today's exercises with their reasons, both languages, everything escaped, ready to start."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from pathlib import Path

import pytest

from csworkshop import my_plan
from csworkshop.progress.lessons import lesson_of, lesson_title, lessons
from csworkshop.progress.plan import make_plan
from csworkshop.progress.records import Log
from csworkshop.widgets.plan_card import as_card
from tests.progress.made import NOW, Made, attempt

TIME = Made("m2-vague-delivery", items=("specific_time", "vague"))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    log = Log(tmp_path)
    for n in range(3):
        log.add(attempt(TIME, n, good=False, ago=2 - n / 10, words={"vague": ("尽快<b>",)}))
    return tmp_path


def test_a_newcomer_gets_exercises_and_is_told_that_there_are_no_attempts(tmp_path: Path) -> None:
    card = my_plan(folder=tmp_path)
    assert card.plan is not None and card.plan.steps
    assert "还没有练习记录" in card.markup
    assert repr(card) == card.text
    assert not list(tmp_path.iterdir()), "looking must not write"


def test_no_exercise_of_an_assignment_is_proposed(tmp_path: Path) -> None:
    plan = my_plan(minutes=240, folder=tmp_path).plan
    assert plan is not None
    assert len(plan.steps) > 10
    assert not [s.exercise for s in plan.steps if "-a-" in s.exercise]


def test_the_card_quotes_the_trainees_words_and_escapes_them(workspace: Path) -> None:
    card = my_plan(folder=workspace)
    assert "最近 3 次都写了“尽快&lt;b&gt;”" in card.markup
    assert "尽快<b>" in card.text and "<b>" not in card.markup
    assert "mathjax_ignore" in card._repr_html_()
    tags = _Tags()
    tags.feed(card._repr_html_())
    assert not tags.open
    assert tags.tags <= {"div", "section", "strong", "span", "ol", "ul", "li", "br", "p"}


def test_english_says_the_same_in_english(workspace: Path) -> None:
    card = my_plan(folder=workspace, lang="en")
    assert 'lang="en"' in card.markup and "you wrote" in card.markup and "Weakest so far" in card.markup
    assert "to work on" in card.markup and "your own folder" in card.markup


def test_the_same_lines_as_the_command(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from csworkshop.cli import main

    card = my_plan(folder=workspace)
    main(["progress", "plan", "--workspace", str(workspace)])
    assert capsys.readouterr().out.strip() == card.text


def test_a_damaged_log_is_told_on_the_card(workspace: Path) -> None:
    path = Log(workspace).path
    path.write_bytes(path.read_bytes() + b'{"at": "20')
    card = my_plan(folder=workspace)
    assert "不完整" in card.text and "不完整" in card.markup
    assert "最近 3 次" in card.text


def test_start_opens_the_steps_exercise(workspace: Path) -> None:
    card = my_plan(folder=workspace, lang="en")
    assert card.plan is not None
    widget = card.start(2)
    assert (widget.exercise.id, widget.lang) == (card.plan.steps[1].exercise, "en")
    assert widget.answers.path.parent == workspace.resolve()
    with pytest.raises(ValueError, match=f"no exercise 99; there are 1 to {len(card.plan.steps)}"):
        card.start(99)


def test_minutes_out_of_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="1 到 240"):
        my_plan(minutes=0)


def test_a_step_tells_its_lesson() -> None:
    assert lesson_of("m2-vague-delivery") == "m2"
    assert lesson_of("m2-a-parcel") == ""
    plan = make_plan([], NOW, library=[TIME])
    assert "在 m2 沟通技巧" in as_card(plan, 0)
    assert {m: path.stem for m, path in lessons().items()} == {m: f"{m}-{lesson_title(m)['zh']}" for m in lessons()}


def test_the_card_and_the_home_page_say_the_same(workspace: Path) -> None:
    from csworkshop.screens.home_page import home_page

    history = Log(workspace).read()
    shown = home_page(history, workspace, NOW)["plan"]
    for lang in ("zh", "en"):
        plan = make_plan(history.attempts, NOW, lang=lang)
        card, lines = html.unescape(as_card(plan, len(history.attempts))), "\n".join(plan.lines())
        titles = [shown["title"], shown["focus_title"], *shown["focus"], *shown["gaps"], *shown["strengths"]]
        for words in titles:
            assert words[lang] in card and words[lang] in lines
        for step in shown["steps"]:
            assert all(step[key][lang] in card for key in ("title", "why", "about", "reason"))


def test_one_attempt_is_told_as_a_person_would(tmp_path: Path) -> None:
    Log(tmp_path).add(attempt(TIME, good=False, words={"vague": ("尽快",)}))
    card = my_plan(folder=tmp_path)
    assert "上一次没做到，写的是“尽快”" in card.text and "最近 1 次" not in card.text
    assert "last time" in my_plan(folder=tmp_path, lang="en").text


def test_an_empty_library_is_told() -> None:
    card = as_card(make_plan([], NOW, library=[]), 0)
    assert "没有可以安排的练习" in card and "<ol" not in card
