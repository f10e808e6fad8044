"""Does a reply answer this customer, in this case?

Four ways not to: it hands the customer's words back and adds nothing; it states facts that the case contradicts; it
answers another case; it would fit any case. The last two are told by what the reply shares with the case (message,
facts, policy): pairs of characters weighed by their rarity as in `echo`, and numbers. A logistic regression weighs
that, fitted on labelled replies and model answers beside their own case and beside others' (`csworkshop train
relevance`).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Literal

from csworkshop.techniques.echo import KNOWN, numbers_of, pair_weights, pairs_of, plain
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold

Irrelevant = Literal["", "invented", "other_case", "template"]

WEIGHTS = Path(__file__).parent / "weights" / "relevance.json"
MIN_PAIRS = 12  # a shorter reply is judged by what it says
RUN, PARROT, PARROT_LETTERS = 3, 0.62, 20  # share of the letters in runs that the customer wrote; honest: up to 0.57
STRANGE = 0.42  # share of rare pairs from which on a reply that shares nothing is about something else
TELLING = 8  # letters from which on a restatement must show what it restates
INVENTED, MONEY = 2, 100  # so many facts that the case contradicts; a sum or a contract's number is as much as two

# Figures that a reply takes from the case; it makes up spans and hours itself, and small numbers are words.
_FIGURE = re.compile(
    r"第(\d+(?:\.\d+)?)天|(?<!\d)(\d+(?:\.\d+)?)(?:元|块|次|遍|趟"
    r"|张|排|座|位(?![数置])|人(?!工)|名(?!字|称|下)|口|双|套|间|桶|本|辆|晚|课时|课|节"
    r"|号(?!线|机|柜|窗|门|楼|库)|月(?!内)|年(?!内)|楼|层|件|台|箱|瓶|盒|斤|公斤|度|%|集|期|颗|页|寸)"
)
_CODE = re.compile(r"([a-z]{1,4})-?(\d{3,})")
# Before a number that the reply gives the customer to ask for: 有事报QH5520, 受理编号您记一下
_GIVEN_NOW = re.compile(r"(?:报|编号|工单|受理|登记|回执|凭|记)[^。！？]{0,6}$")
# Words that only hand the customer's back: 您说…，您反馈的是…，对吗
_SAID = re.compile(
    r"(?:你|客户)(?:说的?|反馈的?|提到的?|讲的?|问的?|写的?|表示|反映的?|提出的?|描述的?)(?:是|了|过|得对|没错|情况)?|(?:我们?|这边)?(?:了解|收|看|听|注意|知道|记)"
    r"(?:到|悉|道|下)?(?:了)?(?:你的)?|是的|好的|你好|对(?:吗|吧|的)|明白(?:了)?|抱歉|对不起|没错"
)
_OWN = re.compile(r"(?:以内|以下|不超过|内|最多|券|红包|补|送你|赠|赔)")
_SMALL = 3


@dataclass(frozen=True)
class Case:
    """What can be known of a case, as it is compared: pairs and numbers of everything, letters and pairs of the
    customer's message, contract numbers and the like."""

    pairs: frozenset[str]
    numbers: frozenset[str]
    customer: str
    theirs: frozenset[str]
    codes: frozenset[tuple[str, str]]


@lru_cache(maxsize=256)
def case_of(scenario: Scenario) -> Case:
    s = scenario
    text = plain(fold("。".join((s.customer, s.hidden_need, s.domain, *s.facts, *s.policy))).text)
    customer = plain(fold(s.customer).text)
    return Case(pairs_of(text), numbers_of(text), _letters(customer), pairs_of(customer), _codes(text))


def shared(reply: str, scenario: Scenario) -> tuple[float, ...]:
    """What `reply` shares with the case, as numbers to weigh; () for a reply too short to ask."""
    case, text = case_of(scenario), plain(fold(reply).text)
    pairs, weights = pairs_of(text), pair_weights()
    if len(pairs) < MIN_PAIRS:
        return ()
    both, rare = pairs & case.pairs, {p for p in pairs if p not in weights}
    known = sum(weights.get(p) == KNOWN for p in both)
    figures = {n for n in numbers_of(text) if len(n) > 1}
    theirs = min(3, len(figures & case.numbers))
    mine = len(rare & case.pairs)
    return (
        math.log1p(mine),
        mine / len(pairs),
        math.log1p(known),
        len(both) / len(pairs),
        theirs,
        min(4, len(figures - case.numbers)),
        len(rare - case.pairs) / len(pairs),
        math.log(len(pairs)),
        float(mine + theirs == 0),
        math.log1p(sum(weights.get(p, 1.0) > 0 for p in both & case.theirs)),
        len(both & case.theirs) / len(pairs),
        float(mine + theirs <= 1),
    )


@dataclass(frozen=True)
class Weighing:
    """Coefficients of `shared`, and the log-odds below which a reply is taken to be of no case or another: one that
    passes, and one that fails anyway."""

    coefficients: tuple[float, ...]
    bias: float
    passing: float
    failing: float

    def low(self, numbers: tuple[float, ...], *, passing: bool) -> bool:
        """Whether a reply shares too little."""
        odds = self.bias + sum(c * n for c, n in zip(self.coefficients, numbers, strict=True))
        return odds < (self.passing if passing else self.failing)


@lru_cache(maxsize=1)
def weighing() -> Weighing:
    """The weights that ship with the kit."""
    data = json.loads(WEIGHTS.read_text("utf-8"))
    return Weighing(**data | {"coefficients": tuple(data["coefficients"])})


def irrelevant(reply: str, scenario: Scenario, *, passing: bool = True) -> Irrelevant:
    """Why `reply` doesn't answer the customer of `scenario`; "" for one that does, or where there's no telling.

    A reply that isn't `passing` is told so only where there's no doubt: a poor reply is often a general one, and has
    been told enough.
    """
    if not scenario.customer:
        return ""
    if sum(map(_gravity, contradicted(reply, scenario))) >= INVENTED:
        return "invented"
    numbers = shared(reply, scenario)
    if not numbers or not weighing().low(numbers, passing=passing):
        return ""
    return "other_case" if numbers[6] >= STRANGE or numbers[5] >= 2 else "template"


def parrots(reply: str, scenario: Scenario) -> bool:
    """Little more than the customer's own words, persons flipped or not."""
    mine = _letters(_SAID.sub("", plain(fold(reply).text)))
    if len(mine) < PARROT_LETTERS or not scenario.customer:
        return False
    theirs, taken = case_of(scenario).customer, [False] * len(mine)
    for i in range(len(mine) - RUN + 1):
        if mine[i : i + RUN] in theirs:
            taken[i : i + RUN] = [True] * RUN
    return sum(taken) >= PARROT * len(mine)


def contradicted(words: str, scenario: Scenario) -> set[str]:
    """Figures in `words` that a reply can only have from the case, and that the case doesn't have."""
    return _contradicted(plain(fold(words).text), scenario)


def _contradicted(text: str, scenario: Scenario) -> set[str]:
    case, found = case_of(scenario), set()
    for m in _FIGURE.finditer(text):
        number = m[1] or m[2]
        ours = _OWN.search(text[max(0, m.start() - 6) : m.end() + 3])
        if float(number) >= _SMALL and not ours and not _given(number, case.numbers):
            found.add(m[0])
    prefixes = {prefix for prefix, _ in case.codes}
    for m in _CODE.finditer(text):
        if m[1] in prefixes and (m[1], m[2]) not in case.codes and not _GIVEN_NOW.search(text[: m.start()]):
            found.add(m[1] + m[2])
    return found


def _gravity(fact: str) -> int:
    """A sum of money and the number of a contract are nobody's slip."""
    grave = not fact[0].isdigit() and fact[0].isascii()
    return 2 if grave or (fact[-1] in "元块" and float(fact[:-1]) >= MONEY) else 1


def _given(number: str, known: frozenset[str]) -> bool:
    """Whether the case has the number, or two from which it comes by adding or subtracting, or it with decimals."""
    if number in known or any(n.startswith(number + ".") for n in known):
        return True
    value, values = float(number), [float(n) for n in known if len(n) > 1]
    sums = (c for a, b in combinations_with_replacement(values, 2) for c in (a + b, abs(a - b)))
    return any(abs(c - value) < 0.01 for c in sums)


def _codes(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((m[1], m[2]) for m in _CODE.finditer(text))


def taken_up(words: str, scenario: Scenario) -> bool:
    """Whether a restatement (folded words) restates: nothing in it that the case contradicts and, unless it is a word
    or two, something of the case."""
    if not scenario.customer:
        return True
    case, text = case_of(scenario), plain(words)
    if _contradicted(text, scenario):
        return False
    if len(_letters(text)) < TELLING:
        return True
    weights = pair_weights()
    return any(weights.get(p, 1.0) > 0 for p in pairs_of(text) & case.pairs) or bool(numbers_of(text) & case.numbers)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())
