"""What a reply asks of the customer: facts that the case foresees, something that it doesn't, or nothing.

A sentence asks by its mark, its question word, or as a request (您告诉我一下订单号). What the trainee will find out
themselves (我打电话听听新机怎么样) is no question, nor is asking for consent (您看行吗) or for anything else
(还有什么需要), unless the case's own patterns say that it brings something out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from csworkshop.practice.case import Case
from csworkshop.practice.statements import match
from csworkshop.techniques.checker import Report
from csworkshop.techniques.echo import pair_weights, pairs_of, plain
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses, sentences

CLOSE = 2  # rare pairs that a question shares with a fact nobody's pattern foresaw

_WORD = (
    r"吗|呢[。！]?$|(?<!没)什么(?!都|也)|哪[个些天里儿位种款一]|几[点次回天个号位时]|多少|多久|多大|怎么[样了]?"
    r"|是否|是不是|有没有|能不能|可不可以|方不方便|贵姓|为何|为什么|(?:是|找|问)谁|谁(?:接|说|告诉|跟)"
)
_MARK = re.compile(r"[？?][”’）]*\s*$")
_QUESTION = re.compile(_WORD)
# 我去看看为什么, 打电话听听怎么样: the trainee's own errand, not a question to the customer.
_ERRAND = re.compile(
    r"(?:(?:我|我们|咱们?|师傅|同事|工程师|仓库|门店)(?!想|先?请)[^，。]{0,10}(?:查|看|问|听|核|确认|了解|弄清|说明|解释|盯)"
    rf"|(?:听听|看看|查查|查一下|问您|告诉您|跟您(?:说|讲)|给您(?:说|讲|看)))[^，。]{{0,10}}?(?:{_WORD})"
)
_REQUEST = re.compile(
    r"(?:请|麻烦|劳烦|辛苦|烦请|方便)[^，。]{0,8}(?:提供|告诉|告知|发|说|报|描述|讲|拍|补充|留|给我|确认|核对)"
    r"|核对一下|确认一下"
    r"|(?:告诉|告知|发给|报给|念给|提供给)我|(?:跟|和|给|对|向)我们?(?:再|先|大概|具体|简单|详细)?(?:说|讲|报|念|看|描述|发|拍|介绍)"
    r"|(?:您|你)(?!的)(?:再|先|能|可以|把[^，。]{1,10}|大概|具体|简单|详细)*(?:告诉|说|讲|报|念|描述|发|拍)(?:我|一?下|一声|说|讲)"
)
# 到了告诉我一声, 有事您说一声: for later, not now.
_LATER = re.compile(
    r"(?:有(?:事|情况|问题|需要|难处|什么)|想好|定下|到了|收到|看到|好了|完了|要是|如果|的话|万一|随时|以后|回头|再)"
    r"[^。？]{0,8}(?:告诉我|跟我(?:说|讲)|给我(?:说|讲)|(?:您|你)?[^，。]{0,3}(?:说|讲|报|告诉)(?:一?下|一声))"
)
_ELSE = re.compile(
    r"(?:还|另外)?(?:有没有|有)(?:什么|其[他它]|别的|哪些)[^，。？]{0,10}(?:需要|帮|要问|想问|想说|能做|可以做|能为|补充|吩咐|疑问)"
    r"|(?:需要|能)[^，。？]{0,6}(?:帮|为)您[^，。？]{0,4}(?:别的|其[他它]|什么)|还(?:需要|要)[^，。？]{0,6}(?:别的|其[他它]|什么(?!时|地方|日子|程度))"
)
_CONSENT = re.compile(
    r"(?:可以|好|行|成|对|是|中|同意|方便|满意|愿意|接受|好不好|行不行|可不可以|对不对)[吗么吧]?[？?]$"
    r"|(?:您(?:看|觉得|说|意下)|这样|这么|那(?![边里天个位]))[^，。]{0,8}(?:如何|怎么样)[？?]$"
    r"|您(?:看|觉得|说|更|想)?(?:呢|选|要|定|挑)[^，。]{0,4}[？?]$|(?:选|要|挑|走|定)哪|怎么(?:选|安排|定)|怎么来"
)
_RHETORICAL = re.compile(r"吧[？?]|谁(?:不|都|能不)|换(?:谁|作|成|了)|搁谁|能不(?:急|气|恼|火|慌)|您放心|何尝|何必")
# 您能不能再考虑一下: a plea, answered by what the customer wants.
_PLEA = re.compile(
    r"(?:能不能|可不可以|能否|可否|可以|能)(?:请您?)?(?:再|先|别|多|稍微?)*[^，。]{0,4}"
    r"(?:考虑|想想|想一想|等|体谅|生气|着急|激动|理解|谅解|原谅|通融|消消?气|冷静|给(?:我们?|店里)[^，。]{0,4}机会)"
)
_WHETHER = re.compile(
    r"[吗么][？?]?[”’）]*$|是否|是不是|有没有|能不能|可不可以|方不方便|会不会|用不用|在不在|要不要|好不好"
)
_OPEN = re.compile(r"什么|哪|几[点次回天个号位时岁]|多[少久大长]|怎么|贵姓|为何|谁|多高")
_YOU = re.compile(r"您|你|贵司|请问|家里|那边")


def asking_sentences(reply: str) -> list[str]:
    """The folded sentences of `reply` that ask something of the customer, or for something."""
    text = fold(reply).text
    return [s for s in (text[a:b] for a, b in sentences(text)) if is_question(s)]


def is_question(sentence: str) -> bool:
    """Whether a folded sentence asks."""
    if _MARK.search(sentence):
        return True
    return any(_asks(sentence[a:b]) for a, b in clauses(sentence))


def _asks(clause: str) -> bool:
    """Whether a clause without a question mark asks."""
    if _REQUEST.search(clause):
        return not _LATER.search(clause)
    return bool(_QUESTION.search(clause)) and not _ERRAND.search(clause)


def anything_else(sentence: str) -> bool:
    """Whether a folded question only asks if anything is left to do: 还有什么需要我做的吗."""
    return bool(_ELSE.search(sentence))


@dataclass(frozen=True)
class Asked:
    """What a reply asks. `facts` of the case, in its order; those of them that only 还有什么需要 brings out
    (`invited`); whether something that the case doesn't know (`unknown`), and that with yes or no (`whether`)."""

    facts: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    unknown: bool = False
    whether: bool = False


def asked(reply: str, case: Case, report: Report) -> Asked:
    """What the reply asks: the case's own patterns first, then the nearest fact."""
    sentences_ = asking_sentences(reply)
    asking = [q for q in sentences_ if not anything_else(q)]
    meant = {k.id for k in case.knows for q in asking if match(k.asked, q)}
    found = meant | {k.id for k in case.knows for q in sentences_ if match(k.asked, q)}
    if not found:
        found = {near for q in asking if (near := _nearest(q, case)) and report["ask_facts"].present}
    other = any(report[i].present for i in ("ask_need", "confirm_understanding", "check_resolved", "options"))
    privacy = report["privacy"].present
    wants = report["ask_facts"].present or any(_plain_question(q) for q in asking)
    unknown = not found and any(not _PLEA.search(q) for q in asking) and wants and not other and not privacy
    facts = tuple(k.id for k in case.knows if k.id in found)
    invited = tuple(i for i in facts if i not in meant) if meant != found and asking != sentences_ else ()
    return Asked(facts, invited, unknown, unknown and all(map(yes_or_no, asking)))


def yes_or_no(sentence: str) -> bool:
    """Whether a folded question wants a yes or no: 您今天下午在家吗, 方不方便接电话."""
    return bool(_WHETHER.search(sentence)) and not _OPEN.search(sentence)


def _plain_question(sentence: str) -> bool:
    """Whether a sentence asks this customer something that wants an answer of its own: no plea, no consent."""
    if not _MARK.search(sentence) or _CONSENT.search(sentence) or _RHETORICAL.search(sentence):
        return False
    return bool(_QUESTION.search(sentence) and _YOU.search(sentence))


def _nearest(question: str, case: Case) -> str:
    """The fact whose words share most with a question that no pattern foresaw; "" where too little is shared."""
    weights, pairs = pair_weights(), pairs_of(plain(question))
    theirs = {k.id: pairs_of(plain(k.says[0].say)) & pairs for k in case.knows}
    count = {i: sum(p not in weights for p in shared) for i, shared in theirs.items()}
    best = max(count, key=lambda i: count[i])
    return best if count[best] >= CLOSE else ""
