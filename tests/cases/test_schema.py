"""The schema is one place of truth: pandera's check, the files' types and the data dictionary all come from it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from csworkshop.cases.checking import check_folder, check_table
from csworkshop.cases.files import metadata, read_table, shipped, table_path, write_table
from csworkshop.cases.made.generate import SEED, TICKETS, TRANSCRIPTS
from csworkshop.cases.made.year import readme_text
from csworkshop.cases.schema import TABLES, column_name, schema, value_name
from csworkshop.text.datafile import DataFileError


@pytest.fixture(scope="module")
def tickets() -> pd.DataFrame:
    return read_table(shipped(), "tickets").head(50)


def test_shipped_data_fits_and_is_small() -> None:
    rows, faults = check_folder(shipped())
    assert faults == []
    assert rows["tickets"] >= 20_000 and rows["agents"] == 40 and rows["events"] >= 10
    assert sum(path.stat().st_size for path in shipped().iterdir()) < 6e6


def test_shipped_files_say_that_they_are_made_up() -> None:
    for table in TABLES:
        if table_path(shipped(), table).suffix == ".parquet":
            assert "Synthetic" in metadata(table_path(shipped(), table))
    assert "Synthetic" in (shipped() / "README.md").read_text("utf-8")


def test_the_data_dictionary_is_the_schema() -> None:
    text = (shipped() / "README.md").read_text("utf-8")
    assert text == readme_text(TICKETS, TRANSCRIPTS, SEED), "run csworkshop cases generate --out data/cases"
    for table in schema().values():
        for name, column in table.columns.items():
            assert f"| `{name}` | {column.name.zh} | {column.name.en} |" in text


def test_names_in_both_languages() -> None:
    assert column_name("tickets", "csat", "zh") == "满意度" and column_name("tickets", "csat", "en") == "Satisfaction"
    assert value_name("tickets", "channel", "chat", "zh") == "在线聊天"
    assert value_name("tickets", "category", "物流", "en") == "Delivery"
    assert column_name("tickets", "unheard_of", "en") == "unheard_of"
    assert value_name("tickets", "province", "湖北", "en") == "湖北"


@pytest.mark.parametrize(
    ("column", "value", "asked"),
    [
        ("channel", "fax", "must be one of"),
        ("csat", 6, "must not be above 5"),
        ("contacts", 0, "must not be below 1"),
        ("compensation", -1.0, "must not be below 0"),
        ("agent_id", None, "must not be empty"),
        ("closed_at", pd.Timestamp("2020-01-01"), "closed_at must not be before opened_at"),
        ("progress_on_time", 99, "progress_on_time must not be more than progress_due"),
    ],
)
def test_a_wrong_cell_is_found_and_its_value_not_told(
    tickets: pd.DataFrame, column: str, value: object, asked: str
) -> None:
    broken = tickets.copy()
    broken[column] = broken[column].astype(object)
    broken.loc[7, column] = value
    faults = check_table("tickets", broken)
    assert [(f.rows, f.table) for f in faults] == [((8,), "tickets")]
    assert asked in str(faults[0])
    assert not any(given in str(faults[0]) for given in ("fax", "99", "2020"))


def test_contradictions_and_repeated_keys_are_found(tickets: pd.DataFrame) -> None:
    broken = pd.concat([tickets, tickets.iloc[[0]]], ignore_index=True)
    assert any("must not repeat" in f.asked for f in check_table("tickets", broken))
    unsolved = tickets.copy()
    unsolved.loc[unsolved.resolved.idxmax(), "resolved_at"] = pd.NaT
    assert any("resolved_at must not be empty" in f.asked for f in check_table("tickets", unsolved))


def test_faults_between_tables(tmp_path: Path, tickets: pd.DataFrame) -> None:
    messages = read_table(shipped(), "messages")
    messages = messages[messages.ticket_id.isin(tickets.ticket_id)].head(20)
    write_table(tmp_path, "tickets", tickets)
    write_table(tmp_path, "agents", read_table(shipped(), "agents").head(3))
    stray = messages.copy()
    stray.loc[stray.index[0], "ticket_id"] = "T9999999"
    write_table(tmp_path, "messages", stray)
    told = "\n".join(map(str, check_folder(tmp_path)[1]))
    assert "messages.parquet: ticket_id: must be a ticket of tickets.parquet: 1 rows (row 1)" in told
    assert "tickets.parquet: agent_id: must be an agent of agents.parquet" in told
    assert "messages.parquet: turn: must count 1, 2, 3 … in each ticket" in told


def test_tables_survive_the_way_through_a_file(tmp_path: Path, tickets: pd.DataFrame) -> None:
    more = tickets.assign(remark="原样保留")
    write_table(tmp_path, "tickets", more, "hello")
    back = read_table(tmp_path, "tickets")
    pd.testing.assert_frame_equal(back, more)
    assert metadata(table_path(tmp_path, "tickets")) == "hello"
    first = table_path(tmp_path, "tickets").read_bytes()
    write_table(tmp_path, "tickets", more, "hello")
    assert table_path(tmp_path, "tickets").read_bytes() == first


def test_a_missing_or_broken_table_is_told_in_a_sentence(tmp_path: Path, tickets: pd.DataFrame) -> None:
    with pytest.raises(DataFileError, match="there is no such file"):
        read_table(tmp_path, "tickets")
    with pytest.raises(DataFileError, match=r"holds none of tickets\.parquet"):
        check_folder(tmp_path)
    table_path(tmp_path, "tickets").write_bytes(b"no parquet")
    with pytest.raises(DataFileError, match="can't be read as the table tickets"):
        read_table(tmp_path, "tickets")
    write_table(tmp_path, "messages", read_table(shipped(), "messages").head(3))
    with pytest.raises(DataFileError, match="lacks the column ticket_id"):
        (tmp_path / "agents.parquet").write_bytes((tmp_path / "messages.parquet").read_bytes())
        write_table(tmp_path, "events", read_table(shipped(), "events"))
        (tmp_path / "tickets.parquet").write_bytes((shipped() / "agents.parquet").read_bytes())
        read_table(tmp_path, "tickets")
