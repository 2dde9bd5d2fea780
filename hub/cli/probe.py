"""`hub probe`: go the way to a provider or a signer agent step by step, and make one harmless read of it.

The running hub is asked, so that its own keys, network and breaker are what is tried. While none runs, the command goes
the way itself, with the same settings.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from hub.app.keys import open_passphrase
from hub.app.probing import AGENT, probe_agent, probe_upstream
from hub.app.standalone import standalone_providers
from hub.cli.administration import HubDownError, administration
from hub.cli.findings import print_findings, read_findings
from hub.cli.main import FAILED, OK, CommandError
from hub.core.clock import SystemClock
from hub.core.findings import Finding, Verdict, bad
from hub.core.ids import Ids
from hub.installation.sealed import secrets_of
from hub.settings import Settings, load_settings
from landhub.hub.v1 import hub_service_pb2

_SECONDS = 120.0  # a read has its own, shorter timeouts and retries


def run(arguments: argparse.Namespace) -> int:
    """Print each step; 1 if one failed."""
    settings = load_settings(arguments.folder)
    name = _full_name(settings, arguments.name)
    try:
        with administration(settings, arguments.folder) as stub:
            answer = stub.ProbeUpstream(hub_service_pb2.ProbeUpstreamRequest(upstream=name), timeout=_SECONDS)
        found = read_findings(answer.findings)
    except HubDownError:
        print("hub: no hub answers, so this command goes the way itself", file=sys.stderr)
        found = asyncio.run(_probed(settings, arguments.folder, name))
    print_findings(found, as_json=arguments.json)
    return FAILED if any(finding.verdict is Verdict.FAIL for finding in found) else OK


def _full_name(settings: Settings, name: str) -> str:
    """Let "rosreestr" stand for its provider, and "main" for the agent."""
    if name in settings.signing.agents:
        return AGENT + name
    module = settings.modules.get(name)
    provider = module.table.get("provider") if module is not None else None
    return f"{name}.{provider}" if isinstance(provider, str) else name


async def _probed(settings: Settings, folder: Path, name: str) -> list[Finding]:
    clock = SystemClock()
    secrets = secrets_of(settings, folder, os.environ)
    agent = settings.signing.agents.get(name.removeprefix(AGENT)) if name.startswith(AGENT) else None
    if agent is not None:
        return await probe_agent(agent, folder, open_passphrase(settings, secrets), clock)
    async with standalone_providers(settings, folder, secrets=secrets, clock=clock, ids=Ids(clock=clock)) as providers:
        for provider in providers:
            if provider.name == name and provider.upstream is not None:
                return await probe_upstream(provider.upstream, provider.prober, clock)
            if provider.name == name:
                return [bad("settings", provider.problem, f"mend [modules.{name}] or what it names")]
        known = [provider.name for provider in providers] + [AGENT + agent for agent in settings.signing.agents]
    raise CommandError(f"there is no upstream {name}; there are: {', '.join(known) or 'none'}")
