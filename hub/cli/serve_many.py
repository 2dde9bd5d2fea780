"""`hub serve` with several processes: what the one that watches over them does, and how each knows that it is gone."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from hub.app.prepare import Installation
from hub.app.supervisor import Supervisor, WorkersFailedError
from hub.cli.main import CommandError
from hub.core.clock import Clock
from hub.installation.places import state_folder
from hub.storage.files import InstallationLock

_STDIN = 0


async def supervise(installation: Installation, *, clock: Clock) -> None:
    """Run the processes until SIGTERM or SIGINT; SIGHUP restarts them one by one.

    Raises:
        InstallationLockedError: another `hub serve` runs on this installation.
        CommandError: a process did not start.
    """
    settings = installation.settings
    lock = InstallationLock(state_folder(settings, installation.folder) / "serve.lock")
    supervisor = Supervisor(
        command=lambda number: _command(installation, number),
        processes=settings.server.processes,
        drain_seconds=settings.server.drain_seconds,
        clock=clock,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, supervisor.restart)
    try:
        await supervisor.run(stop, serving=lambda: _tell(installation))
    except WorkersFailedError as error:
        raise CommandError(str(error)) from error
    finally:
        lock.release()


def stop_with_input(stop: asyncio.Event) -> None:
    """Stop when standard input ends: whoever watches over this process holds the other end as long as it lives."""

    def read() -> None:
        if not os.read(_STDIN, 1):
            asyncio.get_running_loop().remove_reader(_STDIN)
            stop.set()

    asyncio.get_running_loop().add_reader(_STDIN, read)


def _command(installation: Installation, number: int) -> Sequence[str]:
    # A new interpreter each: gRPC must not be forked, and a restart takes what was installed meanwhile.
    return (sys.executable, "-m", "hub", "serve", str(installation.folder), "--process", str(number))


def _tell(installation: Installation) -> None:
    settings = installation.settings
    port, administration, public, private = (
        address.rpartition(":")[2]
        for address in (
            settings.server.address,
            settings.administration.address,
            settings.web.public_address,
            settings.web.private_address,
        )
    )
    last = int(private) + settings.server.processes - 1
    print(
        f"landhub serves: {settings.server.processes} processes, grpc {port}, administration {administration}, "
        f"public http {public}, private http {private} to {last}",
        flush=True,
    )
