"""Copies a database before it is changed: SQLite by its own backup, PostgreSQL by pg_dump."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from hub.core.secrets import Secret
from hub.storage.files import make_private_file

PG_DUMP_SECONDS = 6 * 3600  # of a database that has grown for years
_SHOWN_CHARACTERS = 500


class BackupError(Exception):
    """No whole copy could be made; the message says why and what to do."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database, as one moment of it, while others may use it; the copy is checked and its owner's alone.

    Raises:
        BackupError: it could not be copied, or the copy is damaged.
    """
    make_private_file(target)
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, that can be carried away
            damage = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise BackupError(f"{source} can't be copied ({error}); nothing was changed") from error
    if damage != "ok":
        raise BackupError(f"{source} is damaged ({damage}); nothing was changed: restore it from a backup")


def dump_postgres(url: URL, target: Path, *, password: Secret | None) -> None:
    """Dump a database by pg_dump, as one moment of it, into a file for pg_restore that is its owner's alone.

    Raises:
        BackupError: pg_dump is not there, or it failed.
    """
    tool = shutil.which("pg_dump")
    if tool is None:
        raise BackupError(
            "pg_dump is not there, so no backup can be made and nothing was changed: install postgresql-client, "
            "or make a backup by your own means and say --no-backup"
        )
    make_private_file(target)
    # The password goes by the environment, which only this user can read; arguments are seen by everybody.
    environment = {**os.environ, **({"PGPASSWORD": password.text()} if password is not None else {})}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    try:
        _run([tool, "--format=custom", f"--file={target}", f"--dbname={address}"], environment)
        if restore := shutil.which("pg_restore"):
            _run([restore, "--list", str(target)], environment)
    except BackupError:
        target.unlink(missing_ok=True)
        raise


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command on the installation's own database
            command, env=environment, capture_output=True, text=True, timeout=PG_DUMP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BackupError(f"{Path(command[0]).name} took too long; nothing was changed") from error
    if done.returncode != 0:
        said = done.stderr.strip()[-_SHOWN_CHARACTERS:]
        raise BackupError(f"{Path(command[0]).name} failed, so nothing was changed: {said}")
