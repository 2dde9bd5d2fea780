"""Hears what other processes committed, by LISTEN; an announcement that is missed is found by the next poll."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg import sql

from hub.core.clock import Clock

log = structlog.get_logger(__name__)

FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 15.0


class PostgresListener:
    """One connection that listens, made anew when it breaks. Make it inside the running event loop.

    Args:
        arguments: How to connect.
        channel: What is listened to.
        heard: Called with each payload.
        missed: Called after every new connection but the first: nobody knows what was told meanwhile.
        clock: Waits between attempts.
    """

    def __init__(
        self,
        *,
        arguments: Mapping[str, Any],
        channel: str,
        heard: Callable[[str], None],
        missed: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._arguments = arguments
        self._channel = channel
        self._heard = heard
        self._missed = missed
        self._clock = clock
        self.listening = asyncio.Event()
        self._task = asyncio.create_task(self._listen_forever(), name="database listener")

    async def close(self) -> None:
        """Hear no more."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _listen_forever(self) -> None:
        delay, is_first = FIRST_RETRY_SECONDS, True
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**self._arguments, autocommit=True) as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    if not is_first:
                        self._missed()
                    delay, is_first = FIRST_RETRY_SECONDS, False
                    self.listening.set()
                    async for told in connection.notifies():
                        self._heard(told.payload)
            except psycopg.Error as error:
                log.warning("database.listener_lost", error_type=type(error).__name__, retry_seconds=delay)
            self.listening.clear()
            await self._clock.sleep(delay)
            delay = min(delay * 2, LONGEST_RETRY_SECONDS)
