"""start.py: from nothing to a running command, with real environments and a real pip.

Most tests set up a small stand-in for the project (the real start.py and first_use.py, a build backend of its own, and
packages made on the spot), in a path with spaces and Chinese characters, without a network.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from csworkshop.lab import first_use
from csworkshop.lab.troubles import Trouble
from tests.stand_in import BASE, POSIX, PYTEST, ROOT, START, begin, greeted, half_made, new_kit, start, wheel


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    wheel(folder, "greeting", {"greeting.py": "TEXT = '你好'"})
    wheel(folder, "editables", {"editables.py": ""})
    wheel(folder, "pytest", {"pytest/__init__.py": "", "pytest/__main__.py": PYTEST})
    return folder


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One kit that the tests in this file set up, use and damage in turn; each leaves it so that it can be started."""
    return new_kit(tmp_path_factory.mktemp("place"))


def test_first_start_sets_up_and_the_second_has_nothing_to_do(kit: Path, shelf: Path) -> None:
    first = start(kit, shelf, "greet", "a b", "--客户")
    assert greeted(first, shelf, "greet", "a b", "--客户"), first
    for step in ("1/3 新建 Python 环境", "2/3 下载软件包", "3/3 安装", "准备好了", "Ready after"):
        assert step in first[2]
    second = start(kit, shelf, "greet")
    assert greeted(second, shelf, "greet") and second[2] == ""


def test_a_file_in_the_folder_one_is_in_does_not_stand_in_for_ours(kit: Path, shelf: Path) -> None:
    trap = shelf / "greeting.py"
    trap.write_text("raise SystemExit('the wrong greeting')")
    assert greeted(start(kit, shelf, "greet"), shelf, "greet")
    trap.unlink()


def test_tests_need_their_extra_run_in_the_kit_and_a_change_keeps_it(kit: Path, shelf: Path) -> None:
    code, out, err = start(kit, shelf, "test", "-k", "some thing")
    assert (code, out) == (5, f"tests in {kit} ['-k', 'some thing']\n"), err
    assert start(kit, shelf, "test")[2] == ""
    with (kit / "constraints.txt").open("a") as constraints:
        constraints.write("unused==1.0\n")
    changed = start(kit, shelf, "greet")
    assert greeted(changed, shelf, "greet") and "程序有更新" in changed[2]
    assert json.loads((kit / ".venv" / first_use.READY.name).read_text())["extras"] == ["test"]


def test_help_needs_no_setting_up(tmp_path: Path, shelf: Path) -> None:
    fresh = new_kit(tmp_path)
    for words in ([], ["--help"], ["-h"]):
        code, out, err = start(fresh, shelf, *words)
        assert (code, err) == (0, "") and "start.py lab" in out and "打开课程" in out
    assert not (fresh / ".venv").exists()


@POSIX
def test_killed_in_the_middle_it_is_repaired_and_no_lock_is_left(kit: Path, shelf: Path) -> None:
    shutil.rmtree(kit / ".venv")
    process = begin(kit, shelf, "greet")
    half_made(kit, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (kit / first_use.LOCK.name).exists()
    again = start(kit, shelf, "greet")
    assert greeted(again, shelf, "greet") and "waiting" not in again[2], again


@POSIX
def test_ctrl_c_stops_with_a_sentence(kit: Path, shelf: Path) -> None:
    shutil.rmtree(kit / ".venv")
    process = begin(kit, shelf, "greet")
    half_made(kit, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and out == ""
    assert "再运行一次就会继续" in err and "Traceback" not in err


def test_twice_at_once_one_works_and_the_other_waits(kit: Path, shelf: Path) -> None:
    shutil.rmtree(kit / ".venv")
    first = begin(kit, shelf, "greet", "1")
    half_made(kit, first)
    second = begin(kit, shelf, "greet", "2")
    results = []
    for process in (first, second):
        out, err = process.communicate(timeout=120)
        results.append((process.returncode, out, err))
    assert greeted(results[0], shelf, "greet", "1"), results
    assert greeted(results[1], shelf, "greet", "2"), results
    assert "1/3" in results[0][2] and "waiting" not in results[0][2]
    assert results[1][2].strip() == "另一个窗口正在安装,请稍等…… · Another start.py is setting up; waiting for it ..."


def test_a_kit_that_was_moved_is_set_up_anew(kit: Path, shelf: Path) -> None:
    moved = kit.with_name("搬走 了")
    kit.rename(moved)
    result = start(moved, shelf, "greet")
    assert greeted(result, shelf, "greet") and "1/3" in result[2]
    moved.rename(kit)


def failed(kit: Path, shelf: Path, key: str, *values: object, **more: str) -> None:
    """Starting fails with the sentence of the trouble, in both languages, as the last words."""
    code, out, err = start(kit, shelf, "greet", **more)
    assert (code, out) == (1, "")
    assert err.splitlines()[-2:] == Trouble(key, *values).sentences, err


def module(folder: Path, name: str, text: str) -> str:
    """A folder for PYTHONPATH with a module in it."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return str(folder)


def test_without_venv_it_says_what_to_install(tmp_path: Path, shelf: Path) -> None:
    debian = "print('The virtual environment was not created successfully because ensurepip is not available.')"
    path = module(tmp_path / "stub", "venv", debian + "\nraise SystemExit(1)")
    failed(new_kit(tmp_path), shelf, "venv", PYTHONPATH=path)


def test_a_disk_that_fills_up_is_said(tmp_path: Path, shelf: Path) -> None:
    path = module(tmp_path / "stub", "venv", "raise OSError(28, 'No space left on device', 'pyvenv.cfg')")
    failed(new_kit(tmp_path), shelf, "disk", PYTHONPATH=path)


def test_without_a_network_it_says_so_and_goes_on_later(tmp_path: Path, shelf: Path) -> None:
    fresh = new_kit(tmp_path)
    nowhere = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1", "PIP_FIND_LINKS": ""}
    failed(fresh, shelf, "network", **nowhere)
    failed(fresh, shelf, "mirror", "editables", PIP_FIND_LINKS=str(tmp_path))  # a network, but a mirror without it
    assert greeted(start(fresh, shelf, "greet"), shelf, "greet")


@pytest.mark.parametrize("content", ["a file", "a folder of somebody's"])
def test_a_venv_that_is_none_is_left_alone(tmp_path: Path, shelf: Path, content: str) -> None:
    fresh = new_kit(tmp_path)
    if content == "a file":
        (fresh / ".venv").write_text(content)
    else:
        (fresh / ".venv").mkdir()
        (fresh / ".venv" / "diary.txt").write_text(content)
    failed(fresh, shelf, "foreign", fresh / ".venv")
    assert (fresh / ".venv").is_file() or (fresh / ".venv" / "diary.txt").read_text() == content


def test_too_little_room_is_said_before_anything_is_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=first_use.ROOM - 1)
    monkeypatch.setattr(first_use.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(first_use, "VENV", tmp_path / "nothing")
    monkeypatch.setattr(first_use, "READY", tmp_path / "nothing" / "ready")
    with (tmp_path / "lock").open("w") as lock, pytest.raises(Trouble, match="disk"):
        first_use.set_up("make", set(), lock)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(("path", "hint"), [("", "install a newer one"), ("newer", "python3.12 start.py lab")])
def test_a_python_that_is_too_old_says_so(tmp_path: Path, path: str, hint: str) -> None:
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "python3.12").touch(mode=0o755)
    code = (
        "import sys, runpy; sys.version_info = (3, 8, 10, 'final', 0); sys.argv = ['start.py', 'lab'];"
        f"runpy.run_path({str(START)!r}, run_name='__main__')"
    )
    env = os.environ | {"PATH": str(tmp_path / path) if path else "", "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )
    assert ran.returncode == 1
    chinese, english = ran.stderr.splitlines()
    assert "Python 3.8 太旧" in chinese and "Python 3.8 is too old" in english and hint in english


def test_an_old_python_can_read_start_py() -> None:
    """Nothing in it is newer than Python 2.7: run by one, it gets as far as saying that it's too old."""
    source = START.read_text(encoding="utf-8")
    assert "coding: utf-8" in source.splitlines()[0]
    newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.Match, ast.AsyncFunctionDef, ast.YieldFrom)
    for node in ast.walk(ast.parse(source, feature_version=(3, 7))):
        assert not isinstance(node, newer), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            assert not node.returns and not node.args.kwonlyargs
            assert not any(argument.annotation for argument in node.args.args)
        if isinstance(node, ast.Raise):
            assert not node.cause
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            assert not any(isinstance(element, ast.Starred) for element in node.elts)
    top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {name.name for node in top for name in node.names} == {"os", "sys"}


def test_nothing_names_where_packages_come_from() -> None:
    for name in ("start.py", "constraints.txt", "pyproject.toml", "csworkshop/lab/first_use.py"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.skipif(not os.environ.get("CI"), reason="installs everything from the network; set CI=1 to run it")
def test_the_real_kit_is_set_up_from_nothing(tmp_path: Path) -> None:
    place = tmp_path / "客服 训练 kit"
    leave = shutil.ignore_patterns(".venv", ".git", ".*_cache", "__pycache__", "tests", ".start-*")
    shutil.copytree(ROOT, place, ignore=leave)
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    ran = subprocess.run(
        [BASE, str(place / "start.py"), "--version"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("csworkshop ")
    python = place / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    checked = subprocess.run([python, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    lines = (place / "constraints.txt").read_text().splitlines()
    pinned = {line.split(" ;")[0].lower().replace("_", "-") for line in lines}
    frozen = subprocess.check_output([python, "-m", "pip", "freeze", "--exclude-editable"], text=True)
    installed = {line.lower().replace("_", "-") for line in frozen.splitlines()}
    assert installed and installed <= pinned, installed - pinned
