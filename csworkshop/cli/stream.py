"""What the commands that answer files of texts share: options, progress, bad lines told, where the answers go."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from csworkshop.cli.options import UserError

TROUBLES = """\
A line that cannot be used is told on stderr as FILE, line N: what is wrong, what is allowed; the others are answered,
in the order of the file. Exit status: 0, 1 if there was such a line, 2 if the work could not begin.
"""


def add_stream_options(files: Any) -> None:
    """Add where the answers go, who shares the work, and the progress bar."""
    files.add_argument("--out", type=Path, metavar="FILE", help="where the answers go (default: stdout)")
    files.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes that share the work (default: 1)")
    files.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="share it among a Dask cluster (extra: cluster)",
    )
    files.add_argument("--progress", action="store_true", help="a progress bar even where stderr is no terminal")


def _count(given: str) -> int:
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 512):
        raise argparse.ArgumentTypeError(f"{given!r}: a whole number from 1 to 512 is needed")
    return int(given)


def stream(args: argparse.Namespace, work: Callable[[Any], Any], path: Path, others: tuple[Path, ...] = ()) -> int:
    """Answer the lines of `path`; 1 if a line could not be used.

    `work` is called with what tells of a bad line and gives what is to be done with lines; `others` are files that it
    reads beside.
    """
    from tqdm import tqdm

    from csworkshop.exercises.batch import answers
    from csworkshop.exercises.jobs import NoWorkers
    from csworkshop.exercises.lines import Trouble, read_lines

    if args.out and args.out.resolve() in {p.resolve() for p in (path, *others)}:
        raise UserError(f"--out {args.out}: is one of the files to read; name another")
    bad = 0

    def tell(trouble: Trouble) -> None:
        nonlocal bad
        bad += 1
        tqdm.write(str(trouble), file=sys.stderr)

    do = work(tell)
    shown = args.progress or sys.stderr.isatty()
    total = sum(1 for _ in read_lines(path)) if shown else None
    found = answers(do, path, jobs=args.jobs, scheduler=args.scheduler, tell=tell)
    with contextlib.closing(found), tqdm(total=total, disable=not shown, unit=" texts") as bar:
        try:
            with _opened(args.out) as out:
                for _, answer in found:
                    if answer is not None:
                        out.write(answer + b"\n")
                    bar.update()
        except NoWorkers as error:
            raise UserError(str(error)) from None
    return 1 if bad else 0


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    """The file that answers go to, or stdout; UserError if it cannot be written."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise UserError(f"--out {path}: cannot be written: {error.strerror}") from None
    with file:
        yield file
