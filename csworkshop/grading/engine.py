"""nbgrader's database: a new one made without its help, and one engine per run instead of ten per submission.

It may be a file (SQLite) or on a server (PostgreSQL); on a server it can be unreachable, somebody else's, or in use by
a run on another machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

LOCK_SECONDS = 5
CONNECT_SECONDS = 10


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


def make_gradebook(url: str, course: str = "") -> None:
    """Make nbgrader's tables in a database that has none; SQLAlchemyError or GradebookProblem if it can't be used.

    nbgrader would do so itself, but runs the command `alembic` for it, which is only found in an activated
    environment. The version comes first, so that a run killed in between leaves what nbgrader completes on its own.
    With `course`, a database on a server that holds another course's assignments is refused: nbgrader finds
    assignments by their names alone, and two courses' marks would run into each other.
    """
    from alembic.script import ScriptDirectory
    from nbgrader.api import Base
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url, connect_args=_patience(url))
    try:
        tables = set(inspect(engine).get_table_names())
        strange = sorted(tables - set(Base.metadata.tables) - {"alembic_version"})
        if tables and strange and not tables & set(Base.metadata.tables):
            named = ", ".join(strange[:3])
            raise GradebookProblem(f"it holds other tables ({named}); a gradebook needs a database of its own")
        if tables:
            if course and not is_file(url):
                _refuse_other_courses(engine, course)
            return
        head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": head})
        Base.metadata.create_all(bind=engine)
    finally:
        engine.dispose()


class GradebookProblem(Exception):
    """Why a database can't be this course's gradebook: the rest of a sentence, without its address."""


def is_file(url: str) -> bool:
    """Whether a gradebook is a SQLite file, on which nbgrader's own locks and ours are enough."""
    return str(url).startswith("sqlite")


def with_driver(url: str) -> tuple[str, str]:
    """An address as SQLAlchemy reads it, with the driver that we install, and the password that was in it or ""."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    scheme, mark, rest = url.partition("://")
    full = f"postgresql+psycopg://{rest}" if mark and scheme in ("postgres", "postgresql") else url
    try:
        parsed = make_url(full)
    except (ArgumentError, ValueError):
        return full, ""
    return full, str(parsed.password or parsed.query.get("password") or "")


def shown_url(url: str) -> str:
    """A database's address as it may be printed: without the password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "(an address that can't be read)"
    if "password" in parsed.query:
        parsed = parsed.update_query_dict({"password": "***"})
    return parsed.render_as_string(hide_password=True)


def what_happened(url: str, error: BaseException) -> str:
    """A driver's error in a line, without the address's password, whatever the driver put into its message."""
    from urllib.parse import quote, quote_plus

    from sqlalchemy.exc import ArgumentError

    if isinstance(error, ArgumentError):
        return "it must look like postgresql+psycopg://user@host/database"
    told = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    line = "; ".join(dict.fromkeys(part.strip(" \t-") for part in told.splitlines() if part.strip()))
    secret = with_driver(url)[1]
    for hidden in (secret, quote(secret, safe=""), quote_plus(secret)) if secret else ():
        line = line.replace(hidden, "***")
    return line


@contextmanager
def alone(engine: Any, course: str) -> Iterator[bool]:
    """Hold the server's lock on a course's grading while inside; yields False where another run has it.

    A lock on a file is enough for a gradebook in a file; a server may be used from several machines. PostgreSQL gives
    the lock back when the connection ends, however it ends; a computer that went off is noticed within a minute.
    """
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError, OperationalError

    if engine.dialect.name != "postgresql":
        yield True
        return
    key = int.from_bytes(hashlib.blake2b(f"csworkshop {course}".encode(), digest_size=8).digest(), signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3"):
            connection.execute(text(f"SET {setting}"))
        connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))  # a killed run's lock may take a moment
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            yield False
            return
        try:
            yield True
        finally:
            with suppress(DBAPIError):  # the server is gone, and the lock with it
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _patience(url: str) -> dict[str, Any]:
    """How long to try to connect: PostgreSQL's drivers would wait for minutes where nothing answers."""
    from sqlalchemy.engine import make_url

    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql" or "connect_timeout" in parsed.query:
        return {}
    return {"connect_timeout": CONNECT_SECONDS}


def _refuse_other_courses(engine: Any, course: str) -> None:
    from nbgrader.api import Assignment
    from sqlalchemy import select

    with engine.connect() as connection:
        found = set(connection.execute(select(Assignment.__table__.c.course_id).distinct()).scalars())
    others = found - {course, "default_course"}  # the latter: made by nbgrader without a course's name
    if others:
        named = ", ".join(sorted(map(str, others)))
        raise GradebookProblem(f"it is the gradebook of the course {named}; {course} needs a database of its own")
