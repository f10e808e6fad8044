"""The Kubernetes values: what the charts accept, what JupyterHub knows, and what each person's server is told."""

from __future__ import annotations

import base64
import copy
import importlib.util
import re
import sys
import types
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from traitlets.config import Config

from csworkshop.grading.course import course_init
from csworkshop.grading.ngshare import write_files
from csworkshop.grading.settings import trust
from csworkshop.text.shipped import content

HERE = Path(__file__).parent
PLACE = content() / "deploy" / "kubernetes"
CHARTS = {"values.yaml": "z2jh_values.schema.yaml", "ngshare.yaml": "ngshare_values.schema.yaml"}


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.mark.parametrize("name", CHARTS)
def test_the_chart_accepts_the_values(name: str) -> None:
    schema = _read(HERE / CHARTS[name])
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(_read(PLACE / name))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("singleuser.extraEnvironment", {}), ("singleuser.memory.limits", "1G"), ("singleuser.extraEnv.X", 1),
        ("singleuser.image.tag", 0.1), ("singleuser.storage.type", "none at all"), ("hub.extraconfig", {}),
        ("hub.networkPolicy.ingres", []), ("cull.minutes", 5), ("hub.loadRoles.user.scopes", "self"), ("jupyter", {}),
    ],
)  # fmt: skip
def test_what_the_chart_would_refuse_fails_here_too(path: str, value: object) -> None:
    values = copy.deepcopy(_read(PLACE / "values.yaml"))
    *way, last = path.split(".")
    inner = values
    for name in way:
        inner = inner[name]
    inner[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, _read(HERE / CHARTS["values.yaml"]))


def test_the_two_charts_speak_of_one_ngshare() -> None:
    hub, ngshare = _read(PLACE / "values.yaml"), _read(PLACE / "ngshare.yaml")
    assert hub["hub"]["services"]["ngshare"] == {"url": "http://ngshare:8080"}, "tokens aren't in files"
    assert "hub_api_token" not in ngshare["ngshare"]
    assert set(ngshare["ngshare"]["admins"]) == set(hub["hub"]["config"]["Authenticator"]["admin_users"])
    assert not set(hub["custom"]["instructors"]) & set(ngshare["ngshare"]["admins"])


@pytest.mark.skipif(sys.platform == "win32", reason="JupyterHub needs Linux or macOS")
def test_the_hub_knows_the_scopes() -> None:
    from jupyterhub.roles import get_default_roles
    from jupyterhub.scopes import _check_scopes_exist

    roles = _read(PLACE / "values.yaml")["hub"]["loadRoles"]
    for name, role in roles.items():
        _check_scopes_exist(role["scopes"], who_for=name)
        (usual,) = (r["scopes"] for r in get_default_roles() if r["name"] == name)
        assert set(usual) <= set(role["scopes"]), "a role that is given anew must keep what it had"
        assert "access:services!service=ngshare" in role["scopes"]


def test_instructors_get_their_course_and_trainees_none(monkeypatch: pytest.MonkeyPatch) -> None:
    values = _read(PLACE / "values.yaml")
    chart = types.ModuleType("z2jh")  # of the chart's hub image; get_config reads the values

    def get_config(path: str, default: object = None) -> object:
        found = values
        for name in path.split("."):
            found = found.get(name, {})
        return found or default

    chart.get_config = get_config  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "z2jh", chart)
    config = Config()
    (code,) = values["hub"]["extraConfig"].values()
    exec(compile(code, "10-teaching.py", "exec"), {"c": config})

    class Person:
        def __init__(self, name: str) -> None:
            self.user, self.environment = types.SimpleNamespace(name=name), {}

    for name, folder in (("teacher", "~/class1"), ("alice", "")):
        person = Person(name)
        config.Spawner.pre_spawn_hook(person)
        assert person.environment == {"CSWORKSHOP_TEACHING": folder}


def test_the_server_is_ours_and_is_told_what_it_reads() -> None:
    from csworkshop.lab import hub_server

    single = _read(PLACE / "values.yaml")["singleuser"]
    assert single["cmd"][-2:] == ["-m", "csworkshop.lab.hub_server"]
    assert importlib.util.find_spec(single["cmd"][-1])
    read = set(re.findall(r"CSWORKSHOP_\w+", hub_server.__doc__ or ""))
    assert {name for name in single["extraEnv"] if name.startswith("CSWORKSHOP_")} <= read
    docker = (PLACE / "Dockerfile").read_text("utf-8")
    assert "--no-deps ngshare_exchange==" in docker and "-c /src/constraints.txt" in docker
    assert f'CMD ["{single["cmd"][0]}"' in docker and "USER 1000" in docker


def test_a_workspace_with_ngshare(tmp_path: Path) -> None:
    from csworkshop.lab.settings import write_settings

    folder = write_settings(tmp_path, lang="zh", exchange=Path("ngshare"), course="csworkshop")
    text = (folder / "nbgrader_config.py").read_text("utf-8")
    assert "use_ngshare(c)" in text and "Exchange.root" not in text and "c.Exchange.assignment_dir" in text


def test_a_course_with_ngshare_keeps_its_collector(tmp_path: Path) -> None:
    course_init(tmp_path / "c", exchange="ngshare")
    text = (tmp_path / "c" / "course_settings.py").read_text("utf-8")
    compile(text, "course_settings.py", "exec")
    assert "use_ngshare(c)" in text and "Exchange.root" not in text

    class Careful:
        checks_paths = True

    config = Config()
    config.ExchangeFactory.collect = Careful
    trust(config, tmp_path / "c")
    assert config.ExchangeFactory.collect is Careful
    config.ExchangeFactory.collect = object
    trust(config, tmp_path / "c")
    assert config.ExchangeFactory.collect == "csworkshop.grading.exchange.CollectPlainFiles"


def test_what_comes_through_ngshare_is_written_below_its_folder_or_not_at_all(tmp_path: Path) -> None:
    def file(path: object, raw: bytes = b"x") -> dict[str, Any]:
        return {"path": path, "content": base64.b64encode(raw).decode()}

    target = tmp_path / "submitted" / "eve" / "m2"
    bad = [
        "../../../course_settings.py", "/etc/passwd", "a/../../b", "..", "", "a\0b", "..\\b", "x" * 300,
        "/".join("abcdefghij"),
    ]  # fmt: skip
    good = ["m2.ipynb", "sub/notes.txt", "answers.json", "timestamp.txt"]
    odd = [{"path": "no-content"}, {"path": "n", "content": "???"}, {"path": "m", "content": 7}, file(None)]
    huge = file("huge.bin", b"0" * (9 << 20))
    refused = write_files([*map(file, bad), huge, *map(file, good), *odd], target)
    there = {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}
    assert set(good) <= there and "None" not in there and set(bad) - {""} <= set(refused)
    assert [p for p in tmp_path.rglob("*") if p.is_file() and not p.is_relative_to(target)] == []
    many = write_files([file(f"{n:04d}") for n in range(700)] + [file("answers.json")], tmp_path / "many")
    assert len(many) == 201 and (tmp_path / "many" / "answers.json").exists()
