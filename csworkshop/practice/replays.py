"""Talks made again from their replies, each beginning once.

A talk of twelve replies on the screen is asked for twelve times, and its debrief asks how it stood after each.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from csworkshop.practice.case import Case
from csworkshop.practice.customer import say, start
from csworkshop.practice.talk import Talk

KEPT = 400  # talks, beginnings included
_Key = tuple[str, int, int, tuple[str, ...]]
_kept: OrderedDict[_Key, Talk] = OrderedDict()
_lock = threading.Lock()


def replayed(case: Case, seed: int, replies: Sequence[str]) -> Talk:
    """The talk that these replies make, as `customer.replay` does; replies after its end are left out."""
    said = tuple(replies)
    talk, done = _longest(case, seed, said)
    for n in range(done, len(said)):
        if talk.end:
            break
        talk = _keep(say(talk, said[n]), said[: n + 1])
    return talk


def beginnings(talk: Talk) -> list[Talk]:
    """The talk as it stood before the first reply, after the first, and so on; the last is the talk itself."""
    replies = talk.replies
    return [*(replayed(talk.case, talk.seed, replies[:n]) for n in range(len(replies))), talk]


def _longest(case: Case, seed: int, said: tuple[str, ...]) -> tuple[Talk, int]:
    """The longest beginning that is known, and its number of replies."""
    with _lock:
        for n in range(len(said), -1, -1):
            found = _kept.get(_key(case, seed, said[:n]))
            if found is not None and found.case is case:
                _kept.move_to_end(_key(case, seed, said[:n]))
                return found, n
    return _keep(start(case, seed), ()), 0


def _keep(talk: Talk, said: tuple[str, ...]) -> Talk:
    with _lock:
        _kept[_key(talk.case, talk.seed, said)] = talk
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return talk


def _key(case: Case, seed: int, said: tuple[str, ...]) -> _Key:
    return case.id, id(case), seed, said  # an entry holds its case, so no other case can have its id()
