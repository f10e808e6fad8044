"""What a customer hears on the day of a ticket, and whether it was enough: messages, promises, progress, news.

Every message is judged by the one checker. A message counts if it is a real one: written, not stuffed, not the
customer's own words, not the same as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pydantic import Field

from csworkshop.exercises.activity import line
from csworkshop.exercises.ideas import Idea, alike, letters, said
from csworkshop.exercises.marking import Line
from csworkshop.practice.clock import due_in, minutes_of, promised, shown
from csworkshop.practice.desk import GRACE, Day
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level, Report, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.relevance import parrots
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import insincere
from csworkshop.text.language import LANGUAGES, say
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses

PROMISES, PROGRESS, MESSAGES, TELL = 12.0, 18.0, 12.0, 12.0
PESTERED = 8.0
FIRST = 20  # minutes within which a customer hears from us for the first time
APART = 30  # minutes between two messages that count as two
CLOSE_BY = 15  # minutes between two messages of which nobody asked for the second
SAME = 0.8  # how much of a message stands in an earlier one that is sent again
SHORTEST, LONGEST = 12, 500
GRAVE = ("rude", "blame", "privacy", "overpromise")
# A promise to speak, which only a message keeps; that somebody else delivers by a time is no word of ours.
_WORD = re.compile(
    r"告诉|告知|答复|回[复您电]|联系|消息|打[给您电]|通知|再(?:来|问|说|确认|和您|跟您)|来问|准话|准信|进展"
    r"|给您(?:说|结果|答|回|打|一个)|说(?:清|明|结果)"
)
_PAST = re.compile(r"昨|刚才|已经?|等了|说过|您说")
_TIME = re.compile(
    r"(?:今天|今晚|明天|明早|上午|中午|下午|晚上)*(?:\d{1,2}[:：]\d{2}|\d{1,2}点(?:半|\d{1,2}分?)?)|(?:半|\d+)个?(?:小时|钟头|分钟)[之以]?内"
)
SURE = 0.75  # what is grave must be more than likely


class Telling(Idea):
    """What the customer must be told once a flag is set, within so many minutes."""

    after: str = Field(min_length=1)
    within: int = Field(default=30, ge=5, le=600)


@dataclass(frozen=True)
class Said:
    """A message to the customer: when, what, whether it counts as one, and what the checker says of it."""

    at: int
    text: str
    real: bool
    again: bool
    report: Report


def both(make: Callable[[str], str]) -> Bilingual:
    zh, en = (make(lang) for lang in LANGUAGES)
    return Bilingual(zh=zh, en=en)


def told(key: str, **values: object) -> Bilingual:
    return both(lambda lang: say(f"ticket_marks.{key}", lang, **values))


def clock(day: Day, minute: int) -> str:
    return shown(minutes_of(day.desk.start) + minute)


def messages_of(day: Day, scenario: Scenario, level: Level) -> list[Said]:
    found: list[Said] = []
    for at, action in day.done:
        if action.do != "say":
            continue
        again = any(alike(action.text, before.text) >= SAME for before in found if len(letters(before.text)) > 8)
        real = len(letters(action.text)) >= SHORTEST and len(action.text) <= LONGEST and credible(action.text)
        real = real and not insincere(action.text, scenario.customer) and not parrots(action.text, scenario)
        found.append(Said(at, action.text, real and not again, again, _checked(action.text, scenario, level)))
    return found


@lru_cache(maxsize=256)
def _checked(text: str, scenario: Scenario, level: Level) -> Report:
    return check(text, scenario, level)


def progress(day: Day, messages: list[Said]) -> Line:
    """The first word soon, then never longer than the house's rule without one, until the customer is content."""
    name, every = told("name_progress", every=day.desk.every // 60), day.desk.every
    heard = [m.at for m in messages if m.real]
    if not heard:
        return line("progress", name, 0, PROGRESS, told("progress_none"))
    end = day.flags.get("confirmed", day.clock)
    times = [0, *[t for t in heard if t <= end], *([end] if end > heard[-1] else [])]
    limits = [FIRST, *[every + GRACE] * (len(times) - 2)]
    gaps = [(a, b) for (a, b), limit in zip(pairwise(times), limits, strict=False) if b - a > limit]
    missed = sum(max(1, (b - a - GRACE) // every) for a, b in gaps)
    kept = sum(1 for a, b in pairwise(times) if b - a >= APART) - len(gaps)
    share = 1.0 if not missed else max(0.0, kept / (kept + missed) * 0.8)
    if missed:
        when = "、".join(f"{clock(day, a)}–{clock(day, b)}" for a, b in gaps[:3])
        asked = [e for e in day.feed if e.kind == "chaser"]
        reason = told("progress_chased" if asked else "progress_late", when=when, every=every // 60, n=len(asked))
    else:
        reason = told("progress_right")
    return line("progress", name, share, PROGRESS, reason)


def promises(day: Day, messages: list[Said]) -> Line:
    """Each definite time that was named and lies in the shift: did a message come by then?"""
    name, start = told("name_promises"), minutes_of(day.desk.start)
    named = [
        (words, m.at, m.at + due)
        for m in messages
        for words, due in _given(m.text, start + m.at)
        if due > 1 and m.at + due <= min(day.clock, day.desk.length)
    ]
    if not named:
        made = any(m.report["specific_time"].present for m in messages if m.real)
        return line("promises", name, float(made), PROMISES, told("promises_ahead" if made else "promises_none"))
    words_at = [m.at for m in messages if m.real]
    broken = [w for w, made, due in named if not any(made < at <= due + GRACE for at in words_at)]
    share = 1 - len(broken) / len(named)
    if broken:
        reason = told("promises_broken", words="、".join(f"“{w}”" for w in broken[:3]), n=len(broken))
    else:
        reason = told("promises_kept", n=len(named))
    return line("promises", name, share, PROMISES, reason, quotes=broken[:3])


def _given(text: str, now: int) -> list[tuple[str, int]]:
    """Promises to speak, with the minutes from `now` at which they come due. Besides those of the promise grammar,
    a time in a clause that says that we speak: 11点半前我告诉您几点有人上门 holds a question, and is a promise."""
    found = [(words, due) for words, due in promised(text, now) if _WORD.search(words)]
    folded = fold(text).text
    for start, end in clauses(folded):
        clause, time = folded[start:end], _TIME.search(folded, start, end)
        known = any(clause in words or words in clause for words, _ in found)
        if time and not known and _WORD.search(clause) and not _PAST.search(clause):
            due = due_in(time[0], now)
            found += [(clause, due)] if due is not None else []
    return found


def quality(day: Day, messages: list[Said], least: int) -> Line:
    """Each message on its own: definite, nothing vague, nothing grave; too few of them leave the rest empty."""
    name = told("name_messages")
    if not messages:
        return line("messages", name, 0, MESSAGES, told("messages_none"))
    worth = [_worth(m) for m in messages]
    share = sum(worth) / max(len(messages), least)
    weak = [m for m, w in zip(messages, worth, strict=True) if w < 1]
    grave = [m for m in messages if any(_sure(m.report, item) for item in GRAVE)]
    if grave:
        item = next(i for i in GRAVE if _sure(grave[0].report, i))
        what = grave[0].report[item]
        reason = both(lambda lang: say("ticket_marks.messages_grave", lang, why=what.reason(lang)))
    elif weak:
        reason = told("messages_again" if weak[0].again else "messages_weak", n=len(weak), of=len(messages))
    else:
        reason = told("messages_few" if len(messages) < least else "messages_right")
    state = "critical" if grave else None
    quotes = [m.text[:80] for m in (grave or weak)[:3]]
    return line("messages", name, share, MESSAGES, reason, quotes=quotes, state=state)  # type: ignore[arg-type]


def _sure(report: Report, item: str) -> bool:
    return report[item].score >= SURE


def _worth(message: Said) -> float:
    if not message.real or any(_sure(message.report, item) for item in GRAVE):
        return 0.0
    report = message.report
    definite = report["specific_time"].present or report["check_resolved"].present
    return (0.6 if definite else 0.2 if report["solution"].present else 0.0) + 0.4 * (not report["vague"].present)


def telling(day: Day, messages: list[Said], tell: Sequence[Telling]) -> Iterator[Line]:
    for n, what in enumerate(tell, 1):
        name = told("name_tell", says=what.says)
        since = day.flags.get(what.after)
        worth = TELL / len(tell)
        if since is None:
            yield line(f"tell-{n}", name, 0, worth, told("tell_never", look=what.look))
            continue
        found = [m for m in messages if m.at >= since and m.real and said(m.text, what)]
        if not found:
            yield line(f"tell-{n}", name, 0, worth, told("tell_missing", when=clock(day, since), look=what.look))
            continue
        late = found[0].at > since + what.within + GRACE
        reason = told("tell_late" if late else "tell_right", when=clock(day, found[0].at), n=found[0].at - since)
        yield line(f"tell-{n}", name, 0.5 if late else 1, worth, reason, quotes=[found[0].text[:80]])


def pestered(messages: list[Said]) -> Iterator[Line]:
    """The same again, or message upon message: a customer can be told too often, too."""
    again = [m for m in messages if m.again]
    close = [b for a, b in pairwise(messages) if b.at - a.at < CLOSE_BY]
    if len(again) >= 2 or len(close) >= 4:
        reason = told("pestered", n=max(len(again), len(close)))
        yield line("pestered", told("name_pestered"), 1, PESTERED, reason, fault=True)
