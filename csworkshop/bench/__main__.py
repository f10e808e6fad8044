"""`python -m csworkshop.bench typing`: from key press to painted feedback, in a real JupyterLab and Chromium."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from csworkshop.bench.browser import Lab, browser, chromium
from csworkshop.bench.typing import measure


def main(arguments: list[str] | None = None) -> int:
    """Run a measurement and print it; exit status 1 if a ratio is above its target."""
    parser = argparse.ArgumentParser(prog="python -m csworkshop.bench", description=__doc__)
    parser.add_argument("what", choices=["typing"])
    parser.add_argument("--keys", type=int, default=60, help="key presses per text and widget (default %(default)s)")
    parser.add_argument("--target", type=float, default=1.5, help="highest ratio that is good (default %(default)s)")
    chosen = parser.parse_args(arguments)
    if chromium() is None:
        print("There is no Chromium here; name one in CSWORKSHOP_CHROMIUM.", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(Path(folder) / "work", Path(folder) / "home") as lab,
        browser() as opened,
    ):
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


if __name__ == "__main__":
    sys.exit(main())
