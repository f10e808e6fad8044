"""Code exercises all the way: released without the reference, run confined, compared, paid in parts, kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from csworkshop.bench.attacks import edit
from csworkshop.bench.attacks.small_course import HONEST, RIGHT
from csworkshop.grading import course as commands
from csworkshop.grading import sandbox
from csworkshop.grading.course import CourseError

from .code_course import CodeClass, released_course

FULL = {"rates": 10.0, "slowest": 4.0}


@pytest.fixture(scope="module")
def released_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_course(tmp_path_factory.mktemp("code") / "课程 2")


@pytest.fixture
def course(released_code: Path, tmp_path: Path) -> CodeClass:
    shutil.copytree(released_code, tmp_path / "课程 2")
    return CodeClass(tmp_path / "课程 2")


def _page(course: CodeClass, student: str) -> str:
    commands.feedback("m2", course.root, hand_back=False)
    return (course.root / "feedback" / student / "m2" / "m2.html").read_text("utf-8")


def test_a_class_with_both_kinds_of_exercise(course: CodeClass) -> None:
    course.hand_in("alice")
    course.hand_in("bob", {**RIGHT, "rates-answer": "rates = cases.groupby('shop', as_index=False)['solved'].sum()"})
    course.hand_in("carol", {"rates-answer": "rates = 1 / 0"})
    results = course.grade()
    assert {r.student: (r.cells["rates"], r.cells["slowest"]) for r in results.results} == {
        "alice": (10.0, 4.0), "bob": (4.0, 4.0), "carol": (0.0, 0.0)
    }  # fmt: skip
    assert all(r.cells["reply"] > 0 for r in results.results)
    assert not any(needs for *_, needs in course.gradebook())
    assert "得分 10 / 10" in _page(course, "alice")
    bob = _page(course, "bob")
    assert "一家店一行" in bob and "groupby" in bob
    assert "ZeroDivisionError: division by zero" in _page(course, "carol")
    notebook = nbformat.read(course.root / "autograded" / "alice" / "m2" / "m2.ipynb", 4)
    assert RIGHT["rates-answer"] in [c.source for c in notebook.cells]
    assert "no network" in notebook.metadata["csworkshop"]["code"]


def test_what_goes_out_holds_no_reference(course: CodeClass) -> None:
    for folder in (course.root / "release" / "m2",):
        assert sorted(p.name for p in folder.iterdir()) == ["cases.csv", "m2.ipynb"]
        assert not any("groupby" in p.read_text("utf-8") for p in folder.iterdir())


def test_numbers_typed_in_by_hand_earn_only_the_form(course: CodeClass) -> None:
    course.hand_in("eve", {"rates-answer": "rates = pd.DataFrame({'shop': ['北店', '南店'], 'solved': [0.5, 1.0]})"})
    assert course.cells("eve") == {"rates": 4.0, "slowest": 0.0}


def test_nothing_runs_again_until_the_code_changes(course: CodeClass, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = course.hand_in("alice")
    assert course.cells("alice") == FULL
    with monkeypatch.context() as patch:
        patch.setattr("csworkshop.grading.code_cells.run", lambda *_: pytest.fail("code was run again"))
        assert course.cells("alice") == FULL
    edit(folder, lambda nb: nb.cells.pop())  # a graded cell: says nothing
    with monkeypatch.context() as patch:
        patch.setattr("csworkshop.grading.code_cells.run", lambda *_: pytest.fail("code was run again"))
        assert course.cells("alice") == FULL
    shutil.rmtree(folder.parent)
    course.hand_in("alice", {**RIGHT, "slowest-answer": "slowest = 1"})
    assert course.cells("alice") == {"rates": 10.0, "slowest": 0.0}


def test_a_new_reference_marks_again(course: CodeClass) -> None:
    course.hand_in("alice")
    assert course.cells("alice") == FULL
    (course.root / "code" / "m7-slowest" / "expected.json").write_text('{"kind": "number", "value": 31}')
    assert course.cells("alice") == {"rates": 10.0, "slowest": 0.0}


def test_a_copied_cell_counts_and_two_different_ones_do_not(course: CodeClass) -> None:
    for student, source in (("alice", RIGHT["rates-answer"]), ("bob", "rates = 1")):
        folder = course.hand_in(student)
        again = nbformat.v4.new_code_cell(source)
        again.metadata["nbgrader"] = {"grade_id": "rates-answer", "solution": True, "grade": False}
        edit(folder, lambda nb, again=again: nb.cells.append(again))
    results = course.grade()
    assert (results["alice"].cells["rates"], results["bob"].cells["rates"]) == (10.0, 0.0)
    assert "出现了两次" in results["bob"].notes[0]


def test_markup_in_code_and_results_is_escaped(course: CodeClass) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    course.hand_in(
        "mallory",
        {
            "rates-answer": f"rates = pd.DataFrame({{{attack!r}: [{attack!r}]}})",
            "slowest-answer": f"print({attack!r})\nraise ValueError({attack!r})",
        },
    )
    assert course.cells("mallory") == {"rates": 0.0, "slowest": 0.0}
    page = _page(course, "mallory")
    notebook = nbformat.read(course.root / "autograded" / "mallory" / "m2" / "m2.ipynb", 4)
    outputs = json.dumps([c.outputs for c in notebook.cells if c.cell_type == "code"])
    assert "<script>alert" not in page + outputs and "<img src=x" not in page + outputs
    assert "&lt;script&gt;alert(1)" in page


def test_stock_commands_mark_the_same(course: CodeClass) -> None:
    course.hand_in("alice")
    course.hand_in("bob", {"rates-answer": "rates = cases", "slowest-answer": "slowest = '<b>'"})
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "m2"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    stock = course.gradebook()
    course.grade()
    assert course.gradebook() == stock
    assert ("alice", "rates", 10.0, 0) in stock


def test_an_answer_file_that_is_bad_leaves_the_code_alone(course: CodeClass) -> None:
    folder = course.hand_in("alice")
    (folder / "answers.json").write_text("{")
    assert course.cells("alice") == FULL
    assert ("alice", "reply", 0.0, 0) in course.gradebook()


def test_where_nothing_can_be_confined_nothing_runs(course: CodeClass, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csworkshop.grading.code_cells.means", lambda: sandbox.Means("none", "not permitted"))
    monkeypatch.setattr("csworkshop.grading.code_cells.run", lambda *_: pytest.fail("code was run"))
    course.hand_in("alice")
    with pytest.raises(CourseError, match=r"不能隔离学员的代码.*CSWORKSHOP_UNCONFINED=1"):
        course.grade()
    assert course.gradebook() == []


def test_without_confinement_the_page_says_so(course: CodeClass, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = sandbox.Means("limits", "not permitted")
    for module in ("code_cells", "sandbox"):
        monkeypatch.setattr(f"csworkshop.grading.{module}.means", lambda: weak)
    course.hand_in("alice")
    assert course.cells("alice") == FULL
    assert "代码能上网" in _page(course, "alice")


AUTHORS_FAULTS = {
    "no reference": ("m7-rates/reference.py", None, "reference: there is no file 'reference.py' here"),
    "a script that fails": ("m7-rates/reference.py", "1 / 0", "left no 'rates': ZeroDivisionError"),
    "a script without the variable": ("m7-rates/reference.py", "x = 1", "left no 'rates': rates"),
    "expected values of another form": ("m7-slowest/expected.json", '{"kind": "pickle"}', "expected.json"),
    "a misspelt key": (
        "m7-rates/exercise.toml",
        "schema = 1\nkid = 'code'",
        "no such key is known|this key is missing",
    ),
}


@pytest.mark.parametrize("name", AUTHORS_FAULTS)
def test_an_authors_fault_stops_before_the_first_submission(name: str, course: CodeClass) -> None:
    path, text, sentence = AUTHORS_FAULTS[name]
    course.hand_in("alice")
    file = course.root / "code" / path
    file.unlink() if text is None else file.write_text(text, "utf-8")
    with pytest.raises(CourseError, match=sentence):
        course.grade()
    with pytest.raises(CourseError, match=sentence):
        commands.release("m2", course.root)
    assert course.gradebook() == []


def test_a_missing_data_file_is_named(course: CodeClass) -> None:
    course.hand_in("alice")
    (course.root / "code" / "m7-rates" / "cases.csv").unlink()
    (course.root / "source" / "m2" / "cases.csv").unlink()
    with pytest.raises(CourseError, match=r"m7-rates: there is no file 'cases.csv'"):
        course.grade()


def test_the_text_of_the_reply_is_marked_as_ever(course: CodeClass) -> None:
    course.hand_in("alice", text="")
    course.hand_in("bob", text=HONEST)
    results = course.grade()
    assert results["alice"].cells["reply"] == 0.0 < results["bob"].cells["reply"]
