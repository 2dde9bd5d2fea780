"""Takes changed callers and roles into force while the hub serves: when landhub.toml changes, and on SIGHUP."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter

from hub.app.serving import access_rules
from hub.core.clock import Clock
from hub.core.waiting import wait_until_done
from hub.rpc.options import AccessRules
from hub.settings import FILE_NAME, Settings, SettingsError, load_settings

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 1.0
LIVE_TABLES = frozenset({"callers", "roles"})

_Stamp = tuple[int, int, int]


class AccessReload:
    """Watches the settings' file. One that can't be used leaves what is in force as it is, and is told of in the log.

    Args:
        folder: The installation.
        settings: What the hub was started with: other tables than callers and roles stay as they are there.
        let_in: Told the new rules.
        registry: Counts what became of changes.
    """

    def __init__(
        self,
        *,
        folder: Path,
        settings: Settings,
        let_in: Callable[[AccessRules], None],
        clock: Clock,
        registry: CollectorRegistry,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._let_in = let_in
        self._clock = clock
        self._asked = asyncio.Event()
        self._stamp = self._present_stamp()
        self._changes = Counter(
            "landhub_settings_reloads",
            "Changes of landhub.toml while the hub serves: taken, or refused because it can't be used.",
            ("outcome",),
            registry=registry,
        )

    def ask(self) -> None:
        """Look now, whether the file seems changed or not: what SIGHUP means."""
        self._asked.set()

    async def run_forever(self) -> None:
        """Look once a second, and when asked."""
        while True:
            await self._pause()
            self.look()

    def look(self) -> None:
        """Take the file's callers and roles into force if it changed, or if asked to."""
        stamp = self._present_stamp()
        if stamp == self._stamp and not self._asked.is_set():
            return
        self._stamp = stamp
        self._asked.clear()
        try:
            settings = load_settings(self._folder)
        except SettingsError as error:
            self._changes.labels("refused").inc()
            log.warning("settings.kept", problems=list(error.problems), file=FILE_NAME)
            return
        self._let_in(access_rules(settings))
        self._changes.labels("taken").inc()
        log.info("settings.taken", callers=len(settings.callers), roles=len(settings.roles))
        if waiting := changed_tables(self._settings, settings) - LIVE_TABLES:
            log.warning("settings.restart_needed", tables=sorted(waiting))

    async def _pause(self) -> None:
        asked = asyncio.ensure_future(self._asked.wait())
        await wait_until_done([asked], clock=self._clock, seconds=LOOK_EVERY_SECONDS)
        asked.cancel()

    def _present_stamp(self) -> _Stamp:
        try:
            status = (self._folder / FILE_NAME).stat()
        except OSError:
            return 0, 0, 0
        return status.st_mtime_ns, status.st_size, status.st_ino


def changed_tables(before: Settings, after: Settings) -> set[str]:
    """Return the names of the tables and top keys that differ."""
    return {name for name in Settings.model_fields if getattr(before, name) != getattr(after, name)}
