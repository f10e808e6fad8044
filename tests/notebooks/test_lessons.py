"""Lessons and assignments: sound notebooks without outputs, whose studios exist and run from top to bottom."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from csworkshop.exercises.library import content, exercise_files, load_any
from csworkshop.widgets.saved import SavedExercise

LESSONS = sorted((content() / "notebooks").glob("m?-*.ipynb"))
HANDBOOKS = sorted((content() / "notebooks" / "讲师").glob("m?-*.ipynb"))
ASSIGNMENTS = sorted((content() / "exercises" / "source").rglob("*.ipynb"))
NOTEBOOKS = LESSONS + ASSIGNMENTS
STUDIO = re.compile(r'studio\(\s*"([^"]+)"')
MENU = "运行 → 运行所有单元格"

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.name)
every_handbook = pytest.mark.parametrize("path", HANDBOOKS, ids=lambda p: p.name)
every_assignment = pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda p: p.name)
every_text = pytest.mark.parametrize("path", NOTEBOOKS + HANDBOOKS, ids=lambda p: p.name)


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def _cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [c for c in _read(path).cells if c.cell_type == kind]


def _studios(path: Path) -> list[str]:
    return [i for c in _cells(path, "code") for i in STUDIO.findall(c.source)]


@every_text
def test_notebook_is_sound(path: Path) -> None:
    notebook = _read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [c.id for c in notebook.cells]
    assert len(set(ids)) == len(ids)


@every_notebook
def test_no_output_is_stored(path: Path) -> None:
    for cell in _cells(path, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None


@every_notebook
def test_code_is_short_and_hidden(path: Path) -> None:
    """Trainees read Chinese, not Python: a cell of code is one call, its source folded away.

    Lines of pandas for those who want them (tagged so) and an assignment's own lines of code are there to be read.
    """
    for cell in _cells(path, "code"):
        shown = "pandas" in cell.metadata.get("tags", []) or (path in ASSIGNMENTS and not STUDIO.search(cell.source))
        assert shown != cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert len(cell.source.splitlines()) <= (12 if shown else 3)
        assert shown or cell.source.startswith("# "), "JupyterLab shows the first line of what is folded away"


@every_notebook
def test_every_studio_is_in_the_library(path: Path) -> None:
    known = {p.stem for p in exercise_files()}
    found = _studios(path)
    assert found
    assert len(set(found)) == len(found)
    assert set(found) <= known


@every_text
def test_markdown_survives_jupyterlab(path: Path) -> None:
    """No raw HTML (it is sanitised away), and bold type that Markdown closes beside Chinese punctuation."""
    for cell in _cells(path, "markdown"):
        assert not re.search(r"</?[a-zA-Z][^>]*>", cell.source), cell.id
        assert not re.search(r"[\U0001F000-\U0001FAFF\u2600-\u27BF]", cell.source), "needs a font with emoji"
        assert not re.search(r"(?<!~)~(?!~)", cell.source), "a half-width tilde strikes words out"
        for m in re.finditer(r"\*\*(.+?)\*\*", cell.source):
            before, after = cell.source[m.start() - 1 : m.start()], cell.source[m.end() : m.end() + 1]
            assert not (re.match(r"\w", before) and re.match(r"[^\w\s]", m[1])), m[0]
            assert not (re.match(r"\w", after) and re.match(r"[^\w\s]", m[1][-1])), m[0]


@every_text
def test_tables_have_as_many_cells_as_their_head(path: Path) -> None:
    for cell in _cells(path, "markdown"):
        for table in re.findall(r"(?:^\|.*\|$\n?)+", cell.source, re.MULTILINE):
            assert len({row.count("|") for row in table.splitlines()}) == 1, table


@every_lesson
def test_a_lesson_has_enough_to_do_and_leaves_the_assignment_alone(path: Path) -> None:
    module = path.name[:2]
    exercises = [load_any(i) for i in _studios(path)]
    assert len(exercises) >= 6
    assert len({e.kind for e in exercises}) >= 2
    levels = [e.level for e in exercises]
    half = len(levels) // 2
    assert levels[0] == min(levels), "it begins with something easy"
    assert sum(levels[:half]) / half <= sum(levels[half:]) / len(levels[half:]), "and grows more demanding"
    assert not [e.id for e in exercises if e.id.startswith(f"{module}-a-")], "kept for the assignment"


@every_lesson
def test_the_headings_minutes_make_a_lesson(path: Path) -> None:
    text = "\n".join(c.source for c in _cells(path, "markdown"))
    minutes = [int(n) for n in re.findall(r"^#+ .*（(\d+) 分钟", text, re.MULTILINE)]
    assert 60 <= sum(minutes) <= 95


@every_lesson
def test_the_first_cell_tells_what_to_do(path: Path) -> None:
    assert MENU in _cells(path, "markdown")[0].source


def test_the_first_lesson_tells_a_newcomer_how_to_start_in_the_menus_own_words() -> None:
    first = _cells(LESSONS[0], "markdown")[0].source
    assert "第一次打开" in first and "不会丢" in first
    from jupyterlab_server.translation_utils import get_language_pack

    pack, problem = get_language_pack("zh_CN")
    assert not problem
    words = pack["jupyterlab"]
    assert [words["Run"][0], words["Run All Cells"][0]] == MENU.split(" → ")
    assert words["Restart Kernel and Run All Cells…"][0] == "重启并运行所有单元格…"
    assert "重启并运行所有单元格…" in first


# --- handbooks ---


@every_handbook
def test_a_handbook_is_text_with_a_plan_by_the_minute(path: Path) -> None:
    notebook = _read(path)
    assert {c.cell_type for c in notebook.cells} == {"markdown"}
    text = "\n".join(c.source for c in notebook.cells)
    for word in ("时间安排", "讨论", "板书", "45 分钟", "线上", "想一想", "投屏"):
        assert word in text, word


@every_handbook
def test_exercises_named_in_a_handbook_exist(path: Path) -> None:
    known = {p.stem for p in exercise_files()}
    text = "\n".join(c.source for c in _read(path).cells)
    named = set(re.findall(r"`(m\d-[a-z0-9-]+)`", text))
    assert named
    assert named <= known


# --- assignments ---


@every_assignment
def test_graded_cells_are_locked_and_name_their_exercise(path: Path) -> None:
    graded = [c for c in _cells(path, "code") if c.metadata.nbgrader.grade]
    assert len(graded) >= 3
    for cell in graded:
        about = cell.metadata.nbgrader
        assert about.schema_version == 3
        assert about.locked and not about.solution and not about.task
        widget = f'# 练习框\nfrom csworkshop import studio\nstudio("{about.grade_id}", points={about.points})'
        code = rf'result\("{about.grade_id}", \w+, points={about.points}\)'
        assert cell.source == widget or re.fullmatch(code, cell.source)


@every_assignment
def test_grade_ids_are_unique(path: Path) -> None:
    ids = [c.metadata.nbgrader.grade_id for c in _read(path).cells]
    assert len(set(ids)) == len(ids)


# --- top to bottom ---


def _is_shown(value: object) -> bool:
    """Something to look at: a widget, a table, a picture, numbers."""
    return hasattr(value, "_repr_mimebundle_") or any(hasattr(value, f"_repr_{k}_") for k in ("html", "png")) or (
        type(value).__module__.partition(".")[0] == "pandas"
    )  # fmt: skip


@every_notebook
def test_cells_run_from_top_to_bottom(path: Path, shell: InteractiveShell) -> None:
    for file in path.parent.glob("*.csv") if path in ASSIGNMENTS else ():
        shutil.copy(file, ".")
    for cell in _cells(path, "code"):
        outcome = shell.run_cell(cell.source)
        assert outcome.success, outcome.error_before_exec or outcome.error_in_exec
        if STUDIO.search(cell.source):
            assert isinstance(outcome.result, SavedExercise)
        elif "result(" not in cell.source:
            assert _is_shown(outcome.result), cell.source
    assert not Path("answers.json").exists(), "looking at a lesson must not write anything"
