"""Find names and addresses with a tagger that learnt from marked lines how far the rules carry, and where they don't.

A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) over characters, with the tags of `TAGS`.
Its keys (`tagger_marks.py`) hold what the rules found, so it says when a rule is to be followed, and adds what no rule
finds: given names that stand alone, names in the middle of a sentence, the rest of an address. Its weights are kept
as a table of the keys that tell something (`tagger.tsv`) and made by `csworkshop train personal`. Written without
numpy: a line is short, and loading numpy takes longer than reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from pathlib import Path

from csworkshop.cases.name_evidence import evidence
from csworkshop.cases.numerals import Plain
from csworkshop.cases.tagger_marks import TEMPLATES, Find, Marks, Span, known_given_names
from csworkshop.text.datafile import DataFileError

WEIGHTS = Path(__file__).parent / "tagger.tsv"
TAGS = ("O", "NB", "NI", "AB", "AI")  # outside; begin and inside of a name, of an address
FOLLOWS = ((0, 1, 3), (0, 1, 2, 3), (0, 1, 2, 3), (0, 1, 3, 4), (0, 1, 3, 4))  # tags that may follow each tag
STEP = 32.0  # weights are kept as whole numbers of 1 / STEP
GAIN = (2.3, -2.0, 0.8)  # what is added for a name, for an address, for each further character of an address
SURE = 0.9  # from this probability on no person needs to look; at an address that no rule sees, always
LEAST_ALONE = 0.25  # probability that a surname alone needs
RULED_OUT = 0.03  # below this probability a sure find of a rule is dropped
_ROOM = re.compile(r"[A-Za-z]?[1-9]\d{0,2}(?:[-#]\d{1,2})?[-#]\d{3,4}|\d{3,4}")
_NEVER = (-50.0, -50.0, -50.0, -50.0)
_MARKS = frozenset(" \u3000\n\t，,。；;：:、！!？?")
# What no address has, unless a rule says that it is one.
_NO_PART = re.compile(
    r"^\d{5}|取件码|提货码|验证码|尾号|[工列型编货名]号|手机|电话|座机|号线|工作日|原路退|SN|[A-Z]{2}\d*-"
)
_TITLED = frozenset("先女小老经主医师姐哥总工")
KINDS = ("name", "address")
Weights = tuple[float, float, float, float]  # of the tags but O
Tagged = tuple[int, int, bool, str]  # start, end, whether it is sure, kind


@dataclass(frozen=True)
class Tagger:
    """Weights per key, one table per template, and of each tag after each tag."""

    tables: tuple[dict[str, Weights], ...]
    after: tuple[tuple[float, ...], ...]

    def scores(self, marks: Marks, start: int, end: int) -> list[Weights]:
        """What speaks for each tag but O of the characters [start, end)."""
        found = []
        for i in range(start, end):
            if marks.is_busy(i):
                found.append(_NEVER)
                continue
            a = b = c = d = 0.0
            for table, key in zip(self.tables, marks.keys(i), strict=True):
                if key in table:
                    w = table[key]
                    a += w[0]
                    b += w[1]
                    c += w[2]
                    d += w[3]
            found.append((a, b, c, d))
        return found


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The tagger that ships with the kit."""
    return load(WEIGHTS)


def load(path: Path) -> Tagger:
    """Read `tagger.tsv`: a remark, what each tag weighs after each tag, then template, key and four weights per row."""
    tables: tuple[dict[str, Weights], ...] = tuple({} for _ in range(TEMPLATES))
    try:
        rows = path.read_text("utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(path, "", f"cannot be read ({error}); csworkshop train personal makes it") from None
    rows = [row for row in rows if not row.startswith("#")]
    steps, rows = rows[: len(TAGS)], rows[len(TAGS) :]
    number = 0
    try:
        after = tuple(tuple(int(v) / STEP for v in row.split("\t")) for row in steps)
        wrong = [len(row) for row in after] != [len(TAGS)] * len(TAGS)
        for number, row in enumerate(rows, len(TAGS) + 2):  # noqa: B007 (told below)
            template, key, a, b, c, d = row.split("\t")
            tables[int(template)][key] = (int(a) / STEP, int(b) / STEP, int(c) / STEP, int(d) / STEP)
    except (ValueError, IndexError):
        wrong = True
    if wrong:
        where = f"line {number}" if number else f"lines 2 to {len(TAGS) + 1}"
        raise DataFileError(path, "", f"{where}: no row of weights; csworkshop train personal makes the file")
    return Tagger(tables, after)


def names_and_addresses(
    view: Plain, busy: list[Span], homes: list[Find], people: list[Find], model: Tagger | None = None
) -> list[Tagged]:
    """Names and addresses in the text view, in no order; busy: what else is known, homes and people: what rules found,
    model: the shipped tagger if not given."""
    return chosen(Marks(view, busy, homes, people), [*busy], homes, people, model or tagger())


def rules_alone(view: Plain, busy: list[Span], homes: list[Find], people: list[Find]) -> list[Tagged]:
    """What is found without a tagger, to compare."""
    return [*((*f, "address") for f in homes), *((*f, "name") for f in people)]


def chosen(marks: Marks, taken: list[Span], homes: list[Find], people: list[Find], model: Tagger) -> list[Tagged]:
    """What the tagger finds, sure finds of rules that it doesn't rule out, and sure names wherever else they stand."""
    text = marks.text
    spans, inside = tagged(marks, model)
    by_rule = {(s, e): surely for s, e, surely in (*homes, *people)}
    found: list[Tagged] = []
    for start, end, kind in spans:
        s, e = _trimmed(text, start, end)
        if kind == "name":  # the whole of it, 彼得罗维奇
            s, e = next(((a, b) for a, b, surely in people if surely and a <= s and e <= b), (s, e))
        if not _is_free(s, e, taken):
            continue
        least = LEAST_ALONE if e - s == 1 else 0.0
        if s < e and min(inside[s:e]) >= least and _may_be(marks, s, e, kind, (s, e) in by_rule):
            likely = min(inside[s:e]) >= SURE and (kind == "name" or any(a < e and s < b for a, b, _ in homes))
            found.append((s, e, by_rule.get((s, e), False) or likely, kind))
            taken.append((s, e))
    for kind, finds in (("address", homes), ("name", people)):
        for s, e, surely in finds:
            if surely and min(inside[s:e]) >= RULED_OUT and _is_free(s, e, taken):
                found.append((s, e, False, kind))
                taken.append((s, e))
    for name in _said_again({text[s:e] for s, e, surely, kind in found if kind == "name" and surely}):
        for m in re.finditer(re.escape(name), text):
            if _is_free(*m.span(), taken):
                found.append((*m.span(), True, "name"))
                taken.append(m.span())
    return found


def _said_again(people: set[str]) -> list[str]:
    """What names may be called by when they are said again, the longest first: 闫浩然 is 浩然."""
    called = {name for name in people if len(name) > 1}
    called |= {name[1:] for name in people if len(name) == 3 and name[1:] in known_given_names()}
    return sorted(called, key=lambda name: (-len(name), name))


def _is_free(start: int, end: int, taken: list[Span]) -> bool:
    return all(end <= s or e <= start for s, e in taken)


def _trimmed(text: str, start: int, end: int) -> Span:
    """The span without the marks and blanks that it begins or ends with."""
    while start < end and text[start] in _MARKS:
        start += 1
    while start < end and text[end - 1] in _MARKS:
        end -= 1
    return start, end


def _may_be(marks: Marks, start: int, end: int, kind: str, by_rule: bool) -> bool:
    """Whether a find has the least that its kind needs: letters alone are a name, and figures alone an address, only in
    forms that are known; brands are no names, and names of towns and provinces alone are no address."""
    if by_rule:
        return True
    said = marks.text[start:end]
    if kind == "name":
        word = marks.words.word(start)
        adverb = word[:2] == (start, end) and word[2].startswith(("d", "t"))  # 明明显示有货
        wished = said == "祝" and marks.text[end : end + 1] not in _TITLED
        return not (said.isascii() or said in evidence().never or marks.is_brand(start, end) or adverb or wished)
    if said.isascii():
        return bool(_ROOM.fullmatch(said))
    return not (_NO_PART.search(said) or marks.only_places(start, end))


def tagged(marks: Marks, model: Tagger) -> tuple[list[tuple[int, int, str]], list[float]]:
    """Names and addresses (start, end, kind), and how likely each character is inside one."""
    inside = [0.0] * len(marks.text)
    spans = []
    for start, end in marks.stretches():
        scores = model.scores(marks, start, end)
        inside[start:end] = _inside(scores, model.after)
        spans += [(start + s, start + e, kind) for s, e, kind in _best(scores, model.after)]
    return spans, inside


def _best(scores: Sequence[Weights], after: Sequence[Sequence[float]]) -> Iterator[tuple[int, int, str]]:
    """The likeliest tags (Viterbi), as spans."""
    more = (0.0, GAIN[0], 0.0, GAIN[1], GAIN[2])
    best = [0.0, scores[0][0] + GAIN[0], -1e9, scores[0][2] + GAIN[1], -1e9]
    back: list[list[int]] = []
    for row in scores[1:]:
        new, came = [-1e9] * 5, [0] * 5
        for a in range(5):
            so_far, steps = best[a], after[a]
            for b in FOLLOWS[a]:
                value = so_far + steps[b]
                if value > new[b]:
                    new[b], came[b] = value, a
        for b in range(1, 5):
            new[b] += row[b - 1] + more[b]
        back.append(came)
        best = new
    tag = best.index(max(best))
    tags = [tag]
    for came in reversed(back):
        tag = came[tag]
        tags.append(tag)
    tags.reverse()
    tags.append(0)
    begin = -1
    for i, tag in enumerate(tags):
        if begin >= 0 and tag not in (2, 4):
            yield begin, i, KINDS[tags[begin] > 2]
            begin = -1
        if tag in (1, 3):
            begin = i


def _inside(scores: Sequence[Weights], after: Sequence[Sequence[float]]) -> list[float]:
    """How likely each character is inside a name or address (forward and backward sums).

    One letter per tag: o outside; b, i begin and inside of a name; a, j of an address. Two: from the one to the other.
    """
    grown = [[exp(v) for v in row] for row in after]
    (oo, ob, _, oa, _), (no, nb, ni, na, _), (io, ib, ii, ia, _), (ao, ab, _, aa, ai), (jo, jb, _, ja, ji) = grown
    seen = [[exp(min(30.0, w)) for w in row] for row in scores]
    b, _, a, _ = seen[0]
    o, i, j = 1.0, 0.0, 0.0
    forward = [(o, b, i, a, j)]
    for sb, si, sa, sj in seen[1:]:
        scale = 1.0 / (o + b + i + a + j)
        o, b, i, a, j = (
            scale * (o * oo + b * no + i * io + a * ao + j * jo),
            scale * sb * (o * ob + b * nb + i * ib + a * ab + j * jb),
            scale * si * (b * ni + i * ii),
            scale * sa * (o * oa + b * na + i * ia + a * aa + j * ja),
            scale * sj * (a * ai + j * ji),
        )
        forward.append((o, b, i, a, j))
    found = []
    o = b = i = a = j = 1.0  # sums of what follows each tag
    for (fo, fb, fi, fa, fj), (sb, si, sa, sj) in zip(reversed(forward), reversed(seen), strict=True):
        out = fo * o
        found.append(1.0 - out / (out + fb * b + fi * i + fa * a + fj * j))
        b, i, a, j = sb * b, si * i, sa * a, sj * j
        scale = 1.0 / (o + b + i + a + j)
        o, b, i, a, j = (
            scale * (o * oo + b * ob + a * oa),
            scale * (o * no + b * nb + i * ni + a * na),
            scale * (o * io + b * ib + i * ii + a * ia),
            scale * (o * ao + b * ab + a * aa + j * ai),
            scale * (o * jo + b * jb + a * ja + j * ji),
        )
    found.reverse()
    return found
