"""How a signature comes to be: decide > journal the decision > build > sign > verify > journal the result."""

from collections.abc import Sequence

from signer_agent.errors import AgentError
from signer_agent.model import Signature, SigningRequest


class SigningService:
    """Signs documents by their digests. One event loop uses it."""

    async def sign(self, requests: Sequence[SigningRequest]) -> list[Signature | AgentError]:
        """Sign each request; the answer tells of each in its order, and one that fails doesn't fail the others.

        The same (request_id, digest) answers the same signature, before and after a restart. What was begun is brought
        to its end even if the caller stops waiting.
        """
        return [AgentError("this agent is not complete yet", reason="INTERNAL") for _ in requests]
