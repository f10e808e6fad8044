"""Exports of help desks become our tables; bad rows are listed by place and reason, and never with what stood there."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from csworkshop.cases.checking import check_folder
from csworkshop.cases.files import read_table
from csworkshop.cases.imports.importing import import_files
from csworkshop.cases.imports.mapping import read_mapping, shipped_mappings
from csworkshop.cli import main
from csworkshop.text.datafile import DataFileError

SECRETS = ("欧阳晓明", "13800138000", "secret@example.com")

EXPORTS = Path(__file__).parent / "exports"


def _udesk_rows() -> list[list[str]]:
    with (EXPORTS / "udesk.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write_csv(path: Path, rows: list[list[str]], encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_zendesk_csv() -> None:
    tables, report = import_files([EXPORTS / "zendesk.csv"], read_mapping("zendesk"))
    t = tables["tickets"].set_index("ticket_id")
    assert not report.refused and list(t.index) == ["101", "102", "103"]
    assert t.opened_at["101"] == datetime(2025, 7, 1, 9)  # UTC in the export
    assert t.first_response_at["101"] == datetime(2025, 7, 1, 9, 30)  # 30 minutes after
    assert t.channel.tolist() == ["email", "chat", "phone"]
    assert t.priority.tolist() == ["normal", "normal", "high"]
    assert t.csat.tolist()[0] == 5 and t.csat.isna().tolist() == [False, True, False]
    assert t.resolved.tolist() == [True, False, True]
    assert t.first_contact_resolution.tolist() == [True, False, False]  # 103 was reopened
    assert t.contacts.tolist() == [1, 1, 2] and t.category["102"] == "未分类"
    assert t.agent_id.tolist() == ["A001", "A002", "A001"] and t.customer_id.tolist() == [
        "用户001",
        "用户002",
        "用户001",
    ]
    assert tables["agents"].agent_id.tolist() == ["A001", "A002"]
    assert report.unknown["zendesk.csv"] == ["Requester"]
    assert not any(secret in str(tables["tickets"].values.tolist()) for secret in SECRETS)


def test_zendesk_json_with_comments_inside(tmp_path: Path) -> None:
    path = tmp_path / "z.json"
    comment = {
        "created_at": "2025-07-01T01:05:00Z",
        "public": True,
        "author": {"role": "agent"},
        "body": "您好，在查。",
    }
    record = {
        "id": 7,
        "created_at": "2025-07-01T01:00:00Z",
        "via": {"channel": "web"},
        "type": "problem",
        "assignee_id": 33,
        "requester_id": 44,
        "status": "solved",
        "priority": "urgent",
        "metric_set": {"solved_at": "2025-07-01T02:00:00+00:00", "reopens": 0},
        "satisfaction_rating": {"score": "good"},
        "comments": [
            comment | {"author": {"role": "end-user"}, "created_at": "2025-07-01T01:00:00Z", "body": "坏了"},
            comment,
            comment | {"public": False, "body": "内部备注"},
        ],
    }
    path.write_text(json.dumps({"tickets": [record, record | {"id": 8, "comments": []}], "count": 2}), "utf-8")
    tables, report = import_files([path], read_mapping("zendesk"))
    assert not report.refused and report.skipped["z.json"] == 1
    assert tables["tickets"].ticket_id.tolist() == ["7", "8"]
    assert tables["tickets"].resolved_at[0] == datetime(2025, 7, 1, 10)
    assert tables["messages"][["turn", "role", "text"]].values.tolist() == [
        [1, "customer", "坏了"],
        [2, "agent", "您好，在查。"],
    ]
    assert tables["messages"]["at"][1] == datetime(2025, 7, 1, 9, 5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_udesk_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = _write_csv(tmp_path / "工单.csv", _udesk_rows(), encoding)
    tables, report = import_files([path], read_mapping("udesk"))
    t = tables["tickets"]
    assert not report.refused, [str(r) for r in report.refused]
    assert t.channel.tolist() == ["chat", "phone", "review"] and t.csat.astype(float).fillna(0).tolist() == [5, 0, 2]
    assert t.first_response_at[0] == datetime(2025, 7, 1, 9, 8, 20)
    assert t.first_response_at[1] == datetime(2025, 7, 2, 10, 1, 30)
    assert t.priority.tolist() == ["normal", "urgent", "normal"] and t.agent_id[2] == "未分配"
    assert t.resolved.tolist() == [True, False, True] and t.category.tolist() == ["物流", "退款", "质量"]


def test_freshdesk_and_qiyu(tmp_path: Path) -> None:
    t = import_files([EXPORTS / "freshdesk.csv"], read_mapping("freshdesk"))[0]["tickets"]
    assert t.first_response_at[0] == datetime(2025, 8, 1, 10, 30) and t.csat[0] == 5 and t.contacts[0] == 1
    assert t.priority[0] == "normal" and t.first_contact_resolution[0]

    book = Workbook()
    page = book.active
    page.append(
        [
            "会话ID",
            "会话开始时间",
            "会话来源",
            "咨询分类",
            "接待客服",
            "访客ID",
            "首次响应时长（秒）",
            "会话时长（秒）",
            "解决状态",
            "满意度",
        ]
    )
    page.append([88001, datetime(2025, 9, 1, 9, 0), "微信小程序", "账号", "小赵", "v-1", 12, 600, "已解决", 100])
    page.append([88002, datetime(2025, 9, 1, 9, 30), "网页", "账单", "小钱", "v-2", 20, 60.0, "未解决", 1])
    talk = book.create_sheet("消息")
    talk.append(["会话ID", "消息时间", "发送方", "消息内容"])
    talk.append([88001, datetime(2025, 9, 1, 9, 0), "访客", "登不上了"])
    talk.append([88001, datetime(2025, 9, 1, 9, 1), "客服", "我来查一下。"])
    talk.append([88001, datetime(2025, 9, 1, 9, 1), "机器人", "会话结束"])
    book.save(tmp_path / "qiyu.xlsx")
    tables, report = import_files([tmp_path / "qiyu.xlsx"], read_mapping("qiyu"))
    t = tables["tickets"]
    assert not report.refused and t.ticket_id.tolist() == ["88001", "88002"]
    assert t.first_response_at[0] == datetime(2025, 9, 1, 9, 0, 12) and t.closed_at[0] == datetime(2025, 9, 1, 9, 10)
    assert t.resolved.tolist() == [True, False] and t.csat.tolist() == [5, 1]
    assert t.resolved_at[0] == t.closed_at[0]
    tables, _ = import_files([tmp_path / "qiyu.xlsx"], read_mapping("qiyu"), sheet="消息")
    assert tables["messages"].role.tolist() == ["customer", "agent", "system"]
    assert tables["messages"].turn.tolist() == [1, 2, 3] and "tickets" not in tables


def test_json_lines_and_extra_columns(tmp_path: Path) -> None:
    good = {
        "id": 1,
        "created_at": 1751331600,
        "source": 3,
        "type": "咨询",
        "responder_id": 2,
        "priority": 4,
        "status": 5,
    }
    good["stats"] = {"resolved_at": "2025-07-01T12:00:00+08:00"}
    lines = [json.dumps(good | {"cf_店铺": "旗舰店"}), "{broken 13800138000", json.dumps([1]), ""]
    path = tmp_path / "f.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    tables, report = import_files([path], read_mapping("freshdesk"), keep_extra=True)
    t = tables["tickets"]
    assert t.opened_at[0] == datetime(2025, 7, 1, 9) and t.channel[0] == "phone" and t.priority[0] == "urgent"
    assert t["cf_店铺"][0] == "旗舰店"
    assert [str(r) for r in report.refused] == [
        "f.jsonl, line 2: is not valid JSON",
        "f.jsonl, line 3: is no JSON object",
    ]


def test_bad_rows_are_listed_without_their_words_and_the_rest_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _udesk_rows()
    head, good = rows[0], rows[1]

    def changed(**cells: str) -> list[str]:
        return [cells.get(name, cell) for name, cell in zip(head, good, strict=True)]

    bad = [
        (changed(工单编号="", 客户="欧阳晓明"), "ticket_id is empty"),
        (changed(工单编号="B1", 创建时间="13800138000的那天"), "opened_at is no time that can be read"),
        (changed(工单编号="B2", 创建时间="2025-02-30 10:00"), "opened_at is no time that exists"),
        (
            changed(工单编号="B3", 渠道="欧阳晓明的邮箱secret@example.com"),
            "channel is none of chat, phone, email, review",
        ),
        (changed(工单编号="B4", 满意度="13800138000"), "csat is above 5"),
        (changed(工单编号="B5", 首次响应时长="欧阳晓明"), "first_response_at is no number"),
        (changed(工单编号="B6", 解决时间="2024-01-01 10:00"), "resolved_at must not be before opened_at"),
        (changed(), "ticket_id repeats an earlier row"),
        ([*changed(工单编号="B7"), "secret@example.com"], "has 15 cells, and the heading 14"),
    ]
    path = _write_csv(tmp_path / "bad.csv", [head, good, *(row for row, _ in bad), rows[2]], "utf-8-sig")
    status = main(["cases", "import", "--mapping", "udesk", str(path), "--out", str(tmp_path / "out"), "--lang", "en"])
    told = capsys.readouterr()
    assert status == 1
    assert read_table(tmp_path / "out", "tickets").ticket_id.tolist() == ["U-1", "U-2"]
    for number, (_, reason) in enumerate(bad, 3):
        assert f"bad.csv, line {number}: {reason}" in told.err
    listed = (tmp_path / "out" / "rejected.csv").read_text("utf-8-sig")
    assert len(listed.splitlines()) == 1 + len(bad)
    for secret in SECRETS:
        assert secret not in told.out + told.err + listed
    assert "left out, as the mapping doesn't name them: 备注" in told.out
    assert "escalated (false)" in told.out
    assert check_folder(tmp_path / "out")[1] == []


def test_files_that_are_no_export(tmp_path: Path) -> None:
    mapping = read_mapping("udesk")
    cases = {
        "no.csv": (None, "there is no such file"),
        "empty.csv": (b"", "is empty"),
        "old.xls": (b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        "no.xlsx": (b"PK\x03\x04broken", "can't be opened as a workbook"),
        "what.pdf": (b"%PDF", "has an ending that isn't known"),
        "bytes.csv": (b"\xff\xff\xff\xff\n", "neither UTF-8 nor GB18030"),
        "bad.json": (b'{"tickets": [', "is not valid JSON (line 1"),
        "object.json": (b'{"a": 1}', "holds no list of records"),
        "other.csv": ("姓名,电话\n欧阳晓明,13800138000\n".encode(), "lacks columns for ticket_id (工单编号"),
    }
    for name, (content, reason) in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(DataFileError) as error:
            import_files([tmp_path / name], mapping)
        assert reason in str(error.value) and name in str(error.value)
        assert not any(secret in str(error.value) for secret in SECRETS)


def test_mapping_files_are_checked(tmp_path: Path) -> None:
    assert {"zendesk", "freshdesk", "udesk", "qiyu"} <= set(shipped_mappings())
    with pytest.raises(DataFileError, match="there is no such mapping; there are: freshdesk, qiyu, udesk, zendesk"):
        read_mapping("salesforce")
    base = 'name = { zh = "我", en = "mine" }\n[tickets.columns]\nticket_id = ["ID"]\n'
    for more, says in (
        ('nothing = ["x"]\n', "'nothing' is no column; there are: ticket_id"),
        ('[tickets.values.channel]\nfax = "telegraph"\n', "'telegraph' is not allowed; chat, phone, email, review"),
        (
            '[tickets.durations]\nclosed_at = { since = "team", columns = ["x"], unit = "hours" }\n',
            "columns that hold times",
        ),
        ("[tickets.colums]\n", "no such key is known here"),
    ):
        path = tmp_path / "mine.toml"
        path.write_text(base + more, "utf-8")
        with pytest.raises(DataFileError, match=r"mine\.toml") as error:
            read_mapping(str(path))
        assert says in str(error.value)


def test_a_proposed_mapping_can_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _udesk_rows()
    rows[3][2] = "抖音"
    path = _write_csv(tmp_path / "工单.csv", rows, "gb18030")
    assert main(["cases", "import", "--mapping-template", str(path)]) == 0
    text = capsys.readouterr().out
    assert '"微信" = "chat"' in text and '"抖音" = "FILL IN"' in text and "备注" in text
    assert not any(secret in text for secret in SECRETS)
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(DataFileError, match="'FILL IN' is not allowed"):
        read_mapping(str(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text(text.replace("FILL IN", "review"), "utf-8")
    tables, report = import_files([path], read_mapping(str(tmp_path / "mine.toml")))
    t = tables["tickets"]
    assert not report.refused and t.channel.tolist() == ["chat", "phone", "review"]
    assert t.first_response_at[0] == datetime(2025, 7, 1, 9, 8, 20) and t.csat[0] == 5
    assert t.resolved.tolist() == [True, False, True]
