"""A trainee's kernel as JupyterLab drives it: cells are run, and the widgets' messages go both ways over the wire.

Nothing of the kit runs here but in the kernel: what a browser would send (`comm_msg`, on a subshell as JupyterLab has
them) is sent, what a browser would get is received.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import csworkshop

Message = dict[str, Any]
PATIENCE = 120.0  # seconds for a kernel to begin or a cell to run on a busy machine
SCREENS = "csworkshop.screens."


class CellFailed(Exception):
    """A cell of the lesson raised; the message is the kernel's."""


class Kernel:
    """One kernel in a trainee's workspace. All methods belong to one event loop."""

    def __init__(self, workspace: Path, **environment: str) -> None:
        self.workspace, self.environment = workspace, environment
        self.widgets: dict[str, str] = {}  # exercise, or name of a screen's class -> comm
        self._heard: dict[str, Callable[[Message], None]] = {}  # comm -> who listens
        self._idle: dict[str, asyncio.Future[str]] = {}  # request -> what went wrong in it, "" if nothing
        self._errors: dict[str, str] = {}
        self._subshell: str | None = None
        self._listening: asyncio.Task[None] | None = None
        self._client: Any = None

    async def start(self) -> None:
        from jupyter_client.manager import AsyncKernelManager

        own = {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(_checkout()), os.environ.get("PYTHONPATH", "")])),
            "IPYTHONDIR": str(self.workspace / ".ipython"),
        }
        self._manager: Any = AsyncKernelManager(kernel_name="python3")
        with (self.workspace / "kernel.log").open("wb") as log:
            environment = {**os.environ, **own, **self.environment}
            await self._manager.start_kernel(cwd=str(self.workspace), env=environment, stdout=log, stderr=log)
        self._client = self._manager.client()
        self._client.start_channels(stdin=False, hb=False)
        await self._client.wait_for_ready(timeout=PATIENCE)
        self._listening = asyncio.create_task(self._listen())
        await self._ask_for_subshell()

    @property
    def pid(self) -> int:
        return int(self._manager.provisioner.pid)

    async def run(self, code: str) -> None:
        """Run a cell; CellFailed if it raises."""
        wrong = await self._done(self._client.execute(code))
        if wrong:
            raise CellFailed(f"{self.workspace.name}: {wrong}")

    def listen(self, widget: str, listener: Callable[[Message], None]) -> None:
        """Hand the custom messages of a widget to `listener`."""
        self._heard[self.widgets[widget]] = listener

    def tell(self, widget: str, message: Message) -> str:
        """A custom message to a widget; the request's id."""
        return self._send(widget, {"method": "custom", "content": message})

    async def tell_and_wait(self, widget: str, message: Message) -> None:
        """A custom message, and until the kernel has worked it off; CellFailed where it raised."""
        wrong = await self._done(self.tell(widget, message))
        if wrong:
            raise CellFailed(f"{self.workspace.name}, {widget}, {message['kind']}: {wrong}")

    def change(self, widget: str, **traits: Any) -> str:
        """Traits that the browser's half changed."""
        return self._send(widget, {"method": "update", "state": traits, "buffer_paths": []})

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
        if self._client is not None:
            self._client.stop_channels()
            await self._manager.shutdown_kernel(now=False)

    def _send(self, widget: str, data: Message) -> str:
        message = self._client.session.msg("comm_msg", {"comm_id": self.widgets[widget], "data": data})
        if self._subshell is not None:
            message["header"]["subshell_id"] = self._subshell
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    async def _ask_for_subshell(self) -> None:
        """JupyterLab sends widgets' messages to a subshell where the kernel has them."""
        request = self._client.session.msg("create_subshell_request")
        self._client.control_channel.send(request)
        reply = await self._client.get_control_msg(timeout=PATIENCE)
        self._subshell = reply["content"].get("subshell_id")

    async def _done(self, request: str) -> str:
        future = self._idle.setdefault(request, asyncio.get_running_loop().create_future())
        try:
            return await asyncio.wait_for(future, PATIENCE)
        finally:
            self._idle.pop(request, None)

    async def _listen(self) -> None:
        while True:
            message = await self._client.get_iopub_msg()
            kind, content = message["msg_type"], message["content"]
            parent = message["parent_header"].get("msg_id", "")
            if kind == "comm_msg" and content["data"].get("method") == "custom":
                listener = self._heard.get(content["comm_id"])
                if listener is not None:
                    listener(content["data"]["content"])
            elif kind == "comm_open" and content.get("target_name") == "jupyter.widget":
                self._opened(content)
            elif kind == "error":
                self._errors[parent] = f"{content['ename']}: {content['evalue']}"
            elif kind == "stream" and content.get("name") == "stderr" and "Traceback" in content["text"]:
                self._errors[parent] = content["text"][-2000:]  # how a widget's callback that raised is told
            elif kind == "status" and content["execution_state"] == "idle":
                wrong = self._errors.pop(parent, "")
                if parent in self._idle and not self._idle[parent].done():
                    self._idle[parent].set_result(wrong)

    def _opened(self, content: Message) -> None:
        state = content["data"].get("state", {})
        shown = state.get("content", {})
        name = str(state.get("_anywidget_id", ""))
        if name.startswith(SCREENS):
            self.widgets[name.rpartition(".")[2]] = content["comm_id"]
        elif isinstance(shown, dict) and "id" in shown:
            self.widgets[str(shown["id"])] = content["comm_id"]


def lesson_cells(notebook: Path) -> list[str]:
    """The code cells of a lesson, as "run all cells" would run them."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _checkout() -> Path:
    return Path(csworkshop.__file__).resolve().parents[1]
