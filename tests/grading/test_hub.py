"""A class on a real JupyterHub with the shipped configuration: `csworkshop bench hub`, with fewer people."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("JupyterHub needs Linux or macOS", allow_module_level=True)

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from csworkshop.bench.hub import accounts as accounts_module
from csworkshop.bench.hub.accounts import accounts, may_make_accounts, way_in
from csworkshop.bench.hub.command import percentile, report
from csworkshop.bench.hub.day import STEPS, spend
from csworkshop.bench.hub.site import hub
from csworkshop.bench.hub.visitor import HubFailed, Visitor
from csworkshop.exercises.answers import AnswerFile
from csworkshop.grading import course as commands
from csworkshop.grading.owners import forger
from csworkshop.grading.status import handed_in
from csworkshop.text.shipped import content

from .conftest import EXERCISES, HONEST, graded_cell, write_source

PEOPLE = 5
CONFIG = content() / "deploy" / "jupyterhub"


def test_a_class_comes_answers_hands_in_and_gets_its_own_pages_back() -> None:
    with hub(PEOPLE) as site:
        day = spend(site)
        assert day.problems == []
        assert len(day.scores) == PEOPLE and all(0 < score < 40 for score in day.scores.values())
        assert all(len(day.seconds[step]) >= PEOPLE for step in STEPS)
        assert [m for m in day.memory if not (20 < m.server < 600 and 20 < m.kernels < 900)] == []
        assert report(day)[-1].startswith("everybody got their own page")
        _look_around(site)
        names = [site.teacher.name, *(t.name for t in site.trainees)]
    assert not {a.pw_name for a in pwd.getpwall()} & set(names), "the accounts are gone again"
    assert not site.folder.exists()


def _look_around(site: Any) -> None:
    """What a trainee's JupyterLab is: Chinese, the first lesson opened, nothing of the instructor's."""
    stranger = Visitor(site.address, site.trainees[0].name, "a wrong password")
    with pytest.raises(HubFailed, match="could not log in"):
        stranger.log_in()
    web = Visitor(site.address, site.trainees[0].name, site.password)
    web.log_in()
    web.start()
    plugin = web.own_json("lab/api/settings/@jupyterlab/translation-extension:plugin")
    assert plugin["schema"]["properties"]["locale"]["default"] == "zh_CN"
    assert re.fullmatch(r"/user/\w+/lab/tree/m\d.*\.ipynb", web.landed)
    assert "frame-ancestors 'none'" in web.headers("lab")["Content-Security-Policy"]
    assert "m2" in web.files("") and ".csworkshop" not in web.files("")
    workspace = site.trainees[0].home / "csworkshop-workspace"
    if may_make_accounts():
        assert (workspace.stat().st_mode & 0o777, site.course.parent.stat().st_mode & 0o777) == (0o700, 0o700)


def test_every_setting_in_the_configuration_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loaded as JupyterHub does, as it is shipped: classes and traits exist, and not everybody is let in."""
    import jupyterhub.auth
    import jupyterhub.proxy
    import jupyterhub.spawner
    from jupyterhub.app import JupyterHub

    for name in [n for n in os.environ if n.startswith("CSWORKSHOP_HUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CSWORKSHOP_HUB_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("CSWORKSHOP_HUB_INSTRUCTORS", "wang li")
    config = PyFileConfigLoader("jupyterhub_config.py", path=str(CONFIG)).load_config()
    known = {"JupyterHub": JupyterHub, "ConfigurableHTTPProxy": jupyterhub.proxy.ConfigurableHTTPProxy}
    known |= {n: getattr(jupyterhub.auth, n) for n in ("Authenticator", "PAMAuthenticator")}
    known["Spawner"] = jupyterhub.spawner.Spawner
    assert set(config) == set(known)
    for name, cls in known.items():
        assert set(config[name]) <= set(cls.class_trait_names(config=True)), name
    authenticator = jupyterhub.auth.PAMAuthenticator(config=Config(config))
    assert authenticator.allowed_users == {"wang", "li"} and authenticator.allowed_groups == {"csworkshop"}
    assert not authenticator.allow_all and not authenticator.admin_users
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700

    class Person:
        def __init__(self, name: str) -> None:
            self.user = type("User", (), {"name": name})

    teaching = config.Spawner.environment["CSWORKSHOP_TEACHING"]
    assert (teaching(Person("li")), teaching(Person("alice"))) == ("/home/teacher/class1", "")


# --- a submission under somebody else's name ---


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """This account hands in, an account called `daemon` is claimed, and a third, `nobody`, is the instructor's."""
    monkeypatch.setattr("csworkshop.grading.owners.os.getuid", lambda: pwd.getpwnam("nobody").pw_uid)
    return pwd.getpwuid(os.geteuid()).pw_name, "daemon"


def test_only_an_account_of_ones_own_can_be_handed_in_for(three: tuple[str, str]) -> None:
    me, other = three
    uid = os.geteuid()
    assert forger(me, uid) == "" and forger("a name without an account", uid) == ""
    assert forger(other, uid) == me
    assert forger(other, pwd.getpwnam("nobody").pw_uid) == "", "the instructor may, for somebody"
    assert forger(me, 54321) == "account 54321"


def test_what_is_handed_in_under_another_account_is_told_and_left(three: tuple[str, str], tmp_path: Path) -> None:
    me, other = three
    root, exchange = tmp_path / "course", tmp_path / "exchange"
    write_source(root, [graded_cell(e) for e in EXERCISES])
    commands.release("m2", root, exchange=exchange)
    inbound = exchange / "csworkshop" / "inbound"

    def hand_in(name: str, hour: int, text: str) -> None:
        folder = inbound / f"{name}+m2+2026-11-21 {hour}:00:00.0 UTC+abc{hour}"
        folder.mkdir()
        AnswerFile(folder).save(EXERCISES[0], text, 0)
        (folder / "timestamp.txt").write_text(f"2026-11-21 {hour}:00:00.0 UTC")

    hand_in(me, 10, HONEST)
    hand_in(other, 11, "好的。")
    hand_in(other, 12, "好的。")
    done = commands.collect("m2", root, exchange=exchange)
    told = [w for w in done.warnings if "under daemon's name" in w]
    assert len(told) == 2 and all(f"{me} handed this in" in w for w in told)
    assert [p.name for p in (root / "submitted").iterdir()] == [me]
    assert set(handed_in(inbound, "m2")) == {me}

    if os.geteuid() == 0:  # a newer one under this account's name, by daemon: the older, honest one is collected
        hand_in(me, 13, "好的。")
        os.chown(next(inbound.glob(f"{me}+m2+2026-11-21 13*")), pwd.getpwnam(other).pw_uid, -1)
        commands.collect("m2", root, exchange=exchange)
        assert "10:00" in (root / "submitted" / me / "m2" / "timestamp.txt").read_text()
        assert handed_in(inbound, "m2")[me].hour == 10


# --- what the measurement stands on ---


def test_percentiles() -> None:
    assert [percentile([4.0, 1.0, 3.0, 2.0], p) for p in (0, 50, 100)] == [1.0, 2.5, 4.0]
    assert percentile([7.0], 95) == 7.0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A scratch folder that every account may enter, which pytest's own isn't."""
    folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="csworkshop-"))
    os.chmod(folder, 0o755)
    yield folder
    shutil.rmtree(folder)


def test_accounts_are_real_where_they_can_be(open_folder: Path) -> None:
    with accounts(["cswtest1", "cswtest2"], open_folder / "homes") as (first, second):
        user, place = first.run(["sh", "-c", "id -u; pwd"]).split()
        assert Path(place).name == "cswtest1"
        assert (int(user) != os.geteuid()) == may_make_accounts() == second.own
        with pytest.raises(RuntimeError, match="cswtest2: false"):
            second.run(["false"])
    assert "cswtest1" not in {a.pw_name for a in pwd.getpwall()}


@pytest.mark.skipif(not may_make_accounts(), reason="only root can hide a folder from others, and show it to them")
def test_a_kit_in_a_folder_that_only_root_may_enter_is_shown_to_others(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = open_folder / "closed"
    (closed / "kit" / "csworkshop").mkdir(parents=True)
    (closed / "kit" / "csworkshop" / "__init__.py").write_text("print('seen')")
    (closed / "secret").write_text("x")
    os.chmod(closed, 0o700)
    monkeypatch.setattr(accounts_module.csworkshop, "__file__", str(closed / "kit" / "csworkshop" / "__init__.py"))
    enter = way_in(open_folder / "scratch")
    look = f"cat {closed}/kit/csworkshop/__init__.py; ls {closed}"
    command = [*enter, "runuser", "-u", "nobody", "--", "sh", "-c", look]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.stdout.splitlines() == ["print('seen')kit"], said.stderr
    assert sorted(p.name for p in closed.iterdir()) == ["kit", "secret"], "nothing was changed outside"
