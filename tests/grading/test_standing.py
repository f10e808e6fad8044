"""Pages that nothing has changed stay, in feedback/ and in the exchange; whatever changes makes them new."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from csworkshop.cli import main
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.grading import course as commands
from csworkshop.grading.decisions import record_ruling
from csworkshop.grading.disputes import queue
from csworkshop.grading.opening import open_course
from csworkshop.grading.overrides import Wanted, override
from csworkshop.grading.standing import NAME
from csworkshop.grading.status import course_status

from .conftest import EXERCISES, HONEST, Class
from .test_status import NOW

E0 = EXERCISES[0]
TEXT = "下午2点20分前给您送到。"
MISSING = next(x.item for x in mark(TEXT, load_exercise(E0)).lines if x.state == "missing")
STUDENTS = ("alice", "bob", "carol")


class Handing:
    """A graded class whose pages are handed back, and which files of feedback/ and the exchange a run wrote."""

    def __init__(self, course: Class) -> None:
        self.course, self.exchange = course, course.root.parent / "exchange"
        commands.release("m2", course.root, exchange=self.exchange)
        for student in STUDENTS:
            folder = course.submit(student, {E0: TEXT})
            if student == "carol":
                AnswerFile(folder).dispute(E0, MISSING, "我觉得写到了")
        course.grade()

    def _inodes(self) -> dict[Path, int]:
        folders = self.course.root / "feedback", self.exchange / "csworkshop" / "feedback"
        return {p: p.stat().st_ino for folder in folders for p in folder.rglob("*.html")}

    def back(self, **options: bool) -> tuple[set[str], set[str]]:
        """Hand back; whose pages in feedback/ were written, and whose copies in the exchange."""
        before = self._inodes()
        commands.feedback("m2", self.course.root, exchange=self.exchange, **options)
        new = {p for p, inode in self._inodes().items() if before.get(p) != inode}  # each is a new file put in place
        copies = {self._copy(s): s for s in STUDENTS}
        return {p.parts[-3] for p in new if p.name == "m2.html"}, {copies[p.name] for p in new if p.name in copies}

    def _copy(self, student: str) -> str:
        from nbgrader.utils import notebook_hash

        return f"{notebook_hash(secret=f'secret-of-{student}-0123456789', notebook_id='m2')}.html"


@pytest.fixture
def handing(course: Class) -> Handing:
    return Handing(course)


def test_only_what_changed_is_written_and_handed_back(handing: Handing) -> None:
    everybody, nobody = set(STUDENTS), set()
    root = handing.course.root
    assert handing.back() == (everybody, everybody)
    assert handing.back() == (nobody, nobody)

    handing.course.grade(everything=True)  # the same marks once more
    assert handing.back() == (nobody, nobody)
    assert course_status(open_course(root), now=NOW)[0].feedback_outdated == 0

    override("m2", root, [Wanted("bob", E0, MISSING, "earned", "这句算")], "王老师")
    assert handing.back() == ({"bob"}, {"bob"})
    assert "这句算" in (root / "feedback" / "bob" / "m2" / "m2.html").read_text("utf-8")

    (waiting,) = queue(root, "m2")
    record_ruling(root, {"id": waiting.id}, False, "还差一点", "王老师")
    assert handing.back() == ({"carol"}, {"carol"})
    assert "还差一点" in (root / "feedback" / "carol" / "m2" / "m2.html").read_text("utf-8")

    shutil.rmtree(root / "submitted" / "alice" / "m2")
    handing.course.submit("alice", {E0: HONEST})
    handing.course.grade()
    assert handing.back() == ({"alice"}, {"alice"})
    assert handing.back() == (nobody, nobody)

    (root / "course_settings.py").write_text("c = get_config()\nc.FeedbackPage.model_answer = True\n")
    assert handing.back() == (everybody, everybody)
    assert handing.back(everything=True) == (everybody, everybody)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a page was changed by hand": lambda folder: (folder / "m2.html").write_text("其他"),
    "nbgrader wrote the page": lambda folder: (folder / NAME).unlink(),
    "a damaged record": lambda folder: (folder / NAME).write_text("{"),
    "a record of another kind": lambda folder: (folder / NAME).write_text(json.dumps([1])),
    "the page is gone": lambda folder: (folder / "m2.html").unlink(),
    "everything is gone": shutil.rmtree,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_is_not_ours_any_more_is_made_anew(change: str, handing: Handing) -> None:
    handing.back()
    folder = handing.course.root / "feedback" / "alice" / "m2"
    page = (folder / "m2.html").read_bytes()
    CHANGES[change](folder)
    assert handing.back()[0] == {"alice"}
    assert (folder / "m2.html").read_bytes() == page


def test_a_copy_missing_in_the_exchange_is_handed_back_again(handing: Handing) -> None:
    handing.back()
    (handing.exchange / "csworkshop" / "feedback" / handing._copy("bob")).unlink()
    assert handing.back() == (set(), {"bob"})


def test_the_command_says_what_stood(handing: Handing, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["feedback", "m2", "--course", str(handing.course.root), "--exchange", str(handing.exchange)]
    assert main([*where, "--lang", "en"]) == 0
    assert "had not changed" not in capsys.readouterr().out
    assert main([*where, "--lang", "en"]) == 0
    assert "3 of them had not changed and were left as they are." in capsys.readouterr().out
    assert main([*where, "--lang", "en", "--all"]) == 0
    assert "had not changed" not in capsys.readouterr().out
    assert main([*where, "--lang", "zh"]) == 0  # another language, other pages
    assert "没有变化" not in capsys.readouterr().out
