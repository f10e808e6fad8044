"""nbgrader's own commands and formgrader on the same course folder: same marks, same pages, nothing run."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from .conftest import EXERCISES, HONEST, Class, expected

TOKEN = "a-token-for-this-test"


def _nbgrader(course: Class, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=course.root, capture_output=True, text=True, check=False
    )


def _trap(folder: Path, wire: Path) -> None:
    notebook = nbformat.read(folder / "m2.ipynb", 4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"open({str(wire)!r}, 'w')\nwhile True: pass"))
    nbformat.write(notebook, folder / "m2.ipynb")


def test_stock_autograde_and_feedback(course: Class, tmp_path: Path) -> None:
    wire, secret = tmp_path / "tripwire", tmp_path / "secret.txt"
    secret.write_text("SECRET-OF-THE-INSTRUCTOR")
    course.submit("alice")
    _trap(course.submit("bob", {EXERCISES[0]: "好的哦 <script>alert(1)</script>", EXERCISES[1]: HONEST}), wire)
    eve = course.submit("eve")
    (eve / "answers.json").unlink()
    (eve / "answers.json").symlink_to(course.root / "submitted" / "alice" / "m2" / "answers.json")
    max_ = course.submit("max")
    (max_ / "json.py").write_text(f"open({str(wire)!r}, 'w')")
    (max_ / "notes.txt").symlink_to(secret)
    (max_ / "zero").symlink_to("/dev/zero")
    os.mkfifo(max_ / "pipe")
    (max_ / "timestamp.txt").write_text("the day before yesterday")
    with (max_ / "big.bin").open("wb") as file:
        file.truncate(8 << 30)

    run = _nbgrader(course, "autograde", "m2")
    assert run.returncode == 0, run.stderr
    assert not wire.exists()
    stock = course.gradebook()
    assert {(s, c): p for s, c, p, _ in stock if s in ("alice", "eve", "max")} == {
        (s, c): points * (c == EXERCISES[0])
        for s, points in (("alice", expected()), ("eve", 0.0), ("max", expected()))
        for c in EXERCISES
    }
    assert not any(needs for *_, needs in stock)
    assert sorted(p.name for p in (course.root / "autograded" / "max" / "m2").iterdir()) == [
        "answers.json", "m2.ipynb", "submission_secret.txt"
    ]  # fmt: skip
    assert sorted(p.name for p in (course.root / "refused" / "max" / "m2").iterdir()) == [
        "big.bin", "notes.txt", "pipe", "timestamp.txt", "zero"
    ]  # fmt: skip

    run = _nbgrader(course, "generate_feedback", "m2")
    assert run.returncode == 0, run.stderr
    pages = {p.parts[-3]: p.read_text("utf-8") for p in (course.root / "feedback").rglob("*.html")}
    assert set(pages) == {"alice", "bob", "eve", "max"}
    assert f"得分 {expected():g} / 10" in pages["alice"]
    assert "<script>alert(1)" not in pages["bob"] and "&lt;script&gt;alert(1)" in pages["bob"]
    assert not any("SECRET-OF" in page for page in pages.values())

    course.grade()
    assert course.gradebook() == stock


def test_stock_generate_assignment_checks_the_source(course: Class) -> None:
    source = course.root / "source" / "m2"
    (source / "answers.json").write_text("the author's")
    run = _nbgrader(course, "generate_assignment", "m2", "--force")
    assert run.returncode == 0, run.stderr
    assert [p.name for p in (course.root / "release" / "m2").iterdir()] == ["m2.ipynb"]
    notebook = nbformat.read(source / "m2.ipynb", 4)
    notebook.cells[1].source = "print(10)"
    nbformat.write(notebook, source / "m2.ipynb")
    run = _nbgrader(course, "generate_assignment", "m2", "--force")
    assert run.returncode != 0
    assert "must be a code cell with one call studio" in run.stderr


def test_stock_autograde_told_otherwise_on_its_command_line_grades_nothing(course: Class, tmp_path: Path) -> None:
    _trap(course.submit("bob"), tmp_path / "tripwire")
    run = _nbgrader(course, "autograde", "m2", "--Autograde.autograde_preprocessors=['nbgrader.preprocessors.Execute']")
    assert run.returncode != 0
    assert "may run trainees' code" in run.stderr
    assert not (tmp_path / "tripwire").exists()
    assert all(points is None for _, _, points, _ in course.gradebook())


@pytest.fixture
def formgrader(course: Class) -> Iterator[str]:
    """A real Jupyter server with nbgrader's extension on the course folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extension = {"nbgrader.server_extensions.formgrader": True}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.jpserver_extensions={extension}",
    ]  # fmt: skip
    with (course.root.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=course.root, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert server.poll() is None, (course.root.parent / "server.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def _ask(address: str, path: str, method: str = "GET") -> str:
    request = urllib.request.Request(address + path, method=method, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode("utf-8")


def test_formgrader(course: Class, formgrader: str, tmp_path: Path) -> None:
    text = HONEST + "<script>alert(1)</script><img src=x onerror=alert(1)>"
    _trap(course.submit("alice", {EXERCISES[0]: text}), tmp_path / "tripwire")
    course.grade()
    for page in ("manage_assignments", "gradebook", "gradebook/m2", "gradebook/m2/m2", "manage_submissions/m2"):
        assert "<head" in _ask(formgrader, f"/formgrader/{page}")
    (submission,) = json.loads(_ask(formgrader, "/formgrader/api/submitted_notebooks/m2/m2"))
    assert submission["score"] == expected(text)
    assert not submission["needs_manual_grade"]
    html = _ask(formgrader, f"/formgrader/submissions/{submission['id']}/")
    assert f"得分 {expected(text):g} / 10" in html
    assert "&lt;script&gt;alert(1)" in html and "<script>alert(1)" not in html
    assert not re.search(r"<img[^>]+onerror", html)
    grades = json.loads(_ask(formgrader, f"/formgrader/api/grades?submission_id={submission['id']}"))
    assert {g["name"]: g["auto_score"] for g in grades} == {EXERCISES[0]: expected(text), EXERCISES[1]: 0.0}
    before = course.gradebook()
    done = json.loads(_ask(formgrader, "/formgrader/api/submission/m2/alice/autograde", "POST"))
    assert done["success"], done
    assert course.gradebook() == before
    assert not (tmp_path / "tripwire").exists()


def test_an_output_that_got_in_another_way_is_cleaned_on_the_page(course: Class) -> None:
    course.submit("alice")
    course.grade()
    path = course.root / "autograded" / "alice" / "m2" / "m2.ipynb"
    notebook = nbformat.read(path, 4)
    attack = (
        '<script>alert(1)</script><p style="position:fixed" onclick="alert(1)">x</p><a href="javascript:alert(1)">y</a>'
    )
    kinds = {"text/html": attack, "application/javascript": "alert(1)", "image/svg+xml": "<svg onload=alert(1)>"}
    notebook.cells[1].outputs.insert(0, nbformat.v4.new_output("display_data", kinds))
    path.chmod(0o644)
    nbformat.write(notebook, path)
    assert _nbgrader(course, "generate_feedback", "m2", "--force").returncode == 0
    html = (course.root / "feedback" / "alice" / "m2" / "m2.html").read_text("utf-8")
    for live in ("<script>alert", "onclick=", '<a href="javascript', "<svg onload", 'style="position'):
        assert live not in html
