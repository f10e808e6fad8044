"""Small tables made by hand, for tests of measures: few enough tickets to count on one's fingers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csworkshop.cases.files import typed
from csworkshop.cases.schema import schema

PLAIN: dict[str, Any] = {
    "opened_at": "2026-03-02 10:00",  # a Monday
    "channel": "chat",
    "category": "物流",
    "product": "空气炸锅",
    "agent_id": "A01",
    "team": "订单组",
    "customer_id": "C1",
    "priority": "normal",
    "first_response_at": "2026-03-02 10:02",
    "resolved_at": "2026-03-02 12:00",
    "closed_at": "2026-03-02 13:00",
    "promised_at": None,
    "reopened": 0,
    "transfers": 0,
    "contacts": 1,
    "resolved": True,
    "first_contact_resolution": True,
    "csat": None,
    "survey_at": None,
    "compensation": 0.0,
    "progress_due": 0,
    "progress_on_time": 0,
    "escalated": False,
    "province": None,
    "age_band": None,
}


def tickets(*changes: dict[str, Any], **all_of_them: Any) -> pd.DataFrame:
    """A ticket per `changes`, each like PLAIN but for those; typed as the schema says."""
    rows = [{"ticket_id": f"T{n}", **PLAIN, **all_of_them, **change} for n, change in enumerate(changes, 1)]
    frame = pd.DataFrame(rows, dtype=object)
    for name, column in schema()["tickets"].columns.items():
        if column.kind == "timestamp":
            frame[name] = pd.to_datetime(frame[name], format="mixed")
        elif column.null:
            frame[name] = frame[name].where(frame[name].notna(), None if column.kind == "str" else pd.NA)
    return typed(frame, "tickets")
