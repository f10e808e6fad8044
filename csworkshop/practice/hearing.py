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

from csworkshop.practice.asking import anything_else, asked, asking_sentences
from csworkshop.practice.case import Case
from csworkshop.practice.clock import promised
from csworkshop.practice.parts import Desk
from csworkshop.practice.reproach import weighed
from csworkshop.practice.statements import ADMITS, Said, match, meets, offers, rightly_told, statements
from csworkshop.practice.strung import strung
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Finding, Level, Report, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.relevance import irrelevant, parrots
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import insincere
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span

Gate = Literal["", "pile", "not_for_me", "template", "same_again"]
SURE = {
    "rude": 0.7,
    "blame": 0.7,
    "privacy": 0.7,
    "overpromise": 0.75,
    "overacting": 0.8,
}  # what is held against a trainee gravely
FAULT = 0.6
FIRST = "defend_first"
UNMEETING = (FIRST, "blame", "rude", "privacy", "brush_off")  # in such a reply no need is met, whatever its words
ALIKE, AGAIN = 0.86, 8  # similarity from which on a reply says the same again, if it has so many letters
CONTEXT = 110  # characters of the customer's last words that the readers take in

_SECRET = re.compile(
    r"密码|[验校]证码|验证|动态码|口令|卡号|银行卡|安全码|CVV|PIN|身份证|证件|人脸|刷脸|付款码|支付|助记词|私钥|登录|账号|远程|共享|转账|护照|户口",
    re.IGNORECASE,
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
    closing: bool = False  # asks only if anything else is wanted
    invited: tuple[str, ...] = ()  # of `asked`, what only such a question brings out
    whether: bool = False  # what is unknown was asked with yes or no
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
    questions = asked(reply, case, report)
    found = weighed(
        reply,
        report.present,
        lambda question: any(match(k.asked, question) for k in case.knows),
        lambda part: check(part, scenario, level),
    )
    official = rightly_told(reply, case)
    findings = tuple(f for f in found if _counts(f, reply, official) and not (comforted and f.item == FIRST))
    met = not any(f.item in UNMEETING for f in findings) and meets(case.hidden.met, reply)
    irrelevance = irrelevant(reply, scenario, passing=False)
    if irrelevance in ("other_case", "template") and not (told or offered or questions.facts or met or closing):
        gate = "not_for_me" if irrelevance == "other_case" else "template"
    if gate:  # faults are heard in a form letter too
        findings = tuple(f for f in findings if catalogue().items[f.item].type == "fault")
    return Heard(
        reply,
        gate,
        findings,
        questions.facts,
        questions.unknown and not gate,
        told,
        false,
        offered,
        denied,
        promised(reply, now),
        met,
        bool(ADMITS.search(fold(reply).text)),
        insult,
        any(anything_else(q) for q in asking_sentences(reply)),
        questions.invited,
        questions.whether,
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


def _counts(finding: Finding, reply: str, official: Sequence[Span]) -> bool:
    """Whether a present item is heard: faults only where they are sure."""
    if finding.item == "privacy" and not _SECRET.search(reply):  # a phone number is no secret
        return False
    if finding.item == "rude" and finding.evidence and all(_mostly(e.start, e.end, official) for e in finding.evidence):
        return False  # a warning that the back office asks for, in its words
    technique = catalogue().items[finding.item].type == "technique"
    return technique or finding.score >= SURE.get(finding.item, FAULT)


def _mostly(start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether half of the words or more stand in one of `spans`."""
    return any(2 * (min(end, b) - max(start, a)) >= end - start for a, b in spans)


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
