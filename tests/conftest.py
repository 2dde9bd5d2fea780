"""What every test run shares: replayable hypothesis, and no silent skips in CI."""

import os

import pytest
from hypothesis import settings

# The same examples every time: a failure found here is found everywhere. Campaigns look further, with seeds of their own.
settings.register_profile("landhub", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("landhub")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything is installed, so that a skipped test is one that should have run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
