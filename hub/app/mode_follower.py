"""Takes over the modes of modules that an administrator has set through another process on the same database."""

import asyncio

import structlog

from hub.app.administration import stored_modes
from hub.app.modules import Modules
from hub.core.clock import Clock
from hub.core.database import MODES_TOPIC, Database
from hub.core.errors import HubError
from hub.core.mode import Mode
from hub.core.waiting import wait_until_done

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 15.0  # should the announcement be lost


class ModeFollower:
    """Follows the modes that are stored. Make it inside the running event loop, once the modules have started."""

    def __init__(self, *, modules: Modules, database: Database, clock: Clock) -> None:
        self._modules = modules
        self._database = database
        self._clock = clock
        self._changed = asyncio.Event()
        self._stop_listening = database.listen(MODES_TOPIC, self._changed.set)

    async def run_forever(self) -> None:
        """Look at every announcement, and now and then without one."""
        try:
            while True:
                waiting = asyncio.ensure_future(self._changed.wait())
                await wait_until_done([waiting], clock=self._clock, seconds=LOOK_AGAIN_SECONDS)
                waiting.cancel()
                self._changed.clear()
                try:
                    await self.look()
                except HubError as error:
                    log.warning("modes.not_read", reason=error.reason)
        finally:
            self._stop_listening()

    async def look(self) -> None:
        """Take over what is stored; a module that is not loaded here waits for a restart."""
        for name, mode in (await stored_modes(self._database)).items():
            hosted = self._modules.hosted.get(name)
            if hosted is None or hosted.mode is mode or not (hosted.is_loaded or mode is Mode.OFF):
                continue
            self._modules.set_mode(name, mode)
            log.info("modes.followed", module=name, mode=mode.value)
