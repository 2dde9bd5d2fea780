"""Backends that call a hub of another process, over its own wire."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

import grpc
from google.protobuf.message import Message

from hub.rpc.contract import Contract
from sandbox.demo.installation import Installation
from tests.campaign.caller import REPEATABLE, Answer, reason_of
from tests.support.stack import identity

DEADLINE_SECONDS = (1.0, 8.0)
AGAIN_SECONDS = (0.2, 0.6)
AGAIN_GROWS, LONGEST_AGAIN = 1.4, 5.0
_CHANNEL = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500))


@asynccontextmanager
async def backends(
    installation: Installation, callers: Sequence[str], *, random: Random, patience_seconds: float
) -> AsyncIterator["WireBackends"]:
    """Connect each of the callers while the context lasts."""
    async with AsyncExitStack() as stack:
        channels = {}
        for caller in callers:
            who = identity(installation, caller)
            credentials = grpc.ssl_channel_credentials(
                who.ca.read_bytes(), who.key.read_bytes(), who.certificate.read_bytes()
            )
            opened = grpc.aio.secure_channel(who.address, credentials, options=_CHANNEL)
            channels[caller] = await stack.enter_async_context(opened)
        yield WireBackends(channels=channels, random=random, patience_seconds=patience_seconds)


class WireBackends:
    """All callers, and every answer they got; see Calls."""

    def __init__(self, *, channels: Mapping[str, grpc.aio.Channel], random: Random, patience_seconds: float) -> None:
        self._channels = channels
        self._random = random
        self._patience_seconds = patience_seconds
        self._contract = Contract.committed()
        self.answers: list[Answer] = []

    async def call(self, caller: str, path: str, request: Message) -> Answer:
        """See Calls."""
        service, _, name = path.rpartition("/")
        method = self._contract.services[service].methods[f"/{service}/{name}"]
        send: Any = self._channels[caller].unary_unary(
            method.path,
            request_serializer=method.request_class.SerializeToString,
            response_deserializer=method.response_class.FromString,
        )
        told: dict[str, Any] = {"code": grpc.StatusCode.OK}
        try:
            told["response"] = await send(request, timeout=self._random.uniform(*DEADLINE_SECONDS))
        except grpc.aio.AioRpcError as error:
            reason = reason_of(error)
            told = {"code": error.code(), "reason": reason, "message": error.details() or "", "from_hub": bool(reason)}
        asked = str(getattr(request, "request_id", ""))
        answer = Answer(caller=caller, method=method, request_id=asked, **told)
        if answer.ok or answer.from_hub:  # what the wire says of a killed hub is nobody's answer
            self.answers.append(answer)
        return answer

    async def until(
        self, caller: str, path: str, request: Message, is_settled: Callable[[Any], bool] = lambda _: True
    ) -> Answer:
        """See Calls."""
        end, pause = time.monotonic() + self._patience_seconds, 1.0
        while True:
            answer = await self.call(caller, path, request)
            if answer.ok and is_settled(answer.response):
                return answer
            if answer.from_hub and not answer.ok and answer.code not in REPEATABLE:
                return answer
            if time.monotonic() > end:
                return answer
            await asyncio.sleep(self._random.uniform(*AGAIN_SECONDS) * pause)
            pause = min(pause * AGAIN_GROWS, LONGEST_AGAIN)
