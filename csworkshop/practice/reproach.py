"""Blame in the form of a question, told from a plain question: 是不是您操作错了呢 hits, 您这边有没有看到红灯 doesn't.

The learned reader takes many a plain question for a reproach (是不是家里有事等着用), and patterns that foresee a
question of the case would excuse real ones. So what was heard as blame, excuse or rudeness in a plain question is heard
again without it, and a guess at the customer's mistake counts as blame even if nothing else noticed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from csworkshop.practice.asking import is_question
from csworkshop.techniques.checker import Finding, Report
from csworkshop.techniques.pointing import Evidence
from csworkshop.text.language import say
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses, sentences

QUESTIONABLE = ("blame", "excuse", "rude")  # what a plain question may be mistaken for
HEARD = 0.8  # how sure a guess at the customer's mistake is blame

_MISTAKE = (
    r"(?:(?<!有)没有?(?:看(?!到)|注意|留意|听(?!到)|弄|问(?!题)|填|说清|讲清|开(?!始)|关(?!系)|锁|按(?!时|点|约)|点(?!动)|插|装|拧"
    r"|充|选|设|读|带|及时|提前|事先|核对|检查|保管|保存|收好|把|清[理洁]|洗|遵|操作|认真|仔细|好好|搞|用对|放好|做)"
    r"|(?:操作|使用|安装|保管|清洗|填写|输入|理解|设置|保养)[^，。]{0,4}?(?:不当|失误|错|有误|不对|不正确|不规范|不到位)"
    r"|(?:弄|搞|记|看|听|填|选|点|拍|输|按|写|理解|放|拿|传|洗|装|约)(?:错|混|反|乱|坏|丢|漏)"
    r"|忘[了记]?|误(?:操作|触|点|删|会)|不小心|疏忽|大意|粗心|手[滑抖快]|摔|磕|碰坏|撞|砸|泡水|拆(?!封|开|包)|改装"
    r"|乱(?:动|按|点|弄|来|填|改|放)|不会(?:用|操作|弄|看)|看不懂|不懂"
    r"|自己(?:的)?(?:原因|问题|责任|弄[的坏错]|搞[的错]|没(?!空|时间|法|办法)|记|理解))"
)
_THEIRS = r"(?:您|你|贵司|自己|自个儿|家里人|孩子|老人|客户|用户)"
_GUESS = r"(?:是不是|会不会|该不会|不会是|难道|难不成|莫非|莫不是|是否|有没有可能|怕不是|可能是|确定|肯定)"
_REPROACH = re.compile(
    rf"{_GUESS}[^，。]{{0,6}}{_THEIRS}[^，。]{{0,10}}{_MISTAKE}|{_THEIRS}[^，。]{{0,10}}{_GUESS}[^，。]{{0,10}}{_MISTAKE}"
    rf"|{_THEIRS}[^，。]{{0,8}}{_MISTAKE}[^，。]{{0,4}}吧[？?]|(?:您|你)(?:确定|肯定|敢说)不是(?:您|你|自己)"
    r"|(?:(?:您|你)[^，。我]{0,6}|^(?:当时|当初|之前|早)?)怎么(?:能|会|可以|就|敢|不|没|还(?=没|不|在|是)|连)(?!样|办|让|有|这样|那样|说)[^，。]{1,24}[？?]$"
)
# 您怎么会不着急呢, 怎么没人通知您: a plea for the customer.
_PLEA = re.compile(
    r"(?:着?急|生气|气|火|难[受过]|担心|委屈|失望|慌|寒心|心疼|恼)|(?:收|接|等)到|让(?:您|你)|给(?:您|你)|没?人|(?:我们|师傅)(?:没|不|还|会|就|这)|这样|这么久"
)
# 这不怪您, 很多人都没看见: said to relieve.
_RELIEF = re.compile(
    r"(?:不怪|不能怪|怪不[得着]|怨不[得着]|不赖|不是)(?:您|你)(?!怪|还|谁|自己)(?!.{0,4}(?:谁|难道|是谁))"
)
# What a question that only wants to know doesn't have: 您说是就是吗, 有什么用, 才过去多久, 咋不问问, 怪谁呀.
_SHARP = re.compile(
    r"咋|怪|赖|怎么(?!称呼|样|走|用|操作|洗|装|买|来|去|寄|联系|安排|处理|放|量)|(?<!是)不是[^，。]*[吗么]|就是[^，。]*吗|又[不没]|总不能"
    r"|才过|乱[讲说]|冷静|会死|什么用|什么意思|干[嘛吗]|干什么|谁[呢呀啊]|[咯呀啊嘛啦][？?]|[？?]{2}|哪里[^，。]*[了过]|哪[有能会]"
    r"|而已|不就|也要|凭|(?:知道|明白|懂|清楚|看见|听见|够)[了]?吗|挺|年轻人|岁数|动不动|不(?:提前|早|先|及时|看|问|备)|好意|态度|素质"
)
_LOADED = re.compile(
    r"吧|还[要想不是]|真的|自己|这么|那么|天天|敏感|客户|用户|别人|满意"
)  # fine where the case foresees it
LONGEST = 32  # characters of a plain question; a longer one states things too
_ANY_MISTAKE = re.compile(_MISTAKE)
_HARSH = re.compile(
    r"怎么(?:就|还|也|才|又|都)?(?:不|没|能|会|敢|可能|好意思|搞|弄成)|凭什么|难道|莫非|谁(?:让|叫)|早干|到底(?:要|想)"
    r"|(?:急|吵|闹|嚷|喊|吼|凶|催|横)什么|懂不懂|(?:听|看)不[懂明]|识字|有完没完|想怎么样|还要怎|至于吗|好意思|何必"
    r"|何苦|能不能(?:不|别|快|讲理|冷静|小声)|长没长|(?:就|自己)不会|不会(?:自己|先|早)|有没有点?(?:脑|常识|素质|礼貌)|傻|蠢|笨|瞎|聋|疯|有病(?!人)|没(?:长|见过)"
    r"|骗(?!您)|讹|找(?:茬|事)|不早|还不(?:够|是)|这下[^，。]{0,4}满意"
)
# 您是怕点错吗, 不是您弄错了, 是不是我们没说清楚: care, relief, our own fault.
_KIND = re.compile(
    r"(?:担心|怕|害怕|顾虑)[^，。]{0,8}$|(?<![是会怕定])不(?:是|怪|赖|关)您[^，。]{0,8}$|让(?:您|你)|(?:如果|要是|假如|万一)"
    r"|(?:我们|咱们?|客服|同事|师傅|店里|系统|快递|仓库|骑手|他们|前一位|上一位)[^，。您你]{0,8}$"
)


def reproachful(question: str) -> bool:
    """Whether a folded question guesses at a mistake of the customer's."""
    for a, b in clauses(question):
        end = b + 1 if question[b : b + 1] in "？?" else b
        clause = question[a:end]
        m = _REPROACH.search(clause)
        if m and not _excused(clause, m):
            return True
    return False


def _excused(clause: str, m: re.Match[str]) -> bool:
    if "怎么" in m[0] and _PLEA.search(m[0]):
        return True
    mistakes = list(_ANY_MISTAKE.finditer(clause, m.start(), m.end()))
    return bool(mistakes and _KIND.search(clause[: mistakes[-1].start()]))


def plain_question(sentence: str) -> bool:
    """Whether a folded sentence is a question without reproach, guess at a mistake or sharp words."""
    if not re.search(r"[？?]$", sentence) or len(sentence) > LONGEST or reproachful(sentence):
        return False
    if _HARSH.search(sentence) or _SHARP.search(sentence) or _LOADED.search(sentence) or not is_question(sentence):
        return False
    return not any(not _KIND.search(sentence[: m.start()]) for m in _ANY_MISTAKE.finditer(sentence))


def weighed(
    reply: str, findings: Sequence[Finding], foreseen: Callable[[str], bool], read: Callable[[str], Report]
) -> tuple[Finding, ...]:
    """`findings` of the reply without what a plain question was mistaken for, and with blame in a question's form.

    `foreseen` tells whether the case expects this question; `read` checks a part of the reply.
    """
    folded = fold(reply)
    spans = [(*folded.span(a, b), folded.text[a:b]) for a, b in sentences(folded.text)]
    blaming = [(a, b) for a, b, s in spans if is_question(s) and reproachful(s)]
    plain = [
        (a, b)
        for a, b, s in spans
        if (a, b) not in blaming and (plain_question(s) or _foreseen(s, foreseen) or _relieving(s))
    ]
    doubted = [f for f in findings if f.item in QUESTIONABLE and any(_within(e, plain) for e in f.evidence)]
    rest = "".join(reply[a:b] for a, b, _ in spans if (a, b) not in plain)
    again = read(rest) if doubted and rest.strip() else None
    kept: list[Finding] = []
    for f in findings:
        second = again[f.item] if again and f in doubted else None
        if f not in doubted:
            kept.append(f)
        elif second is not None and second.present:
            words = _elsewhere(reply, f, plain, second)
            kept.append(replace(f, score=min(f.score, second.score), evidence=words))
    if blaming and not any(f.item == "blame" and f.score >= HEARD for f in kept):
        words = tuple(Evidence(a, b, reply[a:b]) for a, b in blaming)
        zh, en = (say("reproach.guess", lang) for lang in ("zh", "en"))
        kept = [*(f for f in kept if f.item != "blame"), Finding("blame", True, HEARD, words, zh, en)]
    return tuple(kept)


def _relieving(sentence: str) -> bool:
    return bool(_RELIEF.search(sentence)) and not _HARSH.search(sentence)


def _foreseen(sentence: str, foreseen: Callable[[str], bool]) -> bool:
    sharp = _HARSH.search(sentence) or _SHARP.search(sentence)
    return is_question(sentence) and not sharp and foreseen(sentence)


def _within(evidence: Evidence, spans: Sequence[tuple[int, int]]) -> bool:
    return any(evidence.start < b and a < evidence.end for a, b in spans)


def _elsewhere(reply: str, f: Finding, plain: Sequence[tuple[int, int]], second: Finding) -> tuple[Evidence, ...]:
    """Evidence outside the plain questions; as the second reading points at it where the first had none."""
    found = tuple(e for e in f.evidence if not _within(e, plain))
    if found:
        return found
    at = [(reply.find(e.text), e.text) for e in second.evidence]
    return tuple(Evidence(n, n + len(t), t) for n, t in at if n >= 0)
