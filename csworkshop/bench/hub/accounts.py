"""Accounts of the operating system for a class that exists for a few minutes, and programs run as one of them.

As root, each person gets an account of their own, made by `useradd` and removed afterwards: permissions are then the
real ones. Otherwise all are the account that measures, under different names, and permissions between them show
nothing.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import csworkshop


@dataclass(frozen=True)
class Account:
    """Someone of the class. `own` says whether they have an account of the operating system."""

    name: str
    home: Path
    own: bool

    def run(self, arguments: Sequence[str], enter: Sequence[str] = (), **more: str) -> str:
        """Run a program as this person, in their home; returns what it printed. RuntimeError if it fails.

        `enter` is the command that goes into the place where the kit can be read (see `way_in`).
        """
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", **more}
        environment |= {"LOGNAME": self.name, "USER": self.name}
        command = list(arguments)
        if self.own:
            command = ["runuser", "-u", self.name, "--", *command]
        done = subprocess.run(
            [*enter, *command], cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout + done.stderr


def may_make_accounts() -> bool:
    """Whether people can have accounts of their own here."""
    tools = all(shutil.which(tool) for tool in ("useradd", "userdel", "runuser"))
    return sys.platform.startswith("linux") and os.geteuid() == 0 and tools


@contextlib.contextmanager
def accounts(names: Sequence[str], homes: Path) -> Iterator[list[Account]]:
    """Accounts by these names with homes below `homes`; those of the operating system are removed at the end."""
    own = may_make_accounts()
    made: list[Account] = []
    try:
        for name in names:
            home = homes / name
            if own:
                subprocess.run(
                    ["useradd", "--create-home", "--home-dir", str(home), "--shell", "/bin/bash", "--user-group", name],
                    check=True, capture_output=True,
                )  # fmt: skip
                os.chmod(home, 0o700)
            else:
                home.mkdir(mode=0o700, parents=True)
            made.append(Account(name, home, own))
        yield made
    finally:
        for account in made:
            if account.own:
                _end_processes(account.name)
                subprocess.run(["userdel", "--remove", account.name], check=False, capture_output=True)


def _end_processes(name: str) -> None:
    """End what still runs under an account that we made, so that it can be removed."""
    import psutil  # type: ignore[import-untyped]

    uid = pwd.getpwnam(name).pw_uid
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.uids().real == uid:
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=10)


def way_in(scratch: Path, also: Sequence[Path] = ()) -> list[str]:
    """The command in front of programs that run as other accounts, so that they can read the kit and its Python.

    Nothing where they can already. Where the kit lies in a folder that only root may enter (a checkout in somebody's
    home), a mount namespace of the program's own, in which that folder holds the kit, and `also`, alone.
    """
    needed = [Path(csworkshop.__file__).resolve().parents[1], Path(sys.prefix), Path(sys.base_prefix)]
    if os.geteuid() != 0 or not any(map(_first_closed, needed)):
        return []
    wanted = [*needed, *also]  # where /root is hidden, what root has there has to be shown as well
    outer = [p for p in dict.fromkeys(wanted) if not any(p != q and p.is_relative_to(q) for q in wanted)]
    hidden = [top for top in map(_first_closed, outer) if top is not None]
    shown = [p for p in outer if any(p.is_relative_to(top) for top in hidden)]
    stash, lines = scratch / "kit", ["set -e"]
    entries = [entry for path in shown for entry in sorted(path.iterdir()) if entry.name != ".git"]
    entries = [entry for entry in entries if not entry.is_symlink()]
    for number, entry in enumerate(entries):
        make = "mkdir -p" if entry.is_dir() else "touch"
        place = _quoted(stash / str(number))
        lines += [f"mkdir -p {_quoted(stash)}", f"{make} {place}", f"mount --bind {_quoted(entry)} {place}"]
    for top in dict.fromkeys(hidden):
        lines.append(f"mount -t tmpfs -o mode=755 tmpfs {_quoted(top)}")
    for number, entry in enumerate(entries):
        make = "mkdir -p" if entry.is_dir() else "touch"
        lines += [f"mkdir -p {_quoted(entry.parent)}", f"{make} {_quoted(entry)}"]
        lines.append(f"mount --bind {_quoted(stash / str(number))} {_quoted(entry)}")
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join([*lines, 'exec "$@"']), "sh"]


def _first_closed(path: Path) -> Path | None:
    """The topmost folder on the way to `path`, itself included, that others may not enter."""
    for folder in [*reversed(path.parents), path]:
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def _quoted(path: Any) -> str:
    import shlex

    return shlex.quote(str(path))
