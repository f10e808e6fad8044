"""Why an exercise comes, in words: what the trainee's log says of a topic, with their own words from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from csworkshop.progress.records import Attempt
from csworkshop.progress.topics import EARNED, MISSING, OUTCOMES, name_of, table, type_of
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.language import say

LOOKED_AT = 4  # how many attempts at a topic a reason speaks of


class Words:
    """What the log says of a topic, in words."""

    def __init__(self, attempts: Sequence[Attempt], now: datetime, lang: str) -> None:
        self.attempts, self.now, self.lang = attempts, now, lang

    def recent(self, item: str) -> list[Attempt]:
        """The last attempts in which the item was judged."""
        return [a for a in self.attempts if item in a.items][-LOOKED_AT:]

    def missed(self, item: str) -> list[Attempt]:
        return [a for a in self.recent(item) if OUTCOMES[a.items[item]] == MISSING]

    def done(self, item: str) -> tuple[int, int]:
        """How many of the last eight attempts there were, and in how many it was done."""
        last = [a for a in self.attempts if item in a.items][-2 * LOOKED_AT :]
        return len(last), sum(OUTCOMES[a.items[item]] == EARNED for a in last)

    def reason(self, item: str, why: str) -> str:
        """Why an exercise for the item comes now."""
        if why == "new" or (why == "weak" and not self.recent(item)):
            return say("plan.why_new", self.lang, name=name_of(item, self.lang))
        if why == "due":
            return say("plan.why_due", self.lang, name=name_of(item, self.lang), days=self._days(item))
        return say("plan.why_keep", self.lang) if why == "keep" else self._weak(item)

    def _weak(self, item: str) -> str:
        recent, missed = self.recent(item), self.missed(item)
        fault = type_of(item) == "fault"
        name = catalogue().items[item].name[self.lang] if item in catalogue().items else item
        values: dict[str, Any] = {"name": name, "n": len(recent), "m": len(missed)}
        if not missed:
            halves = any(a.items[item] == "partly" for a in recent)
            unsure = any(OUTCOMES[a.items[item]] != EARNED for a in recent)
            key = "partly" if halves else "unsure" if unsure else "shaky"
            return self._say(key, once=len(recent) == 1, **{**values, "name": self._plain(item)})
        counted = {"once": len(recent) == 1, "all_": len(recent) == len(missed)}
        said, times = self._said(item, missed)
        if not said:
            return self._say("fault" if fault else "missing", **counted, **values)
        if fault:
            return self._say("fault_words", **counted, words=said, **values)
        if times == len(recent) == len(missed) > 1:
            return self._say("always", words=said, **values)
        return self._say("words", **counted, words=said, **values)

    def _say(self, key: str, *, once: bool = False, all_: bool = False, **values: Any) -> str:
        """The reason; with one attempt, or the same in all, as a person would say it."""
        return say(f"plan.why_{key}{'_once' if once else '_all' if all_ else ''}", self.lang, **values)

    def _plain(self, item: str) -> str:
        """The topic's name for use in quotation marks."""
        known = catalogue().items.get(item)
        if known is None or known.type == "technique" or self.lang == "en":
            return name_of(item, self.lang) if known is None else known.name[self.lang]
        return f"不犯{known.name.zh}"

    def _said(self, item: str, missed: Sequence[Attempt]) -> tuple[str, int]:
        """The trainee's own words for the fault or those that go with the technique, the most used first; and in how
        many of the attempts the first of them stands."""
        asked = (item, *table().own(item).related)
        used = Counter(w for a in missed for w in dict.fromkeys(w for i in asked for w in a.words.get(i, ())))
        top = used.most_common(2)
        return "".join(say("plan.quote", self.lang, word=w) for w, _ in top), top[0][1] if top else 0

    def _days(self, item: str) -> int:
        last = self.recent(item)[-1].at
        return max((self.now - last).days, 0)
