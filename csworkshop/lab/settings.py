"""The settings of the lab's Jupyter server, written into the workspace at every start.

The lab reads its configuration from the workspace alone: what someone has set in a Jupyter of their own is neither
changed nor obeyed here. Settings that a trainee makes in the lab are kept in the workspace, too.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import zmq

from csworkshop.lab.workspace import hidden_folder

LOCALES = {"zh": "zh_CN", "en": "default"}
LOG = "server.log"
LOG_LIMIT = 2_000_000  # bytes; a longer log of earlier starts is thrown away
NBGRADER = "nbgrader.server_extensions"
# Half of nbgrader is the instructor's: none of it is switched on for a trainee, the rest only with an exchange.
TRAINEE_PARTS = ("assignment_list", "validate_assignment")
INSTRUCTOR_PARTS = ("formgrader", "course_list")
NGSHARE = "ngshare"  # in the place of an exchange folder: the service that carries assignments on Kubernetes
NGSHARE_LINES = ("from csworkshop.grading.ngshare import use_ngshare", "use_ngshare(c)")


def write_settings(
    workspace: Path,
    *,
    lang: str,
    exchange: Path | None,
    course: str | None,
    teaching: Path | None = None,
    student: str | None = None,
    more: dict[str, dict[str, Any]] | None = None,
) -> Path:
    """Write all configuration files; returns the folder they are in, Jupyter's configuration folder.

    `teaching` is an instructor's course folder, which lies in the workspace: formgrader is switched on for it.
    `student` is the name to hand in under, where it isn't the account's. `more` is merged into the server's
    configuration, class by class.
    """
    hidden = hidden_folder(workspace)
    folder = hidden / "jupyter"
    log = hidden / LOG
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.unlink()
    config = server_config(workspace, folder, log, exchange is not None)
    if teaching is not None:
        config["ServerApp"]["jpserver_extensions"][f"{NBGRADER}.formgrader"] = True
    for name, traits in (more or {}).items():
        config[name] = {**config.get(name, {}), **traits}
    _write_json(folder / "jupyter_server_config.json", config)
    _write_json(folder / "lab-settings" / "overrides.json", lab_overrides(lang))
    disabled = _disabled(exchange is not None, teaching)
    _write_json(folder / "lab-settings" / "page_config.json", {"disabledExtensions": disabled})
    nbgrader = folder / "nbgrader_config.py"
    if exchange is None:
        nbgrader.unlink(missing_ok=True)
    else:
        lines = _nbgrader_config(workspace, exchange, course, teaching)
        if student and not teaching:
            lines.append(f"c.CourseDirectory.student_id = {student!r}")
        nbgrader.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def use_settings(folder: Path) -> None:
    """Make this process, and the kernels it starts, read their Jupyter configuration from `folder` first."""
    os.environ["JUPYTER_CONFIG_DIR"] = str(folder)
    # In a virtual environment its own configuration would win over JUPYTER_CONFIG_DIR, but not over this.
    paths = [path for path in os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep) if path]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(folder), *(p for p in paths if p != str(folder))])
    # Our kernel, and not one of the same name in someone's home.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


def server_config(workspace: Path, folder: Path, log: Path, with_exchange: bool) -> dict[str, Any]:
    """Configuration of the server and of JupyterLab in it."""
    on = {f"{NBGRADER}.{part}": with_exchange for part in TRAINEE_PARTS}
    off = {f"{NBGRADER}.{part}": False for part in INSTRUCTOR_PARTS}
    return {
        "ServerApp": {
            "root_dir": str(workspace),
            "jpserver_extensions": on | off,
            "kernel_websocket_connection_class": "csworkshop.lab.nodelay.NoDelayConnection",
            "allow_root": True,  # in a container one often is, and JupyterLab would refuse
            # A browser that came as a snap may not read hidden folders, where the page that hides the token would lie.
            "use_redirect_file": not sys.platform.startswith("linux"),
        },
        # What goes between server and kernel is encrypted where it can be: other users of a computer can't read along.
        "KernelManager": {"transport_encryption": "auto" if zmq.has("curve") else "disabled"},
        # Only to the file: in a newcomer's terminal our own few lines would drown.
        "Application": {"logging_config": _logging(log)},
        "LabApp": {
            "app_settings_dir": str(folder / "lab-settings"),
            "user_settings_dir": str(folder / "user-settings"),
            "workspaces_dir": str(folder / "layouts"),
            "news_url": None,
            "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
            "extension_manager": "readonly",  # the other kind asks the network about every extension
        },
    }


def lab_overrides(lang: str) -> dict[str, Any]:
    """JupyterLab's defaults for a trainee: their language, no question about news, no search for updates."""
    return {
        "@jupyterlab/translation-extension:plugin": {"locale": LOCALES[lang]},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    }


def _disabled(with_exchange: bool, teaching: Path | None) -> list[str]:
    if not with_exchange:
        return ["@jupyter/nbgrader"]
    parts = ("course-list",) if teaching else ("formgrader", "course-list", "create-assignment")
    return [f"@jupyter/nbgrader:{part}" for part in parts]


def _logging(log: Path) -> dict[str, Any]:
    plain = {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    to_file = {"class": "logging.FileHandler", "filename": str(log), "encoding": "utf-8", "formatter": "plain"}
    loggers = ("ServerApp", "LabApp", "JupyterNotebookApp")  # an application logs under its class's name
    return {
        "formatters": {"plain": plain},
        "handlers": {"file": to_file},
        "loggers": {name: {"handlers": ["file"], "level": "INFO"} for name in loggers},
    }


def _nbgrader_config(workspace: Path, exchange: Path, course: str | None, teaching: Path | None) -> list[str]:
    lines = [
        "# Written by `csworkshop lab` at every start: change the command's options instead.",
        "c = get_config()  # noqa: F821",
        # formgrader grades as the course's own settings say, which let no code of a trainee's run
        *([f"load_subconfig('nbgrader_config.py', {str(teaching)!r})  # noqa: F821"] if teaching else []),
        *([f"c.CourseDirectory.root = {str(teaching)!r}"] if teaching else []),
        *(NGSHARE_LINES if str(exchange) == NGSHARE else [f"c.Exchange.root = {str(exchange)!r}"]),
        f"c.Exchange.cache = {str(hidden_folder(workspace) / 'nbgrader-cache')!r}",
        # nbgrader would fetch into the folder that the lab was started from.
        f"c.Exchange.assignment_dir = {str(workspace)!r}",
    ]
    if course and not teaching:
        lines.append(f"c.CourseDirectory.course_id = {course!r}")
    return lines


def _write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
