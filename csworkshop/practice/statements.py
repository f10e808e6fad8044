"""What a reply states of a case and offers in it: true rows of the back office, untrue ones, options, denials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from csworkshop.practice.case import Case
from csworkshop.practice.parts import Desk, Option
from csworkshop.techniques.echo import plain
from csworkshop.techniques.relevance import case_of, contradicted
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span, clauses, sentences

# 做不到, 到不了, 批不下来: a verb of doing, 不, and what it doesn't lead to. Other verbs say the contrary (错不了,
# 误不了您的事) or something else (忍不了, 等不了, 了不起, 用不了两天); what the customer can't do (您来不了) takes
# nothing back.
_CANT = (
    r"(?<![^给帮替为跟向][您你])(?<![^给帮替为跟向][您你].)(?<![^给帮替为跟向][您你]..)"
    r"(?:做|办|达|到|赶|批|申请|申办|退|赔|补|换|给|发|送|寄|修|装|派|安排|来|去|取|拿|报销?|保证|承诺|答应|实现|兑现|完成|解决|恢复|处理"
    r"|满足|协调|调|腾|排|约|挂|查|改|撤|消|免|减|抵|降|升|转|借|垫|走|抽|上|下|出|开|定|订|留|配|交|提供|支持|服务|操作|录|登记)"
    r"(?:得)?不(?:了(?!解|起|多|几|[一两三半\d])|到(?![\d一两二三半几])|下来|下去|上(?!门|来门)|成|出来?|过来|起|动|及|完|齐|着|通|够)"
)
# 赔不了但可以补200元: what follows isn't taken back.
_LESS = r"(?:(?!但|只能|不过|而是|所以|改为|可以)[^，。；！？\n]){0,7}$"
_NEGATED = re.compile(
    r"(?:(?<!能)不能|(?<!可)不可以|不可能|不支持|没法|无法|没办法|不会|不给|不予|不得(?!不)|不在|不能够|不是|没有|别(?!的)|不承诺|不敢"
    rf"|难以|拒绝|行不通|没戏)[^，。；！？\n]{{0,7}}$|{_CANT}{_LESS}"
)
_NEGATED_AFTER = re.compile(
    rf"^[^，。；！\n]{{0,4}}(?:{_CANT}|(?<![少错跑忘用要花免差误受忍等丢坏逃])不了(?!解|起|了之)|不行|不成|没法|不可以|不可能|不在|不支持|不现实"
    r"|行不通|没戏|没有|不能|来不及|赶不上|(?<!少|想|料|没|看)不到(?![\d一两二三半几]))"
)
_NOT_GRANTED = re.compile(
    rf"没(?:有?权限|法|办法|有)|无法|(?<!能)不(?:能|可能|可以|支持|会|给|予|单独|在|行)|(?<![少错跑忘用要花免误])不了(?!解|起)|{_CANT}"
)
# What keeps a need from being met. 别担心, 不是您的错, 不会让您白跑 don't: so people meet one.
_UNABLE = re.compile(
    rf"(?:(?<!能)不能(?!让|再让|叫)|没法|无法|没办法|不可能|不保证|不敢|不承诺|难以|不支持|{_CANT})"
    r"(?:(?!但|只能|不过|而是|可以)[^，。；！？\n]){0,9}$"
)
_UNABLE_AFTER = re.compile(
    rf"^[^，。；！\n]{{0,6}}(?:{_CANT}|没法|无法|不行|不现实|不可能|行不通|(?<![少错误])不了(?!解|起)|用不上|来不及|赶不上|不好说|说不准|不一定"
    r"|不(?:敢)?保证)"
)
_CHECKING = re.compile(r"(?:对吗|对不对|是吗|是吧|对吧|是这样吗|没错吧|是不是)[？?]$")
ADMITS = re.compile(
    r"(?:刚才|之前|前面|上面|刚刚)[^。]{0,10}(?:说错|讲错|记错|看错|不对|不准|弄错|搞错|说得?太满)|更正|纠正一下|收回|我说错了|口误"
)
_MONEY = re.compile(r"(\d+(?:\.\d+)?)")
GRAVE_MONEY = 50


@dataclass(frozen=True)
class Said:
    """Something that the reply says of the case: the id it is about and the words."""

    id: str
    words: str


def match(patterns: Sequence[str], text: str) -> re.Match[str] | None:
    return next((m for p in patterns if (m := _compiled(p).search(text))), None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def statements(reply: str, case: Case, scenario: Scenario) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """Rows of the back office that the reply tells rightly, and those that it contradicts, with the words."""
    text = fold(reply).text
    told = tuple(d.id for d in case.desk if d.true and stated(d.true, text))
    false: dict[str, Said] = {}
    for desk in case.desk:
        words = stated(desk.false, text) or _over_limit(desk, text, case_of(scenario).numbers)
        if words:
            false[desk.id] = Said(desk.id, words)
    for figure in sorted(contradicted(reply, scenario)):
        number = _MONEY.search(figure)
        if figure[-1] in "元块" and number and float(number[1]) >= GRAVE_MONEY and not false:
            false["figure"] = Said("figure", figure)
    return told, tuple(false.values())


def rightly_told(reply: str, case: Case) -> list[Span]:
    """Where the reply says what the back office holds, as offsets into what was typed."""
    folded = fold(reply)
    found = (m for d in case.desk for p in d.true for m in _compiled(p).finditer(folded.text))
    return [folded.span(*m.span()) for m in found if m[0]]


def stated(patterns: Sequence[str], text: str, *, granted: bool = False) -> str:
    """The words in which one of the patterns is stated; "" if it is only negated.

    `granted` says that a negation inside the words takes them back too (误工费我没有权限赔); otherwise the pattern's
    own negations are what it looks for.
    """
    for pattern in patterns:
        for m in _compiled(pattern).finditer(text):
            inside = granted and _NOT_GRANTED.search(m[0])
            if not inside and not _negated(text, m.start(), m.end()):
                return m[0]
    return ""


def _negated(text: str, start: int, end: int) -> bool:
    before = "，" + text[max(0, start - 12) : start]
    return bool(_NEGATED.search(before) or _NEGATED_AFTER.search(text[end : end + 8]))


def meets(patterns: Sequence[str], reply: str) -> bool:
    """Whether the reply meets a need: one of the patterns in a sentence that neither takes it back nor only asks
    whether it was understood rightly."""
    text = fold(reply).text
    for a, b in sentences(text):
        sentence = text[a:b]
        if _CHECKING.search(sentence):
            continue
        for m in (m for p in patterns for m in _compiled(p).finditer(sentence)):
            before, after = "，" + sentence[max(0, m.start() - 16) : m.start()], sentence[m.end() : m.end() + 12]
            if not (_UNABLE.search(before) or _UNABLE_AFTER.search(after)):
                return True
    return False


def _over_limit(desk: Desk, text: str, known: frozenset[str]) -> str:
    """Words that give more than the row allows: a figure with the row's unit in a clause that is about it."""
    if desk.most is None:
        return ""
    for a, b in clauses(text):
        piece = plain(text[a:b])
        if match(desk.about, piece) and not _negated(piece, len(piece), len(piece)):
            for m in re.finditer(rf"(\d+(?:\.\d+)?)\s*{desk.unit}", piece):
                if float(m[1]) > desk.most and m[1] not in known and not _negated(piece, m.start(), m.end()):
                    return text[a:b]
    return ""


def offers(reply: str, case: Case) -> tuple[tuple[Said, ...], tuple[str, ...]]:
    text = fold(reply).text
    offered, denied = [], []
    for option in case.options:
        meant = _meant(option, text)
        words = stated(option.offers, meant, granted=True)
        if words:
            offered.append(Said(option.id, words))
        elif match(option.offers, meant):
            denied.append(option.id)
    return tuple(offered), tuple(denied)


def _meant(option: Option, text: str) -> str:
    """`text` without the sentences that the option's `unless` takes out. Of what policy forbids it takes out the
    next sentence, too (签了授权以后就能办。我念给您听): nobody is to be caught for the second half of a condition."""
    if not match(option.unless, text):
        return text
    spans = sentences(text)
    out = {n for n, (a, b) in enumerate(spans) if match(option.unless, text[a:b])}
    if not out:  # the pattern runs over the end of a sentence
        return ""
    out |= set() if option.allowed else {n + 1 for n in out}
    return "".join(text[a:b] for n, (a, b) in enumerate(spans) if n not in out)
