"""`csworkshop class …` as an instructor types it."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import pytest

from csworkshop.classroom.store import Class, ClassError
from csworkshop.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("CSWORKSHOP_PRIVATE", str(tmp_path / "private"))
    assert main(["class", "create", str(tmp_path / "class1"), "--title", "一班"]) == 0
    assert "一班" in capsys.readouterr().out
    return str(tmp_path / "class1")


def _post(folder: str, text: str, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return main(["class", "board", folder, "--post", *more])


def test_post_moderate_and_read(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _post(folder, "今天被骂了，想不通。\n", monkeypatch) == 0
    found = re.search(r"[0-9a-f]{8}", capsys.readouterr().out)
    assert found
    assert main(["class", "board", folder, "--hide", found[0], "--reason", "试试", "--moderate"]) == 0
    assert "已隐藏" in capsys.readouterr().out
    main(["class", "board", folder])
    assert "想不通" not in capsys.readouterr().out
    main(["class", "board", folder, "--restore", found[0], "--pin", found[0]])
    capsys.readouterr()
    main(["class", "board", folder, "--lang", "en"])
    told = capsys.readouterr().out
    assert "想不通" in told and "Pinned" in told and found[0] not in told


def test_a_warning_comes_first(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _post(folder, "我的电话13800138000", monkeypatch) == 2
    assert "手机号" in capsys.readouterr().err
    assert _post(folder, "我的电话13800138000", monkeypatch, "--despite") == 0


@pytest.mark.parametrize("key", ["", "zz", "ffffffff"])
def test_a_key_that_is_none(folder: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["class", "board", folder, "--pin", key or "ab"])
    assert status == 2 and "keys" in capsys.readouterr().err


def test_a_lesson_from_beginning_to_end(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["class", "end", folder]) == 2
    assert main(["class", "start", folder, "--title", "第二课"]) == 0
    capsys.readouterr()
    assert main(["class", "status", folder, "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["lesson"] and page["title"]["zh"] == "课堂：第二课" and page["seats"] == []
    assert main(["class", "end", folder]) == 0


def test_making_a_class_again_keeps_it_and_other_folders_are_left_alone(folder: str, tmp_path: Path) -> None:
    before = Class.open(folder)
    (before.folder / "board").chmod(0o777)
    assert Class.create(folder, "别的名字") == before
    if os.name == "posix":
        assert (before.folder / "board").stat().st_mode & 0o777 == 0o755
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("…", "utf-8")
    with pytest.raises(ClassError, match="空文件夹"):
        Class.create(tmp_path / "other")
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["thesis.txt"]
    with pytest.raises(ClassError, match="no-such-group"):
        Class.create(tmp_path / "new", group="no-such-group")
