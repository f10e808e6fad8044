"""`csworkshop emotions` and `csworkshop handover`: formats, bad lines told with the others answered, exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from csworkshop.cli import main
from csworkshop.exercises.texts import emotion_records, handover_records
from csworkshop.techniques.encoder import EMOTIONS, PARTS
from csworkshop.text.datafile import DataFileError

MESSAGES = [
    {"id": "m1", "text": "急死了,还有二十分钟检票,票还没出来!", "emotion": "anxiety"},
    {"id": "m2", "text": "你好,请把地址改一下,不着急,谢谢。"},
]
NOTES = [{"id": "n1", "note": "订单 D-88213,点提交就闪退。答应客户今晚 8 点前回电。"}, {"id": "n2", "note": ""}]


def write(path: Path, rows: list[dict[str, str]]) -> str:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return str(path)


def test_emotions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emotions", "--messages", write(tmp_path / "M.jsonl", MESSAGES)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["id"] for r in rows] == ["m1", "m2"]
    for row, given in zip(rows, MESSAGES, strict=True):
        assert set(row) == {"id", "emotion", "scores", "evidence"}
        assert set(row["scores"]) == set(EMOTIONS) and row["scores"][row["emotion"]] == max(row["scores"].values())
        assert sum(row["scores"].values()) == pytest.approx(1, abs=1e-3)
        for e in row["evidence"]:
            assert given["text"][e["start"] : e["end"]] == e["text"]
    assert rows[0]["emotion"] == "anxiety"


def test_handover(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "found.jsonl"
    assert main(["handover", "--notes", write(tmp_path / "N.jsonl", NOTES), "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    for row, given in zip(rows, NOTES, strict=True):
        assert set(row) == {"id", "parts"} and list(row["parts"]) == list(PARTS)
        for part in row["parts"].values():
            assert set(part) == {"present", "score", "evidence"}
            assert bool(part["evidence"]) == part["present"]
            for e in part["evidence"]:
                assert given["note"][e["start"] : e["end"]] == e["text"]
    assert rows[0]["parts"]["account"]["present"] and rows[0]["parts"]["deadline"]["present"]
    assert not rows[0]["parts"]["environment"]["present"]
    assert not any(p["present"] for p in rows[1]["parts"].values())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "x", "text": "\xff"}', "is not UTF-8 text"),
        (b"{id: x}", "is no JSON"),
        (b'["x"]', "an object with the keys id, text is needed"),
        (b'{"id": "x"}', "text: this key is missing; the keys id, text are needed"),
        (b'{"id": "x", "text": 5}', "text: is a number; a string is needed"),
        (json.dumps({"id": "x", "text": "急" * 100_001}).encode(), "text: has 100,001 characters; at most 100,000"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_answered(
    line: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "M.jsonl"
    good = [json.dumps(r).encode() for r in MESSAGES]
    path.write_bytes(b"\n".join([good[0], line, good[1]]))
    assert main(["emotions", "--messages", str(path)]) == 1
    told = capsys.readouterr()
    assert [json.loads(row)["id"] for row in told.out.splitlines()] == ["m1", "m2"]
    assert told.err.startswith(f"{path}, line 2: ") and says in told.err


def test_a_note_without_its_key_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handover", "--notes", write(tmp_path / "N.jsonl", [{"id": "n", "text": "x"}])]) == 1
    assert "N.jsonl, line 1: note: this key is missing; the keys id, note are needed" in capsys.readouterr().err


def test_what_utf_8_cannot_say_stays_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "M.jsonl"
    path.write_text('{"id": "\\ud83d", "text": "\\ud83d 急死了,来得及吗?"}', "utf-8")
    assert main(["emotions", "--messages", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "\ud83d"


def test_two_processes_answer_as_one(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = write(tmp_path / "M.jsonl", [{"id": str(n), "text": MESSAGES[n % 2]["text"]} for n in range(70)])
    said = []
    for jobs in ("1", "2"):
        assert main(["emotions", "--messages", path, "--jobs", jobs]) == 0
        said.append(capsysbinary.readouterr().out)
    assert said[0] == said[1] and said[0].count(b"\n") == 70


def test_what_could_not_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "M.jsonl", MESSAGES)
    for argv, says in (
        (["emotions"], "needs --messages or --text; see csworkshop emotions --help"),
        (["handover", "--notes", str(tmp_path / "none")], "there is no such file"),
        (["emotions", "--messages", path, "--out", path], "is one of the files to read"),
    ):
        assert main(argv) == 2
        assert says in capsys.readouterr().err


def test_one_text_is_answered_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emotions", "--text", MESSAGES[0]["text"], "--lang", "en"]) == 0
    assert "Give a time first" in capsys.readouterr().out
    assert main(["handover", "--text", NOTES[0]["note"]]) == 0
    assert "“订单 D-88213”" in capsys.readouterr().out


def test_the_same_as_functions(tmp_path: Path) -> None:
    (first, _) = emotion_records(Path(write(tmp_path / "M.jsonl", MESSAGES)))
    assert first["emotion"] == "anxiety"
    (_, empty) = handover_records(Path(write(tmp_path / "N.jsonl", NOTES)))
    assert not any(p["present"] for p in empty["parts"].values())
    (tmp_path / "bad").write_text("{}\n", "utf-8")
    with pytest.raises(DataFileError, match="line 1: id: this key is missing"):
        list(emotion_records(tmp_path / "bad"))
