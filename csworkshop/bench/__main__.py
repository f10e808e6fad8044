"""`csworkshop bench` or `python -m csworkshop.bench`: measurements that anybody can repeat."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from csworkshop.bench.browser import Lab, browser, chromium


def main(arguments: list[str] | None = None) -> int:
    """Run a measurement and print it; exit status 1 if a ratio is above its target."""
    parser = argparse.ArgumentParser(prog="csworkshop bench", description=__doc__)
    add_measurements(parser)
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


def add_measurements(parser: argparse.ArgumentParser) -> None:
    """Add `typing`, `pictures` and `checker`."""
    kinds = parser.add_subparsers(title="measurements", metavar="WHAT", required=True)
    typing = kinds.add_parser(
        "typing",
        help="key press to painted feedback, beside a trivial callback in the same run",
        description="Types into a real JupyterLab in Chromium and prints the ratios to a callback that only answers.",
    )
    typing.add_argument("--keys", type=int, default=60, help="key presses per text and widget (default %(default)s)")
    typing.add_argument("--target", type=float, default=1.5, help="highest ratio that is good (default %(default)s)")
    typing.set_defaults(run=_typing)
    pictures = kinds.add_parser(
        "pictures",
        help="take the README's pictures from the real screens",
        description="Opens the studio in a real JupyterLab, in both themes, widths and languages, and writes PNGs.",
    )
    pictures.add_argument("folder", type=Path, help="where the pictures go: docs/pictures")
    pictures.set_defaults(run=_pictures)
    checker = kinds.add_parser(
        "checker",
        help="the rules against two inspectors, on known and on unread writers",
        description="Judges the labelled replies in data/ and prints F1 per item and how marks rank replies.",
    )
    checker.set_defaults(run=_checker)


def _checker(_: argparse.Namespace) -> int:
    from csworkshop.bench.judging import main as judging

    return judging()


def _pictures(chosen: argparse.Namespace) -> int:
    from csworkshop.bench.pictures import take

    with _lab() as (lab, opened):
        print(*take(lab, opened, chosen.folder), sep="\n")
    return 0


def _typing(chosen: argparse.Namespace) -> int:
    from csworkshop.bench.typing import measure

    with _lab() as (lab, opened):
        rows = measure(lab, opened, chosen.keys)
    print("Key press to painted feedback, ms; trivial: a callback that only answers.\n")
    print("characters   trivial p50 / p95    studio p50 / p95    ratio p50 / p95")
    for row in rows:
        print(
            f"{row.characters:10}   {row.trivial[0]:11.1f} / {row.trivial[1]:<5.1f} {row.studio[0]:11.1f} / "
            f"{row.studio[1]:<5.1f} {row.ratios[0]:12.2f} / {row.ratios[1]:.2f}"
        )
    good = all(max(row.ratios) <= chosen.target for row in rows)
    print(f"\ntarget: at most {chosen.target}; {'reached' if good else 'missed'}")
    return 0 if good else 1


@contextlib.contextmanager
def _lab() -> Iterator[tuple[Lab, Any]]:
    """A JupyterLab on scratch folders and a Chromium; SystemExit with a sentence where there is no Chromium."""
    if chromium() is None:
        sys.exit("There is no Chromium here; name one in CSWORKSHOP_CHROMIUM.")
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(Path(folder) / "work", Path(folder) / "home") as lab,
        browser() as opened,
    ):
        yield lab, opened


if __name__ == "__main__":
    sys.exit(main())
