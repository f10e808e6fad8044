"""Texts made to please the checker earn no pass, and honest replies aren't taken for such (tests/attacks/make.py)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from csworkshop.exercises.definition import from_scenario
from csworkshop.exercises.feedback import verdict
from csworkshop.exercises.library import exercise_files, load_exercise
from csworkshop.exercises.marking import Marks, marks_of
from csworkshop.techniques.checker import check
from csworkshop.techniques.relevance import parrots
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import insincere
from csworkshop.text.language import LANGUAGES
from csworkshop.training.labelled import labelled_folder
from csworkshop.training.ratings import read_rated

ATTACKS = Path(__file__).parents[1] / "attacks" / "attacks.jsonl"
KINDS = {
    "pile", "template", "other_case", "echo", "rubric", "grader", "hidden", "insult", "frame", "repetition", "invented",
    "language",
}  # fmt: skip
MOST = 0.02


@pytest.fixture(scope="module")
def marked() -> list[tuple[dict[str, str], list[Marks]]]:
    """Each attack with its marks, by the general scorecard and by the exercise's own."""
    rated = read_rated(labelled_folder())
    scenarios = {r.scenario.id: r.scenario for r in rated}
    library = {p.stem: load_exercise(p.stem) for p in exercise_files(kind="rewrite")}
    found = []
    for attack in map(json.loads, ATTACKS.read_text("utf-8").splitlines()):
        own = library.get(attack["case"])
        scenario = own.scenario if own else scenarios[attack["case"]]
        report = check(attack["reply"], scenario)
        cards = [from_scenario(scenario), *([own] if own else [])]
        found.append((attack, [marks_of(report, attack["reply"], card) for card in cards]))
    return found


def test_there_are_attacks_of_every_kind(marked: list[tuple[dict[str, str], list[Marks]]]) -> None:
    kinds = Counter(attack["kind"] for attack, _ in marked)
    assert set(kinds) == KINDS
    assert sum(kinds.values()) >= 240
    assert min(kinds.values()) >= 12


def test_hardly_an_attack_passes(marked: list[tuple[dict[str, str], list[Marks]]]) -> None:
    passed = [attack["id"] for attack, marks in marked if any(m.passed for m in marks)]
    assert len(passed) <= MOST * len(marked), passed


def test_a_refusal_says_why_in_one_sentence(marked: list[tuple[dict[str, str], list[Marks]]]) -> None:
    said: dict[tuple[str, str], str] = {}
    anyone = from_scenario(Scenario())
    for _, marks in marked:
        if marks[0].refusal:
            for lang in LANGUAGES:
                said[marks[0].refusal, lang] = verdict(marks[0], anyone, lang)
    assert len(set(said.values())) == len(said), "each reason has words of its own"
    for (_, lang), words in said.items():
        assert words.count("。" if lang == "zh" else ". ") <= 1
        assert words[-1] in "。."
    reasons = {reason for reason, _ in said}
    assert {"no_reply", "parrot", "grader", "rubric", "withdrawn", "hidden", "language", "insult"} <= reasons
    assert {"invented", "other_case", "template"} <= reasons


def test_honest_replies_are_meant_for_the_customer() -> None:
    rated = read_rated(labelled_folder())
    caught = [r.id for r in rated if insincere(r.reply, r.scenario.customer) or parrots(r.reply, r.scenario)]
    assert len(caught) <= 0.005 * len(rated), caught
    assert not [r for r in rated if r.good and r.id in caught]
