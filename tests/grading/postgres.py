"""A PostgreSQL server of the tests' own: made by initdb in a scratch folder, on a loopback port, with a password.

PostgreSQL refuses to run as root, so root starts it as the account `postgres`, else `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

USER = "grader"


class Cluster:
    """A running server; `password` lets its superuser `grader` in, over TCP alone."""

    def __init__(self) -> None:
        self.password = f"p@ss/{secrets.token_hex(8)} &%"  # the kind that addresses must quote
        self.folder = Path(tempfile.mkdtemp(prefix="csworkshop-pg-"))
        self._account = _account()
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        words = self.folder / "password"
        words.write_text(self.password, "utf-8")
        if self._account:
            os.chown(words, self._account.pw_uid, self._account.pw_gid)
        self._run("initdb", ["-D", "data", "-U", USER, "-A", "scram-sha-256", f"--pwfile={words}", "-E", "UTF8", "-N",
                             "--locale=C"])  # fmt: skip
        words.unlink()
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off -c max_connections=40"
        self._run("pg_ctl", ["-D", "data", "-o", options, "-l", "log", "-w", "start"])

    def stop(self) -> None:
        """Stop at once, connections cut."""
        self._run("pg_ctl", ["-D", "data", "-m", "immediate", "-w", "stop"])

    def remove(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def database(self, name: str) -> str:
        """Make an empty database; returns its address, without a password."""
        import psycopg

        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def rows(self, name: str, query: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self._dsn(name)) as connection:
            return [tuple(row) for row in connection.execute(query).fetchall()]

    def run_sql(self, name: str, statements: str) -> None:
        import psycopg

        with psycopg.connect(self._dsn(name)) as connection:
            connection.execute(statements)

    def _dsn(self, name: str) -> str:
        from psycopg.conninfo import make_conninfo

        return make_conninfo(host="127.0.0.1", port=self.port, user=USER, password=self.password, dbname=name)

    def _run(self, program: str, arguments: Sequence[str]) -> None:
        who: dict[str, Any] = {}
        if self._account:
            who = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        # a file and no pipe: the server inherits what pg_ctl writes to, and would keep a pipe open for ever
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [_binary(program), *arguments], cwd=self.folder, stdout=said, stderr=said, check=False,
                stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **who,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, f"{program}: {said.read().decode(errors='replace')}"


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {a.pw_name: a for a in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _binary(name: str) -> str:
    """PostgreSQL's own program; Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
    path = shutil.which(name) or (str(found[-1]) if found else None)
    assert path, f"PostgreSQL's {name} is missing: apt install postgresql"
    return path
