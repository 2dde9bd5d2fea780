"""Puts one test on PostgreSQL, whichever database the run was started for; import the fixture by name."""

from collections.abc import Iterator

import pytest

from tests.support.databases import CHOSEN, SERVER
from tests.support.postgres import PostgresServer


@pytest.fixture
def on_postgres_server(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """`open_core` and all else that asks for a folder's database gets one of PostgreSQL's during the test."""
    monkeypatch.setenv(CHOSEN, "postgresql")
    monkeypatch.setenv(SERVER, str(postgres.folder))
    yield postgres
    postgres.drop_databases()
