"""Makes the environment `.venv` beside start.py when it's needed, then becomes the command that was asked for.

Standard library only: start.py imports this before anything is installed. Everything printed goes to stderr, as stdout
belongs to the command.

The environment's state is told by two files in it. `csworkshop-ready.json` is there only while it is complete, and says
what it was made from; `csworkshop-half-made` is there while an installation is under way, or was cut off.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from csworkshop.lab.progress import Progress, tell
from csworkshop.lab.troubles import Trouble, explain

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "Scripts" / "python.exe" if os.name == "nt" else VENV / "bin" / "python"
READY = VENV / "csworkshop-ready.json"
HALF_MADE = VENV / "csworkshop-half-made"
LOCK = ROOT / ".start-lock"
LOG = ROOT / ".start-log.txt"
NEEDED = (3, 11)
ROOM = 1_000_000_000  # bytes: 630 MB when installed, and the packages while they are downloaded
COMMAND = "import sys; sys.argv[0] = 'csworkshop'; from csworkshop.cli import main; sys.exit(main())"


def start(words: list[str]) -> int:
    """Set up if need be, then run the command `words`; its exit code."""
    try:
        try:
            prepare({"test"} if words[0] == "test" else set())
        except OSError as error:
            raise explain(str(error), folder=str(ROOT), log=str(LOG)) from error
    except Trouble as trouble:
        tell("", *trouble.sentences)
        return 1
    except KeyboardInterrupt:
        tell("", *Trouble("stopped").sentences)
        return 130
    return hand_over(words)


def hand_over(words: list[str]) -> int:
    """Become the command, so that signals and exit code are its own; on Windows wait for it instead."""
    os.environ["PATH"] = str(PYTHON.parent) + os.pathsep + os.environ.get("PATH", "")
    if words[0] == "test":
        os.chdir(ROOT)
        command = [str(PYTHON), "-m", "pytest", *words[1:]]
    else:
        # -P: a file in the folder one happens to be in must not stand in for a module of ours.
        command = [str(PYTHON), "-P", "-c", COMMAND, *words]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(PYTHON, command)
    child = subprocess.Popen(command)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the child got it too, and decides when it is done
            continue


def prepare(extras: set[str]) -> None:
    """Bring .venv to what pyproject.toml, constraints.txt and `extras` ask for, unless it is there already."""
    if verdict(extras) == "ready":
        return
    with only_one() as lock:
        todo = verdict(extras)  # another start.py may have done it while this one waited
        if todo != "ready":
            set_up(todo, extras, lock)


def verdict(extras: set[str]) -> str:
    """What has to be done: nothing ("ready"), "install" into the environment, or "make" it anew."""
    version = venv_version()
    if HALF_MADE.exists() or version is None or version < NEEDED:
        return "make"
    was = ready()
    if not was:  # made by hand: use it, if it has pip
        return "install" if subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0 else "make"
    if was["folder"] != str(ROOT) or was["python"] != list(version):
        return "make"  # the folder was moved, or the system's Python was replaced under it
    return "ready" if was["inputs"] == inputs() and extras <= set(was["extras"]) else "install"


def venv_version() -> tuple[int, ...] | None:
    """The version (major, minor) of the environment's Python, or None if it doesn't run."""
    command = [str(PYTHON), "-I", "-S", "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(part) for part in shown.split())


def ready() -> dict[str, Any]:
    """What the last complete installation wrote down; {} if there was none or its note was cut off."""
    try:
        return json.loads(READY.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}


def inputs() -> str:
    """A hash of everything that decides what is installed."""
    return hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + b"\0" + (ROOT / "constraints.txt").read_bytes()
    ).hexdigest()


def set_up(todo: str, extras: set[str], lock: IO[str]) -> None:
    """Make the environment or bring it up to date. Trouble says what is in the way."""
    if todo == "make" and shutil.disk_usage(ROOT).free < ROOM:
        raise Trouble("disk")
    was = ready()
    extras = extras | set(was.get("extras", []))
    if was:
        tell("程序有更新,正在重新准备…… · Something has changed since last time; setting up again ...")
    else:
        tell("正在准备运行环境,约需一两分钟,只此一次…… · Setting up; this takes a minute or two, once only ...")
    progress = Progress()
    LOG.write_text("", encoding="utf-8")
    if todo == "make":
        progress.begin("1/3 新建 Python 环境 · making a Python environment")
        clear()
        VENV.mkdir()
        HALF_MADE.touch()
        # Not sys.executable, which may be the very one in .venv that is being replaced.
        base = str(getattr(sys, "_base_executable", sys.executable))
        run([base, "-m", "venv", str(VENV)], progress, lock)
    HALF_MADE.touch()
    READY.unlink(missing_ok=True)

    progress.begin("2/3 下载软件包 · downloading packages")
    # Building here instead of in pip's isolated environment keeps the build tools inside the constraints as well.
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    # Compiling every file of every package would take half as long again; Python compiles those that it imports.
    pip = [str(PYTHON), "-m", "pip", "install", "--no-compile", "--no-warn-script-location", "--progress-bar=off"]
    pip += ["-c", "constraints.txt"]
    run([*pip, *tools, "editables"], progress, lock)
    wish = f".[{','.join(sorted(extras))}]" if extras else "."
    run([*pip, "--no-build-isolation", "-e", wish], progress, lock, counter())
    progress.end()

    note = {"inputs": inputs(), "extras": sorted(extras), "python": venv_version(), "folder": str(ROOT)}
    READY.write_text(json.dumps(note), encoding="utf-8")
    HALF_MADE.unlink()
    tell(f"准备好了,用时 {progress.seconds()} 秒。· Ready after {progress.seconds()} s.")


def counter() -> Callable[[str], str | None]:
    """A function that reads pip's lines one by one and returns a new text for the progress when there is one."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    total = sum(1 for line in lines if line and not line.startswith("#"))
    names: set[str] = set()

    def counted(line: str) -> str | None:
        found = re.match(r"\s*(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line)
        if found:
            names.add(found[1].lower())
            return f"2/3 下载软件包 · downloading packages {min(len(names), total)}/{total}"
        if line.startswith("Installing collected packages"):
            return f"3/3 安装 {line.count(',') + 1} 个软件包 · installing {line.count(',') + 1} packages"
        return None

    return counted


def clear() -> None:
    """Remove an environment that cannot be used, but nothing that isn't one."""
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.is_dir():
        if any(VENV.iterdir()) and not (HALF_MADE.exists() or (VENV / "pyvenv.cfg").exists()):
            raise Trouble("foreign", VENV)
        HALF_MADE.touch()  # so that being cut off here is repaired as well
        for part in VENV.iterdir():
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part)
            elif part != HALF_MADE:
                part.unlink()
        HALF_MADE.unlink()
        VENV.rmdir()
    elif VENV.exists():
        raise Trouble("foreign", VENV)


def run(
    command: list[str], progress: Progress, lock: IO[str], seen: Callable[[str], str | None] = lambda line: None
) -> None:
    """Run one step, its output going to the log and line by line to `seen`. Trouble if it fails."""
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONIOENCODING": "utf-8"}
    # The child shares our lock: when start.py alone is killed, nobody disturbs the pip that it leaves running.
    share: tuple[int, ...] = () if os.name == "nt" else (lock.fileno(),)
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        pass_fds=share,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    last: deque[str] = deque(maxlen=400)

    def listen() -> None:
        assert child.stdout
        for line in child.stdout:
            last.append(line)
            progress.tick(seen(line))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        while listener.is_alive():
            listener.join(1)
            progress.tick()
        code = child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise
    output = "".join(last)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(output)
    if code:
        progress.end()
        trouble = explain(output, folder=str(ROOT), log=str(LOG))
        if trouble.key == "unknown":
            tell(*output.splitlines()[-12:])
        raise trouble


@contextmanager
def only_one() -> Iterator[IO[str]]:
    """Hold this folder's lock. The system frees it when its holders end, so a crash leaves nothing behind."""
    with LOCK.open("a+", encoding="utf-8") as lock:
        told = False
        while not locked(lock):
            if not told:
                tell("另一个窗口正在安装,请稍等…… · Another start.py is setting up; waiting for it ...")
                told = True
            time.sleep(0.3)
        yield lock


def locked(lock: IO[str]) -> bool:
    """True if the lock is ours now, False if another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        lock.seek(0)
        try:
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
