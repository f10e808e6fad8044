"""Lessons come into a workspace and stay up to date; nobody's work is overwritten."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from csworkshop.lab.workspace import Change, bring_lessons, fingerprint, first_lesson, lessons

NAME = "m2-沟通技巧.ipynb"
DAY = date(2026, 11, 21)
NEWER = "m2-沟通技巧 (新版 2026-11-21).ipynb"


def notebook(*sources: str, **metadata: Any) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": [source]}
        for n, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    write(tmp_path / "kit" / NAME, notebook("第一版"))
    return tmp_path / "kit"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return tmp_path / "我的 练习"


def bring(desk: Path, kit: Path, lang: str = "zh") -> list[Change]:
    return bring_lessons(desk, kit=kit, lang=lang, today=DAY)


def saved_by_lab(path: Path) -> None:
    """What JupyterLab does to a notebook that was run and saved, without a word being changed."""
    value = json.loads(path.read_text(encoding="utf-8"))
    cell = value["cells"][0]
    cell.update(execution_count=3, outputs=[{"output_type": "stream", "name": "stdout", "text": ["结果\n"]}])
    cell["source"] = "".join(cell["source"])
    cell["metadata"]["editable"] = True
    value["cells"].append(notebook("")["cells"][0])
    value["metadata"]["language_info"] = {"name": "python", "version": "3.13.0"}
    write(path, value)


def edited(path: Path) -> bytes:
    value = json.loads(path.read_text(encoding="utf-8"))
    value["cells"].append(notebook("我自己写的")["cells"][0])
    write(path, value)
    return path.read_bytes()


def test_a_new_workspace_gets_every_lesson_once(desk: Path, kit: Path) -> None:
    write(kit / "m3" / "数据.json", {"a": 1})
    assert bring(desk, kit) == [Change("new", NAME, NAME), Change("new", "m3/数据.json", "m3/数据.json")]
    assert (desk / NAME).read_bytes() == (kit / NAME).read_bytes()
    assert bring(desk, kit) == []


def test_hidden_files_and_answers_are_no_lessons(kit: Path) -> None:
    for name in ("answers.json", ".ipynb_checkpoints/m2.ipynb", "__pycache__/x.pyc", ".hidden"):
        write(kit / name, {})
    assert lessons(kit) == [NAME]


def test_handbooks_for_instructors_stay_out_of_a_trainees_workspace() -> None:
    assert len(lessons()) >= 8
    assert not [name for name in lessons() if "讲师" in name]


def test_answers_are_never_touched(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    write(desk / "answers.json", {"reply": "我的回答"})
    write(kit / "answers.json", {"reply": ""})
    write(kit / NAME, notebook("第二版"))
    bring(desk, kit)
    assert json.loads((desk / "answers.json").read_text(encoding="utf-8")) == {"reply": "我的回答"}


def test_a_lesson_that_was_only_run_and_saved_is_brought_up_to_date(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    saved_by_lab(desk / NAME)
    write(kit / NAME, notebook("第二版"))
    assert bring(desk, kit) == [Change("updated", NAME, NAME)]
    assert (desk / NAME).read_bytes() == (kit / NAME).read_bytes()
    assert bring(desk, kit) == []


def test_a_lesson_with_work_in_it_stays_and_the_newer_one_is_put_beside_it_once(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    theirs = edited(desk / NAME)
    assert bring(desk, kit) == []
    write(kit / NAME, notebook("第二版"))
    changes = bring(desk, kit)
    assert changes == [Change("beside", NAME, NEWER)]
    assert NEWER in changes[0].sentence("zh") and NEWER in changes[0].sentence("en")
    assert (desk / NAME).read_bytes() == theirs
    assert (desk / NEWER).read_bytes() == (kit / NAME).read_bytes()
    assert bring(desk, kit) == []


def test_two_newer_editions_on_one_day_get_two_names(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    edited(desk / NAME)
    for edition in ("第二版", "第三版"):
        write(kit / NAME, notebook(edition))
        bring(desk, kit, "en")
    assert sorted(path.name for path in desk.glob("*(new*")) == [
        "m2-沟通技巧 (new 2026-11-21) 2.ipynb",
        "m2-沟通技巧 (new 2026-11-21).ipynb",
    ]


def test_only_outputs_or_metadata_new_in_the_kit_is_no_newer_edition(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    theirs = edited(desk / NAME)
    write(kit / NAME, notebook("第一版", kernelspec={"name": "python3"}))
    assert bring(desk, kit) == []
    assert (desk / NAME).read_bytes() == theirs


def test_a_deleted_lesson_comes_back(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    (desk / NAME).unlink()
    assert bring(desk, kit) == [Change("new", NAME, NAME)]


@pytest.mark.parametrize("record", [None, "", "[1]", '{"m2-沟通技巧.ipynb": 3}'])
def test_without_a_readable_record_a_differing_file_counts_as_the_trainees(
    desk: Path, kit: Path, record: str | None
) -> None:
    bring(desk, kit)
    write(desk / NAME, notebook("不知道是谁写的"))
    kept = (desk / NAME).read_bytes()
    note = desk / ".csworkshop" / "lessons.json"
    note.unlink() if record is None else note.write_text(record, encoding="utf-8")
    assert [change.kind for change in bring(desk, kit)] == ["beside"]
    assert (desk / NAME).read_bytes() == kept


def test_without_a_record_a_lesson_that_is_the_kits_is_taken_for_what_it_is(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    saved_by_lab(desk / NAME)
    (desk / ".csworkshop" / "lessons.json").unlink()
    assert bring(desk, kit) == []
    write(kit / NAME, notebook("第二版"))
    assert [change.kind for change in bring(desk, kit)] == ["updated"]


def test_a_damaged_notebook_is_kept(desk: Path, kit: Path) -> None:
    bring(desk, kit)
    (desk / NAME).write_text("{ 坏了", encoding="utf-8")
    write(kit / NAME, notebook("第二版"))
    assert [change.kind for change in bring(desk, kit)] == ["beside"]
    assert (desk / NAME).read_text(encoding="utf-8") == "{ 坏了"


def test_a_link_in_place_of_a_lesson_is_not_written_through(desk: Path, kit: Path, tmp_path: Path) -> None:
    bring(desk, kit)
    elsewhere = tmp_path / "elsewhere.ipynb"
    (desk / NAME).rename(elsewhere)
    (desk / NAME).symlink_to(elsewhere)
    kept = elsewhere.read_bytes()
    write(kit / NAME, notebook("第二版"))
    assert [change.kind for change in bring(desk, kit)] == ["beside"]
    assert (desk / NAME).is_symlink() and elsewhere.read_bytes() == kept


def test_a_full_disk_leaves_the_old_lesson_whole(desk: Path, kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(desk, kit)
    kept = (desk / NAME).read_bytes()
    write(kit / NAME, notebook("第二版"))

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space"):
            bring(desk, kit)
    assert (desk / NAME).read_bytes() == kept
    assert not list(desk.glob(".*.part"))
    assert [change.kind for change in bring(desk, kit)] == ["updated"]


def test_attachments_and_cell_types_are_part_of_the_work() -> None:
    plain = notebook("同一句")
    pictured, retyped = json.loads(json.dumps(plain)), json.loads(json.dumps(plain))
    pictured["cells"][0]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    retyped["cells"][0]["cell_type"] = "markdown"
    prints = {fingerprint(json.dumps(value).encode(), ".ipynb") for value in (plain, pictured, retyped)}
    assert len(prints) == 3


def test_the_shipped_lessons_are_found() -> None:
    first = first_lesson()
    assert first is not None and first.endswith(".ipynb")
