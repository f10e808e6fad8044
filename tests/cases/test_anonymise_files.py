"""Whole files: CSV, JSON Lines, Parquet; encodings and quoting; nothing left behind, nothing told that is personal."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from csworkshop.cases.anonymise import Rows, moved
from csworkshop.cases.anonymise_files import FileFault, anonymise_file, combinations, in_place
from csworkshop.cases.anonymity import recode
from csworkshop.cases.pseudonyms import TAG, Pseudonyms

KEY = b"a key of the tests, long enough"
HEADER = ["ticket", "name", "phone", "customer_id", "province", "opened_at", "note"]
NOTE = '王建国说"地址"是文三路478号,\n电话138-0013-8000\t好'
ROWS = [
    ["T1", "王建国", "13800138000", "C1", "浙江", "2024-03-05 10:20", NOTE],
    ["T2", "李娜", "13900139000", "C2", "浙江", "2024/3/6", "小李,你好"],
    ["T3", "李娜", "13900139000", "C2", "江苏", "", '=1+1 没有,"别的"'],
]
SECRETS = ["王建国", "李娜", "13800138000", "138-0013-8000", "文三路", "13900139000", "小李"]


def _rows(**more: Any) -> Rows:
    given = {"texts": ["note"], "columns": {"name": "name", "phone": "mobile", "customer_id": "id"}} | more
    return Rows(Pseudonyms(KEY), **given)


def _csv(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([HEADER, *ROWS])
    return path


def _read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    out = tmp_path / "out.csv"
    assert anonymise_file(_csv(tmp_path / "in.csv", encoding), out, _rows()) == 3
    text = out.read_text("utf-8-sig")
    assert not [s for s in SECRETS if s in text]
    first, second, third = _read(out)
    assert first["ticket"] == "T1" and first["opened_at"] == "2024-03-05 10:20"
    assert first["name"] in first["note"] and first["phone"] in first["note"]  # one value, one pseudonym
    assert first["note"].count("\n") == 1 and '说"地址"是〔地址' in first["note"] and first["note"].endswith("\t好")
    assert (second["name"], second["customer_id"]) == (third["name"], third["customer_id"])
    assert third["note"] == ROWS[2][6]  # what has nothing personal is the same to the letter
    assert all(TAG.fullmatch(row[c]) for row in (first, second) for c in ("name", "phone", "customer_id"))


def test_tab_separated_stays_so(tmp_path: Path) -> None:
    anonymise_file(_csv(tmp_path / "in.csv", delimiter="\t"), tmp_path / "out.csv", _rows())
    assert len(_read(tmp_path / "out.csv", "\t")) == 3


def test_values_of_named_columns_are_replaced_in_texts_without_any_cue(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("name,note\n小核桃,小核桃家的灯坏了\n", "utf-8")
    anonymise_file(tmp_path / "in.csv", tmp_path / "out.csv", Rows(Pseudonyms(KEY), ["note"], {"name": "name"}))
    (row,) = _read(tmp_path / "out.csv")
    assert row["note"] == row["name"] + "家的灯坏了"


def test_json_lines_with_nested_texts(tmp_path: Path) -> None:
    talk = [{"role": "customer", "text": "我叫王建国"}, {"text": None}]
    lines = [{"id": 1, "talk": talk, "n": 1.5}, {"id": 2}]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(x) for x in lines), "utf-8")
    assert anonymise_file(tmp_path / "in.jsonl", tmp_path / "out.jsonl", Rows(Pseudonyms(KEY), ["talk"])) == 2
    first, second = (json.loads(x) for x in (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    assert first["talk"][0]["text"].startswith("我叫〔姓名") and first["n"] == 1.5 and second == {"id": 2}


def _parquet(path: Path, rows: int) -> Path:
    with duckdb.connect() as db:
        db.execute(
            f"""COPY (SELECT i AS n, 'C' || (i % 7) AS customer_id, '我是王建国' || i AS note,
            1.50::DECIMAL(9,2) AS sum, TIMESTAMP '2024-03-05 10:00' + to_minutes(i::INT) AS met,
            DATE '2024-03-05' AS day, [1, 2] AS list,
            CASE WHEN i % 3 = 0 THEN NULL ELSE '1380013' || (8000 + i) END AS phone FROM range({rows}) t(i))
            TO '{path}' (FORMAT parquet)"""
        )
    return path


def test_parquet_keeps_types_order_and_empty_cells(tmp_path: Path) -> None:
    source = _parquet(tmp_path / "in.parquet", 5000)
    columns = {"customer_id": "id", "phone": "mobile", "sum": "drop"}
    rows = Rows(Pseudonyms(KEY), ["note"], columns, ["met", "day"], "customer_id")
    told: list[int] = []
    rows.tell = lambda row, column, replaced: told.append(row)
    assert anonymise_file(source, tmp_path / "out.parquet", rows) == 5000
    with duckdb.connect() as db:
        out = f"'{tmp_path / 'out.parquet'}'"
        types = {r[0]: r[1] for r in db.execute(f"DESCRIBE FROM {out}").fetchall()}
        found = db.execute(f"SELECT n, note, customer_id, met, day, phone FROM {out}").fetchall()
        before = db.execute(f"SELECT n, met, day, phone FROM '{source}'").fetchall()
    assert types == {"n": "BIGINT", "customer_id": "VARCHAR", "note": "VARCHAR", "met": "TIMESTAMP", "day": "DATE",
                     "list": "INTEGER[]", "phone": "VARCHAR"}  # fmt: skip
    assert told == list(range(1, 5001))  # every row once, in order
    assert [r[0] for r in found] == [r[0] for r in before]
    shifts: dict[str, set[int]] = {}
    for (_, note, customer, met, day, phone), (_, met_before, day_before, had_phone) in zip(found, before, strict=True):
        assert "王建国" not in note and (phone is None) == (had_phone is None)
        assert (met - met_before).days == (day - day_before).days and (day - day_before).days % 7 == 0
        shifts.setdefault(customer, set()).add((day - day_before).days)
    assert all(len(s) == 1 for s in shifts.values()) and len(shifts) == 7


def test_quasi_identifiers_are_recoded_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("province,note\n" + "浙江,\n" * 40 + "江苏,\n" * 30 + "西藏,\n", "utf-8")
    rows = Rows(Pseudonyms(KEY), quasi=["province"])
    rows.recode = made = recode(["province"], combinations(path, ["province"]), 5, 0.1)
    anonymise_file(path, tmp_path / "out.csv", rows)
    values = [row["province"] for row in _read(tmp_path / "out.csv")]
    assert min(values.count(v) for v in set(values)) >= 5 and "西藏" not in values
    assert made.suppressed >= 1


@pytest.mark.parametrize(
    ("text", "weeks", "new"),
    [
        ("2024-03-05 10:20", 2, "2024-03-19 10:20"), ("2024/3/6", -1, "2024/2/28"), ("20240305", 1, "20240312"),
        ("2024年3月5日", 1, "2024年3月12日"), ("2024-02-29T00:00:00+08:00", 52, "2025-02-27T00:00:00+08:00"),
        ("上周", 1, ""), ("2024-13-45", 1, ""),
    ],
)  # fmt: skip
def test_dates_move_in_their_own_writing(text: str, weeks: int, new: str) -> None:
    assert moved(text, weeks) == (new, bool(new))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("in.csv", b"note\n\xe6\x88\x91\xff\xff\xfe13800138000\n", "is neither UTF-8 nor GB18030 text"),
        ("in.csv", "note,a\n我叫王建国\n".encode(), "line 2: 1 fields, the header has 2"),
        ("in.csv", 'note\n"我叫王建国"x\n'.encode(), "line 2: is no CSV"),
        ("in.csv", "note,note\n我叫王建国,b\n".encode(), "line 1: two columns have one name"),
        ("in.csv", "text\n我叫王建国\n".encode(), "has no column 'note'; it has text"),
        ("in.jsonl", '{"note": 1}\n{"note": "我叫王建国"'.encode(), "line 2: is no JSON"),
        ("in.jsonl", '["我叫王建国"]'.encode(), "line 1: an object {…} is needed"),
        ("in.parquet", "我叫王建国".encode(), "is no Parquet file"),
        ("in.txt", b"", "its name must end in .csv"),
    ],
)
def test_faults_are_told_without_values_and_leave_nothing(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    out = tmp_path / f"out{Path(name).suffix}"
    out.write_text("earlier result")
    with pytest.raises(FileFault) as error:
        anonymise_file(tmp_path / name, out, Rows(Pseudonyms(KEY), ["note"]))
    assert told in str(error.value)
    assert "王建国" not in str(error.value) and "13800138000" not in str(error.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, out.name])
    assert out.read_text() == "earlier result"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_failure_in_the_middle_removes_the_unfinished_file(tmp_path: Path, suffix: str) -> None:
    source = _csv(tmp_path / "in.csv") if suffix == ".csv" else _parquet(tmp_path / "in.parquet", 100)
    rows = Rows(Pseudonyms(KEY), ["note"])

    def full(row: int, column: str, replaced: object) -> None:
        raise OSError(28, "No space left on device")

    rows.tell = full
    with pytest.raises(OSError, match="No space left"):
        anonymise_file(source, tmp_path / f"out{suffix}", rows)
    assert [p.name for p in tmp_path.iterdir()] == [source.name]


def test_the_unfinished_file_is_the_owners_alone(tmp_path: Path) -> None:
    with in_place(tmp_path / "out.csv") as part:
        assert part.parent == tmp_path and part.stat().st_mode & 0o777 == 0o600
        assert not (tmp_path / "out.csv").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    source = _csv(tmp_path / "in.csv")
    with pytest.raises(FileFault, match="is the file to read"):
        anonymise_file(source, source, _rows())
    with pytest.raises(FileFault, match="Parquet file is written from a Parquet file only"):
        anonymise_file(source, tmp_path / "out.parquet", _rows())
