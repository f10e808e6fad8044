"""The instructors' page: sound, without outputs, and its figures are those of `csworkshop evaluate`."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from csworkshop.exercises.library import content
from csworkshop.training import TrainingError, trust
from csworkshop.training.labelled import labelled_folder, read_labelled

PAGE = content() / "notebooks" / "讲师" / "检查器可信度.ipynb"


@pytest.fixture(scope="module")
def page() -> nbformat.NotebookNode:
    return nbformat.read(PAGE, as_version=nbformat.NO_CONVERT)


def code(page: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [c for c in page.cells if c.cell_type == "code"]


def test_page_is_sound_and_stores_no_output(page: nbformat.NotebookNode) -> None:
    nbformat.validate(page)
    assert len({c.id for c in page.cells}) == len(page.cells)
    for cell in code(page):
        assert cell.metadata.jupyter.source_hidden is True
        assert len(cell.source.splitlines()) <= 3
        assert cell.outputs == [] and cell.execution_count is None


def test_markdown_survives_jupyterlab(page: nbformat.NotebookNode) -> None:
    for cell in (c for c in page.cells if c.cell_type == "markdown"):
        assert not re.search(r"</?[a-zA-Z][^>]*>", cell.source), cell.id
        assert not re.search(r"(?<!~)~(?!~)", cell.source), cell.id
        for rows in re.findall(r"(?:^\|.*\|$\n?)+", cell.source, re.MULTILINE):
            assert len({row.count("|") for row in rows.splitlines()}) == 1, rows


def test_page_runs_from_top_to_bottom(page: nbformat.NotebookNode, shell: InteractiveShell) -> None:
    for cell in code(page):
        outcome = shell.run_cell(cell.source)
        assert outcome.success, outcome.error_before_exec or outcome.error_in_exec
        assert isinstance(outcome.result, trust.Shown | trust.Drawn)
        assert outcome.result != trust.ABSENT
    assert [p.name for p in Path.cwd().iterdir()] == [".ipython"], "looking at the page must not write anything"


def test_the_page_shows_what_evaluate_says() -> None:
    unread = trust._of("replies")[0].judged
    assert f"<b>{unread.macro.f1:.2f}</b>" in trust.summary()
    shown = trust.table()
    for row in unread.table:
        name = trust.name_of("replies", row.name, "zh")
        cells = re.search(rf"<td[^>]*>{re.escape(name)}</td>(.*?)</tr>", shown)
        assert cells and f"<td>{row.f1:.2f}</td>" in cells[1] and f"<td>{row.number}</td>" in cells[1]


def test_weak_items_are_not_called_trustworthy() -> None:
    weakest = min((r for r in trust._of("replies")[0].judged.table if r.number >= 10), key=lambda r: r.clear)
    expected = "要人看" if weakest.clear < trust.FAIR else "基本可信" if weakest.clear < trust.GOOD else "可信"
    name = trust.name_of("replies", weakest.name, "zh")
    assert re.search(rf"<td[^>]*>{name}</td><td[^>]*>{expected}</td>", str(trust.table()))


def test_examples_are_real_and_of_both_kinds() -> None:
    shown = trust.examples()
    sections = re.split(r"<h4[^>]*>", shown)[1:]
    assert len(sections) == trust.WEAK
    replies = {r.reply for r in read_labelled(labelled_folder())}
    for section in sections:
        assert section.count("判错了") >= 1 and section.count("判对了") >= 1
    for reply in re.findall(r"回复：(.*?)</p>", shown):
        plain = re.sub(r"</?span[^>]*>", "", reply).replace("<br>", "\n")
        assert any(plain == r.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;") for r in replies)


def test_marks_are_where_the_words_are() -> None:
    shown = trust._highlighted("先<道歉>,再办", [(1, 5)], [(3, 7)])
    assert re.sub(r"</?span[^>]*>", "", shown) == "先&lt;道歉&gt;,再办"
    assert shown.count("rgba") == 2 and shown.count("border-bottom") == 2


def test_without_the_texts_each_cell_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise TrainingError("none")

    monkeypatch.setattr(trust, "_tables", none)
    for cell in (trust.summary, trust.table, trust.picture, trust.unsure, trust.human, trust.examples):
        assert cell() == trust.ABSENT
