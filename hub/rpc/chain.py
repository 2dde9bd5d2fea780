"""The one way from the wire to a handler, in the order in which it is walked."""

from dataclasses import dataclass

from hub.core.errors import HubError
from hub.rpc.auditing import Auditing
from hub.rpc.authorize import Authorize
from hub.rpc.availability import check_availability
from hub.rpc.deadline import Deadline
from hub.rpc.errors import Errors
from hub.rpc.handling import Handling
from hub.rpc.identify import Identify
from hub.rpc.limit import Limit
from hub.rpc.passage import Passage
from hub.rpc.refusals import Refusals
from hub.rpc.tracing import Tracing
from hub.rpc.validating import Validating


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """tracing > errors > deadline > identify > limit > auditing > authorize > availability > validate > handler.

    A step called `around` wraps what follows; one called `check` lets pass or raises. The deadline is read first, and
    enforced inside auditing, so that what was late is recorded. Idempotency is the handler's (core/effects); validating
    leaves it the request's deterministic bytes.
    """

    tracing: Tracing
    errors: Errors
    deadline: Deadline
    identify: Identify
    limit: Limit
    refusals: Refusals
    auditing: Auditing
    authorize: Authorize
    validating: Validating
    handling: Handling

    async def run(self, passage: Passage) -> bytes:
        """Take one call through; returns the serialised answer, empty for a stream of answers, which is written here.

        What goes wrong is answered with its status, by aborting the call.
        """
        return await self.tracing.around(passage, self._answered)

    def recheck(self, passage: Passage) -> None:
        """Let a call that is under way go on.

        Raises:
            HubError: its caller would not be let in any more.
        """
        self.identify.check(passage)
        self.authorize.check(passage)

    async def _answered(self, passage: Passage) -> bytes:
        return await self.errors.around(passage, self._admitted)

    async def _admitted(self, passage: Passage) -> bytes:
        try:
            self.deadline.check(passage)
            self.identify.check(passage)
            self.limit.check(passage)
        except HubError as error:
            self.refusals.count(passage, error)
            raise
        if passage.method.open:
            return await self._timed(passage)
        return await self.auditing.around(passage, self._timed)

    async def _timed(self, passage: Passage) -> bytes:
        return await self.deadline.around(passage, self._allowed)

    async def _allowed(self, passage: Passage) -> bytes:
        self.authorize.check(passage)
        check_availability(passage)
        await self.validating.read(passage)
        return await self.handling.run(passage)
