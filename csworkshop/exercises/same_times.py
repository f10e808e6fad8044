"""Do several texts about one matter promise the same times?

Only clock times in promises of ours are compared (`csworkshop.text.times.promises`): a customer may hear the matter in
any words, but 18点 here and 20点 there are two promises. Times are minutes on a twelve-hour dial, since 6点 and 18点
may be the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from csworkshop.techniques.echo import plain
from csworkshop.text.normalise import fold
from csworkshop.text.times import promises

_CLOCK = re.compile(r"(?<![\d第])([01]?\d|2[0-4])(?::([0-5]\d)|点(?:(半)|([13])刻|([0-5]?\d)分?(?!\d))?)(?![心赞击])")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]")  # its numeral is no part of the hour: 周五6点
_DIAL = 12 * 60


def clocks(text: str) -> frozenset[int]:
    """All clock times of a text."""
    found = set()
    for m in _CLOCK.finditer(plain(_WEEKDAY.sub("，", fold(text).text))):
        minutes = int(m[2] or m[5] or 0) + (30 if m[3] else 15 * int(m[4] or 0))
        found.add((int(m[1]) * 60 + minutes) % _DIAL)
    return frozenset(found)


def promised(text: str) -> dict[int, str]:
    """Clock times that `text` promises, each with the clause it stands in."""
    folded = fold(text)
    found: dict[int, str] = {}
    for start, end in promises(folded.text):
        a, b = folded.span(start, end)
        found.update(dict.fromkeys(clocks(folded.text[start:end]), text[a:b]))
    return found


def disagreeing(texts: Mapping[str, str], known: str) -> dict[str, list[str]]:
    """Per text the clauses that promise a time of the writer's own which another text doesn't share.

    `known` is everything that the writer was given. A time of one's own in a single text contradicts nobody.
    """
    given = clocks(known)
    own = {key: {t: c for t, c in promised(text).items() if t not in given} for key, text in texts.items()}
    promising = {key: times for key, times in own.items() if times}
    if len(promising) < 2 or len({frozenset(times) for times in promising.values()}) == 1:
        return {}
    shared = frozenset.intersection(*(frozenset(times) for times in promising.values()))
    found = {key: [clause for t, clause in times.items() if t not in shared] for key, times in promising.items()}
    return {key: clauses for key, clauses in found.items() if clauses}
