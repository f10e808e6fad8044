"""A language model behind an OpenAI-compatible endpoint: one chat completion, streamed, within a time limit.

Base address, model and key come from the environment; the key goes to that address alone. The standard library's HTTP
client is enough for the one request that there is, and redirects aren't followed.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from socket import socket
from urllib.parse import urlsplit

URL, MODEL, KEY, TIMEOUT = "CSWORKSHOP_LLM_URL", "CSWORKSHOP_LLM_MODEL", "CSWORKSHOP_LLM_KEY", "CSWORKSHOP_LLM_TIMEOUT"
SECONDS = 8.0  # a person waits no longer for a chat line
MOST_BYTES = 64_000
AGAIN = frozenset({429, 500, 502, 503, 504})  # worth a second try
MOST_TOKENS = 300


class EndpointError(Exception):
    """The endpoint can't be used, or gave no answer; the message is one sentence and never holds the key."""


@dataclass(frozen=True)
class Settings:
    """Where the model is: base address (`http://localhost:11434/v1`), its name, the key, and seconds to wait."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = SECONDS


def settings_of_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives; EndpointError says which is missing or wrong."""
    env = os.environ if environment is None else environment
    url, model = env.get(URL, "").strip(), env.get(MODEL, "").strip()
    if not url or not model:
        raise EndpointError(f"set {URL} (such as http://localhost:11434/v1) and {MODEL} to use a language model")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise EndpointError(f"{URL}: must be an address that begins with http:// or https:// (found {url!r})")
    try:
        seconds = float(env.get(TIMEOUT, "") or SECONDS)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 120:
        raise EndpointError(f"{TIMEOUT}: must be seconds from above 0 to 120 (found {env.get(TIMEOUT)!r})")
    return Settings(url.rstrip("/"), model, env.get(KEY, "").strip(), seconds)


Message = Mapping[str, str]


def complete(settings: Settings, messages: Sequence[Message]) -> str:
    """The model's answer to `messages` (role and content); EndpointError if there is none in time.

    A busy or broken server is asked a second time, if there is time left.
    """
    deadline = time.monotonic() + settings.seconds
    try:
        return "".join(_answer(settings, messages, deadline))
    except _Busy as error:
        if deadline - time.monotonic() < settings.seconds / 4:
            raise EndpointError(str(error)) from None
    return "".join(_answer(settings, messages, deadline))


class _Busy(EndpointError):
    """The server said that it can't just now, or broke the connection."""


def _answer(settings: Settings, messages: Sequence[Message], deadline: float) -> Iterator[str]:
    """The pieces of the answer as they come."""
    connection = _connect(settings, deadline)
    try:
        body = {"model": settings.model, "messages": list(messages), "stream": True, "max_tokens": MOST_TOKENS}
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key}"
        path = urlsplit(settings.url).path.rstrip("/") + "/chat/completions"
        connection.request("POST", path, json.dumps(body).encode(), headers)
        plug = connection.sock  # the response may take it over
        plug.settimeout(_left(deadline))
        response = connection.getresponse()
        pieces = _pieces(response, plug, deadline)
        if response.status != http.client.OK:
            kind = _Busy if response.status in AGAIN else EndpointError
            raise kind(f"the endpoint answered {response.status} {response.reason}")
        if "event-stream" in (response.getheader("Content-Type") or ""):
            yield from _streamed(pieces)
        else:
            yield _text(_choice(b"".join(pieces).decode("utf-8", "replace")).get("message"))
    except TimeoutError:
        raise EndpointError(f"the endpoint gave no answer within {settings.seconds:g} seconds") from None
    except (OSError, http.client.HTTPException) as error:
        raise _Busy(f"the connection failed: {type(error).__name__}") from None
    finally:
        connection.close()


def _connect(settings: Settings, deadline: float) -> http.client.HTTPConnection:
    where = urlsplit(settings.url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    return kind(where.hostname or "", where.port, timeout=_left(deadline))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _pieces(response: http.client.HTTPResponse, plug: socket, deadline: float) -> Iterator[bytes]:
    """What arrives, as it arrives: every wait ends at the deadline, however slowly the bytes drip."""
    read = 0
    while True:
        plug.settimeout(_left(deadline))
        piece = response.read1(4096)
        if not piece:
            return
        read += len(piece)
        if read > MOST_BYTES:
            raise EndpointError("the answer is longer than any customer talks")
        yield piece


def _streamed(pieces: Iterator[bytes]) -> Iterator[str]:
    """The texts in a stream of server-sent events, up to its [DONE]."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            data = line.decode("utf-8", "replace").strip()
            if not data.startswith("data:"):
                continue
            data = data.removeprefix("data:").strip()
            if data == "[DONE]":
                return
            choice = _choice(data)
            yield _text(choice.get("delta"))
            if choice.get("finish_reason") == "content_filter":
                raise EndpointError("the endpoint's filter held the answer back")
    raise _Busy("the stream broke off before its end")


def _choice(data: str) -> Mapping[str, object]:
    """The first choice of a completion; {} for a chunk without any (usage at the end)."""
    try:
        found = json.loads(data)
    except ValueError:
        raise EndpointError("the endpoint answered something that is no JSON") from None
    if isinstance(found, dict) and found.get("error"):
        raise EndpointError("the endpoint reported an error in its stream")
    choices = found.get("choices") if isinstance(found, dict) else None
    if not isinstance(choices, list):
        raise EndpointError("the endpoint's answer has no choices")
    return choices[0] if choices and isinstance(choices[0], dict) else {}


def _text(part: object) -> str:
    content = part.get("content") if isinstance(part, dict) else None
    return content if isinstance(content, str) else ""
