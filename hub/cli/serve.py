"""`hub serve`: run the hub until it is told to stop."""

import argparse
import asyncio
import gc
import signal
from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError

from hub.app.hub import Ports, serve
from hub.app.logs import configure_logs
from hub.app.prepare import Installation, prepare
from hub.cli.main import OK, CommandError
from hub.cli.serve_many import stop_with_input, supervise
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.installation.migration import SchemaTooOldError
from hub.storage.backup import BackupError
from hub.storage.files import InstallationLockedError
from hub.storage.migrate import SchemaTooNewError

_UNUSABLE = {
    "sqlite": "the database can't be used; restore it from a backup, and keep the damaged file",
    "postgresql": "the database can't be reached or refuses us; see storage.url and storage.password",
}


def run(arguments: argparse.Namespace) -> int:
    """Serve; SIGTERM and SIGINT drain. SIGHUP reads callers and roles again, or restarts several processes in turn."""
    clock = SystemClock()
    ids = Ids(clock=clock)
    installation = prepare(arguments.folder, ids=ids)
    configure_logs(installation.settings.telemetry.log_level)
    processes = installation.settings.server.processes
    try:
        if processes > 1 and arguments.process is None:
            asyncio.run(supervise(installation, clock=clock))
        else:
            asyncio.run(_serve(installation, clock, ids, arguments.process))
    except (InstallationLockedError, SchemaTooNewError, SchemaTooOldError, BackupError) as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError(_UNUSABLE[make_url(installation.settings.storage.url).drivername]) from error
    print("landhub has stopped.", flush=True)
    return OK


async def _serve(installation: Installation, clock: SystemClock, ids: Ids, process: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows' event loop has none; Ctrl-C ends the process there
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))

    def on_hangup(reload: Callable[[], None]) -> None:
        if hasattr(signal, "SIGHUP"):  # Windows has none; the change of the file is noticed there too
            loop.add_signal_handler(signal.SIGHUP, reload)

    if process is not None:
        stop_with_input(stop)
    await serve(
        installation,
        clock=clock,
        ids=ids,
        stop=stop,
        serving=partial(_tell, installation),
        on_hangup=on_hangup,
        process=process,
    )


def _tell(installation: Installation, ports: Ports, not_ready: Mapping[str, str]) -> None:
    """Print the one line that says the hub serves."""
    modules = ", ".join(
        f"{name} {'not ready: ' + not_ready[name] if name in not_ready else module.mode.value}"
        for name, module in installation.modules.items()
    )
    print(
        f"landhub serves: grpc {ports.server}, administration {ports.administration}, "
        f"public http {ports.public}, private http {ports.private}; modules: {modules or 'none'}",
        flush=True,
    )
    _keep_what_is_loaded()


def _keep_what_is_loaded() -> None:
    """Leave what the start has made to the garbage collector's permanent generation, and collect less often.

    A request makes hundreds of objects that die by themselves, and no circles: that search was a sixth of the CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
