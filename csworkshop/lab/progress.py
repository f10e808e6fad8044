"""Lines on stderr that show how a long set-up is getting on. Standard library only."""

from __future__ import annotations

import os
import sys
import time

NOW_AND_THEN = 15  # seconds between two lines about the same step where lines cannot be overwritten


def tell(*lines: str) -> None:
    """Print lines to stderr."""
    for line in lines:
        sys.stderr.write(line + "\n")
    sys.stderr.flush()


class Progress:
    """One line for each step: on a terminal it counts on in place, elsewhere it is printed now and then."""

    def __init__(self) -> None:
        self._began = self._shown = time.monotonic()
        self._live = sys.stderr.isatty() and os.name != "nt"  # older Windows consoles cannot erase a line
        self._step = ""

    def seconds(self) -> int:
        """Seconds since the start."""
        return int(time.monotonic() - self._began)

    def begin(self, step: str) -> None:
        """Go on to the next step."""
        self.end()
        self._show(step)

    def tick(self, step: str | None = None) -> None:
        """Say that it still goes on, with a new text for the step if there is one."""
        step = step or self._step
        # A line of its own for a new kind of step; on a terminal also for every count within one.
        if self._live or step[:3] != self._step[:3] or time.monotonic() - self._shown > NOW_AND_THEN:
            self._show(step)
        self._step = step

    def end(self) -> None:
        """Leave the line as it is."""
        if self._live and self._step:
            tell("")
        self._step = ""

    def _show(self, step: str) -> None:
        self._step = step
        self._shown = time.monotonic()
        if self._live:
            sys.stderr.write(f"\r\033[K  {step} · {self.seconds()} s")
            sys.stderr.flush()
        else:
            tell(f"  {step} · {self.seconds()} s")
