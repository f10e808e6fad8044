"""Several processes, or a Dask cluster, at the same work: every line answered once, in the order of the file.

Chunks of lines are handed out ahead of the one that is waited for, a few per worker, so memory stays flat however long
the file is. When a worker dies, what it had in hand is handed out again; an answer counts only when its chunk's turn
comes, so none is lost or doubled. A chunk whose workers die again and again is handed out line by line, one at a time:
the line that does it is told, and the others are answered.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Any, NamedTuple, Protocol

AHEAD = 4  # chunks in hand or waiting, per worker
TRIES = 3
# Judging leaves hardly any cycles behind, and looking for them among all rules and weights takes a tenth of the time.
SELDOM = 100_000  # objects more than before, when Python looks for cycles (its own habit: 700)
DIED = "ended the process that judged it, {n} times; is it huge, or is memory short?"


class Outcome(NamedTuple):
    """What became of a line: the answer, or what is wrong with the line."""

    line: int
    answer: bytes | None = None
    trouble: str = ""


Chunk = list[tuple[int, bytes]]
Do = Callable[[Chunk], list[Outcome]]


class Lost(Exception):
    """The worker died, or the work was taken from it, before there was an answer."""


class NoWorkers(RuntimeError):
    """There is nobody to do the work; the message says why, and what would help."""


class Crew(Protocol):
    """Workers that can be handed chunks."""

    size: int

    def hand(self, chunk: Chunk) -> Any:
        """Hand out a chunk; the ticket is for `wait`."""

    def wait(self, ticket: Any) -> list[Outcome]:
        """The outcomes of a chunk that was handed out; Lost if it must be handed out again."""

    def close(self) -> None:
        """Send the workers home."""


def in_order(work: Do, chunks: Iterable[Chunk], *, jobs: int = 1, scheduler: str | None = None) -> Iterator[Outcome]:
    """Outcomes of all lines in order, done here, by `jobs` processes, or by the workers of a Dask cluster."""
    if scheduler is None and jobs <= 1:
        before = gc.get_threshold()
        gc.set_threshold(SELDOM)
        try:
            for chunk in chunks:
                yield from work(chunk)
        finally:
            gc.set_threshold(*before)
        return
    crew: Crew = Cluster(work, scheduler) if scheduler else Processes(work, jobs)
    try:
        yield from _by_crew(crew, iter(chunks))
    finally:
        crew.close()


@dataclass
class _Handed:
    chunk: Chunk
    ticket: Any


def _by_crew(crew: Crew, chunks: Iterator[Chunk]) -> Iterator[Outcome]:
    waiting: deque[_Handed] = deque()
    while True:
        for chunk in islice(chunks, max(0, AHEAD * crew.size - len(waiting))):
            waiting.append(_Handed(chunk, crew.hand(chunk)))
        if not waiting:
            return
        head = waiting.popleft()
        yield from _stubborn(crew, head)


def _stubborn(crew: Crew, handed: _Handed) -> Iterator[Outcome]:
    """The outcomes of a chunk, however many workers die over it."""
    for n in range(TRIES):
        try:
            yield from crew.wait(handed.ticket if n == 0 else crew.hand(handed.chunk))
            return
        except Lost:
            continue
    if len(handed.chunk) == 1:
        yield Outcome(handed.chunk[0][0], trouble=DIED.format(n=TRIES))
        return
    for line in handed.chunk:
        yield from _stubborn(crew, _Handed([line], crew.hand([line])))


# --- processes of this machine ----------------------------------------------------------------------------------

_work: list[Do] = []  # in a worker: what to do with its chunks


def _begin(work: Do) -> None:
    gc.set_threshold(SELDOM)
    _work[:] = [work]


def _ready() -> bool:
    return True


def _run(chunk: Chunk) -> list[Outcome]:
    return _work[0](chunk)


class Processes:
    """Worker processes, started anew when one of them has died."""

    def __init__(self, work: Do, jobs: int) -> None:
        self.size = jobs
        self._do = work
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Not forked: a fork of a process with threads (a notebook, onnxruntime) may hang.
        context = get_context("spawn")
        return ProcessPoolExecutor(self.size, mp_context=context, initializer=_begin, initargs=(self._do,))

    def hand(self, chunk: Chunk) -> Any:
        try:
            return self._pool.submit(_run, chunk)
        except BrokenProcessPool:
            self._again()
            return self._pool.submit(_run, chunk)

    def _again(self) -> None:
        for _ in range(TRIES):
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = self._start()
            with suppress(BrokenProcessPool):
                self._pool.submit(_ready).result()
                return
        raise NoWorkers(
            "the worker processes end before they begin; a script that asks for several jobs needs "
            'if __name__ == "__main__": around the call'
        )

    def wait(self, ticket: Any) -> list[Outcome]:
        try:
            return list(ticket.result())
        except (BrokenProcessPool, CancelledError) as error:
            raise Lost from error

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


# --- a Dask cluster ---------------------------------------------------------------------------------------------


class Cluster:
    """The workers of a Dask cluster; csworkshop must be installed on them. A dead worker's chunks go to others."""

    def __init__(self, work: Do, scheduler: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise NoWorkers("--scheduler needs Dask: pip install 'csworkshop[cluster]'") from None
        try:
            self._client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise NoWorkers(f"no Dask scheduler answers at {scheduler}: {error}; is it tcp://HOST:PORT?") from None
        self._do = work
        self._shared = self._share()
        self.size = max(1, sum(self._client.nthreads().values()))

    def _share(self) -> Any:
        return self._client.scatter(self._do, broadcast=True, hash=False)

    def hand(self, chunk: Chunk) -> Any:
        if self._shared.status in ("lost", "cancelled", "error"):
            self._shared = self._share()
        return self._client.submit(_apply, self._shared, chunk, pure=False)

    def wait(self, ticket: Any) -> list[Outcome]:
        from distributed import CancelledError as Cancelled
        from distributed.scheduler import KilledWorker

        try:
            return list(ticket.result())
        except (Cancelled, CancelledError, KilledWorker) as error:
            raise Lost from error

    def close(self) -> None:
        self._client.close()


def _apply(work: Do, chunk: Chunk) -> list[Outcome]:
    return work(chunk)
