"""`csworkshop knowledge` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["knowledge", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_search_marks_hits_and_what_is_out_of_force(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "search", "退货后优惠券失效", "--on", "2025-10-16", "--lang", "zh")
    assert status == 0
    assert "shop-coupon-back-2024" in out and "已失效（到 2025-06-30）" in out
    assert "【" in out and "联想词：" in out


def test_search_within_a_trade_and_without_hits(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "search", "发票", "--trade", "hotel", "--number", "1", "--lang", "en")
    assert status == 0
    assert out.startswith("hotel-invoice") and "Associated words" in out
    assert run(capsys, "search", "龘")[0] == 1
    status, _, err = run(capsys, "search", "发票", "--trade", "tea")
    assert status == 2
    assert "there is no trade 'tea'; there are: appliances" in err


def test_show_an_article_with_its_successor(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "show", "shop-coupon-back-2024", "--lang", "en", "--on", "2025-10-16")
    assert status == 0
    assert "out of force (until 2025-06-30)" in out
    assert "Edition in force: shop-coupon-back" in out
    status, _, err = run(capsys, "show", "shop-cupon-back")
    assert status == 2
    assert "did you mean shop-coupon-back" in err


def test_check_the_shipped_base_and_a_broken_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, "check", "--lang", "en")
    assert status == 0
    assert out.endswith(" 0 faults\n")
    (tmp_path / "tea.toml").write_text("schema = 1\n", "utf-8")
    status, out, _ = run(capsys, "check", "--folder", str(tmp_path), "--lang", "en")
    assert status == 1
    assert "tea.toml: trade: this key is missing" in out


def test_measure_prints_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "queries.toml"
    path.write_text('[mine]\nshort = [["挂失", "bank-lost-card"], ["龘", "bank-lost-card"]]\n', "utf-8")
    status, out, _ = run(capsys, "measure", str(path))
    assert status == 0
    assert "[mine] 2 queries" in out
    assert "  pairs, characters, synonyms          0.500" in out
