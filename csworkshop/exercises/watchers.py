"""Who wants to know what a trainee is writing: widgets tell, and whoever was asked in by the trainee hears.

A widget and a class in one room know nothing of each other; both know this. Without a watcher telling costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from csworkshop.exercises.marking import Marks

Watcher = Callable[[str, Marks, str], None]  # exercise id, marks of the text, the text

_watchers: list[Watcher] = []
_lock = threading.Lock()


def watch(watcher: Watcher) -> Callable[[], None]:
    """Let `watcher` hear of every text that is marked; call what is returned to end it. It must not take long."""
    with _lock:
        _watchers.append(watcher)

    def end() -> None:
        with _lock:
            if watcher in _watchers:
                _watchers.remove(watcher)

    return end


def tell(exercise: str, marks: Marks, text: str) -> None:
    """Tell all watchers. What one of them can't do, such as reaching a drive, is its own to say."""
    with _lock:
        watchers = list(_watchers)
    for watcher in watchers:
        watcher(exercise, marks, text)
