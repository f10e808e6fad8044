"""JupyterHub's proxy, configurable-http-proxy: the one on PATH, else one installed by npm into a cache folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROXY = "configurable-http-proxy"
VERSIONS = ((20, "5.3.0"), (10, "4.6.3"))  # the newest that runs on a Node.js of at least that version


class NoProxy(Exception):
    """There is no proxy, and none can be installed. One sentence."""


def proxy_command() -> list[str]:
    """The command that starts the proxy; NoProxy if there is none and npm can't install it."""
    found = shutil.which(PROXY)
    if found:
        return [found]
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise NoProxy("JupyterHub's proxy needs Node.js: apt install nodejs npm")
    version = next((v for least, v in VERSIONS if _major(node) >= least), None)
    if version is None:
        raise NoProxy(f"{node} is too old for JupyterHub's proxy; Node.js 20 or newer is best")
    place = _cache() / f"{PROXY}-{version}"
    script = place / "node_modules" / PROXY / "bin" / PROXY
    if not script.is_file():
        _install(npm, place, version)
    return [node, str(script)]


def _install(npm: str, place: Path, version: str) -> None:
    from filelock import FileLock

    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / ".lock"):
        command = [npm, "install", "--prefix", str(place), "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run([*command, f"{PROXY}@{version}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoProxy(f"npm could not install {PROXY} {version}: {last}")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "csworkshop"


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.strip().lstrip("v").split(".")[0])
