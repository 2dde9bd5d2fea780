"""Brings a database to the newest schema: the core's branch and that of every shipped module, on or off."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from hub.storage.postgres_engine import MIGRATION_LOCK

MIGRATIONS = Path(__file__).parent / "migrations"
MODULES = Path(__file__).parent.parent / "modules"


class SchemaTooNewError(Exception):
    """The database was used by a newer hub; install that one, or restore a backup made before the upgrade."""


def upgrade(engine: Engine, *, modules: Path = MODULES) -> None:
    """Apply what is missing, all of it or nothing. Modules are found by their folder and never imported.

    Raises:
        SchemaTooNewError: the database knows migrations that this code doesn't.
    """
    with engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            # Two replicas that start at once: the second one finds all of it done.
            conn.execute(select(func.pg_advisory_xact_lock(*MIGRATION_LOCK)))
        config = _config(conn, modules)
        _refuse_newer(conn, ScriptDirectory.from_config(config))
        command.upgrade(config, "heads")


def pending(engine: Engine, *, modules: Path = MODULES) -> tuple[str, ...]:
    """Return the newest revisions that the database has not reached; empty if it is up to date.

    Raises:
        SchemaTooNewError: the database knows migrations that this code doesn't.
    """
    with engine.connect() as conn:
        script = ScriptDirectory.from_config(_config(conn, modules))
        _refuse_newer(conn, script)
        return tuple(sorted(set(script.get_heads()) - set(_reached(conn))))


def is_empty(engine: Engine) -> bool:
    """Return whether no hub has ever used the database."""
    with engine.connect() as conn:
        return not _reached(conn)


def version_folders(modules: Path = MODULES) -> tuple[Path, ...]:
    """Return the folders that hold migrations: the core's, then each module's in order of name."""
    return (MIGRATIONS / "versions", *sorted(path for path in modules.glob("*/migrations") if path.is_dir()))


def _config(conn: Connection, modules: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_escaped(version_folders(modules))))
    config.attributes["connection"] = conn
    return config


def _escaped(paths: Iterable[Path]) -> list[str]:
    return [str(path).replace("%", "%%") for path in paths]


def _reached(conn: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(conn).get_current_heads()


def _refuse_newer(conn: Connection, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    unknown = sorted(set(_reached(conn)) - known)
    if unknown:
        raise SchemaTooNewError(
            f"the database has migrations this hub does not know ({', '.join(unknown)}); "
            "install the newer hub, or restore a backup made before the upgrade"
        )
