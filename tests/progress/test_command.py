"""`csworkshop progress` in a terminal: one's own records and plan, a class, and errors of one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from csworkshop.cli import main
from csworkshop.exercises.library import load_exercise
from csworkshop.progress.recorder import now
from csworkshop.progress.records import NAME, Log
from tests.progress.made import Made, attempt

EXERCISE = load_exercise("m2-vague-delivery")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    for n in range(3):
        one = attempt(EXERCISE, n, good=False, words={"vague": ("尽快",)})
        Log(folder).add(one.model_copy(update={"at": now()}))
    return folder


def run(*words: object) -> int:
    return main(["progress", *map(str, words)])


def test_show_plan_and_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--workspace", workspace, "--lang", "zh") == 0
    shown = capsys.readouterr().out
    assert "共 3 次练习，1 道题，通过 0 次" in shown
    assert "明确时限" in shown
    assert str(workspace / NAME) in shown
    assert run("plan", "--workspace", workspace, "--lang", "zh") == 0
    assert "都写了“尽快”" in capsys.readouterr().out
    assert run("show", "--workspace", workspace, "--json") == 0
    topics = json.loads(capsys.readouterr().out)["topics"]
    assert {"item", "estimate", "low", "high", "mastered", "due"} <= set(topics[0])


def test_nothing_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--workspace", tmp_path, "--lang", "en") == 0
    assert "No attempts yet" in capsys.readouterr().out
    assert run("plan", "--workspace", tmp_path, "--lang", "en", "--minutes", "8") == 0
    assert "Today:" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())  # looking leaves nothing behind


def test_export(workspace: Path, tmp_path: Path) -> None:
    assert run("export", tmp_path / "a.csv", "--workspace", workspace) == 0
    assert "尽快" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert run("export", tmp_path / "a.jsonl", "--workspace", workspace) == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (workspace / NAME).read_bytes()
    assert run("export", tmp_path / "a.pdf", "--workspace", workspace) == 2
    assert run("export", tmp_path / "no" / "a.csv", "--workspace", workspace) == 2


def test_delete_asks_first(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert run("delete", "--workspace", workspace) == 1
    assert (workspace / NAME).exists()
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert run("delete", "--workspace", workspace) == 0
    assert not (workspace / NAME).exists()


def test_a_broken_log_is_told_on_stderr(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (workspace / NAME).open("ab") as file:
        file.write(b'{"cut": ')
    assert run("show", "--workspace", workspace, "--lang", "en") == 0
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "line 4" in said.err
    assert "3 attempts" in said.out


def test_class_and_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = Made("m2-x", items=("empathy", "vague"))
    for n in range(11):
        folder = tmp_path / "logs" / f"t{n}"
        folder.mkdir(parents=True)
        for k in range(6):
            Log(folder).add(attempt(exercise, k, good=(n + k) % 3 > 0, ago=6 - k))
    page = tmp_path / "week.html"
    assert run("class", tmp_path / "logs", "--html", page, "--csv", tmp_path / "tables", "--lang", "en") == 0
    assert "Modules before and after" in capsys.readouterr().out
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "tables" / "talk.csv").exists()
    assert run("fit", tmp_path / "logs", tmp_path / "p.json") == 0
    assert "empathy" in capsys.readouterr().out
    assert run("plan", "--workspace", tmp_path / "logs" / "t1", "--parameters", tmp_path / "p.json") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "--minutes", "0"), "--minutes"),
        (("class", "there-is-none.csv"), "there-is-none.csv"),
        (("class", "x.csv", "--since", "monday"), "--since monday"),
        (("class", "x.csv", "--since", "2026-11-01", "--before", "y.csv"), "--before and --since"),
        (("fit", "there-is-none", "p.json"), "there-is-none"),
        (("plan", "--parameters", "there-is-none.json"), "there-is-none.json"),
    ],
)
def test_errors_are_one_sentence(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
