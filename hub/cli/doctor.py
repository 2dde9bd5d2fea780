"""`hub doctor`: what is wrong with an installation, or soon will be, and what to do about it."""

import argparse
import asyncio
from pathlib import Path

from hub.app.doctor import Running, examine
from hub.cli.administration import HubDownError, administration
from hub.cli.findings import print_findings
from hub.cli.main import FAILED, OK, CommandError
from hub.core.clock import SystemClock
from hub.core.findings import Finding, Verdict, bad, doubtful, good
from hub.core.ids import Ids
from hub.core.secrets import SecretError
from hub.settings import Settings, SettingsError
from landhub.hub.v1 import hub_pb2, hub_service_pb2

_SECONDS = 5.0


def run(arguments: argparse.Namespace) -> int:
    """Print a line for everything looked at; 1 if something fails."""
    folder: Path = arguments.folder
    clock = SystemClock()
    found = asyncio.run(
        examine(folder, clock=clock, ids=Ids(clock=clock), ask_hub=lambda settings: _ask(settings, folder))
    )
    print_findings(found, as_json=arguments.json)
    failed = sum(finding.verdict is Verdict.FAIL for finding in found)
    warned = sum(finding.verdict is Verdict.WARN for finding in found)
    if not arguments.json:
        print(f"{len(found)} looked at, {warned} to be seen to, {failed} failed")
    return FAILED if failed else OK


def _ask(settings: Settings, folder: Path) -> Running | None:
    try:
        with administration(settings, folder) as stub:
            modules = stub.ListModules(hub_service_pb2.ListModulesRequest(), timeout=_SECONDS).modules
            upstreams = stub.ListUpstreams(hub_service_pb2.ListUpstreamsRequest(), timeout=_SECONDS).upstreams
            stuck = stub.ListStuckWork(hub_service_pb2.ListStuckWorkRequest(), timeout=_SECONDS).work
    except HubDownError:
        return None
    except (CommandError, SettingsError, SecretError, OSError) as error:
        told = f"its administration can't be asked: {error}"
        return Running(
            findings=[doubtful("hub", told, "is pki/admin.crt good, and the caller admin an administrator?")]
        )
    on = [module for module in modules if module.mode != hub_pb2.MODULE_MODE_OFF]
    found = [good("hub", f"it runs; modules that are on: {', '.join(module.name for module in on) or 'none'}")]
    found += [
        bad(f"module {module.name}", f"it is not ready: {module.not_ready_reason}", "mend what the reason names")
        for module in on
        if not module.ready
    ]
    found += [_breaker(upstream) for upstream in upstreams if upstream.breaker_state != hub_pb2.BREAKER_STATE_CLOSED]
    if stuck:
        told = f"{len(stuck)} pieces of work do not go on as they should"
        found.append(doubtful("work", told, f"hub stuck {folder}"))
    return Running(findings=found)


def _breaker(upstream: hub_pb2.Upstream) -> Finding:
    told = f"its breaker is not closed; last failure: {upstream.last_failure_reason or 'none'}"
    return bad(f"upstream {upstream.name}", told, f"hub probe DIR {upstream.name}")
