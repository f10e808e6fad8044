"""JupyterHub on one host, for a course with graded assignments. README.md beside this file says how to set it up.

Start it with `jupyterhub -f jupyterhub_config.py`. The values that differ from host to host come from the environment
(a systemd unit's EnvironmentFile, say) or are changed here; everything else is the same everywhere.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub puts it here


def setting(name, default):
    return os.environ.get(f"CSWORKSHOP_HUB_{name}", default)


# --- what differs from host to host ---

STATE = Path(setting("STATE", "/srv/csworkshop/hub"))  # the hub's own database and secrets; 0700, the hub's account's
EXCHANGE = setting("EXCHANGE", "/srv/csworkshop/exchange")  # assignments travel through it; mode 1777
COURSE = setting("COURSE", "/home/teacher/class1")  # made by `csworkshop course init`; the instructor's account's, 0700
COURSE_ID = setting("COURSE_ID", "csworkshop")  # as in the course's course_settings.py
LANGUAGE = setting("LANG", "zh")  # of the interface: zh or en
INSTRUCTORS = set(setting("INSTRUCTORS", "teacher").split())  # accounts, with spaces between them
ADDRESS = setting("ADDRESS", "http://127.0.0.1:8000")  # where browsers come in; see README.md for HTTPS
AUTHENTICATOR = setting("AUTHENTICATOR", "pam")  # or oauthenticator's, nativeauthenticator …; see README.md
TRAINEES = setting("TRAINEES", "csworkshop")  # the operating system's group whose members may log in
IDLE_MINUTES = int(setting("IDLE_MINUTES", "90"))  # a server that nobody uses is stopped after that

# --- the hub ---

STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
c.JupyterHub.bind_url = ADDRESS
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.cleanup_servers = True  # when the hub stops, so do people's servers; nothing is lost by it
c.JupyterHub.concurrent_spawn_limit = 10  # at the start of a lesson everybody comes at once; the others wait
c.JupyterHub.authenticate_prometheus = True

# --- who may log in ---

c.JupyterHub.authenticator_class = AUTHENTICATOR
c.Authenticator.allowed_users = INSTRUCTORS
if AUTHENTICATOR == "pam":
    c.PAMAuthenticator.allowed_groups = {TRAINEES}
# Nobody is an administrator of the hub: administrators may open everybody's server, and grading needs no such right.

# --- everybody's server: as their own account of the operating system, in their own home ---

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [sys.executable, "-P", "-m", "csworkshop.lab.hub_server"]
c.Spawner.start_timeout = 180  # when thirty people come at once, the last wait a while
c.Spawner.http_timeout = 180
c.Spawner.environment = {
    "CSWORKSHOP_EXCHANGE": EXCHANGE,
    "CSWORKSHOP_COURSE_ID": COURSE_ID,
    "CSWORKSHOP_LANG": LANGUAGE,
    # Only a hint which buttons to show: what an account may read, the folders' permissions say.
    "CSWORKSHOP_TEACHING": lambda spawner: COURSE if spawner.user.name in INSTRUCTORS else "",
    # One thread each: twenty kernels that all take every core would only get into each other's way.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

# --- servers that nobody uses are stopped; answers are in files, so nothing is lost ---

c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_MINUTES * 60}"],
    }
]
