"""Diagnosis: the order of layers, needless questions, causes with and without evidence, and what the world tells."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from csworkshop.exercises.activity import load
from csworkshop.exercises.kinds.diagnose import KIND, Diagnose
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.text.datafile import DataFileError

from .conftest import loaded, row, sound, unreadable

FILES = exercise_files(kind="diagnose")


@pytest.fixture(scope="module")
def login() -> Diagnose:
    return loaded("m3-dx-login", Diagnose)


def of(exercise: Diagnose, **changes: Any) -> Marks:
    """The model answer with something changed."""
    return mark(json.dumps({**KIND.model_answer(exercise), **changes}), exercise)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_hold_what_they_promise(path: Any) -> None:
    exercise, best = sound(path, Diagnose)
    assert best.score >= 0.95, [(x.item, x.reason_zh) for x in best.lines if x.state != "earned"]
    assert len(exercise.needless) >= 3


def test_there_are_enough_of_them_and_both_ways_out() -> None:
    exercises = [read_any(path) for path in FILES]
    assert sum(e.id.startswith("m3-dx-") for e in exercises) >= 4
    assert any(e.id.startswith("m3-a-") for e in exercises)
    right = {a.way for e in exercises if isinstance(e, Diagnose) for a in e.actions if a.right}
    assert right == {"solve", "escalate"}


def test_a_jump_back_costs_and_names_what_came_late(login: Diagnose) -> None:
    late = of(login, log=["phone", "course", "wording", "since", "oldway", "wechat", "app"])
    order = row(late, "order")
    assert order.state == "partly" and "“App的版本”是后来补问的" in order.reason_zh
    assert row(late, "needed").state == "earned"
    assert row(of(login, log=["wechat", "oldway", "since"]), "order").points == 0


def test_a_layer_left_out_is_named_not_the_check(login: Diagnose) -> None:
    line = row(of(login, log=["phone", "course", "wording", "since", "oldway", "wechat"]), "needed")
    assert line.state == "partly" and "版本" in line.reason_zh and "App的版本" not in line.reason_zh


def test_what_was_asked_in_vain_costs_each_time(login: Diagnose) -> None:
    log = [*KIND.model_answer(login)["log"][:2], "idcard", *KIND.model_answer(login)["log"][2:], "network", "server"]
    marks = of(login, log=log)
    told = [x for x in marks.lines if x.item.startswith("needless")]
    assert len(told) == 2 and "戒心" in told[0].reason_zh and "排除不了" in told[1].reason_zh  # server is fine
    again = of(login, log=["phone", "phone", *KIND.model_answer(login)["log"][1:]])
    assert row(again, "again-1").state == "fault"


def test_a_customer_who_hangs_up_costs_most(login: Diagnose) -> None:
    every = [c.id for c in login.system.checks]
    marks = of(login, log=every, evidence=every)
    assert row(marks, "hung-up").state == "fault" and not marks.passed


def test_a_guess_is_worth_half_and_proves_nothing(login: Diagnose) -> None:
    guess = of(login, log=["phone"], evidence=["phone"])
    assert row(guess, "cause").points == pytest.approx(row(of(login), "cause").points / 2, abs=0.01)
    assert "猜对" in row(guess, "cause").reason_zh and not guess.passed
    assert row(guess, "evidence").points == 0


def test_evidence_belongs_to_the_cause(login: Diagnose) -> None:
    wrong = row(of(login, cause="password"), "evidence")
    assert wrong.points == 0 and "没有定对" in wrong.reason_zh
    mixed = row(of(login, evidence=[*login.proof, "app"]), "evidence")
    assert mixed.state == "partly" and "“App的版本”" in mixed.reason_zh
    assert row(of(login, evidence=["network"]), "evidence").points == 0  # never checked


def test_wrong_ways_say_why(login: Diagnose) -> None:
    marks = of(login, cause="outage", action="newpass")
    assert "服务正常" in row(marks, "cause").reason_zh and "空账号" in row(marks, "action").reason_zh
    assert not marks.passed


def test_the_message_is_judged_by_the_one_checker(login: Diagnose) -> None:
    for text, least, most in (
        (login.message, 0.9, 1.0),
        ("我们会尽快处理的，请耐心等待。", 0, 0.2),
        (login.scenario.customer, 0, 0.05),
        ("密码和验证码发给我，我帮您登录进去看。", 0, 0.31),
        ("", 0, 0),
    ):
        line = row(of(login, message=text), "message")
        assert least <= line.points / line.possible <= most, text


def test_the_world_answers_by_the_log_and_tells_nothing_more(login: Diagnose) -> None:
    assert KIND.respond
    told = KIND.respond(login, {}, "run", {"log": ["phone", "wechat", "nonsense", 5]})
    assert [r["id"] for r in told["rows"]] == ["phone", "wechat"] and "进去了" in told["rows"][1]["text"]
    found = KIND.respond(login, {}, "search", {"query": "约课"})["found"]
    assert found[0]["id"] == "course" and "text" not in found[0]
    assert KIND.respond(login, {}, "run", {})["rows"] == []
    for said in (told, KIND.respond(login, {}, "run", {"log": list(login.path)})):
        shown = json.dumps(said, ensure_ascii=False)
        for secret in ("right", "needed", "proof", login.causes[1].why):
            assert secret not in shown


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_screen_has_no_key(path: Any) -> None:
    exercise = read_any(path)
    assert isinstance(exercise, Diagnose)
    shown = json.dumps(KIND.screen(exercise), ensure_ascii=False)
    assert exercise.message not in shown and "right" not in shown and "needed" not in shown
    for check in exercise.system.checks:
        assert all(s.text not in shown for s in check.shows)
        assert not check.hidden or check.name not in shown
    for option in (*exercise.causes, *exercise.actions):
        assert option.why not in shown


def test_chance_does_not_pass(login: Diagnose) -> None:
    lot = random.Random(11)
    ids = [c.id for c in login.system.checks]
    for _ in range(60):
        log = lot.sample(ids, lot.randint(1, len(ids)))
        value = {
            "log": log,
            "cause": lot.choice([o.id for o in login.causes]),
            "action": lot.choice([o.id for o in login.actions]),
            "evidence": lot.sample(log, lot.randint(1, len(log))),
            "message": "您的问题我们已经记录，会尽快为您处理。",
        }
        assert not mark(json.dumps(value), login).passed, value


def test_broken_answers_earn_nothing_and_crash_nothing(login: Diagnose) -> None:
    for value in (
        {"log": ["nobody"]},
        {"log": "phone"},
        {"log": ["phone"] * 50},
        {"cause": "nothing"},
        {"action": 7},
        {"evidence": [["phone"]]},
        {"message": "x" * 3000},
        {"key": 1},
    ):
        unreadable(json.dumps(value), login)
    assert load('{"log":[],"cause":""}', login) == {}


def test_an_authors_mistake_is_told(tmp_path: Any) -> None:
    source = next(p for p in FILES if p.stem == "m3-dx-login").read_text("utf-8")
    path = tmp_path / "m3-dx-login.toml"
    path.write_text(source.replace('proof = ["course",', 'proof = ["app2",'), "utf-8")
    with pytest.raises(DataFileError, match="there is no check 'app2'"):
        read_any(path)
