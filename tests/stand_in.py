"""A small stand-in for the project, and start.py run in it: the real start.py and first_use.py, a build backend of its
own, packages made on the spot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from csworkshop.lab import first_use

ROOT = Path(__file__).resolve().parents[1]
START = ROOT / "start.py"
BASE = getattr(sys, "_base_executable", sys.executable)  # a Python outside our environment, as a newcomer has
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals")

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "csworkshop"
version = "1"
requires-python = ">=3.11"
[project.optional-dependencies]
test = ["pytest"]
"""
BACKEND = """
import os, zipfile
META = "Metadata-Version: 2.1\\nName: csworkshop\\nVersion: 1\\nProvides-Extra: test\\n"
WHEEL = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
META += "Requires-Dist: greeting\\nRequires-Dist: pytest; extra == 'test'\\n"
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "csworkshop-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("csworkshop_here.pth", os.getcwd() + "\\n")
        wheel.writestr("csworkshop-1.dist-info/METADATA", META)
        wheel.writestr("csworkshop-1.dist-info/WHEEL", WHEEL)
        wheel.writestr("csworkshop-1.dist-info/RECORD", "")
    return name
"""
CLI = """
import os, sys
def main():
    import greeting
    print(greeting.TEXT, os.getcwd(), sys.argv)
    return 7
"""
PYTEST = "import os, sys\nprint('tests in', os.getcwd(), sys.argv[1:])\nsys.exit(5)\n"


def wheel(folder: Path, name: str, files: dict[str, str]) -> None:
    """A package of its own making, that pip can install from the folder."""
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def new_kit(parent: Path) -> Path:
    """The stand-in for a fresh checkout."""
    kit = parent / "客服 训练 kit"
    (kit / "csworkshop").mkdir(parents=True)
    shutil.copy(START, kit)
    shutil.copy(ROOT / "csworkshop" / "__init__.py", kit / "csworkshop")
    shutil.copytree(ROOT / "csworkshop" / "lab", kit / "csworkshop" / "lab", ignore=shutil.ignore_patterns("__pyc*"))
    for name, text in (
        ("pyproject.toml", PYPROJECT),
        ("constraints.txt", "# versions\ngreeting==1.0\npytest==1.0\n"),
        ("backend.py", BACKEND),
        ("csworkshop/cli.py", CLI),
    ):
        (kit / name).write_text(text, encoding="utf-8")
    return kit


def surroundings(shelf: Path, **more: str) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
    return env | {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf)} | more


def begin(kit: Path, shelf: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """Start start.py from another folder, in a session of its own."""
    return subprocess.Popen(
        [BASE, str(kit / "start.py"), *words],
        cwd=shelf,
        env=surroundings(shelf, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def start(kit: Path, shelf: Path, *words: str, **more: str) -> tuple[int, str, str]:
    process = begin(kit, shelf, *words, **more)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return process.returncode, out, err


def half_made(kit: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the installation is under way."""
    for _ in range(1200):
        if (kit / ".venv" / first_use.HALF_MADE.name).exists() and (kit / ".venv" / "pyvenv.cfg").exists():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    pytest.fail("the installation never began")


def greeted(result: tuple[int, str, str], shelf: Path, *words: str) -> bool:
    return result[:2] == (7, f"你好 {shelf} {['csworkshop', *words]}\n")
