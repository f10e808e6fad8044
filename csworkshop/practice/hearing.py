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
from csworkshop.practice.parts import Desk
from csworkshop.practice.statements import ADMITS, Said, match, offers, statements
from csworkshop.practice.strung import strung
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Finding, Level, Report, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.echo import pair_weights, pairs_of, plain
from csworkshop.techniques.relevance import irrelevant, parrots
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import insincere
from csworkshop.text.normalise import fold
from csworkshop.text.segment import sentences

Gate = Literal["", "pile", "not_for_me", "template", "same_again"]
SURE = {"rude": 0.7, "blame": 0.7, "privacy": 0.7, "overpromise": 0.75}  # what is held against a trainee gravely
FAULT = 0.6
FIRST = "defend_first"
ASKING = ("blame", "excuse", "rude")  # what a plain question may be mistaken for
ALIKE, AGAIN = 0.86, 8  # similarity from which on a reply says the same again, if it has so many letters
CLOSE = 2  # rare pairs that a question shares with a fact nobody's pattern foresaw
CONTEXT = 110  # characters of the customer's last words that the readers take in

_QUESTION = re.compile(
    r"[？?]\s*$|吗|呢[。！]?$|(?<!没)什么(?!都|也)|哪[个些天里儿位种款一]|几[点次回天个号位时]|多少|多久|多大|怎么[样了]?"
    r"|是否|是不是|有没有|能不能|可不可以|方不方便|贵姓|为何|为什么|(?:是|找|问)谁|谁(?:接|说|告诉|跟)"
)
_REQUEST = re.compile(
    r"(?:请|麻烦|劳烦|辛苦|烦请|方便)[^，。]{0,8}(?:提供|告诉|告知|发|说|报|描述|讲|拍|补充|留|给我|确认|核对)"
    r"|核对一下|确认一下"
)
_ROLES = re.compile(
    r"你(?:现在|从现在起|来|就)?(?:是|扮演|来当|当)(?:一?[名个位])?(?:客服|助手|机器人|AI|ai|模型)|提示词|系统(?:指令|提示)"
    r"|角色(?:扮演|互换)|忽略(?:以上|之前|前面|上面)|ignore (?:all|the|previous)|system prompt|你的(?:设定|剧本|台词)"
)


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


def hear(
    reply: str,
    case: Case,
    scenario: Scenario,
    before: Sequence[str],
    now: int,
    level: Level = "full",
    *,
    closing: bool = False,
    comforted: bool = False,
) -> Heard:
    """What `reply` says; `scenario` is the case with the customer's last words, `before` the trainee's own replies.

    `closing` says that an option was accepted: what is said then may be general. `comforted`, that the customer's
    feelings were heard before: then nobody puts facts first any more.
    """
    gate, insult = _gate(reply, scenario, before)
    if gate:
        return Heard(reply, gate, insult=insult)
    report = check(reply, scenario, level)
    told, false = statements(reply, case, scenario)
    offered, denied = offers(reply, case)
    asked, unknown = _asked(reply, case, report)
    met = bool(match(case.hidden.met, fold(reply).text))
    irrelevance = irrelevant(reply, scenario, passing=False)
    if irrelevance in ("other_case", "template") and not (told or offered or asked or met or closing):
        gate = "not_for_me" if irrelevance == "other_case" else "template"
    questions = _questions_of(reply, case)
    findings = tuple(f for f in report.present if _counts(f, questions) and not (comforted and f.item == FIRST))
    if gate:  # faults are heard in a form letter too
        findings = tuple(f for f in findings if catalogue().items[f.item].type == "fault")
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
        met,
        bool(ADMITS.search(fold(reply).text)),
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


def _counts(finding: Finding, questions: Sequence[str]) -> bool:
    """Whether a present item is heard: faults only where they are sure, and no question that the case foresees."""
    if catalogue().items[finding.item].type == "technique":
        return True
    if finding.item in ASKING and finding.evidence:
        words = [fold(e.text).text for e in finding.evidence]
        if all(any(w[:6] in q or q in w for q in questions) for w in words):
            return False
    return finding.score >= SURE.get(finding.item, FAULT)


def _questions_of(reply: str, case: Case) -> list[str]:
    """The sentences of the reply that ask for a fact which the case's author foresaw."""
    text = fold(reply).text
    asking = [text[a:b] for a, b in sentences(text) if _is_question(text[a:b])]
    return [q for q in asking if any(match(k.asked, q) for k in case.knows)]


def _gate(reply: str, scenario: Scenario, before: Sequence[str]) -> tuple[Gate, bool]:
    """Why the reply is none, and whether it insults."""
    text = fold(reply).text
    letters = _letters(text)
    if not letters or not credible(reply) or parrots(reply, scenario) or strung(reply, scenario):
        return "pile", False
    reason = "grader" if _ROLES.search(text) else insincere(reply, scenario.customer)
    if reason and reason != "insult":
        return "pile" if reason == "rubric" else "not_for_me", False
    again = any(min(len(letters), len(o)) >= AGAIN and _alike(letters, o) for o in map(_letters, before))
    return "same_again" if again else "", reason == "insult"


def _letters(typed: str) -> str:
    return "".join(c for c in fold(typed).text if c.isalnum())


def _alike(a: str, b: str) -> bool:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


# --- what is asked -----------------------------------------------------------------------------------------------


def _asked(reply: str, case: Case, report: Report) -> tuple[tuple[str, ...], bool]:
    """Facts that the reply asks for, in the case's order, and whether it asks for something the case doesn't know."""
    folded = fold(reply)
    asking = [(a, b) for a, b in sentences(folded.text) if _is_question(folded.text[a:b])]
    found = {k.id for k in case.knows for a, b in asking if match(k.asked, folded.text[a:b])}
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
