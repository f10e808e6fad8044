"""Is this a reply that somebody could send, or a pile of words made to please a checker?

Bought marks come from piles: key words in a row, labels with one word behind each ("时限:24小时。方案:有。"), the same
phrase again and again. People write clauses: words tied together by the small words of grammar. The limits below let
through all but 2 in 1,000 of the labelled replies that show any technique (tests/techniques/test_credible.py).
"""

from __future__ import annotations

import re

from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses

# Small words that tie others together; a pile of key words has next to none.
_TIES = frozenset(
    "的了是我您你们咱他它在给到就都也会能要不没有这那把和跟与还先再又才吗呢吧啊让叫被为从对向往上下来去过着得地"
    "请可以如若但而且所因并将之于其此该已需按由至时后前内中里等多少几个一两么什怎"
)
# A label in brackets or before a colon with a word or two behind it: 时限：24小时。 A salutation (李先生：) and a label
# with a clause behind it (往后：改期自动发短信，…) are none.
_END = r"(?=[。；\n]|$|[，、\s]\s*[【\[]?[\u4e00-\u9fff]{2,6}[】\]]?[：】\]])"
_LABEL = re.compile(
    r"(?:^|[。；，、\s【\[])(?:\d{1,2}[.、）] *)?[【\[]?(?P<name>[\u4e00-\u9fff]{2,6})[】\]]?[：】\]]"
    rf"[ ：]*(?P<words>[^：，。；、\s【\[]{{1,12}}){_END}"
)
_ASKED_FOR = re.compile(
    r"共情|同理|安抚|情绪|复述|事实|致歉|道歉|歉意|担责|责任|确认|理解|追问|询问|诉求|时限|时间|期限|方案|办法|措施|备选"
    r"|选项|利弊|跟进|回访|联系|渠道|效果|补偿|赔偿|改进|整改|主动|提醒"
)
# Signs that join key words where people write a comma or a word.
_JOINTS = re.compile(r"(?<=[\u4e00-\u9fff])\s*(?:[/+|→=&*·•<>^_-]|—(?!—))+\s*(?=[\u4e00-\u9fff\d])")
# 一、明早8点罗师傅上门: the number of a step that is a clause, no key word by itself.
_NUMBERED = re.compile(r"(?:^|(?<=[。；！？：，\n]))\s*（?[一二三四五六七八九十][、）](?=[^，。；！？：、]{5})")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_STUTTER = re.compile(r"(.{2,9}?)\1+")
MOST_STUTTER, MOST_OF_ONE = 0.4, 0.2  # shares of the letters: phrases said twice in a row, one letter
WORD_OR_TWO = 6  # a label that names no technique has no more characters than these behind it in a pile
TIED, TERSE = 0.2, 0.08  # share of small words in a long clause: to a customer, in a note
MANY_JOINTS = 4  # a path (我的—安全中心—转账限额) has fewer
MIN_WORDS = 16  # shorter texts are judged by what they say


def credible(reply: str, *, terse: bool = False) -> bool:
    """False for a pile of key words, of labels or of repetitions; True for anything that reads as clauses.

    `terse` is for notes between colleagues, who leave out small words that a customer would be given.
    """
    text = _NUMBERED.sub("", fold(reply).text)
    if len(_JOINTS.findall(text)) >= MANY_JOINTS:
        if len(_JOINTS.split(text)) >= 0.8 * len(clauses(_JOINTS.sub("，", text))):
            return False
        text = _JOINTS.sub("，", text)
    pieces = [[c for c in _FIGURE.sub("0", text[a:b]) if c.isalnum()] for a, b in clauses(text)]  # a figure is a word
    words = [c for piece in pieces for c in piece]
    if len(words) < MIN_WORDS:
        return True
    untied = _untied(pieces, TERSE if terse else TIED)
    return not (_labels(text) or _crumbs(pieces) or untied or _repeats("".join(words)))


def _labels(text: str) -> bool:
    """Three labels that name what a scorecard asks for, or a text that is mostly labels."""
    labels = [m for m in _LABEL.finditer(text) if _ASKED_FOR.search(m["name"]) or len(m["words"]) <= WORD_OR_TWO]
    if sum(bool(_ASKED_FOR.search(m["name"])) for m in labels) >= 3:
        return True
    covered = sum(len(m[0]) for m in labels)
    return len(labels) >= 3 and covered > 0.6 * len(text)


def _crumbs(pieces: list[list[str]]) -> bool:
    """Many clauses of a word or two each, with nothing that ties them."""
    short = sum(len(p) <= 5 for p in pieces)
    return len(pieces) >= 6 and short >= 0.75 * len(pieces) and _ties([c for p in pieces for c in p]) < 0.36


def _untied(pieces: list[list[str]], least: float) -> bool:
    """Mostly clauses longer than people write, without the small words that would make them so."""
    hanzi = [[c for c in p if not c.isascii()] for p in pieces]  # a clause with part numbers and dates is no pile
    untied = sum(len(p) for p in hanzi if len(p) >= 20 and _ties(p) < least)
    return untied > 0.5 * sum(map(len, pieces))


def _repeats(words: str) -> bool:
    """The same phrases again, at once or later, or one small word between all others."""
    stuttered = sum(len(m[0]) for m in _STUTTER.finditer(words))
    if stuttered > MOST_STUTTER * len(words) or max(map(words.count, set(words) - {"0"})) > MOST_OF_ONE * len(words):
        return True
    runs = [words[i : i + 4] for i in range(len(words) - 3)]
    return len(words) >= 40 and len(set(runs)) < 0.7 * len(runs)


def _ties(words: list[str]) -> float:
    return sum(c in _TIES for c in words) / len(words)
