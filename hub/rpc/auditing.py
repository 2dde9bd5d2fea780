"""One audit record a call: durable before the answer if it may change something, in the background if it reads."""

import asyncio
from collections.abc import Awaitable, Callable

import grpc

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.call import trace_id_of
from hub.core.errors import HubError, UnavailableError
from hub.rpc.contract import Safety
from hub.rpc.errors import code_of
from hub.rpc.passage import Passage
from hub.rpc.refusals import Refusals

_LONGEST_WRITE_SECONDS = 5.0  # a disk that takes longer is as good as none
_Inner = Callable[[Passage], Awaitable[bytes]]


class Auditing:
    """Records what was asked, by whom, and what came of it; what an effect does is recorded by core/effects besides."""

    def __init__(self, *, audit: Audit, refusals: Refusals) -> None:
        self._audit = audit
        self._refusals = refusals
        self._writes: set[asyncio.Task[None]] = set()

    async def around(self, passage: Passage, inner: _Inner) -> bytes:
        """Run the rest of the chain and record it.

        Raises:
            UnavailableError: the method may change something and the record can't be made durable (AUDIT_UNAVAILABLE).
        """
        try:
            answer = await inner(passage)
        except asyncio.CancelledError:
            passage.code = grpc.StatusCode.CANCELLED
            self._record_cancelled(passage)
            raise
        except Exception as error:
            passage.code = code_of(error)
            passage.reason = error.reason if isinstance(error, HubError) else "INTERNAL"
            if isinstance(error, HubError) and self._audit.low_on_space:
                self._refusals.count(passage, error)  # a record of each would eat the space that begun work needs
            else:
                await self._record(passage)
            raise
        await self._record(passage)
        return answer

    async def close(self) -> None:
        """Wait for the records of cancelled calls."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=_LONGEST_WRITE_SECONDS)

    async def _record(self, passage: Passage) -> None:
        record = _record_of(passage)
        if passage.method.safety is Safety.READ:
            self._audit.append_later(record)
            return
        try:
            async with asyncio.timeout(_LONGEST_WRITE_SECONDS):
                await self._audit.write(record)  # a caller that leaves now doesn't take along what is queued
        except (HubError, TimeoutError) as error:
            raise UnavailableError(
                "the audit record can't be written, so nothing may change; ask again with the same request_id",
                reason="AUDIT_UNAVAILABLE",
            ) from error

    def _record_cancelled(self, passage: Passage) -> None:
        """Record a call whose caller left: he waits for nothing any more."""
        record = _record_of(passage)
        if passage.method.safety is Safety.READ:
            self._audit.append_later(record)
            return
        write = asyncio.create_task(self._audit.write(record))
        self._writes.add(write)
        write.add_done_callback(self._written)

    def _written(self, write: asyncio.Task[None]) -> None:
        self._writes.discard(write)
        if not write.cancelled():
            write.exception()  # whoever waits for it is told; of a cancelled call nobody does


def _record_of(passage: Passage) -> AuditRecord:
    return AuditRecord(
        phase=Phase.REFUSED if passage.request is None else Phase.REQUEST,
        method=passage.method.path,
        caller=passage.identity.caller,
        request_id=passage.request_id,
        business_reference=passage.business_reference,
        resource=passage.resource,
        code=passage.code.name,
        reason=passage.reason,
        trace_id=trace_id_of(passage.traceparent),
        details={"asked": passage.asked} if passage.asked else {},
    )
