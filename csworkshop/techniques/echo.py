"""Which clauses of a reply take up concrete facts of the customer's message, and how surely.

The weight of a clause is a sum: what it shares with the message (numbers, pairs of characters, the longest common
run, the share of the clause that comes from the message) and what it does otherwise (telling what happened speaks
for a restatement; rules, our own actions, questions and numbers that the customer never gave speak against it). The
summands are rounded coefficients of a logistic regression on the clauses of 1,100 replies by six writers; COVERAGE
and FULL were set by hand afterwards. A pair weighs by its rarity: `common_pairs.txt` holds the pairs that occurred in
more than 15 of the 58 cases of these writers ([common]) and in 3 to 15 of them ([known]); any other pair is rare.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import add
from pathlib import Path

from csworkshop.text.segment import Span

COMMON = Path(__file__).parent / "common_pairs.txt"

RARE, KNOWN = 1.0, 0.4  # per shared pair: not in the list; in its [known] part (pairs in [common] weigh nothing)
MOST_PAIRS = 4  # more shared pairs of one sort add nothing
RUN, LONGEST_RUN = 0.27, 8  # per character of the longest common run
COVERAGE, FULL = 2.6, 6  # times the share of the clause's pairs that the message has too, less below 6 characters
NUMBER, SMALL_NUMBER, FOREIGN_NUMBER = 3.0, 0.75, -0.7  # 97.4 or 18; 3; a number that the customer never gave
TOLD, OURS, RULE, ASKED = 0.95, -0.75, -1.6, -1.2

_DIGITS = str.maketrans(
    {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"两": "2", "〇": "0", "俩": "2个", "仨": "3个"}
)
_TENS = re.compile("[十百千]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SAME = str.maketrans({"您": "你", "俺": "我", "咱": "我"})
_WORDS = (("礼拜", "周"), ("星期", "周"), ("钟头", "小时"), ("早晨", "早上"), ("父亲", "爸爸"), ("母亲", "妈妈"))

_TOLD = re.compile(r"还|又|偏|才|没|白|让你|害你?|叫你|都|连|明明|就|被|说|写|了")
_OURS = re.compile(
    r"[给帮替为]你|我们?(?:会|来|去|再|先|马上|这就|已|把|给|刚)|已经?|退(?:你|款|回|给|到)|补(?:你|发|寄)|寄|安排|办|上门|到账|"
    r"发(?:你|出|到)|赔|送你|换(?:你|货|新)|可以|联系|处理|核实"
)
_RULE = re.compile(
    r"一般|都是|规定|规则|属于|以后|往后|下次|保证|绝不|正常|如果|要是|均|须|协议|条款|通常|本来|系统|不归|管不|自己|随便"
)
_ASKED = re.compile(r"(?:吗|呢)$")


@lru_cache(maxsize=1)
def pair_weights() -> dict[str, float]:
    """Weight of the pairs in `common_pairs.txt`: 0 for those in nearly every case, KNOWN for those in some."""
    weights: dict[str, float] = {}
    part = 0.0
    for word in COMMON.read_text("utf-8").split():
        if word.startswith("["):
            part = {"[common]": 0.0, "[known]": KNOWN}[word]
        else:
            weights[word] = part
    return weights


@lru_cache(maxsize=1)
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """The pairs in nearly every case, and those in some."""
    weights = pair_weights()
    return frozenset(p for p in weights if not weights[p]), frozenset(p for p in weights if weights[p])


def numerals(text: str) -> str:
    """`text` with simple Chinese numerals (up to 9999) as digits, so that 第九天 and 第9天 are alike."""
    text = text.translate(_DIGITS)
    if not _TENS.search(text):
        return text
    text = re.sub(r"(\d)十(\d)", r"\1\2", text)
    text = re.sub(r"(\d)十", r"\g<1>0", text)
    text = re.sub(r"十(\d)", r"1\1", text).replace("十", "10")
    text = re.sub(r"(\d)百(\d\d)(?!\d)", r"\1\2", text)
    text = re.sub(r"(\d)千(\d)百(?!\d)", r"\1\g<2>00", text)
    return re.sub(r"(\d)百(?!\d)", r"\g<1>00", text)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` as it is compared: persons flipped to one form, numerals as digits, a few synonyms made one."""
    text = text.lower().translate(_SAME)
    for word, same in _WORDS:
        text = text.replace(word, same)
    return numerals(text)


@lru_cache(maxsize=4096)
def pairs_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters in `plain` text."""
    return frozenset(p for p in map(add, text, text[1:]) if p.isalnum() and not p.isdigit())


@lru_cache(maxsize=4096)
def numbers_of(text: str) -> frozenset[str]:
    """Numbers in `plain` text."""
    return frozenset(_NUMBER.findall(text))


def _longest_run(piece: str, other: str) -> int:
    """Letters of the longest run that both have, at most LONGEST_RUN."""
    best = 0
    for i in range(len(piece)):
        while best < LONGEST_RUN and i + best < len(piece) and (run := piece[i : i + best + 1]) in other:
            if not run.isalnum():
                break
            best += 1
    return best


@lru_cache(maxsize=4096)
def weight(piece: str, customer: str) -> float:
    """How surely the clause `piece` takes up a fact of `customer` (both folded, not yet `plain`); 0 if nothing is
    shared."""
    piece, customer = plain(piece), plain(customer)
    shared = pairs_of(piece) & pairs_of(customer)
    numbers = numbers_of(piece)
    theirs = numbers & numbers_of(customer)
    if not shared and not theirs:
        return 0.0
    common, familiar = _listed()
    known = len(shared & familiar)
    rare = len(shared) - known - len(shared & common)
    total = RARE * min(rare, MOST_PAIRS) + KNOWN * min(known, MOST_PAIRS)
    total += RUN * _longest_run(piece, customer)
    total += COVERAGE * len(shared) / max(1, len(pairs_of(piece))) * min(1, len(piece) / FULL)
    total += NUMBER * min(2, sum(len(n) > 1 for n in theirs)) + SMALL_NUMBER * min(2, sum(len(n) == 1 for n in theirs))
    total += FOREIGN_NUMBER * min(2, sum(len(n) > 1 for n in numbers - theirs))
    for pattern, value in ((_TOLD, TOLD), (_OURS, OURS), (_RULE, RULE), (_ASKED, ASKED)):
        if pattern.search(piece):
            total += value
    return total


def echoes(reply: str, clauses: list[Span], customer: str) -> list[tuple[Span, float]]:
    """Each clause of folded `reply` with the weight of what it takes up from folded `customer`."""
    if not customer:
        return []
    weighed = []
    for start, end in clauses:
        value = weight(reply[start:end], customer)
        if reply[end : end + 1] == "？" and not _ASKED.search(reply[start:end]):
            value += ASKED
        weighed.append(((start, end), value))
    return weighed
