"""The command as a user types it: formats, exit codes and the wording of errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from csworkshop.cli import build_parser, main
from csworkshop.techniques.catalogue import catalogue

SCENARIO = {"id": "s1", "customer": "水壶漏水了!", "emotion": "anger", "persona": "adult", "channel": "chat"}
REPLIES = [
    {"id": "r1", "scenario": "s1", "reply": "水壶漏水让您受累了,对不起,今天18点前给您换新的。"},
    {"id": "r2", "scenario": "s1", "reply": "你自己弄坏的吧。", "labels": {}},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    scenarios, replies = tmp_path / "S.jsonl", tmp_path / "R.jsonl"
    scenarios.write_text(json.dumps(SCENARIO, ensure_ascii=False) + "\n", "utf-8")
    replies.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in REPLIES) + "\n\n", "utf-8")
    return str(scenarios), str(replies)


def test_check_prints_every_item_per_reply(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--scenarios", files[0], "--replies", files[1]]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["id"] for r in rows] == ["r1", "r2"]
    for row, given in zip(rows, REPLIES, strict=True):
        assert row["level"] == "full" and set(row["items"]) == set(catalogue().items)
        for item in row["items"].values():
            assert set(item) == {"present", "score", "evidence"}
            assert isinstance(item["present"], bool) and 0 <= item["score"] <= 1
            for e in item["evidence"]:
                assert str(given["reply"])[e["start"] : e["end"]] == e["text"]
    assert rows[0]["items"]["own"]["present"]


def test_mark_prints_score_and_feedback(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mark", "--scenarios", files[0], "--replies", files[1], "--lang", "en"]) == 0
    good, bad = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert set(good) == {"id", "level", "score", "passed", "feedback"}
    assert good["score"] > bad["score"] and not bad["passed"]
    assert all(isinstance(line, str) for line in good["feedback"])


def test_the_installed_command_is_the_same(files: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "csworkshop", "mark", "--scenarios", files[0], "--replies", files[1]]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["check"], "needs --scenarios and --replies, or --text"),
        (["check", "--text", "好", "--emotion", "furious"], "input should be 'anger', 'anxiety'"),
        (["check", "--scenarios", "/no/S.jsonl", "--replies", "/no/R.jsonl"], "there is no such file"),
        (["exercises", "check", "/no/such"], "there is no such file or folder"),
    ],
)
def test_errors_are_one_sentence(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("csworkshop: ") and error.count("\n") == 1 and says in error


def test_one_reply_can_be_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--text", "实在抱歉", "--lang", "en"]) == 0
    assert "own" in capsys.readouterr().out
    assert main(["check", "--text", "嗯", "--lang", "zh"]) == 0
    assert capsys.readouterr().out.strip()


def test_a_broken_exercise_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m2-x.toml").write_text('schema = 1\nid = "m2-x"\n', "utf-8")
    assert main(["exercises", "check", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "m2-x.toml: kind: this key is missing" in out and "1 exercises, 1 faults" in out


def test_every_command_has_help() -> None:
    text = build_parser().format_help()
    for command in ("lab", "check", "mark", "grade", "exercises", "course", "release", "collect", "feedback"):
        assert command in text
