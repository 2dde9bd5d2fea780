"""Keeps revocation lists fresh: fetches them from addresses that the settings name, and from no others.

An address that a certificate names is never asked, known or not. A list is taken only if a CA of the trust settings
signed it and it isn't older than the one that is held; it is then a file like those that an installation lays there.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Gauge

from gost.certificate import CertificateFacts
from gost.errors import MalformedError
from gost.revocation import ListFacts, read_revocation_list
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.modules.signatures.port import RevocationListPort

LOG = structlog.get_logger(__name__)

_AGAIN_AFTER_FAILURE_SECONDS: Final = 300.0  # lists are issued hours before the ones before them end


class ListGauges:
    """Of when the lists are that were fetched."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self._this_update = Gauge(
            "landhub_crl_this_update_timestamp_seconds",
            "When the revocation list that is held was issued",
            ("list",),
            registry=registry,
        )
        self._next_update = Gauge(
            "landhub_crl_next_update_timestamp_seconds",
            "Until when its successor will be issued",
            ("list",),
            registry=registry,
        )

    def tell(self, name: str, facts: ListFacts) -> None:
        """Tell of a list that is held now."""
        self._this_update.labels(name).set(facts.this_update.timestamp())
        if facts.next_update is not None:
            self._next_update.labels(name).set(facts.next_update.timestamp())


class CrlFetching:
    """Fetches from `start` to `close`.

    Args:
        points: Where lists come from.
        known: Returns the certificates of CAs that are trusted now; one of them must have signed a list.
        folder: Where lists are kept, a file each.
        every_seconds: How often each is asked for; sooner after a failure.
        gauges: Told of each list that is held.
        clock: Paces the asking.
    """

    def __init__(
        self,
        *,
        points: Sequence[RevocationListPort],
        known: Callable[[], Iterable[CertificateFacts]],
        folder: Path,
        every_seconds: float,
        gauges: ListGauges,
        clock: Clock,
    ) -> None:
        self._points: Mapping[str, RevocationListPort] = {point.name: point for point in points}
        self._known = known
        self._folder = folder
        self._every_seconds = every_seconds
        self._gauges = gauges
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to fetch, in the background: a module that starts waits for no distribution point.

        Raises:
            OSError: the folder can't be made.
        """
        if not self._points:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in self._points:
            self._tell_held(name)
        self._task = asyncio.create_task(self._fetch_forever(), name="signatures.crls")

    async def close(self) -> None:
        """Fetch no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for point in self._points.values():
            await point.close()

    async def fetch(self, name: str) -> None:
        """Fetch one list and keep it, if it is to be believed and no older than the one that is held.

        Raises:
            UnavailableError, PreconditionError: the point gives none; what was held stays.
            OSError: it can't be kept.
        """
        data = await self._points[name].fetch(lambda data: self._check(name, data))
        await asyncio.to_thread(_write, self._file(name), data)
        self._tell_held(name)

    async def _fetch_forever(self) -> None:
        while True:
            fetched = [await self._fetched(name) for name in self._points]
            pause = self._every_seconds
            await self._clock.sleep(pause if all(fetched) else min(pause, _AGAIN_AFTER_FAILURE_SECONDS))

    async def _fetched(self, name: str) -> bool:
        try:
            await self.fetch(name)
        except HubError:
            return False  # counted and logged on its way
        except OSError as error:
            LOG.warning("revocation_list_not_kept", list=name, cause=type(error).__name__)
            return False
        return True

    def _check(self, name: str, data: bytes) -> None:
        """See that a list is signed by a CA we trust and goes on from the one that is held. May run in a thread."""
        facts = read_revocation_list(data, self._known())
        if not facts.is_signed:
            raise MalformedError("the list is signed by no CA of the trust settings")
        held = self._held(name)
        if held is not None and facts.this_update < held.this_update:
            raise MalformedError("the list is older than the one that is held")

    def _held(self, name: str) -> ListFacts | None:
        """What is held counts only while it would be taken: an anchor that was replaced begins anew."""
        try:
            facts = read_revocation_list(self._file(name).read_bytes(), self._known())
        except (OSError, MalformedError):
            return None
        return facts if facts.is_signed else None

    def _tell_held(self, name: str) -> None:
        facts = self._held(name)
        if facts is not None:
            self._gauges.tell(name, facts)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.crl"


def age_told(facts: ListFacts, now: datetime) -> str:
    """How old a list is, and until when there will be another, in a line."""
    hours = (now - facts.this_update).total_seconds() / 3600
    until = f", the next by {facts.next_update:%Y-%m-%d %H:%M} UTC" if facts.next_update is not None else ""
    return f"issued {hours:.1f} hours ago{until}"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: readers look at any time."""
    new = path.with_name(f".{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
