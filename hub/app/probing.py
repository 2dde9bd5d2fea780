"""Looks how far one gets with an upstream or an agent: the way there, and one harmless read with the real keys."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import grpc

from hub.app.administration import DOMAIN
from hub.app.modules import HostedModule
from hub.core.clock import Clock
from hub.core.errors import ExhaustedError, HubError, NotFoundError
from hub.core.findings import Finding, Verdict, bad, doubtful, good
from hub.core.secrets import Secret, SecretError
from hub.installation.private_keys import key_pem, read_key
from hub.module_api import Prober
from hub.resilience.endpoint import ANY_NETWORK, Endpoint, look
from hub.resilience.gate import BreakerState
from hub.resilience.upstream import Upstream, Upstreams
from hub.settings import AgentSettings
from landhub.signer.v1 import signer_service_pb2, signer_service_pb2_grpc

AGENT = "signing."
_AGENT_SECONDS = 5.0
_SLOWEST_CLOCK_SECONDS = 5.0  # beyond, attestations and signing times begin to be refused
_REMEDIES = {
    "UPSTREAM_CREDENTIALS_REFUSED": "renew our certificate or key, or have its operator let them in",
    "UPSTREAM_ANSWER_INVALID": "another key (the newest must be known to both), or another service behind the address",
    "UPSTREAM_UNAVAILABLE": "it is there and does not work: ask its operator",
}


class Probing:
    """Probes what a running hub uses, by its name in ListUpstreams."""

    def __init__(
        self,
        *,
        hosted: Callable[[], Iterable[HostedModule]],
        upstreams: Upstreams,
        agents: Mapping[str, AgentSettings],
        folder: Path,
        passphrase: Secret | None,
        clock: Clock,
    ) -> None:
        self._hosted = hosted
        self._upstreams = upstreams
        self._agents = agents
        self._folder = folder
        self._passphrase = passphrase
        self._clock = clock

    async def probe(self, name: str) -> list[Finding]:
        """Say line by line how far one gets.

        Raises:
            NotFoundError: no such upstream.
        """
        agent = self._agents.get(name.removeprefix(AGENT)) if name.startswith(AGENT) else None
        if agent is not None:
            return await probe_agent(agent, self._folder, self._passphrase, self._clock)
        upstream = self._upstreams.get(name)
        if upstream is None:
            raise NotFoundError(
                "no such upstream; ListUpstreams names them",
                reason="UPSTREAM_NOT_FOUND",
                domain=DOMAIN,
                metadata={"upstream": name},
            )
        probers = {
            probed: prober
            for hosted in self._hosted()
            if hosted.running is not None
            for probed, prober in hosted.running.probes.items()
        }
        return await probe_upstream(upstream, probers.get(name), self._clock)


async def probe_upstream(upstream: Upstream, prober: Prober | None, clock: Clock) -> list[Finding]:
    """Look at the way to an upstream and, if that is open, make its harmless read."""
    found = await look(upstream.endpoint, clock.now()) if upstream.endpoint is not None else []
    if any(finding.verdict is Verdict.FAIL for finding in found) or prober is None:
        return found
    status = upstream.status()
    if status.breaker is BreakerState.OPEN:
        told = f"its breaker is open (last failure: {status.last_failure_reason or 'none'}), so nothing was asked"
        return [*found, doubtful("read", told, "wait for the recovery timeout, or close it: ResetBreaker")]
    started = clock.monotonic()
    try:
        await prober()
    except HubError as error:
        return [*found, _failed_read(error)]
    return [*found, good("read", f"answered in {(clock.monotonic() - started) * 1000:.0f} ms")]


async def probe_agent(agent: AgentSettings, folder: Path, passphrase: Secret | None, clock: Clock) -> list[Finding]:
    """Look at the way to a signer agent and ask for its status."""
    try:
        key = key_pem(read_key(folder / agent.key, passphrase=passphrase))
        found = await look(agent_endpoint(agent, folder, passphrase), clock.now())
        credentials = grpc.ssl_channel_credentials(
            (folder / agent.ca).read_bytes(), key, (folder / agent.certificate).read_bytes()
        )
    except (OSError, SecretError, ValueError) as error:
        return [bad("keys", f"our key, certificate or CA bundle can't be used: {error}", "mend what is named")]
    if any(finding.verdict is Verdict.FAIL for finding in found):
        return found
    async with grpc.aio.secure_channel(agent.address, credentials) as channel:
        stub: signer_service_pb2_grpc.SignerServiceAsyncStub = signer_service_pb2_grpc.SignerServiceStub(channel)
        try:
            status = await stub.GetStatus(signer_service_pb2.GetStatusRequest(), timeout=_AGENT_SECONDS)
        except grpc.aio.AioRpcError as error:
            told = f"it refuses to tell its status: {error.code().name}"
            return [*found, bad("status", told, "look into its policy and log: signer-agent doctor")]
    certificates = f"{status.certificate_count} certificates it can sign with"
    found.append(good("status", f"{status.agent} {status.version}, {status.backend}, {certificates}"))
    if not status.certificate_count:
        found.append(doubtful("certificates", "it can sign with none", "install a certificate with its key there"))
    if status.not_serving_reason:
        found.append(
            bad("serving", f"it signs nothing now: {status.not_serving_reason}", "signer-agent doctor DIR there")
        )
    return [*found, _clock_of(status, clock.now())]


def agent_endpoint(agent: AgentSettings, folder: Path, passphrase: Secret | None) -> Endpoint:
    """Return where an agent is, and our side of the TLS to it.

    Raises:
        OSError: a file can't be used.
    """
    context = ssl.create_default_context(cafile=str(folder / agent.ca))
    context.set_alpn_protocols(["h2"])
    password = passphrase.reveal() if passphrase else b""  # empty, since without one OpenSSL asks the terminal
    context.load_cert_chain(certfile=folder / agent.certificate, keyfile=folder / agent.key, password=password)
    host, _, port = agent.address.rpartition(":")
    return Endpoint(host=host.strip("[]"), port=int(port), tls=context, networks=ANY_NETWORK)


def _failed_read(error: HubError) -> Finding:
    told = f"{error.message} ({error.reason})"
    if isinstance(error, ExhaustedError):
        return doubtful("read", told, "nothing is wrong but the quota: wait")
    return bad("read", told, _REMEDIES.get(error.reason, "ask its operator"))


def _clock_of(status: signer_service_pb2.GetStatusResponse, now: datetime) -> Finding:
    seconds = (status.agent_time.ToDatetime(tzinfo=now.tzinfo) - now).total_seconds()
    if abs(seconds) <= _SLOWEST_CLOCK_SECONDS:
        return good("clock", f"ours is {abs(seconds):.1f} s from the agent's")
    return bad("clock", f"ours is {abs(seconds):.0f} s from the agent's", "let both machines follow NTP (chrony)")
