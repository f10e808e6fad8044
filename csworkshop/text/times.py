"""The promise grammar: where a reply commits our side to a time, and whether that time is definite.

A time alone is no promise. `promises` first looks for the words of a time, then asks who acts: 今天18点前给您打款 binds
us, 请您今天18点前寄回 binds the customer, 昨天18点签收 reports, 7天无理由 recites a rule. How surely a time points
ahead decides how much else the clause must say:

by      a deadline or the end of a span (今天18点前, 两小时内, 半个钟头以后): binds us unless something
        speaks against it
at      a point or a bare span (明早十点, 三个工作日, 周三上午): needs a verb of service beside it
day     a bare day (今天, 后天, 15号): needs a verb of giving behind it
open    尽快 稍后 过几天 有消息就说, or a definite time that 大概 可能 takes back: an open commitment

All patterns read folded text (`csworkshop.text.normalise.fold`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from csworkshop.text.expressions import ALWAYS, Sieve
from csworkshop.text.segment import Span, clauses, sentences

# --- the words of a time -----------------------------------------------------------------------------------------

_N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]{1,3}|[仨俩])"
_HOUR = r"(?:[01]?\d|2[0-4]|二十[一二三四]?|十[一二]?|[零一二两三四五六七八九])"
_RANGE = rf"(?:{_N}(?:[-~～—到至]{_N})?)"
_UNIT = (
    r"(?:个?(?:多|半)?(?:工作日|自然日|小时|钟头|礼拜|星期|半?月)|分钟|天|日(?![用常志前])"
    r"|周(?![一二三四五六日])|刻钟|秒钟?|[hH](?![a-zA-Z]))"
)
_LOOSE = r"(?<![这那近前几])(?<!提前)"  # 这两天 is a span that is none
_SPAN = (
    rf"(?:{_LOOSE}(?<!过)(?<!一)[一两]天|{_LOOSE}(?!一?[一两]天){_RANGE}{_UNIT}|{_LOOSE}半个?(?:小时|钟头"
    r"|月|工作日|日|天(?=内|之内|以内)))"
)
_CLOCK = (
    rf"(?:(?<![\d第这那核有说提讲以])(?!一点(?![半钟整零十二三四五前\d]|[之以]前)){_HOUR}[点時时](?!间|候"
    r"|[心赞击开进]|好[的吧])"
    r"(?:钟|整|半|过?[一三]刻|零?[\d一二三四五六七八九十]{1,3}分?)?|\d{1,2}[:：]\d{2})"
)
_PART = (
    r"(?:凌晨|清晨|大?清?早上?|一大?早|早晨|早间|上午|头晌|晌午|正午|中午|午间|下午|后晌|傍晚|天[黑亮]"
    r"|晚上|晚间|夜里|半夜|午夜|晚)"
)
_EVENT = (
    r"(?:下班|收工|打烊|关门|闭店|收市|[晚午早中]饭|晚餐|午餐|饭点|春节|国庆|元旦|中秋|开学|月底|月末|年底"
    r"|周末|天黑|晌午|正午|中午)"
)
_NEAR = r"(?:今[天日儿晚夜早晨]个?|(?<!赶)明[天日儿晚早晨]个?|后[天儿]|当[天日晚](?!的)|次日|隔天|第二天)"
_WEEK = (
    r"(?:(?:这个?|本|下个?)?(?:周|星期|礼拜)[一二三四五六日天末]|[本这下]个?(?:周|星期|礼拜"
    r"|月)(?=[之以]?内|里|底|初))"
)
_DATE = (
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[本下]个?|这个?)月(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
    r"|(?<![\d第一二三四五六七八九十栋])(?:\d{1,2}"
    r"|[一二三四五六七八九十]{1,3})[号日](?![店线楼门院机码窗仓口柜键位车房船桌]))"
)
_DAY = rf"(?:{_NEAR}|{_WEEK}|{_DATE})"
_SAME = r"(?:这|同一)个?(?:时候|时间|点儿?|钟点)"
_WHEN = rf"(?:{_DAY}的?(?:{_PART}的?)?(?:{_CLOCK}|{_EVENT}|{_SAME})?|{_PART}的?{_CLOCK}|{_CLOCK}|{_EVENT})"
_INSIDE = r"(?:[之以]内|内(?![部容存页胆衣侧环])|里头?(?![面程]))"
_AFTER = r"(?:[之以]?后(?![台续面天期]))"

_BY = re.compile(
    rf"{_WHEN}(?:[之以]?前(?!台)|{_INSIDE}|[^，。]{{0,4}}(?<!到期)(?<!提)[之以]前)|{_PART}[之以]?前"
    rf"|[这今]明?[两几][天日]{_INSIDE}|{_SPAN}(?:{_INSIDE}|{_AFTER})"
    rf"|(?:最[晚迟慢多]|至多|至迟|顶多|不超过|不晚于|不迟于|赶在|撑死)[^，。]{{0,4}}(?:{_WHEN}|{_SPAN})"
)
_AT = re.compile(
    rf"{_DAY}的?{_PART}|(?:{_DAY}的?)?(?:{_PART}的?)?{_CLOCK}|{_DAY}的?{_EVENT}|{_SPAN}|今[晚夜早]|明[早晚]"
    r"|当晚"
)
_BARE_DAY = re.compile(rf"{_DAY}|上午|中午|下午|傍晚|晚上")
# The clause is nothing but a time.
_ONLY_TIME = re.compile(
    rf"(?:[要得等约就是后]|需要?|最快|时间)*{_DAY}?的?(?:{_AT.pattern}"
    rf"|{_BY.pattern})(?:[到至-](?:{_AT.pattern}))?[哈啊哦呢]?"
)

# --- who acts ----------------------------------------------------------------------------------------------------

# What our side does for the customer, or what then reaches the customer.
_GIVE = re.compile(
    r"退(?!订|货期|休|役|步|出)|[到回][账帐卡位货家场手达您你贵信原执电复访给款]|打(?:给|款|过|回|电话|您"
    r"|你|出|进)|去个?电"
    r"|[发寄送补转派运](?:给|到|出|走|货|往|您|你|回|放|去|来|过|至|达|[个条份张台件]|新|布|车|起)"
    r"|[就能会可必][发寄送走补到办有来回出退换解生恢开用提打变定拿拢]"
    r"|[给为替帮][您你]|上门|来[取拿]|取[件货走回]|上[线架]|出(?:结果|来|库|报告|票|货|单|新|具|门|方案|版"
    r"|信|账)|答[复应]|告知|告诉|通知|联系|致电|来电"
    r"|处理|解决|搞定|修[好完]|[弄办做查修]好|[完导审核结开切迁][完成通清毕工净定]|恢复|生效|落实|入账"
    r"|发起|提交|返还|交付|奉上|排查|更新|开售|交货"
    r"|[到来去][您你]|有(?:结果|人|信|回|答|货|师傅|准|说法|空)|见分晓|[收拿看见接]到|看见|用上|安排|跟进"
    r"|同步|推[送给]|装好|换[好新上成下掉台给]|赔|安装|配送|检修|到货"
)
# Looser verbs, enough beside a sure time.
_SERVE = re.compile(
    _GIVE.pattern + r"|[到发退寄送修办装查取补走来换审弄接拨讲念贴清测问说打开回拿改报锁封停拆做审批核出]|等我"
)
# Our side is named.
_US = re.compile(
    r"我(?!的|国|$|看|一下)|咱|本店|小店|店里|师傅|骑手|小哥|专员|财务|技术|工程师|仓库|同事|客服|主管"
    r"|经理|站长|店长|医生|顾问|[给帮为替向与跟和][您你]"
)
_OURS_NEAR = re.compile(
    r"我[们来这就]?[^，。]{0,8}[给转问退发补叫约查回]|[给为帮][您你]|已?退了|师傅|骑手|上门|答复|到账"
)
# Verbs right behind a bare span.
_NEXT = re.compile(
    r"[^，。]{0,3}(?:[到回退出审送办能打给来搞好弄就可见拨必]|发[货出您你到给]|寄|补[发寄]|恢复|解决|处理"
    r"|完成|换好|修好|上[门架线]|闭环|赔|落)|(?:左右)?[哈啊哦呢]?$"
)

_STRAIGHT = re.compile(r"(?:就|能|会|给[您你]|可以?|再)?[发到退寄送补走改换算生上](?!班)")  # 15号发

# --- what speaks against a promise -------------------------------------------------------------------------------

# What has happened, or what lies a span back.
_PAST = re.compile(
    r"昨[天日晚儿]|前[天儿]|上(?:个?月|周|个?星期|个?礼拜|次|回|个版本)|去年|刚[才刚]|当[时初]"
    r"|那[天晚](?!的)(?!我)|那[通次回趟]|(?:^|[我们您你])之前(?:就|已|说|您|都)|早已|已经?(?!为[您你]安排)"
    rf"|(?<=[^批核到收])了{_SPAN}(?!内|之内|就|到|能|退|出)|{_SPAN}(?:[之以]?前(?!后)|了(?!就)"
    rf"|没(?![^，。]{{0,6}}[就直赔补换退])|都没|还没|过去|下来|多了|以来)"
    r"|[等拖催跑折熬耗弄忙守蹲][了到过]|耽误|签收|[要急]用|要走|要交|拖下"
    rf"|[发说问修退打回查给来做提写讲联系通知签收购买](?:过(?![去来几])|的)(?=$|[那这]|[^，。]{{0,6}}$)"
    rf"|(?:好|完|到)过|过$|得[慢快晚早]|历时|同一句|(?<![将会可])于[^，。]{{2,14}}(?:修复|恢复|完成|签收)"
    rf"|[快都离剩隔]{_CLOCK}|剩{_SPAN}|[隔离剩就]{_SPAN}(?!能|到)|{_CLOCK}了$"
    rf"|[做派转换退下][了过][^，。]{{0,8}}$|至今|到现在|以来|起$"
)
# Ends as a report.
_DONE = re.compile(r"[^就能会快][^，。就能会]{0,8}了[哈啊哦呢的：]|了$|[^，。]了：")
# Done now for a time to come: 给您约了明天上午.
_KEPT = re.compile(r"就|能|留|[预]?约|排[上好了]|订[好上]|定[好下]|占|安排")
# Rules, opening hours, advertising.
_POLICY = re.compile(
    r"无理由|有效|保[质修]期?|到期(?!前)|质保|三包|营业|(?:不|正常)上班|上班时间|(?:工作|服务)时间|规[定则]|政策|条款"
    r"|(?:协议|合同|标准)(?:是|里|为|上|写|约定|时效)|[按照据](?:协议|合同|标准)|正常(?:情况|来说|都|时效"
    r"|要|需|衰减)|一般(?:都|需|要|是|在|情况)|通常|时效[为是]|都有人|在线到|值班到"
    r"|逾期|过期|截止|试用|延保|年费|作废$|划算|半价|优惠(?:期|价|截|券有)|活动(?:期|价|截)|下单(?:立|可"
    r"|就)|才算|写[着的明“]|标[的着注明]|说的|只(?:限|认)|哪家都|可用$|以[上下]|满[一二三四五六七八九十\d]"
    rf"|(?:(?<!不)超过|满|不足|未满|超出|[延加送赠免减存用默哀签]){_SPAN}|{_SPAN}(?:无|免费|一次|一回|制"
    rf"|的?(?:会员|[券卡]|流量|体验|期))|一天[^，。内]{{0,5}}[几多百\d]|到晚"
)
_OURS_EACH = re.compile(r"每[^，。]{0,8}(?:报|发(?![货车布])|更|同步|通报|告知)")
# Not promised, or only on a condition.
_DENIED = re.compile(
    r"不是说|没说|没法|无法|不能|不敢|不好说|说不[准好]|不(?:一定|确定|保证|承诺|可能|会在)|未必|做不到"
    r"|来不及|赶不上|没有?(?:答应|承诺)|别指望|不清楚|不知道|(?:如果|要是|若|万一)[^，。]{0,8}[没未不]"
)
# Asked of the customer.
_DUTY = re.compile(
    r"请(?!问|放心|假|您?(?:放心|查收|查看|留意))|麻烦|劳驾|务必|记得|[您你贵][司方]?(?:需|得|要|必须|最好"
    r"|尽量|可以|先|自己|应[该当])|辛苦[您你]|(?:补|交|提供|上传)(?:齐|来|上)"
)
# The customer acts.
_THEIRS = re.compile(
    r"(?<![给帮为替向跟与])[您你贵](?:司|方|公司|家|那边|们|老|先|也|都|自己|本人|俩)?的?(?:在|于|是|说|要"
    rf"|问|希望|反映|反馈|提到|讲|想|约|订|买|报|现在|急|赶|等|{_NEAR}|{_CLOCK}|{_SPAN}|{_DATE})"
)
# ...unless all the customer does is receive.
_RECEIVE = re.compile(r"[收看拿见接]到|看见|用上|到[账手]|[就能可]能?[用拿看收取]|等我|落袋|听我")
_ASK = re.compile(r"吗|么$|是不是|对不对|是吧|方便|有没有|能不能|几点|哪[天个]|什么时候|多久|多少|何时|还是|是否")
# The sentence puts the case back to the customer.
_RESTATED = re.compile(
    r"是这(?:个|么个)?意思|[是对](?:吧|吗|不)[？。]?$|对不对|没错吧|没弄混|理解(?:得|是否|有无|对|准|没)"
    r"|理解[^。]{0,6}[对吗]|核对(?:如下|一下|：)|与您核对|[捋理]一?[下遍捋]|对齐|您看对|是否准确|您是说"
)

# --- times left open ---------------------------------------------------------------------------------------------

# 大约 before one exact span or hour measures it (大约两小时); before a guess (大约三四天) and alone it hedges.
_MEASURED = (
    r"(?:需要?|要|得|再过?|在)?(?!一两|两三|三四|三五|四五|五六|六七|七八|八九)"
    rf"(?:{_SPAN}|(?:{_DAY}的?)?(?:{_PART}的?)?{_CLOCK})"
)
_HEDGE = re.compile(
    rf"大[概慨](?!的)|大约(?!的|{_MEASURED})|可能(?!性)|也许|或许|兴许|没准|估[计摸]|应该(?!的|由|退|赔)"
    r"|差不多|争取|尽量|左右[^，。]{0,5}吧|吧$|看情况|顺利的话|不出意外|多半|八成|一般来说|三五[天个]"
)
_SOON = re.compile(
    r"尽快|尽早|尽速|从速|稍[后候晚]|晚[点些]儿?(?!上|下)|第一时间|抓紧|过(?:一?会儿?|一?阵子?|几[天日]"
    r"|一?两天|些[天日]子?|些时候|段时间|[三两][三五]天)|[待等]一?会儿?(?!我|您手机|手机)"
    r"|改[天日]|赶明儿|回头(?!客|路|率|看|想|再买|来找)|(?:这|近)(?:一?两|几|一半)[天日]|近[日期]|不日"
    r"|不久|适时|择[日期]|另行?(?:告|通知)|到时候?(?=再|看|会|给|说|通知|联系|跟|我|它|自|就)|届时(?=会|将"
    r"|再|通知|告|给|联|为)"
    r"|后[续面期](?:会|将|再|尽|有|按|给)|有(?:进一步的?)?(?:新)?(?:消息|结果|进展|动静|信儿?|眉目|货"
    r"|空)了?(?:就|会|再|我|店|第一|马上|自然|立|通知|告|群|喊)"
)
_NOT_OURS = re.compile(r"为了?尽快|验证码|念给|您(?:先|再)[待等]|请您?尽快|您尽快|冷静|麻烦您|付款就")
_SOON_ACT = re.compile(
    r"[给回到查催办修弄看说问有好来再找定喊排退发补寄送告上交开动成]|答复|处理|解决|联系|通知|反[映馈]"
    r"|核实|安排|跟进|恢复|电话|短信"
)


def promises(text: str, definite: bool = True) -> list[Span]:
    """Spans of clauses of folded `text` in which our side commits itself to a definite (or an open) time.

    An open commitment is not reported where the same reply makes it definite: 会尽快, 最晚今天18点前 is definite.
    """
    firm, loose = _read(text)
    if definite:
        return list(firm)
    return [] if firm else list(loose)


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Definite and open commitments of a whole reply."""
    firm: list[Span] = []
    loose: list[Span] = []
    whole, mask = sentences(text), _sieve().sift(text)
    for start, end in clauses(text):
        if mask(start, end) == ALWAYS:  # no word of a time
            continue
        a, b = next(((a, b) for a, b in whole if a <= start < b), (start, end))
        before, after = text[max(a, start - 20) : start], text[end : min(b, end + 20)]
        verdict = judge(text[start:end], text[end : end + 1] == "？", before, after)
        if not verdict or _RESTATED.search(text[a:b]) or _quoted(text, start, end):
            continue
        if verdict == "definite":
            firm.append((start, end))
        elif verdict == "open":
            loose.append((start, end))
    return tuple(firm), tuple(loose)


@lru_cache(maxsize=1)
def _sieve() -> Sieve:
    return Sieve((pattern.pattern,) for pattern in (_BY, _AT, _BARE_DAY, _SOON))


def _quoted(text: str, start: int, end: int) -> bool:
    """The clause stands wholly or with its time inside quotation marks."""
    if "“" not in text:
        return False
    m = _BY.search(text, start, end) or _AT.search(text, start, end) or _SOON.search(text, start, end)
    if not m:
        return False
    before = text[max(0, m.start() - 30) : m.start()]
    return before.rfind("“") > before.rfind("”")


def judge(piece: str, asked: bool = False, before: str = "", after: str = "") -> str:
    """definite, open or nothing ("") for one clause.

    `asked` says that a question mark follows it; `before` and `after` are its neighbours in the same sentence.
    """
    by, at, day = _BY.search(piece), _AT.search(piece), _BARE_DAY.search(piece)
    if by or at or day:
        if _against(piece, asked, bool(by)):
            return ""
        if by:
            bound = True
        elif at:
            bound = _at_binds(piece, at, before + "，" + after)
        else:
            bound = _day_binds(piece, day)
        if bound:
            return "open" if _HEDGE.search(piece) else "definite"
    soon = None if asked or _NOT_OURS.search(piece) else _SOON.search(piece)
    if soon and (_SOON_ACT.search(piece) or len(piece) - soon.end() < 3):
        return "open"
    return ""


def _day_binds(piece: str, day: re.Match[str] | None) -> bool:
    """A bare day binds us only with a verb of giving behind it."""
    if day is None:
        return False
    ours = _US.search(piece) and _SERVE.search(piece, day.end())
    return bool(_GIVE.search(piece, day.end()) or ours or _STRAIGHT.match(piece, day.end()))


def _at_binds(piece: str, at: re.Match[str], beside: str) -> bool:
    """A point in time or a bare span binds us beside a verb of service; alone, if the clauses `beside` name us."""
    if "工作日" in at[0] or _OURS_EACH.search(piece):
        return True
    if _ONLY_TIME.fullmatch(piece):
        return bool(_OURS_NEAR.search(beside))
    if re.fullmatch(_SPAN, at[0]):
        return bool(_NEXT.match(piece, at.end())) and bool(_SERVE.search(piece))
    return bool(_GIVE.search(piece) or (_US.search(piece) and _SERVE.search(piece)) or _NEXT.match(piece[at.end() :]))


def _against(piece: str, asked: bool, by: bool) -> bool:
    """Something in the clause says that it is a report, a rule, a question, a denial or the customer's duty."""
    if _PAST.search(piece) or _POLICY.search(piece) or _DENIED.search(piece):
        return True
    if "每" in piece and not _OURS_EACH.search(piece):
        return True
    if not by and _DONE.search(piece) and not _KEPT.search(piece):
        return True
    if asked and _ASK.search(piece):
        return True
    if _THEIRS.search(piece) and not _RECEIVE.search(piece):
        return True
    return bool(_DUTY.search(piece)) and not _US.search(piece)
