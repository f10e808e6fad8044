"""The process in which trainees' code runs: what it can't reach, what it can't use up, and that nothing outlives it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from csworkshop.exercises.code import Limits
from csworkshop.grading import confine, sandbox
from csworkshop.grading.sandbox import Ran, Run, Take, means, run

LEVELS = ["limits", "namespaces"] if means().level == "namespaces" else ["limits"]


def confined(test: Callable[..., None]) -> Callable[..., None]:
    """A test of what namespaces give; where the system has none to give, there is only that to be said."""
    if means().level == "namespaces":
        return test

    def told() -> None:
        assert sys.platform != "linux" or means().why

    return told


def _run(code: str, seconds: float = 10, memory: int = 1024, output: int = 64, level: str = "") -> Ran:
    steps, limits = (
        [Run("a", code, seconds), Take("q", "x")],
        Limits(seconds=seconds, memory_mb=memory, output_kb=output),
    )
    if level:
        return sandbox._start(steps, {}, limits, level)[0]
    return run(steps, {}, limits)


def _value(ran: Ran) -> object:
    assert "q" in ran.data, ran
    return json.loads(ran.data["q"])["value"]


def _alive(mark: str) -> bool:
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return mark in found


def test_cells_run_as_in_a_notebook() -> None:
    ran = run(
        [
            Run("a", "import pandas as pd\n%time t = pd.read_csv('a.csv')\nt", 10),
            Run("b", "1 / 0", 10),
            Run("c", "from csworkshop import studio\nstudio('x')\nx = t['n'].sum()", 10),
            Take("q", "x"), Take("none", "nowhere"), Take("odd", "pd"),
        ],
        {"a.csv": b"n\n1\n2\n"}, Limits(),
    )  # fmt: skip
    assert json.loads(ran.data["q"]) == {"kind": "number", "value": 3}
    assert ran.errors == {
        "b": "error:ZeroDivisionError: division by zero", "none": "absent:nowhere", "odd": "no_data:NoData: module"
    }  # fmt: skip
    assert ran.stopped == "" and "n\n0  1" in ran.output


@confined
def test_no_file_of_the_course_or_the_kit_is_in_reach(tmp_path: Path) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("SECRET")
    looked = [
        str(secret),
        str(Path(__file__)),
        sandbox.__file__,
        "/etc/passwd",
        "/etc/shadow",
        str(Path.home()),
        "/home",
    ]
    code = f"import os\nx = [p for p in {looked!r} if os.path.isfile(p) or os.path.isdir(p) and os.listdir(p)]"
    found = _value(_run(code))
    assert isinstance(found, list)
    assert [p for p in found if not str(p).startswith(str(Path.home()))] == []  # Python itself may lie in the home
    written = "x = []\nimport sys\nfor p in ['/x', '/usr/x', sys.prefix + '/x', sys.base_prefix + '/x', '/box/x']:\n"
    assert _value(_run(f"{written}    try:\n        open(p, 'w')\n        x.append(p)\n    except OSError: pass")) == []


@confined
def test_no_network_no_environment_no_process_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "SECRET")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = _run(f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)")
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "OSError" in ran.errors["a"] or "Error" in ran.errors["a"]
    assert "SECRET" not in str(_value(_run("import os\nx = str(dict(os.environ))")))
    assert _value(_run("import os\nx = [os.getpid(), len([p for p in os.listdir('/proc') if p.isdigit()])]")) == [1, 1]
    assert _value(_run("import os\nx = [os.getuid() != 0, os.system('mount -t tmpfs x /mnt 2>/dev/null') != 0]")) == [
        True,
        True,
    ]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("code", "stopped"),
    [
        (
            "from signal import *\nfor s in (SIGALRM, SIGPROF): signal(s, SIG_IGN)\nwhile True: pass",
            "time",
        ),
        ("while True: print('x' * 100_000)", "output"),
        ("import os\nos._exit(0)", "ended"),
        ("held = []\nwhile True: held.append(b'x' * (20 << 20))", "memory"),
    ],
)
def test_what_uses_too_much_is_stopped(code: str, stopped: str, level: str) -> None:
    started = time.monotonic()
    ran = _run(code, seconds=2, memory=300, level=level)
    assert time.monotonic() - started < 60
    assert ran.data == {}
    assert ran.stopped == stopped or "MemoryError" in ran.errors.get("a", "")
    assert len(ran.output) <= sandbox.KEPT_OUTPUT


@pytest.mark.parametrize("level", LEVELS)
def test_detached_processes_end_too(level: str) -> None:
    mark = f"left-behind-{os.getpid()}-{level}"
    detach = (
        "import os, sys\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', {mark!r}])\n"
        "    os._exit(0)\n"
        "import time\ntime.sleep(0.5)\nx = 1\n"
    )
    assert _value(_run(detach, level=level)) == 1
    assert not _alive(mark)
    _run(f"{detach}import os\nos._exit(0)", level=level)
    assert not _alive(mark)


@confined
def test_a_loop_ends_with_its_cell_and_the_next_goes_on() -> None:
    ran = run([Run("a", "while True: pass", 1), Run("b", "x = 2", 1), Take("q", "x")], {}, Limits(seconds=2))
    assert (_value(ran), ran.errors["a"], ran.stopped) == (2, "error:TimeoutError: more than 1 s", "")


@confined
def test_processes_and_files_are_bounded() -> None:
    forks = "import os, time\nx = 0\ntry:\n    while True:\n        if os.fork() == 0:\n"
    forks += "            time.sleep(20)\n        x += 1\n"
    assert 0 < int(str(_value(_run(f"{forks}except OSError: pass", memory=8192)))) < confine.PROCESSES
    assert "No space left" in _run("open('big', 'wb').write(b'x' * (300 << 20))").errors["a"]


@confined
def test_an_ordinary_user_is_confined_as_well() -> None:
    if os.geteuid() != 0 or not shutil.which("setpriv") or not Path("/usr/bin/python3").exists():
        return  # then the other tests have run as an ordinary user, or there is no way to become one
    top = Path(f"/tmp/csworkshop-test-{os.getpid()}")
    box = top / "s" / "box"
    try:
        for folder in (box / "work", box / "tmp"):
            folder.mkdir(parents=True)
        shutil.copyfile(confine.__file__, top / "confine.py")
        say = "import os; print(os.getuid(), os.getpid(), os.path.exists('/tmp/x'), os.listdir('/'))"
        (box / "inside.py").write_text(say)
        subprocess.run(["chown", "-R", "12345:12345", top], check=True)
        see = [p for p in ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null") if os.path.lexists(p)]
        spec = {
            "level": "namespaces", "scratch": str(top / "s"), "python": "/usr/bin/python3", "hide": [], "see": see,
            "memory_mb": 500, "seconds": 5, "files_mb": 10,
        }  # fmt: skip
        user = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups"]
        command = [*user, "/usr/bin/python3", "-I", str(top / "confine.py"), json.dumps(spec)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=60)
    finally:
        shutil.rmtree(top)
    if done.returncode == confine.CANNOT:  # such a system gives namespaces to root alone, and says why
        assert done.stderr
        return
    assert done.stdout.startswith("12345 1 False"), done
    assert "root" not in done.stdout


def test_lines_that_code_forges_are_only_data() -> None:
    ran = Ran()
    text = (
        '[]\n{"name": 1}\nnot json\n{"name": "q", "data": {"kind": "number", "value": 1}}\n{"name": "q", "data": 2}\n'
    )
    assert not sandbox._sort(text + "[" * 100_000, ran)
    assert ran.data == {"q": '{"kind": "number", "value": 1}'}


def test_what_a_system_cannot_give_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no network" in sandbox.Means("namespaces").text("en")
    for system, word in (("linux", "namespaces"), ("darwin", "macOS"), ("win32", "Windows")):
        monkeypatch.setattr(sys, "platform", system)
        assert word in sandbox.Means("limits", "x").text("en") and "网" in sandbox.Means("limits", "x").text("zh")
