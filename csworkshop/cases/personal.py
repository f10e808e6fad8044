"""Find personal data in Chinese text: `personal_data(text)` says what stands where, of which kind, and how surely.

Numbers are found by the rules in `personal/*.toml`; names and addresses by rules of their own and a tagger that knows
how far those carry. Offsets count code
points of the text as it was typed. Pseudonyms that are already in the text are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from csworkshop.cases.addresses import addresses, noun_start
from csworkshop.cases.kinds import Kind, Rule, kinds
from csworkshop.cases.names import names
from csworkshop.cases.numerals import Plain, numbers, plain, runs
from csworkshop.cases.pseudonyms import TAG
from csworkshop.cases.tagger import Find, Span, Tagged, names_and_addresses

# Of two finds in one place the surer is kept, then the longer, then that of the kind which comes first here.
_ORDER = (
    "id_card credit_code bank_card email mobile tracking plate landline wechat qq passport order address company name"
).split()
LONGEST_PIECE = 2000  # characters; a longer text is read in pieces
SHORTEST = 8  # digits of the shortest number that a rule for digits finds
Number = tuple[int, int, str, bool]  # start, end, digits, whether a loose gap is inside
Reader = Callable[[Plain, list[Span], list[Find], list[Find]], list[Tagged]]
_PIECE_END = re.compile(r"\n+|[。！？!?]")
_LETTERED = re.compile(r"[A-Za-z\d]{3}|(?:[A-Za-z\d][^A-Za-z\d]{0,3}){4}")


@dataclass(frozen=True)
class Found:
    """Personal data at [start, end) of the text; what is not sure is for a person's eye."""

    kind: str
    start: int
    end: int
    sure: bool = True


def personal_data(text: str, wanted: Collection[str] | None = None) -> list[Found]:
    """What of a person stands in `text`, in its order, without overlaps.

    wanted: ids of kinds (default: all but those on request).
    """
    if not text or text.isspace():
        return []
    if len(text) > LONGEST_PIECE:
        return [
            Found(f.kind, start + f.start, start + f.end, f.sure)
            for start, end in _pieces(text)
            for f in personal_data(text[start:end], wanted)
        ]
    view = plain(text)
    found = found_in(view, usual() if wanted is None else wanted)
    return [Found(kind, *view.span(s, e), sure) for s, e, sure, kind in sorted(found)]


def usual() -> frozenset[str]:
    """Ids of the kinds that are looked for if nobody says otherwise."""
    return frozenset(k for k in _ORDER if not kinds()[k].on_request)


def found_in(view: Plain, ids: Collection[str], read: Reader = names_and_addresses) -> list[Tagged]:
    """What stands in the view, without overlaps; `read` finds names and addresses once rules have found theirs."""
    taken = [m.span() for m in TAG.finditer(view.text)]
    chosen = _numbered(view, ids, taken)
    if "address" in ids or "name" in ids:
        busy = taken + [(s, e) for s, e, _, _ in chosen]
        homes = list(addresses(view, busy))
        people = list(names(view, busy + [(s, e) for s, e, _ in homes]))
        chosen += _free((f for f in read(view, busy, homes, people) if f[3] in ids), busy)
    return chosen


def _numbered(view: Plain, ids: Collection[str], taken: list[Span]) -> list[Tagged]:
    """What rules for numbers and words find."""
    known = kinds()
    found: list[tuple[Any, ...]] = []
    spelt = [number for chain in runs(view) for number in numbers(chain) if len(number[2]) >= SHORTEST]
    lettered = bool(_LETTERED.search(view.figures))
    for rank, kind in enumerate(known[i] for i in _ORDER if i in ids):
        if not kind.reader and (lettered or kind.on_request):
            for start, end, sure in _by_rules(kind, view, spelt):
                found.append((not sure, start - end, rank, start, end, kind.id))
    chosen = _without_overlaps(sorted(found), taken)
    return chosen + _again(spelt, chosen, taken)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans of at most LONGEST_PIECE characters that end with a line or a sentence where they can."""
    start = 0
    while start < len(text):
        end = min(len(text), start + LONGEST_PIECE)
        if end < len(text):
            ends = [m.end() for m in _PIECE_END.finditer(text, start + LONGEST_PIECE // 2, end)]
            end = ends[-1] if ends else end
        yield start, end
        start = end


def _by_rules(kind: Kind, view: Plain, spelt: list[Number]) -> Iterator[tuple[int, int, bool]]:
    for rule in kind.rules:
        if rule.view == "digits":
            yield from _numbers_by(rule, view, spelt)
            continue
        for m in rule.find.finditer(view.text if rule.view == "text" else view.figures):
            start, end = m.span("v") if "v" in rule.find.groupindex else m.span()
            if rule.trim:
                start = noun_start(view, start, end)
            if end - start > 1 and rule.stands_in(view.text, start, end) and rule.passes(m.group()):
                yield start, end, rule.sure


def _numbers_by(rule: Rule, view: Plain, spelt: list[Number]) -> Iterator[tuple[int, int, bool]]:
    for start, end, digits, loose in spelt:
        if (
            (rule.loose or not loose)
            and rule.find.fullmatch(digits)
            and not _in_word(view, start, end)
            and rule.passes(digits)
            and rule.stands_in(view.text, start, end)
        ):
            plus = start > 0 and view.text[start - 1] == "+"
            bracket = plus and start > 1 and view.text[start - 2] in "(（"
            yield start - plus - bracket, end, rule.sure


_LABEL = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:tel|phone|mobile|mob|call|wx|vx|v|qq|q|id|no|card|m|t|p)[.:]?$", re.IGNORECASE
)
_NOTE = re.compile(r"(?:wx|vx|v|qq|q|tel)(?![A-Za-z0-9])", re.IGNORECASE)


def _in_word(view: Plain, start: int, end: int) -> bool:
    """Whether the number is part of something longer: X1381234, 3.14159, A-5678, 5678.5."""
    before, after = view.text[max(0, start - 8) : start], view.text[end : end + 4]
    glued = before[-1:].isascii() and (before[-1:].isalpha() or before[-1:] == "_")
    if glued and not _LABEL.search(before):
        return True
    if after[:1].isascii() and after[:1].isalpha() and not _NOTE.match(after):
        return True
    part = len(before) > 1 and before[-1] in ".-" and before[-2].isascii() and before[-2].isalnum()
    return part or (after[:1] == "." and after[1:2].isdigit())


def _without_overlaps(found: list[tuple[Any, ...]], taken: list[tuple[int, int]]) -> list[tuple[int, int, bool, str]]:
    chosen: list[tuple[int, int, bool, str]] = []
    for unsure, _, _, start, end, kind in found:
        if all(end <= s or e <= start for s, e in taken) and all(end <= c[0] or c[1] <= start for c in chosen):
            chosen.append((start, end, not unsure, kind))
    return chosen


def _again(
    spelt: list[Number], chosen: list[tuple[int, int, bool, str]], taken: list[tuple[int, int]]
) -> list[tuple[int, int, bool, str]]:
    """Numbers that were found surely, wherever else they are said, in whatever writing."""
    digits = {(start, end): number for start, end, number, _ in spelt}
    known = {digits[s, e]: kind for s, e, sure, kind in chosen if sure and (s, e) in digits}
    again = [(s, e, True, known[number]) for s, e, number, _ in spelt if number in known]
    return _free(iter(again), taken + [(s, e) for s, e, _, _ in chosen])


def _free(found: Iterator[tuple[int, int, bool, str]], busy: list[tuple[int, int]]) -> list[tuple[int, int, bool, str]]:
    return [f for f in found if all(f[1] <= s or e <= f[0] for s, e in busy)]
