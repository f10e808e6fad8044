"""Before words go to others: what in them tells who somebody is, or is the company's own business.

Personal data are found by csworkshop.cases (telephone, ID card, bank card, addresses, names …). Beside them stand here
the numbers by which a case can be looked up (orders, waybills, tickets, devices), words that the instructor listed,
such as the company's or a customer's name, and the writer's own name and account. It warns; the writer decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from csworkshop.text.language import say
from csworkshop.text.normalise import fold

SHORTEST_NAME = 2  # characters; a nickname of one stands in too many words
MASK = "▇"  # one look for everything that was taken out
_CASE = re.compile(
    r"(?:订单|运单|快递单?|物流单?|工单|流水|交易|会员|客户|设备|序列|合同|保单|案件|单据?)(?:编?号码?|号|ID|id)?\s*[:：是为]?\s*"
    r"(?P<number>(?=[A-Za-z0-9-]*\d{4})[A-Za-z0-9][A-Za-z0-9-]{5,31})(?![A-Za-z0-9])"
)
_LONG_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,4}-?)?\d{8,24}(?![A-Za-z0-9])")
_LATIN = re.compile(r"[A-Za-z0-9]")


@dataclass(frozen=True)
class Caution:
    """Something to think about before posting: `kind`, code-point offsets into the text, and whether it is sure."""

    kind: str
    start: int
    end: int
    sure: bool


def cautions(text: str, names: Sequence[str] = (), secrets: Sequence[str] = ()) -> list[Caution]:
    """What `text` gives away, in the order of the text, without overlap.

    `names` are the writer's own (kind `own_name`), `secrets` words of the company's (kind `secret`); both are found
    whatever their width or case. Kinds of personal data are those of csworkshop.cases, and `case_number`.
    """
    found = [*_listed(text, names, "own_name"), *_listed(text, secrets, "secret")]
    found += _personal(text)
    found += [Caution("case_number", m.start("number"), m.end("number"), True) for m in _CASE.finditer(text)]
    found += [Caution("case_number", m.start(), m.end(), False) for m in _LONG_NUMBER.finditer(text)]
    kept: list[Caution] = []
    for one in found:  # earlier kinds know better what a stretch is
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda c: c.start)


def masked(text: str, names: Sequence[str] = (), given: str = "") -> str:
    """`text` with all of that taken out, but for what stands in `given`: an exercise's own names and numbers are no
    secret. `names` are taken out in any case."""
    return _masked(text, tuple(names), given)


def kind_name(kind: str, lang: str) -> str:
    """What a kind of caution is called."""
    from csworkshop.cases.kinds import kinds

    if kind in ("own_name", "secret", "case_number"):
        return say(f"caution.{kind}", lang)
    return kinds()[kind].name["en" if lang == "en" else "zh"] if kind in kinds() else say("caution.other", lang)


@lru_cache(maxsize=1024)  # the dashboard shows the same clauses every second
def _masked(text: str, names: tuple[str, ...], given: str) -> str:
    pieces, at = [], 0
    for one in cautions(text, names):
        if one.kind != "own_name" and text[one.start : one.end] in given:
            continue
        pieces += [text[at : one.start], MASK * 3]
        at = one.end
    return "".join([*pieces, text[at:]])


def _listed(text: str, words: Iterable[str], kind: str) -> list[Caution]:
    folded = fold(text)
    low = folded.text.lower()
    if len(low) != len(folded.text):  # a rare letter that is two in lower case: offsets would be wrong
        low = folded.text
    found = []
    for word in {fold(w).text.lower().strip() for w in words}:
        if len(word) < SHORTEST_NAME:
            continue
        for m in re.finditer(re.escape(word), low):
            if _cuts_a_word(low, m.start(), m.end()):
                continue
            found.append(Caution(kind, *folded.span(m.start(), m.end()), True))
    return found


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin word goes on beside the stretch: `li` isn't in `like`."""
    before = start > 0 and _LATIN.match(text[start - 1]) and _LATIN.match(text[start])
    after = end < len(text) and _LATIN.match(text[end]) and _LATIN.match(text[end - 1])
    return bool(before or after)


def _personal(text: str) -> list[Caution]:
    """What csworkshop.cases finds, names of companies included."""
    from csworkshop.cases.kinds import kinds
    from csworkshop.cases.personal import personal_data

    return [Caution(f.kind, f.start, f.end, f.sure) for f in personal_data(text, wanted=set(kinds()))]
