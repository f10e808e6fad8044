"""Tables that no spreadsheet runs, read back from what spreadsheets make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.text.datafile import DataFileError
from csworkshop.text.tables import csv_text, plain_cell, read_table, safe_cell, same_number, write_table

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠a", '=HYPERLINK("x")',
    "x;=1", "a\n=1", "x;\t=1", ";;=1",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_as_a_formula(text: str) -> None:
    for delimiter in (",", ";", "\t"):
        for line in csv_text(["a"], [{"a": text}]).splitlines()[1:]:
            for cell in line.strip('"').split(delimiter):
                assert cell.strip().strip('"')[:1] not in tuple("=+-@＝＋－＠")
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["您好，3-5天", "a=b", "", "'", "20元-券", "1,-5"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert [safe_cell(v) for v in (-1.5, 3, None)] == [-1.5, 3, ""]


ROWS = [{"code": "007", "reply": "您好，\n=1+1；“好”", "rating": "1"}, {"code": "010", "reply": "a,b;c", "rating": "0"}]


def _saved(path: Path, encoding: str, delimiter: str) -> Path:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Code 编号", "reply 回复", "RATING 判断", ""])
    writer.writerows([[safe_cell(v) for v in row.values()] + [""] for row in ROWS] + [["", "", "", ""]])
    path.write_bytes(out.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_read_as_spreadsheets_save_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = read_table(_saved(tmp_path / "t.csv", encoding, delimiter), ("code", "rating"))
    assert [{k: r[k] for k in ("code", "reply", "rating")} for r in rows] == ROWS
    assert [r.line for r in rows] == [2, 4]


def test_written_and_read(tmp_path: Path) -> None:
    write_table(tmp_path / "a" / "t.csv", ("code", "reply", "rating"), ROWS)
    assert (tmp_path / "a" / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [r.cells for r in read_table(tmp_path / "a" / "t.csv", ("code",))] == ROWS


def test_a_line_that_tells_excel_the_separator(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("sep=;\ncode;rating\n1;0\n", "utf-8")
    assert [(r.line, r["code"]) for r in read_table(tmp_path / "t.csv", ("code", "rating"))] == [(3, "1")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"PK\x03\x04xx", "is an Excel workbook; save it as"),
        (b"\xd0\xcf\x11\xe0xx", "is an Excel workbook"),
        (b"", "is empty"),
        (b"a,b\n1,2\n", "lacks the column code; its first line must name it (there: a, b)"),
        (b"code,code\n1,2\n", "has two columns code"),
        (b"co\0de\n\xff", "is no text that can be read"),
        (b'code\n"' + b"x" * 200_000, "can't be read as a table"),
    ],
    ids=["xlsx", "xls", "empty", "column", "twice", "binary", "huge field"],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(raw)
    with pytest.raises(DataFileError) as caught:
        read_table(tmp_path / "t.csv", ("code",))
    assert said in str(caught.value) and str(tmp_path / "t.csv") in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no such file"):
        read_table(tmp_path / "t.csv", ("code",))


@pytest.mark.parametrize(("cell", "same"), [("007", True), ("7", True), ("7.0", True), ("07", True), ("70", False)])
def test_lost_leading_zeros(cell: str, same: bool) -> None:
    assert same_number(cell, "007") is same
