"""What every test run shares: replayable hypothesis, and no silent skips in CI."""

import os

import pytest
from hypothesis import settings

# The same examples every time: what fails here fails everywhere. Campaigns look further, with seeds of their own.
settings.register_profile("landhub", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("landhub")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything is installed, so a skipped test is one that should have run: it fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and os.environ.get("CI") == "true":
        reporter.write_line("\nWith CI=true a skipped test fails the run.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
