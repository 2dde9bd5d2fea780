"""A distribution point of revocation lists (RFC 5280): one address, one list, by HTTP or HTTPS."""

import ssl
from collections.abc import Callable
from ipaddress import ip_network
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from yarl import URL

from gost.errors import MalformedError
from hub.modules.signatures.port import RevocationListPort
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.policy import Policy

_OPERATION: Final = "revocation_list"


class Settings(BaseModel):
    """A table of `[modules.signatures.trust.fetching.points]`, and what they have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    """https://host[:port]/path, or http://: a list is signed, so nobody on the way can make or change one."""
    ca_bundle: str = ""
    """PEM, relative to the installation: the CAs that may have issued its TLS certificate; needed with https."""
    private_networks: tuple[str, ...] = ()
    max_list_mib: int = Field(default=16, ge=1, le=64)
    policy: Policy = Policy(attempt_timeout=60.0, total_timeout=120.0, max_attempts=2)


def build(settings: Settings, ctx: ProviderContext, *, name: str) -> RevocationListPort:
    """Make the provider. Nothing is sent before its first call.

    Raises:
        ValueError: the address is no http or https one, is private, or has no CA bundle beside https.
        OSError: the CA bundle can't be read.
    """
    url = URL(settings.url)
    if url.user or url.query_string or url.fragment:
        raise ValueError("the address of a revocation list is http[s]://host[:port]/path, without user or query")
    if url.scheme == "https" and not settings.ca_bundle:
        raise ValueError("an https address of a revocation list needs a ca_bundle")
    tls = ssl.create_default_context(cafile=str(ctx.path(settings.ca_bundle))) if url.scheme == "https" else None
    gateway = HttpGateway(
        upstream=ctx.upstreams.open(f"signatures.crl.{name}", settings.policy),
        base_url=str(url.origin()) if url.host else settings.url,
        tls=tls,
        networks=(*(LOOPBACK if ctx.development else ()), *(ip_network(each) for each in settings.private_networks)),
        max_answer_bytes=settings.max_list_mib * 1024 * 1024,
        telemetry=ctx.telemetry,
    )
    return DistributionPoint(gateway=gateway, path=url.raw_path, name=name)


class DistributionPoint(RevocationListPort):
    """One address, as the module sees it."""

    def __init__(self, *, gateway: HttpGateway, path: str, name: str) -> None:
        self._gateway = gateway
        self._path = path
        self._name = name

    @property
    def name(self) -> str:
        """See RevocationListPort.name."""
        return self._name

    async def fetch(self, check: Callable[[bytes], None]) -> bytes:
        """See RevocationListPort.fetch."""

        def read(answer: HttpAnswer) -> bytes:
            check_status(answer)
            try:
                check(answer.body)
            except MalformedError as error:
                raise AnswerInvalidError(str(error)) from error
            return answer.body

        return await self._gateway.get(HttpRequest(operation=_OPERATION, path=self._path, headers={}), read)

    async def close(self) -> None:
        """See RevocationListPort.close."""
        await self._gateway.close()
