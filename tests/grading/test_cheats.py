"""Ways to cheat, each beside honest twins with the same answers: no mark gained, nothing run, the class goes on.

The attacks are those of `csworkshop bench attacks`; here on an assignment without code, where no process may start.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from csworkshop.bench.attacks import REPLY, Attack, all_attacks
from csworkshop.grading import course as commands

from .conftest import EXERCISES, Class, expected

SECRET = "root:x:0:0:SECRET-OF-THE-INSTRUCTOR"
CHEATS = [
    a
    for a in all_attacks().values()
    if a.do.__module__.endswith((".notebooks", ".answers")) and a.name != "name_with_markup"
]
EMPTY = [a for a in CHEATS if REPLY not in a.keeps]
HONEST_ANSWERS = [a for a in CHEATS if REPLY in a.keeps]


def _grade_with(course: Class, cheat: Attack, wire: Path) -> commands.Grading:
    """Grade a class of three: alice and zoe are honest, mallory has the same answers and cheats."""
    (wire.parent / "secret.txt").write_text(SECRET)
    for student in ("alice", "mallory", "zoe"):
        course.submit(student)
    cheat.do(course.root / "submitted" / "mallory" / "m2", wire)
    path, modules = list(sys.path), set(sys.modules)
    results = course.grade()
    assert sys.path == path
    new = {name: getattr(sys.modules[name], "__file__", None) or "" for name in set(sys.modules) - modules}
    assert not [name for name, file in new.items() if str(course.root) in file]
    return results


def _check_class(course: Class, results: commands.Grading, wire: Path, mallory: float) -> None:
    honest = expected()
    assert honest > 0, "the honest answer must be worth something, or the comparison says nothing"
    assert not wire.exists(), "code of a trainee's was run"
    assert [(r.student, r.status, r.score, r.maximum) for r in results.results] == [
        ("alice", "graded", honest, 20), ("mallory", "graded", mallory, 20), ("zoe", "graded", honest, 20)
    ]  # fmt: skip
    parcel, vague = EXERCISES[1], EXERCISES[0]
    assert course.gradebook() == [
        (s, cell, {vague: points, parcel: 0.0}[cell], 0)
        for s, points in (("alice", honest), ("mallory", mallory), ("zoe", honest))
        for cell in sorted(EXERCISES)
    ]


@pytest.mark.parametrize("cheat", HONEST_ANSWERS, ids=lambda c: c.name)
def test_a_cheat_that_leaves_the_answers_alone(
    cheat: Attack, course: Class, tmp_path: Path, nothing_starts: None
) -> None:
    results = _grade_with(course, cheat, tmp_path / "tripwire")
    _check_class(course, results, tmp_path / "tripwire", expected())
    _nothing_leaks(course)


@pytest.mark.parametrize("cheat", EMPTY, ids=lambda c: c.name)
def test_a_cheat_with_the_answers(cheat: Attack, course: Class, tmp_path: Path, nothing_starts: None) -> None:
    results = _grade_with(course, cheat, tmp_path / "tripwire")
    _check_class(course, results, tmp_path / "tripwire", 0.0)
    _nothing_leaks(course)
    if cheat.name == "others_answers_taken":  # an answer file that is in order and empty
        return
    reason = results["mallory"].notes[0]
    assert "0 分" in reason
    page = (course.root / "feedback" / "mallory" / "m2" / "m2.html").read_text("utf-8")
    assert reason in page


def _nothing_leaks(course: Class) -> None:
    """The feedback of a cheater holds nothing but what we wrote: no target of a link, no module, no script."""
    commands.feedback("m2", course.root, hand_back=False)
    for step in ("autograded", "feedback"):
        folder = course.root / step / "mallory" / "m2"
        names = {p.name for p in folder.rglob("*")}
        ours = {"csworkshop-marks.json"} if step == "autograded" else {"csworkshop-page.json"}
        assert names <= {"m2.ipynb", "m2.html", "answers.json", "timestamp.txt", "submission_secret.txt"} | ours
        for file in folder.iterdir():
            assert not file.is_symlink()
            text = file.read_text("utf-8")
            assert SECRET not in text
            assert "alert(1)" not in text
