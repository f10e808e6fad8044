"""The whole way through nbgrader's exchange, as instructor and trainee go it, and as someone with bad intent does."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import content
from csworkshop.grading import course as commands
from csworkshop.grading.opening import open_course

from .conftest import EXERCISES, HONEST, expected, graded_cell, write_source


class Trainee:
    """Someone with a folder, who uses stock nbgrader to fetch and submit."""

    def __init__(self, name: str, top: Path, exchange: Path) -> None:
        self.name, self.home, self.exchange = name, top / "home" / name, exchange
        self.home.mkdir(parents=True)

    def nbgrader(self, action: str) -> None:
        config = Config()
        config.Exchange = Config(
            root=str(self.exchange), assignment_dir=str(self.home), cache=str(self.home.parent / f"cache-{self.name}")
        )
        course = CourseDirectory(
            config=config, root=str(self.home), course_id="csworkshop", assignment_id="m2", student_id=self.name
        )
        factory = ExchangeFactory(config=config)
        getattr(factory, action)(coursedir=course, authenticator=Authenticator(config=config), config=config).start()

    def answer(self, texts: dict[str, str]) -> None:
        for exercise, text in texts.items():
            AnswerFile(self.home / "m2").save(exercise, text, 0)


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    return tmp_path / "exchange"


def test_release_fetch_answer_submit_collect_grade_and_hand_back(tmp_path: Path, exchange: Path) -> None:
    root = tmp_path / "class 1"
    assert commands.course_init(root).status == 0
    write_source(root, [graded_cell(e) for e in EXERCISES])
    commands.release("m2", root, exchange=exchange)

    texts = {
        "alice": {EXERCISES[0]: HONEST, EXERCISES[1]: "您好,明天上午9点前给您送到。"},
        "bob": {EXERCISES[0]: "好的哦 <b>马上</b> & 尽快~"},
        "carol": {},
    }
    trainees = {name: Trainee(name, tmp_path, exchange) for name in texts}
    for name, trainee in trainees.items():
        trainee.nbgrader("FetchAssignment")
        assert sorted(p.name for p in (trainee.home / "m2").iterdir()) == ["m2.ipynb"]
        trainee.answer(texts[name])
        trainee.nbgrader("Submit")

    assert commands.collect("m2", root, exchange=exchange).status == 0
    results = commands.grade("m2", root)
    wanted = {n: {e: expected(t.get(e, ""), e) for e in EXERCISES} for n, t in texts.items()}
    assert {r.student: r.cells for r in results.results} == wanted
    assert {r.student: r.score for r in results.results} == {
        n: pytest.approx(sum(w.values())) for n, w in wanted.items()
    }

    commands.feedback("m2", root, exchange=exchange)
    for name, trainee in trainees.items():
        trainee.nbgrader("FetchFeedback")
        (page,) = trainee.home.glob("m2/feedback/*/m2.html")
        html = page.read_text("utf-8")
        for points in wanted[name].values():
            assert f"得分 {points:g} / 10" in html
    assert "&lt;b&gt;马上&lt;/b&gt; &amp; 尽快" in (root / "feedback" / "bob" / "m2" / "m2.html").read_text("utf-8")

    # handing in again: the newer one counts
    trainees["bob"].answer({EXERCISES[1]: texts["alice"][EXERCISES[1]]})
    trainees["bob"].nbgrader("Submit")
    commands.collect("m2", root, exchange=exchange)
    assert commands.grade("m2", root)["bob"].cells[EXERCISES[1]] == wanted["alice"][EXERCISES[1]]


@pytest.fixture
def inbound(tmp_path: Path, exchange: Path) -> Path:
    root = tmp_path / "course"
    write_source(root, [graded_cell(e) for e in EXERCISES])
    commands.release("m2", root, exchange=exchange)
    trainee = Trainee("zoe", tmp_path, exchange)
    trainee.nbgrader("FetchAssignment")
    trainee.answer({EXERCISES[0]: HONEST})
    trainee.nbgrader("Submit")
    return exchange / "csworkshop" / "inbound"


def test_collecting_from_an_exchange_that_a_trainee_filled_by_hand(
    inbound: Path, tmp_path: Path, exchange: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    (honest,) = inbound.iterdir()
    links = inbound / "eve+m2+2026-11-21 10:00:00.0 UTC+abc"
    links.mkdir()
    (links / "answers.json").symlink_to(honest / "answers.json")
    (links / "notes.txt").symlink_to(secret)
    (links / "all").symlink_to(tmp_path)
    (links / "timestamp.txt").write_text("no time at all")
    os.mkfifo(links / "pipe")
    with (links / "big.bin").open("wb") as file:
        file.truncate(8 << 30)
    many = inbound / "max+m2+2026-11-21 10:00:00.0 UTC+abc"
    many.mkdir()
    for n in range(700):
        (many / f"{n}.txt").write_bytes(b"x" * 50_000)
    AnswerFile(many).save(EXERCISES[0], HONEST, 0)
    (inbound / "kim+m2+2026-11-21 10:00:00.0 UTC+abc").symlink_to(honest)
    (inbound / "odd+m2+not a time+abc").mkdir()
    (inbound / "<b>+m2+2026-11-21 10:00:00.0 UTC+abc").mkdir()
    (inbound / "file+m2+2026-11-21 10:00:00.0 UTC+abc").write_text("x")

    root = tmp_path / "course"
    done = commands.collect("m2", root, exchange=exchange)
    commands.collect("m2", root, exchange=exchange)  # nbgrader reads the collected timestamps now
    submitted = root / "submitted"
    assert sorted(p.name for p in submitted.iterdir()) == ["eve", "max", "zoe"]
    assert [p.name for p in (submitted / "eve" / "m2").iterdir()] == ["timestamp.txt"]
    assert sum(p.stat().st_size for p in (submitted / "max" / "m2").iterdir()) < 25 << 20
    assert not [p for p in submitted.rglob("*") if p.is_symlink()]
    assert any("file_link" in line and "answers.json" in line for line in done.warnings)
    results = commands.grade("m2", root)
    assert {r.student: r.score for r in results.results} == {"eve": 0.0, "max": expected(), "zoe": expected()}


def test_course_init_writes_what_is_missing_and_keeps_what_is_there(tmp_path: Path) -> None:
    commands.course_init(tmp_path / "c")
    config = tmp_path / "c" / "nbgrader_config.py"
    assert config.read_bytes() == (content() / "exercises" / "nbgrader_config.py").read_bytes()
    handbooks = sorted(p.name for p in (content() / "notebooks" / "讲师").glob("*.ipynb"))
    assert handbooks == sorted(p.name for p in (tmp_path / "c" / "讲师").iterdir())
    config.write_text("# mine\n")
    done = commands.course_init(tmp_path / "c", exchange=tmp_path / "elsewhere", lang="en")
    assert config.read_text() == "# mine\n"
    assert "0 files written" in done.lines[0]


def test_the_exchange_is_inside_the_course_folder_or_where_it_was_said(tmp_path: Path) -> None:
    commands.course_init(tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "moved")
    assert open_course(tmp_path / "moved").config.Exchange.root == str(tmp_path / "moved" / "exchange")
    commands.course_init(tmp_path / "b", exchange=tmp_path / "shared 交换")
    assert open_course(tmp_path / "b").config.Exchange.root == str(tmp_path / "shared 交换")


def test_the_shipped_assignment_goes_all_the_way(tmp_path: Path, exchange: Path) -> None:
    import ast

    import nbformat

    root = tmp_path / "c"
    commands.course_init(root)
    cells: list[Any] = nbformat.read(root / "source" / "m2" / "m2.ipynb", 4).cells
    graded = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert graded and all(ast.parse(c.source) for c in graded)
    commands.release("m2", root, exchange=exchange)
    trainee = Trainee("alice", tmp_path, exchange)
    trainee.nbgrader("FetchAssignment")
    first = graded[0].metadata.nbgrader.grade_id
    trainee.answer({first: HONEST})
    trainee.nbgrader("Submit")
    commands.collect("m2", root, exchange=exchange)
    result = commands.grade("m2", root)["alice"]
    assert result.maximum == sum(c.metadata.nbgrader.points for c in graded)
    assert result.cells[first] == expected(HONEST, first, graded[0].metadata.nbgrader.points)
    with sqlite3.connect(root / "gradebook.db") as db:
        assert db.execute("select count(*) from grade where needs_manual_grade").fetchone() == (0,)
