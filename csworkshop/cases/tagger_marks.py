"""What the tagger sees of each character of a text: the character, its word, what name and address rules say of it.

Identity counts for what stands around names and addresses; of what stands inside, classes say more than characters
(how telling a character is of surnames and given names, whether two characters are in the list of given names), so
that a name the tagger has never seen looks like those it has seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from csworkshop.cases.addresses import grammar, is_place
from csworkshop.cases.name_evidence import WIDEST, evidence, left_points, right_points
from csworkshop.cases.name_peoples import branded
from csworkshop.cases.names import weighed
from csworkshop.cases.numerals import Plain
from csworkshop.cases.words import commonness, cut
from csworkshop.text.datafile import read_toml

GIVEN_NAMES = Path(__file__).parent / "given_names.toml"
Span = tuple[int, int]
Find = tuple[int, int, bool]  # start, end, whether it is sure
TEMPLATES = 50  # keys per character that `Marks.keys` gives
_EDGE = 3  # characters around a text that are looked at
_OUT = "¤"  # what stands there
_AROUND = 2  # characters beside what could be a name or address that the tagger looks at, too
_NEXT = 9  # characters within which a suffix of addresses counts as near
_SPOTS = re.compile(
    r"门口|门卫|门岗|对面|隔壁|旁边|里头|外面|楼[上下]|拐角|路口|出口|入口|[A-Za-z0-9]口|前台|大堂|大厅|岗亭|停车[场库]|车位|车库|"
    r"[^网车本首货到]站(?!长|点|内)|机场|酒店|饭店|宾馆|旅馆|客栈|民宿|医院|病房|养老院|学校|[大中小]学(?!生)|幼儿园|派出所|超市|市场|"
    r"商场|食堂|工地|工厂|仓库|写字楼|[东南西北前后正侧大]门(?!店)|[一二三四五六七八九十\d][期区栋幢座号楼层室组排床单社队村]|"
    r"\d[-—]\d|[东南西北中]户|(?:老家|家)住|住在?|户籍|地址|庙|桥头|村口|巷子"
)
_UNITS = dict.fromkeys("栋幢座号楼层室组单元弄户排梯铺", "U") | dict.fromkeys(
    "省市区县镇乡村路街巷道庄屯寨里坊苑园湾城", "S"
)
_TITLE = re.compile("先生|女士|小姐|老师|师傅|经理|阿姨|大[爷妈姐哥叔伯]|医生|主任|[总工姐哥叔姨婶嫂爷奶局处队董某]|家")
_LEVELS = frozenset("省 市 区 县 州 旗 盟 那边 这边".split())
_TITLED = frozenset("先女小老师经阿大医主总工姐哥叔姨婶嫂爷奶局处队董某家")  # what titles begin with
_DIGITS = re.compile("0+")
_POINTS = (-9.0, -6.0, -3.0, -1.0, 0.0, 1.5, 3.0, 5.0, 8.0)


@lru_cache(maxsize=1)
def known_given_names() -> frozenset[str]:
    """Given names of two characters that people really have."""
    return frozenset(w for group in read_toml(GIVEN_NAMES).values() for w in str(group).split() if len(w) == 2)


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    """Class of a character: how telling it is of surnames (a digit) and given names (a letter)."""
    e = evidence()
    found = {}
    for c in {*e.surname, *e.given, *e.stop}:
        s, g = e.surname.get(c), e.given.get(c, -6.0)
        family = "0" if s is None else "1" if s < 1 else "2" if s < 3 else "3" if s < 5 else "4"
        found[c] = family + ("z" if c in e.stop else "a" if g < -2 else "b" if g < 1 else "c" if g < 3 else "d")
    return found


def _bucket(points: float) -> str:
    return "0123456789"[bisect_left(_POINTS, points)]


@lru_cache(maxsize=8192)
def _common(word: str) -> str:
    return "123456"[min(5, int(commonness(word) / 2))]


@lru_cache(maxsize=8192)
def _class(c: str) -> str:
    if c.isdigit():
        return "0"
    if c.isascii() and c.isalpha():
        return "A" if c.isupper() else "a"
    if c.isspace():
        return "_"
    return _classes().get(c, "0a" if "\u3400" <= c <= "\u9fff" else c)


def _spelt(word: str) -> str:
    """A word as keys have it: a number is 0, a blank is _."""
    return "0" if word.isdigit() else "_" if word.isspace() else word


def _distances(place: list[str]) -> list[str]:
    """How far before each character the last suffix or unit of addresses is, in the same clause."""
    found = []
    distance = _NEXT
    for p in place:
        distance = 0 if p in "SU" else _NEXT if p == "," else min(_NEXT, distance + 1)
        found.append("0123445559"[distance])
    return found


class Marks:
    """The marks of a text; lists have one entry per character, with `_EDGE` more on either side."""

    def __init__(self, view: Plain, busy: list[Span], homes: list[Find], people: list[Find]) -> None:
        """busy: what else is known, homes: addresses, people: names that the rules found."""
        text = view.text
        size = len(text)
        self.text, self.words = text, cut(text)
        edge = [_OUT] * _EDGE
        classes = [_class(c) for c in text]
        for s, e in busy:
            classes[s:e] = ["X"] * (e - s)
        self.char = edge + [k if k in "0AaX_" else c for c, k in zip(text, classes, strict=True)] + edge
        self.kind = edge + classes + edge
        self.live = [False] * size
        self.rule, self.weak, self.known = ["-"] * size, ["-"] * size, [""] * size
        for label, finds in (("a", homes), ("n", people)):
            for s, e, sure in finds:
                self.rule[s:e] = [label + "IU"[not sure]] * (e - s)
                self.rule[s] = label + "BV"[not sure]
                self.live[s:e] = [True] * (e - s)
        self._weak()
        self._known()
        self._words()
        self._family()
        self._places()
        for s, e in busy:
            self.live[s:e] = [False] * (e - s)
        for name in ("rule", "weak", "known", "place"):
            setattr(self, name, edge + getattr(self, name) + edge)

    def _weak(self) -> None:
        """The best candidate of the rules that covers a character, found or not."""
        best = [-99.0] * len(self.text)
        for s, e, points in weighed(self.text):
            label = _bucket(points)
            for i in range(s, e):
                if points > best[i]:
                    best[i] = points
                    self.weak[i] = ("S" if e - s == 1 else "B" if i == s else "E" if i == e - 1 else "I") + label
                    if points > -7:
                        self.live[i] = True

    def _known(self) -> None:
        """Where brands and given names of the list stand; a capital where the word list's cut allows it."""
        for s, e in branded(self.text):
            self.known[s:e] = ["*"] * (e - s)
        names, starts = known_given_names(), self.words.starts
        for i in range(len(self.text) - 1):
            if self.text[i : i + 2] in names:
                fits = starts(i) + starts(i + 2)
                self.known[i] += "xbB"[fits]
                self.known[i + 1] += "yeE"[fits]
                if fits:
                    self.live[i] = self.live[i + 1] = True

    def _family(self) -> None:
        """Surnames that stand as a word of their own, and neighbouring characters of given names."""
        words, kind = self.words, self.kind
        for i in range(len(self.text)):
            s, e, tag = words.word(i)
            k = kind[i + _EDGE]
            alone = e - s == 1
            if self.text[i + 1 : i + 2] in _TITLED and k[1:] and _TITLE.match(self.text, i + 1):
                self.live[i] = True
            if alone and (k[0] in "34" or (k[0] == "2" and _TITLE.match(self.text, i + 1))) and tag[0] not in "pcur":
                self.live[i] = True
            elif s == i and k[1:] in ("c", "d") and kind[i + 1 + _EDGE][1:] in ("c", "d") and words.starts(i + 2):
                self.live[i] = self.live[i + 1] = True

    def _words(self) -> None:
        self.shape, self.common = ["-"] * len(self.text), ["0"] * len(self.text)
        self.before = ["", _OUT, *(_spelt(self.text[s:e]) for s, e, _ in self.words.words), _OUT]
        for s, e, whole in self.words.words:
            tag = whole[:2] if whole.startswith("n") else whole[:1]
            if e - s == 1:
                self.shape[s] = "1" + tag
                continue
            often = _common(self.text[s:e])
            for i in range(s, e):
                self.shape[i] = ("B" if i == s else "E" if i == e - 1 else "M") + tag
                self.common[i] = often
            if tag == "nr":
                self.live[s:e] = [True] * (e - s)
        self.shape = [_OUT] * _EDGE + self.shape + [_OUT] * _EDGE

    def _places(self) -> None:
        """Classes of address grammar, and how far the next and the last suffix or unit are."""
        text, g = self.text, grammar()
        place = self.place = [
            k if k in "AaX_0" else _UNITS.get(c, ".") if c.isalnum() else "-" if c in "-—·#/(（)）~" else ","
            for c, k in zip(text, self.kind[_EDGE:], strict=False)
        ]
        for m in _DIGITS.finditer("".join(place)):
            place[m.start() : m.end()] = [str(min(6, m.end() - m.start()))] * (m.end() - m.start())
        for s, e, tag in self.words.words:
            if tag.startswith("ns") or is_place(text[s:e]):
                place[s:e] = ["p" if p == "." else p for p in place[s:e]]
                self._clause(s, e)
        for m in g.suffix.finditer(text):
            place[m.start() : m.end()] = ["S"] * (m.end() - m.start())
            self._clause(*m.span())
        for m in _SPOTS.finditer(text):
            place[m.start() : m.end()] = ["s" if p == "." else p for p in place[m.start() : m.end()]]
            self._clause(*m.span())
        self.near, self.since = _distances(place[::-1])[::-1], _distances(place)

    def _clause(self, start: int, end: int) -> None:
        """What stands around a part of an address, to the next mark, may be one, too."""
        while start > 0 and self.place[start - 1] != ",":
            start -= 1
        while end < len(self.text) and self.place[end] != ",":
            end += 1
        self.live[start:end] = [True] * (end - start)

    def stretches(self) -> Iterator[Span]:
        """Where names and addresses could stand, with what is beside it; elsewhere nothing is looked for."""
        start = end = -1
        for i, live in enumerate(self.live):
            if not live:
                continue
            if start < 0 or i - end > 2 * _AROUND:
                if start >= 0:
                    yield start, end
                start = max(0, i - _AROUND)
            end = min(len(self.text), i + 1 + _AROUND)
        if start >= 0:
            yield start, end

    def is_brand(self, start: int, end: int) -> bool:
        """Whether a part of a brand stands there."""
        return "*" in self.known[start + _EDGE : end + _EDGE]

    def only_places(self, start: int, end: int) -> bool:
        """Whether nothing but names of towns, districts and provinces stands there."""
        words = self.words.words[self.words.at[start] : self.words.at[end - 1] + 1]
        return all(t.startswith("ns") or is_place(self.text[s:e]) or self.text[s:e] in _LEVELS for s, e, t in words)

    def is_busy(self, i: int) -> bool:
        """Whether character i is known to be something else."""
        return self.kind[i + _EDGE] == "X"

    def keys(self, i: int) -> tuple[str, ...]:
        """What speaks for the tags of character i, `TEMPLATES` keys, each of a table of its own."""
        j = i + _EDGE
        c, k, w, r, n, p, g = self.char, self.kind, self.shape, self.rule, self.weak, self.place, self.known
        c3, c2, c1, c0, d1, d2, d3 = c[j - 3 : j + 4]
        k2, k1, k0, l1, l2, l3 = k[j - 2 : j + 4]
        w1, w0, v1 = w[j - 1], w[j], w[j + 1]
        r1, r0, q1 = r[j - 1], r[j], r[j + 1]
        p2, p1, p0, o1, o2, _ = p[j - 2 : j + 4]
        n0, g0 = n[j], g[j]
        at = self.words.at[i]
        first = self.words.words[at][0]
        word, before, before2, after = self.before[at + 2], self.before[at + 1], self.before[at], self.before[at + 3]
        left = right = "-"
        if k0[1:] and (d1 in _TITLED or n0 != "-" or g0 or k0 > "2" or k0[1] in "cd"):
            left = _bucket(left_points(self.text[max(0, i - WIDEST) : i]))
            right = _bucket(right_points(self.text[i + 1 : i + 1 + WIDEST]))
        near, since = self.near[i], self.since[i]
        inner = w0 + self.common[i]
        return (
            c0, c1, d1, c2 + c1, d1 + d2, c3 + c2 + c1, d1 + d2 + d3, c1 + c0, c0 + d1,
            k0, k1 + k0, k0 + l1, k1 + k0 + l1, k0 + l1 + l2, k2 + k1 + k0, k0 + l1 + l2 + l3,
            w0, w1 + w0, w0 + v1, inner, w1 + w0 + v1, inner + k0,
            before + w0, after + w0, before2 + before, word, before + k0 + l1, w1 + k0 + v1,
            g0, g0 + inner, g0 + left, g0 + right, g0 + before,
            n0, n0 + r0, n0 + g0 + left, n0 + right + w0,
            r0, r1 + r0 + q1, r0 + k0 + w0,
            p1 + p0 + o1, p2 + p1 + p0 + o1 + o2,
            near + since + p0 + r0, near + before, since + p0 + o1, since + c0 + d1,
            left + k0, right + k0, left + right + k0 + l1 if first == i else "", "*",
        )  # fmt: skip
