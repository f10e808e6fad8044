"""A browser tab that shows a widget, as far as messages go."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from csworkshop.widgets.saved import SavedExercise


class Screen:
    """A browser tab, as far as messages go."""

    def __init__(self, widget: SavedExercise, client: str = "tab1") -> None:
        self.widget, self.client, self.seq, self.revision = widget, client, 0, 0
        self.welcome = self.ask("hello")[0]
        self.revision = self.welcome["revision"]

    def ask(self, kind: str, **content: Any) -> list[dict[str, Any]]:
        """Send a message; what Python sent while it was handled."""
        return sent(self.widget, lambda: self._deliver(kind, content))

    def _deliver(self, kind: str, content: dict[str, Any]) -> None:
        # As the browser would: through JSON, by the widget's message callbacks.
        message = json.loads(json.dumps({"kind": kind, "client": self.client, **content}))
        self.widget._handle_custom_msg(message, [])

    def type(self, text: str, **more: Any) -> dict[str, Any]:
        """Type a text; its acknowledgement. The rules' first answer and the result come first, as they must."""
        self.seq += 1
        first, result, ack, *others = self.ask("edit", seq=self.seq, text=text, revision=self.revision, **more)
        for answer in (first, result):
            assert (answer["kind"], answer["seq"], answer["client"]) == ("result", self.seq, self.client)
        assert (ack["kind"], ack["seq"], ack["client"]) == ("ack", self.seq, self.client)
        if ack["state"] != "failed":
            self.revision = ack["revision"]
        self.result, self.others = result, others
        return ack


def sent(widget: SavedExercise, action: Callable[[], object]) -> list[dict[str, Any]]:
    """What Python sent to the browser during the action."""
    messages: list[dict[str, Any]] = []

    def record(content: dict[str, Any], buffers: object = None) -> None:
        json.dumps(content, ensure_ascii=False).encode()  # every message must be one that can be sent
        messages.append(content)

    old = widget.send
    widget.send = record  # type: ignore[method-assign]
    try:
        action()
    finally:
        widget.send = old  # type: ignore[method-assign]
    return messages
