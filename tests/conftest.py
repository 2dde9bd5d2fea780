"""What every test run shares: replayable hypothesis, no silent skips in CI, the database that was chosen."""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.support.databases import SERVER, on_postgres
from tests.support.postgres import PostgresServer, running_server
from tests.support.samples import NO_SAMPLES

# The same examples every time: what fails here fails everywhere. Campaigns look further, with seeds of their own.
settings.register_profile("landhub", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("landhub")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything is installed, so a skipped test is one that should have run: it fails the run.

    Samples that aren't ours to ship are the one thing that may be absent there.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":
        return
    if any(NO_SAMPLES not in str(report.longrepr) for report in reporter.stats.get("skipped", [])):
        reporter.write_line("\nWith CI=true a skipped test fails the run.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """A command that a test runs in this process sets logs up for the stream it has there, which ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of PostgreSQL, started for the first test that asks for it."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def _chosen_server(request: pytest.FixtureRequest) -> Iterator[None]:
    server: PostgresServer = request.getfixturevalue("postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SERVER, str(server.folder))
        yield


if on_postgres():

    @pytest.fixture(autouse=True)
    def _databases(_chosen_server: None, postgres: PostgresServer) -> Iterator[None]:
        """Every test's databases are dropped after it."""
        yield
        postgres.drop_databases()
