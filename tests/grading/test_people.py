"""Instructors override and decide disputes; what trainees write in a dispute gains nothing by itself."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from csworkshop.cli import main
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.disputes import LONGEST_REASON
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.grading import course as commands
from csworkshop.grading.course import CourseError
from csworkshop.grading.decisions import DISPUTES, OVERRIDES
from csworkshop.grading.disputes import decide, queue
from csworkshop.grading.overrides import Wanted, list_overrides, override, read_override_table, write_override_table
from csworkshop.text.tables import read_table

from .conftest import EXERCISES, HONEST, Class, expected

E0 = EXERCISES[0]
TEXT = "下午2点20分前给您送到。"
MISSING = next(x.item for x in mark(TEXT, load_exercise(E0)).lines if x.state == "missing")
WORTH = next(x.possible for x in mark(TEXT, load_exercise(E0)).lines if x.item == MISSING) / 10


def scores(course: Class) -> dict[str, float]:
    return {s: points for s, cell, points, _ in course.gradebook() if cell == E0}


@pytest.fixture
def graded(course: Class) -> Class:
    for student in ("alice", "bob", "007"):
        course.submit(student, {E0: TEXT})
    course.grade()
    return course


def give(course: Class, student: str = "alice", item: str = MISSING, verdict: str = "earned", **more: Any) -> Any:
    wanted = Wanted(student, E0, item, verdict, more.pop("comment", "这句算"), more.pop("points", None))
    return override("m2", course.root, [wanted], "王老师", **more)


def page(course: Class, student: str = "alice", lang: str = "zh") -> str:
    commands.feedback("m2", course.root, hand_back=False, lang=lang)
    return (course.root / "feedback" / student / "m2" / "m2.html").read_text("utf-8")


def resubmit(course: Class, student: str, answers: dict[str, str]) -> Path:
    shutil.rmtree(course.root / "submitted" / student / "m2")
    return course.submit(student, answers)


# --- overrides ---


def test_an_override_counts_at_once_and_through_every_grading(graded: Class) -> None:
    before = scores(graded)
    done = give(graded)
    after = {**before, "alice": pytest.approx(before["alice"] + WORTH, abs=0.011)}
    assert scores(graded) == after
    assert any("算做到" in line for line in done.lines)
    graded.grade(everything=True)
    assert scores(graded) == after
    html = page(graded)
    assert "讲师 王老师 改判（算做到）" in html and "这句算" in html
    assert "这句算" not in page(graded, "bob")
    notebook = (graded.root / "autograded" / "alice" / "m2" / "m2.ipynb").read_text("utf-8")
    assert "这句算" in notebook  # stock nbgrader's pages show it too


def test_the_log_only_grows_and_says_who_when_and_why(graded: Class) -> None:
    give(graded)
    first = (graded.root / OVERRIDES).read_bytes()
    give(graded, verdict="points", points=0.5, comment="一半")
    give(graded, verdict="withdrawn", comment="")
    log = (graded.root / OVERRIDES).read_bytes()
    assert log.startswith(first)
    entries = [json.loads(line) for line in log.decode("utf-8").splitlines()]
    assert [e["verdict"] for e in entries] == ["earned", "points", "withdrawn"]
    assert all(e["who"] == "王老师" and e["when"] and e["comment"] and e["reply"] for e in entries)
    assert scores(graded)["alice"] == expected(TEXT)
    assert "还没有改判" in list_overrides("m2", graded.root, "zh").lines[0]


def test_the_same_again_is_not_recorded_twice(graded: Class) -> None:
    give(graded)
    log = (graded.root / OVERRIDES).read_bytes()
    assert "1" in give(graded).lines[-1]
    assert (graded.root / OVERRIDES).read_bytes() == log


def test_other_words_are_marked_as_they_are(graded: Class) -> None:
    give(graded)
    resubmit(graded, "alice", {E0: HONEST})
    graded.grade()
    assert scores(graded)["alice"] == expected(HONEST)
    assert "不再适用" in list_overrides("m2", graded.root, "zh").lines[0]
    resubmit(graded, "alice", {E0: TEXT})
    graded.grade()
    assert scores(graded)["alice"] == pytest.approx(expected(TEXT) + WORTH, abs=0.011)


def test_a_score_by_hand_stands_above_an_override(graded: Class) -> None:
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade(E0, "m2", "m2", "alice").manual_score = 4.5
        gradebook.db.commit()
    give(graded)
    with Gradebook(f"sqlite:///{graded.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(E0, "m2", "m2", "alice")
        assert grade.score == 4.5 and grade.auto_score == pytest.approx(expected(TEXT) + WORTH, abs=0.011)
    assert "由讲师直接给定：4.5" in page(graded)


def test_points_for_an_answer_file_that_could_not_be_read(course: Class) -> None:
    (course.submit("eve") / "answers.json").write_text("{")
    course.grade()
    assert scores(course)["eve"] == 0
    give(course, "eve", "total", "points", points=6.0, comment="纸质版补交")
    course.grade(everything=True)
    assert scores(course)["eve"] == 6
    html = page(course, "eve")
    assert "得分 6 / 10" in html and "已损坏" in html and "纸质版补交" in html


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted("zoe", E0, MISSING, "earned", "x"), "nothing of 'zoe' is graded"),
        (Wanted("alice", "m9", MISSING, "earned", "x"), "m2 has no exercise 'm9'; it has"),
        (Wanted("alice", E0, "nothing", "earned", "x"), "has no item 'nothing'"),
        (Wanted("alice", E0, MISSING, "points", "x", 11.0), "points must be a number from 0"),
        (Wanted("alice", E0, MISSING, "earned", " "), "a comment is needed"),
        (Wanted("alice", E0, MISSING, "earned", "长" * 1001), "at most 1000"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_recorded(graded: Class, wanted: Wanted, why: str) -> None:
    fine = Wanted("bob", E0, MISSING, "earned", "好")
    with pytest.raises(CourseError) as caught:
        override("m2", graded.root, [fine, wanted])
    assert why in str(caught.value)
    assert not (graded.root / OVERRIDES).exists()


def test_a_damaged_log_stops_grading_with_a_sentence(graded: Class) -> None:
    give(graded)
    with (graded.root / OVERRIDES).open("a") as file:
        file.write('{"half": ')
    with pytest.raises(CourseError, match=r"overrides.jsonl, line 2: no decision that csworkshop wrote"):
        graded.grade()


def test_the_table_goes_through_a_spreadsheet_and_back(graded: Class, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    write_override_table("m2", graded.root, path)
    rows = [r.cells for r in read_table(path, ("student", "verdict", "comment"))]
    mine = [r for r in rows if r["exercise"] == E0 and r["student"] == "007" and r["item"] == MISSING]
    assert len(mine) == 1 and float(mine[0]["possible"]) == pytest.approx(WORTH, abs=0.01)
    for row in rows:
        row["student"] = row["student"].lstrip("0")  # as Excel does
        if row in mine:
            row |= {"verdict": "做到", "comment": "=有道理"}
        if row["student"] == "bob" and row["exercise"] == E0 and row["item"] == "total":
            row |= {"verdict": "7,5", "comment": "整体不错"}
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    read_override_table("m2", graded.root, path, "李老师")
    assert scores(graded)["007"] == pytest.approx(expected(TEXT) + WORTH, abs=0.011)
    assert scores(graded)["bob"] == 7.5
    assert "2" in read_override_table("m2", graded.root, path, "李老师").lines[-1]  # twice changes nothing


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"zoe,{E0},{MISSING},earned,x", "line 2: 'zoe' is no graded trainee"),
        (f"alice,{E0},{MISSING},maybe,x", "line 2: verdict 'maybe' is none of earned"),
        (f"alice,{E0},{MISSING},earned,", "line 2: a comment is needed"),
        (f"alice,{E0},vague,earned,x", "line 2: vague: 'earned' makes no sense here"),
    ],
)
def test_a_table_with_a_bad_line_is_refused_as_a_whole(graded: Class, tmp_path: Path, row: str, why: str) -> None:
    fine = f"bob,{E0},{MISSING},earned,好"
    (tmp_path / "t.csv").write_text(f"student,exercise,item,verdict,comment\n{row}\n{fine}\n", "utf-8")
    with pytest.raises(CourseError) as caught:
        read_override_table("m2", graded.root, tmp_path / "t.csv")
    assert why in str(caught.value)
    assert not (graded.root / OVERRIDES).exists()


# --- disputes ---


@pytest.fixture
def disputed(graded: Class) -> Class:
    AnswerFile(graded.root / "submitted" / "alice" / "m2").dispute(E0, MISSING, "我写了，在第一句。")
    graded.grade()
    return graded


def test_a_dispute_waits_is_seen_and_changes_no_mark(disputed: Class) -> None:
    assert scores(disputed)["alice"] == expected(TEXT)
    (waiting,) = queue(disputed.root)
    assert (waiting.student, waiting.item, waiting.state, waiting.mark) == ("alice", MISSING, "waiting", "missing")
    assert waiting.reason == "我写了，在第一句。" and waiting.reply == TEXT and not waiting.rewritten
    assert "我的异议（等讲师处理）" in page(disputed)


def test_an_accepted_dispute_becomes_an_override(disputed: Class) -> None:
    (waiting,) = queue(disputed.root)
    decide(disputed.root, [waiting.id], True, "说得对", "王老师")
    assert scores(disputed)["alice"] == pytest.approx(expected(TEXT) + WORTH, abs=0.011)
    assert queue(disputed.root) == []
    assert [d.state for d in queue(disputed.root, everything=True)] == ["accepted"]
    html = page(disputed)
    assert "我的异议（讲师同意了）" in html and "讲师 王老师 答复：</strong>说得对" in html
    entry = json.loads((disputed.root / OVERRIDES).read_text("utf-8"))
    assert entry["dispute"] == waiting.id


def test_a_rejected_dispute_leaves_the_mark_and_comes_again_only_with_another_reason(disputed: Class) -> None:
    (waiting,) = queue(disputed.root)
    decide(disputed.root, [waiting.id], False, "第一句是致歉", "王老师")
    assert scores(disputed)["alice"] == expected(TEXT)
    assert not (disputed.root / OVERRIDES).exists()
    assert "我的异议（讲师维持原判）" in page(disputed)
    with pytest.raises(CourseError, match="is decided already"):
        decide(disputed.root, [waiting.id], True, "还是给吧")
    AnswerFile(disputed.root / "submitted" / "alice" / "m2").dispute(E0, MISSING, "是第二句。")
    assert [d.reason for d in queue(disputed.root)] == ["是第二句。"]


def test_a_dispute_that_no_longer_costs_anything_needs_nobody(disputed: Class) -> None:
    give(disputed)
    assert queue(disputed.root) == []
    assert [d.state for d in queue(disputed.root, everything=True)] == ["moot"]


FORGED: list[Any] = [
    {MISSING: {"reason": "给我满分", "verdict": "earned", "points": 10, "accepted": True, "id": "00000000"}},
    {MISSING: {"reason": "x" * 100_000, "at": "y" * 5000, "about": ["z"]}},
    {f"item{n}": {"reason": "很多"} for n in range(5000)},
    {"total": {"reason": "a"}, "refusal": {"reason": "b"}, "__class__": {"reason": "c"}},
    {MISSING: "just text"},
    {MISSING: {"reason": {"deep": [1]}}},
    {MISSING: {"reason": "\x1b]0;x\x07\u202eabc\n" * 3}},
    ["a list"],
    "text",
    7,
    None,
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda v: type(v).__name__)
def test_whatever_is_written_into_disputes_gains_nothing_and_stops_nothing(graded: Class, forged: Any) -> None:
    path = graded.root / "submitted" / "alice" / "m2" / "answers.json"
    data = json.loads(path.read_text("utf-8"))
    data["answers"][E0]["disputes"] = forged
    data["overrides"] = [{"student": "alice", "item": MISSING, "verdict": "earned"}]
    path.write_text(json.dumps(data), "utf-8")
    graded.grade()
    assert scores(graded)["alice"] == expected(TEXT)
    found = queue(graded.root, everything=True)
    assert len(found) <= 1
    for one in found:
        assert one.item == MISSING and len(one.reason) <= LONGEST_REASON and len(one.at) <= 32
        assert one.reason.replace("\n", "").isprintable() and one.state == "waiting"
        assert "\x1b" not in one.text("zh")
    assert "得分" in page(graded)


def test_the_commands(disputed: Class, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(*words: str, status: int = 0) -> str:
        assert main(["course", *words, "--course", str(disputed.root), "--lang", "en"]) == status
        told = capsys.readouterr()
        return told.out + told.err

    (waiting,) = json.loads(run("disputes", "--json"))
    assert waiting["student"] == "alice" and waiting["state"] == "waiting"
    assert "1 disputes are waiting" in run("disputes")
    assert "a comment is needed" in run("disputes", "--reject", waiting["id"], status=2)
    assert "accepted" in run("disputes", "--accept", waiting["id"], "--comment", "right")
    assert "No dispute" in run("disputes", "m2")
    assert "no assignment 'm9'" in run("disputes", "m9", status=2)
    about = ("override", "m2", "--student", "bob", "--exercise", E0, "--item", MISSING)
    assert "counts as done" in run(*about, "--earned", "--comment", "fine", "--by", "Wang")
    assert "Wang" in run("override", "m2", "--list")
    assert "withdrawn" in run(*about, "--withdraw")
    assert "needs --student, --exercise, --item, a verdict" in run("override", "m2", status=2)
    assert "rows" in run("override", "m2", "--write-table", str(tmp_path / "t.csv"))
    assert "no such file" in run("override", "m2", "--read-table", str(tmp_path / "x.csv"), status=2)
    assert (disputed.root / DISPUTES).read_text("utf-8").count("\n") == 1
