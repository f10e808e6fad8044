"""Settings that would let nbgrader grade in another way stop everything, in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from csworkshop.grading import course as commands
from csworkshop.grading.course import CourseError
from csworkshop.grading.opening import open_course
from csworkshop.grading.settings import UntrustedSettings, refuse_other_steps, trust

from .conftest import Class, expected


def _autograde(config: Config) -> Autograde:
    return Autograde(coursedir=CourseDirectory(config=config), config=config)


def test_stock_settings_are_refused_and_ours_are_not(tmp_path: Path) -> None:
    with pytest.raises(UntrustedSettings, match="sanitize_preprocessors"):
        refuse_other_steps(_autograde(Config()))
    config = Config()
    trust(config, tmp_path)
    refuse_other_steps(_autograde(config))


@pytest.mark.parametrize(
    "steps",
    [
        ["nbgrader.preprocessors.Execute", "nbgrader.preprocessors.SaveAutoGrades"],
        ["csworkshop.grading.steps.MarkAnswers", "nbgrader.preprocessors.Execute"],
        ["nbgrader.preprocessors.SaveAutoGrades"],
        [],
    ],
)
def test_other_steps_are_refused(tmp_path: Path, steps: list[str]) -> None:
    config = Config()
    trust(config, tmp_path)
    config.Autograde.autograde_preprocessors = steps
    with pytest.raises(UntrustedSettings, match="autograde_preprocessors"):
        refuse_other_steps(_autograde(config))


BROKEN = {
    "a syntax error": ("c = get_config(\n", "line 1: '\\(' was never closed"),
    "a wrong name": ("c.Exchange.root = nowhere\n", "NameError: name 'nowhere' is not defined"),
    "a missing module": ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
    "an exit": ("raise SystemExit('the disk is full')\n", "the disk is full"),
    "stock execution": (
        "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']\n",
        "c.Autograde.autograde_preprocessors is nbgrader.preprocessors.Execute, which may run trainees' code",
    ),
    "one more step": (
        "c.Autograde.autograde_preprocessors.append('nbgrader.preprocessors.Execute')\n",
        "which may run trainees' code",
    ),
    "a misspelt class": ("c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Exceute']\n", "may run"),
    "another layout": (
        "c.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'\n",
        "directory_structure must be nbgrader's own",
    ),
    "no such database": (
        "c.CourseDirectory.db_url = 'nosuchdb://x/y'\n",
        "the gradebook nosuchdb://x/y can't be opened",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_config_stops_before_the_first_submission(name: str, course: Class) -> None:
    line, sentence = BROKEN[name]
    course.submit("alice")
    (course.root / "nbgrader_config.py").write_text(line)
    with pytest.raises(CourseError, match=sentence):
        course.grade()
    assert course.gradebook() == []


def test_no_config_is_needed(course: Class) -> None:
    (course.root / "nbgrader_config.py").unlink()
    course.submit("alice")
    assert course.grade()["alice"].score == expected()


def test_settings_of_the_course_count_and_cannot_open_the_door(course: Class, tmp_path: Path) -> None:
    (course.root / "course_settings.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'hotel'\nc.Exchange.root = '/srv/x'\n"
        "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']\n"
    )
    opened = open_course(course.root)
    assert (opened.directory.course_id, opened.config.Exchange.root) == ("hotel", "/srv/x")
    assert open_course(course.root, tmp_path).config.Exchange.root == str(tmp_path)


def test_stock_nbgrader_stops_too_when_course_settings_are_broken(course: Class) -> None:
    course.submit("alice")
    (course.root / "course_settings.py").write_text("c = get_config(\n")
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "m2"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "course_settings.py" in run.stderr and "Nothing was done" in run.stderr
    assert course.gradebook() == []


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="is no course folder"):
        commands.grade("m2", tmp_path)


def test_the_library_that_nobody_needs_is_not_loaded() -> None:
    code = "import csworkshop.grading.course as c, nbgrader.api, nbformat, sys; print(sys.modules['rfc3987_syntax'])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "None"
