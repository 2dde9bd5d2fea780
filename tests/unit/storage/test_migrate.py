"""Migrations: the core's and every module's, found by folder; never run against a newer schema."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from hub.storage.engine import sqlite_engine
from hub.storage.migrate import SchemaTooNewError, pending, upgrade
from hub.storage.postgres_engine import Use, postgres_engine
from hub.storage.tables import metadata
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import on_postgres_server

__all__ = ["on_postgres_server"]

MODULE_MIGRATION = '''
"""A module's table."""
import sqlalchemy as sa
from alembic import op

revision = "garden_0001"
down_revision = None
branch_labels = ("garden",)
depends_on = None


def upgrade():
    op.create_table("garden_beds", sa.Column("id", sa.String(36), primary_key=True))


def downgrade():
    op.drop_table("garden_beds")
'''


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = sqlite_engine(tmp_path / "hub.db", pool_size=1, read_only=False)
    else:
        server: PostgresServer = request.getfixturevalue("on_postgres_server")
        engine = postgres_engine(server.make_database(template="template0"), password=None, use=Use.MAINTAIN)
    yield engine
    engine.dispose()


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    folder = tmp_path / "modules" / "garden" / "migrations"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise AssertionError('a module that is off must not be imported')")
    (folder / "garden_0001_beds.py").write_text(MODULE_MIGRATION)
    return tmp_path / "modules"


def test_the_core_and_every_module_are_brought_up_to_date_without_importing_a_module(
    empty: Engine, modules: Path
) -> None:
    assert pending(empty, modules=modules) == ("core_0005", "garden_0001")
    upgrade(empty, modules=modules)
    upgrade(empty, modules=modules)
    assert pending(empty, modules=modules) == ()
    assert {"garden_beds", "audit_records", "outbox_jobs"} <= set(inspect(empty).get_table_names())
    assert not [name for name in sys.modules if "garden" in name and "migrations" not in name and "_0001" not in name]


def test_a_module_added_later_is_brought_in(empty: Engine, modules: Path, tmp_path: Path) -> None:
    upgrade(empty, modules=tmp_path / "no modules")
    assert pending(empty, modules=modules) == ("garden_0001",)
    upgrade(empty, modules=modules)
    assert pending(empty, modules=modules) == ()


def test_a_schema_of_a_newer_hub_is_refused_by_name(empty: Engine, modules: Path, tmp_path: Path) -> None:
    upgrade(empty, modules=modules)
    with pytest.raises(SchemaTooNewError, match="garden_0001"):
        upgrade(empty, modules=tmp_path / "no modules")
    with pytest.raises(SchemaTooNewError, match="garden_0001"):
        pending(empty, modules=tmp_path / "no modules")


def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine, modules: Path) -> None:
    broken = MODULE_MIGRATION.replace("garden", "hedge").replace(
        "def downgrade", "    raise OSError\n\n\ndef downgrade", 1
    )
    folder = modules / "hedge" / "migrations"
    folder.mkdir(parents=True)
    (folder / "hedge_0001_rows.py").write_text(broken)
    with pytest.raises(OSError):  # noqa: PT011 - any, it is the migration's own
        upgrade(empty, modules=modules)
    assert inspect(empty).get_table_names() == []


def test_the_migrations_make_exactly_the_tables_that_the_code_speaks_of(empty: Engine, tmp_path: Path) -> None:
    upgrade(empty, modules=tmp_path / "no modules")
    with empty.connect() as conn:
        known = MigrationContext.configure(conn, opts={"compare_type": True})
        differences = [item for item in compare_metadata(known, metadata) if "alembic_version" not in str(item)]
    assert differences == []


def test_every_shipped_module_s_branch_goes_up_from_nothing(empty: Engine) -> None:
    upgrade(empty)
    with empty.connect() as conn:
        heads = set(conn.scalars(text("select version_num from alembic_version")))
    assert "core_0005" in heads
