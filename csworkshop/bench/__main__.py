"""`csworkshop bench` or `python -m csworkshop.bench`: measurements that anybody can repeat."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from csworkshop.bench.attacks.command import add_attacks
from csworkshop.bench.browser import Lab, browser, chromium
from csworkshop.bench.hub.command import add_hub
from csworkshop.bench.learning_command import add_learning
from csworkshop.bench.roleplay_command import add_roleplay


class _AsWritten(argparse.ArgumentParser):
    """Shows a measurement's description with the lines that it has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)


def main(arguments: list[str] | None = None) -> int:
    """Run a measurement and print it; exit status 1 if a ratio is above its target."""
    parser = argparse.ArgumentParser(prog="csworkshop bench", description=__doc__)
    add_measurements(parser)
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


def add_measurements(parser: argparse.ArgumentParser) -> None:
    """Add `typing`, `pictures`, `checker`, `grading`, `attacks` and `classroom`."""
    kinds = parser.add_subparsers(title="measurements", metavar="WHAT", required=True, parser_class=_AsWritten)
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
        help="how fast the checker is, beside two plain ways of judging",
        description="One check while somebody types and of texts never seen, replies a second, several processes,\n"
        "memory, import; beside TF-IDF with logistic regression (needs the extra `bench`) and a loop of regular\n"
        "expressions. How often it is right: csworkshop evaluate.",
    )
    checker.set_defaults(run=_checker)
    grading = kinds.add_parser(
        "grading",
        help="grading a class, beside stock nbgrader autograde",
        description="Makes a class with many different submissions, grades it with `csworkshop grade` and with stock\n"
        "`nbgrader autograde`, whose graded cells call the same marking in a kernel, and prints ratios of time,\n"
        "memory, and whether the grades agree. Takes a quarter of an hour, most of it stock's. Linux and macOS.",
    )
    grading.add_argument("--small", type=int, default=20, help="submissions in the small class (default %(default)s)")
    grading.add_argument("--large", type=int, default=200, help="in the large class (default %(default)s)")
    grading.add_argument("--most", type=int, default=2000, help="in ours alone, 0 for none (default %(default)s)")
    grading.add_argument("--keep", type=Path, metavar="DIR", help="an empty folder in which the courses stay")
    grading.set_defaults(run=_grading)
    add_attacks(kinds)
    add_hub(kinds)
    add_roleplay(kinds)
    add_learning(kinds)
    classroom = kinds.add_parser(
        "classroom",
        help="a class at work in real kernels: whether an attempt is lost, how soon the dashboard shows it",
        description="Starts a Jupyter kernel per trainee, in a workspace of its own. Each runs the lesson's cells,\n"
        "joins the class and works at human pace: the kernel gets what a browser sends when somebody types, asks for\n"
        "marks, takes a hint. The dashboard stands in JupyterLab in Chromium, and its page is watched. Printed:\n"
        "attempts sent and lost (logs, answer files, class folder, page), seconds until the page shows one, how fast\n"
        "widgets answer, memory and processor. About 180 MB per trainee. --folder names a drive to try for the class\n"
        "folder, such as the one that a class will use. Example: csworkshop bench classroom --trainees 8 --minutes 1",
    )
    classroom.add_argument("--trainees", type=int, default=40, help="kernels (default %(default)s)")
    classroom.add_argument("--minutes", type=float, default=10, help="how long (default %(default)s)")
    classroom.add_argument("--folder", type=Path, metavar="DIR", help="an empty folder on the drive to try")
    classroom.set_defaults(run=_classroom)


def _grading(chosen: argparse.Namespace) -> int:
    from csworkshop.bench.grading import main as measure
    from csworkshop.exercises.library import content

    if not (content() / "data" / "labelled").is_dir():
        print("the labelled replies are in the project's checkout, not in the installed package")
        return 1
    return measure(chosen.small, chosen.large, chosen.most, chosen.keep)


def _checker(_: argparse.Namespace) -> int:
    from csworkshop.bench import speed
    from csworkshop.exercises.library import content

    folder = content() / "data" / "labelled"
    if not folder.is_dir():
        print(f"{folder}: the labelled replies are in the project's checkout, not in the installed package")
        return 1
    return speed.main(folder)


def _classroom(chosen: argparse.Namespace) -> int:
    from csworkshop.bench.classroom import measure

    return measure(chosen.trainees, chosen.minutes * 60, chosen.folder)


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
