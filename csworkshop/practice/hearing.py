"""What a trainee's reply says, in the terms of the case: the one checker's findings, and what only the case can tell.

Asked: which of the customer's facts the reply asks for. Told: which rows of the back office it tells rightly, which
it contradicts. Offered, denied: options. Promised: times. Gate: why a reply is no reply to this customer, if so;
then nothing else in it is heard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from csworkshop.practice.case import Case
from csworkshop.practice.clock import promised
from csworkshop.practice.parts import Desk, Option
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Finding, Level, Report, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.echo import pair_weights, pairs_of, plain
from csworkshop.techniques.relevance import case_of, contradicted, irrelevant, parrots
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import insincere
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses, sentences

Gate = Literal["", "pile", "not_for_me", "template", "same_again"]
SURE = {"rude": 0.7, "blame": 0.7, "privacy": 0.7, "overpromise": 0.75}  # what is held against a trainee gravely
FAULT = 0.6
ALIKE = 0.86  # similarity from which on a reply says the same again
CLOSE = 2  # rare pairs that a question shares with a fact nobody's pattern foresaw
GRAVE_MONEY = 50
CONTEXT = 110  # characters of the customer's last words that the readers take in

_QUESTION = re.compile(r"[？?]\s*$|吗|呢[。！]?$|(?<!没)什么(?!都|也)|哪[个些天里儿位种款一]|几[点次回天个号位时]|多少|多久|多大|怎么[样了]?|是否|是不是"
                       r"|有没有|能不能|可不可以|方不方便|贵姓|为何|为什么|(?:是|找|问)谁|谁(?:接|说|告诉|跟)")  # fmt: skip
_REQUEST = re.compile(
    r"(?:请|麻烦|劳烦|辛苦|烦请|方便)[^，。]{0,8}(?:提供|告诉|告知|发|说|报|描述|讲|拍|补充|留|给我|确认|核对)|核对一下|确认一下"
)
_ROLES = re.compile(r"你(?:现在|从现在起|来|就)?(?:是|扮演|来当|当)(?:一?[名个位])?(?:客服|助手|机器人|AI|ai|模型)|提示词|系统(?:指令|提示)|角色(?:扮演|互换)"
                    r"|忽略(?:以上|之前|前面|上面)|ignore (?:all|the|previous)|system prompt|你的(?:设定|剧本|台词)")  # fmt: skip
_NEGATED = re.compile(
    r"(?:(?<!能)不能|(?<!可)不可以|不支持|没法|无法|没办法|不会|不给|不予|不得|不在|不能够|不是|没有|别(?!的)|办不了|不承诺|不敢)[^，。]{0,7}$"
)
_NEGATED_AFTER = re.compile(
    r"^[^，。]{0,4}(?:不了|不行|没法|不可以|不在|办不到|做不到|不支持|不现实|没有|不能|来不及|赶不上|不到)"
)
_NOT_GRANTED = re.compile(r"没(?:有?权限|法|办法|有)|无法|(?<!能)不(?:能|可以|支持|会|给|予|单独|在|行|了)")
_ADMITS = re.compile(
    r"(?:刚才|之前|前面|上面|刚刚)[^。]{0,10}(?:说错|讲错|记错|看错|不对|不准|弄错|搞错|说得?太满)|更正|纠正一下|收回|我说错了|口误"
)
_MONEY = re.compile(r"(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Said:
    """Something that the reply says of the case: the id it is about and the words."""

    id: str
    words: str


@dataclass(frozen=True)
class Heard:
    """A reply as the customer hears it."""

    reply: str
    gate: Gate
    findings: tuple[Finding, ...] = ()  # present items, faults only where they are sure
    asked: tuple[str, ...] = ()
    unknown: bool = False
    told: tuple[str, ...] = ()
    false: tuple[Said, ...] = ()
    offered: tuple[Said, ...] = ()
    denied: tuple[str, ...] = ()
    promises: tuple[tuple[str, int], ...] = ()
    met: bool = False
    admits: bool = False
    insult: bool = False
    report: Report | None = field(default=None, compare=False, repr=False)

    def has(self, item: str) -> bool:
        return any(f.item == item for f in self.findings)

    def words(self, item: str) -> tuple[str, ...]:
        return tuple(e.text for f in self.findings if f.item == item for e in f.evidence)


def hear(reply: str, case: Case, scenario: Scenario, before: Sequence[str], now: int, level: Level = "full") -> Heard:
    """What `reply` says; `scenario` is the case with the customer's last words, `before` the trainee's own replies."""
    gate, insult = _gate(reply, scenario, before)
    if gate:
        return Heard(reply, gate, insult=insult)
    report = check(reply, scenario, level)
    irrelevance = irrelevant(reply, scenario, report.fits, passing=False)
    told, false = _statements(reply, case, scenario)
    offered, denied = _offers(reply, case)
    if irrelevance == "other_case" and not (told or offered):
        return Heard(reply, "not_for_me", report=report)
    if irrelevance == "template" and not (told or offered):
        gate = "template"
    findings = tuple(f for f in report.present if _counts(f)) if not gate else _faults(report)
    asked, unknown = _asked(reply, case, report)
    return Heard(
        reply,
        gate,
        findings,
        asked,
        unknown and not gate,
        told,
        false,
        offered,
        denied,
        promised(reply, now),
        bool(not gate and _match(case.hidden.met, fold(reply).text)),
        bool(_ADMITS.search(fold(reply).text)),
        insult,
        report,
    )


def scenario_of(case: Case, words: Sequence[str], emotion: str) -> Scenario:
    """The case as the checker reads it, with the customer's last `words` (the newest last)."""
    last = ""
    for text in reversed(words):
        if last and len(last) + len(text) > CONTEXT:
            break
        last = text + last
    facts, policy = _known(case)
    return Scenario(
        id=case.id,
        domain=case.domain,
        channel=case.channel,
        persona=case.persona.kind,
        emotion=emotion,  # type: ignore[arg-type]  # Mood.emotion() names one
        hidden_need=case.persona.hidden_need,
        customer=last,
        facts=facts,
        policy=policy,
    )


@lru_cache(maxsize=64)
def _known_of(case_id: str, desk: tuple[Desk, ...], told: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    facts = tuple(f"{d.label}:{d.value}" for d in desk if d.table != "policy")
    return facts + told, tuple(f"{d.label}:{d.value}" for d in desk if d.table == "policy")


def _known(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Facts and policy: the back office, what the customer knows, and the hours of the case's clock."""
    told = (*(k.says[0].say for k in case.knows), case.opening[0].say, case.clock, case.task)
    return _known_of(case.id, case.desk, told)


def _counts(finding: Finding) -> bool:
    if catalogue().items[finding.item].type == "technique":
        return True
    return finding.score >= SURE.get(finding.item, FAULT)


def _faults(report: Report) -> tuple[Finding, ...]:
    return tuple(f for f in report.present if catalogue().items[f.item].type == "fault" and _counts(f))


def _gate(reply: str, scenario: Scenario, before: Sequence[str]) -> tuple[Gate, bool]:
    text = fold(reply).text
    letters = "".join(c for c in text if c.isalnum())
    if not letters or not credible(reply) or parrots(reply, scenario):
        return "pile", False
    if _ROLES.search(text):
        return "not_for_me", False
    reason = insincere(reply, scenario.customer)
    if reason == "insult":
        return "", True
    if reason:
        return "not_for_me", False
    for other in before:
        theirs = "".join(c for c in fold(other).text if c.isalnum())
        if min(len(letters), len(theirs)) >= 8 and _alike(letters, theirs):
            return "same_again", False
    return "", False


def _alike(a: str, b: str) -> bool:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


# --- what is asked -----------------------------------------------------------------------------------------------


def _asked(reply: str, case: Case, report: Report) -> tuple[tuple[str, ...], bool]:
    """Facts that the reply asks for, in the case's order, and whether it asks for something the case doesn't know."""
    folded = fold(reply)
    asking = [(a, b) for a, b in sentences(folded.text) if _is_question(folded.text[a:b])]
    found = {k.id for k in case.knows for a, b in asking if _match(k.asked, folded.text[a:b])}
    if not found:
        found = {near for a, b in asking if (near := _nearest(folded.text[a:b], case)) and report["ask_facts"].present}
    other = any(report[i].present for i in ("ask_need", "confirm_understanding", "check_resolved", "options"))
    privacy = report["privacy"].present
    unknown = not found and bool(asking) and report["ask_facts"].present and not other and not privacy
    return tuple(k.id for k in case.knows if k.id in found), unknown


def _is_question(sentence: str) -> bool:
    return bool(_QUESTION.search(sentence) or _REQUEST.search(sentence))


def _nearest(question: str, case: Case) -> str:
    """The fact whose words share most with a question that no pattern foresaw; "" where too little is shared."""
    weights, pairs = pair_weights(), pairs_of(plain(question))
    theirs = {k.id: pairs_of(plain(k.says[0].say)) & pairs for k in case.knows}
    count = {i: sum(p not in weights for p in shared) for i, shared in theirs.items()}
    best = max(count, key=lambda i: count[i])
    return best if count[best] >= CLOSE else ""


def _match(patterns: Sequence[str], text: str) -> re.Match[str] | None:
    return next((m for p in patterns if (m := _compiled(p).search(text))), None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


# --- what is stated and offered ----------------------------------------------------------------------------------


def _statements(reply: str, case: Case, scenario: Scenario) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """Rows of the back office that the reply tells rightly, and those that it contradicts, with the words."""
    text = fold(reply).text
    told = tuple(d.id for d in case.desk if d.true and _stated(d.true, text))
    false: dict[str, Said] = {}
    for desk in case.desk:
        words = _stated(desk.false, text) or _over_limit(desk, text, case_of(scenario).numbers)
        if words:
            false[desk.id] = Said(desk.id, words)
    for figure in sorted(contradicted(reply, scenario)):
        number = _MONEY.search(figure)
        if figure[-1] in "元块" and number and float(number[1]) >= GRAVE_MONEY and not false:
            false["figure"] = Said("figure", figure)
    return told, tuple(false.values())


def _stated(patterns: Sequence[str], text: str, *, granted: bool = False) -> str:
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
    return bool(_NEGATED.search(text[max(0, start - 12) : start]) or _NEGATED_AFTER.search(text[end : end + 8]))


def _over_limit(desk: Desk, text: str, known: frozenset[str]) -> str:
    """Words that give more than the row allows: a figure with the row's unit in a clause that is about it."""
    if desk.most is None:
        return ""
    for a, b in clauses(text):
        piece = plain(text[a:b])
        if _match(desk.about, piece) and not _negated(piece, len(piece), len(piece)):
            for m in re.finditer(rf"(\d+(?:\.\d+)?)\s*{desk.unit}", piece):
                if float(m[1]) > desk.most and m[1] not in known and not _negated(piece, m.start(), m.end()):
                    return text[a:b]
    return ""


def _offers(reply: str, case: Case) -> tuple[tuple[Said, ...], tuple[str, ...]]:
    text = fold(reply).text
    offered, denied = [], []
    for option in case.options:
        words = _offer(option, text)
        if words:
            offered.append(Said(option.id, words))
        elif _match(option.offers, text) and not _match(option.unless, text):
            denied.append(option.id)
    return tuple(offered), tuple(denied)


def _offer(option: Option, text: str) -> str:
    if option.unless and _match(option.unless, text):
        return ""
    return _stated(option.offers, text, granted=True)
