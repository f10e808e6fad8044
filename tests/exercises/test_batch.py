"""Files of replies: every line is answered or told, whatever stands in it, and the commands say so by exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csworkshop.bench.speed import memory
from csworkshop.cli import main
from csworkshop.exercises.batch import check_records, mark_records
from csworkshop.exercises.lines import LONGEST_LINE, LONGEST_REPLY, Trouble
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError

SCENARIOS = [
    {"id": "s1", "customer": "水壶漏水了!", "emotion": "anger", "persona": "adult", "channel": "chat", "more": 1},
    {"id": "s2", "customer": "发票怎么开?"},
]
GOOD = {"id": "r1", "scenario": "s1", "reply": "水壶漏水让您受累了,对不起,今天18点前给您换新的。"}


def _write(folder: Path, *lines: Any, name: str = "R.jsonl") -> Path:
    path = folder / name
    rows = [x if isinstance(x, bytes) else json.dumps(x, ensure_ascii=False).encode() for x in lines]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    return _write(tmp_path, *SCENARIOS, name="S.jsonl")


def _run(*options: object, kind: str = "check") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "csworkshop", kind, "--fast", *map(str, options)]
    return subprocess.run(command, capture_output=True, check=False)


BAD = [
    (b'{"id": "r1", "scenario": "s1"', "is no JSON: ", "each line is one JSON object"),
    (b'{"id": "r1", "scenario": "s1"}', "reply: this key is missing", "the keys id, scenario, reply are needed"),
    (b'{"id": "r1", "scenario": "s9", "reply": "\xe5\xa5\xbd"}', "scenario: 's9' is no id", "it has 2: s1, s2"),
    (b'{"id": "r1", "scenario": "s1", "reply": 5}', "reply: is a number", "a string is needed"),
    (b'{"id": null, "scenario": "s1", "reply": ""}', "id: is null", "a string is needed"),
    (b'{"id": "r1", "scenario": ["s1"], "reply": ""}', "scenario: is a list", "a string is needed"),
    (b"[]", "is a list", "an object with the keys id, scenario, reply"),
    (b'"r1"', "is a string", "an object with"),
    (b"[" * 100_000, "is no JSON", "each line is one JSON object"),
    (b"1" * 5000, "is no JSON", ""),
    ('{"id": "r1", "scenario": "s1", "reply": "您好"}'.encode("gbk"), "is not UTF-8 text (byte 41", "save the file"),
    (b"\xff\xfe{\x00", "is not UTF-8 text (byte 0", "as UTF-8"),
    (json.dumps(GOOD | {"reply": "好" * 400_000}).encode(), "reply: has 400,000", f"at most {LONGEST_REPLY:,}"),
    (b'{"id": "' + b"x" * (LONGEST_LINE * 2), "is longer than", f"{LONGEST_LINE:,} bytes, the most"),
]


@pytest.mark.parametrize(("line", "wrong", "allowed"), BAD, ids=[w for _, w, _ in BAD])
@pytest.mark.parametrize("kind", ["check", "mark"])
def test_a_bad_line_is_told_and_the_others_are_answered(
    scenarios: Path,
    tmp_path: Path,
    line: bytes,
    wrong: str,
    allowed: str,
    kind: str,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    replies = _write(tmp_path, GOOD, b"", line, GOOD | {"id": "r2"})
    assert main([kind, "--fast", "--scenarios", str(scenarios), "--replies", str(replies)]) == 1
    out, told = capsysbinary.readouterr()
    assert [json.loads(x)["id"] for x in out.splitlines()] == ["r1", "r2"]
    error = told.decode()
    assert error.startswith(f"{replies}, line 3: ") and error.count("\n") == 1
    assert wrong in error and allowed in error and len(error) < 500


ODD = [
    "\ud800",
    "\udc00好\ud83d",
    "\x00",
    "\x07\x1b[31m对不起\x7f",
    "\u2028\u2029\x85\x0b\x0c\r",
    "",
    " ",
    "\ufeff对不起",
]


@pytest.mark.parametrize("reply", ODD, ids=ascii)
def test_odd_characters_are_judged_too(scenarios: Path, tmp_path: Path, reply: str) -> None:
    text = f"对不起!!{reply}是我们的错,今天18点前给您换新的。"
    replies = _write(tmp_path, json.dumps(GOOD | {"reply": text, "id": "对\ud800"}).encode())
    (row,) = check_records(scenarios, replies)
    assert row["id"] == "对\ud800" and row["items"]["own"]["present"]
    for item in row["items"].values():
        assert all(text[e["start"] : e["end"]] == e["text"] for e in item["evidence"])
    (row,) = mark_records(scenarios, replies, level="fast")
    assert 0 <= row["score"] <= 1
    done = _run("--scenarios", scenarios, "--replies", replies)
    assert done.returncode == 0 and json.loads(done.stdout.decode("utf-8"))["id"] == "对\ud800"


def test_the_level_stands_in_every_line(scenarios: Path, tmp_path: Path) -> None:
    replies = _write(tmp_path, GOOD, GOOD)
    for level in ("full", "fast"):
        for row in check_records(scenarios, replies, level=level):  # type: ignore[arg-type]
            assert row["level"] == level and set(row["items"]) == set(catalogue().items)
        assert [r["level"] for r in mark_records(scenarios, replies, level=level)] == [level] * 2  # type: ignore[arg-type]


def test_as_a_function_a_bad_line_raises_or_is_told(scenarios: Path, tmp_path: Path) -> None:
    replies = _write(tmp_path, GOOD, b"{}", GOOD | {"id": "r2"})
    with pytest.raises(DataFileError, match="line 2: id: this key is missing"):
        list(check_records(scenarios, replies, level="fast"))
    told: list[Trouble] = []
    rows = list(check_records(scenarios, replies, level="fast", tell=told.append))
    assert [r["id"] for r in rows] == ["r1", "r2"] and [t.line for t in told] == [2]


def test_bad_scenarios_are_told_and_the_others_used(tmp_path: Path) -> None:
    lines = [{"id": "s0", "emotion": "furious"}, SCENARIOS[0], b"{", SCENARIOS[0], {"customer": "x"}, b"[1]", b"\xff"]
    scenarios = _write(tmp_path, *lines, name="S.jsonl")
    done = _run("--scenarios", scenarios, "--replies", _write(tmp_path, GOOD, GOOD | {"scenario": "s0"}))
    told = done.stderr.decode().splitlines()
    assert done.returncode == 1 and len(done.stdout.splitlines()) == 1
    assert [t.split(": ")[0] for t in told] == [f"{scenarios}, line {n}" for n in (1, 3, 4, 5, 6, 7)] + [
        f"{tmp_path / 'R.jsonl'}, line 2"
    ]
    assert "emotion: Input should be 'anger', 'anxiety'" in told[0] and "'s1' stands there twice" in told[2]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--scenarios", "none.jsonl", "--replies", "R.jsonl"], "none.jsonl: there is no such file"),
        (["--scenarios", "S.jsonl", "--replies", "none.jsonl"], "none.jsonl: there is no such file"),
        (["--scenarios", "empty.jsonl", "--replies", "R.jsonl"], "empty.jsonl: has no scenario in it"),
        (["--scenarios", ".", "--replies", "R.jsonl"], "is a folder"),
        (["--scenarios", "S.jsonl"], "needs --scenarios and --replies"),
        (["--scenarios", "S.jsonl", "--replies", "R.jsonl", "--out", "no/x"], "--out no/x: cannot be written"),
        (["--scenarios", "S.jsonl", "--replies", "R.jsonl", "--out", "R.jsonl"], "is one of the files to read"),
        (["--scenarios", "S.jsonl", "--replies", "R.jsonl", "--scheduler", "tcp://127.0.0.1:9"], "no Dask scheduler"),
        (["--jobs", "0"], "'0': a whole number from 1"),
        (["--jobs", "two"], "'two': a whole number from 1"),
    ],
)
def test_what_cannot_begin_ends_with_2(
    options: list[str],
    says: str,
    scenarios: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path, GOOD)
    (tmp_path / "empty.jsonl").touch()
    try:
        status = main(["check", "--fast", *options])
    except SystemExit as stopped:  # argparse's own way
        status = int(stopped.code or 0)
    out, error = capsys.readouterr()
    assert status == 2 and says in error and not out
    assert (tmp_path / "R.jsonl").read_text("utf-8")


def test_a_file_from_windows_is_read(scenarios: Path, tmp_path: Path) -> None:
    replies = tmp_path / "R.jsonl"
    line = json.dumps(GOOD, ensure_ascii=False).encode()
    replies.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\r\n" + line)  # and no end of line at the end
    assert [r["id"] for r in check_records(scenarios, replies, level="fast")] == ["r1", "r1"]


def test_answers_go_to_a_file_with_a_progress_bar_if_asked_for(scenarios: Path, tmp_path: Path) -> None:
    replies, out = _write(tmp_path, GOOD, b"{", GOOD), tmp_path / "out.jsonl"
    done = _run("--scenarios", scenarios, "--replies", replies, "--out", out, "--progress")
    assert done.returncode == 1 and not done.stdout
    assert "3/3" in done.stderr.decode() and "line 2: is no JSON" in done.stderr.decode()
    assert len(out.read_bytes().splitlines()) == 2
    assert b"/" not in _run("--scenarios", scenarios, "--replies", _write(tmp_path, GOOD)).stderr


def test_a_reader_that_has_seen_enough_is_no_error(scenarios: Path, tmp_path: Path) -> None:
    replies = _write(tmp_path, *[GOOD] * 300)
    command = [sys.executable, "-m", "csworkshop", "check", "--fast", "--scenarios", scenarios, "--replies", replies]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout and running.stderr
        running.stdout.readline()
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()


def test_memory_is_flat(scenarios: Path, tmp_path: Path) -> None:
    """Six times the lines, no two alike, take hardly more memory."""
    held = []
    for lines in (500, 3000):
        rows = [
            GOOD | {"reply": f"{n}号单{n * 7}的水壶漏水让您受累了,{n % 9 + 3}天内给您换新的。"} for n in range(lines)
        ]
        held.append(memory(scenarios, _write(tmp_path, *rows)))
    assert held[0] > 20 and held[1] < held[0] * 1.2


def test_help_shows_the_formats(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("check", "mark"):
        with pytest.raises(SystemExit):
            main([kind, "--help"])
        text = capsys.readouterr().out
        for words in ('{"id": "r1", "scenario": "s1", "reply":', "--jobs N", "--fast", "tcp://HOST:PORT", "line N:"):
            assert words in text
        assert f"csworkshop {kind} --scenarios S.jsonl" in text and all(len(x) <= 120 for x in text.splitlines())
