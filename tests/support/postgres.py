"""A throw-away PostgreSQL server for one test run, and a database of its own, with the schema in it, for each test."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from hub.storage.migrate import upgrade
from hub.storage.postgres_engine import Use, postgres_engine

USER = "landhub"
TEMPLATE = "landhub_template"
PREFIX = "test_"
LASTING = "lasting_"
"""What outlives a test: the databases of installations that several tests share."""
START_SECONDS = 60
STOP_SECONDS = 30
_DEBIAN = Path("/usr/lib/postgresql")
# Nothing here outlives the run, so nothing is made to survive a power cut; kill -9 of a hub is another matter.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`; None if they aren't installed."""
    candidates = [path.parent for path in _DEBIAN.glob("*/bin/initdb")]
    if found := shutil.which("initdb"):
        candidates.append(Path(found).parent)
    return max(candidates, key=lambda path: path.parts[-2].rjust(8), default=None)


@dataclass(slots=True)
class PostgresServer:
    """A server in a folder of its own, reached by a socket there alone."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> URL:
        return make_url(f"postgresql://{USER}@/{database}?host={self.folder}")

    def initialise(self) -> None:
        """Make the cluster."""
        if owner := _owner():
            os.chown(self.folder, owner["user"], owner["group"])
        options = ("--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C")
        subprocess.run(
            [_program("initdb"), "-D", self.data, *options],
            check=True, capture_output=True, timeout=START_SECONDS, cwd=self.folder, **_owner(),
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program("postgres"), "-D", self.data, "-k", self.folder, *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, **_owner(),
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while not self._takes_connections():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL doesn't start:\n{(self.folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, cutting off whoever is connected."""
        if self.process is None:
            return
        self.process.send_signal(2)  # SIGINT: fast shutdown
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=STOP_SECONDS)
        self.process = None

    def crash(self) -> None:
        """End it as it ends when it fails: no checkpoint, no goodbye; what was committed is there at the next start."""
        assert self.process is not None
        self.process.send_signal(3)  # SIGQUIT: immediate shutdown, which takes its children along
        self.process.wait(timeout=STOP_SECONDS)

    def make_template(self) -> None:
        """Make the database that every test's is copied from: at this release's schema."""
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        engine = postgres_engine(self.url(TEMPLATE), password=None, use=Use.MAINTAIN)
        upgrade(engine)
        engine.dispose()

    def make_database(self, *, template: str = TEMPLATE, prefix: str = PREFIX) -> URL:
        """Make a database with the schema in it, or a copy of another one that nobody is connected to."""
        name = f"{prefix}{secrets.token_hex(6)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY = WAL_LOG").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.url(name)

    def drop_databases(self) -> None:
        """Drop all that were made, and whoever is still connected to them."""
        with self._connect() as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            for (name,) in found.fetchall():
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", autocommit=True)

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _takes_connections(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Run a server while the context lasts, in a folder that is removed with it."""
    # Not below pytest's own folder: a socket's path is short, and the server's user must get there.
    folder = Path(tempfile.mkdtemp(prefix="landhub-pg-"))
    server = PostgresServer(folder)
    try:
        server.initialise()
        server.start()
        server.make_template()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> Path:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL's server is not installed: tools/system-packages postgresql")
    return folder / name


def _owner() -> dict[str, Any]:
    """Arguments of subprocess by which the server runs as somebody else than root, which it insists on."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": ()}
