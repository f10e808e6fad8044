"""A role-play in an assignment: replayed, shown to the instructor, and commented on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from csworkshop.cli import main
from csworkshop.exercises.activity import dump
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.kinds.roleplay import KIND
from csworkshop.exercises.library import content, load_any
from csworkshop.exercises.marking import mark
from csworkshop.grading import course as commands

from .conftest import STAMP, Class, graded_cell, write_source

EXERCISE = "m4-roleplay-thesis-by-eight"
EVIL = '<script>alert(1)</script><b style="position:fixed">您好</b>'


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A course with one role-play; alice played it well and tried once before, bob sent what he likes."""
    root = tmp_path_factory.mktemp("talks") / "课程"
    write_source(root, [graded_cell(EXERCISE)])
    shutil.copyfile(content() / "exercises" / "nbgrader_config.py", root / "nbgrader_config.py")
    commands.release("m2", root, exchange=root.parent / "exchange")
    model = KIND.model_answer(load_any(EXERCISE))
    long = [{"seed": n, "moves": ["您好，" + "请您再说一遍。" * 60] * 2} for n in range(8)]  # beyond 5000 characters
    hand_in(root, "alice", dump({**model, "earlier": [*long, {"seed": 2, "moves": ["规定就是这样。"]}]}))
    hand_in(root, "bob", dump({"seed": 2, "moves": [EVIL, "规定就是这样。"], "done": True}))
    commands.grade("m2", root)
    return Class(root)


def hand_in(root: Path, student: str, text: str) -> None:
    folder = root / "submitted" / student / "m2"
    shutil.copytree(root / "release" / "m2", folder)
    (folder / "timestamp.txt").write_text(STAMP, "utf-8")
    AnswerFile(folder).save(EXERCISE, text, 0)


def page(talks: Class, student: str) -> str:
    commands.feedback("m2", talks.root, hand_back=False, lang="zh")
    return (talks.root / "feedback" / student / "m2" / "m2.html").read_text("utf-8")


def test_points_are_those_of_the_replay(talks: Class) -> None:
    scores = {student: points for student, _, points, _ in talks.gradebook()}
    model = mark(dump(KIND.model_answer(load_any(EXERCISE))), load_any(EXERCISE))
    assert scores["alice"] == model.points(10) >= 6 and scores["bob"] < 3


def test_the_instructor_reads_the_talk_and_its_debrief(talks: Class) -> None:
    html = page(talks, "alice")
    assert "情绪怎么变的" in html and "客户心里" in html and "之前的几次" in html
    assert load_any(EXERCISE).played.persona.hidden_need in html  # type: ignore[union-attr]
    hostile = page(talks, "bob")
    assert "<script>alert" not in hostile and "position:fixed" not in hostile.replace("position:fixed&quot;", "")
    notebook = (talks.root / "autograded" / "bob" / "m2" / "m2.ipynb").read_text("utf-8")
    assert "换一种说法" in notebook and "<script>" not in notebook  # stock formgrader shows the same


def test_an_instructor_comments_and_sets_the_total(talks: Class, capsys: pytest.CaptureFixture[str]) -> None:
    about = ["course", "override", "m2", "--course", str(talks.root), "--student", "bob", "--exercise", EXERCISE]
    said = [*about, "--points", "4.5", "--comment", "第一句就该接住她的着急。", "--by", "王老师"]
    assert main([*said, "--item", "total"]) == 0
    assert {s: p for s, _, p, _ in talks.gradebook()}["bob"] == 4.5
    assert "第一句就该接住她的着急。" in page(talks, "bob") and "王老师" in page(talks, "bob")
    assert main([*said, "--item", "end"]) != 0
    assert "only its total can be set" in capsys.readouterr().err
