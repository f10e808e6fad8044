"""What other programs get: read back as they read it, no cell a formula, no statement that a record store refuses."""

from __future__ import annotations

import csv
import json
import re
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbgrader.api import Gradebook

from csworkshop.cli import main
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.grading.export import CANVAS, ITEMS, MOODLE, Exported, export_course
from csworkshop.grading.opening import CourseError, open_course
from csworkshop.text.tables import plain_cell

from .conftest import EXERCISES, HONEST, Class, expected

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\ttext", '=cmd|"/c calc"!A1', "＝1+1", "ok"]
STARTS = re.compile(r"[=+\-@＝＋－＠\t\r\n]")


def _people(course: Class, **people: dict[str, str]) -> None:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        for student, about in people.items():
            book.update_or_create_student(student, **about)


def _export(course: Class, **options: Any) -> tuple[Path, Exported]:
    folder = course.root / "export"
    return folder, export_course(open_course(course.root), folder, **options)


@pytest.fixture
def graded(course: Class) -> Class:
    course.submit("alice", {e: HONEST for e in EXERCISES})
    (course.submit("bob") / "answers.json").write_text("{")
    course.submit("carol", {EXERCISES[0]: "好的,尽快。"})
    course.grade()
    course.submit("dan")  # collected, not graded
    about = {"first_name": "小丽", "last_name": "王", "email": "alice@example.org", "lms_user_id": "4711"}
    _people(course, alice=about, eve={"lms_user_id": "X-9"})
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "csworkshop") as book:
        book.find_grade(EXERCISES[0], "m2", "m2", "carol").manual_score = 9.5
        book.db.commit()
    return course


def test_moodle(graded: Class) -> None:
    folder, done = _export(graded, formats=["moodle"])
    raw = (folder / "moodle.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfusername,")
    table = pd.read_csv(folder / "moodle.csv", dtype=str, keep_default_na=False)
    assert list(table.columns) == [*MOODLE, "m2"]
    rows = table.set_index("username")
    assert list(rows.index) == ["alice", "bob", "carol", "eve"]
    assert list(rows.loc["alice"])[:4] == ["4711", "alice@example.org", "小丽", "王"]
    assert float(rows.loc["alice", "m2"]) == sum(expected(HONEST, e) for e in EXERCISES)
    assert (float(rows.loc["bob", "m2"]), float(rows.loc["carol", "m2"]), rows.loc["eve", "m2"]) == (0.0, 9.5, "")
    assert list(done.rows.values()) == [4]
    assert [p.name for p in folder.iterdir()] == ["moodle.csv"]


def test_canvas(graded: Class) -> None:
    """As Canvas's importer reads it: student columns by position, Section the last of them, then Points Possible."""
    folder, _ = _export(graded, formats=["canvas"])
    with (folder / "canvas.csv").open(encoding="utf-8", newline="") as file:
        head, points, *rows = csv.reader(file)
    assert head[0] == "\ufeffStudent" and tuple(head[1:5]) == CANVAS[1:] and head[5:] == ["m2"]
    assert points == ["Points Possible", "", "", "", "", "20.0"]
    by_login = {row[3]: row for row in rows}
    assert by_login["alice"][:3] == ["王, 小丽", "4711", ""]
    assert by_login["eve"][:3] == ["eve", "", "X-9"] and by_login["eve"][5] == ""
    assert all(len(row) == len(head) for row in [points, *rows])


def test_items(graded: Class) -> None:
    folder, done = _export(graded, formats=["items"])
    table = pd.read_csv(folder / "items.csv")
    assert tuple(table.columns) == ITEMS
    marks = mark(HONEST, load_exercise(EXERCISES[0]))
    alice = table[(table.trainee == "alice") & (table.cell == EXERCISES[0])]
    assert list(alice["item"]) == [line.item for line in marks.lines]
    assert list(alice.state) == [line.state for line in marks.lines]
    assert list(alice.points - alice.lost) == pytest.approx([line.points / 10 for line in marks.lines], abs=1e-4)
    assert (alice.points >= 0).all() and (alice.lost >= 0).all() and set(alice.cell_points) == {expected()}
    for evidence, line in zip(alice.evidence, marks.lines, strict=True):
        spans = json.loads(plain_cell(evidence))
        assert spans == [[e.start, e.end, e.text] for e in line.evidence]
        assert all(HONEST[start:end] == text for start, end, text in spans)
    bob = table[table.trainee == "bob"]
    assert set(bob.fault) == {"json_damaged"} and len(bob) == len(EXERCISES) and set(bob.cell_score) == {0.0}
    carol = table[(table.trainee == "carol") & (table.cell == EXERCISES[0])]
    assert set(carol.cell_score) == {9.5} and carol.by_hand.all() and set(carol.cell_points) != {9.5}
    assert set(table.trainee) == {"alice", "bob", "carol"} and done.without_details == 0
    assert len(table) == next(iter(done.rows.values()))


def test_items_tell_who_decided_otherwise_and_why(graded: Class) -> None:
    from csworkshop.grading.overrides import Wanted, override

    lost = next(line for line in mark("好的,尽快。", load_exercise(EXERCISES[0])).lines if line.state == "missing")
    decided = [
        Wanted("carol", EXERCISES[0], lost.item, "earned", "=这句算"),
        Wanted("carol", EXERCISES[0], "total", "points", "总分另定", 8.0),
        Wanted("alice", EXERCISES[1], "total", "points", "待撤回", 1.0),
    ]
    override("m2", graded.root, decided, "王老师")
    override("m2", graded.root, [Wanted("alice", EXERCISES[1], "total", "withdrawn", "")], "王老师")
    folder, _ = _export(graded, formats=["items"])
    table = pd.read_csv(folder / "items.csv", dtype=str, keep_default_na=False)
    told = table[table.override != ""].sort_values("item", key=lambda c: c == "total")
    assert list(zip(told.trainee, told.cell, told["item"], told.override, told.override_points, strict=True)) == [
        ("carol", EXERCISES[0], lost.item, "earned", ""), ("carol", EXERCISES[0], "total", "points", "8.0"),
    ]  # fmt: skip
    assert list(told.override_comment) == ["'=这句算", "总分另定"] and set(told.override_who) == {"王老师"}
    assert all(datetime.fromisoformat(when).tzinfo for when in told.override_when)
    whole = table[table["item"] == "total"]
    assert len(whole) == 1 and set(whole.points) == {""} and set(whole.cell_points) == {"8.0"}
    first = next(row for _, row in told.iterrows())
    assert first.state == "earned" and float(first.points) == pytest.approx(lost.possible / 10, abs=1e-4)


def test_no_cell_is_a_formula(course: Class) -> None:
    for number, text in enumerate(FORMULAS):
        course.submit(f"s{number}", {EXERCISES[0]: f"{text}\n{HONEST}", EXERCISES[1]: text})
        _people(course, **{f"s{number}": {"first_name": text, "last_name": text, "email": text, "lms_user_id": text}})
    for name in ("=cmd", "-1", "@eve", "+7"):
        course.submit(name)
    course.grade()
    folder, done = _export(course)
    assert set(done.guarded) == {"=cmd", "-1", "@eve", "+7"}
    for file in ("moodle.csv", "canvas.csv", "items.csv"):
        with (folder / file).open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if STARTS.match(cell)], file
    names = pd.read_csv(folder / "moodle.csv", dtype=str, keep_default_na=False).set_index("username")
    assert plain_cell(str(names.loc["s0", "firstname"])) == "=1+1"


def _check_statement(statement: dict[str, Any]) -> None:
    """What the xAPI 1.0.3 specification asks of a statement with these parts."""
    assert set(statement) <= {"id", "actor", "verb", "object", "result", "context", "timestamp", "version"}
    assert str(uuid.UUID(statement["id"])) == statement["id"] and statement["version"] == "1.0.3"
    assert set(statement["actor"]) == {"objectType", "account"}
    assert set(statement["actor"]["account"]) == {"homePage", "name"}
    names = [statement["verb"]["display"], statement["object"]["definition"].get("name", {})]
    assert all(re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", tag) for name in names for tag in name)
    around = statement["context"]["contextActivities"]
    iris = [statement["actor"]["account"]["homePage"], statement["verb"]["id"], statement["object"]["id"]]
    iris += [statement["object"]["definition"]["type"], *statement["result"].get("extensions", {})]
    iris += [activity["id"] for group in around.values() for activity in group]
    assert all(re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", iri) for iri in iris)
    score = statement["result"]["score"]
    assert -1 <= score["scaled"] <= 1 and score["min"] <= score["raw"] <= score["max"]
    assert score["scaled"] == pytest.approx(score["raw"] / score["max"], abs=1e-4)
    assert datetime.fromisoformat(statement["timestamp"].replace("Z", "+00:00")).tzinfo


def test_statements(graded: Class) -> None:
    folder, done = _export(graded, formats=["xapi"], home="https://lms.example/")
    lines = (folder / "xapi.jsonl").read_text("utf-8").splitlines()
    statements = [json.loads(line) for line in lines]
    for statement in statements:
        _check_statement(statement)
    assert len(statements) == 3 * (len(EXERCISES) + 1) == next(iter(done.rows.values()))
    assert len({s["id"] for s in statements}) == len(statements)
    alice = [s for s in statements if s["actor"]["account"] == {"homePage": "https://lms.example", "name": "alice"}]
    assert [s["verb"]["id"].rsplit("/", 1)[1] for s in alice] == ["answered"] * len(EXERCISES) + ["scored"]
    assert alice[-1]["result"]["score"]["raw"] == sum(expected(HONEST, e) for e in EXERCISES)
    for private in ("小丽", "王", "alice@example.org", "4711", HONEST[:8]):
        assert private not in "".join(lines)
    again = _export(graded, formats=["xapi"], home="https://lms.example/")[0]
    assert (again / "xapi.jsonl").read_text("utf-8").splitlines() == lines, "the same marks have the same ids"


def test_extra_credit_stays_within_what_xapi_allows(graded: Class) -> None:
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db", "csworkshop") as book:
        book.find_grade(EXERCISES[0], "m2", "m2", "carol").extra_credit = 30
        book.db.commit()
    folder, _ = _export(graded)
    for line in (folder / "xapi.jsonl").read_text("utf-8").splitlines():
        _check_statement(json.loads(line))
    assert float(pd.read_csv(folder / "moodle.csv").set_index("username").loc["carol", "m2"]) == 39.5


def test_marks_without_details_are_told(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    from csworkshop.grading.kept import NAME

    (graded.root / "autograded" / "alice" / "m2" / NAME).unlink()
    assert main(["course", "export", "--course", str(graded.root), "--as", "items", "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "1 submissions have no details by item" in told.err and "items.csv" in told.out
    table = pd.read_csv(graded.root / "export" / "items.csv")
    alice = table[table.trainee == "alice"]
    assert set(alice.fault) == {"no_details"} and set(alice.cell_score) == {expected(HONEST, e) for e in EXERCISES}


def test_what_cannot_be_exported(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CourseError, match="the gradebook has no assignment 'm9'; it has: m2"):
        _export(graded, assignments=["m9"])
    taken = graded.root / "a-file"
    taken.write_text("x")
    assert main(["course", "export", "--course", str(graded.root), "--out", str(taken)]) == 2
    assert "is a file; name a folder" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["course", "export", "--home", "lms.example"])
    assert "an address that begins with https:// is needed" in capsys.readouterr().err
    (graded.root / "export" / "items.csv").mkdir(parents=True)
    with pytest.raises(CourseError, match=r"items\.csv"):
        _export(graded, formats=["items"])
    assert [p.name for p in (graded.root / "export").iterdir()] == ["items.csv"]
