"""The weekly review picks telling cases and takes them apart; the report needs nothing else and escapes all words."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csworkshop.cases.casebook import Casebook, open_casebook
from csworkshop.cases.files import shipped, write_table
from csworkshop.cases.report import answers, case_html, facts, html_report, picking, review_page
from csworkshop.cases.review import KINDS, TURN, Case, last_week, review, take_apart, week_of
from tests.cases.tables import tickets
from tests.cases.test_spoken import ANGRY, DEFINITE, RUDE, SORRY, talk

TALK = talk(
    ("T1", "10:00", "customer", ANGRY),
    ("T1", "10:02", "agent", f"{SORRY}{DEFINITE}"),
    ("T1", "10:05", "customer", "好的，那我等着，请问是放门口吗？"),
    ("T1", "10:06", "agent", RUDE),
    ("T1", "10:07", "customer", "太差劲了，我要投诉你们！<script>alert(1)</script>"),
    ("T1", "10:08", "system", "会话结束。"),
)
UNSOLVED = {"resolved_at": None, "resolved": False, "first_contact_resolution": False}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Casebook:
    """Three tickets closed in the week of 2 March, one of each kind, with the same transcript; one of another week."""
    folder = tmp_path_factory.mktemp("week")
    frame = tickets(
        {"csat": 5},
        {"transfers": 3, "csat": 4},
        {"csat": 1, "resolved": False, "resolved_at": None, "first_contact_resolution": False, "escalated": True},
        {"csat": 1, "opened_at": "2026-03-20", "first_response_at": None, "closed_at": "2026-03-20"} | UNSOLVED,
    )
    write_table(folder, "tickets", frame)
    write_table(folder, "messages", pd.concat([TALK.assign(ticket_id=t) for t in frame.ticket_id]))
    return open_casebook(folder)


def test_weeks() -> None:
    assert week_of("2026-W10") == date(2026, 3, 2) and week_of("2026w1") == date(2025, 12, 29)
    for wrong in ("2026-10", "2026-W60", "W10"):
        with pytest.raises(ValueError, match="write a week as 2026-W10"):
            week_of(wrong)


def test_one_case_of_each_kind_is_picked(book: Casebook) -> None:
    found = {c.kind: c.ticket.ticket_id for c in review(book, week_of("2026-W10"), level="fast")}
    assert found == {"turned": "T1", "departments": "T2", "failed": "T3"} and list(found) == list(KINDS)
    assert [c.ticket.ticket_id for c in review(book, week_of("2026-W12"), level="fast")] == ["T4"]
    assert review(book, week_of("2026-W20")) == []


def test_a_transcript_is_taken_apart() -> None:
    turns = take_apart(TALK, "chat")
    assert [t.role for t in turns] == TALK.role.tolist()
    assert turns[0].feeling == "anger" and turns[0].mood is not None and turns[0].mood < -1.2
    shows = {s.item for s in turns[1].shows}
    assert {"empathy", "own", "specific_time"} <= shows and turns[1].turning >= TURN
    assert any(s.fault for s in turns[3].shows) and turns[3].turning <= -TURN
    for shown in turns[1].shows:
        for e in shown.evidence:
            assert turns[1].text[e.start : e.end] == e.text
    case = Case("failed", tickets({}).iloc[0], turns)
    assert {t.turn for t in case.turning_points} == {2, 4}
    assert [t.turn for t in case.reusable] == [2] and case.doubtful[0].turn == 4


def test_the_four_questions_have_proposals() -> None:
    case = Case("failed", tickets({"transfers": 2}).iloc[0], take_apart(TALK, "chat", "fast"))
    (_, turning), (_, wrong), (_, keep), (_, todo) = answers(case, "en")
    assert "turn 2" in turning and "turn 4" in turning and "turn 4" in wrong and "turn 2" in keep
    assert "2 transfers" in todo and "avoid" in todo and "keep" in todo
    assert "T1 · 在线聊天 · 物流 · 客服 A01" in facts(case, "zh")


def test_what_customers_wrote_is_escaped() -> None:
    case = Case("failed", tickets({}).iloc[0], take_apart(TALK, "chat", "fast"))
    page = review_page([case], "复盘 <2026>", "zh")
    assert "<script>" not in page and "&lt;script&gt;" in page and "复盘 &lt;2026&gt;" in page
    assert "▼" in case_html(case, "zh") and page.count("<li") == len(TALK)


def test_the_week_of_a_report_is_the_last_whole_one(book: Casebook) -> None:
    assert last_week(book) == date(2026, 3, 2)  # T4 was closed in the week of the report itself
    assert last_week(dataclasses.replace(book, messages=None)) is None
    assert last_week(dataclasses.replace(book, as_of=pd.Timestamp("2026-03-08 12:00"))) is None


def test_persons_are_masked_in_the_cases(tmp_path: Path) -> None:
    frame = tickets({"csat": 1, "resolved": False, "resolved_at": None, "first_contact_resolution": False})
    said = TALK.assign(text=[f"我叫王建国，电话13800138000。{text}" for text in TALK.text])
    write_table(tmp_path, "tickets", frame)
    write_table(tmp_path, "messages", said)
    (case,) = review(open_casebook(tmp_path), week_of("2026-W10"), level="fast")
    shown = review_page([case], "复盘", "zh")
    assert (
        "王建国" not in shown
        and "13800138000" not in shown
        and shown.count("我叫〔姓名〕，电话〔手机号〕") == len(TALK)
    )


def test_the_picking_list_stands_before_the_cases(book: Casebook) -> None:
    cases = review(book, week_of("2026-W10"), level="fast")
    rows = picking(cases, "zh")
    assert [r[0] for r in rows] == ["开头难、结果好", "跨部门、拖得久", "没办好"] and rows[0][2] == "2 处"
    page = review_page(cases, "复盘", "zh")
    assert page.index("情绪转折") < page.index('<section class="case')
    assert review_page([], "复盘", "zh").count("<table") == 0


def test_the_report_is_one_page_that_needs_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkshop.cases import report

    monkeypatch.setattr(report, "SHOWN", ("scores", "heat"))
    page = html_report(open_casebook(shipped()), [], "en")
    assert page.count("<img") == 1  # without transcripts read there is no heat map
    assert 'src="data:image/png;base64,' in page and "http" not in page and "Synthetic data" in page
    for words in ("A05", "Fast, but unresolved", "Resolution rate", "95% interval", "Closed is not resolved."):
        assert words in page


def test_the_report_as_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from csworkshop.cases import paper

    monkeypatch.setattr(paper, "SHOWN", ("scores",))
    book = open_casebook(shipped())
    cases = [Case("failed", tickets({}).iloc[0], take_apart(TALK, "chat", "fast"))] * 6
    for name, own in (("a.pdf", cases), ("b.pdf", cases), ("c.pdf", [])):
        paper.pdf_report(book, tmp_path / name, cases=own)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF") and data == (tmp_path / "b.pdf").read_bytes()
    pages = [(tmp_path / f"{n}.pdf").read_bytes().count(b"/Type /Page ") for n in "ac"]
    assert pages[0] >= pages[1] + 3  # six transcripts don't fit on two pages
