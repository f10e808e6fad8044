"""A real JupyterLab, started as `csworkshop lab` starts it and spoken to over HTTP and a kernel's websocket."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import psutil
import pytest
import websocket

from csworkshop.exercises.library import COURSE_ID
from csworkshop.lab.server import run
from csworkshop.lab.workspace import first_lesson

# Runs the lab, and tells what TCP_NODELAY is on a kernel's connection once the connection class has made it.
SCRIPT = """
import socket, sys
from pathlib import Path
from csworkshop.lab import nodelay, server

connect = nodelay.NoDelayConnection.connect
def spy(self):
    result = connect(self)
    stream = self.websocket_handler.ws_connection.stream
    print("nodelay", stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), flush=True)
    return result
nodelay.NoDelayConnection.connect = spy
exchange = Path(sys.argv[4]) if len(sys.argv) > 4 else None
sys.exit(server.run(Path(sys.argv[1]), port=int(sys.argv[2]), lang=sys.argv[3], exchange=exchange))
"""


@dataclass
class Lab:
    process: subprocess.Popen[str]
    output: Path
    workspace: Path
    home: Path
    address: str
    page: str
    token: str

    def get(self, path: str, data: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"token {self.token}"}
        body = None if data is None else json.dumps(data).encode()
        with urlopen(Request(self.address + path, body, headers), timeout=30) as answer:
            text = answer.read().decode()
        return json.loads(text) if "json" in answer.headers["Content-Type"] or text[:1] in "{[" else text

    def defaults(self, plugin: str) -> dict[str, Any]:
        properties = self.get(f"/lab/api/settings/{plugin}")["schema"]["properties"]
        return {key: value.get("default") for key, value in properties.items()}

    def page_config(self) -> dict[str, Any]:
        found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', self.get("/lab"), re.S)
        assert found
        return json.loads(found[1])


def started(folder: Path, lang: str, port: int, exchange: Path | None = None, **more: str) -> Lab:
    """Start a lab with a home of its own that has Jupyter settings which must neither matter nor be changed."""
    home, workspace, output = folder / "home", folder / "我的 练习", folder / "output.txt"
    (home / ".jupyter").mkdir(parents=True)
    own = {"ServerApp": {"port": 1, "allow_root": False, "root_dir": "/nowhere", "base_url": "/other/"}}
    (home / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps(own))
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "DISPLAY", "WAYLAND", "BROWSER"))}
    env |= {"HOME": str(home), "PYTHONUNBUFFERED": "1", **more}
    command = [sys.executable, "-c", SCRIPT, str(workspace), str(port), lang]
    with output.open("w") as sink:
        process = subprocess.Popen(
            command + ([str(exchange)] if exchange else []),
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=subprocess.STDOUT,
            text=True,
        )
    for _ in range(600):
        found = re.search(r"^ +(http://[^/]+)(/\S*)\?token=(\w+)", output.read_text("utf-8"), re.M)
        if found or process.poll() is not None:
            break
        time.sleep(0.1)
    if not found:
        process.kill()
        pytest.fail("the lab did not start: " + output.read_text("utf-8"))
    return Lab(process, output, workspace, home, *found.groups())


def stopped(lab: Lab) -> None:
    if lab.process.poll() is None:
        lab.process.kill()
        lab.process.wait()


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with socket.socket() as taken:  # the port that is asked for is not free
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        lab = started(tmp_path_factory.mktemp("zh"), "zh", taken.getsockname()[1])
    yield lab
    stopped(lab)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """English, with an exchange that has an assignment out, and with a browser that notes what it is told to open."""
    folder = tmp_path_factory.mktemp("en")
    released = folder / "exchange" / COURSE_ID / "outbound" / "m2"
    released.mkdir(parents=True)
    (folder / "exchange" / COURSE_ID / "inbound").mkdir(mode=0o733)
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (released / "m2.ipynb").write_text(json.dumps(notebook))
    browser = folder / "browser.py"
    browser.write_text(f"import sys; open({str(folder / 'opened.txt')!r}, 'w').write(sys.argv[1])")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = started(folder, "en", port, folder / "exchange", BROWSER=f"{sys.executable} {browser} %s")
    yield lab
    stopped(lab)


def execute(lab: Lab, code: str) -> str:
    """Start a kernel, run code in it through its websocket and return what it printed."""
    kernel = lab.get("/api/kernels", {})["id"]
    address = lab.address.replace("http", "ws") + f"/api/kernels/{kernel}/channels?token={lab.token}"
    connection = websocket.create_connection(address, timeout=60)
    header = {"msg_id": "1", "msg_type": "execute_request", "username": "", "session": "1", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    connection.send(json.dumps(message))
    while True:
        answer = json.loads(connection.recv())
        if answer["msg_type"] == "error":
            pytest.fail("\n".join(answer["content"]["traceback"]))
        if answer["msg_type"] == "stream" and answer["content"]["name"] == "stdout":
            connection.close()
            return str(answer["content"]["text"]).strip()


def test_it_speaks_chinese_and_asks_nothing(chinese: Lab) -> None:
    assert chinese.defaults("@jupyterlab/translation-extension:plugin")["locale"] == "zh_CN"
    news = chinese.defaults("@jupyterlab/apputils-extension:notification")
    assert (news["fetchNews"], news["checkForUpdates"]) == ("false", False)
    assert chinese.page_config()["news"] == {"disabled": True}
    assert "重启内核" in json.dumps(chinese.get("/lab/api/translations/zh_CN"), ensure_ascii=False)


def test_it_says_what_it_does_and_where(chinese: Lab) -> None:
    said = chinese.output.read_text("utf-8")
    assert str(chinese.workspace) in said
    assert re.search(r"端口 \d+ 已被占用", said)
    assert "请把这个网址复制到浏览器里打开课程" in said  # there's no screen
    assert "Ctrl+C" in said
    assert "[I " not in said and "WARNING" not in said


def test_it_opens_the_first_lesson_which_is_there(chinese: Lab) -> None:
    lesson = first_lesson()
    assert lesson and chinese.page == f"/lab/tree/{quote(lesson)}"
    assert (chinese.workspace / lesson).is_file()
    assert chinese.get(f"/api/contents/{quote(lesson)}?content=0")["writable"]


def test_it_needs_the_token(chinese: Lab) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(chinese.address + "/api/contents", timeout=30)
    assert refused.value.code == 403


def test_nbgrader_is_off_without_an_exchange(chinese: Lab) -> None:
    with pytest.raises(HTTPError) as missing:
        chinese.get(f"/assignments?course_id={COURSE_ID}")
    assert missing.value.code == 404
    assert "@jupyter/nbgrader" in chinese.page_config()["disabledExtensions"]


def test_settings_of_ones_own_are_neither_obeyed_nor_changed(chinese: Lab) -> None:
    own = chinese.home / ".jupyter"
    assert [path.name for path in own.iterdir()] == ["jupyter_server_config.json"]
    assert chinese.get("/api/contents?content=0")["path"] == ""  # served at / and not at /other/
    setting = json.dumps({"raw": '{"theme": "JupyterLab Dark"}'}).encode()
    address = chinese.address + "/lab/api/settings/@jupyterlab/apputils-extension:themes"
    headers = {"Authorization": f"token {chinese.token}"}
    with urlopen(Request(address, setting, headers, method="PUT"), timeout=30) as answer:
        assert answer.status == 204
    assert list((chinese.workspace / ".csworkshop").rglob("themes.jupyterlab-settings"))
    assert [path.name for path in own.iterdir()] == ["jupyter_server_config.json"]


def test_kernels_answer_without_delay_in_the_right_language_and_end_with_ctrl_c(chinese: Lab) -> None:
    code = "import os, sys; print(os.environ['CSWORKSHOP_LANG'], sys.prefix, os.getpid())"
    language, prefix, pid = execute(chinese, code).rsplit(" ", 2)[-3:]
    assert (language, prefix) == ("zh", sys.prefix)
    assert re.search(r"^nodelay [1-9]", chinese.output.read_text("utf-8"), re.M)

    chinese.process.send_signal(signal.SIGINT)  # its stdin stays open: a question would wait for ever
    assert chinese.process.wait(timeout=60) == 0
    said = chinese.output.read_text("utf-8")
    assert "已结束" in said and "Traceback" not in said
    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE


def test_english_and_a_browser(english: Lab) -> None:
    assert english.defaults("@jupyterlab/translation-extension:plugin")["locale"] == "default"
    assert "The lessons open in your browser" in english.output.read_text("utf-8")
    opened = english.output.parent / "opened.txt"
    for _ in range(100):
        if opened.exists() and opened.read_text():
            break
        time.sleep(0.1)
    # On Linux the address itself, elsewhere a page that leads to it and keeps the token out of the process list.
    assert opened.read_text().startswith(english.address if sys.platform.startswith("linux") else "file:")


def test_with_an_exchange_assignments_are_listed_fetched_and_submitted(english: Lab) -> None:
    assert "@jupyter/nbgrader" not in english.page_config()["disabledExtensions"]
    assert "@jupyter/nbgrader:formgrader" in english.page_config()["disabledExtensions"]
    assert english.get("/courses") == {"success": True, "value": [COURSE_ID]}
    listed = english.get(f"/assignments?course_id={COURSE_ID}")
    assert [(item["assignment_id"], item["status"]) for item in listed["value"]] == [("m2", "released")]

    def ask(verb: str) -> Any:
        address = f"{english.address}/assignments/{verb}?course_id={COURSE_ID}&assignment_id=m2&token={english.token}"
        with urlopen(Request(address, b"", method="POST"), timeout=60) as answer:
            return json.loads(answer.read())

    assert ask("fetch")["success"]
    assert (english.workspace / "m2" / "m2.ipynb").is_file()
    assert ask("submit")["success"]
    exchange = english.output.parent / "exchange"
    assert list((exchange / COURSE_ID / "inbound").glob("*+m2+*/m2.ipynb"))
    assert list((english.workspace / ".csworkshop" / "nbgrader-cache").rglob("m2.ipynb"))


def test_a_missing_exchange_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "desk", exchange=tmp_path / "无", lang="zh") == 2
    assert f"作业交换文件夹不存在或不能写入：{tmp_path / '无'}" in capsys.readouterr().err
    assert not (tmp_path / "desk").exists()


def test_a_workspace_that_cannot_be_made_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file" / "desk", lang="en") == 2
    assert "Choose another one with --workspace" in capsys.readouterr().err
