"""Exercises of an instructor's own: a skeleton to fill in, found beside the notebook, graded from the course."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.cli import main
from csworkshop.exercises.kinds import kind_names
from csworkshop.exercises.library import UnknownExercise, exercise_files, load_any, read_any
from csworkshop.grading.plan import PlanError, graded_exercise
from csworkshop.widgets.studio import ReplyStudio, studio

NEW = "m2-our-parcel"


def test_skeleton_reads_as_an_exercise_and_check_says_what_is_left_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "exercises" / f"{NEW}.toml"
    assert main(["exercises", "new", str(path)]) == 0
    assert read_any(path).id == NEW
    assert main(["exercises", "check", str(path)]) == 1
    assert "the model answer must pass" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [k for k in kind_names() if exercise_files(kind=k)])
def test_skeleton_of_another_kind_is_one_that_works(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "m3-our-own.toml"
    assert main(["exercises", "new", str(path), "--kind", kind]) == 0
    made = read_any(path)
    assert (made.id, made.kind, made.module) == ("m3-our-own", kind, "m3")


@pytest.mark.parametrize(
    ("name", "told"),
    [("Our Parcel.toml", "small letters"), ("m2-listen-seats.toml", "the library has"), ("m2-x.txt", "<id>.toml")],
)
def test_a_name_that_cannot_be_is_refused(
    name: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["exercises", "new", str(tmp_path / name)]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{NEW}.toml"
    path.write_text("mine", "utf-8")
    assert main(["exercises", "new", str(path)]) == 2
    assert path.read_text("utf-8") == "mine"


def test_own_exercise_is_found_beside_the_notebook_and_in_the_course_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["exercises", "new", f"exercises/{NEW}.toml"])
    assert isinstance(studio(NEW, folder=str(tmp_path)), ReplyStudio)
    with pytest.raises(UnknownExercise):
        load_any(NEW)
    course = tmp_path / "class"
    call = ("m2/m2.ipynb", "q1", "code", f'studio("{NEW}")', course)
    with pytest.raises(PlanError, match="there is no exercise"):
        graded_exercise(*call)  # what lies beside a submission is the trainee's
    main(["exercises", "new", str(course / "source" / "m2" / "exercises" / f"{NEW}.toml")])
    assert graded_exercise(*call).id == NEW
