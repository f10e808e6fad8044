"""The commands that measure case data, as a user types them: formats, exit codes, the wording of errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from csworkshop.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder of made-up case data."""
    folder = tmp_path_factory.mktemp("small")
    assert (
        main(["cases", "generate", "--out", str(folder), "--tickets", "1500", "--transcripts", "60", "--seed", "4"])
        == 0
    )
    return str(folder)


def test_measure_prints_figures_with_intervals(small: str, capsys: Capture) -> None:
    assert (
        main(["cases", "measure", "--data", small, "--only", "fcr", "tickets", "--by", "channel", "--lang", "en"]) == 0
    )
    out = capsys.readouterr().out
    assert out.startswith("1,500 tickets, 2025-07-01 to 2026-06-30")
    assert out.count("First-contact resolution") == 4 and "E-mail" in out and "n=" in out and "%–" in out


def test_measure_writes_a_table_for_spreadsheets(small: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    assert main(["cases", "measure", "--data", small, "--by", "team", "month", "--csv", str(path)]) == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert set(rows[0]) == {"team", "month", "measure", "value", "low", "high", "n"}
    assert sum(float(r["value"]) for r in rows if r["measure"] == "tickets") == 1500


def test_measures_are_explained(capsys: Capture) -> None:
    assert main(["cases", "measure", "--explain", "on_time", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "Formula:" in out and "Source:" in out and out.count("Beware:") == 2


def test_compare_tells_both_ways(small: str, capsys: Capture) -> None:
    assert main(["cases", "compare", "fcr", "--data", small, "--lang", "en"]) == 0
    peers = capsys.readouterr().out
    assert main(["cases", "compare", "fcr", "--data", small, "--by", "team", "--method", "direct", "--lang", "en"]) == 0
    direct = capsys.readouterr().out
    assert "points [" in peers and "fewer than 30" in peers and "covered" in direct


def test_diagnose_for_people_and_programs(capsys: Capture) -> None:
    assert main(["cases", "diagnose", "--sample", "0", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "■ Agent A05: Fast, but unresolved" in out and "Train: m3, m2" in out and "Expected, after" in out
    assert main(["cases", "diagnose", "--sample", "0", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {f["kind"] for f in found["findings"]} >= {"fast_unresolved", "broken_promises", "event", "training"}


def test_pictures_are_listed_and_drawn(small: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["cases", "plot"]) == 0
    assert "heat" in capsys.readouterr().out
    argv = ["cases", "plot", "scores", "--by", "channel", "--data", small, "--out", str(tmp_path), "--lang", "en"]
    assert main(argv) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scores-channel-en.png", "scores-channel-en.svg"]


def test_review_prints_and_writes(small: str, tmp_path: Path, capsys: Capture) -> None:
    page = tmp_path / "w.html"
    assert main(["cases", "review", "--data", small, "--week", "2026-W05", "--each", "1", "--out", str(page)]) == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert main(["cases", "review", "--data", small, "--week", "2026-W05", "--each", "1", "--lang", "en"]) == 0
    assert "Where was the turning point?" in capsys.readouterr().out


def test_score_measures_any_size(small: str, capsys: Capture) -> None:
    assert main(["cases", "score", "--data", small, "--sample", "1", "--lang", "en"]) == 0
    assert "Techniques (stratified sample of" in capsys.readouterr().out
    assert main(["cases", "score", "--data", small, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tickets"] == 1500 and set(found["phases"]) == {"tickets", "lines", "techniques"}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["measure", "--only", "happiness"], "happiness is no measure; there are: csat_top2"),
        (["measure", "--as-of", "soon"], "--as-of soon: write a time as 2026-06-30"),
        (["measure", "--sample", "some"], "--sample some: a number of transcripts, or all"),
        (["measure", "--data", "/nowhere"], "tickets.parquet: there is no such file"),
        (["measure", "--desk", "/nowhere.toml"], "/nowhere.toml: there is no such file"),
        (["plot", "pie", "--lang", "en"], "no such picture: pie; there are: series, control"),
        (["plot", "scores", "--by", "city"], "--by city: scores takes agent_id, team, channel, category"),
        (["review", "--week", "10"], "--week 10: write a week as 2026-W10"),
        (["report", "--out", "r.docx", "--lang", "en"], "a report is .html or .pdf"),
        (["score", "--scheduler", "nonsense://x"], "no Dask scheduler answers at nonsense://x"),
    ],
)
def test_errors_are_one_clear_sentence(argv: list[str], says: str, capsys: Capture) -> None:
    assert main(["cases", *argv]) == 2
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1
