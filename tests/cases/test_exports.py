"""Exports in the shapes that the help desks document (all content made up) are read by the ready mappings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from csworkshop.cases.imports.importing import Report, import_files
from csworkshop.cases.imports.mapping import read_mapping
from csworkshop.cases.schema import TableName

EXPORTS = Path(__file__).parent / "exports"
SECRETS = ("欧阳晓明", "13800138000", "secret@example.com", "192.0.2.7")


def _read(name: str) -> tuple[dict[TableName, pd.DataFrame], Report]:
    tables, report = import_files([EXPORTS / name], read_mapping(Path(name).stem.removesuffix("_long")))
    assert not report.refused, [str(r) for r in report.refused]
    told = "".join(str(t.values.tolist()) for t in tables.values())
    assert not [s for s in SECRETS if s in told]
    return tables, report


def _talk(tables: dict[TableName, pd.DataFrame]) -> list[list[object]]:
    return list(tables["messages"][["ticket_id", "turn", "role", "text"]].values.tolist())


def test_zendesk_json_with_nested_people_metrics_and_comments() -> None:
    """A comment names its author by number alone: the requester's is the customer, -1 is the system."""
    tables, report = _read("zendesk.ndjson")
    t = tables["tickets"].set_index("ticket_id")
    assert t.channel.tolist() == ["chat", "phone"] and t.team.tolist() == ["售后", "账务"]
    assert t.first_response_at["35436"] == datetime(2025, 7, 20, 11, 20, 2)
    assert t.resolved_at["35436"] == datetime(2025, 7, 21, 12) and t.resolved.tolist() == [True, False]
    assert t.transfers.tolist() == [2, 0] and t.reopened.tolist() == [1, 0] and t.agent_id["35437"] == "未分配"
    assert t.csat["35436"] == 5 and pd.isna(t.csat["35437"]) and t.priority.tolist() == ["high", "normal"]
    assert _talk(tables) == [
        ["35436", 1, "customer", "用了三天就找不到充电座"],
        ["35436", 2, "agent", "您好，请把充电座靠墙放，前面留一米，再按一下回充键。"],
        ["35436", 3, "system", "工单已合并。"],
        ["35437", 1, "customer", "来电：改发票抬头"],
    ]
    assert report.skipped["zendesk.ndjson"] == 1


def test_zendesk_csv_with_all_its_columns() -> None:
    t = _read("zendesk_long.csv")[0]["tickets"]
    assert t.category.tolist() == ["质量", "账单"] and t.channel.tolist() == ["chat", "phone"]
    assert t.transfers.tolist() == [1, 0] and t.first_response_at[0] == datetime(2025, 7, 20, 11, 20)
    assert t.resolved.tolist() == [True, False] and t.agent_id.tolist() == ["A001", "未分配"]


def test_freshdesk_json_begins_with_the_description() -> None:
    tables, report = _read("freshdesk.json")
    t = tables["tickets"].set_index("ticket_id")
    assert t.csat["20"] == 5 and t.resolved.tolist() == [True, False] and t.escalated.tolist() == [True, False]
    assert t.channel.tolist() == ["chat", "chat"] and t.priority.tolist() == ["normal", "urgent"]
    assert t.first_response_at["20"] == datetime(2025, 8, 1, 10, 20)
    assert _talk(tables) == [
        ["20", 1, "customer", "会员费扣了两次，麻烦看看"],
        ["20", 2, "agent", "您好，已经查到两笔，今天18点前退回一笔。"],
        ["20", 3, "customer", "好的，谢谢"],
        ["21", 1, "customer", "验证码收不到"],
    ]
    assert report.skipped["freshdesk.json"] == 1


def test_freshdesk_csv_with_all_its_columns() -> None:
    t = _read("freshdesk_long.csv")[0]["tickets"]
    assert t.first_response_at[0] == datetime(2025, 8, 1, 10, 20) and t.resolved_at[0] == datetime(2025, 8, 2, 13)
    assert t.csat[0] == 5 and pd.isna(t.csat[1]) and t.resolved.tolist() == [True, False]
    assert t.agent_id.tolist() == ["A001", "未分配"] and t.category.tolist() == ["账单", "未分类"]
    assert pd.isna(t.team[1]) and pd.isna(t["product"][1]) and t.contacts.tolist() == [2, 1]


def test_udesk_json_of_the_interface() -> None:
    tables, _ = _read("udesk.json")
    t = tables["tickets"]
    assert t.channel.tolist() == ["chat", "email"] and t.priority.tolist() == ["urgent", "normal"]
    assert t.resolved_at[0] == datetime(2025, 9, 1, 18) and t.promised_at[0] == datetime(2025, 9, 1, 20)
    assert t.first_response_at[0] == datetime(2025, 9, 1, 9, 12) and t.resolved.tolist() == [True, False]
    assert t.csat[0] == 4 and [row[2] for row in _talk(tables)] == ["customer", "agent", "customer", "customer"]


def test_qiyu_json_of_ended_sessions() -> None:
    t = _read("qiyu.json")[0]["tickets"]
    assert t.opened_at[0] == datetime(2025, 9, 1, 9) and t.first_response_at[0] == datetime(2025, 9, 1, 9, 0, 12)
    assert t.channel.tolist() == ["chat", "chat"] and t.resolved.tolist() == [True, False]
    assert t.csat[0] == 4 and pd.isna(t.csat[1]) and pd.isna(t.first_response_at[1]) and pd.isna(t.survey_at[1])
    assert t.category.tolist() == ["物流/催件", "未分类"] and t.team[0] == "订单组"


def test_a_comment_without_an_author_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "z.ndjson"
    text = (EXPORTS / "zendesk.ndjson").read_text("utf-8").splitlines()[0]
    path.write_text(text.replace('"author_id": 235323', '"author_id": null') + "\n", "utf-8")
    _, report = import_files([path], read_mapping("zendesk"))
    assert [str(r) for r in report.refused] == ["z.ndjson, line 1: role is empty"]


def test_comments_that_cannot_be_read_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "z.ndjson"
    path.write_text((EXPORTS / "zendesk.ndjson").read_text("utf-8").replace('"requester": ', '"asked_by": '), "utf-8")
    tables, report = import_files([path], read_mapping("zendesk"))
    assert "messages" not in tables
    assert [str(r) for r in report.refused] == ["z.ndjson: messages can't be read: nothing tells role"]
