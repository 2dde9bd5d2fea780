"""A timestamp authority by RFC 3161 over HTTP or HTTPS."""

import ssl
from datetime import UTC
from ipaddress import ip_network
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator
from yarl import URL

from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.timestamps import mismatch
from gost.tsp import MAX_REPLY_BYTES, QUERY_TYPE, REPLY_TYPE, TimestampQuery, TimestampReply, read_reply, read_timestamp
from hub.core.clock import Clock
from hub.modules.signatures.port import TimestampPort, TimestampRefusedError
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError, UpstreamFailedError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.policy import Guard, Policy, Safety

NAME: Final = "tsp"
UPSTREAM: Final = f"signatures.{NAME}"
_OPERATION: Final = "timestamp"
_PASSING: Final = frozenset({"timeNotAvailable", "systemFailure"})  # they pass by themselves, unlike the others


class Settings(BaseModel):
    """The table `[modules.signatures.timestamps.providers.tsp]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    """https://host[:port]/path, or http://: a timestamp is signed and bound to our request, so nobody on the way can
    make or change one."""
    ca_bundle: str = ""
    """PEM, relative to the installation: the CAs that may have issued its TLS certificate; needed with https."""
    policy_oid: str = Field(default="", pattern=r"^(\d+(\.\d+)+)?$")
    """The policy to ask for; empty for the authority's own."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") it may be in; other private addresses are refused."""
    policy: Policy = Policy(attempt_timeout=10.0, total_timeout=20.0, max_attempts=2)

    @field_validator("private_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks


def build(settings: Settings, ctx: ProviderContext) -> TimestampPort:
    """Make the provider. Nothing is sent before its first call.

    Raises:
        ValueError: the address is no http or https one, is private, or has no CA bundle beside https.
        OSError: the CA bundle can't be read.
    """
    url = URL(settings.url)
    if url.user or url.query_string or url.fragment:
        raise ValueError("the address of a timestamp authority is http[s]://host[:port]/path, without user or query")
    if url.scheme == "https" and not settings.ca_bundle:
        raise ValueError("an https address of a timestamp authority needs a ca_bundle")
    tls = ssl.create_default_context(cafile=str(ctx.path(settings.ca_bundle))) if url.scheme == "https" else None
    gateway = HttpGateway(
        upstream=ctx.upstreams.open(UPSTREAM, settings.policy),
        base_url=str(url.origin()) if url.host else settings.url,
        tls=tls,
        networks=(*(LOOPBACK if ctx.development else ()), *(ip_network(name) for name in settings.private_networks)),
        max_answer_bytes=MAX_REPLY_BYTES,
        telemetry=ctx.telemetry,
    )
    return TimestampAuthority(gateway=gateway, path=url.raw_path, policy_oid=settings.policy_oid, clock=ctx.clock)


class TimestampAuthority(TimestampPort):
    """One authority, as the module sees it."""

    def __init__(self, *, gateway: HttpGateway, path: str, policy_oid: str, clock: Clock) -> None:
        self._gateway = gateway
        self._path = path
        self._policy_oid = policy_oid
        self._clock = clock

    @property
    def name(self) -> str:
        """See TimestampPort.name."""
        return NAME

    async def stamp(self, query: TimestampQuery, *, guard: Guard | None = None) -> bytes:
        """See TimestampPort.stamp."""
        asked = TimestampQuery(
            digest_algorithm=query.digest_algorithm,
            imprint=query.imprint,
            nonce=query.nonce,
            policy=query.policy or self._policy_oid,
        )
        request = HttpRequest(
            operation=_OPERATION, path=self._path, headers={"Content-Type": QUERY_TYPE}, body=asked.encode()
        )
        return await self._gateway.post(request, lambda answer: _token(answer, asked), safety=Safety.READ, guard=guard)

    async def probe(self) -> None:
        """See TimestampPort.probe."""
        nonce = int(self._clock.now().astimezone(UTC).timestamp() * 1_000_000)
        nothing = TimestampQuery.over(b"", digest_algorithm=DigestAlgorithm.STREEBOG_256, nonce=nonce)
        await self.stamp(nothing)

    async def close(self) -> None:
        """See TimestampPort.close."""
        await self._gateway.close()


def _token(answer: HttpAnswer, asked: TimestampQuery) -> bytes:
    check_status(answer)
    if answer.content_type != REPLY_TYPE:
        raise AnswerInvalidError(f"an answer of type {answer.content_type}")
    try:
        reply = read_reply(answer.body)
        if reply.token is None:
            raise _refusal(reply)
        problem = mismatch(read_timestamp(reply.token), asked)
    except MalformedError as error:
        raise AnswerInvalidError(str(error)) from error
    if problem:
        raise AnswerInvalidError(f"the timestamp is not the one asked for: {problem}")
    return reply.token


def _refusal(reply: TimestampReply) -> Exception:
    words = " ".join((reply.status, *reply.failures))
    if reply.status == "waiting" or not _PASSING.isdisjoint(reply.failures):
        return UpstreamFailedError(words)
    return TimestampRefusedError(words)
