"""The promise grammar: which sentences bind our side to a time."""

from __future__ import annotations

import pytest

from csworkshop.text.normalise import fold
from csworkshop.text.times import promises

DEFINITE = """
今天18点前给您打款。
今天１８：００前给您打款。
我两小时内回您电话。
押金1-3个工作日退回您的卡里。
下班之前我把合同寄出去。
半个钟头以后我再打给您。
周三中午以前师傅上门。
新的水壶后天能到。
五点我打给您。
明早十点我们来取件。
最晚礼拜五给您答复。
最迟不超过三天,钱到您账上。
备用机今晚八点送到前台。
这笔差价48小时内原路返回。
工程师一个半小时内到现场。
您后天上午就能收到。
发票明天上午发您邮箱。
仨工作日内退到您微信。
一刻钟之内有人联系您。
下周二之前出检测结果。
月底前给您换好新表。
12月3号之前补发到您家。
我让库房今天就发。
晚饭前师傅一准到您家。
明天这个时候以前给您准信。
审核要两个工作日。
退款需要三到五个工作日到账。
天黑前骑手送到。
每半小时我给您报一次进度。
今儿下午三点以前给您送过去。
贵司的专线22:30前恢复。
十分钟搞定。
我四十分钟后给您回话。
这礼拜天之前肯定给您装好。
15号上午我们把货发出。
处理结果24H内短信通知您。
俩钟头就送到。
预计明天18点前送达。
书面说明本周五下班前发至贵司邮箱。
后天中午12点半前,快递员上门取件。
退款我点了,三个工作日。
大爷 您别急 明天头晌我给您送过去
国庆前把新的座套给您寄到。
定金当天退。
""".strip().splitlines()

NOTHING = """
您都等了三天了。
系统显示昨天18点签收。
本店支持7天无理由退货。
请您48小时内寄回。
麻烦今天下班前把照片发我。
我们营业时间是早上九点到晚上九点。
您什么时候方便?明天上午行吗?
师傅三天前就去过了。
上周五已经给您发了。
您是15号下的单吧?
不是说24小时内就能修好。
我没法保证今天18点前送到。
优惠券有效期30天。
您今晚八点要用,是这个意思吧?
您要求明天中午前给结果。
保修期内免费维修。
您买了两个月就坏了。
热线每天8点到20点有人接。
他一天送三百件,难免出错。
慢一点也没关系。
这两点建议我记下了。
您得在三天内上传凭证。
快六点了孩子还没到家,换谁都慌。
您说同事答应“两小时内回电”,一直没等到。
逾期7天未取的包裹会退回。
质保一年。
之前的同事说过三天到账。
您在5月8日提交过一次。
离开车就剩两个小时了。
试用期14天,过期自动续费。
熬到半夜两点才弄完,您辛苦了。
一分钱也不会多收。
您先消消气,冷静一点。
""".strip().splitlines()

OPEN = """
我们会尽快给您处理。
稍后有同事联系您。
过几天就到账了。
有消息了我再通知您。
大概三四天能到吧。
到时候再给您答复。
回头我让财务退给您。
应该明天能到。
这两天给您安排。
我们将第一时间为您核实。
可能今晚能修好。
晚点给您回电话。
过阵子就给您补发。
后续会有专人跟进。
""".strip().splitlines()

NOT_OPEN = """
我们会尽快退,最晚今天18点前到您卡上。
请您尽快提供订单号。
回头客都说好吃。
晚上八点给您回电。
您稍后方便接电话吗?
""".strip().splitlines()


@pytest.mark.parametrize("text", DEFINITE)
def test_binds_us_to_a_definite_time(text: str) -> None:
    assert promises(fold(text).text)


@pytest.mark.parametrize("text", NOTHING)
def test_time_that_is_no_promise(text: str) -> None:
    assert promises(fold(text).text) == []


@pytest.mark.parametrize("text", OPEN)
def test_commitment_left_open(text: str) -> None:
    folded = fold(text).text
    assert promises(folded, definite=False)
    assert promises(folded) == []


@pytest.mark.parametrize("text", NOT_OPEN)
def test_open_words_that_leave_nothing_open(text: str) -> None:
    assert promises(fold(text).text, definite=False) == []


def test_span_is_the_clause_with_the_time() -> None:
    text = fold("不好意思,今天18点前给您打款,您留意短信。").text
    assert [text[a:b] for a, b in promises(text)] == ["今天18点前给您打款"]


def test_two_promises_are_two_spans() -> None:
    text = fold("明天上午来取,取走后两个工作日内退款。").text
    assert [text[a:b] for a, b in promises(text)] == ["明天上午来取", "取走后两个工作日内退款"]


@pytest.mark.parametrize("text", ["", "。。。", "好的", "18:00", "1" * 3000, "今天" * 2000])
def test_odd_text_is_read_without_harm(text: str) -> None:
    promises(text)
    promises(text, definite=False)
