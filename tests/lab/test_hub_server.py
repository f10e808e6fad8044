"""What a hub starts for each person: settings by role, in their own folder, closed to others."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("JupyterHub needs Linux or macOS", allow_module_level=True)

from csworkshop.lab.hub_server import prepare


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JUPYTERHUB_DEFAULT_URL", "")
    monkeypatch.delenv("JUPYTERHUB_DEFAULT_URL")
    umask = os.umask(0o022)
    yield
    os.umask(umask)
    os.environ.pop("JUPYTERHUB_DEFAULT_URL", None)


def _prepared(tmp_path: Path, **more: str) -> tuple[dict[str, Any], list[str], str]:
    """Server's configuration, disabled extensions, nbgrader's configuration ("" for none)."""
    folder = prepare({"CSWORKSHOP_WORKSPACE": str(tmp_path / "work"), **more})
    page = json.loads((folder / "lab-settings" / "page_config.json").read_text("utf-8"))
    nbgrader = folder / "nbgrader_config.py"
    config = json.loads((folder / "jupyter_server_config.json").read_text("utf-8"))
    return config, page["disabledExtensions"], nbgrader.read_text("utf-8") if nbgrader.exists() else ""


def test_a_trainee(tmp_path: Path) -> None:
    exchange = {"CSWORKSHOP_EXCHANGE": "/srv/x", "CSWORKSHOP_COURSE_ID": "hotel", "CSWORKSHOP_TEACHING": ""}
    config, disabled, nbgrader = _prepared(tmp_path, **exchange)
    parts = config["ServerApp"]["jpserver_extensions"]
    assert {name.rsplit(".", 1)[1] for name, on in parts.items() if on} == {"assignment_list", "validate_assignment"}
    assert "@jupyter/nbgrader:formgrader" in disabled and "tornado_settings" not in config["ServerApp"]
    assert config["ServerApp"]["kernel_websocket_connection_class"] == "csworkshop.lab.nodelay.NoDelayConnection"
    assert config["MappingKernelManager"]["cull_idle_timeout"] == 7200
    assert "c.Exchange.root = '/srv/x'" in nbgrader and "course_id = 'hotel'" in nbgrader
    assert "student_id" not in nbgrader
    assert os.environ["JUPYTERHUB_DEFAULT_URL"].startswith("/lab/tree/m")
    assert [p for p in (tmp_path / "work", *(tmp_path / "work").rglob("*")) if p.stat().st_mode & 0o077] == []


def test_an_instructor_has_formgrader_on_a_course_seen_from_the_workspace(tmp_path: Path) -> None:
    course = tmp_path / "courses" / "class1"
    course.mkdir(parents=True)
    exchange = {"CSWORKSHOP_EXCHANGE": "/srv/x", "CSWORKSHOP_TEACHING": str(course)}
    config, disabled, nbgrader = _prepared(tmp_path, **exchange)
    assert not config["ServerApp"]["jpserver_extensions"]["nbgrader.server_extensions.formgrader"]
    assert "CourseDirectory.root" not in nbgrader, "no course there yet, no formgrader"

    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    for _ in range(2):
        config, disabled, nbgrader = _prepared(tmp_path, **exchange)
        assert config["ServerApp"]["jpserver_extensions"]["nbgrader.server_extensions.formgrader"]
        assert disabled == ["@jupyter/nbgrader:course-list"]
        headers = config["ServerApp"]["tornado_settings"]["headers"]
        assert headers == {"Content-Security-Policy": "frame-ancestors 'self'"}
        link = tmp_path / "work" / "class1"
        assert link.resolve() == course and f"c.CourseDirectory.root = {str(link)!r}" in nbgrader
        assert f"load_subconfig('nbgrader_config.py', {str(link)!r})" in nbgrader
    (tmp_path / "work" / "inside").mkdir()
    (tmp_path / "work" / "inside" / "nbgrader_config.py").write_text("c = get_config()\n")
    inside = str(tmp_path / "work" / "inside")
    assert f"root = {inside!r}" in _prepared(tmp_path, **{**exchange, "CSWORKSHOP_TEACHING": inside})[2]


def test_one_account_for_several_people_hands_in_under_the_hubs_names(tmp_path: Path) -> None:
    nbgrader = _prepared(tmp_path, CSWORKSHOP_EXCHANGE="/srv/x", JUPYTERHUB_USER="小丽")[2]
    assert "c.CourseDirectory.student_id = '小丽'" in nbgrader


def test_without_an_exchange_assignments_are_off(tmp_path: Path) -> None:
    config, disabled, nbgrader = _prepared(tmp_path)
    assert nbgrader == "" and disabled == ["@jupyter/nbgrader"]
    assert not any(config["ServerApp"]["jpserver_extensions"].values())
