"""The gradebook on a real PostgreSQL server: the same marks as in a file, the same goings-on, and clear words."""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from csworkshop.cli import main
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.grading import course as commands
from csworkshop.grading.course import CourseError
from csworkshop.grading.engine import alone, shown_url, what_happened
from csworkshop.grading.export import export_course
from csworkshop.grading.opening import Course, open_course, ready
from csworkshop.grading.overrides import Wanted, override
from csworkshop.grading.status import course_status

from .conftest import EXERCISES, HONEST, Class, graded_cell, write_source
from .test_killed import SUBMISSIONS, _hand_in
from .test_round import Trainee

if sys.platform == "win32":
    pytest.skip("the tests' own server is started as on Linux and macOS", allow_module_level=True)

from .postgres import Cluster

TEXT = "下午2点20分前给您送到。"
MISSING = next(x.item for x in mark(TEXT, load_exercise(EXERCISES[0])).lines if x.state == "missing")
NOW = datetime(2026, 12, 1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    try:
        yield made
    finally:
        made.remove()


@pytest.fixture
def server(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("PGPASSWORD", cluster.password)
    return cluster


def move_to(course: Class, url: str) -> None:
    """Let the gradebook of a course be the one at `url`, by the one setting, and release the assignment into it."""
    (course.root / "gradebook.db").unlink()
    (course.root / "course_settings.py").write_text(f"c = get_config()\nc.CourseDirectory.db_url = {url!r}\n")
    commands.release("m2", course.root, exchange=course.root.parent / "exchange")
    assert not (course.root / "gradebook.db").exists()


def everything_told(course: Course, exchange: Path) -> dict[str, Any]:
    """All that a course tells of its marks: exports, status, pages; the time of an override apart."""
    export = course.root / "export"
    export_course(course, export)
    commands.feedback("m2", course.root, exchange=exchange)
    pages = {str(p.relative_to(course.root)): p.read_text("utf-8") for p in course.root.glob("feedback/*/*/*.html")}
    told = {p.name: p.read_text("utf-8") for p in sorted(export.iterdir())} | pages
    told = {name: re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?[+\d:]*", "(when)", t) for name, t in told.items()}
    status = [a.as_json(True) for a in course_status(course, now=NOW)]
    return told | {"status": status}


def test_the_whole_way_gives_the_same_as_a_file(server: Cluster, tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    url = server.database("whole way")
    roots = {"file": tmp_path / "file", "server": tmp_path / "server"}
    commands.course_init(roots["file"])
    assert main(["course", "init", str(roots["server"]), "--db-url", url]) == 0
    for root in roots.values():
        write_source(root, [graded_cell(e) for e in EXERCISES])
        commands.release("m2", root, exchange=exchange)
    for name, texts in {"alice": {EXERCISES[0]: HONEST, EXERCISES[1]: TEXT}, "bob": {EXERCISES[0]: TEXT}}.items():
        trainee = Trainee(name, tmp_path, exchange)
        trainee.nbgrader("FetchAssignment")
        trainee.answer(texts)
        trainee.nbgrader("Submit")

    results, told = {}, {}
    for kind, root in roots.items():
        commands.collect("m2", root, exchange=exchange)
        first = commands.grade("m2", root)
        assert not any(r.fresh for r in commands.grade("m2", root).results)
        wanted = Wanted("bob", EXERCISES[0], MISSING, "earned", "这句算")
        override("m2", root, [wanted], "王老师")
        second = commands.grade("m2", root, everything=True)
        assert second["bob"].score > first["bob"].score
        assert not any(r.fresh for r in commands.grade("m2", root).results)
        results[kind] = first.results, second.results
        told[kind] = everything_told(open_course(root), exchange)
    assert results["server"] == results["file"]
    assert told["server"] == told["file"]
    assert [s["graded"] for s in told["server"]["status"] if s["assignment"] == "m2"] == [2]
    assert not (roots["server"] / "gradebook.db").exists()
    rows = "select s.student_id, g.auto_score from grade g join submitted_notebook n on g.notebook_id = n.id"
    rows += " join submitted_assignment s on n.assignment_id = s.id order by 1, 2"
    by_student = {s: sum(p for t, p in server.rows("whole way", rows) if t == s) for s in ("alice", "bob")}
    assert by_student == {r.student: pytest.approx(r.score) for r in results["file"][1]}


def test_marks_by_hand_and_late_days_come_out_the_same(server: Cluster, course: Class) -> None:
    from nbgrader.api import Gradebook

    move_to(course, server.database("by hand"))
    course.submit("alice")
    course.submit("bob", {})
    course.grade()
    opened = open_course(course.root)
    with Gradebook(opened.directory.db_url, "csworkshop") as book:
        grade = book.find_grade(EXERCISES[0], "m2", "m2", "bob")
        grade.manual_score, grade.extra_credit = 3.5, 0.25
        book.find_assignment("m2").duedate = datetime(2026, 11, 21, 9)
        book.db.commit()
        assert book.find_assignment("m2").num_submissions == 2
        assert [s["score"] for s in book.submission_dicts("m2") if s["student"] == "bob"] == [3.75]  # formgrader's way
    assert course.grade()["bob"].score == 3.75
    assert [a.late for a in course_status(open_course(course.root), now=NOW)] == [2]


def test_a_killed_grade_goes_on_where_it_stopped(server: Cluster, course: Class, tmp_path: Path) -> None:
    _hand_in(course)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(course.root, undisturbed)
    wanted = {r.student: r.cells for r in commands.grade("m2", undisturbed).results}
    move_to(course, server.database("killed"))
    course.killed_while_grading(20)
    half = "select count(*) from grade where auto_score is null or needs_manual_grade"
    assert server.rows("killed", half) == [(0,)], "a row without its mark"
    results = course.grade().results
    assert [r.student for r in results if r.fresh] == [f"s{n:02d}" for n in range(32, SUBMISSIONS)]
    assert {r.student: r.cells for r in results} == wanted
    points = "select s.student_id, c.name, g.auto_score from grade g join submitted_notebook n on g.notebook_id = n.id"
    points += " join submitted_assignment s on n.assignment_id = s.id join base_cell c on c.id = g.cell_id"
    assert {(s, c): p for s, c, p in server.rows("killed", points)} == {
        (s, c): p for s, cells in wanted.items() for c, p in cells.items()
    }


def test_a_server_that_stops_in_between_is_a_sentence_and_nothing_is_lost(server: Cluster, course: Class) -> None:
    move_to(course, server.database("stops"))
    for n in range(20):
        course.submit(f"s{n:02d}")
    try:
        with pytest.raises(CourseError, match=r"the gradebook can't be used .*run the command again, it is safe"):
            course.grade(on_result=lambda _, n, of: server.stop() if n == 16 else None)
        with pytest.raises(CourseError, match=r"can't be opened: .*[Rr]efused") as failed:
            course.grade()
        assert server.password not in str(failed.value)
        for command in (
            ["grade", "m2"],
            ["course", "status"],
            ["course", "export"],
            ["feedback", "m2"],
            ["collect", "m2"],
        ):
            assert main([*command, "--course", str(course.root)]) == 2
    finally:
        server.start()
    fresh = [r.student for r in course.grade().results if r.fresh]
    assert fresh == [f"s{n:02d}" for n in range(16, 20)]


def test_two_machines_do_not_grade_one_course_at_once(
    server: Cluster, course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlalchemy

    url = server.database("twice")
    move_to(course, url)
    course.submit("alice")
    monkeypatch.setattr("csworkshop.grading.engine.LOCK_SECONDS", 1)
    engine = sqlalchemy.create_engine(url)
    with alone(engine, "csworkshop") as first:  # as a run does that holds no lock in this folder
        assert first
        with pytest.raises(CourseError, match="being graded by another run, on another machine"):
            course.grade()
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with alone(engine, "csworkshop"):
            holding.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(20)
    threading.Timer(0.2, done.set).start()
    assert course.grade()["alice"].status == "graded", "a lock that is given back soon is waited for"
    thread.join()
    engine.dispose()


def test_two_courses_or_another_programs_tables_are_refused(server: Cluster, course: Class, tmp_path: Path) -> None:
    url = server.database("mine")
    move_to(course, url)
    with pytest.raises(CourseError, match="it is the gradebook of the course csworkshop; hotel needs a database"):
        ready(url, "hotel")
    other = server.database("hub")
    server.run_sql("hub", "create table users (id int); create table alembic_version (version_num varchar(32))")
    with pytest.raises(CourseError, match=r"it holds other tables \(users\)"):
        ready(other, "csworkshop")
    assert server.rows("hub", "select count(*) from information_schema.tables where table_schema = 'public'") == [(2,)]


def test_init_writes_the_setting_or_says_why_not(server: Cluster, tmp_path: Path, capfd: Any) -> None:
    url = server.database("init")
    secret = "geheim&x"

    def init(address: str, folder: str = "c") -> tuple[int, str]:
        status = main(["course", "init", str(tmp_path / folder), "--db-url", address])
        return status, capfd.readouterr().err

    status, said = init(url.replace("@", ":geheim%26x@", 1))
    assert status == 2 and "leave the password out" in said and "PGPASSWORD" in said
    status, said = init(server.address("absent"))
    assert status == 2 and "can't be opened" in said and '"absent" does not exist' in said
    assert not (tmp_path / "c").exists()
    for odd, words in {
        "rubbish": "it must look like postgresql", "postgresql://u@h:port/x": "can't be opened",
        f"postgresql+psycopg2://u@h/d?password={secret}": "leave the password out",
    }.items():  # fmt: skip
        status, said = init(odd)
        assert status == 2 and words in said and secret not in said, odd
    assert init(url.replace("+psycopg", ""))[0] == 0  # the address as PostgreSQL writes it
    line = f"c.CourseDirectory.db_url = {url!r}"
    assert line in (tmp_path / "c" / "course_settings.py").read_text("utf-8").splitlines()
    assert open_course(tmp_path / "c").directory.db_url == url
    assert init(url)[0] == 0
    assert main(["course", "init", str(tmp_path / "d")]) == 0
    assert "gradebook.db" in str(open_course(tmp_path / "d").directory.db_url)
    status, said = init(url, "d")
    assert status == 2 and "is there already; write into it: c.CourseDirectory.db_url" in said


def test_a_password_in_the_settings_works_and_is_never_shown(server: Cluster, course: Class, capfd: Any) -> None:
    from urllib.parse import quote

    url, quoted = server.database("secret"), quote(server.password, safe="")
    with_password = url.replace("@", f":{quoted}@", 1)
    del os.environ["PGPASSWORD"]  # the fixture's monkeypatch puts it back as it was
    move_to(course, with_password)
    course.submit("alice")
    assert course.grade()["alice"].status == "graded"
    wrong = with_password.replace(quoted, f"{quoted}x")
    (course.root / "course_settings.py").write_text(f"c = get_config()\nc.CourseDirectory.db_url = {wrong!r}\n")
    assert main(["grade", "m2", "--course", str(course.root)]) == 2
    said = capfd.readouterr().err
    assert "password authentication failed" in said and "grader:***@127.0.0.1" in said
    assert server.password not in said and quoted not in said
    assert shown_url("postgresql+psycopg://u@h/d?password=abc").count("abc") == 0
    assert what_happened("postgresql://u:abc@h/d", ValueError("no: abc")) == "no: ***"


def test_nobody_waits_for_minutes_where_nothing_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr("csworkshop.grading.engine.CONNECT_SECONDS", 2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql+psycopg://u@127.0.0.1:{silent.getsockname()[1]}/d"
        caught: list[str] = []

        def attempt() -> None:
            try:
                ready(url, "csworkshop")
            except CourseError as error:
                caught.append(str(error))

        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        thread.join(60)
    assert caught and "can't be opened" in caught[0] and "timeout" in caught[0].lower()
