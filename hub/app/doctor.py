"""Looks an installation over from the outside, whether its hub runs or not; changes nothing and asks for nothing that
counts.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from hub.app.doctor_local import check_audit, check_certificates, check_database, check_disk, check_private_files
from hub.app.keys import open_passphrase
from hub.app.prepare import prepare
from hub.app.probing import probe_agent
from hub.app.serving import access_rules
from hub.app.standalone import standalone_providers
from hub.core.clock import Clock
from hub.core.findings import Finding, Verdict, bad, doubtful, good
from hub.core.ids import Ids
from hub.core.mode import Mode
from hub.core.secrets import Secrets
from hub.installation.sealed import secrets_of
from hub.module_api import load_module
from hub.resilience.endpoint import look, remote_clock
from hub.rpc.authorize import unknown_methods
from hub.rpc.contract import Contract
from hub.settings import Settings, SettingsError, load_settings, validate_module


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What a running hub says of itself; `findings` are judged already."""

    findings: list[Finding]


async def examine(
    folder: Path, *, clock: Clock, ids: Ids, ask_hub: Callable[[Settings], Running | None]
) -> list[Finding]:
    """Return a line for everything looked at.

    Args:
        folder: The installation.
        clock: This machine's.
        ids: For what is built and thrown away.
        ask_hub: Asks the running hub, if there is one; may block.
    """
    try:
        settings = load_settings(folder)
    except SettingsError as error:
        return [
            bad("settings", problem, "mend it; hub check-config tells when it is good") for problem in error.problems
        ]
    secrets = secrets_of(settings, folder, os.environ)
    running = await asyncio.to_thread(ask_hub, settings)
    found = _check_settings(folder, settings, ids)
    found += check_private_files(settings, folder)
    found += check_certificates(settings, folder, clock.now())
    found += running.findings if running else [doubtful("hub", "it is not running", f"hub serve {folder}")]
    found += check_disk(settings, folder)
    found += await asyncio.to_thread(check_database, settings, folder, secrets)
    found += await asyncio.to_thread(
        check_audit, settings, folder, secrets, now=clock.now(), is_running=running is not None
    )
    found += await asyncio.to_thread(_check_modules, settings, folder, clock.now())
    return found + await _check_others(settings, folder, secrets, clock=clock, ids=ids)


def _check_settings(folder: Path, settings: Settings, ids: Ids) -> list[Finding]:
    try:
        prepare(folder, ids=ids)
    except SettingsError as error:
        return [
            bad("settings", problem, "mend it; hub check-config tells when it is good") for problem in error.problems
        ]
    modules = [f"{name} {module.mode.value}" for name, module in settings.modules.items()]
    found = [good("settings", f"profile {settings.profile.value}; modules: {', '.join(modules) or 'none'}")]
    if not any(module.mode is not Mode.OFF for module in settings.modules.values()):
        found.append(
            doubtful("modules", "none is on", "switch modules on in landhub.toml; docs/modules/ describes them")
        )
    contract = Contract.committed()
    methods = [method for service in contract.services.values() for method in service.methods.values()]
    for pattern in unknown_methods(access_rules(settings), methods):
        told = f'"{pattern}" allows no RPC of this release'
        found.append(doubtful("roles", told, "correct its spelling in [roles]"))
    idle = [name for name, caller in settings.callers.items() if not caller.roles]
    if idle:
        found.append(doubtful("callers", f"without a role: {', '.join(idle)}", "give them one, or take them out"))
    return found


def _check_modules(settings: Settings, folder: Path, now: datetime) -> list[Finding]:
    """Have each module that is not off look its own files over."""
    found: list[Finding] = []
    for name, module in settings.modules.items():
        if module.mode is Mode.OFF:
            continue
        try:
            spec = load_module(name)
            own = validate_module(name, module.table, spec.settings)
        except (SettingsError, LookupError, ImportError, ValueError):
            continue  # told with the settings
        if spec.examine is not None:
            found += spec.examine(own, lambda path: folder / path, now)
    return found


def _problems(error: SettingsError) -> list[Finding]:
    return [bad("settings", problem, "mend it; hub check-config tells when it is good") for problem in error.problems]


async def _check_others(settings: Settings, folder: Path, secrets: Secrets, *, clock: Clock, ids: Ids) -> list[Finding]:
    """Look how far one gets with agents and providers, all at once, and compare clocks."""
    try:
        passphrase = open_passphrase(settings, secrets)
    except SettingsError:
        passphrase = None  # told with the settings
    async with standalone_providers(settings, folder, secrets=secrets, clock=clock, ids=ids) as providers:
        looks: list[Awaitable[list[Finding]]] = [
            _named(f"agent {name}", probe_agent(agent, folder, passphrase, clock))
            for name, agent in settings.signing.agents.items()
        ]
        found = [bad(provider.name, provider.problem, "mend it") for provider in providers if provider.problem]
        for provider in providers:
            endpoint = provider.upstream.endpoint if provider.upstream is not None else None
            if endpoint is not None:
                looks.append(_named(provider.name, look(endpoint, clock.now())))
                looks.append(_named(provider.name, remote_clock(endpoint, clock.now)))
        for lines in await asyncio.gather(*looks):
            found += lines
    if not any("clock" in finding.check for finding in found):
        remedy = "let this machine follow NTP (chrony); an agent or provider that answers is compared with"
        found.append(doubtful("clock", "there is nothing to compare it with", remedy))
    return found


async def _named(name: str, looking: Awaitable[list[Finding]]) -> list[Finding]:
    """Put the name of what was looked at before each line, and what went well into one."""
    lines = await looking
    fine = [line for line in lines if line.verdict is Verdict.OK and line.check != "clock"]
    rest = [replace(line, check=f"{name}: {line.check}") for line in lines if line not in fine]
    return ([good(name, "; ".join(f"{line.check}: {line.told}" for line in fine))] if fine else []) + rest
