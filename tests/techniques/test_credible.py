"""Piles of key words are no replies; what people write, however short or formal, is one."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.credible import credible

LABELLED = Path(__file__).parents[2] / "data" / "labelled"
KEYWORDS = (
    "抱歉 理解 今天18点前 退款 补偿 20元券 跟进 回访 对不起 着急 方案 换货 两种 或者 您希望 是否满意 订单号 请问 联系 "
    "专线 改进 流程 2小时内 工单 上门 检测 优惠券 免费 加急 心情 我们的责任"
).split()


@pytest.mark.parametrize("joint", [" ", ",", "，", "、", "。", "\n"])
def test_piles_of_key_words_are_seen(joint: str) -> None:
    chance = random.Random(7)
    piles = [joint.join(chance.sample(KEYWORDS, chance.randint(8, 20))) for _ in range(100)]
    assert sum(credible(p) for p in piles) <= 5


@pytest.mark.parametrize(
    "pile",
    [
        "【共情】理解。【致歉】抱歉。【时限】24小时。【方案】退款。【跟进】会。",
        "共情:着急。担责:我们。时限:今天。方案:退款。补偿:20元。",
        "抱歉让您久等了今天18点前给您退款" * 4,
        "一、共情。二、致歉。三、换新。四、退款。五、补偿。六、跟进。七、满意。",
    ],
)
def test_labels_and_repetitions_are_seen(pile: str) -> None:
    assert not credible(pile)


@pytest.mark.parametrize(
    "reply",
    [
        "好的",
        "在的,您说。",
        "尊敬的客户:贵司7月账单已重新核算,差额268元将于3个工作日内退回原账户,特此致歉。",
        "不好意思哈 刚才看错单了 我重新给您查 您稍等两分钟我就回来",
        "1. 打开设置;2. 点“账号”;3. 点“注销”。做完告诉我一声。",
        "卢先生，您记一下：一、旧的先不动，老爷子的铃不会断；二、明早8点罗师傅上门；三、129元明天退。您看行吗？",
    ],
)
def test_real_replies_pass(reply: str) -> None:
    assert credible(reply)


def test_labelled_replies_pass() -> None:
    techniques = {i.id for i in catalogue().techniques}
    replies = [json.loads(x) for p in sorted(LABELLED.glob("*.replies.jsonl")) for x in p.open(encoding="utf-8")]
    real = [r["reply"] for r in replies if len(techniques & set(r["labels"])) >= 2]
    refused = [r for r in real if not credible(r)]
    assert len(real) > 1000
    assert len(refused) <= len(real) / 200, refused
