"""What a JupyterHub starts for each person (`python -P -m csworkshop.lab.hub_server`): lessons, settings, the server.

Runs as that person. The hub says the rest by the environment, as deploy/jupyterhub/jupyterhub_config.py sets it:

    CSWORKSHOP_EXCHANGE   nbgrader's exchange folder, or the word ngshare; without it assignments are switched off
    CSWORKSHOP_COURSE_ID  the course's name in the exchange
    CSWORKSHOP_TEACHING   an instructor's course folder; formgrader is switched on for it
    CSWORKSHOP_WORKSPACE  where the person works (default: ~/csworkshop-workspace)
    CSWORKSHOP_LANG       zh or en

It grants nothing: what someone may read and write is what the host's accounts and the folders' permissions say.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csworkshop.lab.server import landing_page
from csworkshop.lab.settings import use_settings, write_settings
from csworkshop.lab.workspace import bring_lessons, default_workspace
from csworkshop.text.language import default_language, say

KERNEL_HOURS = 2  # a kernel that nobody has used that long ends; words are in the answer file, so nothing is lost
# nbgrader's formgrader shows itself in a frame of JupyterLab's page, which JupyterHub forbids by default.
FRAMES = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}


def prepare(environment: Mapping[str, str]) -> Path:
    """Bring the lessons and write this person's settings; returns the folder of the settings. OSError if it can't."""
    os.umask(0o077)  # many hosts let everybody read new files
    lang = default_language()
    workspace = Path(environment.get("CSWORKSHOP_WORKSPACE") or default_workspace()).expanduser().resolve()
    exchange = environment.get("CSWORKSHOP_EXCHANGE")
    changes = bring_lessons(workspace, lang=lang)
    os.chmod(workspace, 0o700)  # what nbgrader fetches may be read by everybody, and so might an older workspace
    teaching = _in_workspace(workspace, environment.get("CSWORKSHOP_TEACHING"))
    more: dict[str, dict[str, Any]] = {
        "MappingKernelManager": {"cull_idle_timeout": KERNEL_HOURS * 3600, "cull_interval": 300},
    }
    if teaching:
        more["ServerApp"] = {"tornado_settings": FRAMES}
    settings = write_settings(
        workspace, lang=lang, exchange=Path(exchange) if exchange else None, teaching=teaching, more=more,
        course=environment.get("CSWORKSHOP_COURSE_ID") or None, student=_other_name(environment),
    )  # fmt: skip
    os.environ.setdefault("JUPYTERHUB_DEFAULT_URL", landing_page(settings, changes))
    return settings


def _in_workspace(workspace: Path, course: str | None) -> Path | None:
    """The course folder as it is seen from the workspace: linked into it, since formgrader opens nothing outside.

    None without a course, or before `csworkshop course init` has made it: without the settings in it, nbgrader would
    grade in its own way.
    """
    if not course or not os.access(Path(course).expanduser() / "nbgrader_config.py", os.R_OK):
        return None
    folder = Path(course).expanduser()
    if folder.resolve().is_relative_to(workspace):
        return folder.resolve()
    link = workspace / folder.name
    if not os.path.lexists(link):
        link.symlink_to(folder)
    return link


def _other_name(environment: Mapping[str, str]) -> str | None:
    """The hub's name for this person where the account has another: nbgrader would hand in under the account's."""
    import pwd

    name = environment.get("JUPYTERHUB_USER")
    return name if name and name != pwd.getpwuid(os.getuid()).pw_name else None


def main() -> int:
    """Serve, until the hub stops it; 1 if the person's folder can't be used."""
    try:
        settings = prepare(os.environ)
    except OSError as error:
        print(say("hub.cannot_start", None, reason=error), file=sys.stderr)
        return 1
    use_settings(settings)
    from jupyterhub.singleuser import main as serve  # after use_settings: it reads Jupyter's folders on import

    serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
