"""One function over many chunks: here, in several processes, or on the workers of a Dask cluster.

For work whose results are added up. Chunks are handed out a few per worker ahead of the one that is waited for, so
memory stays flat; results come in the chunks' order. What is sent to a cluster is the chunk itself: its workers need
the kit, and no shared disk. Dask repeats what a lost worker had in hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeVar

PATIENCE = 10.0  # seconds to wait for a scheduler
AHEAD = 3  # chunks in hand or waiting, per worker
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


class NoWorkers(RuntimeError):
    """There is nobody to do the work; the message says why, and what would help."""


def spread(
    work: Callable[[Chunk], Result], chunks: Iterable[Chunk], *, jobs: int = 1, scheduler: str | None = None
) -> Iterator[Result]:
    """`work` of every chunk, in order."""
    if scheduler:
        yield from _cluster(work, chunks, scheduler)
    elif jobs > 1:
        yield from _processes(work, chunks, jobs)
    else:
        yield from map(work, chunks)


def _processes(work: Callable[[Chunk], Result], chunks: Iterable[Chunk], jobs: int) -> Iterator[Result]:
    # Not forked: a fork of a process with threads (a notebook, DuckDB) may hang.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            yield from _ahead(lambda chunk: pool.submit(work, chunk), chunks, jobs)
        except BrokenProcessPool:
            raise NoWorkers("a worker process ended while it worked; is memory short? try fewer --jobs") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _cluster(work: Callable[[Chunk], Result], chunks: Iterable[Chunk], scheduler: str) -> Iterator[Result]:
    try:
        from distributed import Client
    except ImportError:
        raise NoWorkers("--scheduler needs Dask: pip install 'csworkshop[cluster]'") from None
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise NoWorkers(f"no Dask scheduler answers at {scheduler}: {error}; is it tcp://HOST:PORT?") from None
    with client:
        workers = max(1, sum(client.nthreads().values()))
        yield from _ahead(lambda chunk: client.submit(work, chunk, pure=False), chunks, workers)


def _ahead(hand: Callable[[Chunk], Any], chunks: Iterable[Chunk], workers: int) -> Iterator[Any]:
    waiting: deque[Any] = deque()
    rest = iter(chunks)
    while True:
        waiting.extend(hand(chunk) for chunk in islice(rest, max(0, AHEAD * workers - len(waiting))))
        if not waiting:
            return
        yield waiting.popleft().result()
