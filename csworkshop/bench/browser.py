"""A real JupyterLab and a real Chromium, away from the user's own settings. For measurements and for browser tests."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-color-profile=srgb"
).split()
TOKEN = "browser"
LOCALES = {"zh": "zh_CN", "en": "default"}
PATIENCE = 90.0
_COUNT = itertools.count()


def chromium() -> str | None:
    """Path of the system's Chromium or Chrome; CSWORKSHOP_CHROMIUM names another one."""
    named = os.environ.get("CSWORKSHOP_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return named or next((path for name in names if (path := shutil.which(name))), None)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright (extra `test`)."""
    from playwright.sync_api import sync_playwright  # an extra: not everybody who has the kit has it

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


class Lab:
    """JupyterLab in a process of its own, on `root`, with all its settings below `home`. A context manager.

    `config` holds further lines of jupyter_server_config.py, `environment` further variables for server and kernels.
    """

    def __init__(
        self,
        root: Path,
        home: Path,
        *,
        lang: str = "zh",
        config: str = "",
        arguments: Sequence[str] = (),
        environment: dict[str, str] | None = None,
    ) -> None:
        self.root, self.home, self.lang = root, home, lang
        self.config, self.arguments, self.environment = config, arguments, environment or {}
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Lab:
        self.root.mkdir(parents=True, exist_ok=True)
        self._write_settings()
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *self.arguments]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=self.root, env=self._environment(), stdout=log, stderr=log)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and its kernels."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def address(self, path: str = "lab") -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={TOKEN}"

    def write_notebook(self, name: str, *cells: str) -> Path:
        """A notebook of code cells in the lab's folder."""
        code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        notebook = {
            "cells": [{**code, "id": f"cell-{n}", "source": source} for n, source in enumerate(cells)],
            "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook), "utf-8")
        return path

    def set_theme(self, dark: bool) -> None:
        """The theme of pages that are opened from now on."""
        theme = {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"}
        self._setting("apputils-extension", "themes", theme)

    def _write_settings(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._setting("translation-extension", "plugin", {"locale": LOCALES[self.lang]})
        self._setting("apputils-extension", "notification", {"fetchNews": "false", "checkForUpdates": False})
        self.set_theme(dark=False)
        config = self.home / "config"
        config.mkdir(exist_ok=True)
        lines = [
            "c = get_config()",
            f"c.ServerApp.port = {self.port}",
            "c.ServerApp.port_retries = 0",
            f"c.IdentityProvider.token = {TOKEN!r}",
            f"c.ServerApp.root_dir = {str(self.root)!r}",
            "c.ServerApp.kernel_websocket_connection_class = 'csworkshop.lab.nodelay.NoDelayConnection'",
            "c.LabApp.expose_app_in_browser = True",
            "c.LabApp.extension_manager = 'readonly'",
            self.config,
        ]
        (config / "jupyter_server_config.py").write_text("\n".join(lines) + "\n", "utf-8")

    def _setting(self, extension: str, plugin: str, values: dict[str, Any]) -> None:
        path = self.home / "settings" / "@jupyterlab" / extension / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), "utf-8")

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
        own = {
            "HOME": self.home,
            "JUPYTER_CONFIG_DIR": self.home / "config",
            "JUPYTER_DATA_DIR": self.home / "data",
            "JUPYTER_RUNTIME_DIR": self.home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": self.home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": self.home / "workspaces",
            "IPYTHONDIR": self.home / "ipython",
            "CSWORKSHOP_LANG": self.lang,
            # A checkout works without being installed.
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]).strip(
                ":"
            ),
        }
        return inherited | {k: str(v) for k, v in own.items()} | self.environment

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + PATIENCE
        assert self._process
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended at once:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")
            try:
                with urllib.request.urlopen(self.address("api/status"), timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise TimeoutError(f"JupyterLab did not answer:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")


class NotebookPage:
    """One browser tab with a notebook of the lab."""

    def __init__(self, page: Any, lab: Lab, name: str) -> None:
        self.page, self.lab, self.name = page, lab, name

    def open(self) -> NotebookPage:
        """Open the notebook and wait until its kernel is there."""
        # A workspace of its own: JupyterLab would open what was open in the tab before.
        place = f"lab/workspaces/{next(_COUNT)}/tree/{quote(self.name)}"
        self.page.goto(self.lab.address(place), wait_until="commit")
        self._ready()
        return self

    def reload(self) -> None:
        self.page.reload(wait_until="commit")
        self._ready()

    def run(self, command: str = "notebook:run-all-cells") -> None:
        """Run a command of JupyterLab's."""
        self.page.evaluate("name => { window.jupyterapp.commands.execute(name) }", command)

    def restart_kernel(self) -> None:
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def _ready(self) -> None:
        self.page.wait_for_function(_READY, timeout=PATIENCE * 1000)


# The notebook is open, its cells are there, and its kernel is waiting for work.
_READY = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  if (!panel?.context?.isReady || !panel.content?.widgets?.length) return false;
  return panel.sessionContext?.session?.kernel?.status === "idle";
}"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
