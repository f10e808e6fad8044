"""Someone at the hub, by HTTP alone: log in, start the server, open a notebook, hand in, fetch the page, log out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from csworkshop.bench.hub.kernel import Kernel

SECONDS = 300.0


class HubFailed(Exception):
    """The hub or somebody's server answered otherwise than it should. One line."""


class Visitor:
    """A person's browser: cookies, and the addresses it goes to."""

    def __init__(self, address: str, name: str, password: str) -> None:
        import requests

        self.address, self.name, self._password = address, name, password
        self._web = requests.Session()

    def log_in(self) -> None:
        """Through the login form."""
        self._get("/hub/login")
        form = {"username": self.name, "password": self._password, "_xsrf": self._token("/hub/")}
        answer = self._web.post(f"{self.address}/hub/login?next=%2Fhub%2Fhome", data=form, timeout=SECONDS)
        if not answer.ok or "/hub/login" in answer.url:
            raise HubFailed(f"{self.name} could not log in: {answer.status_code} {answer.url}")

    landed = ""  # the page that the server opens first

    def start(self) -> None:
        """Start the server, or find it running, wait until it is ready, and open its page."""
        until = time.monotonic() + SECONDS
        while True:
            answer = self._hub("POST", f"users/{self.name}/server")
            if answer.status_code == 400 and "already running" in answer.text:
                break
            if answer.status_code not in (429, 503):  # many start at once: the hub says when to come again
                break
            if time.monotonic() > until:
                raise HubFailed(f"{self.name}: no turn to start within {SECONDS:g} s")
            time.sleep(min(float(answer.headers.get("Retry-After", 2)), 5))
        if answer.status_code not in (201, 202, 400):
            raise HubFailed(f"{self.name}: the server does not start: {answer.status_code} {answer.text[:200]}")
        while not self._ready():
            if time.monotonic() > until:
                raise HubFailed(f"{self.name}: the server is not ready within {SECONDS:g} s")
            time.sleep(0.3)
        self.landed = str(self._get(f"/user/{self.name}/").url).removeprefix(self.address)

    def assignments(self, action: str, course: str, assignment: str) -> list[dict[str, Any]]:
        """nbgrader's own `fetch`, `submit` or `fetch_feedback`; the list of assignments as it then is."""
        told = self._own(
            "POST", f"assignments/{action}", json={"course_id": course, "assignment_id": assignment}
        ).json()
        if not told["success"]:
            raise HubFailed(f"{self.name}: {action} {assignment}: {told['value']}")
        return list(told["value"])

    def open(self, path: str) -> tuple[Kernel, list[str]]:
        """Open a notebook with a kernel of its own; returns the kernel and the notebook's code cells."""
        from websocket import create_connection

        notebook = self._own("GET", f"api/contents/{quote(path)}").json()["content"]
        about = {"path": path, "name": path.rsplit("/", 1)[-1], "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self._own("POST", "api/sessions", json=about).json()["kernel"]["id"]
        own = f"/user/{self.name}/"
        where = f"{self.address.replace('http', 'ws', 1)}{own}api/kernels/{kernel}/channels"
        socket = create_connection(
            f"{where}?_xsrf={self._token(own)}", cookie=self._cookies(own), origin=self.address, timeout=SECONDS
        )
        return Kernel(socket), [c["source"] for c in notebook["cells"] if c["cell_type"] == "code"]

    def file(self, path: str) -> str:
        """A text file of one's own, as the file browser reads it."""
        return str(self._own("GET", f"api/contents/{quote(path)}?content=1&type=file&format=text").json()["content"])

    def files(self, path: str) -> list[str]:
        """Names in one of one's own folders."""
        return sorted(entry["name"] for entry in self._own("GET", f"api/contents/{quote(path)}").json()["content"])

    def own_json(self, path: str) -> Any:
        """JSON at an address of one's own server, such as formgrader's."""
        return self._own("GET", path).json()

    def headers(self, path: str) -> Mapping[str, str]:
        """Headers of a page of one's own server, whatever their letters' case."""
        found: Mapping[str, str] = self._own("GET", path).headers
        return found

    def status_at(self, path: str) -> int:
        """The status that the hub's proxy gives for any path, redirects followed."""
        return int(self._web.get(self.address + path, timeout=SECONDS).status_code)

    def log_out(self) -> None:
        """Log out; the server goes on until nobody has used it for a while, as the hub does it."""
        self._get("/hub/logout")
        self._web.cookies.clear()

    def _ready(self) -> bool:
        server = self._server()
        if server is None:
            raise HubFailed(f"{self.name}: the server has stopped; the hub's log says why")
        return bool(server["ready"])

    def _server(self) -> dict[str, Any] | None:
        answer = self._hub("GET", f"users/{self.name}")
        if not answer.ok:
            raise HubFailed(f"{self.name}: {answer.status_code} {answer.text[:200]}")
        found: dict[str, Any] | None = answer.json()["servers"].get("")
        return found

    def _hub(self, method: str, path: str) -> Any:
        headers = {"X-XSRFToken": self._token("/hub/"), "Referer": f"{self.address}/hub/home"}
        return self._web.request(method, f"{self.address}/hub/api/{path}", headers=headers, timeout=SECONDS)

    def _own(self, method: str, path: str, **more: Any) -> Any:
        own = f"/user/{self.name}/"
        headers = {"X-XSRFToken": self._token(own), "Referer": f"{self.address}{own}lab"}
        answer = self._web.request(method, self.address + own + path, headers=headers, timeout=SECONDS, **more)
        if not answer.ok:
            raise HubFailed(f"{self.name}: {method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer

    def _get(self, path: str) -> Any:
        answer = self._web.get(self.address + path, timeout=SECONDS)
        if not answer.ok:
            raise HubFailed(f"{self.name}: {path}: {answer.status_code} {json.dumps(answer.text[:200])}")
        return answer

    def _token(self, path: str) -> str:
        """The token against forged requests that belongs to a part of the hub."""
        return next((str(c.value) for c in self._web.cookies if c.name == "_xsrf" and c.path == path), "")

    def _cookies(self, path: str) -> str:
        return "; ".join(f"{c.name}={c.value}" for c in self._web.cookies if path.startswith(c.path))
