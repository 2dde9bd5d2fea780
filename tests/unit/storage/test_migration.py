"""An installation's database is brought to a release: backed up first, and on PostgreSQL by an operator alone."""

import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.core.clock import FakeClock
from hub.installation.database import DatabasePlace, maintenance_engine
from hub.installation.migration import SchemaTooOldError, bring_up, migrate
from hub.storage import migrate as migrations
from hub.storage.backup import BackupError
from hub.storage.migrate import SchemaTooNewError
from tests.support.databases import disposed, place_of, server
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import on_postgres_server

__all__ = ["on_postgres_server"]

LATER = """
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
"""


@pytest.fixture
def sqlite(tmp_path: Path) -> DatabasePlace:
    return place_of(tmp_path)


@pytest.fixture
def postgresql(on_postgres_server: PostgresServer) -> DatabasePlace:
    return DatabasePlace(url=on_postgres_server.make_database(template="template0"))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> DatabasePlace:
    if request.param == "sqlite":
        monkeypatch.delenv("TEST_DATABASE", raising=False)
    found: DatabasePlace = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def newer_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A release with one migration more."""
    folder = tmp_path / "later" / "garden" / "migrations"
    folder.mkdir(parents=True)
    (folder / "garden_0001_beds.py").write_text(LATER)
    shipped = migrations.version_folders()
    monkeypatch.setattr(migrations, "version_folders", lambda _modules: (*shipped, folder))


def _rows(place: DatabasePlace, statement: str) -> list[object]:
    engine = maintenance_engine(place, read_only=True)
    with disposed(engine), engine.connect() as conn:
        return list(conn.scalars(text(statement)))


def _use(place: DatabasePlace) -> None:
    """Leave something in the database that a backup must hold."""
    engine = maintenance_engine(place, read_only=False)
    with disposed(engine), engine.begin() as conn:
        conn.execute(text("insert into schedules values ('kept', 1)"))


def _copies(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob("landhub-before-migration-*"))


def test_a_new_database_is_made_without_a_backup(place: DatabasePlace, tmp_path: Path) -> None:
    bring_up(place, clock=FakeClock())
    assert _rows(place, "select count(*) from audit_records") == [0]
    assert _copies(tmp_path) == []


def test_migrating_backs_up_first_and_then_changes(
    place: DatabasePlace, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    bring_up(place, clock=FakeClock())
    _use(place)
    request.getfixturevalue("newer_release")
    changed, copy = migrate(place, folder=tmp_path, clock=FakeClock(), backup=True)
    assert changed
    assert _rows(place, "select count(*) from garden_beds") == [0]
    assert copy is not None
    assert [copy] == _copies(tmp_path)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "kept" in _restored(copy, place)
    assert migrate(place, folder=tmp_path, clock=FakeClock(), backup=True) == (False, None)


def _restored(copy: Path, place: DatabasePlace) -> list[object]:
    """The schedules in the backup, read back the way an operator would."""
    if place.file is not None:
        with closing(sqlite3.connect(copy)) as database:
            assert database.execute("select name from sqlite_master where name = 'garden_beds'").fetchall() == []
            return [row[0] for row in database.execute("select name from schedules")]
    fresh = DatabasePlace(url=server().make_database(template="template0"))
    address = fresh.url.render_as_string()
    subprocess.run(["pg_restore", f"--dbname={address}", "--no-owner", str(copy)], check=True, timeout=60)
    return _rows(fresh, "select name from schedules")


def test_without_a_backup_nothing_is_changed(
    place: DatabasePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    bring_up(place, clock=FakeClock())
    request.getfixturevalue("newer_release")
    monkeypatch.setattr("hub.storage.backup.shutil.which", lambda _name: None)

    def refuse(_source: Path, _target: Path) -> None:
        raise BackupError("the disk is full")

    monkeypatch.setattr("hub.installation.migration.copy_sqlite", refuse)
    with pytest.raises(BackupError, match=r"disk is full|pg_dump is not there.*--no-backup"):
        migrate(place, folder=tmp_path, clock=FakeClock(), backup=True)
    engine = maintenance_engine(place, read_only=True)
    with disposed(engine):
        assert migrations.pending(engine) == ("garden_0001",)
    assert migrate(place, folder=tmp_path, clock=FakeClock(), backup=False) == (True, None)


def test_a_server_brings_an_older_file_up_itself_and_leaves_a_shared_database_to_an_operator(
    place: DatabasePlace, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    bring_up(place, clock=FakeClock())
    request.getfixturevalue("newer_release")
    if place.is_postgres:
        with pytest.raises(SchemaTooOldError, match="hub db migrate"):
            bring_up(place, clock=FakeClock())
    else:
        bring_up(place, clock=FakeClock())
        assert len(_copies(tmp_path)) == 1


def test_an_older_hub_refuses_a_newer_database(
    place: DatabasePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with monkeypatch.context():
        request.getfixturevalue("newer_release")
        bring_up(place, clock=FakeClock())
    monkeypatch.undo()
    for attempt in (lambda: bring_up(place, clock=FakeClock()),
                    lambda: migrate(place, folder=tmp_path, clock=FakeClock(), backup=True)):  # fmt: skip
        with pytest.raises(SchemaTooNewError, match="garden_0001"):
            attempt()
