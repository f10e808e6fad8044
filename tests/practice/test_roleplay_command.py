"""`csworkshop roleplay` in a terminal: play, list, check; and what it says when something is wrong."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from csworkshop.cli import main
from csworkshop.practice.case import case_files, roleplay_folder

SORRY = "邹女士，新机器才用三回就响，还让您请了假干等，换谁都窝火，这是我们没做好，对不起。"


def _typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_talk_is_played_with_mood_and_reasons(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _typed(monkeypatch, "/desk", SORRY, "", "/等 5", "/quit")
    assert main(["roleplay", "rattling-vacuum", "--show-mood", "--seed", "3"]) == 0
    out = capsys.readouterr().out
    assert "R6扫地机器人，实付2199元" in out and "[14:20] 邹女士: " in out and "[14:22] 邹女士: " in out
    assert "[14:27]" in out and "怒气 -" in out and "情绪被接住了 “" in out and "对话没有结束就离开了" in out


def test_the_end_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _typed(monkeypatch, "是您自己弄坏的。", "自己看说明去。", "你爱投诉就投诉。", "规定就是规定。", "没办法。")
    assert main(["roleplay", "rattling-vacuum", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "How it ended: " in out and "— Steps in their order —" in out and "For example: “" in out


def test_the_debrief_brings_its_curve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _typed(monkeypatch, "是您自己弄坏的。", "自己看说明去。", "你爱投诉就投诉。", "规定就是规定。", "没办法。")
    assert main(["roleplay", "rattling-vacuum", "--picture", str(tmp_path / "mood")]) == 0
    assert (tmp_path / "mood.png").stat().st_size > 10_000 and (tmp_path / "mood.svg").exists()
    assert str(tmp_path / "mood.png") in capsys.readouterr().out


def test_the_list_names_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roleplay", "list", "--lang", "en"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [p.stem for p in case_files()]


def test_check_names_file_and_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(roleplay_folder() / "rattling-vacuum.toml", tmp_path)
    assert main(["roleplay", "check", str(tmp_path)]) == 1  # no agents beside it
    assert "agents/rattling-vacuum.toml: there is no such file" in capsys.readouterr().out
    shutil.copytree(roleplay_folder() / "agents", tmp_path / "agents")
    assert main(["roleplay", "check", str(tmp_path)]) == 0
    path = tmp_path / "rattling-vacuum.toml"
    path.write_text(path.read_text("utf-8").replace("leave = [{ turns = 1 }]", "leave = []"), "utf-8")
    assert main(["roleplay", "check", str(path)]) == 1
    assert f"{path}: stages.greeting.leave: dead end" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["roleplay", "nobody"], "there is no case 'nobody'; there are: "),
        (["roleplay", "check", "nowhere.toml"], "nowhere.toml: there is no such file or folder"),
        (["roleplay", "rattling-vacuum", "x.toml"], "only check takes files"),
        (["roleplay", "rattling-vacuum", "--model"], "CSWORKSHOP_LLM_URL"),
    ],
)
def test_what_can_be_mended_is_one_sentence(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CSWORKSHOP_LLM_URL", raising=False)
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
