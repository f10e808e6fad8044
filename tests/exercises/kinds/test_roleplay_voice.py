"""A language model in the customer's seat on the screen: its wording is shown and kept, and counts for nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csworkshop.exercises import roleplay_world as world
from csworkshop.exercises.kinds.roleplay import Roleplay
from csworkshop.exercises.marking import mark
from csworkshop.practice.replays import replayed
from csworkshop.widgets.studio import studio
from tests.practice.test_endpoint import LINE, SORRY, Server, status, streams
from tests.widgets.tab import Screen

from .conftest import loaded

EXERCISE = "m6-roleplay-rattling-vacuum"
ASKED = {"key": 4, "seed": 3, "moves": [SORRY]}


@pytest.fixture
def vacuum() -> Roleplay:
    return loaded(EXERCISE, Roleplay)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A model's endpoint that the environment names, as an instructor would set it."""
    with Server() as running:
        monkeypatch.setenv("CSWORKSHOP_LLM_URL", running.settings().url)
        monkeypatch.setenv("CSWORKSHOP_LLM_MODEL", "tiny")
        for kept in (world._settings, world._voice):
            kept.cache_clear()
        yield running
        running.shutdown()
    for kept in (world._settings, world._voice):
        kept.cache_clear()


def test_without_an_endpoint_the_case_speaks(vacuum: Roleplay) -> None:
    assert world.screen(vacuum)["voice"] is False
    talk = replayed(vacuum.played, 3, (SORRY,))
    assert world.respond(vacuum, {}, "speak", ASKED) == {"key": 4, "text": talk.customer, "by": "offline"}


def test_the_models_wording_is_shown_and_the_talk_stays_ours(server: Server, vacuum: Roleplay) -> None:
    assert world.screen(vacuum)["voice"] is True
    server.answers = [streams(LINE)]
    assert world.respond(vacuum, {}, "speak", ASKED) == {"key": 4, "text": LINE, "by": "model"}
    value = {"seed": 3, "moves": [SORRY], "spoken": {"1": LINE}}
    plain = {"seed": 3, "moves": [SORRY]}
    told = [mark(json.dumps(v), vacuum) for v in (value, plain)]
    assert told[0].score == told[1].score and told[0].lines == told[1].lines


def test_a_broken_model_leaves_the_case_speaking(server: Server, vacuum: Roleplay) -> None:
    server.answers = [status(401)]
    talk = replayed(vacuum.played, 3, (SORRY,))
    assert world.respond(vacuum, {}, "speak", ASKED)["text"] == talk.customer


def test_saving_does_not_wait_for_the_model(server: Server, tmp_path: Path) -> None:
    def slowly(handler: Any) -> None:
        time.sleep(0.5)
        streams(LINE)(handler)

    server.answers = [slowly]
    widget = studio(EXERCISE, folder=str(tmp_path))
    screen = Screen(widget)
    messages: list[dict[str, Any]] = []
    widget.send = lambda content, buffers=None: messages.append(content)  # type: ignore[method-assign]
    text = json.dumps({"seed": 3, "moves": [SORRY]})
    screen._deliver("ask", {"name": "speak", "data": ASKED})
    screen._deliver("edit", {"seq": 1, "text": text, "revision": 0})
    assert [m["kind"] for m in messages] == ["result", "ack"]  # while the model still thinks
    for _ in range(200):
        if len(messages) == 3:
            break
        time.sleep(0.02)
    assert (messages[2]["kind"], messages[2]["name"], messages[2]["text"]) == ("told", "speak", LINE)
