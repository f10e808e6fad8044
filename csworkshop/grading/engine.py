"""nbgrader's database: a new one made without its help, and one engine per run instead of ten per submission."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def one_engine() -> Iterator[None]:
    """While inside, nbgrader's Gradebooks on the same database share one engine.

    nbgrader makes an engine for each of its many Gradebooks, whose cache of compiled statements is cold every time.
    """
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


def make_gradebook(url: str) -> None:
    """Make nbgrader's tables in a database that has none.

    nbgrader would do so itself, but runs the command `alembic` for it, which is only found in an activated
    environment. The version comes first, so that a run killed in between leaves what nbgrader completes on its own.
    """
    from alembic.script import ScriptDirectory
    from nbgrader.api import Base
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url)
    try:
        if inspect(engine).get_table_names():
            return
        head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": head})
        Base.metadata.create_all(bind=engine)
    finally:
        engine.dispose()
