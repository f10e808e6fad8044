"""A progress bar on stderr, on a terminal or when asked for; what a command prints goes above it."""

from __future__ import annotations

import argparse
import sys
from types import TracebackType
from typing import Any


def add_progress(parser: argparse.ArgumentParser) -> None:
    """Add `--progress`."""
    parser.add_argument("--progress", action="store_true", help="a progress bar even where stderr is no terminal")


class Bar:
    """`bar(done, of)` moves it on; the total may come to be known only then."""

    def __init__(self, what: str, args: argparse.Namespace) -> None:
        from tqdm import tqdm

        shown = args.progress or sys.stderr.isatty()
        self._bar: Any = tqdm(desc=what, disable=not shown, file=sys.stderr, dynamic_ncols=True, unit="")

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def __call__(self, done: int, of: int) -> None:
        self._bar.total = of
        self._bar.update(done - self._bar.n)

    def tell(self, line: str) -> None:
        """Print a line to stdout without breaking the bar."""
        if self._bar.disable:
            print(line, flush=True)
        else:
            self._bar.write(line, file=sys.stdout)
