"""Ways to cheat, each beside an honest twin with the same answers: no mark gained, nothing run, the class goes on."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from csworkshop.grading import course as commands

from .conftest import EXERCISES, HONEST, Class, expected

SECRET = "root:x:0:0:SECRET-OF-THE-INSTRUCTOR"
Cheat = Callable[[Path, Path], None]


def _cells(folder: Path, *sources: str, first: bool = True) -> None:
    """Add code cells to the submitted notebook."""
    notebook = nbformat.read(folder / "m2.ipynb", 4)
    added = [nbformat.v4.new_code_cell(s) for s in sources]
    notebook.cells = [*added, *notebook.cells] if first else [*notebook.cells, *added]
    nbformat.write(notebook, folder / "m2.ipynb")


def _edit(folder: Path, change: Callable[[Any], Any]) -> None:
    """Change the graded cells of the submitted notebook; a change that returns False deletes the cell."""
    notebook = nbformat.read(folder / "m2.ipynb", 4)
    notebook.cells = [
        c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade") or change(c) is not False
    ]
    (folder / "m2.ipynb").write_text(nbformat.writes(notebook), "utf-8")


def patched_scorer(folder: Path, wire: Path) -> None:
    _cells(
        folder,
        f"open({str(wire)!r}, 'w')\nimport csworkshop.exercises.marking as m\nm.Marks.points = lambda self, top: top",
        "import csworkshop\ncsworkshop.studio = print\nprint(10)",
    )


def shadow_modules(folder: Path, wire: Path) -> None:
    code = f"open({str(wire)!r}, 'w')\ndef studio(*a, **k): return 10.0\nstudio_points = 10\n"
    for name in ("csworkshop.py", "json.py", "sitecustomize.py", "nbformat.py", "conftest.py", "nbgrader_config.py"):
        (folder / name).write_text(code)
    (folder / "csworkshop").mkdir()
    (folder / "csworkshop" / "__init__.py").write_text(code)


def deleted_cells(folder: Path, wire: Path) -> None:
    _edit(folder, lambda cell: False)


def changed_points(folder: Path, wire: Path) -> None:
    def change(cell: Any) -> None:
        cell.metadata.nbgrader.points = 1000
        cell.source = cell.source.replace("points=10", "points=1000")

    _edit(folder, change)


def changed_metadata(folder: Path, wire: Path) -> None:
    def change(cell: Any) -> None:
        cell.metadata.nbgrader.update(solution=True, locked=False, grade=True, checksum="0", grade_id="other")

    _edit(folder, change)


def changed_exercise(folder: Path, wire: Path) -> None:
    _edit(folder, lambda cell: cell.update(source=f'studio("{EXERCISES[0]}", points=10)'))


def retyped_cells(folder: Path, wire: Path) -> None:
    def change(cell: Any) -> None:
        cell.update(cell_type="markdown", source="<script>alert(1)</script> graded: 10")
        for key in ("outputs", "execution_count"):
            cell.pop(key)

    _edit(folder, change)


def duplicated_cells(folder: Path, wire: Path) -> None:
    notebook = nbformat.read(folder / "m2.ipynb", 4)
    notebook.cells += [nbformat.from_dict({**c, "id": f"again-{n}"}) for n, c in enumerate(notebook.cells)]
    (folder / "m2.ipynb").write_text(nbformat.writes(notebook), "utf-8")


def endless_loop(folder: Path, wire: Path) -> None:
    _cells(folder, f"open({str(wire)!r}, 'w')\nwhile True: pass")


def process_ends(folder: Path, wire: Path) -> None:
    _cells(folder, f"open({str(wire)!r}, 'w')\nimport os\nos._exit(0)")


def forged_outputs(folder: Path, wire: Path) -> None:
    def change(cell: Any) -> None:
        cell.execution_count = 1
        cell.outputs = [
            nbformat.v4.new_output("execute_result", {"text/plain": "10.0"}, execution_count=1),
            nbformat.v4.new_output("display_data", {"text/html": "<script>alert(1)</script>"}),
        ]

    _edit(folder, change)


def markup_in_the_notebook(folder: Path, wire: Path) -> None:
    notebook = nbformat.read(folder / "m2.ipynb", 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("<script>alert(1)</script><img src=x onerror=alert(1)>"))
    nbformat.write(notebook, folder / "m2.ipynb")


def corrupt_notebook(folder: Path, wire: Path) -> None:
    (folder / "m2.ipynb").write_bytes(b'{"cells": [' + b"\xff" * 100)


def missing_notebook(folder: Path, wire: Path) -> None:
    (folder / "m2.ipynb").unlink()


def renamed_notebook(folder: Path, wire: Path) -> None:
    (folder / "m2.ipynb").rename(folder / "m2 (1).ipynb")


def huge_notebook(folder: Path, wire: Path) -> None:
    with (folder / "m2.ipynb").open("wb") as file:
        file.truncate(8 << 30)  # sparse: 8 GB to whoever reads it


def huge_file_beside(folder: Path, wire: Path) -> None:
    with (folder / "data.bin").open("wb") as file:
        file.truncate(8 << 30)


def linked_extra_files(folder: Path, wire: Path) -> None:
    (folder / "notes.txt").symlink_to(wire.parent / "secret.txt")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "others").symlink_to(folder.parents[1])
    os.mkfifo(folder / "pipe")


def linked_notebook(folder: Path, wire: Path) -> None:
    (folder / "m2.ipynb").unlink()
    (folder / "m2.ipynb").symlink_to(wire.parent / "secret.txt")


def odd_timestamp(folder: Path, wire: Path) -> None:
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe\x00 the day before yesterday")


def linked_timestamp(folder: Path, wire: Path) -> None:
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").symlink_to("/dev/zero")


def pipe_for_a_timestamp(folder: Path, wire: Path) -> None:
    (folder / "timestamp.txt").unlink()
    os.mkfifo(folder / "timestamp.txt")


def missing_timestamp_and_secret(folder: Path, wire: Path) -> None:
    (folder / "timestamp.txt").unlink()
    (folder / "submission_secret.txt").unlink()


def answers_to_unknown_exercises(folder: Path, wire: Path) -> None:
    data = json.loads((folder / "answers.json").read_text("utf-8"))
    for name in ("m9-secret", "../../etc/passwd", "general", EXERCISES[1] + " ", EXERCISES[1].upper()):
        data["answers"][name] = {"revision": 1, "text": HONEST}
    data["answers"] |= {str(n): {"revision": 1, "text": "x"} for n in range(10_000)}
    (folder / "answers.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")


SAME_MARK = (
    patched_scorer, shadow_modules, deleted_cells, changed_points, changed_metadata, changed_exercise, retyped_cells,
    duplicated_cells, endless_loop, process_ends, forged_outputs, markup_in_the_notebook, corrupt_notebook,
    missing_notebook, renamed_notebook, huge_notebook, huge_file_beside, linked_extra_files, linked_notebook,
    odd_timestamp, linked_timestamp, pipe_for_a_timestamp, missing_timestamp_and_secret, answers_to_unknown_exercises,
)  # fmt: skip


def answers_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").symlink_to(folder.parents[1] / "alice" / "m2" / "answers.json")


def answers_linked_to_a_secret(folder: Path, wire: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").symlink_to(wire.parent / "secret.txt")


def answers_linked_to_a_device(folder: Path, wire: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").symlink_to("/dev/zero")


def answers_as_a_pipe(folder: Path, wire: Path) -> None:
    (folder / "answers.json").unlink()
    os.mkfifo(folder / "answers.json")


def answers_as_a_folder(folder: Path, wire: Path) -> None:
    (folder / "answers.json").unlink()
    (folder / "answers.json").mkdir()


def answers_missing(folder: Path, wire: Path) -> None:
    (folder / "answers.json").unlink()


def answers_huge(folder: Path, wire: Path) -> None:
    with (folder / "answers.json").open("ab") as file:
        file.truncate(8 << 30)


def answers_nan(folder: Path, wire: Path) -> None:
    (folder / "answers.json").write_text(f'{{"schema": 1, "answers": {{"{EXERCISES[0]}": NaN}}}}')


def answers_a_list(folder: Path, wire: Path) -> None:
    (folder / "answers.json").write_text(json.dumps([HONEST]))


def answer_a_list(folder: Path, wire: Path) -> None:
    entries = {e: {"revision": 1, "text": [HONEST]} for e in EXERCISES}
    (folder / "answers.json").write_text(json.dumps({"schema": 1, "answers": entries}))


def answers_deep(folder: Path, wire: Path) -> None:
    (folder / "answers.json").write_text('{"a":' * 100_000)


def folder_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.parents[1] / "alice" / "m2")


def student_folder_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to(folder.parents[1] / "alice")


def empty_folder(folder: Path, wire: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


NO_MARK = (
    answers_linked_to_a_classmate, answers_linked_to_a_secret, answers_linked_to_a_device, answers_as_a_pipe,
    answers_as_a_folder, answers_missing, answers_huge, answers_nan, answers_a_list, answer_a_list, answers_deep,
    folder_linked_to_a_classmate, student_folder_linked_to_a_classmate, empty_folder,
)  # fmt: skip


def _grade_with(course: Class, cheat: Cheat, wire: Path) -> commands.Grading:
    """Grade a class of three: alice and zoe are honest, mallory has the same answers and cheats."""
    (wire.parent / "secret.txt").write_text(SECRET)
    for student in ("alice", "mallory", "zoe"):
        course.submit(student)
    cheat(course.root / "submitted" / "mallory" / "m2", wire)
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


@pytest.mark.parametrize("cheat", SAME_MARK, ids=lambda c: c.__name__)
def test_a_cheat_that_leaves_the_answers_alone(
    cheat: Cheat, course: Class, tmp_path: Path, nothing_starts: None
) -> None:
    results = _grade_with(course, cheat, tmp_path / "tripwire")
    _check_class(course, results, tmp_path / "tripwire", expected())
    _nothing_leaks(course)


@pytest.mark.parametrize("cheat", NO_MARK, ids=lambda c: c.__name__)
def test_a_cheat_with_the_answers(cheat: Cheat, course: Class, tmp_path: Path, nothing_starts: None) -> None:
    results = _grade_with(course, cheat, tmp_path / "tripwire")
    _check_class(course, results, tmp_path / "tripwire", 0.0)
    reason = results["mallory"].notes[0]
    assert "0 分" in reason
    _nothing_leaks(course)
    page = (course.root / "feedback" / "mallory" / "m2" / "m2.html").read_text("utf-8")
    assert reason in page


def _nothing_leaks(course: Class) -> None:
    """The feedback of a cheater holds nothing but what we wrote: no target of a link, no module, no script."""
    commands.feedback("m2", course.root, hand_back=False)
    for step in ("autograded", "feedback"):
        folder = course.root / step / "mallory" / "m2"
        names = {p.name for p in folder.rglob("*")}
        ours = {"csworkshop-marks.json"} if step == "autograded" else set()
        assert names <= {"m2.ipynb", "m2.html", "answers.json", "timestamp.txt", "submission_secret.txt"} | ours
        for file in folder.iterdir():
            assert not file.is_symlink()
            text = file.read_text("utf-8")
            assert SECRET not in text
            assert "alert(1)" not in text


def test_what_a_trainee_typed_is_escaped_on_the_page(course: Class) -> None:
    attacks = [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</blockquote><iframe src=javascript:alert(1)>",
        '" onmouseover="alert(1)', "$\\href{javascript:alert(1)}{x}$", "<!--", "]]>", "{{ 7*7 }}", "{% raw %}",
    ]  # fmt: skip
    course.submit("mallory", {EXERCISES[0]: HONEST + " ".join(attacks)})
    course.grade()
    commands.feedback("m2", course.root, hand_back=False)
    page = (course.root / "feedback" / "mallory" / "m2" / "m2.html").read_text("utf-8")
    card = page[page.index('<div class="tex2jax_ignore mathjax_ignore">') :].split("</table>")[0]
    assert "{{ 7*7 }}" in card
    reader = _Reader()
    reader.feed(card)
    for attack in attacks:
        assert attack in reader.text
    assert reader.tags <= {"div", "p", "strong", "blockquote", "span", "table", "tbody", "tr", "td"}
    assert reader.attributes <= {"class", "lang", "style", "title"}


class _Reader(HTMLParser):
    """What a browser would make of a page: its tags, its attributes, and the text that shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_folder_name_that_cannot_be_a_trainee_is_reported(course: Class) -> None:
    course.submit("alice")
    course.submit("<img src=x onerror=alert(1)>")
    results = course.grade()
    assert [(r.student, r.status) for r in results.results][1] == ("alice", "graded")
    assert results.results[0].status == "refused"
    assert results.status == 1
    assert {row[0] for row in course.gradebook()} == {"alice"}


def test_a_bug_of_the_kits_own_asks_for_a_person_and_the_class_goes_on(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    from csworkshop.grading import sheet

    def mark(answer: str, exercise: Any) -> Any:
        if "BOOM" in answer:
            raise ZeroDivisionError("a pattern went wrong")
        return real(answer, exercise)

    real = sheet.mark
    monkeypatch.setattr(sheet, "mark", mark)
    course.submit("alice", {EXERCISES[0]: "BOOM"})
    course.submit("bob")
    results = course.grade()
    assert "ZeroDivisionError" in results["alice"].notes[0]
    assert [(r[0], r[2], r[3]) for r in course.gradebook() if r[1] == EXERCISES[0]] == [
        ("alice", 0.0, 1),
        ("bob", expected(), 0),
    ]
