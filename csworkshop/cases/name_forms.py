"""Forms of names besides the full name: 李 in 李先生, 小李, 阿强, 浩浩 in 浩浩妈妈, 艾力·哈山, 张 伟, Linda Chen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from csworkshop.cases.name_evidence import UNLISTED, beside, characters, evidence, measured
from csworkshop.cases.name_peoples import peoples
from csworkshop.cases.words import Cut, commonness

Weighed = tuple[int, int, float]
_HANZI = "\u3400-\u9fff"
_DOTS = "·•‧．"
_DOTTED = re.compile(rf"[{_HANZI}]{{2,7}}(?:[{_DOTS}][{_HANZI}]{{2,8}}){{1,3}}")
_OWN_SURNAME = re.compile(r"(?<!百)(?<!同)姓$")
_AFTER_SURNAME = re.compile(
    r"[的啊呀吗呢哦吧嘛，。！？、；：,. \n（(）)\d“”]|$|先生|女士|您|我|这|那|是|来|打|电话|手机|叫"
)
_SPACED = re.compile(rf"(?<![{_HANZI}])([{_HANZI}])[ \u3000]([{_HANZI}])(?:[ \u3000]?([{_HANZI}]))?(?![{_HANZI}])")
_PARENT = re.compile("妈妈|爸爸|妈咪|家长|同学|小朋友|宝宝|奶奶|爷爷|外婆|姥姥")
_KIN = re.compile(_PARENT.pattern + "|阿姨|叔叔|[大]?[姐哥]|[姨婶叔嫂姑妈爸]")
_CHILD = re.compile("妈妈|爸爸|妈|爸|家长|奶奶|爷爷|外婆")
_AS_KIN = re.compile(rf"(?=(?P<v>[{_HANZI}]{{1,2}})(?P<title>阿姨|叔叔|大[姐哥]|[姐哥姨婶叔嫂姑妹]))")
_ZI = re.compile(rf"(?=(?P<v>[{_HANZI}])(?P<title>子))")
_LOWER = "a-zß-öø-ÿ"
_LATIN = re.compile(
    rf"(?<![A-Za-z0-9@._/-])(?:[A-Z][{_LOWER}]{{1,11}}(?:[ ·][A-Z][{_LOWER}]{{1,11}}|[ ][A-Z]\.){{0,3}}|"
    r"[A-Z]{2,10}[ /][A-Z]{2,14}(?: [A-Z]{2,14})?)"
    r"(?![A-Za-z0-9@_/-]|\.[A-Za-z])"
)
# Near such words a row of capitalised ones is a person from abroad.
_ABROAD = re.compile("籍|护照|签证|居留|居住证|外教|宾客|旅客|乘客|乘机人|入住人|收件人|客人姓|[国人]客")
_NEAR = 14  # characters


def is_titled(given: str) -> bool:
    """Whether what follows a surname is a title: 先生, 工."""
    return bool(evidence().titles.fullmatch(given))


def titled(text: str, words: Cut, i: int, family: int) -> Iterator[Weighed]:
    """李 in 李先生, 王 in 王姐, 傅 in 我姓傅; the title stays, it says how somebody is spoken to."""
    e = evidence()
    end = i + family
    own = 6.0 if family > 1 else e.surname[text[i]]
    if _OWN_SURNAME.search(text[max(0, i - 2) : i]) and _AFTER_SURNAME.match(text, end):
        yield i, end, 4.0
    m = e.titles.match(text, end)
    if not m or measured(text, i) or text[i - 1 : i] == "·":
        return
    title, table = m.group(), e.cues["titles"]
    if text[i] in table["never_after"] or (text[max(0, i - 1) : i] in e.never_behind and own < 4):
        return
    left = min(max(0.0, beside(text, i, m.end())[0]), 4.0)
    short = len(title) == 1
    if (text[i] in table["job_after"] and title in e.jobs and left < 1.5) or (short and own < 3 and left < 1.5):
        return
    first = words.word(i)
    if first[0] != i or first[1] not in (end, m.end()) or not words.starts(m.end()):
        return
    if first[1] == m.end() and not first[2].startswith("nr") and own < 4 and left < 3:
        return  # 高工, 老师: a word of its own
    if title in ("总", "老") and text[m.end() : m.end() + 1] in tuple("是有会共价"):
        return
    yield i, end, own + left - (1.0 if short else -1.0)


def nicknames(text: str, words: Cut, i: int) -> Iterator[Weighed]:
    """小李, 老陈, 大刘, 阿强."""
    e = evidence()
    first, second = text[i], text[i + 1 : i + 2]
    if first not in "小老大阿" or not second or not words.starts(i):
        return
    follows = words.word(i + 1)
    alone = follows[:2] == (i + 1, i + 2) or (follows[0] == i + 1 and follows[2].startswith("nr"))
    together = words.word(i)[:2] == (i, i + 2)
    if not (alone or together) or measured(text, i + 1) or is_titled(text[i : i + 2]):
        return
    if second in e.stop and e.surname.get(second, 0.0) < 3:
        return
    fits = e.surname.get(second, -5.0)
    if first in "阿小":
        fits = max(fits, e.given.get(second, -6.0) - (0.0 if first == "阿" else 1.5))
    left, right = beside(text, i, i + 2)
    if first == "大" and right >= 3:  # 大鹏答应过
        fits = max(fits, e.given.get(second, -6.0) + 1.0)
    points = min(fits, 5.0) + left + min(right, 3.0) - (2.0 if first in "小老" else 3.5 if first == "阿" else 8.0)
    if not alone:
        points += 2.0 if words.tag(i).startswith("nr") else -0.5 * commonness(text[i : i + 2])
    yield i, i + 2, points


def kin(text: str, words: Cut) -> Iterator[Weighed]:
    """霞 in 霞姨, 晓燕 in 晓燕姐, 娟子: given names as people say them who know each other."""
    e = evidence()
    for m in (*_AS_KIN.finditer(text), *_ZI.finditer(text)):
        start, end = m.span("v")
        fits = [UNLISTED if c in e.stop else e.given.get(c, UNLISTED) for c in m["v"]]
        after = m.end("title")
        if min(fits) < 1 or not words.starts(start) or not words.starts(after) or measured(text, start):
            continue
        word = words.word(start)
        if word[1] > end and not word[2].startswith("nr"):
            continue  # 帅哥, 莲子: words of their own
        left, right = beside(text, start, after)
        points = sum(fits) / len(fits) + left + min(right, 3.0) + 2.0 * (end - start > 1)
        if m["title"] == "子":
            yield start, after, points - 5.0
        else:
            yield start, end, points - 4.0


def given_names(text: str, words: Cut) -> Iterator[Weighed]:
    """浩浩 in 浩浩妈妈, 梓涵 in 我女儿梓涵, 我家瑶瑶: two characters of given names where somebody is expected."""
    e = evidence()
    for i in range(len(text) - 1):
        first, second = e.given.get(text[i], -6.0), e.given.get(text[i + 1], -6.0)
        if text[i] == text[i + 1] and _CHILD.match(text, i + 2):
            first = second = max(first, 2.0)  # 豆豆妈, 果果爸爸
        if min(first, second) < 1 or text[i] in e.stop or text[i + 1] in e.stop:
            continue
        end = i + 2
        if not (words.starts(i) and words.starts(end)) or text[i:end] in e.never:
            continue
        word = words.word(i)
        left, right = beside(text, i, end)
        doubled = text[i] == text[i + 1]
        child = doubled and bool(_CHILD.match(text, end))
        said = doubled and (left >= 3.5 or right >= 3 or child) and commonness(text[i:end]) < 6
        if word[:2] == (i, end) and not word[2].startswith("nr") and not said:
            continue
        parent = bool((_KIN if doubled else _PARENT).match(text, end))
        points = (first + second) / 2 + 1.5 * doubled + left + min(right, 3.0) + 4.0 * parent
        yield i, end, points - (7.0 if doubled or parent else 11.0)


def dotted(text: str, words: Cut) -> Iterator[Weighed]:
    """Names of two parts, 阿迪力·买买提; words that only stand before or after them are cut off."""
    telling = evidence().cues["dotted"]["characters"]
    for m in _DOTTED.finditer(text):
        start, dot = m.start(), m.start() + min(i for i in map(m.group().find, _DOTS) if i >= 0)
        best = start
        for i in range(start, dot - 1):
            if beside(text, i, m.end())[0] > 3 or (i > start and words.starts(i) and words.tag(i - 1)[:1] in "vpcudry"):
                best = i
        end = m.end()
        last = max(m.group().rfind(c) for c in _DOTS) + m.start() + 1
        for i in range(last + 2, end):
            verb = words.word(i)[1] > i + 1 and words.tag(i)[:1] in "vpcudrytm"
            if words.starts(i) and (verb or text[i] in evidence().stop or beside(text, best, i)[1] >= 3):
                end = i
                break
        left, right = beside(text, best, end)
        points = max(0.0, left) + right + min(5, sum(c in telling for c in text[best:end]))
        points += 6.0 * bool(peoples().western.search(text, best, end))
        yield best, end, points - 2.0


def spaced(text: str) -> Iterator[Weighed]:
    """张 伟, as forms have it, where a field or a title says that it is a name."""
    e = evidence()
    for m in _SPACED.finditer(text):
        start, end = m.span()
        name = "".join(g for g in m.groups() if g)
        left, right = beside(text, start, end)
        if name[0] in e.surname and (left >= 9 or right >= 6) and not set(name) & e.stop:
            yield start, end, e.bias + characters(name, 0, len(name), 1) + left + right


@lru_cache(maxsize=1)
def _latin_tables() -> tuple[frozenset[str], frozenset[str], frozenset[str], re.Pattern[str], re.Pattern[str]]:
    table = evidence().cues["latin"]
    return (
        frozenset(table["names"].split()),
        frozenset(table["surnames"].split()),
        frozenset(table["never"].split("|")),
        re.compile(table["left"]),
        re.compile(table["right"]),
    )


def latin(text: str) -> Iterator[Weighed]:
    """Linda Chen, Zhang Wei, LI/MING: known first names and surnames, or words in the place of a name."""
    known, surnames, never, before, after = _latin_tables()
    for m in _LATIN.finditer(text):
        start, end = m.span()
        for word in re.findall(rf"[A-Z{_LOWER}]+", m.group()):  # Dear Michael
            if word not in never or text[start : start + len(word)] != word:
                break
            start += len(word) + 1
        if start >= end:
            continue
        upper = text[start:end].isupper()
        parts = [p.capitalize() if upper else p for p in re.split(r"[ ·/]", text[start:end])]
        if never & set(parts):
            continue
        family = len(parts) > 1 and bool({parts[0], parts[-1]} & surnames)
        abroad = bool(_ABROAD.search(text[max(0, start - _NEAR) : end + _NEAR]))
        if upper and not (family or abroad):
            continue
        left = bool(before.search(text[max(0, start - 20) : start]))
        right = bool(after.match(text[end : end + 12]))
        points = 3.5 * (parts[0] in known) + 2.5 * family + 3.0 * max(left, abroad) + 2.0 * right + (len(parts) > 1)
        yield start, end, points - 2.5 - (1.0 if upper else 0.0)
