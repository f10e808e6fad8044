"""Take everything away from this process that a trainee's code should not have, then become that code's process.

A script of its own (`python -I confine.py SPEC`), standard library only. With `level` "namespaces" (Linux) the code
sees a file system of its own: Python and the system's libraries, read-only, and a small folder in memory; no network
device; no process but its own, and all of them end with the first. With "limits" there are only limits, and
descendants are killed as far as the system lets them be found. Exit status 97: the level can't be had here.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import shutil
import signal
import stat
import sys
from pathlib import Path
from typing import Any

CANNOT = 97
OUTSIDER = 64123  # uid and gid of the code where we are root: nobody else's
PROCESSES, OPEN_FILES, INODES = 64, 256, 20_000
_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
)  # fmt: skip
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_PDEATHSIG, _NO_NEW_PRIVS, _SUBREAPER = 1, 38, 36
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
_MOUNT_SETATTR = 442


def main(spec: dict[str, Any]) -> int:
    """Confine and run; returns the exit status of the code's process."""
    if spec["level"] == "namespaces":
        try:
            return _in_namespaces(spec)
        except (OSError, KeyError, AttributeError) as error:  # no such call, or not permitted
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return CANNOT
    return _with_limits(spec)


def _in_namespaces(spec: dict[str, Any]) -> int:
    libc, root, uid, gid = ctypes.CDLL(None, use_errno=True), os.geteuid() == 0, os.geteuid(), os.getegid()
    _call(libc.prctl, _PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # the grader's end is ours
    spaces = _NEWNS | _NEWUTS | _NEWIPC | _NEWPID | _NEWNET
    _call(libc.unshare, spaces if root else spaces | _NEWUSER)
    if not root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    child = os.fork()  # the first process of the new process space: when it ends, the system kills all others in it
    if child == 0:
        try:
            os.setsid()  # a signal to its own group reaches nobody else
            _call(libc.prctl, _PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            _own_files(libc, spec, OUTSIDER if root else uid)
            if root:
                os.setgroups([])
                os.setresgid(OUTSIDER, OUTSIDER, OUTSIDER)
                os.setresuid(OUTSIDER, OUTSIDER, OUTSIDER)
                _call(libc.prctl, _PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # changing the user has cleared it
            _call(libc.prctl, _NO_NEW_PRIVS, 1, 0, 0, 0)
            _become(spec, "/box")
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(CANNOT)
    return _status(os.waitpid(child, 0)[1])


def _own_files(libc: Any, spec: dict[str, Any], owner: int) -> None:
    """Swap the file system for a new one that holds `spec["see"]` read-only and /box, with the scratch files in it."""
    new = Path(spec["scratch"]) / "root"
    new.mkdir()
    _mount(libc, None, "/", None, _REC | _PRIVATE)
    _mount(libc, "tmpfs", new, "tmpfs", _NOSUID | _NODEV, "size=1m,mode=755")
    for path in map(Path, spec["see"]):
        inside = new / path.relative_to("/")
        if inside.exists() or inside.is_symlink():
            continue
        inside.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            inside.symlink_to(os.readlink(path))
            continue
        inside.mkdir() if path.is_dir() else inside.touch()
        _mount(libc, path, inside, None, _BIND | _REC)
        _only_read(libc, inside, devices=stat.S_ISCHR(path.stat().st_mode))
    for path in map(Path, spec["hide"]):
        inside = new / path.relative_to("/")
        if inside.is_dir():
            _mount(libc, "tmpfs", inside, "tmpfs", _RDONLY | _NOSUID | _NODEV, "size=4k,mode=755")
    box = new / "box"
    box.mkdir()
    _mount(libc, "tmpfs", box, "tmpfs", _NOSUID | _NODEV, f"size={spec['files_mb']}m,nr_inodes={INODES},mode=755")
    shutil.copytree(Path(spec["scratch"]) / "box", box, dirs_exist_ok=True)
    for folder, names, files in os.walk(box):
        for name in [*names, *files]:
            os.chown(Path(folder, name), owner, owner if owner == OUTSIDER else -1)
    for link in ("tmp", "dev/shm"):
        (new / link).parent.mkdir(exist_ok=True)
        if not (new / link).exists():  # Python or the kit may lie in there; TMPDIR names the scratch folder anyway
            (new / link).symlink_to("/box/tmp")
    (new / "proc").mkdir()
    with contextlib.suppress(OSError):  # not inside some containers; Python can do without
        _mount(libc, "proc", new / "proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    old = new / "old"
    old.mkdir()
    _call(libc.syscall, _PIVOT_ROOT[platform.machine()], str(new).encode(), str(old).encode())
    os.chdir("/")
    _call(libc.umount2, b"/old", 2)
    os.rmdir("/old")
    _mount(libc, None, "/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)


def _only_read(libc: Any, path: Path, devices: bool) -> None:
    """Make the mount at `path` and all below it read-only (Linux 5.12)."""
    attributes = (ctypes.c_uint64 * 4)(1 | 2 | (0 if devices else 4), 0, 0, 0)  # read-only, nosuid, nodev
    recursive, here = 0x8000, -100
    _call(libc.syscall, _MOUNT_SETATTR, here, str(path).encode(), recursive, attributes, ctypes.sizeof(attributes))


def _with_limits(spec: dict[str, Any]) -> int:
    """No confinement but limits; at the end every descendant that can be found is killed."""
    linux = sys.platform == "linux"
    if linux:
        _call(ctypes.CDLL(None, use_errno=True).prctl, _SUBREAPER, 1, 0, 0, 0)  # detached children come to us
    if sys.platform == "win32":
        import subprocess

        box = Path(spec["scratch"]) / "box"
        return subprocess.call([spec["python"], "-I", "-B", box / "inside.py"], cwd=box / "work", env=_environment(box))

    def end(*_: object) -> None:
        _kill_all(child)
        os._exit(128 + signal.SIGTERM)

    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _become(spec, str(Path(spec["scratch"]) / "box"))
    signal.signal(signal.SIGTERM, end)
    status = _status(os.waitpid(child, 0)[1])
    _kill_all(child)
    return status


def _kill_all(child: int) -> None:
    """Kill the child's group, then on Linux whatever has us for a parent or ancestor, until nothing is left."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    for _ in range(200 if sys.platform == "linux" else 0):
        for pid in _descendants(os.getpid()):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        signal.sigtimedwait([signal.SIGCHLD], 0.01)


def _descendants(ancestor: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    found: list[int] = []
    level = {ancestor}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found += level
    return found


def _become(spec: dict[str, Any], box: str) -> None:
    """Set the limits and become the Python that runs the cells, with nothing of our environment."""
    import resource

    memory, files = spec["memory_mb"] << 20, spec["files_mb"] << 20
    seconds = int(spec["seconds"]) + 1
    limits = {
        "RLIMIT_AS": memory + (1 << 30),  # libraries reserve much that they never touch; the grader watches the rest
        "RLIMIT_CPU": seconds, "RLIMIT_FSIZE": files, "RLIMIT_NOFILE": OPEN_FILES, "RLIMIT_CORE": 0,
    }  # fmt: skip
    if spec["level"] == "namespaces":
        limits["RLIMIT_NPROC"] = PROCESSES  # counts a user's processes: elsewhere that would be the instructor's
    for name, most in limits.items():
        _, hard = resource.getrlimit(getattr(resource, name))
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):  # macOS knows some of them in name only
            resource.setrlimit(getattr(resource, name), (allowed, allowed))
    os.chdir(f"{box}/work")
    os.umask(0o077)
    os.execve(spec["python"], [spec["python"], "-I", "-B", f"{box}/inside.py"], _environment(Path(box)))


def _environment(box: Path) -> dict[str, str]:
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TZ") if name in os.environ}
    own = {name: str(box / "tmp") for name in ("HOME", "TMPDIR", "TEMP", "MPLCONFIGDIR", "IPYTHONDIR", "USERPROFILE")}
    return kept | one | own | {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}


def _status(waited: int) -> int:
    code = os.waitstatus_to_exitcode(waited)
    return code if code >= 0 else 128 - code


def _mount(libc: Any, what: Any, where: Any, kind: str | None, flags: int, options: str = "") -> None:
    words = [None if w is None else str(w).encode() for w in (what, where, kind)]
    _call(libc.mount, *words, ctypes.c_ulong(flags), options.encode() or None)


def _call(function: Any, *arguments: Any) -> None:
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), *[a.decode() for a in arguments if isinstance(a, bytes)][:1])


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
