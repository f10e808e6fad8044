"""The instructor's weekly report: sound, runs on the shipped data and on one's own, and its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from csworkshop.cases.files import read_table, shipped, write_table
from csworkshop.cases.shown import Shown
from csworkshop.cases.week import Week
from csworkshop.cli import build_parser
from csworkshop.exercises.library import content

PAGE = content() / "notebooks" / "讲师" / "案例数据周报.ipynb"
SETTINGS = "data = None "


@pytest.fixture(scope="module")
def page() -> nbformat.NotebookNode:
    return nbformat.read(PAGE, as_version=nbformat.NO_CONVERT)


def _run(page: nbformat.NotebookNode, shell: InteractiveShell, change: dict[str, str] | None = None) -> list[object]:
    found: list[object] = []
    for cell in page.cells:
        if cell.cell_type == "code":
            source = cell.source
            for old, new in (change or {}).items():
                source = source.replace(old, new)
            outcome = shell.run_cell(source)
            found.append(outcome.result if outcome.success else outcome.error_in_exec)
    return found


def test_page_is_sound_and_stores_no_output(page: nbformat.NotebookNode) -> None:
    nbformat.validate(page)
    assert len({c.id for c in page.cells}) == len(page.cells)
    for cell in page.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert "settings" in cell.metadata.get("tags", []) or cell.metadata.jupyter.source_hidden is True
            assert len(cell.source.splitlines()) <= 4
        else:
            assert not re.search(r"</?[a-zA-Z][^>]*>", cell.source), cell.id
            assert not re.search(r"(?<!~)~(?!~)", cell.source), cell.id
            for rows in re.findall(r"(?:^\|.*\|$\n?)+", cell.source, re.MULTILINE):
                assert len({row.count("|") for row in rows.splitlines()}) == 1, rows


def test_page_says_plainly_that_the_data_is_made_up(page: nbformat.NotebookNode) -> None:
    assert "合成数据" in page.cells[0].source + page.cells[1].source + page.cells[3].source


def test_page_runs_from_top_to_bottom(page: nbformat.NotebookNode, shell: InteractiveShell) -> None:
    results = _run(page, shell)
    assert results[0] is None
    assert all(isinstance(r, Shown | Week) for r in results[1:]), results
    assert sum("<img" in r.markup for r in results[1:] if isinstance(r, Shown)) >= 10


def test_page_runs_on_data_of_ones_own(page: nbformat.NotebookNode, shell: InteractiveShell, tmp_path: Path) -> None:
    """Two months without transcripts, events and trainings: what can't be drawn says so, all else is there."""
    tickets = read_table(shipped(), "tickets")
    write_table(
        tmp_path / "shared", "tickets", tickets[tickets.opened_at.dt.strftime("%Y-%m").isin(["2026-02", "2026-03"])]
    )
    results = _run(page, shell, {SETTINGS: 'data = "shared" ', "picked.case(1)": "picked"})
    troubles = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(t, ValueError) and "画不了" in str(t) for t in troubles), troubles
    assert len(troubles) == 3, "heat, faults and training need what this folder lacks"
    shown = [r for r in results if isinstance(r, Shown)]
    assert len(shown) >= 14
    assert not any("合成数据" in s.markup for s in shown)


def test_its_commands_exist(page: nbformat.NotebookNode) -> None:
    text = "\n".join(c.source for c in page.cells if c.cell_type == "markdown")
    commands = re.findall(r"^    python3 start\.py (.+)$", text, re.MULTILINE)
    assert len(commands) >= 6
    for command in commands:
        build_parser().parse_args(shlex.split(command.partition(" > ")[0]))
