"""A JupyterHub for a few minutes: the project's own configuration, with ports, folders and passwords of its own.

What is changed is only what has to be: where it listens and keeps things, the proxy's command, and who may log in with
what password, since accounts made for minutes have none. Everything else is deploy/jupyterhub/jupyterhub_config.py.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from csworkshop.bench.hub.accounts import Account, accounts, may_make_accounts, way_in
from csworkshop.bench.hub.proxy import proxy_command
from csworkshop.exercises.library import COURSE_ID
from csworkshop.text.shipped import content

START_SECONDS = 120
STOP_SECONDS = 60


@dataclass
class Site:
    """A running hub at `address`; `password` lets everybody in. `teacher`'s course folder is `course`."""

    folder: Path
    teacher: Account
    trainees: list[Account]
    enter: list[str]
    port: int
    course_id: str = COURSE_ID
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    @property
    def course(self) -> Path:
        return self.teacher.home / "class1"

    @property
    def log(self) -> Path:
        return self.folder / "hub.log"

    def instructor(self, *arguments: str) -> str:
        """A `csworkshop` command as the instructor's account; what it printed."""
        return self.teacher.run([sys.executable, "-P", "-m", "csworkshop", *arguments], self.enter)


@contextlib.contextmanager
def hub(trainees: int, lang: str = "zh") -> Iterator[Site]:
    """A hub for an instructor and so many trainees; stopped, and everything of it removed, at the end.

    NoProxy where its proxy can't be had, RuntimeError with the end of its log where it doesn't start.
    """
    proxy = proxy_command()
    mark = secrets.token_hex(2)
    names = [f"csw{mark}t", *(f"csw{mark}s{n:02d}" for n in range(1, trainees + 1))]
    # where everybody may go, which a TMPDIR need not be
    folder = Path(tempfile.mkdtemp(prefix="csworkshop-hub-", dir="/tmp" if may_make_accounts() else None))
    os.chmod(folder, 0o755)
    try:
        with accounts(names, folder / "home") as (teacher, *others):
            site = Site(folder, teacher, others, way_in(folder, [Path(proxy[-1]).parents[3]]), _free_port())
            site.exchange.mkdir()
            os.chmod(site.exchange, 0o1777)
            config = folder / "hub_config.py"
            config.write_text(_config(site, proxy), "utf-8")
            os.chmod(config, 0o600)
            with _running(site, config, lang):
                yield site
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _config(site: Site, proxy: list[str]) -> str:
    shipped = content() / "deploy" / "jupyterhub"
    names = {site.teacher.name, *(t.name for t in site.trainees)}
    lines = [
        "c = get_config()",
        f"load_subconfig('jupyterhub_config.py', {str(shipped)!r})",
        f"c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{_free_port()}'",
        f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{_free_port()}'",
        f"c.ConfigurableHTTPProxy.command = {proxy!r}",
        f"c.SharedPasswordAuthenticator.user_password = {site.password!r}",
        f"c.Authenticator.allowed_users = {names!r}",
    ]
    if not may_make_accounts():
        lines.append("c.JupyterHub.spawner_class = 'jupyterhub.spawner.SimpleLocalProcessSpawner'")
        lines.append(f"c.SimpleLocalProcessSpawner.home_dir_template = {str(site.folder / 'home' / '{username}')!r}")
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def _running(site: Site, config: Path, lang: str) -> Iterator[None]:
    settings = {
        "STATE": site.folder / "state", "EXCHANGE": site.exchange, "COURSE": site.course, "LANG": lang,
        "COURSE_ID": site.course_id, "INSTRUCTORS": site.teacher.name, "ADDRESS": site.address,
        "AUTHENTICATOR": "shared-password",
    }  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "HOME": str(site.folder), "LANG": "C.UTF-8"}
    environment |= {f"CSWORKSHOP_HUB_{name}": str(value) for name, value in settings.items()}
    command = [*site.enter, sys.executable, "-P", "-m", "jupyterhub", "-f", str(config)]
    with site.log.open("w") as log:
        process = subprocess.Popen(
            command, cwd=site.folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait_until_up(site, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)  # the hub stops people's servers and its proxy
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_up(site: Site, process: subprocess.Popen[bytes]) -> None:
    import requests

    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{site.address}/hub/login", timeout=10).ok:
                return
        time.sleep(0.2)
    last = "\n".join(site.log.read_text("utf-8", "replace").splitlines()[-15:])
    raise RuntimeError(f"the hub did not start; the end of its log:\n{last}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
