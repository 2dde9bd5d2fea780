"""Opens the core of a stopped hub for one change by the local command line: same code, same audit, same lock."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from hub.app.core import Core, open_core
from hub.app.prepare import prepare
from hub.core.call import Call
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.core.telemetry import Telemetry

LOCAL = "local:hub"  # no caller's name may have a colon
_SECONDS = 30.0


@asynccontextmanager
async def offline_core(folder: Path) -> AsyncIterator[Core]:
    """Give the core of an installation whose hub does not run; no job runs in it.

    Raises:
        SettingsError: the installation can't be used.
        InstallationLockedError: a hub runs on it after all.
        SchemaTooNewError: a newer hub used the database.
    """
    clock = SystemClock()
    ids = Ids(clock=clock)
    async with AsyncExitStack() as closing:
        core = await open_core(
            prepare(folder, ids=ids),
            instance=ids.resource_id(),
            clock=clock,
            ids=ids,
            telemetry=Telemetry(tracer=NoOpTracer()),
            metrics=CollectorRegistry(),
        )
        closing.push_async_callback(core.database.close)
        await core.audit.start()
        closing.push_async_callback(core.audit.close)
        yield core


def local_call(core: Core, *, method: str, request_id: str, fingerprint: bytes) -> Call:
    """Return the call of whoever may run commands on this machine as the hub's user."""
    user = os.environ.get("SUDO_USER") or os.environ.get("USER") or ""
    return Call(
        caller=LOCAL,
        group=user[:64] or LOCAL,
        method=method,
        deadline=core.clock.monotonic() + _SECONDS,
        request_id=request_id,
        fingerprint=fingerprint,
    )
