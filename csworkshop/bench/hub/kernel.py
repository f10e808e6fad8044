"""A kernel on somebody's server, talked to as a browser does: through the websocket, the studio's messages included."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Message = dict[str, Any]
SECONDS = 240.0  # a class's kernels start at once, on few cores


class KernelFailed(Exception):
    """A cell raised an error, or the kernel gave no answer. One line."""


@dataclass
class Kernel:
    """One kernel behind an open websocket (`websocket.WebSocket`)."""

    socket: Any
    _session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def run(self, code: str) -> list[Message]:
        """Run a cell; returns its messages on iopub. KernelFailed if it raises."""
        asked = self._send("execute_request", {"code": code, "silent": False, "store_history": True})
        heard: list[Message] = []

        def done(message: Message) -> bool:
            if message["parent_header"].get("msg_id") != asked or message["channel"] != "iopub":
                return False
            heard.append(message)
            return bool(message["msg_type"] == "status" and message["content"]["execution_state"] == "idle")

        self._hear(done, "a cell to end")
        for message in heard:
            if message["msg_type"] == "error":
                content = message["content"]
                raise KernelFailed(f"{content['ename']}: {content['evalue']}")
        return heard

    def printed(self, code: str) -> str:
        """Run a cell; returns what it printed."""
        return "".join(m["content"]["text"] for m in self.run(code) if m["msg_type"] == "stream")

    def widget(self, code: str) -> str:
        """Run a cell that shows a widget; returns its model's id."""
        kind = "application/vnd.jupyter.widget-view+json"
        shown = [m["content"]["data"] for m in self.run(code) if m["msg_type"] in ("display_data", "execute_result")]
        found = [data[kind]["model_id"] for data in shown if kind in data]
        if not found:
            raise KernelFailed(f"no widget was shown by: {code}")
        return str(found[-1])

    def answer(self, model: str, text: str) -> Message:
        """Write `text` into the studio as its browser side does; returns its last marks. KernelFailed if not saved."""
        client = uuid.uuid4().hex[:8]
        self._tell(model, {"kind": "hello", "client": client})
        welcome = self._told(model, lambda c: c["kind"] == "welcome" and c["client"] == client)
        about = {"client": client, "seq": 1, "revision": welcome["revision"], "restore": False}
        self._tell(model, {"kind": "edit", "text": text, **about})
        marks: Message = {}

        def acknowledged(content: Message) -> bool:
            if content["kind"] == "result" and content.get("client") == client:
                marks.update(content["marks"])
            return bool(content["kind"] == "ack" and content["client"] == client)

        ack = self._told(model, acknowledged)
        if ack["state"] != "saved":
            raise KernelFailed(f"the studio did not save: {ack['state']} {ack['why']}")
        return marks

    def close(self) -> None:
        self.socket.close()

    def _tell(self, model: str, content: Message) -> None:
        self._send("comm_msg", {"comm_id": model, "data": {"method": "custom", "content": content}})

    def _told(self, model: str, wanted: Callable[[Message], bool]) -> Message:
        """Wait for a custom message of a widget."""
        found: list[Message] = []

        def mine(message: Message) -> bool:
            data = message["content"].get("data", {})
            if message["msg_type"] != "comm_msg" or message["content"]["comm_id"] != model:
                return False
            if data.get("method") == "custom" and wanted(data["content"]):
                found.append(data["content"])
            return bool(found)

        self._hear(mine, "the studio")
        return found[0]

    def _send(self, kind: str, content: Message) -> str:
        identity = uuid.uuid4().hex
        header = {
            "msg_id": identity, "msg_type": kind, "session": self._session, "username": "", "version": "5.3",
            "date": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        whole = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "buffers": []}
        self.socket.send(json.dumps({**whole, "channel": "shell"}))
        return identity

    def _hear(self, done: Callable[[Message], bool], what: str) -> None:
        from websocket import WebSocketTimeoutException

        until = time.monotonic() + SECONDS
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                raw = self.socket.recv()
            except WebSocketTimeoutException:
                break
            if isinstance(raw, bytes):  # a message with buffers; none of ours is one
                continue
            if done(json.loads(raw)):
                return
        raise KernelFailed(f"waited {SECONDS:g} s in vain for {what}")
