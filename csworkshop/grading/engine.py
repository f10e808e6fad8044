"""One database engine per gradebook for a run of nbgrader's own converters.

nbgrader makes some ten Gradebooks per submission, each with an engine of its own, whose cache of compiled statements
is cold every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def one_engine() -> Iterator[None]:
    """While inside, nbgrader's Gradebooks on the same database share one engine."""
    import nbgrader.api

    engines: dict[str, Any] = {}
    api: Any = nbgrader.api
    create = api.create_engine

    def shared(url: str, **options: Any) -> Any:
        if url not in engines:
            engines[url] = create(url, **options)
        return engines[url]

    api.create_engine = shared
    try:
        yield
    finally:
        api.create_engine = create
        for engine in engines.values():
            engine.dispose()
