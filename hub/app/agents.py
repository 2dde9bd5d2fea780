"""Connects to the signer agents that the settings name."""

from pathlib import Path

import grpc

from hub.core.clock import Clock
from hub.core.secrets import Secret, SecretError
from hub.core.telemetry import Telemetry
from hub.installation.private_keys import key_pem, read_key
from hub.settings import AgentSettings, Settings, SettingsError
from hub.signing.agent import Agent
from hub.signing.agents import SigningAgents
from hub.signing.port import SigningPort


def signing_agents(
    settings: Settings, folder: Path, *, passphrase: Secret | None, telemetry: Telemetry, clock: Clock
) -> SigningPort | None:
    """Return the agents, not connected yet; None if the settings name none.

    Raises:
        SettingsError: a file of theirs can't be used.
    """
    agents = [
        Agent(
            name=name,
            address=agent.address,
            credentials=_credentials(name, agent, folder, passphrase),
            telemetry=telemetry,
            clock=clock,
        )
        for name, agent in settings.signing.agents.items()
    ]
    return SigningAgents(agents=agents) if agents else None


def _credentials(name: str, agent: AgentSettings, folder: Path, passphrase: Secret | None) -> grpc.ChannelCredentials:
    try:
        key = key_pem(read_key(folder / agent.key, passphrase=passphrase))
        return grpc.ssl_channel_credentials(
            root_certificates=(folder / agent.ca).read_bytes(),
            private_key=key,
            certificate_chain=(folder / agent.certificate).read_bytes(),
        )
    except (SecretError, OSError) as error:
        raise SettingsError(f"signing.agents.{name}: {error}") from error
