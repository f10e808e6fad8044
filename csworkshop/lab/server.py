"""`csworkshop lab`: JupyterLab on the trainee's workspace."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from csworkshop.exercises.library import COURSE_ID
from csworkshop.lab.settings import LOG, use_settings, write_settings
from csworkshop.lab.workspace import HOME, Change, bring_lessons, default_workspace, first_lesson, hidden_folder
from csworkshop.text.language import default_language, say

PORT = 8888


def run(
    workspace: Path | None = None,
    *,
    port: int | None = None,
    open_browser: bool = True,
    lang: str | None = None,
    exchange: Path | None = None,
    course: str | None = COURSE_ID,
    host: str = "127.0.0.1",
) -> int:
    """Bring the lessons into the workspace and serve JupyterLab on it until Ctrl+C. Returns the exit status.

    With `exchange`, an existing nbgrader exchange folder, trainees fetch and submit assignments in the lab,
    those of `course` (None: of every course there). If `port` (default 8888) is taken, another one is used.
    """
    lang = lang or default_language()
    folder = (workspace or default_workspace()).expanduser().resolve()
    if exchange is not None:
        exchange = exchange.expanduser().resolve()
        if not (exchange.is_dir() and os.access(exchange, os.W_OK | os.X_OK)):
            print(say("lab.no_exchange", lang, folder=exchange), file=sys.stderr)
            return 2
    try:
        changes = bring_lessons(folder, lang=lang)
        settings = write_settings(folder, lang=lang, exchange=exchange, course=course)
    except OSError as error:
        print(say("lab.cannot_write", lang, folder=folder, reason=error.strerror or error), file=sys.stderr)
        return 2
    print(say("lab.workspace", lang, folder=folder))
    for change in changes:
        print("  " + change.sentence(lang))
    print(say("lab.starting", lang), flush=True)
    os.environ["CSWORKSHOP_LANG"] = lang  # kernels inherit it
    use_settings(settings)
    page = landing_page(settings, changes)
    try:
        _serve(page, port=port or PORT, host=host, open_browser=open_browser and has_screen(), lang=lang)
    except SystemExit as error:  # that's how Jupyter's applications give up
        if error.code not in (None, 0):
            print(say("lab.server_failed", lang, log=hidden_folder(folder) / LOG), file=sys.stderr)
            return 1
    print("\n" + say("lab.stopped", lang, folder=folder))
    return 0


def _serve(page: str, *, port: int, host: str, open_browser: bool, lang: str) -> None:
    """Serve until it is stopped. SystemExit if it cannot start."""
    from jupyterlab.labapp import LabApp  # after use_settings: it reads Jupyter's folders when it is imported

    server = LabApp.initialize_server(
        [
            f"--ServerApp.port={port}",
            f"--ServerApp.ip={host}",
            f"--ServerApp.open_browser={open_browser}",
            f"--LabApp.default_url={page}",
        ]
    )

    def announce() -> None:
        if server.port != port:
            print(say("lab.port_taken", lang, port=port, other=server.port))
        token = server.identity_provider.token
        shown = "127.0.0.1" if host in ("", "*", "0.0.0.0", "::") else host
        address = f"http://{shown}:{server.port}{page}" + (f"?token={token}" if token else "")
        print(say("lab.address" if open_browser else "lab.address_only", lang), f"\n    {address}\n", sep="\n")
        print(say("lab.how_to_stop", lang), flush=True)

    server.io_loop.add_callback(announce)  # after Jupyter's own first callback, which opens the port
    _stop_on_ctrl_c(server)
    server.start()


def _stop_on_ctrl_c(server: Any) -> None:
    """Stop at the first Ctrl+C, kernels included. Jupyter itself asks first; without a terminal it leaves kernels."""

    def stop(signum: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second one doesn't wait for kernels
        server.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)


def landing_page(settings: Path, changes: Sequence[Change]) -> str:
    """The page to open: the first of the lessons that are new, for who has been here the home page.

    What was open when they left is there too; JupyterLab brings it back beside the page.
    """
    new = [change.file for change in changes if change.kind == "new" and change.file.endswith(".ipynb")]
    been_here = any((settings / "layouts").glob("*"))
    lesson = new[0] if new else HOME if been_here else first_lesson()
    return f"/lab/tree/{quote(lesson)}" if lesson else "/lab"


def has_screen() -> bool:
    """Whether a browser could show itself here. Without one Python would start a text browser in this terminal."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"))
