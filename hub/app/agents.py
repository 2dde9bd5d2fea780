"""Connects to the signer agents that the settings name."""

from pathlib import Path

from hub.core.clock import Clock
from hub.core.secrets import Secret, SecretError
from hub.core.telemetry import Telemetry
from hub.installation.private_keys import key_pem, read_key
from hub.resilience.upstream import Upstreams
from hub.settings import AgentSettings, Settings, SettingsError
from hub.signing.agent import Agent
from hub.signing.agents import SigningAgents
from hub.signing.connection import ChannelFiles
from hub.signing.port import SigningPort
from hub.signing.witness import JournalKeys, Witnesses, read_journal_keys


def signing_agents(
    settings: Settings,
    folder: Path,
    *,
    passphrase: Secret | None,
    upstreams: Upstreams,
    telemetry: Telemetry,
    clock: Clock,
) -> SigningPort | None:
    """Return the agents, not connected yet; None if the settings name none.

    Raises:
        SettingsError: a file of theirs can't be used.
    """
    agents = []
    for name, agent in settings.signing.agents.items():
        try:
            keys = journal_keys(agent, folder)
            made = Agent(
                name=name,
                address=agent.address,
                files=_files(agent, folder, passphrase),
                upstreams=upstreams,
                telemetry=telemetry,
                clock=clock,
                witnesses=Witnesses(keys={name: keys}),
            )
        except (OSError, ValueError) as error:
            raise SettingsError(f"signing.agents.{name}: {error}") from error
        agents.append(made)
    return SigningAgents(agents=agents) if agents else None


def journal_keys(agent: AgentSettings, folder: Path) -> JournalKeys:
    """Return the pinned keys of an agent's journal; none if the settings pin none.

    Raises:
        OSError, ValueError: the file can't be read, or holds no such keys.
    """
    return read_journal_keys((folder / agent.journal_key).read_bytes()) if agent.journal_key else ()


def _files(agent: AgentSettings, folder: Path, passphrase: Secret | None) -> ChannelFiles:
    def open_key(path: Path) -> bytes:
        try:
            return key_pem(read_key(path, passphrase=passphrase))
        except SecretError as error:
            raise ValueError(str(error)) from error

    return ChannelFiles(
        ca=folder / agent.ca, certificate=folder / agent.certificate, key=folder / agent.key, open_key=open_key
    )
