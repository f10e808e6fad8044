"""The checker as its callers know it: every item answered, spans in the text as typed, reasons in both languages."""

from __future__ import annotations

import pytest

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import check
from csworkshop.techniques.scenario import Scenario

ANGRY = Scenario(customer="水壶第三天就漏水了,我要退款!", emotion="anger")
CODEBOOK = (
    "empathy restate own confirm_understanding ask_facts ask_need specific_time solution options tradeoffs follow_up "
    "contact check_resolved compensation improvement proactive vague blame excuse brush_off overacting jargon "
    "off_register punctuation rude defend_first overpromise privacy"
).split()


def test_catalogue_holds_the_codebooks_items() -> None:
    assert sorted(catalogue().items) == sorted(CODEBOOK)
    assert len(catalogue().techniques) == 16
    assert len(catalogue().faults) == 12


def test_every_item_is_answered_even_for_nothing() -> None:
    for reply in ("", "   ", "。", "🙂", "a" * 3000):
        report = check(reply, ANGRY)
        assert set(report.findings) == set(CODEBOOK)
        assert all(0 <= f.score <= 1 for f in report.findings.values())


@pytest.mark.parametrize(
    "reply",
    [
        "真的抱歉!!水壶漏水是我们的错,2小时内给您退款。",
        "真的抱歉！！水壶漏水是我们的错，２小时内给您退款。",
        "\u200b真的抱歉! ! 水壶漏水\u3000是我们的错 2 小时内给您退款",
        "👨‍👩‍👧真的抱歉😂 水壶漏水是我们的错,2小时内给您退款",
    ],
)
def test_evidence_is_what_was_typed(reply: str) -> None:
    report = check(reply, ANGRY)
    assert report["own"].present
    for finding in report.findings.values():
        for e in finding.evidence:
            assert reply[e.start : e.end] == e.text
            assert e.text.strip()


def test_every_finding_explains_itself_in_both_languages() -> None:
    report = check("抱歉,系统没问题,是您自己操作不当!!!马上给您处理。", ANGRY)
    assert report.present
    for finding in report.present:
        assert finding.reason("zh") and finding.reason("en") and finding.evidence


def test_the_same_reply_is_judged_the_same() -> None:
    reply = "让您白跑一趟,实在对不住。今天18点前给您换一个新的。"
    assert check(reply, ANGRY) == check(reply, ANGRY)


def test_context_decides() -> None:
    reply = "我们的规定是七天内可以退。"
    assert check(reply, ANGRY)["defend_first"].present
    assert not check(reply, Scenario(customer="请问能退吗?", emotion="calm"))["defend_first"].present
